"""How long assessments are kept: what stays of somebody once the time of the rest is up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.session import Assessment, Baseline, Phase, Session


@dataclass(frozen=True, slots=True)
class Limits:
    """What goes: unfinished assessments idle since before `unfinished`, those finished before `finished`.

    None: these are kept until they are deleted.
    """

    unfinished: datetime | None = None
    finished: datetime | None = None


@dataclass(frozen=True, slots=True)
class Purged:
    """How many went: unfinished assessments, finished ones, and dossiers of which nothing is left."""

    unfinished: int = 0
    finished: int = 0
    dossiers: int = 0

    def __add__(self, other: "Purged") -> "Purged":
        return Purged(
            self.unfinished + other.unfinished, self.finished + other.finished, self.dossiers + other.dossiers
        )

    def __bool__(self) -> bool:
        return self != Purged()


@dataclass(frozen=True, slots=True)
class Remains:
    """What stays of a dossier: a session, or nothing at all.

    `gone` holds the ids of the assessments that go, each with its lines of the log; `purged` counts them.
    """

    session: Session | None
    gone: tuple[str, ...] = ()
    purged: Purged = Purged()


def remains(session: Session, history: Sequence[Assessment], limits: Limits) -> Remains:
    """What stays of a dossier. `history`: its finished assessments, the newest first."""
    kept = [assessment for assessment in history if not _over(assessment.finished_at, limits.finished)]
    gone = [assessment.id for assessment in history if _over(assessment.finished_at, limits.finished)]
    if session.finished_at is None:
        return _of_unfinished(session, kept, gone, limits)
    if _over(session.finished_at, limits.finished):
        left = rebuilt(session, kept)
        purged = Purged(finished=len({*gone, session.id}), dossiers=left is None)
        return Remains(left, (*gone, session.id), purged)
    return Remains(_without_baseline(session, limits), tuple(gone), Purged(finished=len(gone)))


def _of_unfinished(session: Session, kept: Sequence[Assessment], gone: Sequence[str], limits: Limits) -> Remains:
    """One that is being worked at keeps its baseline: the re-check could not go on without."""
    if not _over(session.updated_at, limits.unfinished):
        return Remains(session, tuple(gone), Purged(finished=len(gone)))
    left = rebuilt(session, kept)
    left = left and _without_baseline(left, limits)
    return Remains(left, (*gone, session.id), Purged(1, len(gone), left is None))


def _over(moment: datetime, limit: datetime | None) -> bool:
    return limit is not None and moment < limit


def _without_baseline(session: Session, limits: Limits) -> Session:
    """The result before is told beside the result only as long as it is kept itself."""
    old = session.baseline
    return session.but(baseline=None) if old and _over(old.finished_at, limits.finished) else session


def rebuilt(session: Session, history: Sequence[Assessment]) -> Session | None:
    """The session as it was at its newest finished assessment; None without one.

    Language and aim stay the person's own; the revision goes on, so that old cards stay stale.
    """
    if not history:
        return None
    newest = history[0]
    previous = next((entry for entry in history if entry.id == newest.previous), None)
    revision = session.revision + 1
    return Session(
        id=newest.id,
        rubric=newest.rubric,
        language=session.language,
        phase=Phase.RESULT,
        item=next(reversed([*newest.record.choices, *newest.record.levels]), None),
        revision=revision,
        opened=revision,
        firm=newest.firm,
        record=newest.record,
        baseline=previous and _baseline(previous),
        goal=session.goal_in(newest.rubric).model_copy(update={"supposed": {}}),
        started_at=newest.started_at,
        updated_at=newest.finished_at,
        finished_at=newest.finished_at,
    )


def _baseline(old: Assessment) -> Baseline:
    return Baseline(id=old.id, record=old.record, finished_at=old.finished_at, started_at=old.started_at)
