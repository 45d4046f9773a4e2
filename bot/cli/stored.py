"""Finding an assessment that is stored: whose it is, of which firm, and which of those that were finished."""

import argparse
from collections.abc import Sequence

from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.sources import before_it, finished_session
from bot.settings import load_settings
from flows.session import Assessment, Session
from flows.text import tidy
from storage.opening import open_present
from storage.store import Store


async def find_stored(parsed: argparse.Namespace, name: str, language: str) -> tuple[Session, Sequence[Assessment]]:
    """The assessment in front of a name of the terminal, or another one of it; and those to compare it with.

    `--of` names one of its firms, by name or by number as in /firms; `--number` a finished one, as in /history.
    Raises ReportError, StorageError.
    """
    url = parsed.database or load_settings(parsed.env_file).database_url
    async with await open_present(url) as store:
        window = f"terminal:{name}"
        dossier, session = await _dossier(store, window, name, parsed.of)
        history = await store.history(dossier)
    if parsed.number is None:
        return session, history
    entry = _numbered(history, parsed.number)
    return finished_session(entry, language), before_it(entry, history)


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
