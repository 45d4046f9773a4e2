"""The conversation as a page, without scripts and with them: the same."""

import pytest

from tests.web.browser import Browser
from tests.web.conftest import Web

BOTH = pytest.mark.parametrize("scripted", [False, True], ids=["without scripts", "with scripts"])


async def begun(web: Web, *, scripted: bool = False, firm: str = "示例五金厂") -> Browser:
    """Somebody at the first question."""
    browser = await web.browser(scripted=scripted)
    await browser.press("▶ 开始")
    await browser.say(firm)
    await browser.press("小微企业")
    assert "网络建设" in browser.text
    return browser


async def test_of_who_only_looks_nothing_is_stored(web: Web) -> None:
    browser = await web.browser()
    assert "您好，我是数评" in browser.text
    assert (await web.state(browser)).window is None


@BOTH
async def test_an_answer_is_kept_and_stands_above_the_next_card(web: Web, *, scripted: bool) -> None:
    browser = await begun(web, scripted=scripted)
    await browser.press("车间有工控网")
    await browser.press("✅ 完成")
    session = (await web.state(browser)).session
    assert session
    assert session.record.choices["q1"] == ("B",)
    assert "车间工控网" in browser.text
    assert "设备数字化" in browser.text
    assert "已记下" not in browser.text


@BOTH
async def test_a_tap_that_comes_twice_counts_once(web: Web, *, scripted: bool) -> None:
    browser = await begun(web, scripted=scripted)
    tap = browser.filled("车间有工控网")
    await browser.post(*tap)
    once = (await web.state(browser)).session
    await browser.post(*tap)
    assert (await web.state(browser)).session == once
    assert "已经处理过" not in browser.text


@BOTH
async def test_a_question_that_another_process_has_answered_is_answered_again(web: Web, *, scripted: bool) -> None:
    """Its answer was lost on the way, and who asks once more comes to a process that has heard nothing of it."""
    browser = await begun(web, scripted=scripted)
    (form,) = [form.fields for form in browser.page.forms if "text" in form.fields]
    asked = {**form, "text": "什么是PLC"}
    await browser.post("/say", asked)
    assert "小电脑" in browser.text
    web.site.told.clear()
    await browser.post("/say", asked)
    assert "小电脑" in browser.text


@BOTH
async def test_an_answer_that_another_process_has_taken_is_no_answer_to_the_next_card(
    web: Web, *, scripted: bool
) -> None:
    browser = await begun(web, scripted=scripted)
    (form,) = [form.fields for form in browser.page.forms if "text" in form.fields]
    for _ in range(2):
        await browser.post("/say", {**form, "text": "BC"})
        assert "设备数字化" in browser.text
        assert "没看懂" not in browser.text
        web.site.told.clear()


async def test_an_old_page_changes_nothing_and_says_so(web: Web) -> None:
    browser = await begun(web)
    old = browser.filled("车间有工控网")
    await browser.press("稍后")
    before = (await web.state(browser)).session
    await browser.post(*old)
    assert (await web.state(browser)).session == before
    assert "已经处理过" in browser.text


async def test_what_is_typed_below_an_old_card_is_no_answer_to_the_new_one(web: Web) -> None:
    phone = await begun(web)
    form = next(form for form in phone.page.forms if "text" in form.fields)
    await phone.press("稍后")
    await phone.post(form.action, {**form.fields, "text": "B"})
    session = (await web.state(phone)).session
    assert session
    assert not session.record.choices


async def test_words_on_what_happened_are_said_once(web: Web) -> None:
    browser = await begun(web)
    await browser.say("什么是PLC")
    assert "小电脑" in browser.text
    await browser.open()
    assert "小电脑" not in browser.text


async def test_a_detail_is_a_page_with_a_way_back(web: Web) -> None:
    browser = await begun(web)
    await browser.open("/d/privacy")
    assert "存什么" in browser.text
    await browser.press("← 返回")
    assert "网络建设" in browser.text


async def test_the_language_of_the_browser_greets(web: Web) -> None:
    assert "Hello" in (await web.browser(language="en-GB,en;q=0.9")).text
    assert "您好，我是數評" in (await web.browser(language="zh-TW")).text


@pytest.mark.parametrize("path", ["/d/none", "/a/zz", "/x", "/d/help?about=nothing", "/file/exe"])
async def test_what_is_not_there_is_said_in_a_sentence(web: Web, path: str) -> None:
    browser = await begun(web)
    await browser.open(path)
    assert browser.answer.status_code in (404, 200)
    assert "Traceback" not in browser.text
    await browser.press("接着答" if browser.answer.status_code == 404 else "← 返回")
    assert "网络建设" in browser.text
