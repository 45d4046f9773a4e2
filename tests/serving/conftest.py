"""Processes that serve the page, Telegram or both; whatever one wrote is searched for secrets when a test is over."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.telegram.api import TOKEN, TelegramApi
from tests.telegram.e2e.driver import SECRET, Shuping, free_port

PASSWORD = "mail-password_" + "0123456789"
SECRETS = (TOKEN.split(":")[1], SECRET, PASSWORD)
Install = Callable[..., Shuping]


@pytest.fixture
async def api() -> AsyncIterator[TelegramApi]:
    async with TelegramApi() as server:
        yield server


@pytest.fixture
async def install(api: TelegramApi, tmp_path: Path) -> AsyncIterator[Install]:
    """install("web", SETTING="value") makes an installation; it still has to be started. A setting may be emptied."""
    made: list[Shuping] = []

    def new(*command: str, **settings: str) -> Shuping:
        given = {"WEB_LISTEN": f"127.0.0.1:{free_port()}", **settings}
        made.append(Shuping(api, tmp_path / f"bot{len(made)}", given, command))
        return made[-1]

    yield new
    for process in made:
        await process.kill()
    for process in made:
        assert not [secret for secret in SECRETS if secret in process.output]


def address_of(process: Shuping) -> str:
    return f"http://{process.settings['WEB_LISTEN']}"


async def served(process: Shuping) -> Shuping:
    """Started, and listening."""
    await process.spawn()
    await process.until_says("The page is at")
    return process


@dataclass
class Browser:
    """Scripts off: it reads forms and sends them. `cookies` are those of an address of 127.0.0.1, whatever the port."""

    session: aiohttp.ClientSession
    page: str = ""

    async def look(self, url: str) -> str:
        """The page at this address."""
        async with self.session.get(url, headers={"Accept-Language": "en"}) as answer:
            self.page = await answer.text()
            assert answer.status == 200, self.page
        return self.page

    async def tap(self, address: str, label: str) -> str:
        """The first button with this label; the page that comes of it."""
        (data,) = re.findall(rf'name="do" value="([^"]*)"[^>]*>(?:(?!</button>).)*{label}', self.page, re.DOTALL)[:1]
        own = re.search(r'name="form" value="([^"]*)"', self.page)
        assert own
        form = {"form": own[1], "do": data}
        async with self.session.post(f"{address}/say", data=form, headers={"Accept-Language": "en"}) as answer:
            self.page = await answer.text()
            assert answer.status == 200, self.page
        return self.page


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Browser(session)
