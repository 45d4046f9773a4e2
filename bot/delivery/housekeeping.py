"""What one process of all on a database looks after: what is over is deleted, and no trace of it left."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic

from bot.delivery.lease import LostError, Ownership
from bot.delivery.retention import purge
from bot.dialogue.context import Keep
from bot.dialogue.replies import Announcement, written
from storage.broadcasts import Broadcast
from storage.errors import StorageError
from storage.store import Store

LOG = logging.getLogger("shuping.housekeeping")

DELIVERED_WITHIN, TIDY_SECONDS = timedelta(days=2), 3600
"""Telegram keeps an update for a day."""
BROADCAST_SLICE, BROADCAST_WAITING = 200, 500
"""So many windows are looked at in one transaction; so many messages at most are due and unsent before the next one."""
BROADCAST_PAUSE, BROADCAST_LOOK = 0.1, 1.0
PURGE_AFTER, CLEAN_SECONDS = 600.0, 60.0

Now = Callable[[], datetime]
Tell = Callable[[], None]


def _untold() -> None:
    """Nobody has to know that another process does it."""


async def keep_house(
    store: Store, rules: Keep, now: Now, ownership: Ownership, tell: Tell = _untold, queued: Tell = _untold
) -> None:
    """Become the one who does, and do it until cancelled; `tell` is told if we have to wait for that.

    `queued` is told when there is something to be sent. Raises LostError if somebody else has taken over.
    """
    if not ownership.held:
        await ownership.acquire(tell)
    works = [
        asyncio.create_task(work)
        for work in (
            ownership.keep(),
            _tidy(store, now),
            _purge(store, rules, now),
            _clean(store),
            _broadcast(store, now, queued),
        )
    ]
    try:
        await works[0]
    finally:
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)


async def keep_house_in_turn(
    store: Store, rules: Keep, now: Now, ownership: Ownership, tell: Tell = _untold, queued: Tell = _untold
) -> None:
    """The same, where others may take over at any time: then wait for the next turn."""
    while True:
        with suppress(LostError):
            await keep_house(store, rules, now, ownership, tell, queued)


async def _tidy(store: Store, now: Now) -> None:
    """Forget the ids of updates that are too old to be delivered again, and links that have ended."""
    while True:
        with suppress(StorageError):
            await store.tidy(now() - DELIVERED_WITHIN, now())
        await asyncio.sleep(TIDY_SECONDS)


async def _purge(store: Store, rules: Keep, now: Now) -> None:
    """Delete what was kept long enough; not at once, since a clock may be wrong until the network has set it."""
    await asyncio.sleep(PURGE_AFTER)
    while True:
        with suppress(StorageError):
            purged = await purge(store, rules, now())
            LOG.info("kept long enough and deleted: %s", purged)
        await asyncio.sleep(TIDY_SECONDS)


async def _clean(store: Store) -> None:
    """Take the last traces of deleted people out of the files, once a minute at most, and a hundredth of the time."""
    pause = CLEAN_SECONDS
    while True:
        await asyncio.sleep(pause)
        began = monotonic()
        with suppress(StorageError):
            await store.clean()
        pause = max(CLEAN_SECONDS, 100 * (monotonic() - began))


async def _broadcast(store: Store, now: Now, queued: Tell) -> None:
    """Queue what is told very many, slice by slice, while not too much of it is on its way."""
    while True:
        running = None
        with suppress(StorageError):
            running = await store.fan_out(now(), BROADCAST_SLICE, BROADCAST_WAITING, _announced)
        goes_on = running is not None and not running.waiting
        if goes_on:
            queued()
        await asyncio.sleep(BROADCAST_PAUSE if goes_on else BROADCAST_LOOK)


def _announced(broadcast: Broadcast) -> str:
    return written(Announcement(broadcast.text))
