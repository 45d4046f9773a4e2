"""Whatever is said, in whatever order: the invariants hold, refusals change nothing, saving makes no difference."""

from datetime import timedelta
from functools import lru_cache
from random import Random
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.cards import Card, card_of
from flows.events import Event, Finished, Parked, Recorded, Refused, Stale, Withdrawn
from flows.inputs import AnyInput, Commit, Confirm, Numbers, Overview, Pick, Recheck, Submit
from flows.outcome import changes
from flows.phases import settled
from flows.proposals import proposed
from flows.recording import item_answer
from flows.session import Phase, Session
from flows.turn import Step
from tests.examples import tries
from tests.flows.driver import RUBRIC, START, Walker, play, saved
from tests.flows.invariants import hold, is_final
from tests.flows.random_inputs import Chance, Given, chances, given_by
from tests.flows.scenes import SCENES, scene

SECOND = timedelta(seconds=1)
FIGURES: dict[str, tuple[tuple[int, ...], ...]] = {
    "q2": ((200, 90),),
    "q3": ((40,),),
    "q11": ((120, 80, 100), (900, 1000, 1100)),
    "q12": ((380, 400),),
    "q13": ((97, 98),),
    "q14": ((55, 60),),
    "q15": ((800, 760),),
}


@lru_cache
def figured(*, again: bool) -> Session:
    """Everything answered, by figures where that is possible; or asked again after the result."""
    walker = Walker().begin()
    for item, numbers in FIGURES.items():
        walker.go(item)
        for values in numbers:
            walker.say(Numbers(values))
        walker.say(Confirm())
    walker.go("q1").fill()
    if again:
        walker.finish()
        walker.say(Recheck())
        walker.say(Pick((*FIGURES, *changes(RUBRIC.id)["new_mes"]), on=True))
    return walker.session


def started(name: str) -> Session:
    if name in ("figured", "again"):
        return figured(again=name == "again")
    return scene(name)


starts = st.sampled_from(["figured", "again", "figured", "again", *SCENES])
sequences = st.lists(chances, min_size=10, max_size=50)


def examples(count: int) -> settings:
    return settings(max_examples=tries(count), deadline=None)


class Run:
    """A conversation by chance; each step is checked on its own."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.last: Given | None = None
        self.steps = 0
        self.events: list[Event] = []

    def take(self, chance: Chance) -> Step:
        self.steps += 1
        now, fresh = START + self.steps * SECOND, f"fresh{self.steps}"
        self.last = ref, given = given_by(chance, self.session, self.last)
        done = play(self.session, given, now, fresh, ref)
        assert play(self.session, given, now, fresh, ref) == done
        _counted(self.session, done)
        _told(self.session, done)
        _kept(self.session, done)
        again = play(saved(self.session), given, now, fresh, ref)
        assert again == done
        assert again.session.model_dump_json() == done.session.model_dump_json()
        hold(done.session)
        self.session = done.session
        self.events += done.events
        return done


def _counted(before: Session, done: Step) -> None:
    """The revision grows by one when the session changes, and only then."""
    if done.session == before:
        assert done.session is before
    else:
        assert done.session.revision == before.revision + 1
        assert done.session.updated_at > START


def _told(before: Session, done: Step) -> None:
    """A refusal changes nothing and stands alone; answers change only as the events say."""
    if any(isinstance(event, Refused | Stale) for event in done.events):
        assert len(done.events) == 1
        assert done.session is before
        return
    if done.session.id == before.id:
        old, new = before.record, done.session.record
        changed = {item for item in RUBRIC.items if item_answer(old, item) != item_answer(new, item)}
        told = {event.item for event in done.events if isinstance(event, Recorded | Parked | Withdrawn)}
        assert changed <= told
        answered = {event.item for event in done.events if isinstance(event, Recorded | Parked)}
        assert answered <= {before.item, *proposed(RUBRIC, before)}


def _kept(before: Session, done: Step) -> None:
    """What is finished stays as it is; a new session begins only there, and an old one comes back only unchanged."""
    after = done.session
    if is_final(before) and after.id == before.id:
        assert (after.record, after.finished_at, is_final(after)) == (before.record, before.finished_at, True)
    if after.id != before.id and is_final(before):
        assert after.baseline is None or after.baseline.record == before.record
    elif after.id != before.id:  # back from a re-check in which nothing has changed
        assert before.baseline is not None
        assert (after.id, after.record) == (before.baseline.id, before.record)
        assert is_final(after)
    for event in done.events:
        if isinstance(event, Finished):
            assert before.phase is Phase.COMMITMENT
            assert event.assessment.record == before.record
            assert event.assessment.previous == (before.baseline.id if before.baseline else None)


@given(starts, sequences)
@examples(150)
def test_any_sequence_keeps_the_invariants(name: str, sequence: list[Chance]) -> None:
    run = Run(started(name))
    for chance in sequence:
        run.take(chance)


@pytest.mark.slow
@given(starts, st.lists(chances, min_size=100, max_size=150))
@examples(25)
def test_long_sequences_keep_the_invariants(name: str, sequence: list[Chance]) -> None:
    run = Run(started(name))
    for chance in sequence:
        run.take(chance)


@given(starts, sequences)
@examples(60)
def test_a_settled_session_can_always_be_finished(name: str, sequence: list[Chance]) -> None:
    run = Run(started(name))
    for chance in sequence:
        run.take(chance)
    session = run.session
    if not settled(RUBRIC, session) or is_final(session):
        return
    for last in (Overview(), Submit(), Commit()):
        session = play(session, last).session
    assert session.phase is Phase.RESULT
    hold(session)


@given(starts, sequences)
@examples(60)
def test_an_unsettled_session_can_always_be_settled(name: str, sequence: list[Chance]) -> None:
    run = Run(started(name))
    for chance in sequence:
        run.take(chance)
    if run.session.phase is Phase.WELCOME or is_final(run.session):
        return
    walker = Walker(run.session)
    for item in RUBRIC.items:
        if item not in {**walker.session.record.choices, **walker.session.record.levels}:
            walker.go(item)
            if item in RUBRIC.question:
                walker.answer("A")
            else:
                walker.take(2)
    walker.finish()
    assert walker.session.phase is Phase.RESULT
    hold(walker.session)


@pytest.mark.slow
def test_chance_meets_every_input_card_and_event() -> None:
    """Chance is no proof if it never gets anywhere: one long conversation that must have seen everything."""
    luck = Random(2024)  # noqa: S311  # no secrets
    cards: set[type[Card]] = set()
    inputs: set[type[AnyInput]] = set()
    events: set[type[Event]] = set()
    for name in ("welcome", "again", "figured", *SCENES):
        run = Run(started(name))
        for _ in range(200):
            aim = luck.choice([*14 * ["present"], "repeat", "card", "earlier", "later", "session"])
            done = run.take(Chance(luck.randrange(10_000), None, aim))
            cards.add(type(card_of(RUBRIC, done.session)))
            events.update(map(type, done.events))
            if run.last and not any(isinstance(event, Refused | Stale) for event in done.events):
                inputs.add(type(run.last[1]))
    assert cards == set(get_args(Card))
    assert inputs == set(get_args(AnyInput))
    assert events == set(get_args(Event))
