"""The embedded store: one SQLite file in WAL mode, every input one transaction, synced to disk (FULL).

aiosqlite gives the connection a thread of its own and stays the layer between; a whole transaction is handed to
that thread as one function, since a hop a statement costs three quarters of the speed.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar

import aiosqlite
from typing_extensions import override

from flows.retention import Limits, Purged
from flows.session import Assessment
from storage.errors import StorageError, Trouble, storage_error, system_error
from storage.outbox import Outgoing, Queued
from storage.sqlite import statements
from storage.sqlite.migrations import migrate, version_of
from storage.store import SLICE, Applied, Arrival, Decide, Lease, LogEntry, Slice, State, Store

T = TypeVar("T")

BUSY_SECONDS = 5.0
PAUSE_SECONDS = 0.01
WAL = "PRAGMA journal_mode = WAL"
SETTINGS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
)

Work = Callable[[sqlite3.Connection], Any]
TOGETHER = 64
"""So many transactions at most share a commit."""


class SqliteStore(Store):
    """Made by `open_sqlite`. Writes that arrive while a commit is under way share the next one."""

    def __init__(self, database: aiosqlite.Connection, place: str) -> None:
        self._database = database
        self._place = place
        self._waiting: list[tuple[Work, asyncio.Future[Any]]] = []
        self._writing = False
        self._writer: asyncio.Task[None] | None = None
        self._forgotten: set[str] = set()

    @override
    async def apply(self, chat: str, decide: Decide, arrival: Arrival | None = None) -> Applied | None:
        place = self._place
        batched = arrival is not None  # updates come several at a time
        applied = await self._write(
            lambda database: statements.transact(database, chat, decide, arrival, place), batched=batched
        )
        if applied is not None and applied.decision.forgotten:
            self._forgotten.add(chat)
            await self._wipe()
        return applied

    @override
    async def state(self, chat: str) -> State:
        return await self._hop(lambda database: statements.load(database, chat, self._place))

    @override
    async def history(self, chat: str) -> list[Assessment]:
        return await self._hop(lambda database: statements.history(database, chat, self._place))

    @override
    async def log(self, chat: str) -> list[LogEntry]:
        return await self._hop(lambda database: statements.log(database, chat, self._place))

    @override
    async def due(
        self, now: datetime, limit: int, chat: str | None = None, *, aside: bool | None = None
    ) -> list[Queued]:
        values: statements.Values = {"now": now.timestamp(), "limit": limit}
        statement = statements.DUE
        if chat is not None:
            lane = () if aside is None else (aside,)
            statement = statements.DUE_OF_LANE if lane else statements.DUE_OF_CHAT
            values = (chat, now.timestamp(), *lane, limit)
        return await self._hop(lambda database: statements.due(database, statement, values))

    @override
    async def next_due(self) -> datetime | None:
        (due,) = await self._hop(lambda database: database.execute(statements.NEXT_DUE).fetchone())
        try:
            return None if due is None else datetime.fromtimestamp(due, UTC)
        except statements.UNREADABLE:  # a damaged row, which is set aside when it is looked at
            return datetime.fromtimestamp(0, UTC)

    @override
    async def delivered(
        self, queued: Queued, now: datetime, card: int | None = None, owed: Outgoing | None = None
    ) -> Queued | None:
        if queued.chat in self._forgotten:
            owed = None  # it would name somebody who has asked to be forgotten
        following = await self._write(lambda database: _deliver(database, queued, now, card, owed, self._place))
        if following is None and queued.chat in self._forgotten:
            self._forgotten.discard(queued.chat)
            await self._wipe()  # the receipt, too, named the chat
        return following

    @override
    async def postpone(self, queued: Queued, until: datetime) -> None:
        due = until.timestamp()
        values: statements.Values = (due, queued.number, queued.chat, queued.number, queued.number, due)
        statement = statements.WAIT
        if queued.urgency.aside:
            statement, values = statements.WAIT_ALONE, (due, queued.number)
        await self._write(lambda database: database.execute(statement, values).rowcount)

    @override
    async def defer(self, queued: Queued, until: datetime) -> None:
        values = (until.timestamp(), queued.number)
        await self._write(lambda database: database.execute(statements.DEFER, values).rowcount)

    @override
    async def hasten(self, now: datetime) -> None:
        values = (now.timestamp(), now.timestamp())
        await self._write(lambda database: database.execute(statements.HASTEN, values).rowcount)

    @override
    async def refused(self, queued: Queued, asked: datetime) -> bool:
        return await self._write(lambda database: statements.refused(database, queued, asked, self._place))

    @override
    async def set_aside(self, queued: Queued) -> None:
        await self._write(lambda database: statements.set_aside(database, queued.number))

    @override
    async def damaged(self) -> int:
        (count,) = await self._hop(lambda database: database.execute(statements.DAMAGED).fetchone())
        return int(count)

    @override
    async def lease(self, name: str) -> Lease | None:
        return await self._hop(lambda database: statements.lease(database, name))

    @override
    async def claim(self, name: str, holder: str, seen: Lease | None) -> Lease | None:
        return await self._write(lambda database: statements.claim(database, name, holder, seen))

    @override
    async def release(self, name: str, held: Lease) -> None:
        values = (name, held.holder, held.beat)
        await self._write(lambda database: database.execute(statements.RELEASE, values).rowcount)

    @override
    async def forget(self, chat: str) -> int:
        rows = await self._write(lambda database: statements.forget(database, chat))
        await self._wipe()
        return rows

    @override
    async def purge(self, limits: Limits, promised: str, after: int = 0, *, dry: bool = False) -> Slice:
        rows = await self._hop(lambda database: statements.overdue(database, limits, after, SLICE))
        chats = [chat for _, chat, over in rows if over]
        following = rows[-1][0] if len(rows) == SLICE else None
        run = self._hop if dry else self._write
        purged = (
            await run(lambda database: statements.retain(database, chats, limits, promised, self._place, dry=dry))
            if chats
            else Purged()
        )
        if purged and not dry:
            await self._wipe()
        return Slice(purged, following)

    @override
    async def forget_updates(self, before: datetime) -> None:
        values = (before.timestamp(),)
        await self._write(lambda database: database.execute(statements.FORGET_UPDATES, values).rowcount)
        await self._wipe()  # of who was only greeted, too

    @override
    async def clean(self) -> bool:
        return await self._hop(statements.clean)

    @override
    async def close(self) -> None:
        if self._writer is not None:
            await self._writer
        with suppress(StorageError, ValueError):  # busy, or closed before
            await self._hop(statements.clean)
        await self._database.close()

    async def _wipe(self) -> None:
        """Take what was deleted out of the write-ahead log, too, unless another process is reading from it."""
        with suppress(StorageError):
            await self._hop(statements.empty_wal)

    async def _write(self, work: Callable[[sqlite3.Connection], T], *, batched: bool = False) -> T:
        """Run a transaction: alone, or together with those of its batch, or with those that waited for another."""
        if self._writing:
            return await self._outcome(self._enqueued(work))
        self._writing = True
        try:
            if batched:
                await asyncio.sleep(0)  # the others of the batch are asked for in this turn of the loop
            if not self._waiting:
                return await self._hop(partial(_commit_alone, work))
            mine = self._enqueued(work)
        finally:
            self._hand_on()
        return await self._outcome(mine)

    def _hand_on(self) -> None:
        """Those who came meanwhile are next, in a task of their own: nobody works for others."""
        if self._waiting:
            self._writer = asyncio.create_task(self._write_waiting())
        else:
            self._writing = False

    def _enqueued(self, work: Callable[[sqlite3.Connection], T]) -> "asyncio.Future[T]":
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        return done

    async def _outcome(self, done: "asyncio.Future[T]") -> T:
        try:
            return await done
        except sqlite3.Error as error:
            raise storage_error(error, self._place) from None

    async def _write_waiting(self) -> None:
        while batch := self._waiting[:TOGETHER]:
            del self._waiting[:TOGETHER]
            works = [work for work, _ in batch]
            try:
                outcomes = await self._hop(partial(_commit_together, works))
            except Exception as error:
                outcomes = [error] * len(batch)
            for (_, done), outcome in zip(batch, outcomes, strict=True):
                _settle(done, outcome)
        self._writing, self._writer = False, None

    async def _hop(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function of the plain connection on its thread: the only place that leans on aiosqlite's inside.

        `tests/storage/test_sqlite.py` fails loudly should `_execute` or `_conn` ever change.
        """
        try:
            hop = self._database._execute(lambda: work(self._database._conn))  # type: ignore[no-untyped-call]  # private, untyped
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
        _make_private(path)
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


def _make_private(path: Path) -> None:
    """The file, and the folders that it needs, for nobody else; SQLite gives its log the mode of the database."""
    for folder in reversed([folder for folder in path.parents if not folder.exists()]):
        folder.mkdir(0o700, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def _prepare(connection: sqlite3.Connection, place: str) -> None:
    """Look before touching: the settings alone would change a file that is refused.

    Text that is no text is damage of its row: it is read as it is, and then not understood, instead of failing all.
    """
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    version_of(connection, place)
    _switch_to_wal(connection, place)
    for setting in SETTINGS:
        connection.execute(setting)
    migrate(connection, place)
    statements.empty_wal(connection)  # a process that was killed could not


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


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One write lock, one sync; nothing at all if anything is raised."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _commit_alone(work: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection) -> T:
    try:
        with _transaction(connection):
            return work(connection)
    except StopIteration:
        raise RuntimeError("StopIteration") from None  # as of any coroutine


def _commit_together(works: list[Work], connection: sqlite3.Connection) -> list[Any]:
    """All works in one transaction; a work that raises is undone, and its error is its outcome."""
    with _transaction(connection):
        return [_undone_if_raised(connection, work) for work in works]


def _undone_if_raised(connection: sqlite3.Connection, work: Work) -> Any:
    connection.execute("SAVEPOINT work")
    try:
        outcome = work(connection)
    except Exception as error:
        if not connection.in_transaction:  # the whole transaction is gone: a full disk, a broken file
            raise
        connection.execute("ROLLBACK TO work")
        outcome = RuntimeError("StopIteration") if isinstance(error, StopIteration) else error  # as of any coroutine
    connection.execute("RELEASE work")
    return outcome


def _settle(done: asyncio.Future[Any], outcome: Any) -> None:
    """Hand over a result or an error, unless nobody waits for it any more."""
    if done.cancelled():
        return
    if isinstance(outcome, Exception):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)


def _deliver(
    connection: sqlite3.Connection,
    queued: Queued,
    now: datetime,
    card: int | None,
    owed: Outgoing | None,
    place: str,
) -> Queued | None:
    connection.execute(statements.DELIVERED, (queued.number,))
    if card is not None:
        contact = statements.load(connection, queued.chat, place).contact
        if contact is not None:  # else the chat was forgotten meanwhile
            statements.reach(connection, queued.chat, contact.model_copy(update={"card": card}))
    if owed is not None:
        statements.put(connection, queued.chat, owed, anew=False)
    return statements.first_due(connection, queued.chat, now, aside=queued.urgency.aside)
