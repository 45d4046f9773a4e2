"""Names of files: safe on every system, whatever people write."""

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports.naming import LONGEST, stem_of
from flows.text import inert

ANYTHING = st.text(st.characters(categories=None), max_size=200)
HOSTILE = (
    "../../etc/passwd",
    "..",
    "CON",
    "nul.txt",
    'a/b\\c:d*e?f"g<h>i|j',
    ".hidden",
    "-rf",
    "a. ",
    "\u202exlsx",
    "",
)


@pytest.mark.parametrize(
    ("labels", "stem"),
    [
        ({}, "0007"),
        ({"firm": "某某五金厂"}, "0007-某某五金厂"),
        ({"id": "A-12", "firm": "某某 五金厂"}, "0007-A-12-某某 五金厂"),
        ({"id": "../../etc", "firm": 'a/b\\c:d*e?f"g<h>i|j'}, "0007-.._.._etc-a_b_c_d_e_f_g_h_i_j"),
        ({"firm": "e\u0301t\u00e9 . ."}, "0007-\u00e9t\u00e9"),
        ({"firm": "\u200b\n"}, "0007"),
    ],
)
def test_number_id_and_name(labels: dict[str, str], stem: str) -> None:
    assert stem_of(7, labels) == stem


@given(st.integers(1, 10**7), st.fixed_dictionaries({}, optional={"id": ANYTHING, "firm": ANYTHING}))
def test_any_name_is_safe_everywhere(number: int, labels: dict[str, str]) -> None:
    name = f"{stem_of(number, labels)}.xlsx"
    assert len(name.encode()) <= LONGEST
    assert inert(name) == name
    assert PurePosixPath(name).parts == PureWindowsPath(name).parts == (name,)
    assert not PureWindowsPath(name).is_reserved()
    assert name[0].isdigit(), "neither hidden nor an option"
    assert name.removesuffix(".xlsx") == name.removesuffix(".xlsx").rstrip(" .")


@given(st.lists(st.sampled_from(HOSTILE), max_size=8))
def test_no_two_names_are_the_same_where_case_does_not_count(names: list[str]) -> None:
    stems = {stem_of(number, {"id": name, "firm": name}).casefold() for number, name in enumerate(names)}
    assert len(stems) == len(names)
