"""Every channel on every store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.opening import open_store
from storage.store import Store
from tests.delivery.places import PLACES, Place, silent_place
from tests.delivery.site import Site

STORES = ("memory", "sqlite")
"""Names of stores; "sqlite" is one in a file."""


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    url = "memory:" if request.param == "memory" else f"sqlite:///{tmp_path / 'shuping.db'}"
    async with await open_store(url) as store:
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
