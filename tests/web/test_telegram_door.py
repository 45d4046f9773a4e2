"""The page inside Telegram: the same window as the chat."""

import hmac
import json
from urllib.parse import urlencode

import pytest

from tests.web.browser import Browser
from tests.web.conftest import BOT_TOKEN, Web
from tests.web.test_conversation import begun


def signed(user: int, at: float, token: str = BOT_TOKEN) -> str:
    """What Telegram tells a page that it opens."""
    fields = {"auth_date": str(int(at)), "query_id": "AAA", "user": json.dumps({"id": user, "first_name": "x"})}
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.digest(b"WebAppData", token.encode(), "sha256")
    return urlencode({**fields, "hash": hmac.digest(key, lines.encode(), "sha256").hex()})


async def inside(web: Web, user: int = 42) -> Browser:
    browser = await web.visitor()
    return await enter(web, browser, signed(user, web.clock.now.timestamp()))


async def enter(web: Web, browser: Browser, init: str, origin: str | None = None) -> Browser:
    """What our script does on the page that Telegram opens."""
    await browser.open("/tg")
    return await browser.post("/tg", {"init": init}, {"origin": origin or web.url})


async def test_the_chats_window_is_the_pages(web: Web) -> None:
    browser = await inside(web)
    await browser.press("▶ 开始")
    await browser.say("示例五金厂")
    state = await web.store.state("telegram:42")
    assert state.session
    assert state.session.firm.name == "示例五金厂"
    again = await inside(web)
    assert "企业属于哪一类" in again.text


async def test_there_is_no_link_to_a_chat(web: Web) -> None:
    browser = await inside(web)
    await browser.press("▶ 开始")
    await browser.open("/keep")
    assert "存好这个链接" not in browser.text
    assert "要返回码" in browser.text


@pytest.mark.parametrize("init", ["", "user=1&hash=00", "x" * 5000, signed(42, 0), signed(42, 1725267600, "1:another")])
async def test_whom_telegram_does_not_vouch_for_is_nobody(web: Web, init: str) -> None:
    browser = await web.visitor()
    await enter(web, browser, init)
    assert browser.answer.status_code == 403
    assert "没有认出您" in browser.text
    assert (await web.store.state("telegram:42")).window is None


async def test_the_sign_of_a_chat_opens_no_link_and_no_other_chat(web: Web) -> None:
    browser = await inside(web)
    sign = browser.client.cookies["shuping"]
    other = await web.visitor()
    other.client.cookies.set("shuping", sign.replace("42.", "43.", 1))
    await other.open()
    assert "您好，我是数评" in other.text
    await other.open(f"/a/{sign}")
    assert other.answer.status_code == 404


async def test_a_browser_keeps_its_own_beside_the_chat(web: Web) -> None:
    browser = await begun(web)
    token = browser.token
    await enter(web, browser, signed(7, web.clock.now.timestamp()))
    assert "您好，我是数评" in browser.text
    await browser.open(f"/a/{token}")
    assert "网络建设" in browser.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_no_other_site_takes_a_browser_to_a_chat_of_theirs(web: Web, origin: str) -> None:
    browser = await begun(web)
    await enter(web, browser, signed(666, web.clock.now.timestamp()), origin)
    assert browser.answer.status_code == 403
    await browser.open()
    assert "网络建设" in browser.text
