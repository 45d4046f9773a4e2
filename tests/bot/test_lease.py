"""One process at a time: taken at once from the dead of this machine, soon from others', never from the living."""

import asyncio
import os
import subprocess
import sys

import pytest

from bot.delivery import lease as leases
from bot.delivery.lease import HOUSE, LostError, Ownership, beats, holder_here, is_gone
from storage.memory import MemoryStore
from storage.store import Lease

ELSEWHERE = "another-machine/pid:[1]/7/1234"


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


async def test_who_comes_second_is_told_once_and_follows_when_it_is_given_back(store: MemoryStore) -> None:
    first, second, told = Ownership(store), Ownership(store), list[bool]()
    await first.acquire(lambda: None)
    keeping = asyncio.create_task(first.keep())
    waiting = asyncio.create_task(second.acquire(lambda: told.append(True)))
    await asyncio.sleep(0.5)
    assert not waiting.done(), "a holder that lives is never overtaken"
    keeping.cancel()
    await first.release()
    await asyncio.wait_for(waiting, 1)
    assert told == [True]
    assert second.held


async def test_a_holder_of_another_machine_that_beats_no_more_is_followed(store: MemoryStore) -> None:
    await store.hold(HOUSE, ELSEWHERE, None)
    mine = Ownership(store)
    await asyncio.wait_for(mine.acquire(lambda: None), 2)
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
        await asyncio.wait_for(mine.keep(), 1)
    assert not mine.held


async def test_a_lease_that_beats_is_that_of_a_living_process(store: MemoryStore) -> None:
    async def look() -> Lease | None:
        return await store.lease(HOUSE)

    assert not await beats(look, within=0.05)
    mine = Ownership(store)
    await mine.acquire(lambda: None)
    assert not await beats(look, within=0.05), "a row alone is no life"
    keeping = asyncio.create_task(mine.keep())
    assert await beats(look, within=1)
    keeping.cancel()
