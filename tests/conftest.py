"""What tests of several rooms share: a PostgreSQL, started when the first of them asks for it."""

import asyncio
import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.opening import open_store
from tests.examples import fewer_unless_ci
from tests.pgbouncer import Bouncer
from tests.postgres import Server

UNWANTED = ("rfc3987_syntax", "sniffio")
"""What others import if it is there: jsonschema, to build 39 grammars for a format; httpcore, for every lock anew."""

fewer_unless_ci()
gc.disable()  # while fifteen thousand tests are collected, nothing is garbage
sys.modules.update(dict.fromkeys(UNWANTED))  # type: ignore[arg-type]

STORES = (
    pytest.param("memory", marks=pytest.mark.slow),
    "sqlite",
    pytest.param("postgres", marks=pytest.mark.slow),
)
"""What channels are tried on. `tests/storage` has the contract of stores itself, and holds all to it in every run."""


def pytest_collection_finish() -> None:
    """What is there stays until the end, and is looked through no more."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One server for all tests of this process; quick, and not to be killed."""
    with Server() as server:
        yield server


@pytest.fixture
def database(postgres: Server) -> Iterator[str]:
    """The URL of an empty database."""
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="session")
def migrated(postgres: Server) -> str:
    """The name of a database with our schema and nothing in it, which others are made like."""

    async def migrate(url: str) -> None:
        async with await open_store(url):
            pass

    name = postgres.create()
    asyncio.run(migrate(postgres.url(name)))
    return name


@pytest.fixture
def postgres_url(postgres: Server, migrated: str) -> Iterator[str]:
    """The URL of a database with our schema and nothing in it."""
    with postgres.database(like=migrated) as url:
        yield url


@pytest.fixture(scope="session")
def pgbouncer(postgres: Server) -> Iterator[Bouncer]:
    """In front of that server, in transaction mode. Skips where it is not installed, unless CI is set."""
    with Bouncer(postgres) as bouncer:
        yield bouncer


@pytest.fixture(params=STORES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty store is, or can be made: of one kind after the other."""
    match request.param:
        case "memory":
            return "memory:"
        case "sqlite":
            return f"sqlite:///{tmp_path / 'shuping.db'}"
        case _:
            return str(request.getfixturevalue("postgres_url"))
