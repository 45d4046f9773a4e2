"""`shuping data`: what is stored of somebody who uses the terminal, its deletion, and the end of what is kept."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.delivery.retention import purge
from bot.delivery.rules import keep_of
from bot.dialogue.reader import as_read
from bot.reports.export import stored_data
from bot.settings import Settings, load_settings
from locales import Catalogue, catalogue
from storage.errors import DamagedRowError
from storage.opening import open_present
from storage.store import State, Store

DONE, NOTHING, MISUSED = 0, 1, 2


def data(parsed: argparse.Namespace, language: str) -> int:
    """Export, delete or purge. Status 0 done, 1 nothing is stored under that name, 2 misuse. Raises StorageError."""
    text = catalogue(language)
    if parsed.action == "delete" and not (parsed.yes or _on_a_terminal()):
        sys.stderr.write(f"shuping: {text('data.unasked')}\n")
        return MISUSED
    settings = load_settings(parsed.env_file)
    act = ACTIONS[parsed.action]

    async def run() -> int:
        async with await open_present(parsed.database or settings.database_url) as store:
            return await act(store, parsed, settings, text)

    return asyncio.run(run())


def _on_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


async def _export(store: Store, parsed: argparse.Namespace, _: Settings, text: Catalogue) -> int:
    window = _window(parsed)
    if await store.state(window) == State():
        return _nothing(parsed, text)
    stored = await stored_data(store, window)
    sys.stdout.write(json.dumps(stored, ensure_ascii=False, indent=1) + "\n")
    return DONE


async def _delete(store: Store, parsed: argparse.Namespace, _: Settings, text: Catalogue) -> int:
    window = _window(parsed)
    state = await _understood(store, window)
    if state == State():
        return _nothing(parsed, text)
    session = as_read(state).session if state else None
    text = catalogue(session.language) if session else text
    if not parsed.yes and not _agreed(text):
        sys.stdout.write(text("delete.kept") + "\n")
        return DONE
    await store.forget(window)
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    sys.stdout.write(text("data.deleted", name=parsed.name, at=at) + "\n")
    return DONE


async def _understood(store: Store, window: str) -> State | None:
    """What is stored; None if it is damaged, which is no reason to keep it."""
    try:
        return await store.state(window)
    except DamagedRowError:
        return None


def _agreed(text: Catalogue) -> bool:
    """Anything but a clear yes is a no."""
    sys.stdout.write(f"{text('data.ask')}\n{text('data.confirm')} ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().casefold() in text.words("words.yes")


async def _purge(store: Store, parsed: argparse.Namespace, settings: Settings, text: Catalogue) -> int:
    gone = await purge(store, keep_of(settings), datetime.now(UTC), dry=parsed.dry_run)
    said = text("data.would_purge" if parsed.dry_run else "data.purged")
    counts = text("data.counts", unfinished=gone.unfinished, finished=gone.finished, people=gone.dossiers)
    sys.stdout.write(f"{said}{counts}\n")
    return DONE


def _window(parsed: argparse.Namespace) -> str:
    return f"terminal:{parsed.name}"


def _nothing(parsed: argparse.Namespace, text: Catalogue) -> int:
    sys.stderr.write(f"shuping: {text('data.nothing', name=parsed.name)}\n")
    return NOTHING


ACTIONS: dict[str, Callable[[Store, argparse.Namespace, Settings, Catalogue], Awaitable[int]]] = {
    "export": _export,
    "delete": _delete,
    "purge": _purge,
}
