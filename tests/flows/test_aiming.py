"""What to aim for: plans under wishes, and "what if". Neither ever touches the record."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.aiming import planned_answers, planned_gap, raised
from flows.cards import PlanCard, WhatIfCard
from flows.events import Refusal, TargetKept
from flows.inputs import (
    Aim,
    AimAt,
    Back,
    ClearAim,
    KeepTarget,
    Overview,
    Pick,
    Recheck,
    Suppose,
    Want,
    Wanted,
)
from flows.session import AimPage, Goal, Phase, Record, Session
from scoring.editions import load_rubric
from scoring.sheet import load_sheet
from tests.flows.driver import RUBRIC, Walker
from tests.flows.scenes import SCENES, TOP, scene

SHEET = load_sheet("miit-2024")


def planning() -> Walker:
    return SCENES["plan"]()


def supposing() -> Walker:
    return SCENES["what_if"]()


def plan_card(walker: Walker) -> PlanCard:
    assert isinstance(walker.card, PlanCard)
    return walker.card


def steps(walker: Walker) -> set[str]:
    """The items of the plan on the screen."""
    gap = plan_card(walker).gap
    assert gap
    assert gap.plan
    return {step.question for step in gap.plan.questions} | {step.scenario for step in gap.plan.scenarios}


def grade_with(record: Record, answers: dict[str, tuple[str, ...] | int]) -> int:
    choices = record.choices | {item: value for item, value in answers.items() if isinstance(value, tuple)}
    levels = record.levels | {item: value for item, value in answers.items() if isinstance(value, int)}
    return SHEET.tally(choices, levels).grade


def test_the_plan_is_to_the_next_grade_at_first_and_to_any_above_on_request() -> None:
    walker = planning()
    card = plan_card(walker)
    assert card.grades == (1, 2, 3, 4)
    assert card.gap
    assert card.gap.grade == 1
    efforts = []
    for grade in (1, 2, 3):
        walker.say(AimAt(grade))
        gap = plan_card(walker).gap
        assert gap
        assert gap.plan
        assert gap.grade == grade
        efforts.append(gap.plan.effort)
    assert efforts == sorted(set(efforts))


def test_an_excluded_item_leaves_the_plan_and_a_pinned_one_is_in_it() -> None:
    walker = planning()
    out = next(item for item in RUBRIC.items if item in steps(walker))
    within = next(item for item in plan_card(walker).open if item not in steps(walker))
    walker.say(Want(out, Wanted.EXCLUDED))
    walker.say(Want(within, Wanted.PINNED))
    assert out not in steps(walker)
    assert within in steps(walker)
    walker.say(Want(out, Wanted.PINNED))
    assert walker.session.goal == Goal(pinned=tuple(item for item in RUBRIC.items if item in (out, within)))
    walker.say(Want(out, Wanted.FREE))
    walker.say(ClearAim())
    assert walker.session.goal == Goal()


def test_wishes_that_leave_no_way_are_said_to() -> None:
    walker = planning()
    walker.say(AimAt(2))
    for scenario in RUBRIC.scenarios:
        walker.say(Want(scenario.id, Wanted.EXCLUDED))
    gap = plan_card(walker).gap
    assert gap
    assert gap.plan is None
    assert walker.refused(KeepTarget()) is Refusal.NOTHING_TO_AIM_AT


def test_a_wish_that_has_come_true_is_passed_over() -> None:
    session = scene("plan")
    void = session.but(goal=Goal(pinned=(TOP, "marketing"), excluded=("q1",)))
    gap = planned_gap(void)
    assert gap
    assert gap.plan
    assert {step.scenario for step in gap.plan.scenarios} >= {"marketing"}
    assert TOP not in {step.scenario for step in gap.plan.scenarios}


def test_at_the_highest_grade_there_is_nothing_to_plan() -> None:
    top = Record(
        choices=dict(SHEET.tops),
        levels={scenario.id: 4 for scenario in RUBRIC.scenarios},
    )
    assert planned_gap(scene("plan").but(record=top)) is None


def test_a_kept_plan_is_a_target_that_reaches_the_grade() -> None:
    walker = planning()
    walker.say(AimAt(2))
    expected = steps(walker)
    (event,) = walker.say(KeepTarget())
    target = walker.session.goal.target
    assert event == TargetKept(tuple(target))
    assert set(target) == expected
    assert grade_with(walker.session.record, target) == 2


def test_what_if_shows_the_result_and_leaves_the_record_alone() -> None:
    walker = supposing()
    record = walker.session.record
    walker.say(Suppose("q1", ("B", "C", "D", "E")))
    walker.say(Suppose("marketing", 4))
    card = walker.card
    assert isinstance(card, WhatIfCard)
    assert card.before.score == SHEET.exact(SHEET.tally(record.choices, record.levels).points)
    assert card.after.score - card.before.score == SHEET.credit("q1", ("B", "C", "D", "E")).points
    assert card.after.levels["marketing"] == 4
    assert walker.session.record == record
    walker.say(KeepTarget())
    assert walker.session.goal.target == {"q1": ("B", "C", "D", "E"), "marketing": 4}
    walker.say(ClearAim())
    assert walker.session.goal.supposed == {}
    assert walker.session.goal.target


def test_what_is_the_case_is_no_supposition() -> None:
    walker = supposing()
    walker.say(Suppose(TOP, 3))
    assert walker.session.goal.supposed == {TOP: 3}
    walker.say(Suppose(TOP, 4))
    assert walker.session.goal.supposed == {}
    walker.say(Suppose("q1", ("B",)))
    walker.say(Suppose("q1", None))
    assert walker.session.goal.supposed == {}
    assert walker.refused(KeepTarget()) is Refusal.NOTHING_TO_AIM_AT


@pytest.mark.parametrize("item", RUBRIC.items)
def test_raising_again_and_again_goes_up_to_the_top_and_back(item: str) -> None:
    walker = supposing()
    values = [_value(walker, item)]
    for _ in range(20):
        following = raised(RUBRIC, walker.session, item)
        walker.say(Suppose(item, following))
        if following is None:
            break
        values.append(_value(walker, item))
    assert walker.session.goal.supposed == {}
    assert values == sorted(set(values))
    assert values[-1] == (4 if item in RUBRIC.scenario else SHEET.exact(SHEET.full[item]))


def _value(walker: Walker, item: str) -> Fraction:
    """The supposed level of a scenario, or the supposed points of a question."""
    card = walker.card
    assert isinstance(card, WhatIfCard)
    return Fraction(card.after.levels[item]) if item in RUBRIC.scenario else card.after.credits[item].points


@pytest.mark.parametrize("page", AimPage)
def test_back_leads_to_where_one_came_from(page: AimPage) -> None:
    final = SCENES["result"]()
    final.say(Aim(page))
    final.say(Back())
    assert (final.session.phase, final.session.page) == (Phase.RESULT, "")
    early = SCENES["provisional"]()
    early.say(Aim(page))
    early.say(Back())
    assert (early.session.phase, early.session.page) == (Phase.PROVISIONAL, "")
    early.say(Aim(page))
    early.say(Overview())
    assert early.session.phase is Phase.REVIEW


def test_the_goal_outlives_the_assessment() -> None:
    walker = planning()
    walker.say(KeepTarget())
    goal = walker.session.goal
    walker.say(Recheck())
    walker.say(Pick(("q1",), on=True))
    assert walker.session.baseline
    assert walker.session.goal == goal
    again = planning()
    again.say(KeepTarget())
    again.say(Back())
    again.anew()
    assert again.session.goal == goal


wishes = st.lists(st.tuples(st.sampled_from(RUBRIC.items), st.sampled_from(Wanted)), max_size=8)
levels = st.fixed_dictionaries({scenario.id: st.integers(0, 4) for scenario in RUBRIC.scenarios})


@given(levels=levels, wished=wishes, grade=st.integers(1, 4))
def test_carrying_a_plan_out_reaches_the_grade_and_respects_the_wishes(
    levels: dict[str, int], wished: list[tuple[str, Wanted]], grade: int
) -> None:
    record = Record(choices={question.id: ("A",) for question in load_rubric("miit-2024").questions}, levels=levels)
    pinned = tuple(item for item, wanted in wished if wanted is Wanted.PINNED)
    excluded = tuple(item for item, wanted in wished if wanted is Wanted.EXCLUDED and item not in pinned)
    session: Session = scene("plan").but(record=record, goal=Goal(grade=grade, pinned=pinned, excluded=excluded))
    gap = planned_gap(session)
    if gap is None or gap.plan is None:
        return
    answers = planned_answers(RUBRIC, record, gap.plan)
    assert grade_with(record, answers) >= gap.grade
    assert not set(answers) & set(excluded)
