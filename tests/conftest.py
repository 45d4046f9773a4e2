"""What tests of several rooms share: a PostgreSQL, started when the first of them asks for it."""

from collections.abc import Iterator

import pytest

from tests.pgbouncer import Bouncer
from tests.postgres import Server


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
def pgbouncer(postgres: Server) -> Iterator[Bouncer]:
    """In front of that server, in transaction mode. Skips where it is not installed, unless CI is set."""
    with Bouncer(postgres) as bouncer:
        yield bouncer
