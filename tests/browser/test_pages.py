"""Every kind of card and page: nothing is cut or too small, nobody is kept out, in any light, language and size."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page

from tests.browser.accessibility import violations
from tests.browser.chromium import DESK, Look
from tests.browser.conftest import Meet
from tests.browser.gallery import PAGES
from tests.browser.layout import layout_faults
from tests.browser.person import Person
from tests.browser.server import Server

ZOOMED = "() => document.body.style.setProperty('-webkit-text-size-adjust', '200%', 'important')"
"""How WeChat makes letters larger on an iPhone."""


@pytest.mark.parametrize(
    "look",
    [Look(font=200), Look(language="en", font=200), Look(language="zh-Hant"), Look(DESK, font=200)],
    ids=str,
)
async def test_all_is_in_sight_and_as_large_as_a_thumb(meet: Meet, server: Server, look: Look) -> None:
    assert await _faults(await meet(look), server, layout_faults) == {}


async def test_letters_that_wechat_makes_larger_break_nothing(meet: Meet, server: Server) -> None:
    async def zoomed(page: Page) -> list[str]:
        await page.evaluate(ZOOMED)
        return await layout_faults(page)

    assert await _faults(await meet(), server, zoomed) == {}


@pytest.mark.parametrize("look", [Look(), Look(dark=True), Look(DESK, language="en", dark=True)], ids=str)
async def test_nobody_is_kept_out(meet: Meet, server: Server, look: Look) -> None:
    async def both(page: Page) -> list[str]:
        return [*await layout_faults(page), *await violations(page)]

    assert await _faults(await meet(look), server, both) == {}


async def _faults(
    person: Person, server: Server, look_at: Callable[[Page], Awaitable[list[str]]]
) -> dict[str, list[str]]:
    """What is wrong, by the name of the page."""
    found = {}
    for name, show in PAGES.items():
        await show(person, server)
        if told := await look_at(person.page):
            found[name] = told
    return found
