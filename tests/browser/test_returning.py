"""Cookies that are gone, another phone, two windows: one conversation, at one place."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.chromium import Look
from tests.browser.conftest import Meet
from tests.browser.gallery import at_scene
from tests.browser.person import Person
from tests.browser.server import Server

BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
CODE = re.compile(r"\b([A-Z]{3}) ?([A-Z]{3})\b")


async def _code(person: Person) -> str:
    """A code for another browser."""
    await person.open("/keep")
    await person.press(person.page.locator('form[action="/keep/code"] button'))
    await person.page.locator("main a.back[href='/keep']").wait_for()
    found = CODE.search(await person.text())
    assert found
    return found[1] + found[2]


@BOTH
async def test_a_lost_cookie_is_told_and_the_link_brings_all_back(meet: Meet, server: Server, *, scripts: bool) -> None:
    person = await meet(Look(scripts=scripts))
    await at_scene(person, server, "single")
    title = await person.heading()
    await person.open("/keep")
    link = await person.page.locator("#address").input_value()
    await person.open()
    token, before = await person.token(), await server.session(await person.token())
    await person.context.clear_cookies()
    person.watch.expect("status of 403")
    await person.page.locator("button.choice").nth(3).click()
    await expect(person.page.locator("main h1")).to_contain_text("不记得")
    await person.open(link)
    assert person.page.url == f"{server.url}/"
    assert await person.heading() == title
    assert await person.token() == token
    assert await server.session(token) == before


@BOTH
async def test_a_code_brings_all_to_another_phone(meet: Meet, server: Server, *, scripts: bool) -> None:
    person, other = await meet(Look(scripts=scripts)), await meet(Look(scripts=scripts))
    await at_scene(person, server, "single")
    title = await person.heading()
    code = await _code(person)
    await other.open()
    await other.tap("已经答过")
    await other.page.locator("#code").fill(code.lower())
    await other.page.locator('form[action="/code"] button').click()
    await expect(other.page.locator("main h1")).to_have_text(title)
    assert await other.token() != await person.token()


async def test_what_one_phone_answers_the_other_shows(meet: Meet, server: Server) -> None:
    person, other = await meet(), await meet()
    await at_scene(person, server, "single")
    code = await _code(person)
    await other.open("/code")
    await other.page.locator("#code").fill(code)
    await other.page.locator('form[action="/code"] button').click()
    await expect(other.page.locator("main h1")).to_contain_text("规划实施")
    await person.open()
    await person.press(person.page.locator("button.choice").nth(3))
    await expect(person.page.locator("main h1")).not_to_contain_text("规划实施")
    await other.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    await expect(other.page.locator("main h1")).to_have_text(await person.heading())


@BOTH
async def test_an_old_card_in_a_second_window_answers_nothing(meet: Meet, server: Server, *, scripts: bool) -> None:
    person = await meet(Look(scripts=scripts))
    await at_scene(person, server, "single")
    second = await person.context.new_page()
    await second.goto("/")
    await person.page.locator("button.choice").nth(3).click()
    await expect(person.page.locator("main h1")).not_to_contain_text("规划实施")
    before = await server.session(await person.token())
    await second.bring_to_front()
    old = second.locator("button.choice").first
    if await second.locator("main h1").inner_text() != await person.heading():
        await old.click()
    await expect(second.locator("main h1")).to_have_text(await person.heading())
    assert await server.session(await person.token()) == before


async def test_a_link_asks_before_it_takes_somebody_from_their_own(meet: Meet, server: Server) -> None:
    person, other = await meet(), await meet()
    await at_scene(person, server, "single")
    await at_scene(other, server, "ladder")
    token = await other.token()
    await other.open(f"/a/{await person.token()}")
    await expect(other.page.locator("main h1")).to_contain_text("打开")
    assert await other.token() == token
    await other.tap("打开")
    await expect(other.page.locator("main h1")).to_contain_text("规划实施")
    assert await other.token() == token
