"""Long texts are parted into pages that a phone shows at once, and nothing of them is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.words.paging import COLUMNS, LINES, height, pages
from bot.words.wording import wording
from locales import LANGUAGES
from scoring.editions import load_rubric

RUBRIC = load_rubric("miit-2024")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", 1),
        ("图纸在系统里管版本", 1),
        ("一" * 20, 1),
        ("一" * 21, 2),
        ("“" + "一" * 19, 1),
        ("“" + "一" * 20, 2),
        ("a\nb\n\nc", 4),
        ("a" * 40, 1),
        ("word " * 8 + "drops", 2),
        ("一" * 19 + "PLC", 2),
    ],
)
def test_a_chinese_character_takes_two_columns_and_a_latin_word_stays_whole(text: str, lines: int) -> None:
    assert height(text) == lines


def test_a_short_text_is_one_page() -> None:
    assert pages("问的是什么", "看账怎么记。看报表怎么出。") == [("问的是什么", "看账怎么记。看报表怎么出。")]


def test_a_long_text_is_parted_between_sentences_under_the_same_heading() -> None:
    sentence = "一" * (COLUMNS * 5 - 1) + "。"
    assert pages("标题", sentence * 3) == [("标题", sentence), ("标题", sentence), ("标题", sentence)]
    assert pages("标题", "短句。" + sentence) == [("标题", "短句。" + sentence)]


@given(st.lists(st.text(alphabet="一二三a .。\n", max_size=60).map(lambda text: text + "。"), max_size=40))
def test_no_page_is_longer_than_a_screen_and_no_sign_is_lost(sentences: list[str]) -> None:
    text = "".join(sentences)
    parted = pages("标题", text)
    assert all(height(part) + 1 <= LINES for _, part in parted)
    assert "".join("".join(part.split()) for _, part in parted) == "".join(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("item", RUBRIC.items)
def test_every_page_of_help_fits_a_phone(language: str, item: str) -> None:
    words = wording(language, RUBRIC.id)
    keys = RUBRIC.question[item].letters if item in RUBRIC.question else "01234"
    for key in (None, *keys):
        for title, text in words.explanation(item, key):
            assert height(title) + height(text) <= LINES, (title, text)
