"""Waiting for the database: what Telegram has answered is noted however long that is locked; nothing is sent twice."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from storage.errors import DamagedRowError, StorageError

LOG = logging.getLogger("shuping.outbox")
T = TypeVar("T")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0


async def insist(work: Callable[[], Awaitable[T]]) -> T:
    """Do it, and again after a pause that grows, until the database takes it. Raises DamagedRowError."""
    pause = FIRST_PAUSE
    while True:
        try:
            return await work()
        except DamagedRowError:  # waiting would not mend it
            raise
        except StorageError as error:
            LOG.error("the outbox waits for the database: %s", error.trouble.value)  # noqa: TRY400  # a sentence, not a traceback
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)
