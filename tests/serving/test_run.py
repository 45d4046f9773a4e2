"""Before a process is up: what passes is waited for, what does not is told at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.delivery import housekeeping, lease
from bot.delivery.lease import Ownership
from bot.dialogue.context import Keep
from bot.observing.observer import UNOBSERVED
from bot.serving import run
from bot.serving.here import STOPPED, host_time
from bot.serving.monitoring import Observation
from bot.serving.telegram import secret_of_webhook
from bot.settings import Settings
from flows.session import new_session
from scoring.editions import load_rubric
from storage.errors import PASSING, StorageError, Trouble
from storage.memory import MemoryStore
from storage.sqlite.store import open_sqlite
from storage.store import Decision, Store


def opening(monkeypatch: pytest.MonkeyPatch, *outcomes: Trouble | Store) -> list[str]:
    """The next tries to open the database come to these; the list of tries."""
    tries: list[str] = []

    async def open_store(url: str) -> Store:
        tries.append(url)
        outcome = outcomes[len(tries) - 1]
        if isinstance(outcome, Store):
            return outcome
        raise StorageError(outcome, "shuping.sqlite3")

    monkeypatch.setattr(run, "open_store", open_store)
    monkeypatch.setattr(run, "FIRST_PAUSE", 0.001)
    return tries


async def test_what_passes_is_waited_for(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    store = MemoryStore()
    tries = opening(monkeypatch, Trouble.FULL, Trouble.BUSY, Trouble.UNREACHABLE, Trouble.CROWDED, store)
    assert await run._opened("memory:", "en") is store
    assert len(tries) == 5
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 4
    assert "disk is full" in said[0]
    assert "busy" in said[1]
    assert "does not answer" in said[2]


@pytest.mark.parametrize("trouble", sorted(set(Trouble) - PASSING))
async def test_everything_else_is_told_at_once(monkeypatch: pytest.MonkeyPatch, trouble: Trouble) -> None:
    opening(monkeypatch, trouble)
    with pytest.raises(StorageError):
        await run._opened("memory:", "en")


async def test_a_database_that_is_gone_again_when_it_is_asked_for_the_time_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was opened a moment ago; whoever starts several processes after a crash has them start just then."""
    store, stop = MemoryStore(), asyncio.Event()
    faults = iter([Trouble.UNREACHABLE, Trouble.CROWDED])

    async def asked() -> None:
        if fault := next(faults, None):
            raise StorageError(fault, "postgresql:")
        stop.set()

    opening(monkeypatch, store)
    monkeypatch.setattr(store, "clock", asked)
    observation = Observation(UNOBSERVED)
    assert await run._observed(Settings(database_url="memory:"), "en", run.Plan(), stop, observation) == STOPPED
    assert stop.is_set()
    assert "does not answer" in capsys.readouterr().err.splitlines()[0]


# what the running bot does beside


async def test_what_was_left_long_ago_is_deleted_but_not_before_the_clock_can_be_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore()
    now = datetime.now(UTC)
    for name, days in (("old", 31), ("new", 29)):
        session = new_session(name, load_rubric("miit-2024"), "en", now - timedelta(days=days)).but(item="q1")
        await store.apply(name, lambda _, name=name, session=session: Decision(name, session))  # type: ignore[misc]
    assert housekeeping.PURGE_AFTER >= 600
    monkeypatch.setattr(housekeeping, "PURGE_AFTER", 0.05)
    keeping = asyncio.create_task(
        housekeeping.keep_house(store, Keep(timedelta(days=30), None), host_time, Ownership(store))
    )
    await asyncio.sleep(0)
    assert (await store.state("old")).session is not None
    await asyncio.sleep(0.3)
    keeping.cancel()
    assert (await store.state("old")).session is None
    assert (await store.state("new")).session is not None


async def test_traces_of_deleted_people_are_taken_out_again_and_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(housekeeping, "CLEAN_SECONDS", 0.02)
    async with await open_sqlite(tmp_path / "data" / "shuping.db") as store:
        done, clean = asyncio.Event(), store.clean

        async def observed() -> bool:
            if cleaned := await clean():
                done.set()
            return cleaned

        monkeypatch.setattr(store, "clean", observed)
        ownership = Ownership(store)
        keeping = asyncio.create_task(housekeeping.keep_house(store, Keep(None, None), host_time, ownership))
        for _ in range(2):
            await store.forget("somebody")
            async with asyncio.timeout(30):
                await done.wait()
            done.clear()
        keeping.cancel()


async def test_one_of_several_keeps_house_and_another_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "LOOK_SECONDS", 0.01)
    store = MemoryStore()
    first, second = Ownership(store), Ownership(store)
    keeping = [
        asyncio.create_task(housekeeping.keep_house_in_turn(store, Keep(None, None), host_time, ownership))
        for ownership in (first, second)
    ]
    await asyncio.sleep(0.1)
    assert (first.held, second.held) == (True, False)
    keeping[0].cancel()
    await first.release()
    await asyncio.sleep(0.1)
    assert second.held
    keeping[1].cancel()


def test_all_processes_of_a_bot_agree_on_the_secret_of_its_webhook() -> None:
    """Else the second to start would lock out the first."""

    def secret_of(token: str) -> str:
        return secret_of_webhook(Settings(telegram_token=SecretStr(token)))

    secret = secret_of("1:token")
    assert secret == secret_of("1:token") != secret_of("2:token")
    assert Settings(webhook_secret=SecretStr(secret)).webhook_secret, "Telegram takes it"
    assert "token" not in secret
