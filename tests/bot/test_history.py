"""The history as people see it: numbered, drawn, and any two of it compared."""

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.words.history import CELLS, DRAWN, EMPTY, FULL, compared, history, past_result
from bot.words.results import before_and_after, result_of
from bot.words.wording import Medium, wording
from flows.session import Assessment, Firm, Record
from locales import LANGUAGES
from tests.bot.test_results import HIGHEST, LOWERED, LOWEST, RAISED
from tests.flows.driver import RUBRIC, START

EVERY = pytest.mark.parametrize("language", LANGUAGES)


def finished(record: Record, day: int = 0) -> Assessment:
    result = result_of(record, wording("en", "miit-2024"))
    return Assessment(
        id=f"a{day}",
        rubric=RUBRIC.id,
        firm=Firm(),
        record=record,
        score=str(result.score),
        grade=result.grade,
        previous=None,
        started_at=START,
        finished_at=START + timedelta(days=day),
    )


def past(*records: Record) -> list[Assessment]:
    """A day after another, given from the oldest on; the newest comes first."""
    return [finished(record, day) for day, record in enumerate(records)][::-1]


THREE = past(LOWEST, LOWERED, HIGHEST)


@EVERY
def test_nothing_is_finished_yet(language: str) -> None:
    words = wording(language, "miit-2024")
    (section,) = history([], words)
    assert section.lines == (words.text("history.none"),)


@EVERY
def test_the_list_is_numbered_from_the_newest(language: str) -> None:
    words = wording(language, "miit-2024")
    listed = history(THREE, words)[0]
    assert [line.split(".")[0] for line in listed.lines] == ["1", "2", "3"]
    for line, date, score, grade in zip(
        listed.lines, ("2024-09-04", "2024-09-03", "2024-09-02"), ("100.00", "20.07", "0.00"), (4, 1, 0), strict=True
    ):
        assert date in line
        assert score in line
        assert words.grade(grade) in line


@EVERY
def test_the_newest_is_said_to_be_the_newest(language: str) -> None:
    words = wording(language, "miit-2024")
    newest, *older = history(THREE, words)[0].lines
    ending = words.text("history.line.newest", line="")
    assert newest.endswith(ending)
    assert not any(line.endswith(ending) for line in older)


@EVERY
@pytest.mark.parametrize("medium", Medium)
@pytest.mark.parametrize(("about", "number"), [("1", 1), ("3", 3), ("a1", 2)])
def test_each_of_them_can_be_looked_at(language: str, medium: Medium, about: str, number: int) -> None:
    words = wording(language, "miit-2024", medium)
    found, (named, result) = past_result(THREE, about, words)
    assert found is THREE[number - 1]
    assert found.finished_at.strftime("%Y-%m-%d") in named.title
    assert words.grade(found.grade) in result.title
    assert result.lines[-1] == words.hint("past", number=number)


@pytest.mark.parametrize("about", ["0", "4", "", "zzz", "999999"])
def test_of_what_is_not_there_that_is_said(about: str) -> None:
    words = wording("zh-Hans", "miit-2024")
    found, (section,) = past_result(THREE, about, words)
    assert found is None
    assert section.lines == (words.text("history.past.unknown"),)


@EVERY
def test_one_alone_has_no_trend(language: str) -> None:
    words = wording(language, "miit-2024")
    (section,) = history([finished(LOWERED)], words)
    assert len(section.lines) == 1


@EVERY
@pytest.mark.parametrize("medium", [Medium.TYPING, Medium.TAPPING])
def test_the_chart_is_in_the_order_of_the_list_and_says_how_to_go_on(language: str, medium: Medium) -> None:
    words = wording(language, "miit-2024", medium)
    chart = history(THREE, words)[1]
    assert [line[:CELLS] for line in chart.lines[:-1]] == [FULL * 10, FULL * 2 + EMPTY * 8, EMPTY * 10]
    assert [words.grade(grade) in line for grade, line in zip((4, 1, 0), chart.lines, strict=False)] == [True] * 3
    assert [f" {number}. " in line for number, line in zip((1, 2, 3), chart.lines, strict=False)] == [True] * 3
    assert chart.lines[-1] == words.hint("history")


@EVERY
def test_a_page_draws_the_chart_itself(language: str) -> None:
    words = wording(language, "miit-2024", Medium.PAGE)
    listed, told = history(THREE, words)
    assert listed.lines == history(THREE, wording(language, "miit-2024"))[0].lines
    assert told.lines == (words.hint("history"),)


def test_a_block_is_drawn_only_when_its_ten_points_are_reached() -> None:
    scores = ("100", "999/10", "10", "99/10")
    entries = [finished(LOWEST).model_copy(update={"score": score}) for score in scores]
    chart = history(entries, wording("en", "miit-2024"))[1]
    assert [line.count(FULL) for line in chart.lines[:-1]] == [10, 9, 1, 0]


def test_only_the_latest_are_drawn_but_all_are_listed() -> None:
    listed, chart = history(past(HIGHEST, *[LOWEST] * DRAWN), wording("en", "miit-2024"))
    assert len(listed.lines) == DRAWN + 1
    assert len(chart.lines) == DRAWN + 1
    assert FULL not in "".join(chart.lines)


@given(st.lists(st.fractions(0, 100), min_size=2, max_size=DRAWN))
def test_every_bar_is_as_long_and_higher_scores_have_no_shorter_ones(scores: Sequence[Fraction]) -> None:
    entries = [finished(LOWEST).model_copy(update={"score": str(score)}) for score in scores]
    bars = [line[:CELLS] for line in history(entries, wording("en", "miit-2024"))[1].lines[:-1]]
    assert all(set(bar) <= {FULL, EMPTY} and bar == FULL * bar.count(FULL) + EMPTY * bar.count(EMPTY) for bar in bars)
    assert [bar.count(FULL) for _, bar in sorted(zip(scores, bars, strict=True))] == sorted(
        bar.count(FULL) for bar in bars
    )


@EVERY
@pytest.mark.parametrize(
    ("numbers", "before", "after"),
    [
        ((1, 3), LOWEST, HIGHEST),
        ((3, 1), LOWEST, HIGHEST),
        ((2, 3), LOWEST, LOWERED),
        ((), LOWERED, HIGHEST),
    ],
)
def test_the_older_one_is_always_before(language: str, numbers: tuple[int, ...], before: Record, after: Record) -> None:
    words = wording(language, "miit-2024")
    section = compared(THREE, numbers, words)
    assert section.lines == before_and_after(before, after, words).lines
    dates = {"LOWEST": "2024-09-02", "LOWERED": "2024-09-03", "HIGHEST": "2024-09-04"}
    names = {id(LOWEST): "LOWEST", id(LOWERED): "LOWERED", id(HIGHEST): "HIGHEST"}
    assert section.title.index(dates[names[id(before)]]) < section.title.index(dates[names[id(after)]])


@EVERY
@pytest.mark.parametrize(
    ("entries", "numbers", "sentence", "values"),
    [
        ([], (), "few", {}),
        (past(LOWEST), (1, 2), "few", {}),
        (THREE, (1,), "two", {}),
        (THREE, (2, 2), "two", {}),
        (THREE, (1, 2, 3), "two", {}),
        (THREE, (1, 4), "unknown", {"number": 4, "last": 3}),
        (THREE, (0, 1), "unknown", {"number": 0, "last": 3}),
        (THREE, (999999999, 1), "unknown", {"number": 999999999, "last": 3}),
        ([THREE[0], THREE[1].model_copy(update={"rubric": "miit-2022"})], (1, 2), "gone", {"edition": "miit-2022"}),
    ],
)
def test_what_cannot_be_compared_is_a_sentence(
    language: str, entries: list[Assessment], numbers: tuple[int, ...], sentence: str, values: dict[str, int | str]
) -> None:
    words = wording(language, "miit-2024")
    assert compared(entries, numbers, words).lines == (words.text(f"history.compare.{sentence}", **values),)


@EVERY
def test_what_did_not_change_has_no_line(language: str) -> None:
    words = wording(language, "miit-2024")
    section = compared(past(RAISED, RAISED), (1, 2), words)
    assert section.lines == before_and_after(RAISED, RAISED, words).lines
    assert len(section.lines) == 2
