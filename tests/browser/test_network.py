"""A line that breaks, an answer that is lost, a tap that is doubled: nothing is lost, and nothing is done twice."""

import asyncio
from dataclasses import replace

from playwright.async_api import Route, expect

from bot.web.limits import Limit
from bot.web.visitor import window_of
from tests.browser.chromium import Look
from tests.browser.conftest import Meet
from tests.browser.gallery import at_scene
from tests.browser.person import FIELD, Person
from tests.browser.server import Server

OFFLINE = "ERR_INTERNET_DISCONNECTED"
LOST = "net::ERR_FAILED"
FIRST, THEN = "规划实施", "数据采集"
"""Where "single" is, and what is asked after it."""


async def _revision(person: Person, server: Server) -> int:
    session = await server.session(await person.token())
    assert session
    return session.revision


async def test_a_line_typed_offline_is_kept_told_and_goes_on_by_itself(person: Person, server: Server) -> None:
    await at_scene(person, server, "single")
    before = await _revision(person, server)
    person.watch.expect(OFFLINE)
    await person.context.set_offline(offline=True)
    await person.write("D")
    await person.press(person.send)
    await expect(person.page.get_by_role("status")).to_contain_text("不用重填")
    await expect(person.page.locator(FIELD)).to_have_value("D")
    assert await _revision(person, server) == before
    await person.context.set_offline(offline=False)
    await expect(person.page.locator("main h1")).not_to_contain_text(FIRST)
    await expect(person.page.locator("[role=status]")).to_be_empty()
    assert await _revision(person, server) == before + 1


async def test_a_tap_made_offline_goes_on_by_itself(person: Person, server: Server) -> None:
    await at_scene(person, server, "single")
    before = await _revision(person, server)
    person.watch.expect(OFFLINE)
    await person.context.set_offline(offline=True)
    await person.press(person.page.locator("button.choice").nth(3))
    await expect(person.page.get_by_role("status")).to_contain_text("自动再发")
    await person.context.set_offline(offline=False)
    await expect(person.page.locator("main h1")).not_to_contain_text(FIRST)
    assert await _revision(person, server) == before + 1


async def test_an_answer_that_is_lost_on_its_way_is_asked_for_again(person: Person, server: Server) -> None:
    await at_scene(person, server, "single")
    before, arrived = await _revision(person, server), []
    person.watch.expect(LOST)

    async def lose_one(route: Route) -> None:
        arrived.append(await route.fetch(max_redirects=0))
        if len(arrived) == 1:
            await route.abort()
        else:
            await route.fulfill(response=arrived[-1])

    await person.context.route("**/say", lose_one)
    await person.press(person.page.locator("button.choice").nth(3))
    await expect(person.page.locator("main h1")).not_to_contain_text(FIRST)
    assert len(arrived) == 2
    assert await _revision(person, server) == before + 1
    assert await person.page.locator("main .warned").count() == 0


async def test_what_was_typed_outlives_a_crowd(person: Person, server: Server) -> None:
    await at_scene(person, server, "single")
    before = await _revision(person, server)
    person.watch.expect("status of 429")
    server.site.limits = replace(server.site.limits, requests_by_window=Limit(1, 1))
    server.site.limits.requests_by_window.take(window_of(await person.token()))
    await person.write("D")
    await person.press(person.send)
    await expect(person.page.locator("main h1")).not_to_contain_text(FIRST)
    assert await _revision(person, server) == before + 1


async def test_two_taps_at_once_are_one(meet: Meet, server: Server) -> None:
    person = await meet()
    await at_scene(person, server, "single")
    before = await _revision(person, server)
    await person.page.locator("button.choice").nth(3).evaluate("(button) => { button.click(); button.click() }")
    await expect(person.page.locator("main h1")).not_to_contain_text(FIRST)
    assert await _revision(person, server) == before + 1


async def test_a_double_tap_does_not_answer_what_comes_next(person: Person, server: Server) -> None:
    await at_scene(person, server, "levels")
    before = await _revision(person, server)
    place = await person.page.locator("button.choice").nth(1).bounding_box()
    assert place
    middle = (place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    async with person.page.expect_response("**/say"):
        await person.page.touchscreen.tap(*middle)
    await person.page.evaluate("() => new Promise(requestAnimationFrame)")
    await person.page.touchscreen.tap(*middle)
    await person.type("总览")
    assert await _revision(person, server) == before + 2


async def test_two_taps_at_once_are_one_without_scripts(meet: Meet, server: Server) -> None:
    person = await meet(Look(scripts=False))
    await at_scene(person, server, "single")
    before = await _revision(person, server)
    arrived = asyncio.Event()

    async def outrun(route: Route) -> None:
        if arrived.is_set():
            await route.continue_()
        else:
            await route.fetch(max_redirects=0)  # its answer never comes: the second tap has taken its place
            arrived.set()

    await person.context.route("**/say", outrun)
    place = await person.page.locator("button.choice").nth(3).bounding_box()
    assert place
    await person.page.mouse.click(place["x"] + 10, place["y"] + 10)
    await arrived.wait()
    assert await _revision(person, server) == before + 1
    await person.page.mouse.click(place["x"] + 10, place["y"] + 10)
    await expect(person.page.locator("main h1")).not_to_contain_text(FIRST)
    assert await _revision(person, server) == before + 1
    assert await person.page.locator("main .warned").count() == 0


async def test_a_phone_that_does_not_tell_by_which_button_is_understood(person: Person, server: Server) -> None:
    await person.context.add_init_script("delete SubmitEvent.prototype.submitter")
    await at_scene(person, server, "single")
    before = await _revision(person, server)
    await person.press(person.page.locator("button.choice").nth(3))
    await expect(person.page.locator("main h1")).not_to_contain_text(FIRST)
    await person.type("B")
    assert await _revision(person, server) == before + 2
