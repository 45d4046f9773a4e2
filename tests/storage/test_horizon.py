"""What was sent long ago is not walked over in every look, and nothing that waits is passed over for long."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import AsyncConnection

from storage.opening import open_store
from storage.outbox import Outgoing
from storage.postgres.horizon import LATE, LONG_AGO, URGENCIES, WHOLE_LOOK_SECONDS, Horizon
from storage.postgres.outbox import FIRSTS
from storage.postgres.store import PostgresStore
from storage.store import Claim, Decision

NOW = datetime.now(UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
NOTHING = [None] * URGENCIES
LIMIT = 256


class Ticks:
    """A clock that goes on when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def horizon(ticks: Ticks) -> Horizon:
    return Horizon(ticks)


# what a look knows of the one before


def test_at_first_anything_may_wait(horizon: Horizon) -> None:
    assert horizon.look(NOW) == [LONG_AGO] * URGENCIES


def test_where_nothing_waits_the_next_look_leaves_time_for_what_is_being_written(horizon: Horizon) -> None:
    horizon.looked(horizon.look(NOW), NOTHING, NOW)
    assert horizon.look(NOW + SECOND) == [NOW - LATE] * URGENCIES


def test_the_next_look_begins_with_what_waited_longest_of_each_urgency(horizon: Horizon) -> None:
    horizon.looked(horizon.look(NOW), [NOW - HOUR, NOW, NOW + HOUR, *NOTHING[3:]], NOW)
    assert horizon.look(NOW) == [NOW - HOUR] + [NOW - LATE] * (URGENCIES - 1)


@pytest.mark.parametrize(("here", "there"), [(-HOUR, 0 * HOUR), (0 * HOUR, -HOUR)])
def test_of_two_clocks_the_one_that_is_behind_counts(horizon: Horizon, here: timedelta, there: timedelta) -> None:
    horizon.looked(horizon.look(NOW + here), NOTHING, NOW + there)
    assert horizon.look(NOW) == [NOW - HOUR - LATE] * URGENCIES


def test_what_is_known_is_not_unlearned(horizon: Horizon) -> None:
    horizon.looked(horizon.look(NOW), NOTHING, NOW)
    horizon.looked(horizon.look(NOW), NOTHING, NOW - MINUTE)
    assert horizon.look(NOW) == [NOW - LATE] * URGENCIES


def test_a_clock_that_was_set_back_makes_the_look_a_whole_one(horizon: Horizon) -> None:
    horizon.looked(horizon.look(NOW), NOTHING, NOW)
    assert horizon.look(NOW - SECOND) == [LONG_AGO] * URGENCIES


def test_now_and_then_a_look_is_a_whole_one(horizon: Horizon, ticks: Ticks) -> None:
    horizon.looked(horizon.look(NOW), NOTHING, NOW)
    ticks.seconds += WHOLE_LOOK_SECONDS - 1
    assert horizon.look(NOW) != [LONG_AGO] * URGENCIES
    ticks.seconds += 1
    assert horizon.look(NOW) == [LONG_AGO] * URGENCIES


def test_what_was_seen_before_all_was_forgotten_counts_for_nothing(horizon: Horizon) -> None:
    since = horizon.look(NOW)
    horizon.forget()
    horizon.looked(since, NOTHING, NOW)
    assert horizon.look(NOW) == [LONG_AGO] * URGENCIES


# a worker that looks, and others that write


@pytest.fixture
async def looking(database: str, horizon: Horizon) -> AsyncIterator[PostgresStore]:
    """Of a worker that has looked for what is due, and found nothing."""
    async with await open_store(database) as store:
        assert isinstance(store, PostgresStore)
        store._horizon = horizon
        await look(store)
        yield store


@pytest.fixture
async def writing(database: str) -> AsyncIterator[PostgresStore]:
    """Of another one, on another host."""
    async with await open_store(database) as store:
        assert isinstance(store, PostgresStore)
        yield store


async def look(store: PostgresStore, now: datetime = NOW) -> list[str]:
    """As the worker does; gives what is due."""
    found = await store.claim(Claim("looking", now + MINUTE), now, LIMIT)
    await store.next_due()
    return [due.queued.reply for due in found]


def message(reply: str, due: datetime) -> Decision:
    return Decision(outbox=(Outgoing(reply, due),))


async def test_what_another_writes_after_a_look_is_found_by_the_next(
    looking: PostgresStore, writing: PostgresStore
) -> None:
    await writing.apply("telegram:1", lambda _: message("hello", NOW - SECOND))
    assert await look(looking) == ["hello"]


async def test_what_was_decided_before_a_look_and_committed_after_it_is_found(
    looking: PostgresStore, writing: PostgresStore, database: str
) -> None:
    await writing.apply("telegram:1", lambda _: message("late", NOW - LATE + SECOND))
    async with await AsyncConnection.connect(database) as connection:
        await connection.execute("CREATE TEMP TABLE kept AS SELECT * FROM shuping.outbox")
        await connection.execute("DELETE FROM shuping.outbox")
        await connection.commit()
        await connection.execute(
            "INSERT INTO shuping.outbox (window_name, reply, due, urgency, form)"
            " SELECT window_name, reply, due, urgency, form FROM kept"
        )
        assert await look(looking) == []
        await connection.commit()
    assert await look(looking) == ["late"]


async def test_what_is_hastened_by_another_is_found(looking: PostgresStore, writing: PostgresStore) -> None:
    await writing.apply("telegram:1", lambda _: message("later", NOW + HOUR))
    assert await look(looking) == []
    await writing.hasten(NOW - SECOND)
    assert await look(looking) == ["later"]


async def test_by_a_clock_that_was_set_back_one_finds_what_one_hastens(
    looking: PostgresStore, writing: PostgresStore
) -> None:
    await writing.apply("telegram:1", lambda _: message("later", NOW + HOUR))
    await looking.hasten(NOW - HOUR)
    assert await look(looking, NOW - HOUR) == ["later"]


async def test_what_was_written_by_a_clock_far_behind_is_sent_by_who_wrote_it_and_found_by_a_whole_look(
    looking: PostgresStore, writing: PostgresStore, ticks: Ticks
) -> None:
    await writing.apply("telegram:1", lambda _: message("slow", NOW - HOUR))
    await writing.apply("telegram:2", lambda _: message("dead", NOW - HOUR))
    assert await look(looking) == []
    slow, _ = await writing.claim(Claim("writing", NOW), NOW - HOUR, LIMIT)
    assert slow.queued.reply == "slow"
    await writing.delivered(slow.queued, NOW - HOUR, "writing")
    ticks.seconds += WHOLE_LOOK_SECONDS
    await writing.release("writing")
    assert await look(looking) == ["dead"]


async def test_what_waits_long_stays_in_sight(looking: PostgresStore, writing: PostgresStore, ticks: Ticks) -> None:
    """Claimed by another who dies at last, hours later."""
    await writing.apply("telegram:1", lambda _: message("claimed", NOW))
    await writing.claim(Claim("writing", NOW + 2 * HOUR), NOW, LIMIT)
    for hours in (0, 1):
        assert await look(looking, NOW + hours * HOUR) == []
    assert await look(looking, NOW + 2 * HOUR) == ["claimed"]
    assert ticks.seconds < WHOLE_LOOK_SECONDS


async def test_what_moves_to_another_window_is_not_lost(looking: PostgresStore, writing: PostgresStore) -> None:
    await writing.apply("telegram:1", lambda _: Decision(dossier="d", outbox=(Outgoing("moving", NOW - HOUR),)))
    await looking.hasten(NOW)  # whatever it knew
    await looking.next_due()
    await writing.move("telegram:1", "telegram:2")
    assert await look(looking) == ["moving"]


# while somebody keeps a snapshot open


async def test_what_was_sent_is_not_walked_over_though_somebody_may_still_see_it(
    database: str, horizon: Horizon
) -> None:
    async with await open_store(database) as store, await AsyncConnection.connect(database) as old:
        assert isinstance(store, PostgresStore)
        store._horizon = horizon
        await old.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
        await old.execute("SELECT count(*) FROM shuping.outbox")
        await send(database, 20_000)
        walked = await pages(database, [LONG_AGO] * URGENCIES)
        await look(store)
        assert await pages(database, horizon.since) < walked / 4


async def send(database: str, count: int) -> None:
    """So many were queued, the last of them minutes ago, and have left the outbox."""
    async with await AsyncConnection.connect(database, autocommit=True) as connection:
        await connection.execute(
            "INSERT INTO shuping.outbox (window_name, reply, due, urgency, form)"
            " SELECT 'telegram:' || n, '', %s, 0, 1 FROM generate_series(1, %s) AS n",
            (NOW - 2 * LATE, count),
        )
        await connection.execute("DELETE FROM shuping.outbox")


async def pages(database: str, since: list[datetime]) -> int:
    """How often a page is looked at to find what falls due first."""
    async with await AsyncConnection.connect(database) as connection:
        await connection.execute("SET enable_seqscan = off")
        explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {FIRSTS}"
        row = await (await connection.execute(explained.encode(), (since,))).fetchone()
        assert row is not None
        return int(row[0][0]["Plan"]["Shared Hit Blocks"])
