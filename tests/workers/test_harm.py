"""Three workers on one PostgreSQL, and thousands of firms: whatever dies meanwhile, each message counts once.

`SHUPING_TEST_FIRMS` says how many firms there are, `SHUPING_TEST_SEED` what chance does.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random

import pytest

from tests.postgres import Server
from tests.telegram.api import TelegramApi
from tests.web.crowd import Crowd
from tests.workers.campaign import HARMS, Campaign
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


async def carried_through(
    server: Server, folder: Path, firms: int, harms: Sequence[str] = HARMS, *, hooked: bool, ahead: float = 0
) -> None:
    """A campaign, and all that has to hold after it; one worker's clock is so many seconds `ahead`."""
    async with TelegramApi() as api, AsyncExitStack() as stack:
        town = Town.of(api)
        crew, page = await stack.enter_async_context(
            crew_of(WORKERS, api, server, folder, SETTINGS, hooked=hooked, ahead=ahead)
        )
        chance = Random(SEED)  # noqa: S311  # no secrets
        crowd = Crowd(f"http://{page.address}", chance, stack, sent=town.sent)
        campaign = Campaign(crew, town, crowd, chance)
        try:
            happened = await campaign.run(firms, harms)
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
    await carried_through(durable, tmp_path, FIRMS // 8, ("leader", "leader", "some", "server"), hooked=False)


async def test_workers_that_stand_still_and_go_on(durable: Server, tmp_path: Path) -> None:
    """Whatever they wake up with, others have done it since."""
    await carried_through(durable, tmp_path, FIRMS // 16, ("pause",), hooked=True)


@pytest.mark.parametrize("ahead", [-40, 40])
async def test_a_worker_whose_clock_is_wrong(durable: Server, tmp_path: Path, ahead: float) -> None:
    await carried_through(durable, tmp_path, FIRMS // 32, ("worker", "some"), hooked=True, ahead=ahead)
