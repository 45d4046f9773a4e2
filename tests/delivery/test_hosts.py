"""Hosts that share a database, and nothing else: nobody wakes another one's worker."""

from collections.abc import AsyncIterator
from time import monotonic

import pytest

from bot.delivery.worker import SHARED_LOOK
from bot.dialogue.replies import Text, written
from storage.opening import open_store
from storage.outbox import Outgoing
from storage.store import Decision
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
