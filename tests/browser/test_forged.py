"""Forms that were never ours, cookies that were never given, and other sites that try to speak for somebody."""

from collections.abc import AsyncIterator, Callable
from time import time
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import APIResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from bot.http.server import served
from tests.browser.conftest import Meet
from tests.browser.gallery import at_scene
from tests.browser.person import FORM, Person
from tests.browser.server import BOT_TOKEN, Server, free_port
from tests.flows.scenes import scene
from tests.web.test_telegram_door import signed


async def _say(person: Person, **fields: str) -> APIResponse:
    return await person.context.request.post("/say", form=dict(fields), max_redirects=0)


async def _button(person: Person) -> str:
    return await person.page.locator("button.choice").nth(3).get_attribute("value") or ""


@pytest.mark.parametrize("form", [None, "", ".", "0" * 49, "0123456789abcdef." + "f" * 32, "\0", "é" * 50])
async def test_a_form_without_our_sign_does_nothing(person: Person, server: Server, form: str | None) -> None:
    await at_scene(person, server, "single")
    before = await server.session(await person.token())
    fields = {"do": await _button(person)} | ({} if form is None else {"form": form})
    assert (await _say(person, **fields)).status == 403
    assert await server.session(await person.token()) == before


async def test_the_sign_of_anothers_form_does_nothing(meet: Meet, server: Server) -> None:
    person, other = await meet(), await meet()
    await at_scene(person, server, "single")
    await at_scene(other, server, "single")
    before = await server.session(await person.token())
    theirs = await other.page.locator(FORM).first.input_value()
    assert (await _say(person, form=theirs, do=await _button(person))).status == 403
    assert await server.session(await person.token()) == before


async def test_anothers_button_does_nothing_to_either(meet: Meet, server: Server) -> None:
    person, other = await meet(), await meet()
    await at_scene(person, server, "single")
    await at_scene(other, server, "single")
    tokens = [await person.token(), await other.token()]
    before = [await server.session(token) for token in tokens]
    response = await _say(person, form=await person.nonce(), do=await _button(other))
    assert response.status == 303
    assert [await server.session(token) for token in tokens] == before


@pytest.mark.parametrize("do", ["x", "|||", "0|0|0|aA", "s|9999999999|q8|aD", "!" + "x" * 60, "a" * 5000, "!delete:"])
async def test_a_button_that_we_never_wrote_does_nothing(person: Person, server: Server, do: str) -> None:
    await at_scene(person, server, "single")
    before = await server.session(await person.token())
    assert (await _say(person, form=await person.nonce(), do=do)).status in (200, 303)
    assert await server.session(await person.token()) == before


@pytest.mark.parametrize("token", ["0" * 32, "f" * 31, "x" * 32, "", "1.2.3", "a" * 3000])
async def test_a_cookie_that_we_never_gave_opens_nothing(person: Person, server: Server, token: str) -> None:
    await person.become(token)
    await person.open()
    assert "您好" in await person.heading()


@pytest_asyncio.fixture(loop_scope="session")
async def elsewhere() -> AsyncIterator[Callable[[str], str]]:
    """Another site, which shows what it is given: elsewhere(html) → its address."""
    shown: list[str] = []

    async def answer(_: Request) -> HTMLResponse:
        return HTMLResponse(f"<!doctype html><title>A site</title>{shown[-1]}")

    def show(html: str) -> str:
        shown.append(html)
        return f"http://localhost:{port}/"

    port = free_port()
    async with served(Starlette(routes=[Route("/", answer)]), f"127.0.0.1:{port}"):
        yield show


async def test_no_other_site_speaks_for_somebody(
    person: Person, server: Server, elsewhere: Callable[[str], str]
) -> None:
    await at_scene(person, server, "single")
    before = await server.session(await person.token())
    form, do = await person.nonce(), await _button(person)
    person.watch.expect("elsewhere", "favicon", "status of 403")
    await person.page.goto(
        elsewhere(
            f'<form method="post" action="{server.url}/say"><input name="form" value="{form}">'
            f'<input name="do" value="{do}"><button>A prize</button></form>'
        )
    )
    async with person.page.expect_response(f"{server.url}/say") as response:
        await person.page.get_by_role("button").click()
    assert (await response.value).status == 403
    assert await server.session(await person.token()) == before


async def test_no_other_site_frames_the_page(person: Person, server: Server, elsewhere: Callable[[str], str]) -> None:
    await at_scene(person, server, "single")
    person.watch.expect("elsewhere", "favicon", "frame-ancestors", "chrome-error")
    await person.page.goto(elsewhere(f'<iframe src="{server.url}/"></iframe>'))
    assert await person.page.frame_locator("iframe").locator("main").count() == 0


async def test_no_other_site_leads_to_an_assessment_unasked(
    person: Person, server: Server, elsewhere: Callable[[str], str]
) -> None:
    """Or somebody would answer in it, and whoever made it would read along."""
    theirs = await server.put(scene("single"))
    person.watch.expect("elsewhere", "favicon")
    await person.open()
    own = await person.token()
    await person.page.goto(
        elsewhere(f'<meta http-equiv="refresh" content="0; url={server.url}/a/{theirs}">'), wait_until="commit"
    )
    await person.page.wait_for_url(f"{server.url}/open")
    assert await person.token() == own
    await person.tap("打开")
    assert await person.token() == own
    assert await server.session(own) == await server.session(theirs)


async def test_no_other_site_leads_to_a_chat_of_its_own(
    person: Person, server: Server, elsewhere: Callable[[str], str]
) -> None:
    await at_scene(person, server, "single")
    own = await person.token()
    person.watch.expect("elsewhere", "favicon")
    init = quote(signed(666, time(), BOT_TOKEN))
    await person.page.goto(elsewhere(f'<a href="{server.url}/tg#tgWebAppData={init}">A prize</a>'))
    await person.page.get_by_role("link").click()
    await person.page.wait_for_url(f"{server.url}/tg#*")
    await person.page.wait_for_load_state()
    await person.open()
    assert await person.token() == own
    assert "您好" not in await person.heading()


async def test_telegrams_app_leads_to_the_chat(person: Person, server: Server) -> None:
    await person.page.add_init_script("window.TelegramWebviewProxy = {}")
    init = quote(signed(42, time(), BOT_TOKEN))
    await person.open(f"/tg#tgWebAppData={init}")
    await person.page.wait_for_url(f"{server.url}/")
    assert (await person.token()).startswith("42.")
