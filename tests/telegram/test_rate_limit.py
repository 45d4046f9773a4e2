"""Who goes first when not all can be sent at once, and that nobody holds a place for ever."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.delivery.rate_limit import CHAT_BURST, KEPT, RateLimit
from storage.outbox import Urgency

RATE = 12.0


@pytest.fixture
async def running() -> AsyncIterator[list[asyncio.Task[None]]]:
    """Whoever waits for a turn; ended with the test."""
    tasks: list[asyncio.Task[None]] = []
    yield tasks
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class Street:
    """People of whom each wants one turn."""

    def __init__(self, pace: RateLimit, tasks: list[asyncio.Task[None]]) -> None:
        self.pace, self.tasks, self.served = pace, tasks, list[str]()

    async def comes(self, name: str, urgency: Urgency = Urgency.ANSWER) -> asyncio.Task[None]:
        async def turn() -> None:
            await self.pace.turn(name, urgency)
            self.served.append(name)

        self.tasks.append(asyncio.create_task(turn()))
        await asyncio.sleep(0)
        return self.tasks[-1]


@pytest.fixture
def street(running: list[asyncio.Task[None]]) -> Street:
    return Street(RateLimit(RATE), running)


async def test_without_a_rate_nobody_waits() -> None:
    pace = RateLimit(0)
    assert [await pace.turn("ann") for _ in range(100)] == [False] * 100


async def test_some_places_are_kept_for_who_is_answering(street: Street) -> None:
    for number in range(40):
        await street.comes(f"stranger {number}", Urgency.GREETING)
    assert len(street.served) == RATE - RATE // KEPT
    await street.comes("ann")
    assert street.served[-1] == "ann"


async def test_the_most_urgent_go_first_whoever_came_earlier(street: Street) -> None:
    for number in range(int(RATE)):
        await street.comes(f"answer {number}")
    for urgency in reversed(Urgency):
        await street.comes(urgency.name, urgency)
    await asyncio.sleep(1.3)
    assert street.served[int(RATE) :] == [urgency.name for urgency in Urgency]


async def test_a_place_is_free_again_after_a_second_whatever_becomes_of_the_call(street: Street) -> None:
    for number in range(int(RATE) + 3):
        await street.comes(f"{number}")
    assert len(street.served) == RATE
    await asyncio.sleep(1.2)
    assert len(street.served) == RATE + 3


async def test_who_gave_up_waiting_takes_no_place(street: Street) -> None:
    for number in range(int(RATE)):
        await street.comes(f"{number}")
    gone = await street.comes("gone")
    gone.cancel()
    await street.comes("ann")
    await asyncio.sleep(1.2)
    assert street.served[int(RATE) :] == ["ann"]


async def test_a_chat_has_a_short_burst_and_then_about_one_a_second() -> None:
    now = 0.0
    pace = RateLimit(RATE, clock=lambda: now)
    assert [pace._wait("ann") for _ in range(CHAT_BURST + 2)] == [-2, -1, 0, 1, 2]
    now = 60.0
    assert pace._wait("ann") == -2
