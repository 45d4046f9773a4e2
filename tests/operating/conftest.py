"""A machine with a PostgreSQL of its own, and our Telegram."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from tests.operating.machine import ByHand
from tests.postgres import SUPERUSER, USER, Server
from tests.programs import program
from tests.serving.conftest import api, browser, install
from tests.telegram.api import TOKEN, TelegramApi

__all__ = ["api", "browser", "install"]


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramApi]:
    async with TelegramApi() as api:
        yield api


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as one:
        with psycopg.connect(one.url(SUPERUSER, user=SUPERUSER), autocommit=True) as connection:
            connection.execute(f"DROP ROLE {USER}")
        yield one


@pytest.fixture
async def machine(tmp_path: Path, server: Server, telegram: TelegramApi) -> AsyncIterator[ByHand]:
    async with by_hand(ByHand(tmp_path, server, telegram)) as machine:
        yield machine


@asynccontextmanager
async def by_hand(machine: ByHand) -> AsyncIterator[ByHand]:
    """The machine, until the test is over; then what was written there is searched for secrets."""
    for name in ("prometheus", "caddy"):
        program(name)
    try:
        yield machine
    finally:
        await asyncio.to_thread(machine.close)
    assert TOKEN.split(":")[1] not in machine.said
