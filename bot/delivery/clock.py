"""One time for all who are at work on a database, its own: what falls due and what is claimed has to agree."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from storage.errors import StorageError
from storage.store import Store

LOG = logging.getLogger("shuping.clock")

MOST_SECONDS = 2.0
"""A host that is further off has something wrong with it."""
LOOK_SECONDS = 10.0
TOLERANCE = 0.5
"""Seconds; less does no harm, and time need not jump for it."""


class Skew(NamedTuple):
    """By how many seconds a host's clock is ahead of the database's; `doubt`: half the round trip, either way."""

    seconds: float
    doubt: float

    @property
    def is_wrong(self) -> bool:
        """Somebody has to see to it; a slow answer alone is no fault of the clock."""
        return abs(self.seconds) > MOST_SECONDS + self.doubt

    @property
    def is_right(self) -> bool:
        """Nobody has to, however the answer took its time."""
        return abs(self.seconds) + self.doubt <= MOST_SECONDS


async def skew(store: Store, now: Callable[[], datetime]) -> Skew | None:
    """How far a host's clock is off; None: there is only one clock. Raises StorageError."""
    before = now()
    there = await store.clock()
    half = (now() - before) / 2
    return None if there is None else Skew((before + half - there).total_seconds(), half.total_seconds())


class SharedClock:
    """The host's clock, set by the database's: a host that is seconds off would take what others are still sending."""

    def __init__(self, store: Store, host: Callable[[], datetime]) -> None:
        self._store, self._host = store, host
        self._ahead = 0.0
        self._was_wrong = False

    def now(self) -> datetime:
        """The time by which to act."""
        return self._host() - timedelta(seconds=self._ahead)

    async def look(self) -> None:
        """Set it, if it certainly has to be; tell in the log when the host's goes wrong, and when it is right again.

        Raises StorageError.
        """
        found = await skew(self._store, self._host)
        if found is None:
            return
        if abs(found.seconds - self._ahead) > max(TOLERANCE, found.doubt):
            self._ahead = found.seconds
        wrong = found.is_wrong or (self._was_wrong and not found.is_right)
        if wrong is not self._was_wrong:
            self._was_wrong = wrong
            level = logging.WARNING if wrong else logging.INFO
            LOG.log(level, "this host's clock is %d s ahead of the database's, which counts", round(found.seconds))

    async def keep(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with suppress(StorageError):
                await self.look()
