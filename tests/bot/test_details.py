"""Long texts in pages of a phone's screen: nothing is lost, no page is too long, no heading is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.screens.details import explained, official
from bot.screens.paging import lines_of, pages_of
from bot.words.paging import LINES
from bot.words.sections import Section
from bot.words.wording import wording
from locales import LANGUAGES
from tests.flows.driver import RUBRIC
from tests.scoring.strategies import examples

SENTENCES = st.lists(
    st.sampled_from(["好。", "车间的设备都连上了网，数据自动采集。", "It works. ", "x"]), max_size=30
).map("".join)
SECTIONS = st.lists(
    st.builds(Section, st.text("标题ab ", max_size=50), st.lists(SENTENCES, max_size=8).map(tuple)), max_size=6
)


def test_a_heading_stands_above_something() -> None:
    first = Section("一", ("好",) * (LINES - 3))
    second = Section("二", ("下",))
    assert pages_of([first, second]) == [(first,), (second,)]
    assert pages_of([Section("一", ("好",) * (LINES - 5)), second]) == [(Section("一", ("好",) * (LINES - 5)), second)]


def test_a_paragraph_longer_than_a_page_is_broken_between_sentences() -> None:
    sentence = "好" * 39 + "。"
    pages = pages_of([Section("题", (sentence * 12,))])
    assert [lines_of(page) <= LINES for page in pages] == [True, True]
    assert all(line.endswith("。") for page in pages for section in page for line in section.lines)


def flat(sections: tuple[Section, ...]) -> str:
    return "".join(text for section in sections for text in (section.title, *section.lines)).replace(" ", "")


@given(sections=SECTIONS)
@examples(100)
def test_nothing_is_lost_and_nothing_comes_twice(sections: list[Section]) -> None:
    assert "".join(map(flat, pages_of(sections))) == flat(tuple(sections))


@given(sections=SECTIONS)
@examples(100)
def test_no_page_is_longer_than_a_screen(sections: list[Section]) -> None:
    assert all(lines_of(page) <= LINES for page in pages_of(sections))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("item", RUBRIC.items)
def test_help_and_official_text_of_every_item_come_in_pages(item: str, language: str) -> None:
    words = wording(language, RUBRIC.id)
    for sections in (explained(item, words), official(item, words)):
        assert all(lines_of(page) <= LINES for page in pages_of(sections))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_official_text_stands_word_for_word(language: str) -> None:
    words = wording(language, RUBRIC.id)
    for question in words.rubric.questions:
        section, ours = official(question.id, words)
        assert ours.lines == (words.text("plain.ours"),)
        assert section.lines == (question.text, *(f"{option.id}  {option.text}" for option in question.options))
    for scenario in words.rubric.scenarios:
        section, _ = official(scenario.id, words)
        levels = section.lines[-4:]
        assert [line.endswith(text) for line, text in zip(levels, scenario.levels, strict=True)] == [True] * 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_begins_with_the_level_in_question_and_tells_of_all(language: str) -> None:
    words = wording(language, RUBRIC.id)
    (first, _), *others = words.explanation("finance", "3")
    assert words.level_name(3) in first
    told = [title for title, _ in others]
    for level in (1, 2, 4):
        assert any(words.level_name(level) in title for title in told)
