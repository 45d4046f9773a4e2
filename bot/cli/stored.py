"""Finding an assessment that is stored: whose it is, of which firm, and which of those that were finished."""

import argparse
from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo

from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.register import Handed, register
from bot.reports.sources import before_it, day, finished_session
from bot.settings import load_settings
from flows.session import Assessment, Session
from flows.text import tidy
from storage.opening import open_present
from storage.store import Store


async def find_stored(
    parsed: argparse.Namespace, name: str, language: str, *, finished: bool = False, zone: tzinfo | None = None
) -> tuple[Session, Sequence[Assessment]]:
    """The assessment in front of a name of the terminal, or another one of it; and those to compare it with.

    `--of` names one of its firms, by name or by number as in /firms; `--number` a finished one, as in /history; `--on`
    leaves out what was finished after that day (in `zone`). `finished`: instead of one under way, the one finished
    last. Raises ReportError, StorageError.
    """
    last: date | None = getattr(parsed, "on", None)
    url = parsed.database or load_settings(parsed.env_file).database_url
    async with await open_present(url) as store:
        window = f"terminal:{name}"
        dossier, session = await _dossier(store, window, name, parsed.of)
        history: Sequence[Assessment] = await store.history(dossier)
    if last:
        history = _finished_by(history, last, zone)
    number: int | None = parsed.number
    if number is None and finished and session.finished_at is None and not history:
        raise ReportError(ReportTrouble.NOT_FINAL)
    if number is None and (last or (finished and session.finished_at is None)):
        number = 1
    if number is None:
        return session, history
    entry = _numbered(history, number)
    return finished_session(entry, language, session.firm), before_it(entry, history)


async def register_stored(parsed: argparse.Namespace, name: str, handed: Iterable[Handed], at: datetime) -> None:
    """Note papers of the assessment that was found. Raises ReportError if it was deleted meanwhile, StorageError."""
    url = parsed.database or load_settings(parsed.env_file).database_url
    async with await open_present(url) as store:
        dossier, _ = await _dossier(store, f"terminal:{name}", name, parsed.of)
        if not await register(store, dossier, handed, at):
            raise ReportError(ReportTrouble.GONE)


def _finished_by(history: Sequence[Assessment], last: date, zone: tzinfo | None) -> Sequence[Assessment]:
    kept = [entry for entry in history if day(entry.finished_at, zone) <= last]
    if not kept:
        raise ReportError(ReportTrouble.NONE_BY, date=last)
    return kept


async def _dossier(store: Store, window: str, name: str, firm: str | None) -> tuple[str, Session]:
    state = await store.state(window)
    if state.session is None or state.dossier is None:
        raise ReportError(ReportTrouble.NO_SESSION, name=name)
    if firm is None:
        return state.dossier, state.session
    shelf = dict(await store.shelf(window))
    numbers = {str(number): dossier for number, dossier in enumerate(state.dossiers, start=1)}
    named = [dossier for dossier in shelf if shelf[dossier].firm.name == tidy(firm)]
    found = named[0] if len(named) == 1 else numbers.get(firm)
    if found is None or found not in shelf:
        raise ReportError(ReportTrouble.NO_FIRM, firm=firm, last=len(numbers))
    return found, shelf[found]


def _numbered(history: Sequence[Assessment], number: int) -> Assessment:
    if not history:
        raise ReportError(ReportTrouble.NONE_FINISHED)
    if not 1 <= number <= len(history):
        raise ReportError(ReportTrouble.NO_NUMBER, number=number, last=len(history))
    return history[number - 1]
