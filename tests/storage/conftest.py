"""A place for a database, and a store of every kind in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.memory import MemoryStore
from storage.opening import open_store
from storage.sqlite.store import SqliteStore
from storage.store import Store

BACKENDS = {"memory": MemoryStore, "sqlite": SqliteStore}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that is not there yet; nor is its folder."""
    return tmp_path / "data" / "shuping.db"


@pytest.fixture(params=BACKENDS)
async def store(request: pytest.FixtureRequest, path: Path) -> AsyncIterator[Store]:
    url = "memory:" if request.param == "memory" else f"sqlite:///{path}"
    async with await open_store(url) as store:
        assert type(store) is BACKENDS[request.param]
        yield store
