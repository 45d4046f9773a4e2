"""Where reports come from: a session as it is stored, or a file of answers."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.reports.compose import Earlier, Occasion, compose
from bot.reports.content import Report
from bot.words.wording import Wording
from flows.recording import answers_of
from flows.session import Assessment, Phase, Record, Session
from scoring.editions import known, load_rubric


def report_of_session(
    session: Session, history: Sequence[Assessment], words: Wording, today: date, profile: str | None = None
) -> Report:
    """The report of a session; unless it is finished, a provisional one. `history`: the chat's, newest first."""
    finished = session.finished_at
    occasion = Occasion(
        firm=session.firm.name,
        on=_day(finished) if finished else today,
        kind=session.firm.kind,
        submitted=finished is not None,
        committed=_day(finished) if finished else None,
        energy=session.record.energy,
        before=_earlier(session, history),
    )
    return compose(answers_of(words.rubric, session.record), occasion, words, profile)


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
    return Earlier(answers_of(load_rubric(edition), record), _day(finished))


def _day(moment: datetime) -> date:
    return moment.astimezone().date()
