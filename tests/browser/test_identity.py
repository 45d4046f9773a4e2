"""What papers tell of the firm, filled in on a phone: once, before the first of them; the file comes by itself."""

import pytest
from playwright.async_api import expect

from tests.browser.chromium import PATIENCE, Look
from tests.browser.conftest import Meet
from tests.browser.gallery import at_scene
from tests.browser.person import Person
from tests.browser.server import Server
from tests.flows.scenes import scene

BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
CODE = "91330200144153290E"


def field(person: Person, name: str) -> str:
    return f'input[name="fact.{name}"]'


@BOTH
async def test_one_form_one_button_and_the_file(meet: Meet, server: Server, *, scripts: bool) -> None:
    person = await meet(Look(scripts=scripts))
    await at_scene(person, server, "result")
    await person.tap("报告")
    page = person.page
    await page.locator(field(person, "credit_code")).fill(CODE[:-1] + "F")
    await page.locator(field(person, "contact")).fill("张三")
    await person.tap("就这样，出报告")
    wrong = page.locator(field(person, "credit_code"))
    await expect(wrong).to_have_attribute("aria-invalid", "true")
    await expect(wrong).to_have_value(CODE[:-1] + "F")
    await expect(page.locator(field(person, "contact"))).to_have_value("张三")
    await wrong.fill(CODE)
    async with page.expect_download(timeout=3 * PATIENCE) as download:
        await person.tap("就这样，出报告")
    assert (await download.value).suggested_filename.endswith(".pdf")
    await expect(page.locator("main h1")).to_contain_text("评测结果")
    session = await server.session(await person.token())
    assert session
    assert (session.firm.credit_code, session.firm.contact, session.identified) == (CODE, "张三", True)


async def test_what_is_being_filled_in_is_not_taken_away(meet: Meet, server: Server) -> None:
    person = await meet()
    await at_scene(person, server, "identity")
    await person.page.locator(field(person, "region")).fill("宁波")
    await person.page.locator("main h1").click()
    await server.put(scene("result"), await person.token())
    await person.page.evaluate("() => dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    await person.page.evaluate("() => fetch('/robots.txt')")
    await expect(person.page.locator(field(person, "region"))).to_have_value("宁波")
