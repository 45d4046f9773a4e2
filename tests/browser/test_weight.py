"""What goes over the wire: little enough for a phone at the edge of a workshop."""

import pytest

from tests.browser.chromium import Look
from tests.browser.conftest import Meet
from tests.browser.gallery import PAGES, at_scene
from tests.browser.person import Person
from tests.browser.server import Server

FIRST_LOAD = 40_000
A_TAP = 6_000
"""Bytes, heads and bodies as they are sent."""
WALK = (
    *("宏图机械厂", "小微企业", "BC", "C", "B", "GHN", "C", "BC", "BC", "D", "BC", "BD", "B", "C", "C", "C", "B"),
    *("2" for _ in range(16)),
    "我承诺",
)


async def test_the_first_look_is_light(meet: Meet) -> None:
    person = await meet()
    await person.open()
    await person.page.wait_for_load_state("networkidle")
    assert await person.watch.weight() <= FIRST_LOAD


async def test_each_page_is_light_for_who_has_been_here(meet: Meet, server: Server) -> None:
    person, heavy = await meet(), {}
    await person.open()
    for name, show in PAGES.items():
        seen = len(person.watch.finished)
        await show(person, server)
        heaviest = max([await person.watch.weight([request]) for request in person.watch.finished[seen:]])
        if heaviest > FIRST_LOAD:
            heavy[name] = heaviest
    assert heavy == {}


@pytest.mark.parametrize(
    ("look", "lines"), [(Look(), WALK), (Look(scripts=False), WALK[:12])], ids=["scripts", "no scripts"]
)
async def test_a_tap_is_light(meet: Meet, look: Look, lines: tuple[str, ...]) -> None:
    person, heavy = await meet(look), {}
    await person.open()
    await person.tap("▶ 开始")
    for line in lines:
        await person.page.wait_for_load_state()  # what came before is all counted
        seen = len(person.watch.finished)
        await person.type(line)
        weight = await person.watch.weight(person.watch.finished[seen:])
        if weight > A_TAP:
            heavy[await person.heading()] = weight
    assert heavy == {}


@pytest.mark.parametrize("name", ["what_if", "plan"])
async def test_a_switch_is_light(person: Person, server: Server, name: str) -> None:
    await at_scene(person, server, name)
    seen = len(person.watch.finished)
    await person.answered(person.page.locator("main button[aria-pressed=false]").last)
    assert await person.watch.weight(person.watch.finished[seen:]) <= A_TAP
