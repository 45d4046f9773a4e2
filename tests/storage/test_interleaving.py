"""What only happens when two are at work at once, or a server takes over from another: PostgreSQL, step by step."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from psycopg import AsyncConnection

from flows.retention import Limits
from storage.errors import StorageError, Trouble
from storage.opening import open_store
from storage.outbox import Queued
from storage.postgres.deletion import forget_front
from storage.postgres.outbox import CONFIRM, LOCK, RELEASE, RENEW
from storage.postgres.store import PostgresStore
from storage.store import Forgetting, Link, State, Store
from tests.postgres import PASSWORD, USER, Server
from tests.storage.support import (
    ME,
    NOW,
    OTHER,
    WINDOW,
    begun,
    claim,
    decides,
    follows,
    grown,
    just,
    message,
    opens,
    revisions,
    sends,
    taken,
)

BLOCKED = "SELECT cardinality(pg_blocking_pids(%s)) > 0"
ANYBODY_BLOCKED = """
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0)
"""
END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
PATIENCE = "SHOW idle_in_transaction_session_timeout"
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


# windows: what goes with a dossier is decided by what else they have sight of


async def purged(store: Store) -> None:
    await store.purge(Limits(unfinished=NOW + timedelta(days=1)), "recheck")


async def forgotten_elsewhere(store: Store) -> None:
    await store.apply(OTHER, decides(forgotten=Forgetting.DOSSIER))


@pytest.mark.parametrize("forgotten", [purged, forgotten_elsewhere], ids=["purged", "forgotten elsewhere"])
async def test_of_a_window_that_loses_its_two_dossiers_at_once_nothing_is_left(
    store: Store, connect: Hands, forgotten: Callable[[Store], Coroutine[None, None, None]]
) -> None:
    """Each of the two who delete sees the other dossier still there."""
    recent = begun("d2").but(updated_at=NOW + timedelta(days=2))
    await store.apply(WINDOW, opens("d1", links=(Link("hash", "d1", NOW),)))
    await store.apply(OTHER, follows, link="hash")
    await store.apply(WINDOW, just(recent, dossier="d2"))
    here, watching = await connect(), await connect()
    async with here.transaction():
        await here.execute(LOCK, ([WINDOW, "d2"],))
        await forget_front(here, WINDOW, "d2", Forgetting.SIGHT)
        there = asyncio.create_task(forgotten(store))
        async with asyncio.timeout(10):
            while not there.done() and not await one(watching, ANYBODY_BLOCKED):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    await there
    assert await store.state(WINDOW) == State()
    assert await one(watching, "SELECT count(*) FROM shuping.windows") == 0


# connections: what the server ended, or made of no use, is had anew


async def one(connection: AsyncConnection, statement: str) -> object:
    """The one value of the one row."""
    row = await (await connection.execute(statement.encode())).fetchone()
    assert row
    return row[0]


async def run(connection: AsyncConnection, statement: str) -> None:
    """On whatever database this is."""
    name = connection.info.dbname
    await connection.execute(statement.format(database=name).encode())


async def test_connections_that_were_ended_while_nobody_used_them_fail_nobody(store: Store, connect: Hands) -> None:
    """Not even who must not do a thing twice: nothing has been asked of them."""
    await asyncio.gather(*(store.apply(f"telegram:{number}", sends(message("card"))) for number in range(20)))
    outside = await connect()
    async with asyncio.timeout(10):
        while (await outside.execute(END_OTHERS)).rowcount:  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # until they have ended, of which nobody tells
    for number in range(20):
        await store.apply(WINDOW, sends(message(f"{number}")))
    assert len(await store.waiting(WINDOW)) == 20


async def test_who_stopped_in_a_transaction_does_it_again(store: PostgresStore) -> None:
    """As a process that was put to sleep: the server has ended its transaction, and nothing was written."""
    naps = iter([0.3])

    async def work(connection: AsyncConnection) -> str:
        await connection.execute("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
        time.sleep(next(naps, 0))  # noqa: ASYNC251  # all of the process stands still
        await connection.execute("SELECT 1")
        return "done"

    assert await store._together(work) == "done"


async def test_a_server_that_no_longer_takes_anything_is_left_for_the_one_that_does(
    postgres_url: str, connect: Hands
) -> None:
    """As after a standby has taken over, when a name or a balancer leads there, and old connections do not."""
    outside = await connect()
    await run(outside, "ALTER DATABASE {database} SET default_transaction_read_only = on")
    async with await open_store(postgres_url) as store:
        await store.clock()
        await run(outside, "ALTER DATABASE {database} RESET default_transaction_read_only")
        await store.apply(WINDOW, sends(message("card")))
        assert len(await store.waiting(WINDOW)) == 1


async def test_of_several_servers_the_one_that_takes_what_is_written_is_found(postgres: Server) -> None:
    name = postgres.create()
    with Server() as standby:
        standby._run(f"CREATE DATABASE {name}")
        standby._run(f"ALTER ROLE {USER} SET default_transaction_read_only = on")
        places = ",".join(quote(str(server.folder), safe="") for server in (standby, postgres))
        url = f"postgresql://{USER}:{PASSWORD}@/{name}?host={places}"
        async with await open_store(url) as store:
            await store.apply(WINDOW, grown)
            assert await revisions(store) == (1, [1])
    postgres.drop(name)


async def test_where_nothing_can_be_written_it_is_said(
    postgres_url: str, connect: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.postgres.store.PATIENCE_SECONDS", 0.1)
    await run(await connect(), "ALTER DATABASE {database} SET default_transaction_read_only = on")
    async with await open_store(postgres_url) as store:
        with pytest.raises(StorageError) as caught:
            await store.apply(WINDOW, sends(message("card")))
        assert caught.value.trouble is Trouble.READ_ONLY
        assert await store.waiting(WINDOW) == []


async def test_where_all_connections_are_at_work_the_server_is_busy_and_not_out_of_reach(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.postgres.store.CONNECTIONS", 1)
    monkeypatch.setattr("storage.postgres.store.PATIENCE_SECONDS", 0.1)
    async with await open_store(postgres_url) as store:
        assert isinstance(store, PostgresStore)
        working, done = asyncio.Event(), asyncio.Event()

        async def work(_connection: AsyncConnection) -> None:
            working.set()
            await done.wait()

        at_work = asyncio.create_task(store._run(work))
        await working.wait()
        with pytest.raises(StorageError) as caught:
            await store.clock()
        assert caught.value.trouble is Trouble.BUSY
        done.set()
        await at_work
        assert await store.clock()


async def test_who_stops_with_locks_in_hand_keeps_nobody_waiting_for_long(connect: Hands) -> None:
    """The server ends the transaction, also that of a host of which nothing is heard any more."""
    stopped = await connect()
    async with stopped.transaction():
        await stopped.execute(LOCK, ([WINDOW],))
        assert await one(stopped, PATIENCE) == "4s"
    assert await one(stopped, PATIENCE) == "0", "a pooler gives the connection to somebody else"


# rights: a role to which nothing belongs but its schema

RESTRICTED = """
ALTER DATABASE {database} OWNER TO postgres;
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO shuping;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO postgres;
CREATE SCHEMA shuping AUTHORIZATION shuping
"""


async def test_a_schema_of_its_own_is_all_that_a_role_needs(database: str) -> None:
    async with await AsyncConnection.connect(database, user="postgres", password="", autocommit=True) as administrator:
        await run(administrator, RESTRICTED)
    async with await open_store(database) as store:
        await store.apply(WINDOW, grown)
        assert await revisions(store) == (1, [1])
