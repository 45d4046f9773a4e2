"""Names of files: safe on every system, whatever people write."""

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports.naming import LONGEST, alike, stem_of, stem_of_file
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


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("A12 某某五金厂（新）", "A12 某某五金厂（新）"),
        ("汇总", "_汇总"),
        ("-rf", "_-rf"),
        ("_-rf", "__-rf"),
        ("con.2025", "_con.2025"),
        ("...", "_"),
    ],
)
def test_the_name_of_a_file_stays(name: str, stem: str) -> None:
    assert stem_of_file(name, ("汇总",)) == stem


@given(ANYTHING | st.sampled_from(HOSTILE))
def test_a_name_after_that_of_a_file_is_safe_everywhere(name: str) -> None:
    made = f"{stem_of_file(name)}.xlsx"
    assert len(made.encode()) <= LONGEST
    assert inert(made) == made
    assert PurePosixPath(made).parts == PureWindowsPath(made).parts == (made,)
    assert not PureWindowsPath(made).is_reserved()
    assert made[0].isalnum() or made[0] == "_"
    assert made.removesuffix(".xlsx") == made.removesuffix(".xlsx").rstrip(" .")


@given(*[ANYTHING | st.sampled_from(HOSTILE) | st.text("_.A", max_size=4)] * 2)
def test_files_that_are_not_alike_have_different_names(one: str, other: str) -> None:
    if alike(one) != alike(other):
        assert stem_of_file(one, ("A",)).casefold() != stem_of_file(other, ("A",)).casefold()
