"""How far, and how long still."""

from collections.abc import Collection
from dataclasses import dataclass

from flows.quick import settled_grade
from flows.session import Session
from scoring.rubric import Rubric

SECONDS_A_QUESTION = 25
SECONDS_A_SCENARIO = 30


@dataclass(frozen=True, slots=True)
class Progress:
    """`position` of `total` in the standard's order; `answered` and `rest` count what is done and still open.

    `settled` is the grade, if none of the open items can change it; `again`: this is a re-check. `turn`: in the quick
    order, whose items jump about in the standard's, which one this is of those asked.
    """

    position: int
    total: int
    answered: int
    rest: int
    parked: int
    minutes: int
    settled: int | None
    again: bool = False
    turn: int | None = None


def progress_of(rubric: Rubric, session: Session) -> Progress:
    """Progress of a session."""
    waiting = {*session.agenda, *session.parked}
    return Progress(
        position=rubric.position[session.item] + 1 if session.item else 0,
        total=len(rubric.items),
        answered=len(session.record.choices) + len(session.record.levels),
        rest=len(waiting),
        parked=len(session.parked),
        minutes=minutes_for(rubric, waiting),
        settled=settled_grade(rubric, session),
        again=session.baseline is not None,
        turn=_turn(session) if session.quick else None,
    )


def _turn(session: Session) -> int:
    """What is answered, put off, or on the screen."""
    return len({*session.record.choices, *session.record.levels, *session.parked, session.item} - {None})


def minutes_for(rubric: Rubric, items: Collection[str]) -> int:
    """How long these items take; rounded up, so that "1 minute" is the last one."""
    seconds = sum(SECONDS_A_QUESTION if item in rubric.question else SECONDS_A_SCENARIO for item in items)
    return -(-seconds // 60)
