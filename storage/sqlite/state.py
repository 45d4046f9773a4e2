"""Windows, the dossiers that they have sight of, and what is in these: plain functions of a plain connection."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from pydantic_core import to_json

from flows.events import AnswerValue
from flows.session import Assessment, CardRef, Session
from storage.errors import DamagedRowError
from storage.outbox import address_of
from storage.store import LONGEST_HISTORY, LONGEST_LOG, Decision, Link, LogEntry, State
from storage.window import Window

UNREADABLE = (ValueError, TypeError, OverflowError, OSError, RecursionError)
"""What is raised over damaged rows: no JSON, not our JSON, a date out of range."""
NO_DOSSIER = ""

LOAD = """
SELECT windows.data, coalesce(asked.dossier, front), sessions.data,
    (SELECT json_group_array(dossier) FROM (SELECT dossier FROM sights WHERE window = asked.window ORDER BY number)),
    EXISTS (SELECT 1 FROM sights WHERE dossier = coalesce(asked.dossier, front) AND window <> asked.window),
    links.dossier, links.until, links.purpose, links.once
FROM (SELECT ? AS window, ? AS dossier, ? AS link) AS asked
LEFT JOIN windows ON windows.window = asked.window
LEFT JOIN sessions ON sessions.dossier = coalesce(asked.dossier, front)
LEFT JOIN links ON links.hash = asked.link
"""
SESSION = "SELECT data FROM sessions WHERE dossier = ?"
WINDOW = "SELECT data FROM windows WHERE window = ?"
SHELF = """
SELECT sights.dossier, sessions.data FROM sights JOIN sessions ON sessions.dossier = sights.dossier
WHERE sights.window = ? ORDER BY sights.number
"""
HISTORY = "SELECT data FROM assessments WHERE dossier = ? ORDER BY number DESC"
LINE = "session, kind, item, before, after, at, by"
LOG = f"SELECT {LINE} FROM log WHERE dossier = ? ORDER BY number"  # noqa: S608  # constants
LAST = f"SELECT {LINE} FROM (SELECT * FROM log WHERE dossier = ? ORDER BY number DESC LIMIT ?) ORDER BY number"  # noqa: S608  # constants
SEE = """
INSERT OR IGNORE INTO sights (window, dossier, giver)
VALUES (?, ?, coalesce((SELECT giver FROM links WHERE hash = ?), ''))
"""
FRONT = "INSERT INTO windows (window, front, data) VALUES (?, ?, '{}') ON CONFLICT DO UPDATE SET front = excluded.front"
REACH = "INSERT INTO windows (window, front, data) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET data = excluded.data"
NOTE = "UPDATE windows SET data = json_set(data, ?, json(?)) WHERE window = ? AND json_valid(data)"
INSERT = "INSERT INTO sessions (id, revision, data, updated_at, dossier) VALUES (?, ?, ?, ?, ?)"
UPDATE = """
UPDATE sessions SET id = ?, revision = ?, data = ?, updated_at = ? WHERE dossier = ? AND id = ? AND revision = ?
"""
APPEND = "INSERT INTO log (dossier, session, kind, item, before, after, at, by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
FINISH = "INSERT INTO assessments (id, dossier, finished_at, data) VALUES (?, ?, ?, ?)"
CUT_LOG = """
DELETE FROM log WHERE dossier = ?
AND number <= (SELECT number FROM log WHERE dossier = ? ORDER BY number DESC LIMIT 1 OFFSET ?)
"""
CUT_HISTORY = """
DELETE FROM assessments WHERE dossier = ?
AND number <= (SELECT number FROM assessments WHERE dossier = ? ORDER BY number DESC LIMIT 1 OFFSET ?)
"""
SELDOM = 50
"""So many revisions pass between two looks at whether the log has become too long."""
OFFER = "INSERT OR REPLACE INTO links (hash, dossier, until, purpose, once, giver) VALUES (?, ?, ?, ?, ?, ?)"
UNLINK = "DELETE FROM links WHERE dossier = ? AND purpose = ?"
STORED = " UNION ALL ".join(
    f"SELECT 1 FROM {table} WHERE window = :to"  # noqa: S608  # constants
    for table in ("windows", "sights", "outbox", "claims", "damaged")
)
MOVE = "UPDATE windows SET window = :to WHERE window = :window"
MOVE_ALONG = (
    *(
        f"UPDATE {table} SET window = :to WHERE window = :window"  # noqa: S608  # constants
        for table in ("sights", "outbox", "claims", "damaged")
    ),
    "UPDATE log SET by = :signs WHERE by = :signed AND dossier IN (SELECT dossier FROM sights WHERE window = :to)",
)


def load(
    connection: sqlite3.Connection, window: str, place: str, dossier: str | None = None, link: str | None = None
) -> State:
    """What is stored of a window, and of the dossier in front of it; or of another one, or of none (`NO_DOSSIER`)."""
    row = connection.execute(LOAD, (window, dossier, link)).fetchone()
    data, front, session, sights, shared, linked, until, purpose, once = row
    with reading(place):
        dossiers = tuple(json.loads(sights))
        seen = front in dossiers
        return State(
            None if data is None else Window.model_validate_json(data),
            front if seen else None,
            Session.model_validate_json(session) if seen and session is not None else None,
            dossiers,
            shared=seen and bool(shared),
            link=_link(link, linked, until, purpose, once) if link and linked else None,
        )


def _link(hash_: str, dossier: str, until: float, purpose: str, once: int) -> Link:
    return Link(hash_, dossier, datetime.fromtimestamp(until, UTC), purpose, bool(once))


@contextmanager
def reading(place: str) -> Iterator[None]:
    """What is stored but cannot be understood is damage; the cause is dropped, since its text quotes the data."""
    try:
        yield
    except UNREADABLE:
        raise DamagedRowError(place) from None


def window_of(connection: sqlite3.Connection, window: str, place: str) -> Window | None:
    """How to reach somebody, if anything is stored of them."""
    row = connection.execute(WINDOW, (window,)).fetchone()
    with reading(place):
        return Window.model_validate_json(row[0]) if row else None


def session_of(connection: sqlite3.Connection, dossier: str, place: str) -> Session | None:
    """A dossier's session."""
    row = connection.execute(SESSION, (dossier,)).fetchone()
    with reading(place):
        return Session.model_validate_json(row[0]) if row else None


def shelf(connection: sqlite3.Connection, window: str, place: str) -> list[tuple[str, Session]]:
    """All dossiers that a window has sight of; damaged ones are left out."""
    found = []
    for dossier, data in connection.execute(SHELF, (window,)).fetchall():
        with suppress(DamagedRowError), reading(place):
            found.append((dossier, Session.model_validate_json(data)))
    return found


def history(connection: sqlite3.Connection, dossier: str, place: str) -> list[Assessment]:
    """The dossier's finished assessments, the newest first; read on the connection's thread, since they may be many."""
    with reading(place):
        return [Assessment.model_validate_json(data) for (data,) in connection.execute(HISTORY, (dossier,))]


def log(connection: sqlite3.Connection, dossier: str, place: str, last: int | None = None) -> list[LogEntry]:
    """The dossier's answer log, the oldest entry first; all of it, or only so many of the newest."""
    found = connection.execute(LOG, (dossier,)) if last is None else connection.execute(LAST, (dossier, last))
    with reading(place):
        return [_entry(*row) for row in found]


def _entry(session: str, kind: str, item: str, before: str | None, after: str | None, at: str, by: str) -> LogEntry:
    "".join((session, kind, item, by)).encode()  # raises for what is no text
    return LogEntry(session, kind, item, _read(before), _read(after), datetime.fromisoformat(at), by)


def _read(text: str | None) -> AnswerValue | None:
    value = None if text is None else json.loads(text)
    return tuple(value) if isinstance(value, list) else value


# writing


def show(connection: sqlite3.Connection, window: str, dossier: str, link: str | None = None) -> None:
    """A dossier comes to the front of a window, which has sight of it from now on, perhaps by the link of this hash."""
    connection.execute(SEE, (window, dossier, link))
    connection.execute(FRONT, (window, dossier))


def reach(connection: sqlite3.Connection, window: str, front: str | None, how: Window) -> None:
    """Write how to reach somebody; `front`: what is in front, should nothing be stored of them yet."""
    connection.execute(REACH, (window, front, how.model_dump_json(exclude_defaults=True)))


def note(connection: sqlite3.Connection, window: str, field: str, value: str | bool | CardRef) -> None:
    """Change one field of how to reach somebody, if anything is stored of them."""
    connection.execute(NOTE, (f"$.{field}", to_json(value).decode(), window))


def rename(connection: sqlite3.Connection, window: str, to: str) -> bool:
    """Give a window another name, unless it is not stored, or the other name is taken."""
    values = {"window": window, "to": to, "signed": address_of(window), "signs": address_of(to)}
    if connection.execute(STORED, values).fetchone() or connection.execute(MOVE, values).rowcount == 0:
        return False
    for statement in MOVE_ALONG:
        connection.execute(statement, values)
    return True


def save(connection: sqlite3.Connection, dossier: str, old: Session | None, new: Session, place: str) -> None:
    """A dossier's session takes the place of the one that was read."""
    if new == old:
        return
    values = (new.id, new.revision, new.model_dump_json(), new.updated_at.isoformat(), dossier)
    if old is None:
        connection.execute(INSERT, values)
    elif connection.execute(UPDATE, (*values, old.id, old.revision)).rowcount != 1:
        raise DamagedRowError(place)  # it was read in this very transaction


def append(connection: sqlite3.Connection, dossier: str, decision: Decision) -> None:
    """Add to the log, and to the history; the oldest of too much goes."""
    for entry in decision.log:
        before, after = _written(entry.before), _written(entry.after)
        values = (dossier, entry.session, entry.kind, entry.item, before, after, entry.at.isoformat(), entry.by)
        connection.execute(APPEND, values)
    for assessment in decision.finished:
        finished_at = assessment.finished_at.isoformat()
        connection.execute(FINISH, (assessment.id, dossier, finished_at, assessment.model_dump_json()))
    if decision.finished:
        connection.execute(CUT_HISTORY, (dossier, dossier, LONGEST_HISTORY))
    if decision.session and decision.session.revision % SELDOM == 0:
        connection.execute(CUT_LOG, (dossier, dossier, LONGEST_LOG))


def _written(value: AnswerValue | None) -> str | None:
    return None if value is None else json.dumps(value)


def offer(connection: sqlite3.Connection, window: str, links: Sequence[Link]) -> None:
    """Links that a window gives take the place of all others of their dossiers and purposes."""
    connection.executemany(UNLINK, [(link.dossier, link.purpose) for link in links])
    rows = [(link.hash, link.dossier, link.until.timestamp(), link.purpose, link.once, window) for link in links]
    connection.executemany(OFFER, rows)


def use(connection: sqlite3.Connection, link: Link) -> None:
    """A link is followed: one that opens once takes all of its kind with it."""
    if link.once:
        connection.execute(UNLINK, (link.dossier, link.purpose))
