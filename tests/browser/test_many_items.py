"""Where many items are on one page, the one that is tapped stays under the finger, with scripts and without."""

import pytest
from playwright.async_api import Page

from flows.inputs import Aim
from flows.session import AimPage
from tests.browser.chromium import Look
from tests.browser.conftest import Meet
from tests.browser.person import Person
from tests.browser.server import Server
from tests.flows.driver import RUBRIC, finished

TRIED = "quality"
MARK = f"#i{RUBRIC.position[TRIED]}"
TOLERANCE = 2
"""Pixels: what is above may become a line longer, and the page moves by parts of them."""


async def top_of(page: Page, selector: str) -> float:
    box = await page.locator(selector).bounding_box()
    assert box
    return box["y"]


async def aiming(person: Person, server: Server, half: AimPage) -> None:
    """At the plan, or at what-if."""
    walker = finished()
    walker.say(Aim(half))
    await person.become(await server.put(walker.session))
    await person.open()


@pytest.mark.parametrize("half", AimPage)
async def test_what_is_tapped_stays_where_it_is_and_keeps_the_focus(meet: Meet, server: Server, half: AimPage) -> None:
    person = await meet()
    await aiming(person, server, half)
    tapped = person.page.locator(f"{MARK} button").last
    await tapped.scroll_into_view_if_needed()
    before = await top_of(person.page, MARK)
    await person.do((await tapped.get_attribute("value") or "").rpartition("|")[2])
    assert await tapped.get_attribute("aria-pressed") == "true"
    assert abs(await top_of(person.page, MARK) - before) <= TOLERANCE
    assert await tapped.evaluate("button => button === document.activeElement")


@pytest.mark.parametrize("half", AimPage)
async def test_without_scripts_one_comes_back_to_it(meet: Meet, server: Server, half: AimPage) -> None:
    person = await meet(Look(scripts=False))
    await aiming(person, server, half)
    tapped = person.page.locator(f"{MARK} button").last
    await person.do((await tapped.get_attribute("value") or "").rpartition("|")[2])
    assert person.page.url.endswith(MARK)
    assert 0 < await top_of(person.page, MARK) < person.look.size[1]
