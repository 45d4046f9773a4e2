"""Wishes on the real rubric: what "must be in the plan" and "not us" come to, and which wishes are refused."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.plan import Plan, QuestionStep, plan_to
from scoring.sheet import load_sheet
from scoring.wishes import WishCode, WishError, Wishes
from tests.scoring.plans import applied, assert_every_step_is_a_real_one, cost, planned
from tests.scoring.standard import (
    DECISIONS,
    EMPTY_SHEET,
    FULL_SHEET,
    GRADES,
    GUIDING,
    RESTRICTIVE,
    SCENARIOS,
    grade_of,
    score_of,
)
from tests.scoring.strategies import (
    RUBRIC,
    Choices,
    Levels,
    complete_choices,
    complete_levels,
    examples,
    partial_choices,
    partial_levels,
    profiles,
)

SHEET = load_sheet("miit-2024")
NOTHING: Levels = dict.fromkeys(SCENARIOS, 0)
COSTS = {scenario.id: scenario.efforts for scenario in RUBRIC.scenarios}
HIGHEST: Levels = dict.fromkeys(SCENARIOS, 4)


def pinning(*items: str) -> Wishes:
    return Wishes(pinned=frozenset(items))


def excluding(*items: str) -> Wishes:
    return Wishes(excluded=frozenset(items))


def plan_of(choices: Choices, levels: Levels, grade: int, wishes: Wishes) -> Plan | None:
    return plan_to(SHEET, choices, levels, grade, wishes).plan


def lifted(plan: Plan | None) -> dict[str, tuple[int, int]]:
    assert plan is not None
    return {step.scenario: (step.start, step.end) for step in plan.scenarios}


# what a pin comes to


def test_a_pinned_multiple_choice_gets_one_more_option_the_most_rewarding_one() -> None:
    choices = FULL_SHEET | {"q4": ("B",)}
    plan = plan_to(load_sheet("miit-2024", "platform"), choices, HIGHEST, 4, pinning("q4")).plan
    assert plan == Plan(2, (QuestionStep("q4", ("O",), None),), ())  # 9 points there, all others 7


def test_a_pinned_single_choice_climbs_one_rung_also_where_it_is_dear() -> None:
    assert plan_of(FULL_SHEET | {"q11": ("B",)}, HIGHEST, 4, pinning("q11")) == Plan(
        8, (QuestionStep("q11", (), "C"),), ()
    )


def test_a_pinned_scenario_at_or_above_the_needed_level_goes_one_level_further() -> None:
    levels = HIGHEST | {"quality": 3, "finance": 2}
    assert lifted(plan_of(FULL_SHEET, levels, 2, pinning("quality", "finance"))) == {
        "quality": (3, 4),
        "finance": (2, 3),
    }


def test_a_pinned_scenario_below_the_needed_level_goes_all_the_way_only_if_that_helps() -> None:
    """Grade 3 wants eight scenarios at level 3, a lift of 1 + 2 + 4; with the first level paid for, 2 + 4 are left."""
    seven = dict.fromkeys([*RESTRICTIVE[:7]], 3)
    near = seven | {RESTRICTIVE[7]: 2, "collaboration": 0}
    far = seven | {"human_resources": 1, "collaboration": 0}
    assert lifted(plan_of(FULL_SHEET, near, 3, pinning("collaboration"))) == {
        RESTRICTIVE[7]: (2, 3),
        "collaboration": (0, 1),
    }
    assert lifted(plan_of(FULL_SHEET, far, 3, pinning("collaboration"))) == {
        "human_resources": (1, 3),  # 2 + 2: a tool for analysis
        "collaboration": (0, 1),
    }
    far |= {"human_resources": 0}
    others = excluding("human_resources").excluded
    assert lifted(plan_of(FULL_SHEET, far, 3, Wishes(frozenset({"collaboration"}), others))) == {
        "collaboration": (0, 3)
    }


def test_what_is_pinned_is_planned_even_where_the_grade_is_there_already() -> None:
    assert lifted(plan_of(FULL_SHEET, HIGHEST | {"safety": 0}, 4, pinning("safety"))) == {"safety": (0, 1)}


# what an exclusion comes to


@pytest.mark.parametrize("item", ["q5", "q8", "marketing", "quality"])
def test_the_plan_goes_around_excluded_items(item: str) -> None:
    first, second = (plan_of(EMPTY_SHEET, NOTHING, 2, wishes) for wishes in (Wishes(), excluding(item)))
    assert first is not None
    assert second is not None
    assert item in planned(first)
    assert item not in planned(second)
    assert second.effort >= first.effort


def test_no_plan_is_left_when_too_few_restrictive_scenarios_are() -> None:
    enough, too_few = excluding(*RESTRICTIVE[:7]), excluding(*RESTRICTIVE[:8])
    assert set(lifted(plan_of(FULL_SHEET, NOTHING, 2, enough))) >= set(RESTRICTIVE[7:])
    gap = plan_to(SHEET, FULL_SHEET, NOTHING, 2, too_few)
    assert (gap.plan, gap.scenarios_short, gap.restrictive_short) == (None, 6, 3)


def test_no_plan_is_left_when_too_few_scenarios_are() -> None:
    assert plan_of(FULL_SHEET, NOTHING, 4, excluding(*GUIDING)) is not None
    assert plan_of(FULL_SHEET, NOTHING, 4, excluding(*GUIDING, RESTRICTIVE[0])) is None


def test_no_plan_is_left_when_too_few_points_are() -> None:
    assert plan_of({}, HIGHEST, 1, excluding(*DECISIONS)) is None


def test_excluding_a_result_or_what_is_at_its_top_changes_nothing() -> None:
    wishes = excluding("q12", "q5", "quality")
    choices, levels = EMPTY_SHEET | {"q5": ("E",)}, NOTHING | {"quality": 4}
    assert plan_of(choices, levels, 3, wishes) == plan_of(choices, levels, 3, Wishes())


# the least, on the real rubric


def least_lifts(levels: Levels, grade: int, wishes: Wishes) -> int | None:
    """Over every set of as many scenarios as the row needs: each at its level, each pinned one up by one at least."""
    row = GRADES[grade - 1]
    ends = {name: max(grade, levels.get(name, 0) + (name in wishes.pinned)) for name in SCENARIOS}
    base = {name: levels.get(name, 0) + (name in wishes.pinned) for name in SCENARIOS}
    free = [name for name in SCENARIOS if name not in wishes.excluded or levels.get(name, 0) >= grade]
    efforts = (
        sum(sum(COSTS[name][levels.get(name, 0) : (ends if name in chosen else base)[name]]) for name in SCENARIOS)
        for chosen in map(set, combinations(free, row.scenarios))
        if len(chosen & set(RESTRICTIVE)) >= row.restrictive
    )
    return min(efforts, default=None)


def wishes_from(pinnable: set[str], excludable: set[str]) -> st.SearchStrategy[Wishes]:
    pins = st.sets(st.sampled_from(sorted(pinnable)), max_size=3) if pinnable else st.just(set[str]())
    outs = st.sets(st.sampled_from(sorted(excludable)), max_size=9)
    return st.builds(lambda pin, out: Wishes(frozenset(pin), frozenset(out - pin)), pins, outs)


def raisable(choices: Choices, levels: Levels) -> set[str]:
    questions = {q for q in DECISIONS if choices.get(q) != FULL_SHEET[q]}
    return questions | {name for name in SCENARIOS if levels.get(name, 0) < 4}


@pytest.mark.slow
@examples(30)
@given(data=st.data(), levels=complete_levels | partial_levels, grade=st.integers(1, 4))
def test_no_other_choice_of_scenarios_is_cheaper(data: st.DataObject, levels: Levels, grade: int) -> None:
    wishes = data.draw(wishes_from(raisable({}, levels) & set(SCENARIOS), set(SCENARIOS)))
    plan, least = plan_of(FULL_SHEET, levels, grade, wishes), least_lifts(levels, grade, wishes)
    assert (plan.effort if plan else None) == least


@examples(150)
@given(
    data=st.data(),
    choices=partial_choices | complete_choices,
    levels=partial_levels | complete_levels,
    profile=profiles,
    grade=st.integers(1, 4),
)
def test_the_plan_reaches_the_grade_and_grants_the_wishes(
    data: st.DataObject, choices: Choices, levels: Levels, profile: str, grade: int
) -> None:
    wishes = data.draw(wishes_from(raisable(choices, levels), set(RUBRIC.items)))
    plan = plan_to(load_sheet("miit-2024", profile), choices, levels, grade, wishes).plan
    if plan is None:
        assert wishes.excluded
        return
    assert plan.effort == cost(RUBRIC, plan, choices)
    assert_every_step_is_a_real_one(plan, choices, levels)
    assert wishes.pinned <= planned(plan)
    assert not wishes.excluded & planned(plan)
    after = applied(plan, choices, levels)
    assert grade_of(score_of(after[0], profile), after[1]) >= grade


# what is refused


@pytest.mark.parametrize(
    ("wishes", "faults"),
    [
        (pinning("q99", "nothing"), [("nothing", WishCode.UNKNOWN_ITEM), ("q99", WishCode.UNKNOWN_ITEM)]),
        (excluding("q99"), [("q99", WishCode.UNKNOWN_ITEM)]),
        (Wishes(frozenset({"q1", "q2"}), frozenset({"q2"})), [("q2", WishCode.PINNED_AND_EXCLUDED)]),
        (pinning("q12", "q15"), [("q12", WishCode.NOT_A_DECISION), ("q15", WishCode.NOT_A_DECISION)]),
        (pinning("q10", "q5", "q6"), [("q5", WishCode.AT_TOP), ("q10", WishCode.AT_TOP)]),
        (pinning("quality", "safety"), [("quality", WishCode.AT_TOP)]),
    ],
)
def test_a_wish_that_cannot_be_granted_is_refused_by_name(wishes: Wishes, faults: list[tuple[str, WishCode]]) -> None:
    choices = {"q10": FULL_SHEET["q10"], "q5": ("E",), "q6": ("B", "C")}
    with pytest.raises(WishError) as caught:
        plan_to(SHEET, choices, {"quality": 4, "safety": 3}, 2, wishes)
    assert [(fault.item, fault.code) for fault in caught.value.faults] == faults


@pytest.mark.parametrize("grade", [-1, 0, 5])
def test_there_is_no_plan_to_a_grade_that_is_none(grade: int) -> None:
    with pytest.raises(ValueError, match="the grades are 1 to 4"):
        plan_to(SHEET, {}, {}, grade)
