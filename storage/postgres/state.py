"""Windows, the dossiers that they have sight of, and what is in these."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg import AsyncConnection
from pydantic_core import from_json

from flows.events import AnswerValue
from flows.session import Assessment, Session
from storage.errors import DamagedRowError, StorageError, Trouble
from storage.outbox import Waiting
from storage.store import FORM, Arrival, Link, LogEntry, State
from storage.window import Window

UNREADABLE = (ValueError, TypeError, OverflowError, RecursionError)
"""What is raised over rows that are not as we write them."""
NO_DOSSIER = ""

READ = "SELECT * FROM shuping.read(%s, %s, %s, %s, %s)"
STATE = "SELECT * FROM shuping.state(%s, %s, NULL)"
SHELF = """
SELECT sights.dossier, sessions.data::text
FROM shuping.sights JOIN shuping.sessions ON sessions.dossier = sights.dossier
WHERE sights.window_name = %s ORDER BY sights.number
"""
HISTORY = "SELECT data::text FROM shuping.assessments WHERE dossier = %s ORDER BY number DESC"
LAST = """
SELECT session, kind, item, before::text, after::text, at, by FROM (
    SELECT * FROM shuping.log WHERE dossier = %s ORDER BY number DESC LIMIT %s
) AS newest ORDER BY number
"""
"""No limit is all of it."""


@dataclass(frozen=True, slots=True)
class Read:
    """All that a decision is made of, from one moment: `mark` is its version, `asked` the dossier that it is about.

    `waiting`: what waits for the window, each with the dossier it is about. `seen`: the update was seen before.
    """

    state: State
    asked: str | None
    mark: str
    waiting: tuple[tuple[Waiting, str | None], ...]
    seen: bool
    recent: tuple[LogEntry, ...]


async def read(
    connection: AsyncConnection, window: str, link: str | None, arrival: Arrival | None, recent: int, place: str
) -> Read:
    """One round trip. Raises StorageError for what a newer program wrote, and DamagedRowError."""
    values = (window, link, arrival and arrival.channel, arrival and arrival.update, recent)
    row = await (await connection.execute(READ, values)).fetchone()
    if row is None:
        raise DamagedRowError(place)
    data, front, session, dossiers, shared, linked, until, purpose, once, form, mark, waiting, seen, log = row
    refuse_newer(form, place)
    with reading(place):
        state = state_of(data, front, session, dossiers, shared=shared)
        if link and linked:
            state = _with_link(state, Link(link, linked, until.astimezone(UTC), purpose, once))
        rows = from_json(waiting) if waiting else ()
        lines = from_json(log) if log else ()
        return Read(
            state,
            front,
            mark,
            tuple((Waiting(*row[:6]), row[6]) for row in rows),
            seen,
            tuple(_entry_of(*line) for line in lines),
        )


async def load(connection: AsyncConnection, window: str, place: str, dossier: str | None = None) -> State:
    """What is stored of a window, and of the dossier in front of it; or of another one, or of none (`NO_DOSSIER`)."""
    row = await (await connection.execute(STATE, (window, dossier))).fetchone()
    if row is None:
        raise DamagedRowError(place)
    data, front, session, dossiers, shared, *_, form = row
    refuse_newer(form, place)
    with reading(place):
        return state_of(data, front, session, dossiers, shared=shared)


def state_of(data: str | None, front: str | None, session: str | None, dossiers: list[str], *, shared: bool) -> State:
    """Columns as a state. Raises one of `UNREADABLE`."""
    seen = front in dossiers
    return State(
        None if data is None else Window.model_validate_json(data),
        front if seen else None,
        Session.model_validate_json(session) if seen and session is not None else None,
        tuple(dossiers),
        shared=seen and shared,
    )


def _with_link(state: State, link: Link) -> State:
    return State(state.window, state.dossier, state.session, state.dossiers, state.shared, link)


def refuse_newer(form: int | None, place: str) -> None:
    """What a newer program wrote is left to newer programs. Raises StorageError."""
    if form is not None and form > FORM:
        raise StorageError(Trouble.NEWER, place, f"{form} > {FORM}")


@contextmanager
def reading(place: str) -> Iterator[None]:
    """What is stored but cannot be understood is damage; the cause is dropped, since its text quotes the data."""
    try:
        yield
    except UNREADABLE:
        raise DamagedRowError(place) from None


async def shelf(connection: AsyncConnection, window: str, place: str) -> list[tuple[str, Session]]:
    """All dossiers that a window has sight of; damaged ones are left out."""
    found = []
    for dossier, data in await (await connection.execute(SHELF, (window,))).fetchall():
        with suppress(DamagedRowError), reading(place):
            found.append((dossier, Session.model_validate_json(data)))
    return found


async def history(connection: AsyncConnection, dossier: str, place: str) -> list[Assessment]:
    """The dossier's finished assessments, the newest first."""
    rows = await (await connection.execute(HISTORY, (dossier,))).fetchall()
    with reading(place):
        return [Assessment.model_validate_json(data) for (data,) in rows]


async def log(connection: AsyncConnection, dossier: str, place: str, last: int | None = None) -> list[LogEntry]:
    """The dossier's answer log, the oldest entry first; all of it, or only so many of the newest."""
    rows = await (await connection.execute(LAST, (dossier, last))).fetchall()
    with reading(place):
        return [
            LogEntry(session, kind, item, _answer(before), _answer(after), at.astimezone(UTC), by)
            for session, kind, item, before, after, at, by in rows
        ]


def _entry_of(session: str, kind: str, item: str, before: Any, after: Any, at: str, by: str) -> LogEntry:
    return LogEntry(session, kind, item, _value(before), _value(after), datetime.fromisoformat(at).astimezone(UTC), by)


def _answer(text: str | None) -> AnswerValue | None:
    return None if text is None else _value(json.loads(text))


def _value(value: Any) -> AnswerValue | None:
    return tuple(value) if isinstance(value, list) else value


# writing


def columns_of(dossier: str, session: Session) -> dict[str, Any]:
    """The row of a session."""
    return {
        "dossier": dossier,
        "id": session.id,
        "revision": session.revision,
        "phase": session.phase,
        "item": session.item,
        "answered": len(session.record.choices) + len(session.record.levels),
        "data": session.model_dump_json(),
        "updated_at": session.updated_at,
        "finished_at": session.finished_at,
    }
