"""The embedded store: one SQLite file in WAL mode, every input one transaction, synced to disk (FULL).

aiosqlite gives the connection a thread of its own and stays the layer between; a whole transaction is handed to
that thread as one function, since a hop a statement costs three quarters of the speed.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

import aiosqlite
from typing_extensions import override

from flows.events import AnswerValue
from flows.session import Assessment, Session
from storage.errors import StorageError, Trouble, storage_error, system_error
from storage.migrations import migrate, version_of
from storage.store import Decide, Decision, LogEntry, Store

T = TypeVar("T")

BUSY_SECONDS = 5.0
PAUSE_SECONDS = 0.01
WAL = "PRAGMA journal_mode = WAL"
SETTINGS = ("PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON")

LOAD = "SELECT data FROM sessions WHERE chat = ?"
INSERT = "INSERT INTO sessions (id, revision, data, updated_at, chat) VALUES (?, ?, ?, ?, ?)"
UPDATE = "UPDATE sessions SET id = ?, revision = ?, data = ?, updated_at = ? WHERE chat = ? AND id = ? AND revision = ?"
APPEND = "INSERT INTO log (chat, session, kind, item, before, after, at, by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
FINISH = "INSERT INTO assessments (id, chat, finished_at, data) VALUES (?, ?, ?, ?)"
HISTORY = "SELECT data FROM assessments WHERE chat = ? ORDER BY number DESC"
LOG = "SELECT session, kind, item, before, after, at, by FROM log WHERE chat = ? ORDER BY number"


class SqliteStore(Store):
    """Made by `open_sqlite`."""

    def __init__(self, database: aiosqlite.Connection, place: str) -> None:
        self._database = database
        self._place = place

    @override
    async def apply(self, chat: str, decide: Decide) -> Decision:
        return await self._hop(lambda connection: _transact(connection, chat, decide, self._place))

    @override
    async def session(self, chat: str) -> Session | None:
        return await self._hop(lambda connection: _load(connection, chat, self._place))

    @override
    async def history(self, chat: str) -> list[Assessment]:
        rows = await self._hop(lambda connection: connection.execute(HISTORY, (chat,)).fetchall())
        with _reading(self._place):
            return [Assessment.model_validate_json(data) for (data,) in rows]

    @override
    async def log(self, chat: str) -> list[LogEntry]:
        rows = await self._hop(lambda connection: connection.execute(LOG, (chat,)).fetchall())
        with _reading(self._place):
            return [_entry(*row) for row in rows]

    @override
    async def close(self) -> None:
        await self._database.close()

    async def _hop(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function of the plain connection on its thread: the only place that leans on aiosqlite's inside.

        `tests/storage/test_sqlite.py` fails loudly should `_execute` or `_conn` ever change.
        """
        try:
            hop = self._database._execute(lambda: _carried(work, self._database._conn))  # type: ignore[no-untyped-call]  # private, untyped
            result: T = await hop
        except sqlite3.Error as error:
            raise storage_error(error, self._place) from None
        return result


async def open_sqlite(path: Path) -> SqliteStore:
    """Open the file, or make it, and bring its schema up to date.

    Raises StorageError: newer schema, not ours, corrupt, read-only, no access.
    """
    place = str(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sqlite3.connect(path).close()  # aiosqlite's thread, should it fail to open, may outlive the loop and complain
        database = await aiosqlite.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    except sqlite3.Error as error:
        raise storage_error(error, place) from error
    except OSError as error:
        raise system_error(error, place) from error
    store = SqliteStore(database, place)
    try:
        await store._hop(lambda connection: _prepare(connection, place))
    except BaseException:
        await store.close()
        raise
    return store


def _carried(work: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection) -> T:
    """A future cannot carry StopIteration (its awaiter would wait for ever): it becomes what coroutines make of it."""
    try:
        return work(connection)
    except StopIteration as error:
        raise RuntimeError("StopIteration") from error


def _prepare(connection: sqlite3.Connection, place: str) -> None:
    """Look before touching: the settings alone would change a file that is refused."""
    version_of(connection, place)
    _switch_to_wal(connection, place)
    for setting in SETTINGS:
        connection.execute(setting)
    migrate(connection, place)


def _switch_to_wal(connection: sqlite3.Connection, place: str) -> None:
    """SQLite does not wait here while another process makes the same switch, so we do."""
    deadline = monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute(WAL)
        except sqlite3.OperationalError as error:
            if storage_error(error, place).trouble is not Trouble.BUSY or monotonic() > deadline:
                raise
            sleep(PAUSE_SECONDS)
        else:
            return


def _transact(connection: sqlite3.Connection, chat: str, decide: Decide, place: str) -> Decision:
    """Load, decide and save under the write lock, so that no other process comes in between."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        session = _load(connection, chat, place)
        decision = decide(session)
        if decision.session is not None:
            _save(connection, chat, session, decision.session, place)
            _append(connection, chat, decision)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return decision


def _load(connection: sqlite3.Connection, chat: str, place: str) -> Session | None:
    row = connection.execute(LOAD, (chat,)).fetchone()
    with _reading(place):
        return None if row is None else Session.model_validate_json(row[0])


@contextmanager
def _reading(place: str) -> Iterator[None]:
    """What is stored but cannot be understood is damage; the cause is dropped, since its text quotes the data."""
    try:
        yield
    except (ValueError, TypeError):
        raise StorageError(Trouble.CORRUPT, place) from None


def _save(connection: sqlite3.Connection, chat: str, old: Session | None, new: Session, place: str) -> None:
    values = (new.id, new.revision, new.model_dump_json(), new.updated_at.isoformat(), chat)
    if old is None:
        connection.execute(INSERT, values)
    elif connection.execute(UPDATE, (*values, old.id, old.revision)).rowcount != 1:
        raise StorageError(Trouble.CONFLICT, place)


def _append(connection: sqlite3.Connection, chat: str, decision: Decision) -> None:
    for entry in decision.log:
        connection.execute(
            APPEND,
            (
                chat,
                entry.session,
                entry.kind,
                entry.item,
                _written(entry.before),
                _written(entry.after),
                entry.at.isoformat(),
                entry.by,
            ),
        )
    for assessment in decision.finished:
        values = (assessment.id, chat, assessment.finished_at.isoformat(), assessment.model_dump_json())
        connection.execute(FINISH, values)


def _entry(session: str, kind: str, item: str, before: str | None, after: str | None, at: str, by: str) -> LogEntry:
    return LogEntry(session, kind, item, _read(before), _read(after), datetime.fromisoformat(at), by)


def _written(value: AnswerValue | None) -> str | None:
    return None if value is None else json.dumps(value)


def _read(text: str | None) -> AnswerValue | None:
    value = None if text is None else json.loads(text)
    return tuple(value) if isinstance(value, list) else value
