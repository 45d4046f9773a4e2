"""Before the bot is up: what passes is waited for, what does not is told at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import HttpUrl

from bot.settings import Settings
from bot.telegram import run
from bot.telegram.client import Line
from bot.telegram.press import Press
from bot.telegram.replies import file, text
from bot.telegram.sender import Sender
from flows.session import new_session
from locales import catalogue
from scoring.rubric import load_rubric
from storage.errors import StorageError, Trouble
from storage.memory import MemoryStore
from storage.sqlite.store import open_sqlite
from storage.store import Decision, Store
from tests.telegram.api import TelegramApi


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


async def test_a_full_disk_and_a_busy_database_are_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = MemoryStore()
    tries = opening(monkeypatch, Trouble.FULL, Trouble.BUSY, Trouble.FULL, store)
    assert await run._opened("memory:", "en") is store
    assert len(tries) == 4
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 3
    assert "disk is full" in said[0]
    assert "busy" in said[1]


@pytest.mark.parametrize("trouble", [trouble for trouble in Trouble if trouble not in (Trouble.FULL, Trouble.BUSY)])
async def test_everything_else_is_told_at_once(monkeypatch: pytest.MonkeyPatch, trouble: Trouble) -> None:
    opening(monkeypatch, trouble)
    with pytest.raises(StorageError):
        await run._opened("memory:", "en")


# what the running bot does beside


SETTINGS = Settings.model_validate({"keep_unfinished": "30d"})


def here(store: Store) -> run.Installation:
    return run.Installation(SETTINGS, "", store, Line("1:token"), catalogue("en"))


async def test_what_was_left_long_ago_is_deleted_but_not_before_the_clock_can_be_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore()
    now = datetime.now(UTC)
    for chat, days in (("old", 31), ("new", 29)):
        session = new_session(chat, load_rubric(), "en", now - timedelta(days=days)).but(item="q1")
        await store.apply(chat, lambda _, session=session: Decision(session))  # type: ignore[misc]
    assert run.PURGE_AFTER >= 600
    monkeypatch.setattr(run, "PURGE_AFTER", 0.05)
    purging = asyncio.create_task(run._purge(here(store)))
    await asyncio.sleep(0)
    assert (await store.state("old")).session is not None
    await asyncio.sleep(0.3)
    purging.cancel()
    assert (await store.state("old")).session is None
    assert (await store.state("new")).session is not None


async def test_traces_of_deleted_people_are_taken_out_again_and_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(run, "CLEAN_SECONDS", 0.02)
    async with await open_sqlite(tmp_path / "data" / "shuping.db") as store:
        cleaning = asyncio.create_task(run._clean(store))
        for _ in range(2):
            await store.forget("somebody")
            await asyncio.sleep(0.5)
            assert not await store.clean(), "it has been done"
        cleaning.cancel()


async def test_nothing_is_sent_without_the_lease() -> None:
    """A process that cannot be sure waits, whatever is due."""
    store, sure = MemoryStore(), asyncio.Event()
    async with TelegramApi() as api, run._bot(Settings(telegram_api_url=HttpUrl(api.url)), api.token) as bot:
        ann = api.person(started=True)
        rules = here(store).rules

        async def owner() -> None:
            await sure.wait()

        sender = Sender(store, bot, run.OUTSIDE, rules, Press(store, rules), 0, owner)
        chat = f"telegram:{ann.id}"
        for letter in (text("words", datetime.now(UTC)), file("json", datetime.now(UTC))):
            await store.apply(chat, lambda _, letter=letter: Decision(outbox=(letter,)))  # type: ignore[misc]
        sender.wake(chat)
        sender.wake(chat, aside=True)
        await asyncio.sleep(0.3)
        assert api.calls("sendMessage", "sendDocument") == []
        sure.set()
        await api.called("sendMessage")
        await sender.finish()
