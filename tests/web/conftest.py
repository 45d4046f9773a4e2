"""A page on a store, over real HTTP, and browsers that come to it; time passes when a test says so."""

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.delivery.reports import Reports
from bot.delivery.rules import page_door
from bot.dialogue.context import Outside
from bot.http.server import PageConnection, served
from bot.web.app import application
from bot.web.limits import page_limits
from bot.web.site import Site
from bot.web.visitor import window_of
from storage.opening import open_store
from storage.store import State, Store
from tests.delivery.site import RUBRIC, RULES
from tests.flows.driver import START
from tests.web.browser import Browser
from tests.web.installation import Installation, installation
from tests.web.post import Post, certificate, post_office

BOT_TOKEN = "123456:of-a-bot-that-is-none"  # noqa: S105  # made for this


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Clock:
    now: datetime = START


@dataclass
class Web:
    """The page, and who comes to it."""

    store: Store
    url: str
    site: Site
    stack: AsyncExitStack
    clock: Clock

    def pass_time(self, time: timedelta) -> None:
        self.clock.now += time

    async def browser(self, *, language: str = "zh-CN", scripted: bool = False) -> Browser:
        """Somebody new, before the greeting."""
        return await (await self.visitor(language=language, scripted=scripted)).open()

    async def visitor(self, *, language: str = "zh-CN", scripted: bool = False) -> Browser:
        """Somebody new, before anything."""
        return await self.stack.enter_async_context(Browser(self.url, language=language, scripted=scripted))

    async def state(self, browser: Browser) -> State:
        return await self.store.state(window_of(browser.token))


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    async with await open_store(store_url) as store:
        yield store


@pytest.fixture
async def web(store: Store) -> AsyncIterator[Web]:
    """One process with the page alone."""
    address = f"127.0.0.1:{free_port()}"
    url = f"http://{address}"
    async with AsyncExitStack() as stack:
        rules = replace(RULES, doors=[page_door(url)])
        reports = Reports(store, rules)
        stack.push_async_callback(reports.close)
        clock = Clock()
        site = Site(store, rules, RUBRIC, Outside(lambda: clock.now), reports, url=url, bot_token=BOT_TOKEN)
        site.limits = page_limits(lambda: clock.now.timestamp())
        await stack.enter_async_context(served(application(site), address, PageConnection))
        yield Web(store, url, site, stack, clock)


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of "localhost" and its key."""
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
async def post(pair: tuple[Path, Path]) -> AsyncIterator[Post]:
    """A mail server."""
    async with post_office(pair) as post:
        yield post


@pytest.fixture
async def here(tmp_path: Path, post: Post) -> AsyncIterator[Installation]:
    """The page, with its mails."""
    async with installation(tmp_path / "shuping.db", post) as here:
        yield here
