"""The plan over the real rubric: it reaches the next grade, nothing in it is needless, and no other way is cheaper."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from math import lcm
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.answers import check_answers
from scoring.decoding import read_json
from scoring.plan import Gap, Plan, QuestionStep, ScenarioStep, find_gap, plan_to
from scoring.result import assess
from scoring.result_json import result_json
from scoring.rubric_check import parse_rubric
from scoring.sheet import Sheet, load_sheet
from tests.scoring.plans import applied, assert_every_step_is_a_real_one, cost, gap_of
from tests.scoring.standard import (
    DECISIONS,
    FULL_SHEET,
    GRADES,
    QUESTIONS,
    RESTRICTIVE,
    SCENARIOS,
    grade_of,
    score_of,
    value_of,
)
from tests.scoring.strategies import (
    RUBRIC,
    Choices,
    Levels,
    answered,
    choice,
    complete_choices,
    complete_levels,
    examples,
    partial_choices,
    partial_levels,
    profiles,
)
from tests.scoring.test_answers import CONTRACT


class Firm(NamedTuple):
    """Answers to the real rubric, below the highest grade."""

    choices: Choices
    levels: Levels
    profile: str

    @property
    def grade(self) -> int:
        return grade_of(score_of(self.choices, self.profile), self.levels)

    def gap(self) -> tuple[Gap, Plan]:
        gap = gap_of(load_sheet("miit-2024", self.profile), self.choices, self.levels)
        assert gap is not None
        assert gap.plan is not None  # q1 to q11 alone are worth 80 points
        return gap, gap.plan

    def after(self, plan: Plan) -> "Firm":
        return Firm(*applied(plan, self.choices, self.levels), self.profile)


good_choices = st.fixed_dictionaries({q: st.just(FULL_SHEET[q]) | choice(q) for q in QUESTIONS})
good_levels = st.fixed_dictionaries(dict.fromkeys(SCENARIOS, st.integers(2, 4)))
firms = st.builds(
    Firm, partial_choices | complete_choices | good_choices, partial_levels | complete_levels | good_levels, profiles
).filter(lambda firm: firm.grade < 4)


@examples(150)
@given(firm=firms)
def test_applying_the_plan_reaches_the_next_grade_and_costs_its_effort(firm: Firm) -> None:
    gap, plan = firm.gap()
    assert gap.grade == firm.grade + 1
    assert firm.after(plan).grade >= gap.grade
    assert plan.effort == cost(RUBRIC, plan, firm.choices)
    assert_every_step_is_a_real_one(plan, firm.choices, firm.levels)


@examples(100)
@given(firm=firms)
def test_what_is_short_of_the_next_grade_is_told_exactly(firm: Firm) -> None:
    sheet = load_sheet("miit-2024", firm.profile)
    printed = result_json(sheet, assess(sheet, answered(RUBRIC, firm.choices, firm.levels)))["next"]
    row = GRADES[firm.grade]
    reached = {name for name, level in firm.levels.items() if level >= row.grade}
    assert printed["grade"] == row.grade
    assert Fraction(printed["score_short"]) == max(0, row.score - score_of(firm.choices, firm.profile))
    assert printed["scenarios_short"] == max(0, row.scenarios - len(reached))
    assert printed["restrictive_short"] == max(0, row.restrictive - len(reached & set(RESTRICTIVE)))


def units(plan: Plan) -> Iterator[Plan]:
    """The plan less one unit: an added option, a rung or a level."""
    for step in plan.questions:
        rest = tuple(other for other in plan.questions if other is not step)
        for letter in step.add:
            left = tuple(other for other in step.add if other != letter)
            yield Plan(0, (*rest, QuestionStep(step.question, left, None)) if left else rest, plan.scenarios)
        if step.to:
            lower = chr(ord(step.to) - 1)
            yield Plan(0, (*rest, QuestionStep(step.question, (), lower)), plan.scenarios)
    for lift in plan.scenarios:
        others = tuple(other for other in plan.scenarios if other is not lift)
        yield Plan(0, plan.questions, (*others, ScenarioStep(lift.scenario, lift.start, lift.end - 1, ())))


@examples(100)
@given(firm=firms)
def test_no_single_unit_of_the_plan_can_be_left_out(firm: Firm) -> None:
    for less in units(firm.gap()[1]):
        choices, levels = applied(less, firm.choices, firm.levels)
        assert Firm(choices, levels, firm.profile).grade <= firm.grade


@pytest.mark.slow
@examples(40)
@given(levels=complete_levels | partial_levels, grade=st.integers(1, 4))
def test_no_other_choice_of_scenarios_is_cheaper(levels: Levels, grade: int) -> None:
    """Every set of as many scenarios as the row needs; lifting more than that is never cheaper."""
    row = GRADES[grade - 1]
    lifts = {name: max(0, grade - levels.get(name, 0)) for name in SCENARIOS}
    efforts = {s.id: s.efforts for s in RUBRIC.scenarios}
    cost = {name: sum(efforts[name][grade - lift : grade]) for name, lift in lifts.items()}
    least = min(
        sum(cost[name] for name in chosen)
        for chosen in combinations(SCENARIOS, row.scenarios)
        if len(set(chosen) & set(RESTRICTIVE)) >= row.restrictive
    )
    sheet = load_sheet("miit-2024")
    gap = find_gap(sheet, sheet.tally({}, levels), {}, levels, grade)
    assert gap.plan is not None
    assert sum(sum(efforts[lift.scenario][lift.start : lift.end]) for lift in gap.plan.scenarios) == least


def ways_up(question: str, choices: Choices, profile: str) -> list[list[tuple[Fraction, int]]]:
    """What may be done at a question: of each list one thing, which gains points and costs effort."""
    item, old = QUESTIONS[question], choices.get(question, ("A",))
    efforts = {o.id: o.effort or RUBRIC.question[question].effort or 0 for o in RUBRIC.question[question].options}
    if item.type == "multiple":
        worth = {letter: value_of(question, (letter,), profile) * item.weight for letter in item.letters[1:]}
        return [[(worth[letter], efforts[letter])] for letter in worth if letter not in old]
    above = item.letters[item.letters.index(old[0]) + 1 :]
    rung = Fraction(100, item.options - 1) * item.weight
    return [[(rung * n, sum(efforts[letter] for letter in above[:n])) for n in range(1, len(above) + 1)]]


def least_effort_for(choices: Choices, profile: str, score: int) -> int:
    """Least effort by points, unit after unit: an exact table over whole points of a common denominator."""
    ways = [way for question in DECISIONS for way in ways_up(question, choices, profile)]
    missing = score - score_of(choices, profile)
    scale = lcm(missing.denominator, *(gain.denominator for way in ways for gain, _ in way))
    short = max(0, int(missing * scale))
    best: list[float] = [0, *[float("inf")] * short]  # by points still gained, short or more in the last
    for way in ways:
        for had in range(short, 0, -1):
            took = [best[max(0, had - int(gain * scale))] + effort for gain, effort in way]
            best[had] = min(best[had], *took) if took else best[had]
    return int(best[short])


@pytest.mark.slow
@examples(40)
@given(choices=partial_choices | complete_choices, profile=profiles, grade=st.integers(1, 4))
def test_no_other_choice_of_options_is_cheaper(choices: Choices, profile: str, grade: int) -> None:
    sheet, top = load_sheet("miit-2024", profile), dict.fromkeys(SCENARIOS, 4)
    gap = find_gap(sheet, sheet.tally(choices, top), choices, top, grade)
    assert gap.plan is not None
    assert gap.plan.effort == least_effort_for(choices, profile, GRADES[grade - 1].score)


@examples(100)
@given(firm=firms)
def test_results_are_never_planned_and_nothing_needless_is(firm: Firm) -> None:
    gap, plan = firm.gap()
    assert not {"q12", "q13", "q14", "q15"} & {step.question for step in plan.questions}
    assert bool(plan.questions) == (gap.points_short > 0)
    assert bool(plan.scenarios) == (gap.scenarios_short > 0 or gap.restrictive_short > 0)
    assert {lift.end for lift in plan.scenarios} <= {gap.grade}


@examples(100)
@given(firm=firms)
def test_requirements_are_the_texts_of_the_levels_still_to_climb(firm: Firm) -> None:
    for lift in firm.gap()[1].scenarios:
        texts = RUBRIC.scenario[lift.scenario].levels
        assert list(lift.requirements) == [texts[level - 1] for level in range(lift.start + 1, lift.end + 1)]


RESULTS = dict.fromkeys(["q12", "q13", "q14", "q15"], ("A",))
TOP = dict.fromkeys(SCENARIOS, 4)


def test_a_cheap_step_that_would_not_spare_the_dear_one_is_not_planned() -> None:
    """17/14 points short: the last area of q4 gives 10/14 for 2, a rung of q11 gives 15/8 for 8; both would cost 10."""
    firm = Firm(FULL_SHEET | RESULTS | {"q12": ("C",), "q11": ("A",), "q4": tuple("BCDEFGHIJKLMN")}, TOP, "published")
    gap, plan = firm.gap()
    assert load_sheet("miit-2024").exact(gap.points_short) == Fraction(17, 14)
    assert plan == Plan(8, (QuestionStep("q11", (), "B"),), ())


def test_rungs_of_one_question_are_planned_as_one_step_and_weighed_by_its_effort() -> None:
    assert Firm(FULL_SHEET | RESULTS | {"q11": ("A",)}, TOP, "published").gap()[1] == Plan(
        32, (QuestionStep("q11", (), "E"),), ()
    )


@pytest.mark.parametrize(
    ("short", "to", "effort"),
    [
        (1, "E", 8),  # a rung is worth 20 points
        (20, "E", 8),
        (21, "F", 9),  # the cheap last rung lies above the dear one
    ],
)
def test_a_cheap_rung_above_a_dear_one_is_reached_only_over_it(short: int, to: str, effort: int) -> None:
    """Question 8, D to E: a new way of doing business; E to F: a visit. Nothing else is left to do."""
    data = RUBRIC.model_dump(mode="json")
    question = next(entry for entry in data["questions"] if entry["id"] == "q8")
    rows = [data["grades"][0] | {"score": 60 + short, "scenarios": 0, "restrictive": 0}]
    sheet = Sheet(
        parse_rubric(
            data
            | {
                "dimensions": data["dimensions"][1:2],
                "indicators": [i for i in data["indicators"] if i["id"] == "planning_management"],
            }
            | {"questions": [question | {"weights": [100, 100, 100]}], "profiles": data["profiles"][:1], "grades": rows}
            | {"figures": []}
        ),
        "published",
    )
    gap = plan_to(sheet, {"q8": ("D",)}, {}, 1)
    assert gap.plan == Plan(effort, (QuestionStep("q8", (), to),), ())


def test_the_plan_to_grade_three_does_not_begin_with_a_5g_network() -> None:
    """A firm of grade 2 that has done half of everything: cheap things come before dear ones."""
    half = {question: letters[: (len(letters) + 1) // 2] for question, letters in FULL_SHEET.items()} | RESULTS
    plan = Firm(
        half | dict.fromkeys(("q2", "q3", "q5", "q8", "q11"), ("C",)), dict.fromkeys(SCENARIOS, 2), "published"
    ).gap()[1]
    assert all("D" not in step.add for step in plan.questions if step.question == "q1")


def test_the_contracts_example_is_planned_as_the_contract_says() -> None:
    sheet = load_sheet("miit-2024")
    plan = result_json(sheet, assess(sheet, check_answers(RUBRIC, read_json(CONTRACT))))["next"]["plan"]
    assert (plan["effort"], plan["questions"]) == (5, [])
    marketing = (
        "借助信息技术工具（如电子表格、云存储等）对销售信息（如销售计划、销售订单、销售运行、客户信息或销售业绩等）"
        "进行辅助记录和管理。"
    )
    assert plan["scenarios"][0] == {"id": "marketing", "from": 0, "to": 1, "requirements": [marketing]}
    assert [(step["from"], step["to"]) for step in plan["scenarios"]] == [(0, 1)] * 5
    assert len({step["id"] for step in plan["scenarios"]} & set(RESTRICTIVE)) >= 2
