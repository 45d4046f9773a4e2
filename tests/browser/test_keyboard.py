"""Without a mouse or a thumb: everything is reached, in order, and what has the focus is seen."""

import pytest
from playwright.async_api import expect

from tests.browser.chromium import DESK, Look
from tests.browser.conftest import Meet
from tests.browser.person import FIELD, Person
from tests.browser.server import Server

MOST = 40
"""So many steps are between anything and the next thing, at most."""
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
FOCUSED = "() => document.activeElement === document.body ? '' : document.activeElement.innerText"


async def _reach(person: Person, words: str) -> None:
    """Go on until what has the focus says so, and can be seen to have it."""
    for _ in range(MOST):
        await person.page.keyboard.press("Tab")
        if words in await person.page.evaluate(FOCUSED):
            break
    else:
        raise AssertionError(f"{words} cannot be reached")
    outline = "() => getComputedStyle(document.activeElement).outlineStyle"
    assert await person.page.evaluate(outline) != "none"


@BOTH
async def test_a_keyboard_is_enough(meet: Meet, server: Server, *, scripts: bool) -> None:
    person = await meet(Look(DESK, scripts=scripts))
    await person.open()
    for words, key, then in (
        ("▶", "Enter", "企业叫什么"),
        ("跳过", "Space", "哪一类"),
        ("小微企业", "Enter", "网络建设"),
        ("车间有工控网", "Space", "网络建设"),
        ("✅", "Enter", "设备数字化"),
    ):
        before = await person.nonce()
        await _reach(person, words)
        await person.page.keyboard.press(key)
        await expect(person.page.locator("main input[name=form]").first).not_to_have_value(before)
        await expect(person.page.locator("main h1")).to_contain_text(then)
    session = await server.session(await person.token())
    assert session
    assert session.record.choices["q1"] == ("B",)


async def test_a_line_is_sent_by_enter(meet: Meet) -> None:
    person = await meet(Look(DESK))
    await person.open()
    await person.tap("▶ 开始")
    await person.page.locator(FIELD).focus()
    await person.page.keyboard.type("宏图")
    await person.page.keyboard.press("Enter")
    await expect(person.page.locator("main h1")).to_contain_text("哪一类")


async def test_the_first_step_skips_to_the_question(meet: Meet) -> None:
    person = await meet(Look(DESK))
    await person.open()
    await person.page.keyboard.press("Tab")
    skip = person.page.locator(".skip")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await person.page.keyboard.press("Enter")
    await expect(person.page.locator("main")).to_be_focused()


async def test_the_new_card_has_the_focus(meet: Meet) -> None:
    person = await meet(Look(DESK))
    await person.open()
    await person.tap("▶ 开始")
    await expect(person.page.locator("main")).to_be_focused()
