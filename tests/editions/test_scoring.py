"""Score, grade, plan, margin and comparison by editions of other sizes; without scenarios the score alone grades."""

from dataclasses import asdict
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.answers import check_answers
from scoring.certainty import find_certainty, next_item
from scoring.compare import compare, snapshot
from scoring.editions import load_rubric
from scoring.errors import AnswersError, FaultCode
from scoring.margin import Distance, find_margin
from scoring.plan import plan_to
from scoring.result import assess
from scoring.result_json import result_json
from scoring.sheet import Sheet, load_sheet
from scoring.whatif import what_if
from tests.editions.support import (
    EDITIONS,
    HIGH,
    LOW,
    MIDDLE,
    OFFICE,
    STANDS,
    WORKSHOP,
    any_choices,
    any_levels,
    checked,
    file_of,
)
from tests.scoring.plans import applied
from tests.scoring.strategies import answered, examples


@pytest.mark.parametrize(
    ("edition", "stand", "score", "grades"),
    [
        (WORKSHOP, "nothing", 0, (0, 0, 0)),
        (WORKSHOP, "low", 0, (0, 0, 0)),
        (WORKSHOP, "middle", 55, (1, 1, 1)),
        (WORKSHOP, "high", 100, (2, 2, 2)),
        (OFFICE, "nothing", 0, (0, 3, 0)),
        (OFFICE, "low", 0, (0, 3, 0)),
        (OFFICE, "middle", 60, (2, 3, 2)),
        (OFFICE, "high", 100, (3, 3, 3)),
    ],
)
def test_score_and_grades(edition: str, stand: str, score: int, grades: tuple[int, int, int]) -> None:
    result = assess(load_sheet(edition), checked(edition, stand))
    assert result.score == score
    assert (result.score_grade, result.scenario_grade, result.grade) == grades
    assert result.complete is (stand != "nothing")


def test_four_options_are_worth_thirds() -> None:
    sheet = load_sheet(WORKSHOP)
    assert [sheet.credit("q1", (letter,)).value for letter in "ABCD"] == [0, Fraction(100, 3), Fraction(200, 3), 100]


def test_the_least_plan() -> None:
    gap = assess(load_sheet(WORKSHOP), checked(WORKSHOP, "middle")).next
    assert gap
    assert gap.plan
    assert (gap.grade, gap.points_short, gap.scenarios_short, gap.restrictive_short) == (2, 15, 2, 0)
    assert gap.plan.effort == 4
    assert [(step.question, step.add, step.to) for step in gap.plan.questions] == [("tools", ("C",), None)]
    assert [(step.scenario, step.start, step.end) for step in gap.plan.scenarios] == [
        ("quality", 1, 2),
        ("storage", 0, 2),
    ]


def test_without_scenarios_a_plan_is_of_questions_alone() -> None:
    gap = assess(load_sheet(OFFICE), checked(OFFICE, "low")).next
    assert gap
    assert gap.plan
    assert (gap.grade, gap.scenarios_short, gap.restrictive_short, gap.plan.scenarios) == (1, 0, 0, ())
    assert [(step.question, step.add) for step in gap.plan.questions] == [("channels", ("B",))]
    assert assess(load_sheet(OFFICE), checked(OFFICE, "high")).next is None


def test_the_margin_without_scenarios_is_of_points_alone() -> None:
    answers = checked(OFFICE, "middle")
    margin = find_margin(load_sheet(OFFICE), answers.choices, answers.levels)
    assert margin.above == Distance(Fraction(10), 0, 0)
    assert [entry.item for entry in margin.fragile] == ["channels", "invoices"]


def test_an_edition_has_its_own_profiles_only() -> None:
    assert load_sheet(WORKSHOP) is load_sheet(WORKSHOP, "general")
    with pytest.raises(AnswersError) as caught:
        load_sheet(WORKSHOP, "platform")
    (fault,) = caught.value.faults
    assert (fault.place, fault.details["expected"]) == ("profile", "general")


@pytest.mark.parametrize(
    ("edition", "data", "place", "code"),
    [
        (WORKSHOP, {"answers": {"q1": ["B"]}}, "answers.q1", FaultCode.UNKNOWN_OPTION),
        (WORKSHOP, {"answers": {"q1": "E"}}, "answers.q1", FaultCode.UNKNOWN_OPTION),
        (WORKSHOP, {"answers": {"q4": ["B"]}}, "answers.q4", FaultCode.UNKNOWN_FIELD),
        (WORKSHOP, {"scenarios": {"quality": 4}}, "scenarios.quality", FaultCode.UNKNOWN_LEVEL),
        (WORKSHOP, {"scenarios": {"storage": 3}}, "scenarios.storage", FaultCode.UNKNOWN_LEVEL),
        (WORKSHOP, {"figures": {"machines": 3}}, "figures.machines", FaultCode.UNKNOWN_FIELD),
        (OFFICE, {"scenarios": {"quality": 1}}, "scenarios.quality", FaultCode.UNKNOWN_FIELD),
        (OFFICE, {"rubric": WORKSHOP}, "rubric", FaultCode.WRONG_RUBRIC),
    ],
)
def test_answers_are_checked_by_their_own_edition(edition: str, data: Any, place: str, code: FaultCode) -> None:
    with pytest.raises(AnswersError) as caught:
        check_answers(load_rubric(edition), data)
    assert [(fault.place, fault.code) for fault in caught.value.faults] == [(place, code)]


@pytest.mark.parametrize("edition", EDITIONS)
@examples(150)
@given(data=st.data())
def test_whatever_the_answers_everything_can_be_worked_out(edition: str, data: st.DataObject) -> None:
    sheet = load_sheet(edition)
    choices, levels = data.draw(any_choices(sheet.rubric)), data.draw(any_levels(sheet.rubric))
    answers = answered(sheet.rubric, choices, levels)
    result = assess(sheet, answers)
    low, high = result.bounds.grade
    assert low == result.grade <= high
    assert find_certainty(sheet, choices, levels).grade == (low, high)
    assert find_margin(sheet, choices, levels).grade == result.grade
    for grade in range(result.grade + 1, len(sheet.grades) + 1):
        plan = plan_to(sheet, choices, levels, grade).plan
        if plan:
            assert sheet.tally(*applied(plan, choices, levels)).grade >= grade
    best = what_if(sheet, answers, _best(sheet))
    assert best.grade == len(sheet.grades)
    told = result_json(sheet, result)
    assert snapshot(sheet, told).grade == result.grade


def _best(sheet: Sheet) -> dict[str, str | list[str] | int]:
    """The best answers, as a file has them."""
    questions = sheet.rubric.question
    single = {item: letters[0] for item, letters in sheet.tops.items() if questions[item].type == "single"}
    several = {item: [*letters] for item, letters in sheet.tops.items() if item not in single}
    return {**single, **several, **sheet.highest}


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_quick_order_asks_what_is_open_until_the_grade_is_settled(edition: str) -> None:
    sheet = load_sheet(edition)
    choices: dict[str, tuple[str, ...]] = {}
    levels: dict[str, int] = {}
    still_open = list(sheet.rubric.items)
    while find_certainty(sheet, choices, levels).settled is None:
        item = next_item(sheet, choices, levels, still_open)
        assert item in still_open
        still_open.remove(item)
        if item in sheet.rubric.question:
            choices[item] = sheet.tops[item]
        else:
            levels[item] = sheet.highest[item]
    assert next_item(sheet, choices, levels, []) is None


# comparing


def sides(edition: str, data: dict[str, Any]) -> tuple[Any, Any]:
    sheet = load_sheet(edition)
    return sheet, snapshot(sheet, file_of(edition, data) if edition in EDITIONS else data)


def test_within_an_edition_items_are_compared() -> None:
    change = compare(sides(WORKSHOP, LOW[WORKSHOP]), sides(WORKSHOP, MIDDLE[WORKSHOP]))
    assert [(entry["id"], entry["before"], entry["after"]) for entry in change["questions"]] == [
        ("q1", ["A"], ["C"]), ("tools", ["A"], ["B"]), ("on_time", ["A"], ["B"]),
    ]  # fmt: skip
    assert [(entry["id"], entry["before"], entry["after"]) for entry in change["scenarios"]] == [
        ("planning", 0, 2), ("quality", 0, 1),
    ]  # fmt: skip
    assert change["grade_names"] == {"before": "未入级", "after": "合格车间"}


def test_across_editions_only_score_grades_and_dimensions_of_the_same_id_are_compared() -> None:
    ministry = {"answers": {"q1": ["B"], "q5": "C"}, "scenarios": {"quality": 2}}
    change = compare(sides("miit-2024", ministry), sides(WORKSHOP, HIGH[WORKSHOP]))
    assert change["rubrics"] == ["miit-2024", WORKSHOP]
    assert (change["questions"], change["scenarios"]) == (None, None)
    assert change["score"] == {
        "before": "7",
        "after": "100",
        "change": "93",
        "dimensions": {"foundation": {"before": "7", "after": "60", "change": "53"}},
    }
    assert change["grade"] == {"before": 0, "after": 2}
    assert change["grade_names"] == {"before": "无等级", "after": "优秀车间"}


def test_editions_without_a_dimension_in_common_have_score_and_grade() -> None:
    change = compare(sides(WORKSHOP, HIGH[WORKSHOP]), sides(OFFICE, MIDDLE[OFFICE]))
    assert change["score"] == {"before": "100", "after": "60", "change": "-40", "dimensions": {}}
    assert change["grade_names"] == {"before": "优秀车间", "after": "Two stars"}


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("stand", STANDS)
def test_a_result_is_the_same_in_any_language(edition: str, stand: str) -> None:
    answers = checked(edition, stand)
    assert asdict(assess(load_sheet(edition), answers)) == asdict(
        assess(
            load_sheet(edition),
            check_answers(load_rubric(edition, "zh-Hans"), file_of(edition, STANDS[stand][edition])),
        )
    )
