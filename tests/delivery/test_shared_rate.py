"""Turns that several processes share: never more than there are, the urgent first, nobody kept waiting by the idle.

Time is simulated: hours pass at once, and the same way at every run.
"""

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.rate_limit import RateLimit
from bot.delivery.shared_rate import IN_HAND_SECONDS, SharedRate
from storage.errors import StorageError, Trouble
from storage.outbox import Urgency
from tests.examples import tries

RATE, KEPT = 30.0, 5
ROUND_TRIP = 0.002


class SimulatedTime(asyncio.SelectorEventLoop):
    """A loop that never waits: where nothing is to be done, it is later at once."""

    def __init__(self) -> None:
        super().__init__(selectors.SelectSelector())
        self.now = 0.0
        self._selector: Any
        select = self._selector.select

        def leap(timeout: float | None = None) -> Any:
            self.now += timeout or 0.0
            return select(0)

        self._selector.select = leap

    def time(self) -> float:
        return self.now


def simulated(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=SimulatedTime) as runner:
        runner.run(work())


def now() -> float:
    return asyncio.get_running_loop().time()


@dataclass
class Bucket:
    """The store that all draw from, a round trip away; `faults` of the next draws fail."""

    rate: float = RATE
    level: float = RATE
    at: float = 0.0
    draws: int = 0
    faults: int = 0

    async def draw(self, count: int, rate: float, kept: int) -> int:
        await asyncio.sleep(ROUND_TRIP / 2)
        self.draws += 1
        if self.faults:
            self.faults -= 1
            raise StorageError(Trouble.BUSY, "postgresql://")
        self.level, self.at = min(rate, self.level + rate * (now() - self.at)), now()
        drawn = max(0, min(count, int(self.level - kept)))
        self.level -= drawn
        await asyncio.sleep(ROUND_TRIP / 2)
        return drawn


@dataclass
class Town:
    """Processes that send, and when each message of each urgency went out, after how long a wait."""

    bucket: Bucket = field(default_factory=Bucket)
    sent: list[tuple[float, int, Urgency, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.processes = [SharedRate(self.bucket.draw, RATE, KEPT, now) for _ in range(5)]

    async def send(self, process: int, urgency: Urgency = Urgency.ANSWER) -> bool:
        began = now()
        waited = await self.processes[process].take(urgency)
        self.sent.append((now(), process, urgency, now() - began))
        return waited

    async def flood(self, process: int, urgency: Urgency, count: int) -> None:
        await asyncio.gather(*(self.send(process, urgency) for _ in range(count)))

    async def steadily(self, process: int, urgency: Urgency, count: int, rate: float) -> None:
        """So many a second, each at its time, whether those before went out or not."""
        sending = []
        for _ in range(count):
            sending.append(asyncio.create_task(self.send(process, urgency)))
            await asyncio.sleep(1 / rate)
        await asyncio.gather(*sending)

    def waits(self, process: int, urgency: Urgency) -> list[float]:
        return [wait for _, by, of, wait in self.sent if (by, of) == (process, urgency)]

    def within(self, began: float, seconds: float, *processes: int) -> int:
        """How many went out in that time."""
        return sum(began <= at < began + seconds and by in processes for at, by, _, _ in self.sent)


Act = tuple[float, int, Urgency, int]
ACTS = st.lists(
    st.tuples(st.floats(0, 8), st.integers(0, 4), st.sampled_from(Urgency), st.integers(1, 40)), min_size=1, max_size=25
)


@settings(deadline=None, max_examples=tries(60))
@given(ACTS)
def test_all_together_never_send_more_than_there_is(acts: list[Act]) -> None:
    """Whoever sends what and when: no more than was saved up and came since; what is in hand is a second old."""
    town = Town()

    async def act(after: float, process: int, urgency: Urgency, count: int) -> None:
        await asyncio.sleep(after)
        await town.flood(process, urgency, count)

    async def walk() -> None:
        await asyncio.gather(*(act(*one) for one in acts))

    simulated(walk)
    assert len(town.sent) == sum(count for *_, count in acts), "everybody comes to it"
    times = sorted(at for at, *_ in town.sent)
    for number, at in enumerate(times):
        assert number + 1 <= RATE + RATE * at + 1e-6
    for first, began in enumerate(times):
        for last in range(first, len(times)):
            assert last - first + 1 <= RATE + RATE * (times[last] - began + IN_HAND_SECONDS) + 1e-6


def test_a_card_that_is_answered_does_not_wait_for_reminders_of_other_processes() -> None:
    town = Town()

    async def walk() -> None:
        floods = [town.flood(process, Urgency.REMINDER, 400) for process in (1, 2)]
        await asyncio.gather(*floods, town.steadily(0, Urgency.ANSWER, 200, rate=8.0))

    simulated(walk)
    assert max(town.waits(0, Urgency.ANSWER)) <= 2 * ROUND_TRIP


def test_nor_for_those_of_its_own_process() -> None:
    town = Town()

    async def walk() -> None:
        await asyncio.gather(town.flood(0, Urgency.GREETING, 400), town.steadily(0, Urgency.ANSWER, 100, rate=8.0))

    simulated(walk)
    assert max(town.waits(0, Urgency.ANSWER)) <= 2 * ROUND_TRIP


def test_the_most_urgent_of_a_process_go_first_whoever_came_earlier() -> None:
    town = Town()

    async def walk() -> None:
        await town.flood(1, Urgency.FILE, 25)
        await asyncio.gather(*(town.flood(0, urgency, 8) for urgency in reversed(Urgency)))

    simulated(walk)
    served = [urgency for _, by, urgency, _ in town.sent if by == 0 and urgency is not Urgency.ANSWER]
    later = served[7:]  # the first draw was on its way before all had come
    assert all(one <= other for one, other in pairwise(later))


def test_all_that_there_is_is_used_and_every_process_comes_to_its_share() -> None:
    town = Town()

    async def walk() -> None:
        await asyncio.gather(*(town.flood(process, Urgency.REMINDER, 300) for process in range(3)))

    simulated(walk)
    busy = 600 / RATE
    assert town.within(0, busy, 0, 1, 2) >= 0.95 * RATE * busy
    shares = [town.within(0, busy, process) for process in range(3)]
    assert min(shares) >= 0.4 * max(shares), "whoever wakes first, nobody is left out"


def test_who_has_nothing_more_to_send_keeps_nothing_from_others() -> None:
    town = Town()

    async def walk() -> None:
        await asyncio.gather(town.steadily(1, Urgency.GREETING, 100, rate=20.0), town.flood(0, Urgency.GREETING, 300))

    simulated(walk)
    last = max(at for at, by, *_ in town.sent if by == 1)
    assert town.within(last + 1, 2, 0) >= 0.8 * RATE * 2


def test_one_draw_serves_several() -> None:
    town = Town()

    async def walk() -> None:
        await town.steadily(0, Urgency.ANSWER, 200, rate=20.0)

    simulated(walk)
    assert town.bucket.draws <= 200 / 5
    answered_at_once = [wait for wait in town.waits(0, Urgency.ANSWER) if wait == 0]
    assert len(answered_at_once) >= 200 * 4 / 5, "a turn in hand takes no round trip"


def test_who_sends_seldom_draws_nothing_ahead() -> None:
    town = Town()

    async def walk() -> None:
        await town.steadily(0, Urgency.ANSWER, 20, rate=0.5)

    simulated(walk)
    assert town.bucket.draws == 20
    assert town.bucket.level >= RATE - 1


def test_to_ask_for_a_turn_is_no_wait_and_to_be_refused_one_is() -> None:
    town = Town()
    waits: list[bool] = []

    async def walk() -> None:
        waits.extend([await town.send(0) for _ in range(int(RATE) + 5)])

    simulated(walk)
    assert not any(waits[:20])
    assert any(waits[20:])


def test_while_the_database_does_not_answer_nobody_sends_and_then_all_do() -> None:
    town = Town(Bucket(faults=4))

    async def walk() -> None:
        await town.flood(0, Urgency.ANSWER, 10)

    simulated(walk)
    assert min(at for at, *_ in town.sent) >= 0.5 + 1 + 2 + 4
    assert len(town.sent) == 10
    assert town.bucket.draws < 10


def test_who_gave_up_waiting_takes_no_turn() -> None:
    town = Town(Bucket(level=0.0))

    async def walk() -> None:
        gone = [asyncio.create_task(town.send(0)) for _ in range(20)]
        await asyncio.sleep(0.001)
        for task in gone:
            task.cancel()
        await town.send(0)

    simulated(walk)
    assert len(town.sent) == 1
    assert town.sent[0][0] < 0.5


async def alone(count: int, rate: float, kept: int) -> None:
    """A store that one host has for itself."""


@pytest.mark.parametrize("draw", [None, alone], ids=["no store", "a store of one host"])
def test_where_nobody_shares_a_process_has_the_whole_limit(draw: Callable[..., Awaitable[int | None]] | None) -> None:
    waits: list[bool] = []

    async def walk() -> None:
        limit = RateLimit(RATE, draw, clock=now)
        waits.extend([await limit.turn(f"{number}") for number in range(int(RATE) + 1)])

    simulated(walk)
    assert waits == [False] * int(RATE) + [True]


def test_one_process_keeps_to_the_limit_within_every_second_by_itself() -> None:
    """What was saved up in the store is not sent on top."""
    times: list[float] = []

    async def walk() -> None:
        limit = RateLimit(RATE, Bucket().draw, clock=now)

        async def send(number: int) -> None:
            await limit.turn(f"{number}")
            times.append(now())

        await asyncio.gather(*(send(number) for number in range(150)))

    simulated(walk)
    assert all(later - earlier >= 1 for earlier, later in zip(times, times[int(RATE) :], strict=False))
    assert times[-1] <= 150 / RATE * 1.1
