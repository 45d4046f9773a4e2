"""Alive and moving, ready to be asked: by a clock that a test sets, and a database that fails by plan."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from typing_extensions import override

from bot.delivery.lease import Ownership
from bot.delivery.worker import Worker
from bot.serving import condition as module
from bot.serving.condition import ASKED_LATELY, LEASE_SECONDS, LOOK_SECONDS, SENDING_SECONDS, Condition, Kept
from storage.errors import StorageError, Trouble
from storage.memory import MemoryStore
from storage.store import State
from tests.delivery.places import ToyPlace, silent_place
from tests.delivery.site import Site, until


class Clock:
    """Monotonic seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Moody(MemoryStore):
    """Fails while it has a `trouble`, hangs until it is `let`."""

    def __init__(self) -> None:
        super().__init__()
        self.trouble: Trouble | None = None
        self.let = asyncio.Event()
        self.let.set()
        self.asked = 0

    @override
    async def state(self, window: str, dossier: str | None = None) -> State:
        self.asked += 1
        await self.let.wait()
        if self.trouble:
            raise StorageError(self.trouble, "memory:")
        return await super().state(window, dossier)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> Moody:
    return Moody()


@pytest.fixture
def stop() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def site(store: Moody) -> AsyncIterator[Site]:
    site = Site(store, (ToyPlace(), silent_place()))
    await site.start()
    yield site
    await site.close()


@pytest.fixture
def worker(site: Site, clock: Clock) -> Worker:
    """Of the running process, by our clock."""
    worker = site.process.worker
    worker._clock = clock
    worker._looked = worker._moved = clock()
    return worker


@pytest.fixture
async def condition(
    store: Moody, worker: Worker, stop: asyncio.Event, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Condition]:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(module, "LEAVE_SECONDS", 0.2)
    made = Condition(store, worker, (Ownership(store, clock=clock),), stop, telegram=False, clock=clock)
    yield made
    store.let.set()
    await made.close()


# alive


async def test_who_looks_for_what_is_due_lives_however_long_there_is_nothing(
    condition: Condition, site: Site, clock: Clock
) -> None:
    clock.now += LOOK_SECONDS - 1
    assert condition.alive
    clock.now += 1
    assert not condition.alive, "it has not looked for so long"
    await site.process.look()
    assert condition.alive


async def test_who_is_not_at_work_yet_lives(condition: Condition, site: Site, clock: Clock) -> None:
    """It waits for its turn."""
    await site.process.freeze()
    clock.now += 10 * LOOK_SECONDS
    assert condition.alive


async def test_a_lease_that_is_not_renewed_is_noticed(store: Moody, worker: Worker, clock: Clock) -> None:
    ownership = Ownership(store, clock=clock)
    condition = Condition(store, worker, (ownership,), asyncio.Event(), telegram=False, clock=clock)
    await ownership.acquire(lambda: None)
    clock.now += LEASE_SECONDS - 1
    assert condition.alive
    clock.now += 1
    assert not condition.alive
    await ownership.release()
    assert condition.alive, "nobody has to renew what is not held"


async def test_sending_that_does_not_get_on_is_noticed(condition: Condition, site: Site, clock: Clock) -> None:
    ann, worker = await site.person(), site.process.worker
    ann.plan(60.0)
    await ann.say("B")
    await until(lambda: worker._active)
    clock.now += SENDING_SECONDS - 1
    worker._looked = clock.now
    assert condition.alive
    clock.now += 1
    assert not condition.alive
    bob = site.places[0].person()
    await bob.say("/start")
    await until(lambda: bob.texts)
    assert condition.alive, "one that hangs is no sign while others get on"


# ready


async def test_it_is_ready_while_the_database_answers(condition: Condition, store: Moody, clock: Clock) -> None:
    assert await condition.ready() == {"database": True, "staying": True}
    store.trouble = Trouble.BUSY
    clock.now += 1
    assert await condition.ready() == {"database": False, "staying": True}
    store.trouble = None
    clock.now += 1
    assert await condition.is_ready()


async def test_a_database_that_hangs_is_asked_once_however_many_want_to_know(
    condition: Condition, store: Moody, clock: Clock
) -> None:
    before = store.asked
    store.let.clear()
    for _ in range(3):
        found = await asyncio.gather(*(condition.ready() for _ in range(20)))
        assert not any(one["database"] for one in found)
        clock.now += 1
    assert store.asked == before + 1
    store.let.set()
    assert (await condition.ready())["database"]


async def test_what_was_found_is_kept_for_a_second(condition: Condition, store: Moody, clock: Clock) -> None:
    before = store.asked
    for _ in range(20):
        await condition.ready()
        clock.now += 0.04
    assert store.asked == before + 1


async def test_where_telegram_is_a_part_it_has_to_be_reached_once(
    store: Moody, worker: Worker, stop: asyncio.Event
) -> None:
    condition = Condition(store, worker, (Ownership(store),), stop, telegram=True)
    assert await condition.ready() == {"database": True, "staying": True, "telegram": False}
    condition.reached = True
    assert all((await condition.ready()).values())


@pytest.mark.parametrize(("since", "waits"), [(0.0, True), (ASKED_LATELY - 1, True), (ASKED_LATELY, False)])
async def test_who_ends_gives_time_to_notice_to_whoever_has_asked_lately(
    condition: Condition, stop: asyncio.Event, clock: Clock, since: float, waits: bool
) -> None:
    await condition.ready()
    stop.set()
    clock.now += since
    leaving = asyncio.create_task(condition.leave())
    await asyncio.sleep(0.05)
    assert leaving.done() is not waits
    if waits:
        assert (await condition.ready())["staying"] is False
    await leaving


async def test_to_scrape_metrics_is_not_to_send_people_here(condition: Condition, stop: asyncio.Event) -> None:
    await condition.is_ready()
    stop.set()
    async with asyncio.timeout(0.1):
        await condition.leave()


# what is kept


class Counting:
    """A call that takes so many seconds by the clock, or hangs until it is let go on."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.takes, self.calls = clock, 0.0, 0
        self.let = asyncio.Event()
        self.let.set()

    async def __call__(self) -> int:
        self.calls += 1
        await self.let.wait()
        self.clock.now += self.takes
        return self.calls


async def test_what_takes_too_long_is_none_until_it_is_there(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.01)
    call = Counting(clock)
    call.let.clear()
    kept = Kept(call, 10.0, clock=clock)
    assert await kept.get() is None
    call.let.set()
    assert await kept.get() == 1
    clock.now += 9
    assert await kept.get() == 1
    clock.now += 1
    assert await kept.get() == 2
    await kept.close()


async def test_what_was_found_counts_for_a_while_although_it_is_looked_for_anew(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.01)
    call = Counting(clock)
    kept = Kept(call, 10.0, 20.0, 120.0, clock)
    assert await kept.get() == 1
    clock.now += 10
    call.let.clear()
    assert await kept.get() == 1
    clock.now += 119
    assert await kept.get() == 1
    clock.now += 1
    assert await kept.get() is None, "what hangs is not known"
    assert call.calls == 2
    await kept.close()


async def test_what_takes_long_is_asked_the_more_seldom(clock: Clock) -> None:
    call = Counting(clock)
    call.takes = 3.0
    kept = Kept(call, 10.0, 20.0, 120.0, clock)
    await kept.get()
    clock.now += 59
    assert await kept.get() == 1
    clock.now += 1
    assert await kept.get() == 2
    await kept.close()
