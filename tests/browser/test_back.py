"""The button that goes back: it shows the card as it is now, and does nothing again."""

import pytest
from playwright.async_api import expect

from tests.browser.chromium import Look
from tests.browser.conftest import Meet
from tests.browser.gallery import at_scene, finished
from tests.browser.server import Server
from tests.flows.scenes import scene

BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


@BOTH
async def test_back_after_an_answer_shows_the_present_card(meet: Meet, server: Server, *, scripts: bool) -> None:
    person = await meet(Look(scripts=scripts))
    await person.open("/code")
    await at_scene(person, server, "single")
    await person.page.locator("button.choice").nth(3).click()
    await expect(person.page.locator("main h1")).not_to_contain_text("规划实施")
    title, before = await person.heading(), await server.session(await person.token())
    await person.page.go_back()
    if "/code" in person.page.url:
        await person.page.go_forward()
    await expect(person.page.locator("main h1")).to_have_text(title)
    assert await server.session(await person.token()) == before


@BOTH
async def test_back_from_a_longer_look_is_the_card(meet: Meet, server: Server, *, scripts: bool) -> None:
    person = await meet(Look(scripts=scripts))
    await finished(person, server)
    title = await person.heading()
    await person.open("/d/policy")
    assert await person.heading() != title
    await person.page.go_back()
    await expect(person.page.locator("main h1")).to_have_text(title)


async def test_a_page_that_the_browser_kept_is_brought_up_to_date(meet: Meet, server: Server) -> None:
    person = await meet()
    await at_scene(person, server, "single")
    await server.put(scene("ladder"), await person.token())
    await person.page.evaluate("() => dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    await expect(person.page.locator("main h1")).to_contain_text("质量管理")


async def test_what_is_being_typed_is_not_taken_away(meet: Meet, server: Server) -> None:
    person = await meet()
    await at_scene(person, server, "single")
    await person.write("我们")
    await server.put(scene("ladder"), await person.token())
    await person.page.evaluate("() => dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    await person.page.evaluate("() => fetch('/robots.txt')")
    await expect(person.page.locator("textarea[name=text]")).to_have_value("我们")
