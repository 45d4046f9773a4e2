"""Every kind of card and page: nothing is cut or too small, nobody is kept out, in any light, language and size."""

import pytest

from tests.browser.accessibility import violations
from tests.browser.chromium import DESK, Look
from tests.browser.conftest import Meet
from tests.browser.gallery import PAGES
from tests.browser.layout import layout_faults
from tests.browser.server import Server

ZOOMED = "() => document.body.style.setProperty('-webkit-text-size-adjust', '200%', 'important')"
"""How WeChat makes letters larger on an iPhone."""


@pytest.mark.parametrize(
    "look",
    [
        Look(),
        Look(font=200),
        Look(language="en", font=200),
        Look(language="zh-Hant"),
        Look(DESK),
        Look(DESK, language="en", font=200),
    ],
    ids=str,
)
async def test_all_is_in_sight_and_as_large_as_a_thumb(meet: Meet, server: Server, look: Look) -> None:
    person, faults = await meet(look), {}
    for name, show in PAGES.items():
        await show(person, server)
        faults[name] = await layout_faults(person.page)
    assert {name: told for name, told in faults.items() if told} == {}


async def test_letters_that_wechat_makes_larger_break_nothing(meet: Meet, server: Server) -> None:
    person, faults = await meet(), {}
    for name, show in PAGES.items():
        await show(person, server)
        await person.page.evaluate(ZOOMED)
        faults[name] = await layout_faults(person.page)
    assert {name: told for name, told in faults.items() if told} == {}


@pytest.mark.parametrize("look", [Look(), Look(dark=True), Look(DESK, language="en", dark=True)], ids=str)
async def test_nobody_is_kept_out(meet: Meet, server: Server, look: Look) -> None:
    person, faults = await meet(look), {}
    for name, show in PAGES.items():
        await show(person, server)
        faults[name] = await violations(person.page)
    assert {name: told for name, told in faults.items() if told} == {}
