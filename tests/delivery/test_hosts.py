"""Hosts that share a database, and nothing else: nobody wakes another one's worker."""

from collections.abc import AsyncIterator
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest

from bot.delivery.worker import AWAY_SECONDS, NEVER, SHARED_LOOK
from bot.dialogue.replies import Text, written
from storage.errors import StorageError, Trouble
from storage.opening import open_store
from storage.outbox import Outgoing
from storage.store import Decision, Due
from tests.delivery.places import PLACES, silent_place
from tests.delivery.site import Site, until


@pytest.fixture
async def site(database: str) -> AsyncIterator[Site]:
    """One process on a PostgreSQL."""
    async with await open_store(database) as store, PLACES["toy"]() as place:
        site = Site(store, (place, silent_place()))
        await site.start()
        yield site
        await site.close()


async def test_what_another_host_has_queued_is_sent_within_two_seconds(site: Site, database: str) -> None:
    ann = await site.person()
    site.began = monotonic()
    await site.process.look()
    before = ann.arrived
    async with await open_store(database) as elsewhere:
        outgoing = Outgoing(written(Text(("again",))), site.now)
        assert await elsewhere.apply(ann.window, lambda _: Decision(outbox=(outgoing,)))
    began = monotonic()
    await until(lambda: ann.arrived > before)
    assert monotonic() - began <= SHARED_LOOK + 1


async def test_after_the_database_was_away_who_has_sent_something_tells_it_before_others_take_over(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All claims have ended by then, since nobody could renew them."""
    monkeypatch.setattr("bot.delivery.patience.FIRST_PAUSE", 0.01)
    ann, second, claim = await site.person(), await site.start(), site.store.claim
    tries, away = ann.tries, iter([StorageError(Trouble.UNREACHABLE, "here")])

    async def reached(*given: Any, **how: Any) -> list[Due]:
        if error := next(away, None):
            raise error
        return await claim(*given, **how)

    ann.plan(0.5)
    await site.send(ann, Outgoing(written(Text(("once",))), site.now))
    await until(lambda: ann.tries == tries + 1)
    for process in (site.process, second):
        await process.freeze()
        process.late += 9.0
    monkeypatch.setattr(site.store, "claim", reached)
    site._set += timedelta(seconds=9)
    await second.look()
    await until(lambda: second.worker._looks not in (NEVER, site.now))
    await until(lambda: not site.process.sending)
    second.late += AWAY_SECONDS
    await second.look()
    await site.rest()
    assert (ann.texts[-1], ann.tries) == ("once", tries + 1)
