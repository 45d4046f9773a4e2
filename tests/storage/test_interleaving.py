"""What only happens when two are at work at once, or a server takes over from another: PostgreSQL, step by step."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from psycopg import AsyncConnection

from storage.opening import open_store
from storage.outbox import Queued
from storage.postgres.outbox import CONFIRM, RELEASE, RENEW
from storage.store import Store
from tests.storage.support import ME, NOW, OTHER, WINDOW, claim, message, sends, taken

BLOCKED = "SELECT cardinality(pg_blocking_pids(%s)) > 0"
LOCK_CLAIM = "SELECT FROM shuping.claims WHERE window_name = %s FOR UPDATE"

Hands = Callable[[], Awaitable[AsyncConnection]]


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[Store]:
    async with await open_store(postgres_url) as opened:
        yield opened


@pytest.fixture
async def connect(postgres_url: str) -> AsyncIterator[Hands]:
    """Connections that do what the test says, and nothing by themselves."""
    async with AsyncExitStack() as stack:

        async def one() -> AsyncConnection:
            connection = await AsyncConnection.connect(postgres_url, autocommit=True)
            return await stack.enter_async_context(connection)

        yield one


async def blocked(connection: AsyncConnection, watching: AsyncConnection) -> None:
    """Wait until a connection waits for another one."""
    async with asyncio.timeout(10):
        while (await (await watching.execute(BLOCKED, (connection.info.backend_pid,))).fetchone()) != (True,):  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # the server has no event for it


# claims: everybody takes several in one order


@pytest.mark.parametrize("statement", [RENEW, RELEASE], ids=["renew", "release"])
async def test_who_renews_and_who_confirms_never_wait_for_each_other_in_a_circle(
    store: Store, connect: Hands, statement: str
) -> None:
    """One comes upon the claims as they lie in the table, the other as they were sent."""
    for window in (WINDOW, OTHER):  # the last by name lies first
        await store.apply(window, sends(message("card")))
        assert await taken(store, window=window)
    first, third, watching, holding = [await connect() for _ in range(4)]
    values = {"holder": ME, "until": claim().until}
    confirmed = ([0, 0], [OTHER, WINDOW], [None, None], [False, False], [ME, ME])
    async with holding.transaction():
        await holding.execute(LOCK_CLAIM, (WINDOW,))
        renewing = asyncio.create_task(first.execute(statement.encode(), values))
        await blocked(first, watching)
        confirming = asyncio.create_task(third.execute(CONFIRM, confirmed))
        await blocked(third, watching)
    await asyncio.gather(renewing, confirming)


# numbers: a server that takes over may have lost the newest messages, and gives their numbers again


async def delivered(store: Store, queued: Queued) -> None:
    await store.delivered(queued, NOW, ME)


async def owing(store: Store, queued: Queued) -> None:
    await store.delivered(queued, NOW, ME, owed=message("owed", key="owed"))


async def confirmed(store: Store, queued: Queued) -> None:
    store.confirm(queued, ME, left=lambda: None)
    await store.renew(claim())


async def confirmed_by_an_answer(store: Store, queued: Queued) -> None:
    store.confirm(queued, ME, left=lambda: None)
    await store.apply(WINDOW, sends(message("answer")))


async def advanced(store: Store, queued: Queued) -> None:
    await store.advanced(queued, 1)


async def put_off(store: Store, queued: Queued) -> None:
    await store.postpone(queued, NOW + timedelta(days=1))


async def deferred(store: Store, queued: Queued) -> None:
    await store.defer(queued, NOW + timedelta(days=1))


async def refused(store: Store, queued: Queued) -> None:
    await store.refused(queued, NOW)


async def set_aside(store: Store, queued: Queued) -> None:
    await store.set_aside(queued)


@pytest.mark.parametrize(
    "mark",
    [delivered, owing, confirmed, confirmed_by_an_answer, advanced, put_off, deferred, refused, set_aside],
    ids=lambda mark: str(mark.__name__),
)
async def test_what_becomes_of_a_lost_message_does_not_befall_another_of_its_number(
    store: Store, mark: Callable[[Store, Queued], Awaitable[None]]
) -> None:
    for window in (WINDOW, OTHER):
        await store.apply(window, sends(message(f"to {window}")))
    mine = await taken(store)
    (theirs,) = await store.waiting(OTHER)
    assert mine
    await mark(store, replace(mine.queued, number=theirs.number))
    assert await store.waiting(OTHER) == [theirs]
    assert await store.damaged() == 0
