"""Result, plan, what-if and history as pages: what stands there, what a tap does, and how little of it is sent."""

import gzip
from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO
from zipfile import ZipFile

import pytest

from bot.dialogue.pages import card_page
from bot.dialogue.replies import Card
from bot.web.painter import card_view, render
from bot.web.visitor import window_of
from bot.words.wording import Medium, wording
from flows.inputs import Aim, AimAt, Suppose
from flows.session import AimPage, Phase, Session
from locales import LANGUAGES, catalogue
from scoring.sheet import load_sheet
from storage.store import Decision
from tests.bot.support import sessions
from tests.flows.driver import RUBRIC, Walker
from tests.reports.firms import UNKNOWN
from tests.web.browser import Browser, Button
from tests.web.conftest import Web
from tests.web.test_conversation import BOTH, begun

A_WHILE = timedelta(seconds=5)
A_TAP = 6_000
"""Bytes that a tap may cost on the wire."""


async def assessed(
    web: Web, *, scripted: bool = False, letter: str = "B", level: int = 1, firm: str = "示例五金厂", told: int = 1
) -> Browser:
    """Somebody at the result, who told the page so many of their last answers; the others are stored already."""
    browser = await begun(web, scripted=scripted, firm=firm)
    walker = Walker(await session(web, browser))
    while len(walker.session.agenda) > told:
        walker.take(level) if walker.session.item in RUBRIC.scenario else walker.answer(letter)
    await web.store.apply(window_of(browser.token), lambda _: Decision(session=walker.session))
    await browser.open()
    for item in RUBRIC.items[-told:]:
        await browser.say(letter if item in RUBRIC.question else str(level))
        web.pass_time(A_WHILE)
    await browser.press("我承诺")
    assert "评测结果" in browser.text
    return browser


async def session(web: Web, browser: Browser) -> Session:
    found = (await web.state(browser)).session
    assert found
    return found


def buttons(browser: Browser, item: str) -> list[Button]:
    """Those of one item among many."""
    marks = tuple(f"{code}{RUBRIC.position[item]}." for code in "UW")
    return [button for button in browser.page.buttons if button.value.rpartition("|")[2].startswith(marks)]


async def tap(web: Web, browser: Browser, item: str, label: str) -> Browser:
    """A button of one of many items, a while later."""
    web.pass_time(A_WHILE)
    (found,) = [button for button in buttons(browser, item) if button.label == label]
    form = browser.page.forms[found.form]
    return await browser.post(form.action, {**form.fields, found.name: found.value})


# the result


async def test_the_result_says_first_how_it_stands_and_then_what_to_do(web: Web) -> None:
    browser = await assessed(web, told=len(RUBRIC.items))
    text = browser.text
    told = ["评测结果", "到二级还差", "先做三件", "全部做法", "现在", "目标", "还差什么", "有变化，重新评"]
    assert sorted(told, key=text.index) == told


async def test_files_are_links_that_open_without_scripts(web: Web) -> None:
    browser = await assessed(web)
    assert "/file/png" in {button.href for button in browser.page.buttons}
    await browser.press("📄 报告")
    await browser.press("就这样，出报告")
    assert {"/file/png", "/file/pdf", "/file/xlsx", "/file/zip"} <= {button.href for button in browser.page.buttons}


async def test_the_acceptance_pack_is_a_file_to_keep(web: Web) -> None:
    browser = await assessed(web)
    answer = await browser.client.get("/file/zip")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith('attachment; filename="shuping-2')
    with ZipFile(BytesIO(answer.content)) as pack:
        assert "manifest.json" in pack.namelist()


@pytest.mark.parametrize("lacking", ["", UNKNOWN])
async def test_what_papers_cannot_show_is_told_where_they_are_offered(web: Web, lacking: str) -> None:
    browser = await assessed(web, firm=f"某某{lacking}厂")
    told = catalogue("zh-Hans")("report.lacking", signs=lacking)
    assert (told in browser.text) is bool(lacking)


async def test_what_is_provisional_goes_on_with_what_is_open(web: Web) -> None:
    browser = await begun(web)
    await browser.say("B")
    await browser.press("总览")
    await browser.press("先看看结果")
    assert "不是正式结果" in browser.text
    await browser.press("继续")
    assert "设备数字化" in browser.text


# what if


@BOTH
async def test_trying_an_item_changes_score_and_grade_at_once_and_no_answer(web: Web, *, scripted: bool) -> None:
    browser = await assessed(web, scripted=scripted)
    record = (await session(web, browser)).record
    await browser.press("试一试")
    for item in RUBRIC.scenario:
        await tap(web, browser, item, "二级")
    assert "一级 → 二级" in browser.text
    now = await session(web, browser)
    assert now.goal.supposed == dict.fromkeys(RUBRIC.scenario, 2)
    assert now.record == record
    await tap(web, browser, "quality", "一级")
    assert "quality" not in (await session(web, browser)).goal.supposed


async def test_options_are_tried_one_beside_the_other(web: Web) -> None:
    browser = await assessed(web)
    await browser.press("试一试")
    labels = [button.label for button in buttons(browser, "q1")]
    for label in labels:
        await tap(web, browser, "q1", label)
    assert (await session(web, browser)).goal.supposed == {"q1": ("B", "C", "D", "E")}
    await tap(web, browser, "q1", labels[0])
    assert (await session(web, browser)).goal.supposed == {"q1": ("B", "D", "E")}


async def test_without_scripts_one_comes_back_to_the_item_that_was_tapped(web: Web) -> None:
    browser = await assessed(web)
    await browser.press("试一试")
    await tap(web, browser, "quality", "三级")
    mark = f"i{RUBRIC.position['quality']}"
    assert browser.answer.url.fragment == mark
    assert f'id="{mark}"' in browser.answer.text


async def test_what_is_tried_is_kept_as_the_target_and_stands_on_the_result(web: Web) -> None:
    browser = await assessed(web)
    await browser.press("试一试")
    await tap(web, browser, "quality", "三级")
    await browser.press("记为目标")
    await browser.press("← 返回")
    assert "您记下的目标" in browser.text


# the plan


@BOTH
async def test_the_plan_follows_what_is_wished_of_each_item(web: Web, *, scripted: bool) -> None:
    browser = await assessed(web, scripted=scripted, level=0)
    await browser.press("定目标")
    await browser.press("二级")
    await tap(web, browser, "human_resources", "必须做")
    await tap(web, browser, "product_design", "不做")
    goal = (await session(web, browser)).goal
    assert (goal.grade, goal.pinned, goal.excluded) == (2, ("human_resources",), ("product_design",))
    assert "人力资源，到二级" in browser.text
    assert "产品设计*，到" not in browser.text
    await browser.press("清空")
    assert (await session(web, browser)).goal.pinned == ()


async def test_a_grade_that_wishes_rule_out_is_said_so(web: Web) -> None:
    browser = await assessed(web, level=0)
    await browser.press("定目标")
    for scenario in RUBRIC.scenarios[:13]:
        await tap(web, browser, scenario.id, "不做")
    assert "到不了" in browser.text
    assert "不做" in browser.text


# the history


async def test_two_assessments_are_a_line_and_each_has_its_own_page(web: Web) -> None:
    browser = await assessed(web)
    await browser.press("有变化，重新评")
    await browser.press("上了新的管理系统")
    while "我承诺" not in browser.text:
        await browser.say("2" if (await session(web, browser)).phase is Phase.SCENARIOS else "C")
    await browser.press("我承诺")
    assert "和上次比" in browser.text
    assert 'class="gain"' in browser.answer.text
    await browser.open("/d/history")
    assert "得分走势" in browser.text
    assert 'class="trend"' in browser.answer.text
    assert "▰" not in browser.text
    await browser.press("看第 2 号")
    assert "第 2 号结果" in browser.text
    assert 'class="strip"' in browser.answer.text


# how it is made

CARDS = {
    name: session
    for name, session in sessions().items()
    if session.phase in (Phase.RESULT, Phase.PROVISIONAL, Phase.AIM, Phase.RECHECK, Phase.COMMITMENT)
}


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


def painted(session: Session, language: str) -> str:
    """A card as a tap brings it."""
    words = wording(language, session.rubric, Medium.PAGE)
    page = card_page(session.but(language=language), words, Card())
    return render(
        "card.html",
        words=words,
        text=words.text,
        form="0123456789abcdef." + 32 * "f",
        asset=str,
        scripted=True,
        languages=LANGUAGES,
        back="/",
        known=True,
        card=card_view(page),
        turns=(),
        texts=(),
        files=(),
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CARDS)
def test_cards_have_no_style_in_them_and_names_for_what_is_drawn(name: str, language: str) -> None:
    tags = Tags(painted(CARDS[name], language)).tags
    for tag, given in tags:
        assert not any(one == "style" or one.startswith("on") for one in given), tag
        assert tag != "svg" or (given["role"] == "img" and given["aria-label"].strip())
    marks = [given["id"] for _, given in tags if "id" in given]
    assert len(set(marks)) == len(marks)
    assert all(given["aria-label"] for _, given in tags if given.get("role") == "group")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tap_costs_little(language: str) -> None:
    """Every item raised, so that each says what it takes: as long as these cards get."""
    walker = Walker().begin(name="示例五金制品有限公司").fill({"q1": "BC"}, level=0).finish()
    for half in AimPage:
        walker.say(Aim(half))
        for item in RUBRIC.items:
            if half is AimPage.WHAT_IF:
                walker.say(Suppose(item, load_sheet(RUBRIC.id).tops[item] if item in RUBRIC.question else 3))
        if half is AimPage.PLAN:
            walker.say(AimAt(4))
        assert len(gzip.compress(painted(walker.session, language).encode())) < A_TAP
