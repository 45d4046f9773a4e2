"""How firmly a result stands, in words: in short on the result, item by item on request."""

import pytest
from hypothesis import given

from bot.words.margin import NAMED, elsewhere, in_short, item_by_item, revalued
from bot.words.results import firmness, gap, headline_of, result_of
from bot.words.sections import Section
from bot.words.steps import effort_of
from bot.words.wording import Wording, wording
from flows.session import Record
from locales import LANGUAGES
from scoring.margin import find_margin
from scoring.result import Result
from scoring.sheet import load_sheet
from tests.bot.test_results import EMPTY, HIGHEST, LOWERED, LOWEST, MANY, PARTIAL, RAISED, but, lines
from tests.flows.driver import RUBRIC
from tests.scoring.strategies import Choices, Levels, complete_choices, complete_levels, examples, partial_choices

EVERY = pytest.mark.parametrize("language", LANGUAGES)


def standing(record: Record, words: Wording) -> Result:
    return result_of(record, words)


@EVERY
def test_a_fragile_result_says_how_far_above_the_line_and_what_it_hangs_on(language: str) -> None:
    words = wording(language, "miit-2024")
    above, hanging = in_short(standing(LOWERED, words), words)
    assert above == words.text("result.margin", grade=words.grade(1), points="0.07", scenarios=10, restrictive=7)
    first = words.items(["q1", "q2", "q3"])
    assert hanging == words.text("result.fragile.many", grade=words.grade(1), items=first, total=4)
    assert "4" in hanging
    assert words.item_name("q4") not in hanging


@EVERY
@pytest.mark.parametrize(("record", "grade"), [(HIGHEST, 4), (but(HIGHEST, levels=2), 2)])
def test_a_solid_result_says_so(language: str, record: Record, grade: int) -> None:
    words = wording(language, "miit-2024")
    result = standing(record, words)
    assert in_short(result, words)[1] == words.text("result.solid")
    assert words.text("margin.solid", grade=words.grade(grade)) in item_by_item(result, words)
    assert words.text("margin.advice") not in item_by_item(result, words)


@EVERY
def test_the_lines_stand_on_the_result_itself_provisional_or_not(language: str) -> None:
    words = wording(language, "miit-2024")
    some = Record(choices=HIGHEST.choices, levels=dict.fromkeys(list(RUBRIC.scenario)[:6], 1))
    for record, provisional in ((LOWERED, False), (HIGHEST, False), (RAISED, False), (PARTIAL, True), (some, True)):
        short = in_short(standing(record, words), words)
        assert 1 <= len(short) <= 2
        assert set(short) <= set(headline_of(result_of(record, words), words, provisional=provisional).lines)


@EVERY
def test_item_by_item_it_is_said_what_counts_now_what_then_and_what_remains(language: str) -> None:
    words = wording(language, "miit-2024")
    section = firmness(standing(LOWERED, words), words)
    fall = {"q1": ("BC", "C"), "q2": ("E", "D"), "q3": ("B", "A"), "q4": ("BCDEFGHIJKLM", "CDEFGHIJKLM")}
    for item, (now, then) in fall.items():
        line = words.text(
            "margin.line",
            item=words.item_name(item),
            now=words.answer(tuple(now)),
            then=words.answer(tuple(then)),
            grade=words.grade(0),
        )
        assert line in section.lines
    assert words.text.count("margin.fragile", 4, grade=words.grade(1)) in section.lines
    assert words.text("margin.advice") in section.lines


@EVERY
def test_scenarios_fall_by_a_level(language: str) -> None:
    words = wording(language, "miit-2024")
    levels = dict.fromkeys(RUBRIC.scenario, 0) | dict.fromkeys(_scenarios(restrictive=True)[:3], 1)
    levels |= dict.fromkeys(_scenarios(restrictive=False)[:3], 1)
    result = standing(Record(choices=HIGHEST.choices, levels=levels), words)
    assert result.grade == 1
    line = words.text(
        "margin.line",
        item=words.item_name("product_design"),
        now=words.level_name(1),
        then=words.level_name(0),
        grade=words.grade(0),
    )
    assert line in firmness(result, words).lines
    assert words.text("result.fragile.many", grade=words.grade(1), items=_first(levels, words), total=6) in in_short(
        result, words
    )


@EVERY
def test_a_few_are_all_named(language: str) -> None:
    """Seven scenarios at the level are one more than enough, but of the restrictive ones none can be spared."""
    words = wording(language, "miit-2024")
    restrictive, guiding = _scenarios(restrictive=True)[:NAMED], _scenarios(restrictive=False)[:4]
    levels = dict.fromkeys(RUBRIC.scenario, 0) | dict.fromkeys((*restrictive, *guiding), 1)
    above, hanging = in_short(standing(Record(choices=HIGHEST.choices, levels=levels), words), words)
    assert above == words.text("result.margin", grade=words.grade(1), points="80.00", scenarios=1, restrictive=0)
    assert hanging == words.text("result.fragile", grade=words.grade(1), items=words.items(restrictive))


def _scenarios(*, restrictive: bool) -> list[str]:
    return [scenario.id for scenario in RUBRIC.scenarios if scenario.restrictive is restrictive]


def _first(levels: dict[str, int], words: Wording) -> str:
    return words.items([item for item in RUBRIC.scenario if levels[item]][:NAMED])


# without a grade


@EVERY
@pytest.mark.parametrize("record", [LOWEST, RAISED, but(HIGHEST, levels=0)])
def test_without_a_grade_the_nearest_is_named_and_nothing_is_said_to_be_lost(language: str, record: Record) -> None:
    words = wording(language, "miit-2024")
    result = standing(record, words)
    assert result.next
    assert result.next.plan
    near = words.text("result.nearest", effort=effort_of(result.next.plan, words), grade=words.grade(1))
    assert in_short(result, words) == [near]
    section = firmness(result, words)
    assert section.title == words.text("margin.title.none")
    assert near in section.lines
    assert set(gap(result, words).lines) <= set(section.lines)


@EVERY
def test_the_condition_that_is_met_is_acknowledged(language: str) -> None:
    words = wording(language, "miit-2024")
    score = words.text("margin.met.score", grade=words.grade(1), score=20)
    scenarios = words.text("margin.met.scenarios", grade=words.grade(1))
    met = {"neither": LOWEST, "score": but(HIGHEST, levels=0), "scenarios": but(LOWEST, levels=1)}
    said = {name: lines(firmness(standing(record, words), words)) for name, record in met.items()}
    assert {name: (score in text, scenarios in text) for name, text in said.items()} == {
        "neither": (False, False),
        "score": (True, False),
        "scenarios": (False, True),
    }


@EVERY
@pytest.mark.parametrize("record", [EMPTY, PARTIAL])
def test_with_answers_missing_no_steps_are_counted(language: str, record: Record) -> None:
    words = wording(language, "miit-2024")
    assert in_short(standing(record, words), words) == [words.text("result.nearest.open", grade=words.grade(1))]


@EVERY
def test_a_grade_with_answers_missing_says_that_they_do_not_count_yet(language: str) -> None:
    words = wording(language, "miit-2024")
    record = Record(choices=HIGHEST.choices, levels=dict(list(HIGHEST.levels.items())[:12]))
    assert standing(record, words).grade
    assert words.text("margin.open") in firmness(standing(record, words), words).lines
    assert words.text("margin.open") not in firmness(standing(HIGHEST, words), words).lines


# the ministry's form


@EVERY
@pytest.mark.parametrize("name", MANY)
def test_the_other_profile_is_always_named_on_request(language: str, name: str) -> None:
    words = wording(language, "miit-2024")
    result, other = standing(MANY[name], words), result_of(MANY[name], words, "platform")
    last = firmness(result, words).lines[-1]
    form = revalued("platform", words)
    differs = words.text("margin.other", score="#", grade=words.grade(other.grade), **form).split("#")
    same = words.text("margin.same", score="#", grade=words.grade(other.grade), **form).split("#")
    expected = same if other.grade == result.grade else differs
    assert last.startswith(expected[0])
    assert last.endswith(expected[1])
    assert f"{float(other.score):.2f}" in last


def test_a_result_by_the_ministrys_form_is_not_held_against_itself() -> None:
    words = wording("en", "miit-2024")
    assert elsewhere(result_of(LOWERED, words), words)
    assert elsewhere(result_of(LOWERED, words, "platform"), words) == []


# whatever the answers


@examples(60)
@given(choices=complete_choices | partial_choices, levels=complete_levels)
def test_exactly_the_fragile_items_are_named(choices: Choices, levels: Levels) -> None:
    words = wording("zh-Hans", "miit-2024")
    result = standing(Record(choices=choices, levels=levels), words)
    margin = find_margin(load_sheet("miit-2024"), choices, levels)
    section: Section = firmness(result, words)
    told = [line for line in section.lines if line.startswith(tuple(words.item_name(item) for item in RUBRIC.items))]
    assert len(told) == len(margin.fragile)
    for entry, line in zip(margin.fragile, told, strict=True):
        assert line.startswith(words.item_name(entry.item))
        assert line.endswith(words.grade(entry.grade))
    assert "{" not in lines(section)
    short = "".join(in_short(result, words))
    assert all((words.item_name(entry.item) in short) is (place < NAMED) for place, entry in enumerate(margin.fragile))
