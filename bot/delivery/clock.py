"""How far this host's clock is from that of the database: claims of hosts hold by their clocks, for some seconds."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from storage.errors import StorageError
from storage.store import Store

LOG = logging.getLogger("shuping.clock")

MOST_SECONDS = 2.0
"""A host may be ahead of another by three, since it waits for so much longer than the other one believes its claims."""
LOOK_SECONDS = 60.0


async def skew(store: Store, now: Callable[[], datetime]) -> float | None:
    """By how many seconds ours is ahead, to half a round trip; None: there is only one clock. Raises StorageError."""
    before = now()
    there = await store.clock()
    return None if there is None else (before + (now() - before) / 2 - there).total_seconds()


def is_wrong(seconds: float | None) -> bool:
    """It matters."""
    return seconds is not None and abs(seconds) > MOST_SECONDS


async def watch_clock(store: Store, now: Callable[[], datetime]) -> None:
    """Tell in the log when our clock goes wrong, and when it is right again, until cancelled."""
    was_wrong = False
    while True:
        with suppress(StorageError):
            seconds = await skew(store, now)
            if is_wrong(seconds) is not was_wrong:
                was_wrong = not was_wrong
                LOG.log(
                    logging.ERROR if was_wrong else logging.INFO,
                    "this host's clock is %d s ahead of the database's",
                    round(seconds or 0),
                )
        await asyncio.sleep(LOOK_SECONDS)
