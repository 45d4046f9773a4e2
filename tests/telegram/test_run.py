"""Before the bot is up: what passes is waited for, what does not is told at once."""

import pytest

from bot.telegram import run
from storage.errors import StorageError, Trouble
from storage.memory import MemoryStore
from storage.store import Store


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
