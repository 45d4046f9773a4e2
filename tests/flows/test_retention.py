"""What stays of somebody once the time of the rest is up, and that people can go on from it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from flows.inputs import Aim, KeepTarget, Pick, Recheck, Suppose
from flows.retention import Limits, Purged, rebuilt, remains
from flows.session import AimPage, Assessment, Phase, Session
from tests.flows.driver import START, Walker, finished
from tests.flows.invariants import hold

DAY = timedelta(days=1)
EVERYTHING = START + 9 * DAY


def rechecking() -> Walker:
    """A finished assessment, and a re-check that has begun."""
    walker = finished()
    walker.say(Recheck())
    walker.say(Pick(("q6",), on=True))
    return walker


def starting_anew() -> Walker:
    walker = finished()
    walker.anew()
    return walker


def kept(session: Session) -> Assessment:
    """The assessment that a session at its result left."""
    assert session.finished_at
    return Assessment(
        id=session.id,
        rubric=session.rubric,
        firm=session.firm,
        record=session.record,
        score="0",
        grade=0,
        previous=session.baseline and session.baseline.id,
        started_at=session.started_at,
        finished_at=session.finished_at,
    )


def test_an_unfinished_one_without_history_leaves_nothing() -> None:
    session = Walker().begin().session
    left = remains(session, (), Limits(unfinished=EVERYTHING))
    assert (left.session, left.gone, left.purged) == (None, (session.id,), Purged(1, 0, 1))


@pytest.mark.parametrize("unfinished", [rechecking, starting_anew])
def test_from_an_unfinished_one_it_is_back_to_the_last_result(unfinished: Callable[[], Walker]) -> None:
    before, walker = finished().session, unfinished()
    left = remains(walker.session, [kept(before)], Limits(unfinished=EVERYTHING))
    assert left.gone == (walker.session.id,)
    assert left.session is not None
    hold(left.session)
    same = {"revision", "opened", "updated_at", "drafts"}
    assert left.session.model_dump(exclude=same) == before.model_dump(exclude=same)
    assert left.session.revision > walker.session.revision


def test_people_can_go_on_from_a_rebuilt_result() -> None:
    session = rebuilt(rechecking().session, [kept(finished().session)])
    walker = Walker(session)
    walker.say(Recheck())
    walker.say(Pick(("q6",), on=True))
    walker.answer("B")
    walker.finish()
    assert walker.session.phase is Phase.RESULT
    hold(walker.session)


def test_the_aim_stays_but_not_what_was_only_tried() -> None:
    walker = finished()
    walker.say(Aim(page=AimPage.WHAT_IF))
    walker.say(Suppose("marketing", 3))
    walker.say(KeepTarget())
    before = walker.session
    target = before.goal.target
    assert target
    session = rebuilt(before.but(goal=before.goal.model_copy(update={"supposed": {"quality": 2}})), [kept(before)])
    assert session is not None
    assert (session.goal.target, session.goal.supposed) == (target, {})


def twice() -> tuple[Assessment, Session]:
    """The first assessment, and the session at the result of its re-check a few minutes later."""
    first = finished().session
    walker = rechecking()
    walker.answer("B")
    return kept(first), walker.finish().session


def test_a_rebuilt_re_check_is_told_beside_the_result_before() -> None:
    first, second = twice()
    again = rebuilt(second, [kept(second), first])
    assert again is not None
    assert again.baseline == second.baseline


def test_what_is_over_is_not_kept_as_a_baseline_either() -> None:
    first, second = twice()
    left = remains(second, [kept(second), first], Limits(finished=first.finished_at + timedelta(seconds=1)))
    assert left.gone == (first.id,)
    assert left.session == second.but(baseline=None)
    hold(left.session)


def test_a_re_check_under_way_keeps_what_it_started_from() -> None:
    first, walker = kept(finished().session), rechecking()
    left = remains(walker.session, [first], Limits(finished=EVERYTHING))
    assert (left.session, left.gone, left.purged) == (walker.session, (first.id,), Purged(0, 1, 0))
