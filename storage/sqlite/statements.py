"""What a transaction does, as plain functions of a plain connection; `storage.sqlite.store` runs them on its thread."""

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flows.events import AnswerValue
from flows.retention import Limits, Purged, Remains, remains
from flows.session import Assessment, Session
from storage.contact import Contact
from storage.errors import DamagedRowError
from storage.outbox import Outgoing, Queued, Urgency, fitting
from storage.store import LONGEST_HISTORY, LONGEST_LOG, Applied, Arrival, Decide, Decision, Lease, LogEntry, State

LOGGER = logging.getLogger("shuping.storage")

Values = tuple[Any, ...] | Mapping[str, Any]
"""Of a statement, by place or by name."""
UNREADABLE = (ValueError, TypeError, OverflowError, OSError, RecursionError)
"""What is raised over damaged rows: no JSON, not our JSON, a date out of range."""
ASIDE = int(Urgency.RETIREMENT)
"""From here on messages stand by themselves."""

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
QUEUE = "INSERT INTO outbox (chat, key, payload, due, attempts, anew, urgency) VALUES (?, ?, ?, ?, ?, ?, ?)"
HELD = f"SELECT max(due) FROM outbox WHERE chat = ? AND attempts > 0 AND urgency < {ASIDE}"  # noqa: S608  # a number
TEXTS = f"SELECT count(*) FROM outbox WHERE chat = ? AND key IS NULL AND urgency < {ASIDE}"  # noqa: S608
UNQUEUE = "DELETE FROM outbox WHERE chat = ? AND key = ?"
SILENCE = "DELETE FROM outbox WHERE chat = ?"
DELIVERED = "DELETE FROM outbox WHERE number = ?"
WAIT = f"""
UPDATE outbox SET due = ?, attempts = attempts + (number = ?)
WHERE chat = ? AND (number = ? OR (number > ? AND due < ?)) AND urgency < {ASIDE}
"""  # noqa: S608
WAIT_ALONE = "UPDATE outbox SET due = ?, attempts = attempts + 1 WHERE number = ?"
HASTEN = f"UPDATE outbox SET due = ? WHERE urgency <> {int(Urgency.REMINDER)} AND due > ?"  # noqa: S608
NEWER = f"SELECT 1 FROM outbox WHERE chat = ? AND number > ? AND urgency < {ASIDE} LIMIT 1"  # noqa: S608
SET_ASIDE = "INSERT OR REPLACE INTO damaged SELECT number, chat, key, payload, due FROM outbox WHERE number = ?"
MARK = "INSERT OR IGNORE INTO marks (name) VALUES ('unclean')"
MARKED = "SELECT 1 FROM marks WHERE name = 'unclean'"
UNMARK = """
DELETE FROM marks WHERE name = 'unclean' AND NOT EXISTS (
    SELECT 1 FROM outbox LEFT JOIN contacts ON contacts.chat = outbox.chat WHERE contacts.chat IS NULL
)
"""
"""Not while messages wait for people of whom nothing else is stored: receipts of deletions, that is, and greetings."""
DAMAGED = "SELECT count(*) FROM damaged"
LEASE = "SELECT holder, beat FROM leases WHERE name = ?"
FIRST_CLAIM = "INSERT OR IGNORE INTO leases (holder, beat, name) VALUES (?, ?, ?)"
CLAIM = "UPDATE leases SET holder = ?, beat = ? WHERE name = ? AND holder = ? AND beat = ?"
RELEASE = "DELETE FROM leases WHERE name = ? AND holder = ? AND beat = ?"
ANEW = "SELECT 1 FROM outbox WHERE chat = ? AND key = ? AND anew"
DEFER = "UPDATE outbox SET due = ?, attempts = 0 WHERE number = ?"
QUEUED = """
SELECT number, outbox.chat, key, payload, due, attempts, anew, urgency,
    CASE WHEN json_valid(contacts.data) THEN json_extract(contacts.data, '$.card') END
FROM outbox LEFT JOIN contacts ON contacts.chat = outbox.chat
"""
LONGEST_DUE = " UNION ALL ".join(
    f"SELECT * FROM (SELECT number, chat, urgency, due FROM outbox WHERE urgency = {int(urgency)} AND due <= :now "  # noqa: S608
    "ORDER BY due LIMIT 8192)"
    for urgency in Urgency
)
"""By the index, since few are due of very many that wait; and not all, should very many be due at once."""
HEADS = f"""
SELECT min(number) AS head, min(urgency) AS rank, min(due) AS since FROM ({LONGEST_DUE})
GROUP BY chat, urgency >= {ASIDE} ORDER BY rank, since LIMIT :limit
"""  # noqa: S608
DUE = f"{QUEUED} JOIN ({HEADS}) ON number = head ORDER BY rank, since"
DUE_OF_CHAT = f"{QUEUED} WHERE outbox.chat = ? AND due <= ? ORDER BY number LIMIT ?"
DUE_OF_LANE = f"{QUEUED} WHERE outbox.chat = ? AND due <= ? AND (urgency >= {ASIDE}) = ? ORDER BY number LIMIT ?"
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
NEXT_DUE = "SELECT min(due) FROM ({})".format(  # noqa: S608
    " UNION ALL ".join(f"SELECT min(due) AS due FROM outbox WHERE urgency = {int(urgency)}" for urgency in Urgency)  # noqa: S608
)
"""By the index, urgency for urgency."""
HISTORY = "SELECT data FROM assessments WHERE chat = ? ORDER BY number DESC"
LOG = "SELECT session, kind, item, before, after, at, by FROM log WHERE chat = ? ORDER BY number"
CUT_LOG = """
DELETE FROM log WHERE chat = ?
AND number <= (SELECT number FROM log WHERE chat = ? ORDER BY number DESC LIMIT 1 OFFSET ?)
"""
CUT_HISTORY = """
DELETE FROM assessments WHERE chat = ?
AND number <= (SELECT number FROM assessments WHERE chat = ? ORDER BY number DESC LIMIT 1 OFFSET ?)
"""
SELDOM = 50
"""So many revisions pass between two looks at whether the log has become too long."""
FORGET = (
    "DELETE FROM outbox WHERE chat = ?",
    "DELETE FROM damaged WHERE chat = ?",
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
    return Applied(decision, first_due(connection, chat, arrival.at, aside=False) if arrival else None)


def due(connection: sqlite3.Connection, statement: str, values: Values) -> list[Queued]:
    """Messages of the outbox; the damaged ones among them are set aside, with a line in the log."""
    found = []
    for row in connection.execute(statement, values).fetchall():
        try:
            found.append(queued(*row))
        except UNREADABLE:
            LOGGER.error("a message cannot be read and is set aside (outbox, number %d)", row[0])  # noqa: TRY400  # its text quotes the data
            set_aside(connection, row[0])
    return found


def first_due(connection: sqlite3.Connection, chat: str, now: datetime, *, aside: bool) -> Queued | None:
    """The chat's first message to be sent by now, of those that wait for one another, or of those aside."""
    return next(iter(due(connection, DUE_OF_LANE, (chat, now.timestamp(), aside, 1))), None)


def set_aside(connection: sqlite3.Connection, number: int) -> None:
    """Move a row of the outbox out of everybody's way, in one step whether or not a transaction is under way."""
    connection.execute("SAVEPOINT aside")
    connection.execute(SET_ASIDE, (number,))
    connection.execute(DELIVERED, (number,))
    connection.execute("RELEASE aside")


def refused(connection: sqlite3.Connection, message: Queued, asked: datetime, place: str) -> bool:
    """Silence a chat that takes no messages, and note it; false if the person has come back since it was asked."""
    connection.execute(DELIVERED, (message.number,))
    contact = load(connection, message.chat, place).contact
    returned = contact is not None and contact.returned is not None and contact.returned > asked
    if returned or connection.execute(NEWER, (message.chat, message.number)).fetchone():
        return False
    connection.execute(SILENCE, (message.chat,))
    if contact is not None:
        reach(connection, message.chat, contact.model_copy(update={"blocked": True}))
    return True


def clean(connection: sqlite3.Connection) -> bool:
    """If people were deleted, write the file anew; whether that was to be done.

    Overwriting reaches a row where it stands; where pages were split and merged before, copies of it are left behind.
    """
    if not connection.execute(MARKED).fetchone():
        return False
    connection.execute("VACUUM")
    if empty_wal(connection):
        connection.execute(UNMARK)
        empty_wal(connection)
    return True


def empty_wal(connection: sqlite3.Connection) -> bool:
    """Take what was deleted out of the write-ahead log, too; false while another process is reading from it.

    Nobody is waited for: everybody else would wait as long.
    """
    (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(patience)}")
    return not busy


def lease(connection: sqlite3.Connection, name: str) -> Lease | None:
    """Who holds a lease."""
    row = connection.execute(LEASE, (name,)).fetchone()
    return Lease(*row) if row else None


def claim(connection: sqlite3.Connection, name: str, holder: str, seen: Lease | None) -> Lease | None:
    """Take or keep a lease that is as it was seen."""
    mine = Lease(holder, seen.beat + 1 if seen else 0)
    values: Values = (mine.holder, mine.beat, name)
    if seen is None:
        taken = connection.execute(FIRST_CLAIM, values)
    else:
        taken = connection.execute(CLAIM, (*values, seen.holder, seen.beat))
    return mine if taken.rowcount == 1 else None


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
    except UNREADABLE:
        raise DamagedRowError(place) from None


def _save(connection: sqlite3.Connection, chat: str, old: Session | None, new: Session, place: str) -> None:
    if new == old:
        return
    values = (new.id, new.revision, new.model_dump_json(), new.updated_at.isoformat(), chat)
    if old is None:
        connection.execute(INSERT, values)
    elif connection.execute(UPDATE, (*values, old.id, old.revision)).rowcount != 1:
        raise DamagedRowError(place)  # it was read in this very transaction


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
    if decision.finished:
        connection.execute(CUT_HISTORY, (chat, chat, LONGEST_HISTORY))
    if decision.session and decision.session.revision % SELDOM == 0:
        connection.execute(CUT_LOG, (chat, chat, LONGEST_LOG))


def _queue(connection: sqlite3.Connection, chat: str, decision: Decision) -> None:
    if decision.silenced:
        connection.execute(SILENCE, (chat,))
    anew = {outgoing.key for outgoing in decision.outbox if _replaces_anew(connection, chat, outgoing)}
    held = (connection.execute(HELD, (chat,)).fetchone()[0] or 0.0) if decision.outbox else 0.0
    for key in {*decision.cancelled, *(outgoing.key for outgoing in decision.outbox if outgoing.key)}:
        connection.execute(UNQUEUE, (chat, key))
    texts = 0
    if any(outgoing.counted for outgoing in decision.outbox):
        (texts,) = connection.execute(TEXTS, (chat,)).fetchone()
    for outgoing in fitting(decision.outbox, texts):
        put(connection, chat, outgoing, held, anew=outgoing.key in anew)


def _replaces_anew(connection: sqlite3.Connection, chat: str, outgoing: Outgoing) -> bool:
    """It takes the place of an unsent message that was to be sent anew."""
    return outgoing.key is not None and connection.execute(ANEW, (chat, outgoing.key)).fetchone() is not None


def put(connection: sqlite3.Connection, chat: str, outgoing: Outgoing, held: float = 0.0, *, anew: bool) -> None:
    """Queue a message; behind a failed one it is held as long, and holds what comes after it."""
    payload = json.dumps(outgoing.payload, ensure_ascii=False, separators=(",", ":"))
    asked = outgoing.due.timestamp()
    due = asked if outgoing.urgency.aside else max(asked, held)
    values = (chat, outgoing.key, payload, due, due > asked, anew or outgoing.anew, int(outgoing.urgency))
    connection.execute(QUEUE, values)


def queued(
    number: int,
    chat: str,
    key: str | None,
    payload: str,
    due: float,
    attempts: int,
    anew: int,
    urgency: int,
    card: int | None,
) -> Queued:
    """A row of the outbox as a message. Raises one of `UNREADABLE` if it is damaged."""
    content, moment = json.loads(payload), datetime.fromtimestamp(due, UTC)
    if not isinstance(content, dict):
        raise TypeError("a payload is an object")
    return Queued(number, chat, key, content, moment, attempts, bool(anew), Urgency(urgency), card)


def entry(session: str, kind: str, item: str, before: str | None, after: str | None, at: str, by: str) -> LogEntry:
    """A row of the log. Raises ValueError for what is no text."""
    "".join((session, kind, item, by)).encode()
    return LogEntry(session, kind, item, _read(before), _read(after), datetime.fromisoformat(at), by)


def history(connection: sqlite3.Connection, chat: str, place: str) -> list[Assessment]:
    """The chat's finished assessments, the newest first; read on the connection's thread, since they may be many."""
    with reading(place):
        return [assessment(data) for (data,) in connection.execute(HISTORY, (chat,))]


def log(connection: sqlite3.Connection, chat: str, place: str) -> list[LogEntry]:
    """The chat's answer log, the oldest entry first."""
    with reading(place):
        return [entry(*row) for row in connection.execute(LOG, (chat,))]


def assessment(data: str) -> Assessment:
    """A row of the history."""
    return Assessment.model_validate_json(data)


def _written(value: AnswerValue | None) -> str | None:
    return None if value is None else json.dumps(value)


def _read(text: str | None) -> AnswerValue | None:
    value = None if text is None else json.loads(text)
    return tuple(value) if isinstance(value, list) else value


def forget(connection: sqlite3.Connection, chat: str) -> int:
    """Delete every row about a chat; the connection overwrites where they stand, `clean` where they stood before."""
    connection.execute(MARK)
    return sum(connection.execute(statement, (chat,)).rowcount for statement in FORGET)


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
        past = history(connection, chat, place)
    except DamagedRowError:
        return Purged()
    if session is None:
        return Purged()
    left = remains(session, past, limits)
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
