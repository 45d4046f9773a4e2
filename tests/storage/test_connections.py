"""Connections that are lost, one or all; a server that is away for a while: who waits a little hears nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from time import monotonic

import psycopg
import pytest

from storage.postgres.store import CONNECTIONS, PostgresStore, open_postgres
from tests.postgres import SUPERUSER, Server

AT_ONCE = 20 * CONNECTIONS
STARTS_WITHIN = 60.0
"""Seconds that a server takes at most, on a machine that is busy with other things."""
TERMINATE = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'shuping %'"


@pytest.fixture
def durable() -> Iterator[Server]:
    """A server that may be killed."""
    with Server(durable=True) as server:
        yield server


@asynccontextmanager
async def busy(server: Server) -> AsyncIterator[PostgresStore]:
    """A store that has had much to do, and has many connections."""
    with server.database() as url:
        async with await open_postgres(url, "here") as store:
            await asyncio.gather(*(store.state(f"toy:{number}") for number in range(AT_ONCE)))
            yield store


async def seconds(store: PostgresStore) -> float:
    """How long somebody waits for the store."""
    began = monotonic()
    await store.state("toy:1")
    return monotonic() - began


async def test_where_all_connections_were_ended_nobody_waits(postgres: Server) -> None:
    async with busy(postgres) as store:
        with psycopg.connect(postgres.url(SUPERUSER, user=SUPERUSER), autocommit=True) as connection:
            (ended,) = connection.execute(TERMINATE).fetchone() or (0,)
        assert ended > 2
        assert await seconds(store) < 1


@pytest.mark.slow
async def test_after_a_crash_nobody_waits_for_each_connection_that_was_lost(durable: Server) -> None:
    async with busy(durable) as store:
        await asyncio.to_thread(durable.kill)
        await asyncio.to_thread(durable.start)
        assert await seconds(store) < 1


@pytest.mark.slow
async def test_who_asks_while_the_server_is_away_for_seconds_is_answered_when_it_is_back(
    durable: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.postgres.store.PATIENCE_SECONDS", STARTS_WITHIN)
    async with busy(durable) as store:
        await asyncio.to_thread(durable.kill)
        asking = asyncio.create_task(seconds(store))
        await asyncio.sleep(0.5)
        assert not asking.done()
        await asyncio.to_thread(durable.start)
        await asking


async def test_who_is_cancelled_in_the_moment_of_being_given_a_connection_ends(postgres_url: str) -> None:
    """The pool's own waiting forgets it then; a worker that is told to end would go on for ever."""

    async def work(store: PostgresStore) -> None:
        while True:
            await store.state("toy:1")

    async with await open_postgres(postgres_url, "here") as store:
        pool = store._pool
        taken = [await pool.getconn() for _ in range(CONNECTIONS)]
        working = asyncio.create_task(work(store))
        await asyncio.sleep(0.05)
        await pool.putconn(taken.pop())
        working.cancel()
        ended, _ = await asyncio.wait({working}, timeout=10)
        for connection in taken:
            await pool.putconn(connection)
        working.cancel()
        assert ended == {working}
