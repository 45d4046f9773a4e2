"""The store for many workers and hosts. What has to be right is right in the database alone: nothing is kept here.

A connection is had from a pool for each call. No statement is prepared and no lock outlives its transaction, so that a
pooler may stand between (pgbouncer in transaction mode). What fails because a connection or the server went away is
done again for a while, as long as that cannot do it twice.
"""

import asyncio
from collections.abc import Callable, Collection, Container
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from typing_extensions import override

from flows.retention import Limits, Purged
from flows.session import Assessment, CardRef, Session
from storage.broadcasts import Audience, Broadcast, Record
from storage.errors import StorageError, Trouble
from storage.issued import Issued
from storage.outbox import Lane, Outgoing, Queued
from storage.postgres import broadcasts, deletion, leases, outbox, papers, rates, state
from storage.postgres.apply import Asked, MovedError, apply, apply_locked
from storage.postgres.connecting import Work, cancellation, conninfo_of, done, refuse_encoding, was_cut
from storage.postgres.errors import AGAIN, in_our_terms, storage_error
from storage.postgres.horizon import Horizon
from storage.postgres.migrations import migrate, schema_of
from storage.postgres.outbox import Confirmed
from storage.postgres.stats import stats
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

CONNECTIONS = 16
"""So many at most has a process: more work at a time would make nothing quicker."""
PATIENCE_SECONDS = 5.0
HOPEFUL, SURE = 3, 20
"""So often is it tried to write what was decided upon without locks, and then with them."""
CALL_SECONDS = 60.0
"""So long may one call take; a server that has stopped says nothing for longer."""
LOST = frozenset({Trouble.BUSY, Trouble.UNREACHABLE, Trouble.CROWDED})
"""Of these none that waits a little need hear."""
FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.5
AGAIN_SECONDS = 1.0
"""So long after a fault is what was confirmed tried to be noted again; and so long does the pool try to connect, and is
waited for a connection before it is asked for one once more: by itself it would not try again."""


class PostgresStore(Store):
    """Made by `open_postgres`."""

    shared = True

    def __init__(self, pool: AsyncConnectionPool, place: str) -> None:
        self._pool, self._place = pool, place
        self._confirmed: list[Confirmed] = []
        self._noting: list[Confirmed] = []
        self._confirming: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._horizon = Horizon()

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
        arrived = frozenset(
            one.queued.number for one in (*self._noting, *self._confirmed) if one.queued.window == window
        )
        asked = Asked(window, decide, arrival, link, claim, recent, arrived)
        again = arrival is not None  # what was written before the connection was lost is known by its update
        for work in (*HOPEFUL * [apply], *SURE * [apply_locked]):
            with suppress(MovedError):
                return await self._run(partial(work, asked=asked, place=self._place), again=again)
        raise StorageError(Trouble.BUSY, self._place)

    @override
    async def state(self, window: str, dossier: str | None = None) -> State:
        return await self._run(lambda connection: state.load(connection, window, self._place, dossier))

    @override
    async def shelf(self, window: str) -> list[tuple[str, Session]]:
        return await self._run(lambda connection: state.shelf(connection, window, self._place))

    @override
    async def history(self, dossier: str) -> list[Assessment]:
        return await self._run(lambda connection: state.history(connection, dossier, self._place))

    @override
    async def log(self, dossier: str, last: int | None = None) -> list[LogEntry]:
        return await self._run(lambda connection: state.log(connection, dossier, self._place, last))

    @override
    async def issue(self, dossier: str, issued: Issued) -> bool:
        return await self._together(lambda connection: papers.issue(connection, dossier, issued))

    @override
    async def issued(self, code: str) -> Issued | None:
        return await self._run(lambda connection: papers.find(connection, code, self._place))

    @override
    async def papers(self, dossier: str) -> list[Issued]:
        return await self._run(lambda connection: papers.papers(connection, dossier, self._place))

    @override
    async def waiting(self, window: str) -> list[Queued]:
        return await self._run(lambda connection: outbox.messages(connection, window))

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
        await self._confirm_all()
        if lane is not None:
            return await self._run(lambda connection: outbox.take(connection, [lane], claim, now, self._place))
        since = self._horizon.look(now)
        return await self._run(
            lambda connection: outbox.take_all(connection, claim, now, since, limit, self._place, channels, besides)
        )

    @override
    async def following(self, lane: Lane, now: datetime, holder: str) -> Due | None:
        return await self._run(lambda connection: outbox.following(connection, lane, now, holder, self._place))

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
        if owed is None:
            return await self._run(
                lambda connection: outbox.deliver(connection, queued, now, holder, self._place, card, seen)
            )
        await self._together(lambda connection: outbox.leave(connection, queued, owed, card, seen))
        return await self.following(queued.lane, now, holder)

    @override
    def confirm(self, queued: Queued, holder: str, left: Callable[[], None]) -> None:
        self._confirmed.append(Confirmed(queued, holder, left))
        if self._confirming is None or self._confirming.done():
            self._confirming = asyncio.create_task(self._confirm_in_time())

    async def _confirm_in_time(self) -> None:
        """Note what arrived, many at a time."""
        pause = CONFIRM_SECONDS
        while self._confirmed:
            await asyncio.sleep(pause)
            try:
                await self._confirm_all()
                pause = CONFIRM_SECONDS
            except StorageError:
                pause = AGAIN_SECONDS

    async def _confirm_all(self) -> None:
        """All that there is, and what is being noted already; one call after the other."""
        if not self._confirmed and not self._noting:
            return
        async with self._one_at_a_time:
            if not self._confirmed:
                return
            self._noting, self._confirmed = self._confirmed, []
            try:
                noting = self._noting
                busy = await self._run(lambda connection: outbox.confirm(connection, noting))
            except BaseException:
                self._confirmed[:0] = self._noting
                raise
            finally:
                self._noting = []
        for place in busy:
            noting[place].left()

    @override
    async def advanced(self, queued: Queued, part: int) -> None:
        await self._execute(outbox.ADVANCE, part, *outbox.known(queued))

    @override
    async def next_due(self) -> datetime | None:
        return await self._run(lambda connection: outbox.next_due(connection, self._horizon))

    @override
    async def postpone(self, queued: Queued, until: datetime) -> None:
        await self._together(lambda connection: outbox.postpone(connection, queued, until))

    @override
    async def defer(self, queued: Queued, until: datetime) -> None:
        await self._execute(outbox.DEFER, until, *outbox.known(queued))

    @override
    async def hasten(self, now: datetime) -> None:
        await self._together(lambda connection: outbox.hasten(connection, now))
        self._horizon.forget()

    @override
    async def refused(self, queued: Queued, asked: datetime) -> bool:
        return await self._together(lambda connection: outbox.refused(connection, queued, asked))

    @override
    async def set_aside(self, queued: Queued) -> None:
        await self._together(lambda connection: outbox.give_up(connection, queued))

    @override
    async def damaged(self) -> int:
        return await self._run(_count_of_damaged)

    @override
    async def stats(self, now: datetime) -> Stats:
        async def work(connection: AsyncConnection) -> Stats:
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            await connection.execute("SET LOCAL idle_in_transaction_session_timeout = '4s'")  # none holds up vacuum
            return await stats(connection, now)

        return await self._together(work)

    @override
    async def broadcast(self, id_: str | None = None) -> Broadcast | None:
        return await self._run(lambda connection: broadcasts.find(connection, id_))

    @override
    async def recipients(self, channel: str) -> dict[Audience, int]:
        return await self._run(lambda connection: broadcasts.recipients(connection, channel))

    @override
    async def fan_out(
        self, now: datetime, slice_: int, most: int, said: Callable[[Broadcast], str]
    ) -> Broadcast | None:
        return await self._together(lambda connection: broadcasts.fan_out(connection, now, slice_, most, said))

    @override
    async def audit(self) -> list[Record]:
        return await self._run(broadcasts.audit)

    @override
    async def renew(self, claim: Claim) -> None:
        await self._confirm_all()
        await self._run(lambda connection: outbox.renew(connection, claim))

    @override
    async def holders(self) -> set[str]:
        return await self._run(_holders)

    @override
    async def release(self, holder: str) -> None:
        await self._run(lambda connection: outbox.release(connection, holder))

    @override
    async def lease(self, name: str) -> Lease | None:
        return await self._run(lambda connection: leases.lease(connection, name))

    @override
    async def hold(self, name: str, holder: str, seen: Lease | None) -> Lease | None:
        return await self._run(lambda connection: leases.hold(connection, name, holder, seen))

    @override
    async def let_go(self, name: str, held: Lease) -> None:
        await self._execute(leases.LET_GO, name, held.holder, held.beat)

    @override
    async def draw(self, name: str, count: int, rate: float, kept: int) -> int | None:
        return await self._run(lambda connection: rates.draw(connection, name, count, rate, kept), again=False)

    @override
    async def clock(self) -> datetime | None:
        return await self._run(_now)

    @override
    async def move(self, window: str, to: str) -> bool:
        return await self._together(lambda connection: deletion.move(connection, window, to))

    @override
    async def forget(self, window: str) -> int:
        return await self._together(lambda connection: deletion.forget(connection, window))

    @override
    async def purge(self, limits: Limits, promised: str, after: int = 0, *, dry: bool = False) -> Slice:
        rows = await self._run(lambda connection: deletion.overdue(connection, limits, after, SLICE))
        purged = Purged()
        for dossier in [dossier for _, dossier, over in rows if over]:
            purged += await self._together(
                partial(deletion.retain, dossier=dossier, limits=limits, promised=promised, place=self._place, dry=dry)
            )
        return Slice(purged, rows[-1][0] if len(rows) == SLICE else None)

    @override
    async def tidy(self, before: datetime, now: datetime) -> None:
        while await self._execute(deletion.FORGET_UPDATES, before):
            pass
        await self._execute(deletion.FORGET_LINKS, now)
        await self._execute(broadcasts.FORGET, before)

    @override
    async def clean(self) -> bool:
        return False  # its files are the server's affair

    @override
    async def close(self) -> None:
        if self._confirming is not None:
            self._confirming.cancel()
            await asyncio.gather(self._confirming, return_exceptions=True)
        with suppress(StorageError):  # then it is sent again, which does no harm
            await self._confirm_all()
        await self._pool.close()

    # how all of it is run

    async def _execute(self, statement: str, *values: object) -> int:
        """One statement by itself; how many rows it touched."""

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(statement.encode(), values)).rowcount

        return await self._run(work)

    async def _together(self, work: Work[T]) -> T:
        """Several statements in one transaction."""

        async def whole(connection: AsyncConnection) -> T:
            async with connection.transaction():
                return await work(connection)

        return await self._run(whole)

    async def _run(self, work: Work[T], *, again: bool = True) -> T:
        """Run it, and once more if nothing was written, or if writing it twice does no harm. Raises StorageError."""
        deadline, pause = monotonic() + PATIENCE_SECONDS, FIRST_PAUSE
        heed = cancellation()
        while True:
            try:
                async with self._pool.connection(timeout=AGAIN_SECONDS) as connection, asyncio.timeout(CALL_SECONDS):
                    heed()
                    if not monotonic() > deadline and await was_cut(connection):
                        continue
                    outcome = await done(work, connection)
            except TimeoutError:
                raise StorageError(Trouble.BUSY, self._place) from None
            except psycopg.Error as error:
                trouble = self._trouble(error)
                harmless = again or isinstance(error, PoolTimeout)
                helps = isinstance(error, AGAIN) or (trouble.trouble in LOST and harmless)
            else:
                heed()
                return outcome
            if not helps or monotonic() + pause > deadline:
                raise trouble from None
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    def _trouble(self, error: psycopg.Error) -> StorageError:
        """Where all connections are at work, the server can be reached."""
        if isinstance(error, PoolTimeout) and self._pool.get_stats()["pool_size"] >= self._pool.max_size:
            return StorageError(Trouble.BUSY, self._place)
        return storage_error(error, self._place)


async def _count_of_damaged(connection: AsyncConnection) -> int:
    row = await (await connection.execute(outbox.DAMAGED)).fetchone()
    return int(row[0]) if row else 0


async def _now(connection: AsyncConnection) -> datetime:
    row = await (await connection.execute(rates.CLOCK)).fetchone()
    if row is None:
        raise AssertionError("there is always a time")
    now: datetime = row[0]
    return now.astimezone(UTC)


async def _holders(connection: AsyncConnection) -> set[str]:
    return {holder for (holder,) in await (await connection.execute(outbox.HOLDERS)).fetchall()}


async def open_postgres(url: str, place: str, *, make: bool = True) -> PostgresStore:
    """Open the database, and bring its schema up to date as far as older workers allow; `place` is how it is called.

    Without `make` a database in which there is nothing of ours is left alone.
    Raises StorageError: out of reach, crowded, denied, no such database, not in UTF-8, not ours, newer.
    """
    conninfo = conninfo_of(url, place)
    with in_our_terms(place):
        async with await AsyncConnection.connect(conninfo, **_SETTINGS) as connection:
            refuse_encoding(connection, place)
            if not make and await schema_of(connection, place) is None:
                raise StorageError(Trouble.MISSING, place)
            await migrate(connection, place)
    pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
        conninfo,
        kwargs=_SETTINGS,
        min_size=1,
        max_size=CONNECTIONS,
        open=False,
        reconnect_timeout=AGAIN_SECONDS,
        name="shuping",
    )
    await pool.open()
    return PostgresStore(pool, place)


_SETTINGS: dict[str, Any] = {"autocommit": True, "prepare_threshold": None}
