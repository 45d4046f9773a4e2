"""What papers tell of the firm, as a form: once, before the first of them, and nothing that was typed is lost."""

from datetime import timedelta

from tests.web.browser import Browser
from tests.web.conftest import Web
from tests.web.test_conversation import BOTH
from tests.web.test_outcome import assessed, session

CODE = "91330200144153290E"
TYPED = {"fact.credit_code": CODE, "fact.industry": "五金", "fact.region": "宁波", "fact.contact": "张三 <138>"}


async def asked(web: Web, *, scripted: bool) -> Browser:
    """Somebody who wants the report for the first time."""
    browser = await assessed(web, scripted=scripted)
    return await browser.press("📄 报告")


async def fill(browser: Browser, **told: str) -> Browser:
    """The whole form, sent by its one button."""
    path, fields = browser.filled("就这样，出报告")
    return await browser.post(path, {**fields, **TYPED, **{f"fact.{name}": text for name, text in told.items()}})


@BOTH
async def test_all_of_it_at_once_and_the_file_comes_after_it(web: Web, *, scripted: bool) -> None:
    browser = await asked(web, scripted=scripted)
    assert "报告上这样写您的企业" in browser.text
    await fill(browser)
    firm = (await session(web, browser)).firm
    assert (firm.credit_code, firm.industry, firm.region, firm.contact) == (CODE, "五金", "宁波", "张三 <138>")
    assert "评测结果" in browser.text
    assert browser.answer.text.count("data-now") == 1
    assert "文件正在准备" in browser.text
    assert ("refresh" in browser.answer.headers) is not scripted
    made = await browser.client.get("/file/pdf")
    assert made.content.startswith(b"%PDF")


@BOTH
async def test_what_is_wrong_is_said_beside_its_field_and_the_rest_stays_typed(web: Web, *, scripted: bool) -> None:
    browser = await asked(web, scripted=scripted)
    await fill(browser, credit_code=CODE[:-1] + "F", contact="x" * 61)
    html = browser.answer.text
    assert 'id="wrong.fact.credit_code"' in html
    assert 'id="wrong.fact.contact"' in html
    assert 'id="wrong.fact.region"' not in html
    assert browser.filled("就这样，出报告")[1]["fact.region"] == "宁波"
    assert browser.filled("就这样，出报告")[1]["fact.credit_code"] == CODE[:-1] + "F"
    assert (await session(web, browser)).firm.region is None
    await fill(browser)
    assert (await session(web, browser)).firm.region == "宁波"


async def test_a_form_without_end_counts_as_the_many_requests_whose_time_it_takes(web: Web) -> None:
    """Sixty requests are there at once: a thousand characters are worth twenty of them."""
    browser = await asked(web, scripted=True)
    web.pass_time(timedelta(minutes=1))
    path, fields = browser.filled("就这样，出报告")
    statuses = []
    for _ in range(3):
        await browser.post(path, {**fields, "fact.contact": "厂" * 600, "fact.region": "厂" * 600})
        statuses.append(browser.answer.status_code)
    assert statuses == [200, 200, 429]


@BOTH
async def test_back_takes_nothing_of_it(web: Web, *, scripted: bool) -> None:
    browser = await asked(web, scripted=scripted)
    path, fields = browser.filled("← 返回")
    await browser.post(path, {**fields, **TYPED})
    assert "评测结果" in browser.text
    assert (await session(web, browser)).firm.region is None


@BOTH
async def test_afterwards_files_are_links_and_the_facts_can_be_changed(web: Web, *, scripted: bool) -> None:
    browser = await asked(web, scripted=scripted)
    await fill(browser)
    await browser.press("🏢 报告上的企业信息")
    assert browser.filled("就这样")[1]["fact.contact"] == "张三 <138>"
    path, fields = browser.filled("就这样")
    await browser.post(path, {**fields, "fact.contact": ""})
    assert (await session(web, browser)).firm.contact is None
    assert "文件正在准备" not in browser.text


async def test_a_form_that_is_mended_after_going_back_to_it_counts(web: Web) -> None:
    """The same form, with other things in it, is another message."""
    browser = await asked(web, scripted=False)
    path, fields = browser.filled("就这样，出报告")
    await browser.post(path, {**fields, "fact.credit_code": CODE[:-1] + "F"})
    await browser.post(path, {**fields, "fact.credit_code": CODE})
    assert (await session(web, browser)).firm.credit_code == CODE
