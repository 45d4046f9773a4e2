"""A browser for all tests of a process; a server on a fresh file, and people who look at it, for each."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.chromium import Look, chromium
from tests.browser.person import Person
from tests.browser.server import Server, served_page

Meet = Callable[..., Awaitable[Person]]
HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that is here needs a browser, and shares the loop in which it runs."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with served_page(tmp_path / "page.sqlite3") as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def meet(browser: Browser, server: Server) -> AsyncIterator[Meet]:
    """await meet(Look(…)) → somebody with a browser of their own; what went wrong in it fails the test at its end."""
    async with AsyncExitStack() as stack:
        met: list[Person] = []

        async def meet_one(look: Look | None = None) -> Person:
            met.append(await stack.enter_async_context(Person.met(browser, look or Look(), server.url)))
            return met[-1]

        yield meet_one
        assert [fault for person in met for fault in person.watch.faults] == []


@pytest_asyncio.fixture(loop_scope="session")
async def person(meet: Meet) -> Person:
    """Somebody with a phone, in Chinese."""
    return await meet()
