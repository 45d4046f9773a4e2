"""Waiting for the database: what Telegram has answered is noted however long that is locked; nothing is sent twice."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from storage.errors import DamagedRowError, StorageError, is_newer

LOG = logging.getLogger("shuping.outbox")
T = TypeVar("T")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0
"""Soon enough after the database is back for others to wait for it (`bot.delivery.worker.AWAY_SECONDS`)."""


async def insist(work: Callable[[], Awaitable[T]]) -> T:
    """Do it, and again after a pause that grows, until the database takes it.

    Raises DamagedRowError, and StorageError for what a newer program wrote: waiting would not help with either.
    """
    pause = FIRST_PAUSE
    while True:
        try:
            return await work()
        except DamagedRowError:
            raise
        except StorageError as error:
            if is_newer(error):
                raise
            LOG.error("the outbox waits for the database: %s", error.trouble.value)  # noqa: TRY400  # a sentence, not a traceback
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)
