"""A place for a database, and a store of every kind in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.memory import MemoryStore
from storage.opening import open_store
from storage.postgres.store import PostgresStore
from storage.sqlite.store import SqliteStore
from storage.store import Store
from tests.pgbouncer import Bouncer

BACKENDS = {"memory": MemoryStore, "sqlite": SqliteStore, "postgres": PostgresStore, "pgbouncer": PostgresStore}
"""Kinds of store; "pgbouncer" is PostgreSQL behind one."""
SLOW = "pgbouncer"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that is not there yet; nor is its folder."""
    return tmp_path / "data" / "shuping.db"


@pytest.fixture(
    params=[pytest.param(name, marks=pytest.mark.slow) if name == SLOW else name for name in BACKENDS],
)
def backend(request: pytest.FixtureRequest) -> str:
    """The name of one kind of store after the other."""
    return str(request.param)


@pytest.fixture
def url(backend: str, request: pytest.FixtureRequest, path: Path) -> str:
    """Where an empty database of that kind is, or can be made."""
    match backend:
        case "memory":
            return "memory:"
        case "sqlite":
            return f"sqlite:///{path}"
        case _:
            found = str(request.getfixturevalue("postgres_url"))
            bouncer: Bouncer | None = request.getfixturevalue("pgbouncer") if backend == "pgbouncer" else None
            return bouncer.through(found) if bouncer else found


@pytest.fixture
async def store(backend: str, url: str) -> AsyncIterator[Store]:
    async with await open_store(url) as store:
        assert type(store) is BACKENDS[backend]
        yield store
