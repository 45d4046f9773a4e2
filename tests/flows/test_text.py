"""What is kept of a name, and how text from anybody is shown."""

import json
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text import FILLERS, UNSEEN, inert, inert_json, inert_lines, tidy
from tests.scoring.strategies import examples

anything = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("\x1b\x9b\u202e\u2066\u200b\u200d\ud800\u2028\n")
)


def unseen(text: str) -> set[str]:
    return {sign for sign in text if category(sign) in UNSEEN or sign in FILLERS}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        *((None, ""), ("", ""), ("  某某厂 ", "某某厂"), ("某某　五金\u00a0厂", "某某 五金 厂")),
        *(("a\nb\tc\x00d", "a b cd"), ("\ud800厂", "厂"), ("甲\u2028乙", "甲 乙")),
        *(("\x1b[31m红\x1b[0m", "[31m红[0m"), ("厂\u202e司公", "厂司公"), ("五\u200b金\ufeff", "五金")),
        *(("\u3164\u200b \u2800", ""), ("\U000e0041厂", "厂")),
        *(("O'Neil & Söhne <GmbH>", "O'Neil & Söhne <GmbH>"), ("𠮷野家 ❤️", "𠮷野家 ❤️")),
    ],
)
def test_a_name_is_one_line_of_what_can_be_seen(name: str | None, kept: str) -> None:
    assert tidy(name) == kept


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("某某厂，３ 台　好", "某某厂，３ 台　好"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b31m\x7f\r", "\\x9b31m\\x7f\\x0d"),
        ("a\u202eb\u2069", "a\\u202eb\\u2069"),
        ("q2\u200b", "q2\\u200b"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("👩\u200d👧", "👩\\u200d👧"),
        ("a\nshuping: b", "a\\x0ashuping: b"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_its_escape(text: str, shown: str) -> None:
    assert inert(text) == shown


@given(text=anything)
@examples(200)
def test_nothing_unseen_is_ever_kept_or_shown(text: str) -> None:
    assert unseen(tidy(text)) == unseen(inert(text)) == set()
    assert unseen(inert_lines(text)) <= {"\n"}
    assert tidy(tidy(text)) == tidy(text)
    inert(text).encode()


@given(text=anything)
@examples(200)
def test_what_can_be_seen_stays(text: str) -> None:
    plain = "".join(sign for sign in text if not unseen(sign))
    assert inert(plain) == inert_lines(plain) == inert_json(plain) == plain


@given(data=st.dictionaries(anything, anything, max_size=3))
@examples(100)
def test_json_holds_the_same_data_and_can_be_shown(data: dict[str, str]) -> None:
    shown = inert_json(json.dumps(data, ensure_ascii=False, indent=1))
    assert json.loads(shown) == data
    assert unseen(shown) <= {"\n"}
