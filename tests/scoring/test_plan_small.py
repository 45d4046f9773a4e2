"""The plan is the least effort: against brute force over every state of small random rubrics."""

from collections.abc import Mapping
from dataclasses import astuple
from itertools import combinations, product
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.plan import find_gap, plan_to
from scoring.rubric_check import parse_rubric
from scoring.sheet import Sheet
from scoring.wishes import NO_WISHES, Wishes
from tests.scoring.plans import applied, assert_every_step_is_a_real_one, cost, gap_of, planned
from tests.scoring.strategies import RUBRIC, Small, examples, small

State = TypeVar("State")


def question_states(data: dict[str, Any], given: tuple[str, ...]) -> list[tuple[int, tuple[str, ...]]]:
    """Every state of a question that one may decide to be in, with the effort of going there; the present one first."""
    letters, effort, old = "ABCD"[: len(data["options"])], data["effort"], set(given) - {"A"}
    if effort is None:
        return [(0, given)]
    costs = {option["id"]: option["effort"] or effort for option in data["options"]}
    if data["type"] == "single":
        start = letters.index(given[0])
        above = letters[start + 1 :]
        return [(sum(costs[rung] for rung in above[:n]), ((given[0] + above)[n],)) for n in range(len(above) + 1)]
    missing = sorted(set(letters[1:]) - old)
    return [
        (sum(costs[letter] for letter in added), tuple(sorted({*old, *added})) or ("A",))
        for count in range(len(missing) + 1)
        for added in combinations(missing, count)
    ]


def wished(states: list[State], item: str, wishes: Wishes) -> list[State]:
    """What wishes leave of the states of an item, of which the first is the present one."""
    if item in wishes.pinned:
        return states[1:]
    return states[:1] if item in wishes.excluded else states


def points(case: Small, data: dict[str, Any], letters: tuple[str, ...]) -> int:
    """Points of an answer in units of 1/12 of a millionth: 12 divides by every number of options."""
    last, values = len(data["options"]) - 1, case.rubric.profile(case.profile).option_values.get(data["id"])
    if data["type"] == "single":
        twelfths = 1200 * "ABCD".index(letters[0]) // last
    else:
        each = {letter: 12 * int(values[letter]) if values else 1200 // last for letter in "BCD"[:last]}
        twelfths = sum(each[letter] for letter in letters if letter != "A")
    one, two, three = data["weights"]
    return int(twelfths * one * two * three)


def least_question_effort(case: Small, score: int, wishes: Wishes = NO_WISHES) -> int | None:
    ways = [
        [(effort, points(case, data, letters)) for effort, letters in wished(states, data["id"], wishes)]
        for data in case.data["questions"]
        for states in [question_states(data, case.choices.get(data["id"], ("A",)))]
    ]
    reached = (
        sum(effort for effort, _ in state) for state in product(*ways) if sum(p for _, p in state) >= score * 12 * 10**6
    )
    return min(reached, default=None)


def least_scenario_effort(case: Small, row: Mapping[str, Any], wishes: Wishes = NO_WISHES) -> int | None:
    """Over every state of every scenario at or above its level, not only over the row's level."""
    held = [(s, case.levels.get(s["id"], 0)) for s in case.data["scenarios"]]
    states = [wished(list(range(level, len(s["levels"]) + 1)), s["id"], wishes) for s, level in held]
    efforts = []
    for state in product(*states):
        ends = [(s, level, end) for (s, level), end in zip(held, state, strict=True)]
        reached = [s["restrictive"] for s, _, end in ends if end >= row["level"]]
        if len(reached) >= row["scenarios"] and sum(reached) >= row["restrictive"]:
            efforts.append(sum(sum((s["efforts"] or [1] * end)[level:end]) for s, level, end in ends))
    return min(efforts, default=None)


@pytest.mark.slow
@examples(250)
@given(case=small())
def test_no_plan_is_cheaper_than_brute_force_over_all_states(case: Small) -> None:
    sheet = Sheet(case.rubric, case.profile)
    tally = sheet.tally(case.choices, case.levels)
    for row in case.data["grades"][tally.grade :]:
        gap = find_gap(sheet, tally, case.choices, case.levels, row["grade"])
        by_score, by_scenarios = least_question_effort(case, row["score"]), least_scenario_effort(case, row)
        if by_score is None or by_scenarios is None:
            assert gap.plan is None
            continue
        assert gap.plan is not None
        assert gap.plan.effort == by_score + by_scenarios
        choices, levels = applied(gap.plan, case.choices, case.levels)
        assert sheet.tally(choices, levels).grade >= row["grade"]


def raisable(case: Small) -> list[str]:
    """The items that can be pinned."""
    questions = [
        data["id"]
        for data in case.data["questions"]
        if len(question_states(data, case.choices.get(data["id"], ("A",)))) > 1
    ]
    return questions + [s["id"] for s in case.data["scenarios"] if case.levels.get(s["id"], 0) < len(s["levels"])]


@st.composite
def wishes_for(draw: st.DrawFn, case: Small) -> Wishes:
    """Wishes that can be granted: some of what can be raised, and any of the rest."""
    pinned = draw(st.sets(st.sampled_from(raisable(case)))) if raisable(case) else set()
    others = [item for item in case.rubric.items if item not in pinned]
    return Wishes(frozenset(pinned), frozenset(draw(st.sets(st.sampled_from(others)))) if others else frozenset())


@pytest.mark.slow
@examples(250)
@given(data=st.data(), case=small())
def test_under_wishes_too_no_plan_is_cheaper_than_brute_force(data: st.DataObject, case: Small) -> None:
    sheet, wishes = Sheet(case.rubric, case.profile), data.draw(wishes_for(case))
    for row in case.data["grades"]:
        plan = plan_to(sheet, case.choices, case.levels, row["grade"], wishes).plan
        by_score = least_question_effort(case, row["score"], wishes)
        by_scenarios = least_scenario_effort(case, row, wishes)
        if by_score is None or by_scenarios is None:
            assert plan is None
            continue
        assert plan is not None
        assert plan.effort == by_score + by_scenarios == cost(case.rubric, plan, case.choices)
        assert_every_step_is_a_real_one(plan, case.choices, case.levels)
        assert wishes.pinned <= planned(plan)
        assert not wishes.excluded & planned(plan)
        choices, levels = applied(plan, case.choices, case.levels)
        assert sheet.tally(choices, levels).grade >= row["grade"]


@examples(100)
@given(data=st.data(), case=small())
def test_more_wishes_never_make_a_plan_cheaper(data: st.DataObject, case: Small) -> None:
    sheet, wishes = Sheet(case.rubric, case.profile), data.draw(wishes_for(case))
    fewer = Wishes(
        *(frozenset(data.draw(st.sets(st.sampled_from(sorted(some)))) if some else ()) for some in astuple(wishes))
    )
    for row in sheet.grades:
        wide, narrow = (plan_to(sheet, case.choices, case.levels, row.grade, each).plan for each in (fewer, wishes))
        if narrow:
            assert wide is not None
            assert wide.effort <= narrow.effort


@examples(100)
@given(case=small())
def test_without_wishes_it_is_the_same_plan(case: Small) -> None:
    sheet = Sheet(case.rubric, case.profile)
    tally = sheet.tally(case.choices, case.levels)
    for row in sheet.grades:
        bare = find_gap(sheet, tally, case.choices, case.levels, row.grade)
        for none in (NO_WISHES, Wishes(frozenset(), frozenset())):
            assert plan_to(sheet, case.choices, case.levels, row.grade, none) == bare


@examples(100)
@given(case=small())
def test_a_plan_of_a_small_rubric_costs_what_its_steps_cost(case: Small) -> None:
    gap = gap_of(Sheet(case.rubric, case.profile), case.choices, case.levels)
    if gap and gap.plan:
        assert gap.plan.effort == cost(case.rubric, gap.plan, case.choices)
        assert_every_step_is_a_real_one(gap.plan, case.choices, case.levels)


def test_without_any_affordable_question_there_is_a_plan_only_if_the_score_suffices() -> None:
    data = RUBRIC.model_dump(mode="json")
    rubric = parse_rubric(data | {"questions": [question | {"effort": None} for question in data["questions"]]})
    sheet = Sheet(rubric, "published")
    short, enough = gap_of(sheet, {}, {}), gap_of(sheet, dict.fromkeys(["q12", "q13", "q14", "q15"], ("C",)), {})
    assert short is not None
    assert enough is not None
    assert (short.plan, enough.plan is not None and enough.plan.effort) == (None, 6)
