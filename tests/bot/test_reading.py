"""What is typed, on which card, and the wish behind it."""

from decimal import Decimal
from typing import get_args

import pytest

from bot.dialogue.reading import look_back, normalised, read
from bot.screens.wishes import Comparison, Detail, Leaf, Look, Meant
from bot.understanding.requests import Elsewhere, Request
from bot.words.wording import wording
from flows.inputs import (
    Agree,
    Aim,
    AimAt,
    Amend,
    Anew,
    Answer,
    AnyInput,
    Back,
    Browse,
    ChooseFuel,
    ChooseKind,
    ChooseLanguage,
    ChooseSide,
    ClearAim,
    Climb,
    Commit,
    Confirm,
    Discard,
    Done,
    EditFirm,
    EnterFigures,
    Figures,
    Fuels,
    Help,
    Identify,
    Jump,
    Keep,
    KeepRest,
    KeepTarget,
    NameFirm,
    Numbers,
    OpenEnergy,
    Overview,
    Park,
    Pause,
    Pick,
    PickLevel,
    Propose,
    Provisional,
    Quick,
    Recheck,
    Resume,
    Rung,
    Skip,
    Submit,
    Suppose,
    TakeLevel,
    TakeReading,
    Tell,
    Tick,
    Want,
    Wanted,
)
from flows.session import AimPage, EnergySide, FirmFact, FirmKind
from locales import LANGUAGES
from tests.bot.support import sessions, shown
from tests.flows.driver import RUBRIC

EVERY = pytest.mark.parametrize("language", LANGUAGES)


def wish(text: str, name: str, language: str = "zh-Hans") -> Meant | Request | None:
    card, screen, words = shown(sessions()[name], language)
    return read(text, card, screen, words)


BOTH: list[tuple[str, str, Meant | Request | None]] = [
    # letters and choices
    ("q5", "B", Answer(("B",))),
    ("identity", "", Done()),
    ("identity", "A", Done()),
    ("identity", "9133 0200 1441 5329 0e", Tell({FirmFact.CREDIT_CODE: "9133 0200 1441 5329 0e"})),
    ("identity", "91330200144153290", Tell({FirmFact.CREDIT_CODE: "91330200144153290"})),
    ("identity fact", "9133", Tell({FirmFact.CREDIT_CODE: "9133"})),
    ("identity fact", "", Back()),
    ("proposals", "", Agree(("q2", "q6", "energy", "finance"))),
    ("proposals", "28", Amend("finance", 2)),
    ("proposed", "", Confirm()),
    ("proposed", "2", TakeLevel(2)),
    ("proposed by figures", "B", Answer(("B",))),
    ("q5", "b", Answer(("B",))),
    ("q5", " Ｂ ", Answer(("B",))),
    ("q5", "B。", Answer(("B",))),
    ("q5", "BC", Answer(("B", "C"))),
    ("q5", "Z", Answer(("Z",))),
    ("q1", "BC", Answer(("B", "C"))),
    ("q1", "b, c", Answer(("B", "C"))),
    ("q1", "Ｂ、Ｃ", Answer(("B", "C"))),
    ("q1", "B C B", Answer(("B", "C"))),
    ("q1", "+B", Tick("B", True)),
    ("q1", "＋ｂ", Tick("B", True)),
    ("q1", "-b", Tick("B", False)),
    ("q1", "+Z", None),
    ("q5", "+B", None),
    ("q1", "5", None),
    ("q1", "1,200", None),
    # figures
    ("q2", "200 90", Numbers((200, 90))),
    ("q2", "200台 90台", Numbers((200, 90))),
    ("q2", "90/200", Numbers((200, 90))),
    ("q2", "90／200", Numbers((200, 90))),
    ("q2", "1,200", Numbers((1200,))),
    ("q2", "二百", Numbers((200,))),
    ("q2", "-5", Numbers((-5,))),
    ("q2", "200台 90%", None),
    ("q2", "200台 90人", None),
    ("q2 machines_digital", "90/200", Numbers((200, 90))),
    ("q3 machines_networked", "40/200", Numbers((200, 40))),
    ("q11", "120 80 100", Numbers((120, 80, 100))),
    ("q11", "120/80", Numbers((120, 80))),
    ("q11", "120万 800000元 一百万", Numbers((120, 80, 100))),
    ("q12", "380 400 1100万 1亿", Numbers((380, 400, 1100, 10000))),
    ("q12 revenue_last", "1100万", Numbers((1100,))),
    ("q13", "97.5 98.1", Numbers((Decimal("97.5"), Decimal("98.1")))),
    ("q14", "55人 1100万 60人 1000万", Numbers((55, 1100, 60, 1000))),
    ("q14", "55人 60人", Numbers((55, 60))),
    ("q14", "55 60", Numbers((55, 60))),
    ("q14 revenue_last", "1100万元 60人", Numbers((1100, 60))),
    ("q14 revenue_last", "55 1100万 60 1000万", Numbers((55, 1100, 60, 1000))),
    ("q14 employees_prev", "60", Numbers((60,))),
    ("q14 revenue_prev", "10000000元", Numbers((1000,))),
    ("fuels", "10", ChooseFuel("electricity")),
    ("fuels", "16", None),
    ("fuel electricity", "300000度", Numbers((30,))),
    ("fuel electricity", "30", Numbers((30,))),
    ("fuel heat", "30 GJ", Numbers((30,))),
    ("fuel heat", "30度", None),
    # scenarios
    ("ladder", "3", PickLevel()),
    ("levels", "3", TakeLevel(3)),
    ("levels", "0", TakeLevel(0)),
    ("levels", "5", None),
    # choices elsewhere
    ("welcome", "1", ChooseLanguage("zh-Hans")),
    ("welcome", "２", ChooseLanguage("en")),
    ("welcome", "3", ChooseLanguage("zh-Hant")),
    ("kind", "b", ChooseKind(FirmKind.PROVINCIAL)),
    ("review", "a", Overview("foundation")),
    ("review", "D", Overview("operations")),
    ("review", "5", Jump("q5")),
    ("review", "q5", Jump("q5")),
    ("review", "#31", Jump(RUBRIC.items[30])),
    ("review", "32", None),
    ("review", "0", None),
    ("recheck", "d", Pick(("q6", "q7"), True)),
    ("recheck", "f", Browse("foundation")),
    ("recheck list", "6", Pick(("q6",), True)),
    ("plan list", "16", Want(RUBRIC.items[15], Wanted.PINNED)),
    ("recheck", "16", Pick((RUBRIC.items[15],), True)),
    # what to aim for
    ("plan", "b", AimAt(2)),
    ("plan", "6", Want("q6", Wanted.EXCLUDED)),
    ("plan", "16", Want(RUBRIC.items[15], Wanted.PINNED)),
    ("plan", "15", None),
    ("what_if", "1", Suppose("q1", ("B",))),
    ("what_if", "16=3", Suppose(RUBRIC.items[15], 3)),
    ("what_if", "#16 3", Suppose(RUBRIC.items[15], 3)),
    ("what_if", "q1＝cb", Suppose("q1", ("B", "C"))),
    ("what_if", "5 C", Suppose("q5", ("C",))),
    ("what_if", "32=1", None),
    # a firm's name is what remains when nothing else is meant
    ("name", " 示例厂 ", NameFirm("示例厂")),
    ("name", "[bold]x[/bold]", NameFirm("[bold]x[/bold]")),
    ("name", "B", NameFirm("B")),
    ("name", "200 90", NameFirm("200 90")),
    # from anywhere
    ("q5", "#16", Jump(RUBRIC.items[15])),
    ("q5", "q16", Jump(RUBRIC.items[15])),
    ("ladder", "#1", Jump("q1")),
    ("q4", "English", ChooseLanguage("en")),
    ("q4", "繁體中文", ChooseLanguage("zh-Hant")),
    ("q4", "繁体", ChooseLanguage("zh-Hant")),
    ("name", "English", ChooseLanguage("en")),
    ("q4", "quick", Quick()),
    ("kind", "Quick.", Quick()),
    ("welcome", "QUICK", Quick()),
    ("q4", "history", Detail.HISTORY),
    ("q4", "Commands", Detail.COMMANDS),
    ("result", "compare 1 3", Comparison((1, 3))),
    ("q4", "Compare 3,1.", Comparison((3, 1))),
    ("name", "compare １ and #3", Comparison((1, 3))),
    ("q1", "compare", Comparison()),
    ("result", "compare 2", Comparison((2,))),
    ("result", "compare 1 2 3", Comparison((1, 2, 3))),
    ("result", "compare B", None),
    ("name", "Compare Ltd 1 2", NameFirm("Compare Ltd 1 2")),
    ("q1", "?", Help()),
    ("q1", "？", Help()),
    # nothing, and what cannot be read
    ("confirming", "", Confirm()),
    ("confirming", " \t", Confirm()),
    ("confirming", "。", None),
    ("confirming", "!!!", None),
    ("q5", "", None),
    ("q5", "\N{REPLACEMENT CHARACTER}", None),
    ("name", "示例\N{REPLACEMENT CHARACTER}", None),
    ("name", "", Skip()),
    ("welcome", "hello", None),
    ("result", "B", None),
]

CHINESE: list[tuple[str, str, Meant | Request | None]] = [
    ("result", "改信用代码", Identify(fact=FirmFact.CREDIT_CODE)),
    ("result", "报告上的企业信息", Identify()),
    ("provisional", "联系人", Identify(fact=FirmFact.CONTACT)),
    ("identity", "信用代码", Identify(fact=FirmFact.CREDIT_CODE)),
    ("identity", "修改 地区", Identify(fact=FirmFact.REGION)),
    ("identity", "联系人：张三 138-0013-8000", Tell({FirmFact.CONTACT: "张三 138-0013-8000"})),
    ("identity", "就这样", Done()),
    ("identity", "出报告", Done()),
    ("identity", "先不填", Done()),
    ("identity", "宁波", None),
    ("identity", "没有", Done()),
    ("identity", "不知道", Done()),
    ("identity", "示例五金制品有限公司。", Tell({FirmFact.NAME: "示例五金制品有限公司。"})),
    ("identity", "Sample Hardware Co., Ltd.", Tell({FirmFact.NAME: "Sample Hardware Co., Ltd."})),
    ("identity fact", "跳过", Back()),
    ("identity fact", "不知道", Back()),
    ("identity fact", "没有。", Back()),
    ("identity", "张三 13800138000", Tell({FirmFact.CONTACT: "张三 13800138000"})),
    ("identity fact", "改行业", Identify(fact=FirmFact.INDUSTRY)),
    ("result", "做法原文", Detail.REQUIREMENTS),
    ("again", "其余不变", KeepRest()),
    ("what_if list", "下一页", Browse("operations.3")),
    ("proposals", "都不对", Discard(("q2", "q6", "energy", "finance"))),
    ("q1", "完成", Done()),
    ("q1", "好了。", Done()),
    ("q2", "填数字", EnterFigures()),
    ("q12", "算标准煤", OpenEnergy()),
    ("answered", "下一题", Keep()),
    ("q1", "返回", Back()),
    ("q1", "不知道", Park()),
    ("q1", "什么意思？", Help()),
    ("q1", "什么意思", Help()),
    ("q1", "总览", Overview()),
    ("q1", "暂停", Pause()),
    ("name", "跳过", Skip()),
    ("name", "不知道", Park()),
    ("confirming", "是", Confirm()),
    ("confirming", "不对", Back()),
    ("ladder", "是", Rung(True)),
    ("ladder", "否", Rung(False)),
    ("ladder", "没有", Rung(False)),
    ("ladder", "选级别", PickLevel()),
    ("levels", "逐级问", Climb()),
    ("fuels", "回收", ChooseSide(EnergySide.RECOVERED)),
    ("review", "先看看结果", Provisional()),
    ("settled", "先看看结果", Provisional()),
    ("q8", "先看看结果", None),
    ("review", "先定等级", Quick()),
    ("q8", "快速", Quick()),
    ("levels", "快评。", Quick()),
    ("name", "没时间", Quick()),
    ("stopped", "", Resume()),
    ("review", "改企业信息", EditFirm()),
    ("review", "", Resume()),
    ("full", "提交", Submit()),
    ("full", "", Submit()),
    ("commitment", "我承诺", Commit()),
    ("commitment", "", None),
    ("result", "怎么补", Detail.PLAN),
    ("result", "计算过程", Detail.PROOF),
    ("result", "差什么", Detail.GAP),
    ("result", "有变化，重新评", Recheck()),
    ("result", "重新评", Recheck()),
    ("result", "从头再来", Anew()),
    ("result", "", None),
    ("result", "定目标", Aim(AimPage.PLAN)),
    ("provisional", "试一试", Aim(AimPage.WHAT_IF)),
    ("plan", "必做 16", Want(RUBRIC.items[15], Wanted.PINNED)),
    ("plan", "不做16", Want(RUBRIC.items[15], Wanted.EXCLUDED)),
    ("plan", "随便 5", Want("q5", Wanted.FREE)),
    ("plan", "必做 32", None),
    ("plan", "怎么补", Detail.PLAN),
    ("plan", "记为目标", KeepTarget()),
    ("what_if", "清空", ClearAim()),
    ("paused", "继续", Resume()),
    ("q4", "历史", Detail.HISTORY),
    ("again", "其余不变", KeepRest()),
    ("q4", "历史 2", Leaf(Detail.PAST, about="2")),
    ("q4", "比较 1 3", Comparison((1, 3))),
    ("q4", "对比1和3", Comparison((1, 3))),
    ("q4", "比较第一次", None),
    ("name", "比较好五金厂", NameFirm("比较好五金厂")),
    ("result", "稳不稳", Detail.MARGIN),
    ("provisional", "政策", Detail.POLICY),
    ("result", "图片", Detail.PNG),
    ("provisional", "报告", Detail.PDF),
    ("result", "填报表", Detail.XLSX),
    ("result", "验收材料包", Detail.ZIP),
    ("result", "材料包", Detail.ZIP),
    ("q4", "政策", Elsewhere("result")),
    ("q2", "200台设备，90台数字化的", Figures({"machines": 200, "machines_digital": 90})),
    ("q12", "电40万度", Fuels("energy_last", {"electricity": 40})),
    ("doubting", "2", TakeReading(1)),
]

ENGLISH: list[tuple[str, str, Meant | Request | None]] = [
    ("q1", "Done.", Done()),
    ("q2", "figures", EnterFigures()),
    ("q12", "Energy calculator", OpenEnergy()),
    ("answered", "next", Keep()),
    ("q4", "back", Back()),
    ("q1", "Don't know", Park()),
    ("q1", "don’t know", Park()),
    ("q1", "help", Help()),
    ("name", "skip", Skip()),
    ("q8", "short of time", Quick()),
    ("settled", "provisional result", Provisional()),
    ("confirming", "Yes", Confirm()),
    ("confirming", "n", Back()),
    ("ladder", "y", Rung(True)),
    ("ladder", "not fully met", Rung(False)),
    ("fuels", "conversion output", ChooseSide(EnergySide.PRODUCED)),
    ("full", "submit", Submit()),
    ("commitment", "I commit", Commit()),
    ("result", "re-check", Recheck()),
    ("result", "PLAN", Detail.PLAN),
    ("result", "show the sums", Detail.PROOF),
    ("plan", "must 16", Want(RUBRIC.items[15], Wanted.PINNED)),
    ("plan", "not us q5", Want("q5", Wanted.EXCLUDED)),
    ("plan", "what if", Aim(AimPage.WHAT_IF)),
    ("result", "How firm?", Detail.MARGIN),
    ("result", "How firm", Detail.MARGIN),
    ("result", "picture", Detail.PNG),
    ("provisional", "Excel", Detail.XLSX),
    ("result", "PDF", Detail.PDF),
    ("result", "acceptance pack", Detail.ZIP),
    ("result", "policy", Detail.POLICY),
    ("q14", "55 people 60 people", Numbers((55, 60))),
    ("q2", "200 machines, 90 machines", Numbers((200, 90))),
]

SIMPLIFIED = ("q4", "中文", ChooseLanguage("zh-Hans"))
TRADITIONAL: list[tuple[str, str, Meant | Request | None]] = [
    ("welcome", "开始", ChooseLanguage("zh-Hant")),
    ("welcome", "開始", ChooseLanguage("zh-Hant")),
    ("q4", "中文", ChooseLanguage("zh-Hant")),
    ("q4", "简体中文", ChooseLanguage("zh-Hans")),
    ("q4", "英文", ChooseLanguage("en")),
    ("q2", "兩百台、九十臺", Numbers((200, 90))),
    ("q4", "說明", Help()),
    ("q4", "稍後", Park()),
    ("result", "還差什麼", Detail.GAP),
    ("result", "穩不穩", Detail.MARGIN),
    ("result", "歷史", Detail.HISTORY),
    ("result", "比較 1 2", Comparison((1, 2))),
]


@EVERY
@pytest.mark.parametrize(("name", "text", "meant"), BOTH)
def test_typed_in_any_language(language: str, name: str, text: str, meant: Meant | Request | None) -> None:
    assert wish(text, name, language) == meant


@pytest.mark.parametrize(("name", "text", "meant"), [*CHINESE, SIMPLIFIED])
def test_typed_in_chinese(name: str, text: str, meant: Meant | Request | None) -> None:
    assert wish(text, name, "zh-Hans") == meant


@pytest.mark.parametrize(("name", "text", "meant"), [*TRADITIONAL, *CHINESE])
def test_typed_in_traditional_chinese(name: str, text: str, meant: Meant | Request | None) -> None:
    """What is typed in simplified characters is understood, too."""
    assert wish(text, name, "zh-Hant") == meant


@pytest.mark.parametrize(("name", "text", "meant"), [*ENGLISH, SIMPLIFIED])
def test_typed_in_english(name: str, text: str, meant: Meant | Request | None) -> None:
    assert wish(text, name, "en") == meant


INNER = {
    Detail.FUELS,
    Detail.HELP,
    Detail.OFFICIAL,
    Detail.COMPARED,
    Detail.FIRMS,
    Detail.PAST,
    Detail.PRIVACY,
    Detail.CARD,
}
"""What is typed for them is an input, a comparison, a command or a leaf."""


def test_the_table_knows_every_kind_of_input() -> None:
    meant = {
        type(entry) for _, _, entry in (*BOTH, *CHINESE, *ENGLISH) if not isinstance(entry, Look | Elsewhere | None)
    }
    assert meant | {Propose} == set(get_args(AnyInput))
    assert {entry for _, _, entry in (*BOTH, *CHINESE, *ENGLISH) if isinstance(entry, Detail)} == {*Detail} - INNER


@pytest.mark.parametrize(
    ("text", "language", "meant"),
    [
        ("历史", "zh-Hans", Detail.HISTORY),
        ("历史2", "zh-Hans", Leaf(Detail.PAST, about="2")),
        ("比较 1 2", "zh-Hans", Comparison((1, 2))),
        ("past results", "en", Detail.HISTORY),
        ("总览", "zh-Hans", None),
        ("1 2", "en", None),
        ("", "en", None),
    ],
)
def test_a_look_back_is_told_without_a_card(text: str, language: str, meant: Meant | Request | None) -> None:
    assert look_back(normalised(text), wording(language, "miit-2024")) == meant
