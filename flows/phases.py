"""The phases of the conversation and every way between them, in one table.

Rules of the table:

* The position inside a phase (which question, which page) is data of the session, not a state.
* A trigger that has no row for the present phase is refused, as is one whose guard says no; nothing changes.
* Whatever the phase, what is on the screen derives from the new session alone (`flows.cards`).
* The overview is the review, opened early: there is one list of answers, not two.

One machine serves every session: it holds no model, since a model of its own would cost each session 15 kB.
`docs/architecture.md` shows this table as a diagram, drawn by `tools/diagram.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from transitions import Machine, State
from typing_extensions import override

from flows.quick import settled_grade
from flows.session import Phase, Proposing, Session
from scoring.rubric import Rubric

Guard = Callable[[Rubric, Session], bool]

ASKING = (Phase.QUESTIONS, Phase.SCENARIOS)
BEFORE_REVIEW = (Phase.FIRM, *ASKING, Phase.PROPOSALS)
RESULTS = (Phase.RESULT, Phase.PROVISIONAL)
ITEMS_OPEN = (
    Phase.FIRM,
    *ASKING,
    Phase.PROPOSALS,
    Phase.REVIEW,
    Phase.PROVISIONAL,
    Phase.COMMITMENT,
    Phase.RECHECK,
)


def settled(rubric: Rubric, session: Session) -> bool:
    """Every item is answered."""
    record = session.record
    return len(record.choices) + len(record.levels) == len(rubric.items)


def unsettled(rubric: Rubric, session: Session) -> bool:
    """Some item is open or parked."""
    return not settled(rubric, session)


def committed(_: Rubric, session: Session) -> bool:
    """The result is final."""
    return session.finished_at is not None


def grade_settled(rubric: Rubric, session: Session) -> bool:
    """Some item is open or parked, but the grade can no longer change."""
    return settled_grade(rubric, session) is not None


def proposing(_: Rubric, session: Session) -> bool:
    """Something that was said waits for a yes."""
    return any(isinstance(draft, Proposing) for draft in session.drafts.values())


@dataclass(frozen=True, slots=True)
class Way:
    """A row: this trigger leads from any of the sources to the target, if the guard allows."""

    trigger: str
    sources: tuple[Phase, ...]
    target: Phase
    guard: Guard | None = None


TABLE = (
    Way("begin", (Phase.WELCOME, Phase.PROPOSALS), Phase.FIRM),
    Way("greet", (Phase.FIRM,), Phase.WELCOME),
    Way("edit_firm", (*ASKING, Phase.REVIEW), Phase.FIRM),
    Way("ask_question", ITEMS_OPEN, Phase.QUESTIONS),
    Way("ask_scenario", ITEMS_OPEN, Phase.SCENARIOS),
    Way("propose", (Phase.WELCOME, *ITEMS_OPEN, Phase.RESULT), Phase.PROPOSALS, proposing),
    Way("review", (*BEFORE_REVIEW, Phase.REVIEW, Phase.PROVISIONAL, Phase.COMMITMENT), Phase.REVIEW),
    Way("preview", (Phase.REVIEW, Phase.AIM, Phase.IDENTITY), Phase.PROVISIONAL, unsettled),
    Way("preview", (*BEFORE_REVIEW, Phase.PROVISIONAL), Phase.PROVISIONAL, grade_settled),
    Way("submit", (Phase.REVIEW,), Phase.COMMITMENT, settled),
    Way("attest", BEFORE_REVIEW, Phase.COMMITMENT, settled),
    Way("commit", (Phase.COMMITMENT,), Phase.RESULT, settled),
    Way("recheck", (Phase.RESULT, Phase.AIM, Phase.IDENTITY), Phase.RECHECK, committed),
    Way("rechoose", ASKING, Phase.RECHECK, committed),
    Way("leave_recheck", (Phase.RECHECK,), Phase.RESULT),
    Way("anew", (Phase.RESULT,), Phase.FIRM),
    Way("aim", (*RESULTS, Phase.AIM, Phase.IDENTITY), Phase.AIM),
    Way("leave_aim", (Phase.AIM,), Phase.RESULT, committed),
    Way("identify", (*RESULTS, Phase.AIM, Phase.IDENTITY), Phase.IDENTITY),
    Way("leave_identity", (Phase.IDENTITY,), Phase.RESULT, committed),
)


@dataclass
class Cursor:
    """What `transitions` moves: a one-call object with a state."""

    state: Phase


class _State(State):
    """`transitions` reads the name of an enum a dozen times a step, which costs a fifth of it: once is enough."""

    @cached_property
    @override
    def name(self) -> str:
        return super().name


class _Machine(Machine):
    state_cls = _State


def _machine() -> Machine:
    machine = _Machine(
        model=None, states=Phase, initial=None, auto_transitions=False, ignore_invalid_triggers=True, send_event=False
    )
    for way in TABLE:
        machine.add_transition(way.trigger, list(way.sources), way.target, conditions=way.guard)
    return machine


MACHINE = _machine()


def moved(trigger: str, rubric: Rubric, session: Session) -> Phase | None:
    """The phase that a trigger leads to, or None if it is refused here."""
    cursor = Cursor(session.phase)
    accepted = MACHINE.events[trigger].trigger(cursor, rubric, session)
    return cursor.state if accepted else None
