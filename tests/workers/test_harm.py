"""Three workers on one PostgreSQL, and thousands of firms: whatever dies meanwhile, each message counts once.

`SHUPING_TEST_FIRMS` says how many firms there are, `SHUPING_TEST_SEED` what chance does.
"""

import os
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random

import pytest

from tests.postgres import Server
from tests.telegram.api import TelegramApi
from tests.web.crowd import Crowd
from tests.workers.campaign import Campaign
from tests.workers.checks import holds, settled
from tests.workers.crew import crew_of
from tests.workers.people import Town

pytestmark = pytest.mark.slow

FIRMS = int(os.environ.get("SHUPING_TEST_FIRMS", "2000"))
SEED = int(os.environ.get("SHUPING_TEST_SEED", "1"))
WORKERS = 3
SETTINGS = {"REMIND_AFTER": "4s", "REMIND_WINDOW": "00:00-24:00", "TELEGRAM_RATE": "0"}


@pytest.fixture
def durable() -> Iterator[Server]:
    """A server that may be killed."""
    with Server(durable=True) as server:
        yield server


async def carried_through(server: Server, folder: Path, firms: int, *, hooked: bool) -> None:
    """A campaign, and all that has to hold after it."""
    async with (
        TelegramApi() as api,
        AsyncExitStack() as stack,
    ):
        town = Town.of(api)
        crew, page = await stack.enter_async_context(crew_of(WORKERS, api, server, folder, hooked=hooked, **SETTINGS))
        chance = Random(SEED)  # noqa: S311  # no secrets
        crowd = Crowd(f"http://{page.address}", chance, stack, sent=town.sent)
        campaign = Campaign(crew, town, crowd, chance)
        try:
            happened = await campaign.run(firms)
            await settled(campaign)
            twice = await holds(campaign)
        except BaseException as error:
            error.add_note(f"SHUPING_TEST_SEED={SEED} SHUPING_TEST_FIRMS={FIRMS}")
            error.add_note("\n".join(worker.output[-2000:] for worker in crew.workers))
            raise
        print(f"{firms} firms, {dict(happened)}, sent twice: {dict(twice)}")  # noqa: T201  # for who runs it by hand


async def test_webhooks_to_all_without_affinity(durable: Server, tmp_path: Path) -> None:
    await carried_through(durable, tmp_path, FIRMS, hooked=True)


async def test_polling_by_a_leader_that_is_killed(durable: Server, tmp_path: Path) -> None:
    await carried_through(durable, tmp_path, FIRMS // 8, hooked=False)
