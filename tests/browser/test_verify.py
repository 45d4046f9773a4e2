"""Checking a paper on a phone: the code is typed, or the camera leads there; nothing of it stays in the browser."""

import pytest

from tests.browser.chromium import Look
from tests.browser.conftest import Meet
from tests.browser.gallery import PAGES, PAPER
from tests.browser.server import Server

COMPARE = "请和手里的纸逐项对一下"


@pytest.mark.parametrize("look", [Look(), Look(scripts=False), Look(font=200)], ids=str)
async def test_a_typed_code_leads_to_the_face_and_stays_in_no_address(meet: Meet, server: Server, look: Look) -> None:
    person = await meet(look)
    await PAGES["paper known"](person, server)
    assert COMPARE in await person.text()
    assert person.page.url == f"{server.url}/verify"
    await person.page.go_back()
    assert await person.page.locator("#code").count() == 1
    assert await person.context.cookies() == []


async def test_what_a_camera_reads_leads_to_the_face_at_once(meet: Meet, server: Server) -> None:
    person = await meet()
    await PAGES["paper known"](person, server)
    await person.open(f"/verify/{PAPER}")
    assert COMPARE in await person.text()
    assert await person.context.cookies() == []
