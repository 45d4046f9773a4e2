"""Deleting what has been kept long enough, without keeping anybody waiting."""

import asyncio
from datetime import MINYEAR, UTC, datetime, timedelta

from bot.dialogue.context import Keep
from bot.dialogue.reminders import PROMISED
from flows.retention import Limits, Purged
from storage.store import Store

PAUSE_SECONDS = 0.02
"""Between slices, so that the store is free for people."""
EARLIEST = datetime(MINYEAR, 1, 1, tzinfo=UTC)


async def purge(store: Store, rules: Keep, now: datetime, *, dry: bool = False) -> Purged:
    """Delete what is over, slice by slice; `dry`: count only. Raises StorageError; what went before it is gone."""
    limits = Limits(_moment(now, rules.unfinished), _moment(now, rules.finished))
    purged, after = Purged(), 0
    while limits != Limits():
        done = await store.purge(limits, PROMISED, after, dry=dry)
        purged += done.purged
        if done.following is None:
            break
        after = done.following
        await asyncio.sleep(PAUSE_SECONDS)
    return purged


def _moment(now: datetime, kept: timedelta | None) -> datetime | None:
    return None if kept is None else now - min(kept, now - EARLIEST)
