"""What goes over the wire: little enough for a phone at the edge of a workshop."""

from tests.browser.chromium import Look
from tests.browser.conftest import Meet
from tests.browser.gallery import PAGES
from tests.browser.server import Server

FIRST_LOAD = 40_000
A_TAP = 6_000
"""Bytes, heads and bodies as they are sent."""


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


async def test_a_tap_is_light(meet: Meet, server: Server) -> None:
    for look in (Look(), Look(scripts=False)):
        person, heavy = await meet(look), {}
        await person.open()
        await person.tap("▶ 开始")
        for line in ("宏图机械厂", "D", *"BC", "完成", *"CCDCCBBDBBCCCC", *"2" * 16):
            seen = len(person.watch.finished)
            await person.type(line)
            weight = await person.watch.weight(person.watch.finished[seen:])
            if weight > A_TAP:
                heavy[await person.heading()] = weight
        assert heavy == {}
