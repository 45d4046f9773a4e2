"""Where reports come from: a session as it is stored, or a file of answers."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from importlib.metadata import version

from bot.reports.paper import Earlier, Paper
from flows.session import Assessment, Baseline, Firm, Phase, Session
from scoring.editions import known
from scoring.sheet import load_sheet


def paper_of_session(
    session: Session,
    history: Sequence[Assessment],
    today: date,
    *,
    profile: str | None = None,
    address: str = "",
    zone: tzinfo | None = None,
) -> Paper:
    """The paper of a session; unless it is finished, a provisional one. `history`: the dossier's, newest first.

    `zone`: where the day of a moment is told, whatever this machine's zone is; None is this machine's.
    """
    finished = session.finished_at
    committed = day(finished, zone) if finished else None
    return Paper(
        program=version("shuping"),
        language=session.language,
        rubric=session.rubric,
        profile=load_sheet(session.rubric, profile).profile,
        on=committed or today,
        firm=session.firm,
        record=session.record,
        submitted=finished is not None,
        committed=committed,
        before=_earlier(session, history, zone),
        address=address,
    )


def finished_session(entry: Assessment, language: str, now: Firm | None = None) -> Session:
    """A finished assessment as the session that it was: the firm has its name and kind of then.

    What papers tell of it beside these is as it is `now`, where it was not known then.
    """
    return Session(
        id=entry.id,
        rubric=entry.rubric,
        language=language,
        phase=Phase.RESULT,
        firm=entry.firm.completed(now) if now else entry.firm,
        record=entry.record,
        started_at=entry.started_at,
        updated_at=entry.finished_at,
        finished_at=entry.finished_at,
    )


def before_it(entry: Assessment, history: Sequence[Assessment]) -> list[Assessment]:
    """What was finished before it, the newest first; but what it started from comes before all."""
    older = [one for one in history if one.finished_at < entry.finished_at]
    return sorted(older, key=lambda one: one.id != entry.previous)


def finished_last(session: Session, history: Sequence[Assessment]) -> tuple[Session, Sequence[Assessment]] | None:
    """What an acceptance pack is of, with what was finished before it: this one if it is finished, else the last."""
    if session.finished_at:
        return session, history
    if not history:
        return None
    return finished_session(history[0], session.language, session.firm), before_it(history[0], history)


def session_before(session: Session, history: Sequence[Assessment]) -> Session | None:
    """What a session is compared with, as the session that it was; None if there is nothing.

    That is what a re-check started from, else the newest finished assessment; none by an edition that is here no more.
    """
    others = [entry for entry in history if entry.id != session.id and entry.rubric in known()]
    baseline = session.baseline
    entry = next((entry for entry in others if baseline is None or entry.id == baseline.id), None)
    if entry:
        return finished_session(entry, session.language, session.firm)
    return _of_baseline(session, baseline) if baseline else None


def _of_baseline(session: Session, baseline: Baseline) -> Session:
    """Of what stands in no history any more."""
    return Session(
        id=baseline.id,
        rubric=session.rubric,
        language=session.language,
        phase=Phase.RESULT,
        firm=session.firm,
        record=baseline.record,
        started_at=baseline.started_at or baseline.finished_at,
        updated_at=baseline.finished_at,
        finished_at=baseline.finished_at,
    )


def _earlier(session: Session, history: Sequence[Assessment], zone: tzinfo | None) -> Earlier | None:
    before = session_before(session, history)
    if before is None or before.finished_at is None:
        return None
    return Earlier(rubric=before.rubric, record=before.record, on=day(before.finished_at, zone))


def day(moment: datetime, zone: tzinfo | None = None) -> date:
    """The day of a moment in a zone, or in that of this machine."""
    return moment.astimezone(zone).date()
