"""What a transaction does, as plain functions of a plain connection; `storage.sqlite` runs them on its thread."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flows.events import AnswerValue
from flows.retention import Limits, Purged, Remains, remains
from flows.session import Assessment, Session
from storage.contact import Contact
from storage.errors import DamagedRowError, StorageError, Trouble
from storage.outbox import Outgoing, Queued
from storage.store import Applied, Arrival, Decide, Decision, LogEntry, State

LOAD = """
SELECT sessions.data, contacts.data
FROM (SELECT ? AS chat) AS asked
LEFT JOIN sessions ON sessions.chat = asked.chat
LEFT JOIN contacts ON contacts.chat = asked.chat
"""
SEEN = "INSERT OR IGNORE INTO updates (id, seen) VALUES (?, ?)"
INSERT = "INSERT INTO sessions (id, revision, data, updated_at, chat) VALUES (?, ?, ?, ?, ?)"
UPDATE = "UPDATE sessions SET id = ?, revision = ?, data = ?, updated_at = ? WHERE chat = ? AND id = ? AND revision = ?"
REACH = "INSERT INTO contacts (chat, data) VALUES (?, ?) ON CONFLICT (chat) DO UPDATE SET data = excluded.data"
APPEND = "INSERT INTO log (chat, session, kind, item, before, after, at, by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
FINISH = "INSERT INTO assessments (id, chat, finished_at, data) VALUES (?, ?, ?, ?)"
QUEUE = "INSERT INTO outbox (chat, key, payload, due, attempts, anew) VALUES (?, ?, ?, ?, ?, ?)"
HELD = "SELECT max(due) FROM outbox WHERE chat = ? AND attempts > 0"
UNQUEUE = "DELETE FROM outbox WHERE chat = ? AND key = ?"
SILENCE = "DELETE FROM outbox WHERE chat = ?"
DELIVERED = "DELETE FROM outbox WHERE number = ?"
WAIT = "UPDATE outbox SET due = ?, attempts = attempts + (number = ?) WHERE chat = ? AND number >= ? AND due < ?"
ANEW = "SELECT 1 FROM outbox WHERE chat = ? AND key = ? AND anew"
DEFER = "UPDATE outbox SET due = ?, attempts = 0 WHERE number = ?"
QUEUED = "SELECT number, chat, key, payload, due, attempts, anew FROM outbox"
LONGEST_DUE = "SELECT number, chat FROM outbox WHERE due <= ? ORDER BY due LIMIT 4096"
"""By the index, since few are due of very many that wait; and not all, should very many be due at once."""
DUE = f"{QUEUED} WHERE number IN (SELECT min(number) FROM ({LONGEST_DUE}) GROUP BY chat) ORDER BY number LIMIT ?"  # noqa: S608  # our own parts
DUE_OF_CHAT = f"{QUEUED} WHERE chat = ? AND due <= ? ORDER BY number LIMIT ?"
OVERDUE = """
SELECT rowid, chat, (instr(data, '"finished_at":null') > 0 AND updated_at < ?)
    OR EXISTS (SELECT 1 FROM assessments WHERE assessments.chat = sessions.chat AND finished_at < ?)
FROM sessions WHERE rowid > ? ORDER BY rowid LIMIT ?
"""
"""Rowid, chat, and whether something may be over: a look at the text is enough, since most is not."""
PROMISED = "SELECT 1 FROM outbox WHERE chat = ? AND key = ?"
UNLOG = "DELETE FROM log WHERE chat = ? AND session = ?"
UNFINISH = "DELETE FROM assessments WHERE chat = ? AND id = ?"
FORGET_UPDATES = "DELETE FROM updates WHERE seen < ?"
NEXT_DUE = "SELECT min(due) FROM outbox"
HISTORY = "SELECT data FROM assessments WHERE chat = ? ORDER BY number DESC"
LOG = "SELECT session, kind, item, before, after, at, by FROM log WHERE chat = ? ORDER BY number"
FORGET = (
    "DELETE FROM outbox WHERE chat = ?",
    "DELETE FROM log WHERE chat = ?",
    "DELETE FROM assessments WHERE chat = ?",
    "DELETE FROM sessions WHERE chat = ?",
    "DELETE FROM contacts WHERE chat = ?",
)


def transact(
    connection: sqlite3.Connection, chat: str, decide: Decide, arrival: Arrival | None, place: str
) -> Applied | None:
    """Load, decide and save; None if the update was seen before."""
    if arrival is not None and connection.execute(SEEN, (arrival.update, arrival.at.timestamp())).rowcount == 0:
        return None
    state = load(connection, chat, place)
    decision = decide(state)
    if decision.forgotten:
        forget(connection, chat)
    if decision.session is not None:
        _save(connection, chat, state.session, decision.session, place)
        _append(connection, chat, decision)
    if decision.contact is not None and decision.contact != state.contact:
        reach(connection, chat, decision.contact)
    _queue(connection, chat, decision)
    return Applied(decision, first_due(connection, chat, arrival.at, place) if arrival else None)


def first_due(connection: sqlite3.Connection, chat: str, now: datetime, place: str) -> Queued | None:
    """The chat's first message to be sent by now."""
    rows = connection.execute(DUE_OF_CHAT, (chat, now.timestamp(), 1)).fetchall()
    with reading(place):
        return queued(rows)[0] if rows else None


def load(connection: sqlite3.Connection, chat: str, place: str) -> State:
    """What is stored of a chat."""
    session, contact = connection.execute(LOAD, (chat,)).fetchone()
    with reading(place):
        return State(
            None if session is None else Session.model_validate_json(session),
            None if contact is None else Contact.model_validate_json(contact),
        )


@contextmanager
def reading(place: str) -> Iterator[None]:
    """What is stored but cannot be understood is damage; the cause is dropped, since its text quotes the data."""
    try:
        yield
    except (ValueError, TypeError):
        raise DamagedRowError(place) from None


def _save(connection: sqlite3.Connection, chat: str, old: Session | None, new: Session, place: str) -> None:
    if new == old:
        return
    values = (new.id, new.revision, new.model_dump_json(), new.updated_at.isoformat(), chat)
    if old is None:
        connection.execute(INSERT, values)
    elif connection.execute(UPDATE, (*values, old.id, old.revision)).rowcount != 1:
        raise StorageError(Trouble.CONFLICT, place)


def reach(connection: sqlite3.Connection, chat: str, contact: Contact) -> None:
    """Write how to reach somebody."""
    connection.execute(REACH, (chat, contact.model_dump_json(exclude_defaults=True)))


def _append(connection: sqlite3.Connection, chat: str, decision: Decision) -> None:
    for entry in decision.log:
        before, after = _written(entry.before), _written(entry.after)
        values = (chat, entry.session, entry.kind, entry.item, before, after, entry.at.isoformat(), entry.by)
        connection.execute(APPEND, values)
    for assessment in decision.finished:
        finished_at = assessment.finished_at.isoformat()
        connection.execute(FINISH, (assessment.id, chat, finished_at, assessment.model_dump_json()))


def _queue(connection: sqlite3.Connection, chat: str, decision: Decision) -> None:
    if decision.silenced:
        connection.execute(SILENCE, (chat,))
    anew = {outgoing.key for outgoing in decision.outbox if _replaces_anew(connection, chat, outgoing)}
    held = (connection.execute(HELD, (chat,)).fetchone()[0] or 0.0) if decision.outbox else 0.0
    for key in {*decision.cancelled, *(outgoing.key for outgoing in decision.outbox if outgoing.key)}:
        connection.execute(UNQUEUE, (chat, key))
    for outgoing in decision.outbox:
        connection.execute(QUEUE, _row(chat, outgoing, held, anew=outgoing.key in anew))


def _replaces_anew(connection: sqlite3.Connection, chat: str, outgoing: Outgoing) -> bool:
    """It takes the place of an unsent message that was to be sent anew."""
    return outgoing.key is not None and connection.execute(ANEW, (chat, outgoing.key)).fetchone() is not None


def _row(chat: str, outgoing: Outgoing, held: float, *, anew: bool) -> tuple[str, str | None, str, float, bool, bool]:
    """A message that is queued behind a failed one is held as long, and holds what comes after it."""
    payload = json.dumps(outgoing.payload, ensure_ascii=False, separators=(",", ":"))
    due = outgoing.due.timestamp()
    return chat, outgoing.key, payload, max(due, held), held > due, anew or outgoing.anew


def queued(rows: Iterable[tuple[int, str, str | None, str, float, int, int]]) -> list[Queued]:
    """Rows of the outbox as messages."""
    return [
        Queued(number, chat, key, json.loads(payload), datetime.fromtimestamp(due, UTC), attempts, bool(anew))
        for number, chat, key, payload, due, attempts, anew in rows
    ]


def entry(session: str, kind: str, item: str, before: str | None, after: str | None, at: str, by: str) -> LogEntry:
    """A row of the log."""
    return LogEntry(session, kind, item, _read(before), _read(after), datetime.fromisoformat(at), by)


def assessment(data: str) -> Assessment:
    """A row of the history."""
    return Assessment.model_validate_json(data)


def _written(value: AnswerValue | None) -> str | None:
    return None if value is None else json.dumps(value)


def _read(text: str | None) -> AnswerValue | None:
    value = None if text is None else json.loads(text)
    return tuple(value) if isinstance(value, list) else value


def forget(connection: sqlite3.Connection, chat: str) -> int:
    """Delete every row about a chat, and overwrite where it stood."""
    connection.execute("PRAGMA secure_delete = ON")
    try:
        return sum(connection.execute(statement, (chat,)).rowcount for statement in FORGET)
    finally:
        connection.execute("PRAGMA secure_delete = OFF")


def overdue(connection: sqlite3.Connection, limits: Limits, after: int, slice_: int) -> list[tuple[int, str, int]]:
    """The next rows of the sessions, each with whether something of its chat may be over."""
    moments = [limit.astimezone(UTC).isoformat() if limit else "" for limit in (limits.unfinished, limits.finished)]
    return connection.execute(OVERDUE, (*moments, after, slice_)).fetchall()


def retain(
    connection: sqlite3.Connection, chats: Iterable[str], limits: Limits, promised: str, place: str, *, dry: bool
) -> Purged:
    """Delete what is over of these chats; `dry`: count only."""
    return sum((_retain(connection, chat, limits, promised, place, dry=dry) for chat in chats), Purged())


def _retain(
    connection: sqlite3.Connection, chat: str, limits: Limits, promised: str, place: str, *, dry: bool
) -> Purged:
    try:
        session = load(connection, chat, place).session
        with reading(place):
            history = [assessment(data) for (data,) in connection.execute(HISTORY, (chat,))]
    except DamagedRowError:
        return Purged()
    if session is None:
        return Purged()
    left = remains(session, history, limits)
    if left.session is None and connection.execute(PROMISED, (chat, promised)).fetchone():
        return Purged()
    if not dry:
        _keep(connection, chat, session, left, place)
    return left.purged


def _keep(connection: sqlite3.Connection, chat: str, session: Session, left: Remains, place: str) -> None:
    if left.session is None:
        forget(connection, chat)
        return
    for statement in (UNLOG, UNFINISH):
        connection.executemany(statement, [(chat, gone) for gone in left.gone])
    _save(connection, chat, session, left.session, place)
