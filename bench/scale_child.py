"""One of several processes that tap: it does what standard input says, and tells what that took."""

import asyncio
import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from time import perf_counter, process_time

import psutil
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from typing_extensions import override

from bench.storage_speed import CARD, NOW, SESSION, decide_tap, window_of
from flows.session import Session
from storage.opening import open_store
from storage.store import Arrival, Claim, Store

READ = """
SELECT sessions.dossier, sessions.data::text, sessions.revision
FROM shuping.windows JOIN shuping.sessions ON sessions.dossier = windows.front WHERE window_name = %s
"""
WRITE = """
WITH saved AS (
    UPDATE shuping.sessions SET revision = %(new)s, data = %(data)s::json, updated_at = %(at)s
    WHERE dossier = %(dossier)s AND revision = %(old)s RETURNING dossier
), logged AS (
    INSERT INTO shuping.log (dossier, session, kind, item, before, after, at, by)
    SELECT dossier, %(id)s, 'recorded', 'q1', '["B"]', '["B", "C"]', %(at)s, 'local' FROM saved
), seen AS (
    INSERT INTO shuping.updates (channel, id, seen) SELECT 'telegram', %(update)s, %(at)s FROM saved
)
INSERT INTO shuping.outbox (window_name, dossier, key, reply, due, urgency, form)
SELECT %(window)s, dossier, 'card', %(reply)s, %(at)s, 0, 1 FROM saved
"""
SENT = "DELETE FROM shuping.outbox WHERE urgency = 0"
CONNECTIONS = 16
LEASE, LOOK_SECONDS, AT_ONCE = timedelta(seconds=8), 1.0, 256
"""As the worker has them."""


@dataclass(frozen=True, slots=True)
class Took:
    """So many taps took this process so long, on the clock and on the processor; its resident bytes afterwards."""

    taps: int
    seconds: float
    processor: float
    memory: int


class Tapper(ABC):
    """Taps somewhere."""

    @abstractmethod
    async def tap(self, window: str, update: int) -> None:
        """One, answered and confirmed."""

    @abstractmethod
    async def look(self) -> None:
        """Look for what is due, as a worker does now and then."""

    @abstractmethod
    async def close(self) -> None: ...


class Ours(Tapper):
    """What the bot does with a tap, but for what it says to Telegram."""

    def __init__(self, store: Store, holder: str) -> None:
        self.store, self.holder, self.looks = store, holder, 0

    @override
    async def tap(self, window: str, update: int) -> None:
        now = datetime.now(UTC)
        applied = await self.store.apply(
            window, lambda state: decide_tap(state, now), Arrival("telegram", update, now), claim=self.claim(now)
        )
        if applied and applied.due:
            self.store.confirm(applied.due.queued, self.holder, lambda: None)

    @override
    async def look(self) -> None:
        now = datetime.now(UTC)
        for due in await self.store.claim(self.claim(now), now, AT_ONCE):
            self.store.confirm(due.queued, self.holder, lambda: None)
        await self.store.next_due()
        self.looks += 1
        if self.looks % 2:
            await self.store.renew(self.claim(now))
            await self.store.holders()

    def claim(self, now: datetime) -> Claim:
        """As a worker claims."""
        return Claim(self.holder, now + LEASE)

    @override
    async def close(self) -> None:
        await self.store.close()


class Bare(Tapper):
    """The floor: one read, and one conditional write of the same size; what was sent is deleted now and then."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self.pool = pool

    @override
    async def tap(self, window: str, update: int) -> None:
        async with self.pool.connection() as connection:
            while not await self._written(connection, window, update):
                pass

    async def _written(self, connection: AsyncConnection, window: str, update: int) -> bool:
        row = await (await connection.execute(READ, (window,))).fetchone()
        assert row is not None
        dossier, data, revision = row
        session = Session.model_validate_json(data).but(revision=revision + 1)
        values = {"window": window, "dossier": dossier, "old": revision, "new": revision + 1, "at": NOW}
        values |= {"data": session.model_dump_json(), "id": SESSION.id, "update": update, "reply": CARD}
        return (await connection.execute(WRITE, values)).rowcount == 1

    @override
    async def look(self) -> None:
        async with self.pool.connection() as connection:
            await connection.execute(SENT)

    @override
    async def close(self) -> None:
        await self.pool.close()


async def opened(kind: str, url: str, holder: str) -> Tapper:
    """Ours, or the bare statements."""
    if kind != "bare":
        return Ours(await open_store(url), holder)
    settings = {"autocommit": True, "prepare_threshold": None}
    pool = AsyncConnectionPool(url, kwargs=settings, min_size=1, max_size=CONNECTIONS, open=False)
    await pool.open()
    return Bare(pool)


async def tapping(tapper: Tapper, turns: Iterator[tuple[str, int]], flight: int, goes_on: Callable[[], bool]) -> Took:
    """Tap, so many at a time, as long as it goes on."""
    done = 0

    async def one() -> None:
        nonlocal done
        while goes_on():
            window, update = next(turns)
            await tapper.tap(window, update)
            done += 1

    async def look() -> None:
        while True:
            await tapper.look()
            await asyncio.sleep(LOOK_SECONDS)

    began, used = perf_counter(), process_time()
    looking = asyncio.create_task(look())
    await asyncio.gather(*(one() for _ in range(flight)))
    looking.cancel()
    with suppress(asyncio.CancelledError):
        await looking
    return Took(done, perf_counter() - began, process_time() - used, psutil.Process().memory_info().rss)


def turns_of(child: int, children: int, firms: int) -> Iterator[tuple[str, int]]:
    """Firms in any order, each as often as any other, and not the same one twice at a time; and ids of updates."""
    updates = count(child * 10**9)
    mine = list(range(child, firms, children))
    chance = Random(child)  # noqa: S311  # no secrets
    while True:
        chance.shuffle(mine)
        for number in mine:
            yield window_of(number), next(updates)


async def main(kind: str, url: str, child: int, children: int, firms: int) -> None:
    """Each line of input is `{"flight": …, "seconds": …}` or `{"flight": …, "taps": …}`."""
    tapper = await opened(kind, url, f"bench-{child}")
    turns = turns_of(child, children, firms)
    print("{}", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        if "taps" in asked:
            left = iter(range(asked["taps"]))
            goes_on = lambda: next(left, None) is not None  # noqa: B023, E731  # used up before the next line
        else:
            until = perf_counter() + asked["seconds"]
            goes_on = lambda: perf_counter() < until  # noqa: B023, E731  # used up before the next line
        print(json.dumps(asdict(await tapping(tapper, turns, asked["flight"], goes_on))), flush=True)
    await tapper.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])))
