"""What several hosts have together: turns, and a clock; in stores that one host has for itself, nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from psycopg import AsyncConnection

from storage.opening import open_store
from storage.store import Store

NAME, RATE = "telegram", 20.0
SLOW = 0.001
"""Turns a second: none comes while a test runs."""


def come_since(began: float) -> float:
    """How many turns there may be that were not there then."""
    return RATE * (monotonic() - began)


async def test_where_nobody_else_sends_each_process_keeps_its_own_limit(store: Store) -> None:
    if not store.shared:
        assert await store.draw(NAME, 3, RATE, 0) is None


async def test_where_one_host_is_for_itself_its_clock_is_the_clock(store: Store) -> None:
    assert (await store.clock() is None) is not store.shared


@pytest.fixture
async def stores(database: str) -> AsyncIterator[list[Store]]:
    """Of three processes on one PostgreSQL."""
    opened = [await open_store(database) for _ in range(3)]
    yield opened
    for store in opened:
        await store.close()


async def test_a_seconds_worth_is_there_at_first(stores: list[Store]) -> None:
    assert await stores[0].draw(NAME, 100, RATE, 0) == RATE
    assert await stores[1].draw("another", 100, RATE, 0) == RATE


async def test_nobody_gets_more_than_they_asked_for(stores: list[Store]) -> None:
    assert await stores[0].draw(NAME, 3, RATE, 0) == 3


async def test_the_last_are_left_to_who_keeps_fewer(stores: list[Store]) -> None:
    (reminders, answers, _), began = stores, monotonic()
    assert await reminders.draw(NAME, 100, RATE, 5) == RATE - 5
    assert (await reminders.draw(NAME, 100, RATE, 5) or 0) <= come_since(began)
    assert await answers.draw(NAME, 2, RATE, 0) == 2


async def test_who_asks_at_the_same_moment_gets_no_more_together(stores: list[Store]) -> None:
    await stores[0].draw(NAME, 1, SLOW, 0)  # the only one
    await asyncio.gather(*(store.draw(NAME, 1, 1000.0, 0) for store in stores))
    began = monotonic()
    draws = await asyncio.gather(*(store.draw(NAME, 7, RATE, 0) for store in stores for _ in range(10)))
    assert sum(drawn or 0 for drawn in draws) <= RATE + come_since(began)


async def test_turns_come_back_by_the_clock_of_the_server(stores: list[Store]) -> None:
    began = monotonic()
    await stores[0].draw(NAME, int(RATE), RATE, 0)
    assert (await stores[1].draw(NAME, int(RATE), RATE, 0) or 0) <= come_since(began)
    await asyncio.sleep(0.4)
    assert 0.3 * RATE <= (await stores[2].draw(NAME, int(RATE), RATE, 0) or 0) <= RATE


async def test_a_clock_that_was_set_back_stops_nobody(stores: list[Store], database: str) -> None:
    await stores[0].draw(NAME, 1, SLOW, 0)  # the only one
    async with await AsyncConnection.connect(database, autocommit=True) as outside:
        await outside.execute("UPDATE shuping.rates SET at = clock_timestamp() + interval '1 hour'")
    assert await stores[0].draw(NAME, 1, SLOW, 0) == 0
    await asyncio.sleep(0.2)
    assert await stores[1].draw(NAME, 1, RATE, 0) == 1


async def test_less_than_one_a_second_is_one_now_and_then(stores: list[Store]) -> None:
    assert [await store.draw(NAME, 5, 0.1, 0) for store in stores] == [1, 0, 0]


async def test_the_clock_is_that_of_the_server(stores: list[Store]) -> None:
    there = await stores[0].clock()
    assert there is not None
    assert abs(datetime.now(UTC) - there) < timedelta(seconds=1)
