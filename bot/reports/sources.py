"""Where reports come from: a session as it is stored, or a file of answers."""

from collections.abc import Sequence
from datetime import date, datetime
from importlib.metadata import version

from bot.reports.paper import Earlier, Paper
from flows.session import Assessment, Phase, Record, Session
from scoring.editions import known
from scoring.sheet import load_sheet


def paper_of_session(
    session: Session, history: Sequence[Assessment], today: date, *, profile: str | None = None, address: str = ""
) -> Paper:
    """The paper of a session; unless it is finished, a provisional one. `history`: the dossier's, newest first."""
    finished = session.finished_at
    return Paper(
        program=version("shuping"),
        language=session.language,
        rubric=session.rubric,
        profile=load_sheet(session.rubric, profile).profile,
        on=_day(finished) if finished else today,
        firm=session.firm,
        record=session.record,
        submitted=finished is not None,
        committed=_day(finished) if finished else None,
        before=_earlier(session, history),
        address=address,
    )


def finished_session(entry: Assessment, language: str) -> Session:
    """A finished assessment as the session that it was."""
    return Session(
        id=entry.id,
        rubric=entry.rubric,
        language=language,
        phase=Phase.RESULT,
        firm=entry.firm,
        record=entry.record,
        started_at=entry.started_at,
        updated_at=entry.finished_at,
        finished_at=entry.finished_at,
    )


def before_it(entry: Assessment, history: Sequence[Assessment]) -> list[Assessment]:
    """What was finished before it, the newest first; but what it started from comes before all."""
    older = [one for one in history if one.finished_at < entry.finished_at]
    return sorted(older, key=lambda one: one.id != entry.previous)


def _earlier(session: Session, history: Sequence[Assessment]) -> Earlier | None:
    """What a re-check started from, else the newest finished assessment; none by an edition that is here no more."""
    if baseline := session.baseline:
        return _before(session.rubric, baseline.record, baseline.finished_at)
    past = (entry for entry in history if entry.id != session.id and entry.rubric in known())
    newest = next(past, None)
    return _before(newest.rubric, newest.record, newest.finished_at) if newest else None


def _before(edition: str, record: Record, finished: datetime) -> Earlier:
    return Earlier(rubric=edition, record=record, on=_day(finished))


def _day(moment: datetime) -> date:
    return moment.astimezone().date()
