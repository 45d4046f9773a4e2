"""What has been kept long enough goes from a store that people are using meanwhile."""

import asyncio
from datetime import datetime, timedelta

from bot.delivery.retention import purge
from bot.delivery.rules import keep_of
from bot.dialogue.context import Keep
from bot.settings import Settings
from flows.retention import Purged
from flows.session import Session
from storage.memory import MemoryStore
from storage.store import SLICE
from tests.storage.support import NOW, begun, just

YEAR = timedelta(days=365)
CHATS = [f"chat {number}" for number in range(3 * SLICE)]


async def filled() -> MemoryStore:
    store = MemoryStore()
    for chat in CHATS:
        await store.apply(chat, just(begun(chat)))
    return store


async def test_the_settings_say_how_long() -> None:
    rules = keep_of(Settings())
    store = await filled()
    assert await purge(store, rules, NOW + YEAR) == Purged()
    assert await purge(store, rules, NOW + YEAR + timedelta(seconds=1)) == Purged(len(CHATS), 0, len(CHATS))


async def test_a_dry_run_only_counts() -> None:
    store = await filled()
    expected = Purged(len(CHATS), 0, len(CHATS))
    assert await purge(store, Keep(YEAR, None), NOW + 2 * YEAR, dry=True) == expected
    assert await purge(store, Keep(YEAR, None), NOW + 2 * YEAR) == expected


async def test_without_a_time_nothing_goes() -> None:
    assert await purge(await filled(), Keep(None, None), NOW + 9 * YEAR) == Purged()


async def test_a_time_longer_than_the_calendar_is_a_long_time() -> None:
    assert await purge(await filled(), Keep(timedelta.max, timedelta.max), NOW) == Purged()


async def test_others_have_their_turn_between_the_slices() -> None:
    store = await filled()
    task = asyncio.create_task(purge(store, Keep(YEAR, None), NOW + 2 * YEAR))
    left: set[int] = set()
    while not task.done():
        left.add(len([chat for chat in CHATS if (await store.state(chat)).session]))
        await asyncio.sleep(0.002)
    assert left >= {2 * SLICE, SLICE}


async def test_somebody_who_comes_back_meanwhile_stays() -> None:
    store, later = await filled(), NOW + 2 * YEAR
    task = asyncio.create_task(purge(store, Keep(YEAR, None), later))
    await asyncio.sleep(0)
    back = CHATS[-1]
    await store.apply(back, lambda state: just(_answered(state.session or begun(back), later))(state))
    assert await task == Purged(len(CHATS) - 1, 0, len(CHATS) - 1)
    assert (await store.state(back)).session


def _answered(session: Session, at: datetime) -> Session:
    return session.but(updated_at=at, revision=session.revision + 1)
