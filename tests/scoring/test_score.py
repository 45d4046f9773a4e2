"""Score, grade and bounds: the contract's example, every line from both sides, and the standard's formula."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.answers import check_answers
from scoring.decoding import read_json
from scoring.exact import shown
from scoring.result import Bounds, Result, assess, shown_score
from scoring.result_json import result_json
from scoring.sheet import load_sheet
from tests.scoring.standard import (
    DIMENSIONS,
    EMPTY_SHEET,
    FULL_SHEET,
    GRADES,
    GUIDING,
    QUESTIONS,
    RESTRICTIVE,
    SCENARIOS,
    Row,
    answers_json,
    grade_of,
    score_of,
    sheets_by_score,
    value_of,
)
from tests.scoring.strategies import (
    PROFILES,
    RUBRIC,
    Choices,
    Levels,
    choice,
    complete_choices,
    complete_levels,
    examples,
    partial_choices,
    partial_levels,
    profiles,
)
from tests.scoring.test_answers import CONTRACT

SHEET = load_sheet("miit-2024")
TOP = dict.fromkeys(SCENARIOS, 4)


def result(
    choices: Mapping[str, tuple[str, ...]], levels: Mapping[str, int] | None = None, profile: str = "published"
) -> Result:
    return assess(load_sheet("miit-2024", profile), check_answers(RUBRIC, answers_json(choices, levels)))


def printed(choices: Mapping[str, tuple[str, ...]], levels: Mapping[str, int], profile: str) -> dict[str, Any]:
    return result_json(load_sheet("miit-2024", profile), result(choices, levels, profile))


def test_the_contracts_example_gives_the_contracts_result() -> None:
    made = result_json(SHEET, assess(SHEET, check_answers(RUBRIC, read_json(CONTRACT))))
    gap = made.pop("next")
    assert made == {
        "rubric": "miit-2024", "profile": "published", "complete": False,
        "score": {"exact": "35", "shown": "35.00",
                  "dimensions": {"foundation": "15", "management": "0", "outcomes": "20"}},
        "questions": {
            "q1": {"value": "50", "weight": "2/25", "points": "4", "options": ["B", "C"]},
            "q2": {"value": "75", "weight": "3/50", "points": "9/2", "option": "D", "derived": "90 / 200 = 45%"},
            "q3": {"value": "25", "weight": "3/50", "points": "3/2", "option": "B", "derived": "40 / 200 = 20%"},
            "q4": {"value": "0", "weight": "1/10", "points": "0", "options": ["A"]},
            "q5": {"value": "50", "weight": "1/10", "points": "5", "option": "C"},
            "q11": {"value": "0", "weight": "3/40", "points": "0", "option": "A",
                    "derived": "(120 + 80 + 100) / (900 + 1000 + 1100) = 10%"},
            "q12": {"value": "100", "weight": "7/100", "points": "7", "option": "C",
                    "derived": "(382.919 / 1100) / (400 / 1000) - 1 = -13.0%"},
            "q13": {"value": "100", "weight": "7/100", "points": "7", "option": "C",
                    "derived": "98.1% - 97.5% = 0.6%"},
            "q14": {"value": "100", "weight": "3/100", "points": "3", "option": "C",
                    "derived": "(1100 / 55) / (1000 / 60) - 1 = 20.0%"},
            "q15": {"value": "100", "weight": "3/100", "points": "3", "option": "C",
                    "derived": "(800 / 1100) / (760 / 1000) - 1 = -4.3%"},
        },
        "scenarios": {"levels": {"product_design": 2, "marketing": 0},
                      "counts": {"1": {"all": 1, "restrictive": 1}, "2": {"all": 1, "restrictive": 1},
                                 "3": {"all": 0, "restrictive": 0}, "4": {"all": 0, "restrictive": 0}}},
        "score_grade": 1, "scenario_grade": 0, "grade": 0, "grade_name": "无等级",
        "bounds": {"score": ["35", "135/2"], "grade": [0, 3]},
    }  # fmt: skip
    assert {key: value for key, value in gap.items() if key != "plan"} == {
        "grade": 1, "score_short": "0", "scenarios_short": 5, "restrictive_short": 2,
    }  # fmt: skip


# the formula


@examples(200)
@given(choices=complete_choices | partial_choices, levels=complete_levels | partial_levels, profile=profiles)
def test_score_and_grade_are_those_of_the_standards_formula(choices: Choices, levels: Levels, profile: str) -> None:
    made = result(choices, levels, profile)
    assert made.score == score_of(choices, profile)
    assert made.grade == grade_of(made.score, levels)
    assert made.score_grade == grade_of(made.score, TOP)
    assert made.scenario_grade == grade_of(Fraction(100), levels)
    assert made.complete == (len(choices) == 15 and len(levels) == 16)


@examples(100)
@given(choices=partial_choices, levels=partial_levels, profile=profiles)
def test_every_point_is_traced_to_an_answer_its_value_and_its_weight(
    choices: Choices, levels: Levels, profile: str
) -> None:
    made = printed(choices, levels, profile)
    proof = {
        item: tuple(map(Fraction, (e["value"], e["weight"], e["points"]))) for item, e in made["questions"].items()
    }
    assert proof.keys() == choices.keys()
    for item, (value, weight, points) in proof.items():
        assert (value, weight) == (value_of(item, choices[item], profile), QUESTIONS[item].weight)
        assert points == value * weight
    for dimension, (_, _, questions) in DIMENSIONS.items():
        expected = sum((proof[item][2] for item in questions if item in proof), Fraction(0))
        assert Fraction(made["score"]["dimensions"][dimension]) == expected
    assert Fraction(made["score"]["exact"]) == sum(points for _, _, points in proof.values())
    for level in (1, 2, 3, 4):
        reached = {name for name, held in levels.items() if held >= level}
        expected_counts = {"all": len(reached), "restrictive": len(reached & set(RESTRICTIVE))}
        assert made["scenarios"]["counts"][str(level)] == expected_counts


def test_nothing_answered_is_zero_and_open_in_every_direction() -> None:
    made = result({})
    assert (str(made.score), made.grade, made.complete) == ("0", 0, False)
    assert made.bounds == Bounds((Fraction(0), Fraction(100)), (0, 4))


@pytest.mark.parametrize("profile", PROFILES)
def test_the_best_and_the_worst_sheet_are_100_points_and_none(profile: str) -> None:
    best, worst = result(FULL_SHEET, TOP, profile), result(EMPTY_SHEET, dict.fromkeys(SCENARIOS, 0), profile)
    assert (str(best.score), best.grade, best.complete) == ("100", 4, True)
    assert best.next is None
    assert (str(worst.score), worst.grade, worst.complete) == ("0", 0, True)
    assert worst.bounds == Bounds((Fraction(0), Fraction(0)), (0, 0))


# the two profiles


@pytest.mark.parametrize("count", range(15))
def test_the_platform_gives_seven_a_business_area_and_nine_for_human_resources(count: int) -> None:
    without, with_people = "BCDEFGHIJKLMN"[:count], "BCDEFGHIJKLMN"[: count - 1] + "O"
    expected = {True: Fraction(7 * count + 2, 10), False: Fraction(7 * count, 10)}
    for letters in {without, with_people} if 0 < count < 14 else {with_people} if count else {"A"}:
        ticked = {"q4": tuple(letters)}
        assert result(ticked).score == Fraction(count * 100, 14) / 10
        assert result(ticked, profile="platform").score == expected["O" in letters]


@examples(60)
@given(choices=partial_choices)
def test_the_profiles_value_every_other_question_alike(choices: Choices) -> None:
    one, other = (printed(choices, {}, profile)["questions"] for profile in PROFILES)
    assert [item for item in one if one[item] != other[item]] in ([], ["q4"])


THIRTY_FIVE: Choices = {"q5": ("E",), "q6": tuple("BCDE"), **dict.fromkeys(["q12", "q13", "q14", "q15"], ("C",))}


@pytest.mark.parametrize(
    ("answers", "published", "platform"),
    [
        ({"q4": tuple("BCDEFGH")}, ("40", 2), ("399/10", 1)),  # seven areas: 5 points against 4.9
        ({"q4": ("B", "O"), "q1": ("B",), "q2": ("B",)}, ("559/14", 1), ("401/10", 2)),  # 10/7 against 1.6
    ],
)
def test_the_profiles_may_give_different_grades_either_way(
    answers: Choices, published: tuple[str, int], platform: tuple[str, int]
) -> None:
    sides = [result(THIRTY_FIVE | answers, TOP, profile) for profile in PROFILES]
    assert [(str(side.score), side.grade) for side in sides] == [published, platform]


# the lines


@pytest.mark.parametrize("row", GRADES, ids=lambda row: row.name)
def test_the_score_of_a_row_is_reached_exactly_and_not_by_the_nearest_score_below(row: Row) -> None:
    line, scores = Fraction(row.score), sorted(sheets_by_score())
    below, above = scores[scores.index(line) - 1], scores[scores.index(line) + 1]
    assert above - below < Fraction(1, 10)
    for points, grade in [(below, row.grade - 1), (line, row.grade), (above, row.grade)]:
        made = result(sheets_by_score()[points], TOP)
        assert (made.score, made.score_grade, made.grade) == (points, grade, grade)


def levels_with(guiding: int, restrictive: int, level: int, others: int) -> Levels:
    reached = GUIDING[:guiding] + RESTRICTIVE[:restrictive]
    return {name: level if name in reached else others for name in SCENARIOS}


@pytest.mark.parametrize("row", GRADES, ids=lambda row: row.name)
def test_the_scenarios_of_a_row_must_all_be_there_and_enough_of_them_restrictive(row: Row) -> None:
    grade, _, _, needed, bound = row
    cases = {
        (needed - bound, bound): grade,
        (needed - bound - 1, bound): grade - 1,  # one scenario short
        (needed - bound + 1, bound - 1): grade - 1,  # one restrictive one short
        (6, bound - 1): grade - 1,  # more guiding ones do not stand in
        (0, needed): grade,  # restrictive ones alone will do
        (0, needed - 1): grade - 1,
    }
    for (guiding, restrictive), expected in cases.items():
        made = result(FULL_SHEET, levels_with(guiding, restrictive, grade, grade - 1))
        assert (made.scenario_grade, made.grade) == (expected, expected), (guiding, restrictive)


@pytest.mark.parametrize("by_score", range(5))
@pytest.mark.parametrize("by_scenarios", range(5))
def test_the_grade_needs_both_conditions_of_one_row(by_score: int, by_scenarios: int) -> None:
    made = result(sheets_by_score()[Fraction(20 * by_score)], dict.fromkeys(SCENARIOS, by_scenarios))
    assert (made.score_grade, made.scenario_grade) == (by_score, by_scenarios)
    assert made.grade == min(by_score, by_scenarios)


# what is shown


@pytest.mark.parametrize(
    ("exact", "text"),
    [
        ("0", "0.00"), ("35", "35.00"), ("135/2", "67.50"), ("559/14", "39.93"), ("40", "40.00"), ("100", "100.00"),
        ("39.996", "39.996"), ("39.9999996", "39.9999996"), ("39.994", "39.99"), ("39.995", "39.995"),
        ("40.004", "40.004"), ("40.005", "40.01"), ("79.999", "79.999"), ("2/3", "0.67"), ("50.004", "50.00"),
    ],
)  # fmt: skip
def test_a_score_is_shown_with_two_decimals_or_with_what_tells_it_from_a_line(exact: str, text: str) -> None:
    assert shown_score(SHEET, Fraction(exact)) == text


@examples(300)
@given(line=st.sampled_from([20, 40, 60, 80]), size=st.integers(1, 10**12), unit=st.integers(3, 10**13))
def test_rounding_never_crosses_a_line(line: int, size: int, unit: int) -> None:
    for value in (line + Fraction(size, 10 * unit), line - Fraction(size, 10 * unit)):
        if 0 <= value <= 100:
            text = Fraction(shown(value.as_integer_ratio(), SHEET.lines))
            assert abs(text - value) <= Fraction(1, 200)
            assert [text >= mark for mark in (20, 40, 60, 80)] == [value >= mark for mark in (20, 40, 60, 80)]


# what is unknown


def test_unknown_is_not_no() -> None:
    unknown = printed({"q5": ("E",)}, {}, "published")
    none = printed({"q5": ("E",), "q4": ("A",)}, {"quality": 0}, "published")
    assert unknown["score"] == none["score"]
    assert ("q4" in unknown["questions"], "q4" in none["questions"]) == (False, True)
    assert (unknown["scenarios"]["levels"], none["scenarios"]["levels"]) == ({}, {"quality": 0})
    assert (unknown["bounds"]["score"], none["bounds"]["score"]) == (["10", "100"], ["10", "90"])


@examples(150)
@given(
    choices=complete_choices, levels=complete_levels, profile=profiles, unknown=st.sets(st.sampled_from(RUBRIC.items))
)
def test_bounds_enclose_every_completion_and_both_ends_are_attained(
    choices: Choices, levels: Levels, profile: str, unknown: set[str]
) -> None:
    known = {q: given for q, given in choices.items() if q not in unknown}
    held = {name: level for name, level in levels.items() if name not in unknown}
    bounds = result(known, held, profile).bounds
    made = result(choices, levels, profile)
    assert bounds.score[0] <= made.score <= bounds.score[1]
    assert bounds.grade[0] <= made.grade <= bounds.grade[1]
    worst = result({**EMPTY_SHEET, **known}, {**dict.fromkeys(SCENARIOS, 0), **held}, profile)
    best = result({**FULL_SHEET, **known}, {**TOP, **held}, profile)
    assert (bounds.score, bounds.grade) == ((worst.score, best.score), (worst.grade, best.grade))


@examples(150)
@given(choices=partial_choices, levels=partial_levels, profile=profiles, more=st.data())
def test_adding_an_option_a_rung_or_a_level_never_lowers_anything(
    choices: Choices, levels: Levels, profile: str, more: st.DataObject
) -> None:
    item, name = more.draw(st.sampled_from(list(QUESTIONS))), more.draw(st.sampled_from(list(SCENARIOS)))
    drawn, old = more.draw(choice(item)), choices.get(item, ("A",))
    ticked = tuple(sorted({*drawn, *old} - {"A"})) or ("A",)
    better = {**choices, item: ticked if QUESTIONS[item].type == "multiple" else max(drawn, old)}
    higher = {**levels, name: max(levels.get(name, 0), more.draw(st.integers(0, 4)))}
    before, after = result(choices, levels, profile), result(better, higher, profile)
    assert before.score <= after.score
    assert before.score_grade <= after.score_grade
    assert before.scenario_grade <= after.scenario_grade
    assert before.grade <= after.grade
    assert (before.score < after.score) == (better[item] != old)  # there is no option that is worth nothing
