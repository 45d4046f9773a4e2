"""Bots in processes of their own; whatever one of them wrote is searched for secrets when a test is over."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.telegram.api import TOKEN, TelegramApi
from tests.telegram.e2e.driver import SECRET, Shuping

Install = Callable[..., Shuping]


async def _left(bots: list[Shuping]) -> None:
    """No process stays, and no secret was ever written."""
    for bot in bots:
        await bot.kill()
    for bot in bots:
        assert TOKEN.split(":")[1] not in bot.output
        assert SECRET not in bot.output


@pytest.fixture
async def api() -> AsyncIterator[TelegramApi]:
    async with TelegramApi() as server:
        yield server


@pytest.fixture
async def install(api: TelegramApi, tmp_path: Path) -> AsyncIterator[Install]:
    """install(SETTING="value") makes a bot on its own database; it still has to be started."""
    made: list[Shuping] = []

    def new(**settings: str) -> Shuping:
        made.append(Shuping(api, tmp_path / f"bot{len(made)}", settings))
        return made[-1]

    yield new
    await _left(made)


@dataclass
class Town:
    """A Telegram with a bot that many tests share, each with people of its own."""

    api: TelegramApi
    bot: Shuping


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with TelegramApi() as api:
        bot = Shuping(api, tmp_path_factory.mktemp("town"))
        try:
            yield Town(api, await bot.start())
        finally:
            await _left([bot])
