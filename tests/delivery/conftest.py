"""Every channel on every store."""

from collections.abc import AsyncIterator

import pytest

from storage.opening import open_store
from storage.store import Store
from tests.delivery.places import PLACES, Place, silent_place
from tests.delivery.site import Site


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    async with await open_store(store_url) as store:
        yield store


@pytest.fixture(params=PLACES)
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    async with PLACES[request.param]() as place:
        yield place


@pytest.fixture
async def site(store: Store, place: Place) -> AsyncIterator[Site]:
    """One process on the store, the channel under trial, and another one that never speaks first."""
    site = Site(store, (place, silent_place()))
    await site.start()
    yield site
    await site.close()
