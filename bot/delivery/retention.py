"""Deleting what has been kept long enough, without keeping anybody waiting."""

import asyncio
from dataclasses import dataclass
from datetime import MINYEAR, UTC, datetime, timedelta

from bot.settings import Settings
from flows.retention import Limits, Purged
from storage.store import Store

PAUSE_SECONDS = 0.02
"""Between slices, so that the store is free for people."""
PROMISED = "recheck"
"""The key of the reminder that somebody asked for after a result (`bot.telegram.replies`)."""
EARLIEST = datetime(MINYEAR, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Keep:
    """How long assessments are kept: unfinished ones since the last answer, finished ones; None: until deleted."""

    unfinished: timedelta | None
    finished: timedelta | None


def keep_of(settings: Settings) -> Keep:
    """What the operator has set."""
    return Keep(settings.keep_unfinished, settings.keep_finished)


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
