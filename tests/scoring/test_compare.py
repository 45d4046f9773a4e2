"""Before and after: answers or results, in any mix; what is missing is null; what is neither is refused."""

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from scoring.answers import check_answers
from scoring.compare import compare, snapshot
from scoring.decoding import read_json
from scoring.errors import AnswersError
from scoring.result import assess
from scoring.result_json import result_json
from scoring.sheet import load_sheet
from tests.scoring.standard import DIMENSIONS, QUESTIONS, SCENARIOS, answers_json, grade_of, score_of
from tests.scoring.strategies import Choices, Levels, examples, partial_choices, partial_levels, profiles

SHEET = load_sheet("miit-2024")


def answers(choices: Choices, levels: Levels) -> Any:
    return read_json(json.dumps(answers_json(choices, levels)))


def result(choices: Choices, levels: Levels, profile: str = "published") -> Any:
    """A result as it comes out of the command: through JSON text."""
    sheet = load_sheet("miit-2024", profile)
    made = result_json(sheet, assess(sheet, check_answers(sheet.rubric, answers(choices, levels))))
    return read_json(json.dumps(made, ensure_ascii=False))


def changes(before: Any, after: Any) -> dict[str, Any]:
    return compare(*((SHEET, snapshot(SHEET, side)) for side in (before, after)))


BEFORE: tuple[Choices, Levels] = (
    {"q1": ("B",), "q4": ("A",), "q5": ("B",), "q12": ("B",)},
    {"quality": 1, "marketing": 2, "safety": 0},
)
AFTER: tuple[Choices, Levels] = (
    {"q1": ("B", "E"), "q5": ("B",), "q8": ("F",), "q12": ("A",)},
    {"quality": 3, "marketing": 2, "energy": 0},
)
DIFFERENCE = {
    "rubric": "miit-2024",
    "rubrics": ["miit-2024", "miit-2024"],
    "profiles": ["published", "published"],
    "questions": [
        {"id": "q1", "before": ["B"], "after": ["B", "E"], "points": {"before": "2", "after": "4", "change": "2"}},
        {"id": "q4", "before": ["A"], "after": None, "points": {"before": "0", "after": "0", "change": "0"}},
        {"id": "q8", "before": None, "after": ["F"], "points": {"before": "0", "after": "15/2", "change": "15/2"}},
        {"id": "q12", "before": ["B"], "after": ["A"], "points": {"before": "7/2", "after": "0", "change": "-7/2"}},
    ],
    "scenarios": [
        {"id": "quality", "before": 1, "after": 3},
        {"id": "safety", "before": 0, "after": None},
        {"id": "energy", "before": None, "after": 0},
    ],
    "score": {
        "before": "8",
        "after": "14",
        "change": "6",
        "dimensions": {
            "foundation": {"before": "9/2", "after": "13/2", "change": "2"},
            "management": {"before": "0", "after": "15/2", "change": "15/2"},
            "outcomes": {"before": "7/2", "after": "0", "change": "-7/2"},
        },
    },
    "score_grade": {"before": 0, "after": 0},
    "scenario_grade": {"before": 0, "after": 0},
    "grade": {"before": 0, "after": 0},
    "grade_names": {"before": "无等级", "after": "无等级"},
}


@pytest.mark.parametrize("before", [answers(*BEFORE), result(*BEFORE)], ids=["answers", "result"])
@pytest.mark.parametrize("after", [answers(*AFTER), result(*AFTER)], ids=["answers", "result"])
def test_answers_and_results_are_compared_alike_and_missing_is_null(before: Any, after: Any) -> None:
    assert changes(before, after) == DIFFERENCE


def test_grades_are_compared_each_for_itself() -> None:
    low: Choices = {"q5": ("E",), "q6": tuple("BCDE"), "q12": ("C",)}  # 22 points
    made = changes(answers(low, dict.fromkeys(SCENARIOS, 1)), answers(low, dict.fromkeys(SCENARIOS, 4)))
    assert [made[name] for name in ("score_grade", "scenario_grade", "grade")] == [
        {"before": 1, "after": 1},
        {"before": 1, "after": 4},
        {"before": 1, "after": 1},
    ]
    assert (made["questions"], len(made["scenarios"])) == ([], 16)


@examples(60)
@given(choices=partial_choices, levels=partial_levels, profile=profiles)
def test_a_sheet_compared_with_itself_has_no_changes(choices: Choices, levels: Levels, profile: str) -> None:
    made = changes(result(choices, levels, profile), result(choices, levels, profile))
    assert (made["questions"], made["scenarios"]) == ([], [])
    assert made["score"]["change"] == "0"
    assert {part["change"] for part in made["score"]["dimensions"].values()} == {"0"}
    assert all(made[name]["before"] == made[name]["after"] for name in ("score_grade", "scenario_grade", "grade"))


@examples(100)
@given(one=partial_choices, other=partial_choices, low=partial_levels, high=partial_levels)
def test_exactly_what_differs_is_listed_in_the_standards_order_and_adds_up(
    one: Choices, other: Choices, low: Levels, high: Levels
) -> None:
    made = changes(answers(one, low), result(other, high))
    listed = [(entry["id"], entry["before"], entry["after"]) for entry in made["questions"]]
    sides = [(q, one.get(q), other.get(q)) for q in QUESTIONS]
    assert listed == [(q, a and list(a), b and list(b)) for q, a, b in sides if a != b]
    levels = [(entry["id"], entry["before"], entry["after"]) for entry in made["scenarios"]]
    assert levels == [(s, low.get(s), high.get(s)) for s in SCENARIOS if low.get(s) != high.get(s)]
    change = Fraction(made["score"]["change"])
    assert change == score_of(other) - score_of(one)
    assert change == sum(Fraction(entry["points"]["change"]) for entry in made["questions"])
    assert change == sum(Fraction(made["score"]["dimensions"][name]["change"]) for name in DIMENSIONS)
    assert made["grade"] == {"before": grade_of(score_of(one), low), "after": grade_of(score_of(other), high)}


def test_results_of_two_profiles_are_told_apart_and_differ_in_the_points_of_q4() -> None:
    ticked: Choices = {"q4": ("B", "O"), "q5": ("C",)}
    made = changes(result(ticked, {}), result(ticked, {}, "platform"))
    assert made["profiles"] == ["published", "platform"]
    points = {"before": "10/7", "after": "8/5", "change": "6/35"}
    assert made["questions"] == [{"id": "q4", "before": ["B", "O"], "after": ["B", "O"], "points": points}]


def test_answers_are_scored_under_the_profile_of_the_sheet() -> None:
    platform = load_sheet("miit-2024", "platform")
    sides = [snapshot(platform, answers({"q4": ("O",)}, {})), snapshot(platform, result({"q4": ("O",)}, {}))]
    assert [(side.profile, side.score.exact) for side in sides] == [
        ("platform", Fraction(9, 10)),
        ("published", Fraction(5, 7)),
    ]


def test_figures_that_give_the_same_option_are_no_change() -> None:
    sides = [{"figures": {"machines": 200, "machines_digital": counted}} for counted in (90, 100)]
    assert changes(*sides)["questions"] == []


# what is refused


def broken(*path: str, to: Any = ...) -> Any:
    """A result with one value replaced, or lost."""
    data = result(*BEFORE)
    target = data
    for step in path[:-1]:
        target = target[step]
    if to is ...:
        del target[path[-1]]
    else:
        target[path[-1]] = to
    return data


REFUSALS = {
    "a list": ([], ": not_an_object"),
    "nothing": (None, ": not_an_object"),
    "a number": (35, ": not_an_object"),
    "answers with an unknown field": ({"answer": {}}, "answer: unknown_field"),
    "answers with a wrong letter": ({"answers": {"q5": "Z"}}, "answers.q5: unknown_option"),
    "answers to another rubric": ({"rubric": "miit-2022"}, "rubric: wrong_rubric"),
    "a result of another rubric": (broken("rubric", to="miit-2022"), "rubric: wrong_rubric"),
    "a result without rubric": (broken("rubric"), "rubric: shape"),
    "a result without grade": (broken("grade"), "grade: shape"),
    "a grade in words": (broken("grade", to="初始级"), "grade: shape"),
    "a score in words": (broken("score", "exact", to="many"), "score.exact: shape"),
    "a score divided by zero": (broken("score", "exact", to="1/0"), "score.exact: shape"),
    "a score that is none": (broken("score", to=None), "score: shape"),
    "a dimension in words": (broken("score", "dimensions", "outcomes", to="x"), "score.dimensions.outcomes: shape"),
    "points that are lost": (broken("questions", "q5", "points"), "questions.q5.points: shape"),
    "options that are no list": (broken("questions", "q1", "options", to=7), "questions.q1.options: shape"),
    "questions that are a list": (broken("questions", to=[]), "questions: shape"),
    "a level in words": (broken("scenarios", "levels", "quality", to="high"), "scenarios.levels.quality: shape"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "fault"), REFUSALS.values(), ids=REFUSALS.keys())
def test_what_is_neither_answers_nor_a_result_is_refused_with_its_place(data: Any, fault: str) -> None:
    with pytest.raises(AnswersError) as caught:
        snapshot(SHEET, data)
    assert [f"{found.place}: {found.code}" for found in caught.value.faults] == [fault]


def test_all_faults_of_a_result_are_named_at_once() -> None:
    data = broken("score", "exact", to="many") | {"grade": "?", "scenarios": {}}
    with pytest.raises(AnswersError) as caught:
        snapshot(SHEET, data)
    assert {fault.place for fault in caught.value.faults} == {"score.exact", "grade", "scenarios.levels"}


def test_both_rubrics_are_named_when_a_result_is_of_another_one() -> None:
    with pytest.raises(AnswersError) as caught:
        snapshot(SHEET, broken("rubric", to="miit-2022"))
    assert dict(caught.value.faults[0].details) == {"given": "miit-2022", "expected": "miit-2024"}
