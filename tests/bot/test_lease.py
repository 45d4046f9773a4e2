"""One process at a time: taken at once from the dead of this machine, soon from others', never from the living."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from bot.delivery import lease as leases
from bot.delivery.lease import HOUSE, LostError, Ownership, beats, holder_here, is_gone
from storage.memory import MemoryStore
from storage.store import Lease, Store

ELSEWHERE = "another-machine/pid:[1]/7/1234"


LOOK, WITHIN = leases.LOOK_SECONDS, 10.0
DEAD = leases.DEAD_SECONDS
SOON = 10.0
"""Seconds, on a machine that is busy with other things."""


class Watched(Ownership):
    """Of a host with a clock of its own, on which every look takes as long as it would."""

    def __init__(self, store: Store) -> None:
        self.seconds = 0.0
        super().__init__(store, clock=lambda: self.seconds)

    async def acquire_by_clock(self, tell: Callable[[], None] = lambda: None) -> float:
        """Seconds until it was ours."""
        acquiring, began = asyncio.create_task(self.acquire(tell)), self.seconds
        while not acquiring.done():
            await asyncio.sleep(leases.LOOK_SECONDS)
            self.seconds += LOOK
        return self.seconds - began


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    monkeypatch.setattr(leases, "BEAT_SECONDS", 0.02)
    monkeypatch.setattr(leases, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(leases, "DEAD_SECONDS", 0.2)
    return MemoryStore()


def test_a_process_that_lives_is_not_gone_and_one_that_ended_is() -> None:
    assert not is_gone(holder_here())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        holder = holder_here().replace(f"/{os.getpid()}/", f"/{child.pid}/")
        began = leases._began(child.pid)
        holder = "/".join([*holder.split("/")[:-1], str(began)])
        assert not is_gone(holder)
        child.kill()
        child.wait()
    assert is_gone(holder)


def test_a_number_that_was_given_to_another_process_is_not_the_holder() -> None:
    assert is_gone("/".join([*holder_here().split("/")[:-1], "1"]))


def test_what_a_holder_adds_to_its_name_changes_nothing() -> None:
    assert not is_gone(f"{holder_here()}/more")
    assert is_gone("/".join([*holder_here().split("/")[:-1], "1", "more"]))


@pytest.mark.parametrize("holder", [ELSEWHERE, "nonsense", ""])
def test_of_other_machines_nobody_can_say(holder: str) -> None:
    assert not is_gone(holder)


async def test_the_first_has_it_at_once(store: MemoryStore) -> None:
    mine, told = Ownership(store), list[bool]()
    await mine.acquire(lambda: told.append(True))
    assert mine.held
    assert told == []


async def test_who_comes_second_is_told_once_and_follows_when_it_is_given_back(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "DEAD_SECONDS", DEAD)
    first, second, told = Ownership(store), Watched(store), list[bool]()
    await first.acquire(lambda: None)
    keeping = asyncio.create_task(first.keep())
    waiting = asyncio.create_task(second.acquire_by_clock(lambda: told.append(True)))
    while second.seconds < 3 * DEAD and not waiting.done():  # noqa: ASYNC110  # its clock has no bell
        await asyncio.sleep(leases.LOOK_SECONDS)
    assert not waiting.done(), "a holder that lives is never overtaken"
    keeping.cancel()
    await first.release()
    await asyncio.wait_for(waiting, SOON)
    assert told == [True]
    assert second.held


async def test_a_holder_of_another_machine_that_beats_no_more_is_followed(store: MemoryStore) -> None:
    await store.hold(HOUSE, ELSEWHERE, None)
    mine = Ownership(store)
    await asyncio.wait_for(mine.acquire(lambda: None), SOON)
    assert mine.held


async def test_a_restart_waits_for_nothing(store: MemoryStore) -> None:
    dead = "/".join([*holder_here().split("/")[:-1], "1"])
    await store.hold(HOUSE, dead, None)
    told: list[bool] = []
    await Ownership(store).acquire(lambda: told.append(True))
    assert told == []


async def test_a_holder_that_was_overtaken_is_told_and_has_it_no_more(store: MemoryStore) -> None:
    mine = Ownership(store)
    await mine.acquire(lambda: None)
    seen = await store.lease(HOUSE)
    assert await store.hold(HOUSE, ELSEWHERE, seen)
    with pytest.raises(LostError):
        await asyncio.wait_for(mine.keep(), SOON)
    assert not mine.held


async def test_a_lease_that_beats_is_that_of_a_living_process(store: MemoryStore) -> None:
    async def look() -> Lease | None:
        return await store.lease(HOUSE)

    assert not await beats(look, within=0.05)
    mine = Ownership(store)
    await mine.acquire(lambda: None)
    assert not await beats(look, within=0.05), "a row alone is no life"
    keeping = asyncio.create_task(mine.keep())
    assert await beats(look, within=SOON)
    keeping.cancel()


async def test_whoever_dies_on_another_host_is_followed_within_ten_seconds(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "DEAD_SECONDS", DEAD)
    held = await store.hold(HOUSE, ELSEWHERE, None)
    mine = Watched(store)
    waiting = asyncio.create_task(mine.acquire_by_clock())
    for _ in range(50):  # it lives for a while
        await asyncio.sleep(leases.LOOK_SECONDS)
        held = await store.hold(HOUSE, ELSEWHERE, held)
    died = mine.seconds
    await waiting
    assert mine.held
    assert DEAD < mine.seconds - died <= WITHIN


async def test_whoever_gives_it_away_does_not_get_it_straight_back(store: MemoryStore) -> None:
    old, new = Watched(store), Watched(store)
    await old.acquire(lambda: None)
    keeping = asyncio.create_task(old.keep())
    await old.give_away()
    assert await store.lease(HOUSE) is None
    with pytest.raises(LostError):
        await asyncio.wait_for(keeping, SOON)
    again = asyncio.create_task(old.acquire(lambda: None))
    await asyncio.sleep(10 * leases.LOOK_SECONDS)
    assert not again.done()
    await asyncio.wait_for(new.acquire(lambda: None), SOON)
    again.cancel()


async def test_whoever_gave_it_away_has_it_again_if_nobody_else_wants_it(store: MemoryStore) -> None:
    mine = Watched(store)
    await mine.acquire(lambda: None)
    await mine.give_away()
    assert leases.SHY_SECONDS <= await mine.acquire_by_clock() <= leases.SHY_SECONDS + 2 * LOOK
    assert mine.held


async def test_a_lease_that_is_given_away_while_it_is_renewed_is_not_kept(store: MemoryStore) -> None:
    """The renewal is on its way to the database just then."""
    mine, renewing, hold = Ownership(store), asyncio.Event(), store.hold

    async def slow(name: str, holder: str, seen: Lease | None) -> Lease | None:
        renewing.set()
        await asyncio.sleep(0.02)
        return await hold(name, holder, seen)

    await mine.acquire(lambda: None)
    store.hold = slow  # type: ignore[method-assign]
    keeping = asyncio.create_task(mine.keep())
    await renewing.wait()
    await mine.give_away()
    assert not mine.held
    assert await store.lease(HOUSE) is None
    with pytest.raises(LostError):
        await asyncio.wait_for(keeping, SOON)


async def test_who_keeps_it_in_turn_waits_for_the_next_turn(store: MemoryStore) -> None:
    first, second = Ownership(store), Ownership(store)
    keeping = [asyncio.create_task(first.keep_in_turn(lambda: None))]
    await first.gained.wait()
    keeping.append(asyncio.create_task(second.keep_in_turn(lambda: None)))
    await second.settled.wait()
    assert not second.held
    await first.give_away()
    async with asyncio.timeout(SOON):
        await second.gained.wait()
    assert not first.held
    for task in keeping:
        task.cancel()
    await asyncio.gather(*keeping, return_exceptions=True)


async def test_a_renewal_whose_answer_was_lost_is_no_loss_of_the_lease(store: MemoryStore) -> None:
    """The store has tried again by itself, and found the lease other than it was seen."""
    mine, hold = Ownership(store), store.hold

    async def twice(name: str, holder: str, seen: Lease | None) -> Lease | None:
        await hold(name, holder, seen)
        return await hold(name, holder, seen)

    store.hold = twice  # type: ignore[method-assign]
    await asyncio.wait_for(mine.acquire(lambda: None), SOON)
    keeping = asyncio.create_task(mine.keep())
    await asyncio.sleep(5 * leases.BEAT_SECONDS)
    assert mine.held
    assert not keeping.done()
    keeping.cancel()
