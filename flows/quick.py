"""The quick order: what settles the grade soonest is asked first, and the walk stops when it is settled.

Settled means that no answer that is missing can change the grade, while some are missing. In a re-check nothing is
ever settled early: its items have their old answers, each of which may change when it is asked again.
"""

from flows.events import GradeSettled
from flows.session import Record, Session
from scoring.certainty import find_certainty, next_item
from scoring.rubric import Rubric
from scoring.sheet import load_sheet


def settled_grade(rubric: Rubric, session: Session) -> int | None:
    """The grade, if it is settled although items are open or parked."""
    return _settled(rubric, session.record) if _waiting(session) else None


def quick_item(rubric: Rubric, session: Session) -> str | None:
    """The item of the agenda that is likely to settle the grade soonest; None if the agenda is empty."""
    record = session.record
    return next_item(load_sheet(rubric.id), record.choices, record.levels, session.agenda)


def offers_quick(rubric: Rubric, session: Session) -> bool:
    """Whether the quick order would still save anything."""
    return _waiting(session) and not session.quick and settled_grade(rubric, session) is None


def newly_settled(rubric: Rubric, before: Session, after: Session) -> tuple[GradeSettled, ...]:
    """The event of a step that settled the grade, or settled another one. Only a changed record can do that."""
    if after.record is before.record or after.id != before.id:
        return ()
    grade = settled_grade(rubric, after)
    if grade is None or grade == _settled(rubric, before.record):
        return ()
    return (GradeSettled(grade),)


def _waiting(session: Session) -> bool:
    """Something is unanswered, in a first assessment."""
    return session.baseline is None and bool(session.agenda or session.parked)


def _settled(rubric: Rubric, record: Record) -> int | None:
    return find_certainty(load_sheet(rubric.id), record.choices, record.levels).settled
