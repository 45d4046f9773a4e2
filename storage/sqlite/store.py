"""The embedded store: one SQLite file in WAL mode, every input one transaction, synced to disk (FULL).

aiosqlite gives the connection a thread of its own and stays the layer between; a whole transaction is handed to
that thread as one function, since a hop a statement costs three quarters of the speed.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Collection, Container
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar

import aiosqlite
from typing_extensions import override

from flows.retention import Limits, Purged
from flows.session import Assessment, CardRef, Session
from storage.broadcasts import Audience, Broadcast, Record
from storage.errors import StorageError, Trouble, system_error
from storage.issued import Issued
from storage.outbox import Lane, Outgoing, Queued
from storage.sqlite import broadcasts, deletion, leases, outbox, papers, state
from storage.sqlite.apply import Asked, transact
from storage.sqlite.errors import storage_error
from storage.sqlite.migrations import migrate, version_of
from storage.sqlite.stats import stats
from storage.sqlite.transactions import Work, alone, nothing, together, transaction
from storage.stats import Stats
from storage.store import (
    CONFIRM_SECONDS,
    SLICE,
    Applied,
    Arrival,
    Claim,
    Decide,
    Due,
    Lease,
    LogEntry,
    Slice,
    State,
    Store,
)

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

TOGETHER = 64
"""So many transactions at most share a commit."""
AGAIN_SECONDS = 1.0
"""So long after a fault is what was confirmed tried to be noted again."""


class SqliteStore(Store):
    """Made by `open_sqlite`. Writes that arrive while a commit is under way share the next one."""

    def __init__(self, database: aiosqlite.Connection, place: str) -> None:
        self._database = database
        self._place = place
        self._waiting: list[tuple[Work, asyncio.Future[Any]]] = []
        self._writing = False
        self._writer: asyncio.Task[None] | None = None
        self._confirmed: list[outbox.Confirmed] = []
        self._confirming: asyncio.Task[None] | None = None
        self._forgotten: set[str] = set()

    @override
    async def apply(
        self,
        window: str,
        decide: Decide,
        arrival: Arrival | None = None,
        *,
        link: str | None = None,
        claim: Claim | None = None,
        recent: int = 0,
    ) -> Applied | None:
        asked, place = Asked(window, decide, arrival, link, claim, recent), self._place
        batched = arrival is not None  # updates come several at a time
        applied = await self._write(lambda database: transact(database, asked, place), batched=batched)
        if applied is not None and applied.decision.forgotten:
            self._forgotten.add(window)
            await self._wipe()
        return applied

    @override
    async def state(self, window: str, dossier: str | None = None) -> State:
        return await self._hop(lambda database: state.load(database, window, self._place, dossier))

    @override
    async def shelf(self, window: str) -> list[tuple[str, Session]]:
        return await self._hop(lambda database: state.shelf(database, window, self._place))

    @override
    async def history(self, dossier: str) -> list[Assessment]:
        return await self._hop(lambda database: state.history(database, dossier, self._place))

    @override
    async def log(self, dossier: str, last: int | None = None) -> list[LogEntry]:
        return await self._hop(lambda database: state.log(database, dossier, self._place, last))

    @override
    async def issue(self, dossier: str, issued: Issued) -> bool:
        return await self._write(lambda database: papers.issue(database, dossier, issued))

    @override
    async def issued(self, code: str) -> Issued | None:
        return await self._hop(lambda database: papers.find(database, code, self._place))

    @override
    async def papers(self, dossier: str) -> list[Issued]:
        return await self._hop(lambda database: papers.papers(database, dossier, self._place))

    @override
    async def waiting(self, window: str) -> list[Queued]:
        return await self._hop(lambda database: outbox.messages(database, window))

    @override
    async def claim(
        self,
        claim: Claim,
        now: datetime,
        limit: int,
        lane: Lane | None = None,
        channels: Collection[str] | None = None,
        besides: Container[Lane] = (),
    ) -> list[Due]:
        place = self._place
        if lane is None:
            return await self._write(
                lambda database: outbox.take_all(database, claim, now, limit, place, channels, besides)
            )
        due = await self._write(lambda database: outbox.take(database, lane, claim, now, place))
        return [due] if due else []

    @override
    async def following(self, lane: Lane, now: datetime, holder: str) -> Due | None:
        return await self._write(lambda database: outbox.following(database, lane, now, holder, self._place))

    @override
    async def delivered(
        self,
        queued: Queued,
        now: datetime,
        holder: str,
        card: str | None = None,
        owed: Outgoing | None = None,
        seen: CardRef | None = None,
    ) -> Due | None:
        def work(database: sqlite3.Connection) -> Due | None:
            outbox.deliver(database, queued, card, owed, seen)
            return outbox.following(database, queued.lane, now, holder, self._place)

        following = await self._write(work)
        if queued.window in self._forgotten:
            if following is None and not queued.urgency.aside:
                self._forgotten.discard(queued.window)
            await self._wipe()  # the receipt, too, named the window
        return following

    @override
    def confirm(self, queued: Queued, holder: str, left: Callable[[], None]) -> None:
        self._confirmed.append(outbox.Confirmed(queued, holder, left))
        if self._confirming is None:
            self._confirming = asyncio.create_task(self._confirm_in_time())

    async def _confirm_in_time(self) -> None:
        """Note what nobody else's transaction takes along."""
        pause = CONFIRM_SECONDS
        while self._confirmed:
            await asyncio.sleep(pause)
            pause = CONFIRM_SECONDS
            if self._confirmed:
                try:
                    await self._write(nothing)
                except StorageError:
                    pause = AGAIN_SECONDS
        self._confirming = None

    @override
    async def advanced(self, queued: Queued, part: int) -> None:
        await self._run(outbox.ADVANCE, part, *outbox.known(queued))

    @override
    async def next_due(self) -> datetime | None:
        (due,) = await self._hop(lambda database: database.execute(outbox.NEXT_DUE).fetchone())
        try:
            return None if due is None else datetime.fromtimestamp(due, UTC)
        except state.UNREADABLE:  # a damaged row, which is set aside when it is looked at
            return datetime.fromtimestamp(0, UTC)

    @override
    async def postpone(self, queued: Queued, until: datetime) -> None:
        await self._write(lambda database: outbox.postpone(database, queued, until))

    @override
    async def defer(self, queued: Queued, until: datetime) -> None:
        await self._run(outbox.DEFER, until.timestamp(), *outbox.known(queued))

    @override
    async def hasten(self, now: datetime) -> None:
        await self._write(lambda database: outbox.hasten(database, now))

    @override
    async def refused(self, queued: Queued, asked: datetime) -> bool:
        return await self._write(lambda database: outbox.refused(database, queued, asked, self._place))

    @override
    async def set_aside(self, queued: Queued) -> None:
        await self._write(lambda database: outbox.give_up(database, queued))

    @override
    async def damaged(self) -> int:
        (count,) = await self._hop(lambda database: database.execute(outbox.DAMAGED).fetchone())
        return int(count)

    @override
    async def stats(self, now: datetime) -> Stats:
        try:
            return await asyncio.to_thread(stats, self._place, now, BUSY_SECONDS)
        except sqlite3.Error as error:
            raise storage_error(error, self._place) from None

    @override
    async def broadcast(self, id_: str | None = None) -> Broadcast | None:
        return await self._hop(lambda database: broadcasts.find(database, id_))

    @override
    async def recipients(self, channel: str) -> dict[Audience, int]:
        try:
            return await asyncio.to_thread(broadcasts.recipients, self._place, channel, BUSY_SECONDS)
        except sqlite3.Error as error:
            raise storage_error(error, self._place) from None

    @override
    async def fan_out(
        self, now: datetime, slice_: int, most: int, said: Callable[[Broadcast], str]
    ) -> Broadcast | None:
        running = await self._hop(lambda database: broadcasts.present(database, now, most))
        if running is None or running.waiting:
            return running
        return await self._write(lambda database: broadcasts.fan_out(database, now, slice_, said))

    @override
    async def audit(self) -> list[Record]:
        return await self._hop(broadcasts.audit)

    @override
    async def renew(self, claim: Claim) -> None:
        await self._run(outbox.RENEW, claim.until.timestamp(), claim.holder)

    @override
    async def holders(self) -> set[str]:
        rows = await self._hop(lambda database: database.execute(outbox.HOLDERS).fetchall())
        return {holder for (holder,) in rows}

    @override
    async def release(self, holder: str) -> None:
        await self._run(outbox.RELEASE, holder)

    @override
    async def lease(self, name: str) -> Lease | None:
        return await self._hop(lambda database: leases.lease(database, name))

    @override
    async def hold(self, name: str, holder: str, seen: Lease | None) -> Lease | None:
        return await self._write(lambda database: leases.hold(database, name, holder, seen))

    @override
    async def let_go(self, name: str, held: Lease) -> None:
        await self._run(leases.LET_GO, name, held.holder, held.beat)

    @override
    async def move(self, window: str, to: str) -> bool:
        moved = await self._write(lambda database: deletion.move(database, window, to))
        await self._wipe()
        return moved

    @override
    async def forget(self, window: str) -> int:
        rows = await self._write(lambda database: deletion.forget(database, window))
        await self._wipe()
        return rows

    @override
    async def purge(self, limits: Limits, promised: str, after: int = 0, *, dry: bool = False) -> Slice:
        rows = await self._hop(lambda database: deletion.overdue(database, limits, after, SLICE))
        dossiers = [dossier for _, dossier, over in rows if over]
        following = rows[-1][0] if len(rows) == SLICE else None
        run = self._hop if dry else self._write
        purged = (
            await run(lambda database: deletion.retain(database, dossiers, limits, promised, self._place, dry=dry))
            if dossiers
            else Purged()
        )
        if purged and not dry:
            await self._wipe()
        return Slice(purged, following)

    @override
    async def tidy(self, before: datetime, now: datetime) -> None:
        await self._run(deletion.FORGET_UPDATES, before.timestamp())
        await self._run(deletion.FORGET_LINKS, now.timestamp())
        await self._run(broadcasts.FORGET, before.timestamp())
        await self._wipe()  # of who was only greeted, too

    @override
    async def clean(self) -> bool:
        return await self._hop(deletion.clean)

    @override
    async def close(self) -> None:
        if self._confirming is not None:
            self._confirming.cancel()
            await asyncio.gather(self._confirming, return_exceptions=True)
        if self._confirmed:
            with suppress(StorageError):  # then it is sent again, which does no harm
                await self._write(nothing)
        if self._writer is not None:
            await self._writer
        with suppress(StorageError, ValueError):  # busy, or closed before
            await self._hop(deletion.clean)
        await self._database.close()

    async def _wipe(self) -> None:
        """Take what was deleted out of the write-ahead log, too, unless another process is reading from it."""
        with suppress(StorageError):
            await self._hop(deletion.empty_wal)

    async def _run(self, statement: str, *values: object) -> None:
        """One statement in a transaction of its own."""
        await self._write(lambda database: database.execute(statement, values).rowcount)

    async def _write(self, work: Callable[[sqlite3.Connection], T], *, batched: bool = False) -> T:
        """Run a transaction: alone, or together with those of its batch, or with those that waited for another."""
        if self._writing:
            return await self._outcome(self._enqueued(work))
        self._writing = True
        try:
            if batched:
                await asyncio.sleep(0)  # the others of the batch are asked for in this turn of the loop
            if not self._waiting:
                return await self._commit(partial(alone, work))
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
                outcomes = await self._commit(partial(together, works))
            except Exception as error:
                outcomes = [error] * len(batch)
            for (_, done), outcome in zip(batch, outcomes, strict=True):
                _settle(done, outcome)
        self._writing, self._writer = False, None

    async def _commit(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run one transaction, in which what was confirmed before is noted first; else it is kept for the next."""
        confirmed, self._confirmed = self._confirmed, []
        busy = None
        try:
            busy, outcome = await self._hop(partial(transaction, confirmed, work))
        finally:
            if busy is None:
                self._confirmed[:0] = confirmed
        for one in busy or ():
            one.left()
        return outcome

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
    deletion.empty_wal(connection)  # a process that was killed could not


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


def _settle(done: asyncio.Future[Any], outcome: Any) -> None:
    """Hand over a result or an error, unless nobody waits for it any more."""
    if done.cancelled():
        return
    if isinstance(outcome, Exception):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)
