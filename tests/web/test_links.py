"""The link to keep, codes, and what one browser can do to another."""

import re
from datetime import timedelta

import pytest

from tests.web.conftest import Web
from tests.web.test_conversation import begun

CODE = re.compile(r"\b([A-Z]{3}) ?([A-Z]{3})\b")


async def test_the_link_brings_everything_back_after_the_cookie_is_lost(web: Web) -> None:
    browser = await begun(web)
    await browser.open("/keep")
    link = next(form.fields for form in browser.page.forms)
    assert link
    token = browser.token
    assert f"/a/{token}" in browser.answer.text
    other = await web.visitor()
    await other.open(f"/a/{token}")
    assert "网络建设" in other.text
    assert str(other.answer.url) == f"{web.url}/"
    assert other.token == token
    assert "有这个链接的人都能看到" in other.text
    await other.open()
    assert "有这个链接的人都能看到" not in other.text


async def test_looking_at_a_link_uses_up_nothing_and_stores_nothing(web: Web) -> None:
    browser = await begun(web)
    await browser.open("/keep")
    await browser.press("要返回码")
    found = re.search(r"/a/([0-9a-f]{32})", browser.answer.text)
    assert found
    for _ in range(3):
        fetched = await web.visitor()
        await fetched.open(f"/a/{found[1]}")
        assert (await web.state(fetched)).window is None
    opened = await web.browser()
    await opened.open(f"/a/{found[1]}")
    await opened.press("打开")
    assert "网络建设" in opened.text


async def test_a_link_takes_nobody_away_from_their_own_assessment(web: Web) -> None:
    mine, theirs = await begun(web), await begun(web, firm="别家厂")
    before = mine.token
    await mine.open(f"/a/{theirs.token}")
    assert mine.token == before
    assert "打开这份评测" in mine.text
    await mine.press("不打开")
    state = await web.state(mine)
    assert state.session
    assert state.session.firm.name == "示例五金厂"


async def test_a_code_opens_once_on_another_device(web: Web) -> None:
    browser = await begun(web)
    await browser.open("/keep")
    await browser.press("要返回码")
    code = CODE.search(browser.text)
    assert code
    other = await web.browser()
    await other.press("输返回码")
    await other.press("打开", code=f"{code[1]}-{code[2]}".lower())
    assert "网络建设" in other.text
    third = await web.browser()
    await third.open("/code")
    await third.press("打开", code="".join(code.groups()))
    assert "不对，或者过期了" in third.text


async def test_a_code_is_over_after_half_an_hour(web: Web) -> None:
    browser = await begun(web)
    await browser.open("/keep")
    await browser.press("要返回码")
    code = CODE.search(browser.text)
    assert code
    web.pass_time(timedelta(minutes=31))
    other = await web.browser()
    await other.open("/code")
    await other.press("打开", code="".join(code.groups()))
    assert "不对，或者过期了" in other.text


@pytest.mark.parametrize("known", [False, True], ids=["a stranger", "who has an assessment"])
async def test_codes_cannot_be_tried_at_will(web: Web, *, known: bool) -> None:
    browser = await begun(web) if known else await web.browser()
    statuses = []
    for number in range(8):
        await browser.open("/code")
        await browser.press("打开", code=f"ABCDE{chr(65 + number)}")
        statuses.append(browser.answer.status_code)
    assert statuses == [200] * 5 + [429] * 3
    web.pass_time(timedelta(minutes=2, seconds=1))
    await browser.open("/code")
    await browser.press("打开", code="ABCDEF")
    assert browser.answer.status_code == 200


async def test_a_new_link_voids_the_old_one_and_who_came_by_it(web: Web) -> None:
    browser = await begun(web)
    old = browser.token
    thief = await web.visitor()
    await thief.open(f"/a/{old}")
    assert "网络建设" in thief.text
    await browser.open("/keep")
    await browser.press("换新链接")
    assert browser.token != old
    await browser.open()
    assert "网络建设" in browser.text
    await thief.open()
    assert "您好，我是数评" in thief.text
    await (await web.visitor()).open(f"/a/{old}")


async def test_no_form_but_our_own_is_taken(web: Web) -> None:
    browser, other = await begun(web), await begun(web, firm="别家厂")
    before = (await web.state(browser)).session
    action, fields = browser.filled("车间有工控网")
    for form in ("", "0" * 16 + "." + "0" * 32, other.filled("车间有工控网")[1]["form"], "ü.ü"):
        await browser.post(action, {**fields, "form": form})
        assert browser.answer.status_code == 403, form
        assert "不记得您了" in browser.text
    assert (await web.state(browser)).session == before


async def test_a_form_of_another_site_takes_no_cookie_away(web: Web) -> None:
    browser = await begun(web)
    action, fields = browser.filled("车间有工控网")
    browser.client.cookies.clear()  # as browsers do with what another site has them send
    await browser.post(action, fields)
    assert browser.answer.status_code == 403
    assert "set-cookie" not in browser.answer.headers


async def test_a_cookie_lost_in_the_middle_is_told_and_comes_back(web: Web) -> None:
    browser = await begun(web)
    token = browser.token
    tap = browser.filled("车间有工控网")
    browser.client.cookies.clear()
    await browser.post(*tap)
    assert browser.answer.status_code == 403
    await browser.open(f"/a/{token}")
    assert "网络建设" in browser.text


async def test_another_firms_button_opens_nothing(web: Web) -> None:
    browser, other = await begun(web), await begun(web, firm="别家厂")
    theirs = other.filled("车间有工控网")[1]["do"]
    action, fields = browser.filled("车间有工控网")
    before = (await web.state(browser)).session
    await browser.post(action, {**fields, "do": theirs})
    assert (await web.state(browser)).session == before


async def test_a_kept_link_adds_to_what_a_browser_has(web: Web) -> None:
    mine, theirs = await begun(web), await begun(web, firm="别家厂")
    await mine.open(f"/a/{theirs.token}")
    assert str(mine.answer.url) == f"{web.url}/open"
    await mine.press("打开")
    state = await web.state(mine)
    assert state.session
    assert state.session.firm.name == "别家厂"
    assert len(state.dossiers) == 2
    await mine.open("/d/firms")
    assert "示例五金厂" in mine.text


async def test_who_deletes_all_gets_another_link(web: Web) -> None:
    browser = await begun(web)
    old = browser.token
    await browser.press("删除数据")
    await browser.press("是，全部删除")
    assert "已全部删除" in browser.text
    assert browser.token != old
    assert (await web.store.state(f"web:{old}")).window is None
    other = await web.visitor()
    await other.open(f"/a/{old}")
    await other.press("打开")
    assert "链接" in other.text


async def test_the_calendar_gets_the_link_and_the_time(web: Web) -> None:
    browser = await begun(web)
    await browser.open("/keep")
    await browser.press("放进日历", at="2024-09-03T09:30")
    assert browser.answer.headers["content-type"] == "text/calendar; charset=utf-8"
    unfolded = browser.answer.text.replace("\r\n ", "")
    assert f"{web.url}/a/{browser.token}" in unfolded
    assert "DTSTART:20240903T013000Z" in unfolded


async def test_a_time_that_is_over_is_told(web: Web) -> None:
    browser = await begun(web)
    for at in ("2024-09-01T09:30", "", "soon", "9999-12-31T23:59", "2024-09-03T09:30+20:00"):
        await browser.open("/keep")
        await browser.press("放进日历", at=at)
        assert ("选一个以后的时间" in browser.text) == (at != "2024-09-03T09:30+20:00"), at


async def test_who_comes_back_is_told_where_they_were(web: Web) -> None:
    browser = await begun(web)
    await browser.press("车间有工控网")
    await browser.press("✅ 完成")
    await browser.open()
    assert "欢迎回来" not in browser.text
    web.pass_time(timedelta(hours=2))
    await browser.open()
    assert "欢迎回来" in browser.text
