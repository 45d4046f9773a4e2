"""Damaged rows of the embedded store: set aside, or their own window's trouble; nobody else is held up."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.errors import DamagedRowError
from storage.sqlite.store import SqliteStore, open_sqlite
from storage.store import Arrival
from tests.storage.support import (
    HOUR,
    ME,
    NOW,
    OTHER,
    WINDOW,
    begun,
    claim,
    decides,
    grown,
    message,
    opens,
    outside,
    sends,
    taken,
    turns,
    waiting,
)

SECRET = "绝密精密"  # noqa: S105  # a firm's name
ROWS = (
    "reply = x'00ff'",
    "reply = CAST(x'7b22ff' AS TEXT)",
    "key = x'00'",
    "key = CAST(x'ff' AS TEXT)",
    "window = x'00'",
    "window = CAST(x'ff' AS TEXT)",
    "dossier = x'00'",
    "dossier = CAST(x'ff' AS TEXT)",
    "due = -9e99",
    "attempts = 'x'",
    "part = 0.5",
)
"""What a row of the outbox may be turned into."""


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    async with await open_sqlite(path) as store:
        yield store


def change(path: Path, statement: str, *values: object) -> None:
    with outside(path) as connection:
        connection.execute(statement, values)


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    assert SECRET not in caplog.text
    return [line for line in caplog.messages if "is set aside" in line]


# messages


@pytest.mark.parametrize("damage", ROWS)
async def test_a_damaged_message_is_set_aside_and_told_of_and_all_else_goes_on(
    store: SqliteStore, path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    await store.apply(WINDOW, opens("d1", outbox=(message(SECRET, -1), message("sound"))))
    await store.apply(OTHER, sends(message("theirs")))
    change(path, f"UPDATE outbox SET {damage} WHERE reply = ?", SECRET)  # noqa: S608  # one of the above
    assert await turns(store) == ["sound", "theirs"]
    assert await store.damaged() == len(complaints(caplog)) == 1


@pytest.mark.parametrize("damage", [damage for damage in ROWS if not damage.startswith("window")])
async def test_a_damaged_message_between_two_is_passed_over(store: SqliteStore, path: Path, damage: str) -> None:
    await store.apply(WINDOW, opens("d1", outbox=(message("one"), message("damaged"), message("two"))))
    change(path, f"UPDATE outbox SET {damage} WHERE reply = 'damaged'")  # noqa: S608
    assert await waiting(store) == ["one", "two"]
    due = await taken(store)
    assert due is not None
    following = await store.delivered(due.queued, NOW, ME)
    assert following is not None
    assert following.queued.reply == "two"


@pytest.mark.parametrize("damage", [*ROWS, "urgency = 77", "urgency = 'x'", "due = 'x'", "anew = 'x'"])
async def test_answers_are_taken_and_said_whatever_waits_damaged(store: SqliteStore, path: Path, damage: str) -> None:
    """Though a failed message holds others up, and a key supersedes its like."""
    await store.apply(WINDOW, opens("d1", outbox=(message("old", -1, "card"),)))
    change(path, "UPDATE outbox SET attempts = 1")
    change(path, f"UPDATE outbox SET {damage}")  # noqa: S608
    decision = decides(outbox=(message("new", key="card"), message("text")))
    applied = await store.apply(WINDOW, decision, Arrival("telegram", 1, NOW), claim=claim())
    assert applied is not None
    assert applied.due is not None
    assert applied.due.queued.reply == "new"
    await store.postpone(applied.due.queued, NOW + HOUR)
    assert await waiting(store, 1) == ["new", "text"]
    assert not await store.refused(applied.due.queued, NOW)


@pytest.mark.parametrize("due", ["-9e99", "9e99", "'x'"])
async def test_when_the_next_falls_due_can_be_told_whatever_is_stored(store: SqliteStore, path: Path, due: str) -> None:
    await store.apply(WINDOW, sends(message("damaged")))
    change(path, f"UPDATE outbox SET due = {due}")  # noqa: S608
    assert await store.next_due() is not None


# windows and sessions


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE windows SET data = '{' || ? WHERE window = 'terminal:anna'",
        "UPDATE windows SET data = json_object('zone', 7, 'language', ?) WHERE window = 'terminal:anna'",
        "UPDATE sessions SET data = '{' || ? WHERE dossier = 'd1'",
    ],
)
async def test_damage_of_a_window_or_session_is_its_own(
    store: SqliteStore, path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    for window, dossier in ((WINDOW, "d1"), (OTHER, "d2")):
        await store.apply(window, opens(dossier, outbox=(message(f"to {dossier}"),)))
    change(path, damage, SECRET)
    with pytest.raises(DamagedRowError):
        await store.apply(WINDOW, grown)
    with pytest.raises(DamagedRowError):
        await store.state(WINDOW)
    await store.apply(OTHER, grown)
    assert await turns(store) == ["to d2"]
    assert await store.damaged() == len(complaints(caplog)) == 1
    assert await store.forget(WINDOW) > 0
    await store.apply(WINDOW, grown)


async def test_a_message_to_a_damaged_window_that_has_arrived_is_gone(store: SqliteStore, path: Path) -> None:
    await store.apply(WINDOW, opens("d1", outbox=(message("one"), message("two"))))
    due = await taken(store)
    assert due is not None
    change(path, "UPDATE windows SET data = '{'")
    assert await store.delivered(due.queued, NOW, ME, "7") is None
    assert await store.waiting(WINDOW) == []


async def test_a_damaged_session_is_not_on_the_shelf(store: SqliteStore, path: Path) -> None:
    for dossier in ("d1", "d2"):
        await store.apply(WINDOW, opens(dossier))
    change(path, "UPDATE sessions SET data = '{' WHERE dossier = 'd1'")
    assert await store.shelf(WINDOW) == [("d2", begun("d2"))]
    with pytest.raises(DamagedRowError):
        await store.apply(WINDOW, opens("d1"))
    assert (await store.state(WINDOW)).dossier == "d2"
