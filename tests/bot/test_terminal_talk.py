"""The terminal's conversation in this process: what is not understood or refused changes nothing, on any card."""

import stat
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.delivery.rules import rules_of
from bot.dialogue.context import Outside
from bot.settings import Settings
from bot.terminal.chat import TerminalTalk
from bot.terminal.files import stem_of
from bot.terminal.lines import Lines
from bot.terminal.painter import Painter, PlainPainter, RichPainter
from flows.cards import FirmNameCard, LadderCard, card_of
from flows.session import FirmKind, Session
from locales import LANGUAGES, catalogue
from storage.memory import MemoryStore
from storage.store import Decision
from tests.bot.support import sessions
from tests.examples import some
from tests.flows.driver import RUBRIC, START
from tests.flows.scenes import scene
from tests.reports.firms import UNKNOWN

WINDOW, DOSSIER = "terminal:anna", "d1"
OUTSIDE = Outside(now=lambda: START)
NONSENSE = (
    "@@@",
    "Z9",
    "1e5",
    "3 -4 5 6 7 8",
    "-Z",
    "+ZZ",
    "{0}",
    "%s",
    "👍",
    "\ufffd",
    "\x1b",
    "ZZ",
    "。",
    "9" * 300,
)


class Script(Lines):
    """Lines from a list."""

    def __init__(self, *lines: str) -> None:
        self._lines = iter(lines)

    async def next(self) -> str | None:
        return next(self._lines, None)


async def talking(store: MemoryStore, painter: Painter) -> TerminalTalk:
    """Anna at her terminal, with the stored card on the screen."""
    session = (await store.state(WINDOW)).session
    assert session
    shown = session.ref, session.language
    return TerminalTalk(store, "anna", "zh-Hans", rules_of(Settings()), RUBRIC, painter, OUTSIDE, shown=shown)


async def talk(store: MemoryStore, *lines: str) -> str:
    """What is said to these lines."""
    out = StringIO()
    await (await talking(store, PlainPainter(out))).listen(Script(*lines))
    return out.getvalue()


async def holding(session: Session) -> MemoryStore:
    store = MemoryStore()
    await store.apply(WINDOW, lambda _: Decision(DOSSIER, session))
    return store


def nonsense(session: Session) -> tuple[str, ...]:
    """What means nothing on this card: a firm may be called almost anything, and a number asks for the levels."""
    card = card_of(RUBRIC, session)
    if isinstance(card, FirmNameCard):
        return ("\ufffd", "x" * 101, "\x1b", "\0")
    return tuple(text for text in NONSENSE if not (isinstance(card, LadderCard) and text.isdecimal()))


@pytest.mark.parametrize(
    "language", [LANGUAGES[0], *(pytest.param(other, marks=pytest.mark.slow) for other in LANGUAGES[1:])]
)
async def test_nonsense_changes_nothing_on_any_card(language: str) -> None:
    for name, session in some(sessions().items()):
        session = session.but(language=language)
        store = await holding(session)
        for text in nonsense(session):
            told, *rest = (await talk(store, text)).splitlines()
            assert told.startswith("! "), (name, text)
            assert len(rest) == 1, (name, text)
            assert (await store.state(WINDOW)).session == session, (name, text)


async def test_an_empty_line_without_a_default_repeats_the_hint() -> None:
    store = await holding(sessions()["q5"])
    assert (await talk(store, "", " ")).splitlines()[0] == "! 输入一个字母，如 B。"


async def test_what_was_not_understood_is_quoted_in_short() -> None:
    store = await holding(sessions()["q5"])
    said = await talk(store, "@" * 300)
    assert f"“{'@' * 40}”" in said
    assert "@" * 41 not in said


async def test_details_and_help_change_nothing() -> None:
    for name in ("result", "provisional", "q1", "ladder", "name", "welcome", "commitment", "recheck"):
        session = sessions()[name].but(language="zh-Hans")
        store = await holding(session)
        asked = ("差什么", "怎么补", "计算过程", "稳不稳", "政策") if name in ("result", "provisional") else ()
        said = await talk(store, *asked, "?", "历史", "比较 1 2", "命令")
        assert "! " not in said
        assert "做完两次评测才能比较。" in said
        assert (await store.state(WINDOW)).session == session
        assert "随时可以输入" in said


async def test_help_explains_an_item_with_the_standards_own_terms() -> None:
    store = await holding(sessions()["q4"])
    said = await talk(store, "不懂")
    for heading in ("问的是什么", "怎么算有", "举个例子", "名词解释（标准原文）：业务环节"):
        assert heading in said


async def test_going_on_from_the_overview_is_no_return() -> None:
    """ "Welcome back" is for those who were away."""
    store = await holding(sessions()["q5"])
    assert "欢迎回来" not in await talk(store, "总览", "")


async def test_a_pause_ends_the_talk_and_says_that_all_is_saved() -> None:
    store = await holding(sessions()["q5"])
    said = await talk(store, "B", "暂停", "C")
    assert said.splitlines()[-1] == "都存好了。下次再打开，从这里接着答。"
    session = (await store.state(WINDOW)).session
    assert session
    assert session.paused
    assert session.record.choices["q5"] == ("B",)
    assert "q6" not in session.record.choices


async def test_the_answer_log_names_who_answered() -> None:
    store = await holding(sessions()["q5"])
    await talk(store, "B", "#5", "C", "#5", "稍后")
    assert [(entry.kind, entry.item, entry.before, entry.after, entry.by) for entry in await store.log(DOSSIER)] == [
        ("recorded", "q5", None, ("B",), "anna"),
        ("recorded", "q5", ("B",), ("C",), "anna"),
        ("parked", "q5", ("C",), None, "anna"),
    ]


async def test_the_history_lists_finished_assessments() -> None:
    store = await holding(sessions()["commitment"])
    said = await talk(store, "历史", "我承诺", "历史")
    assert "还没有做完的评测。" in said
    assert "2024-09-0" in said.split("以前的评测")[-1]
    assert "0.00 分" in said.split("以前的评测")[-1]


async def test_any_two_of_the_history_are_compared() -> None:
    store = await holding(sessions()["commitment"])
    said = await talk(store, "我承诺", "重新评", "6", "BC", "我承诺", "历史", "比较 2 1", "比较 1 9")
    listed, drawn = said.split("以前的评测")[-1].split("得分走势")
    assert "1. 2024-09-0" in listed
    assert "2. 2024-09-0" in listed
    assert drawn.count("▱") + drawn.count("▰") == 20
    assert "两次评测比较：第 2 号" in drawn
    assert "6. 网络安全：A → B、C" in drawn
    assert "没有第 9 号" in drawn


async def test_the_firms_kind_decides_what_the_policy_says_to_it() -> None:
    firm = sessions()["result"].firm
    for kind in FirmKind:
        store = await holding(sessions()["result"].but(language="zh-Hans", firm=firm.model_copy(update={"kind": kind})))
        said = await talk(store, "政策")
        assert ("到2027年，试点省级专精特新中小企业数字化水平达到二级及以上。" in said) is (kind is FirmKind.PROVINCIAL)
        assert "工信部联企业〔2024〕239号" in said


@pytest.mark.parametrize("before", [("重新评", "6"), ()], ids=["result", "provisional"])
async def test_the_way_to_give_the_kind_afterwards_is_the_way_that_is_told(before: tuple[str, ...]) -> None:
    name = "result" if before else "provisional"
    firm = sessions()[name].firm.model_copy(update={"kind": None})
    store = await holding(sessions()[name].but(language="zh-Hans", firm=firm))
    told = "选一项，再去“总览”"
    assert told in await talk(store, "政策")
    await talk(store, *before, "总览", "改企业信息", "跳过", "B")
    session = (await store.state(WINDOW)).session
    assert session
    assert session.firm.kind is FirmKind.PROVINCIAL


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def held(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def of_firm(name: str | None) -> Session:
    """At its result, where papers are had at once."""
    session = sessions()["result"].but(language="zh-Hans", identified=True)
    return session.but(firm=session.firm.model_copy(update={"name": name}))


async def test_before_the_first_report_the_firm_is_typed_in_any_order_and_an_empty_line_makes_it(folder: Path) -> None:
    store = await holding(of_firm("某某五金厂").but(identified=False))
    said = await talk(
        store, "报告", "9133 0200 1441 5329 0f", "91330200144153290e", "联系人 张三", "地区", "宁波", "", "报告"
    )
    assert "! 信用代码的校验位对不上" in said
    assert said.count("联系人：张三") == 2
    assert held(folder) == {"某某五金厂.pdf", "某某五金厂-2.pdf"}
    firm = (await stored(store)).firm
    assert (firm.credit_code, firm.contact, firm.region, firm.industry) == ("91330200144153290E", "张三", "宁波", None)


async def stored(store: MemoryStore) -> Session:
    session = (await store.state(WINDOW)).session
    assert session
    return session


async def test_reports_are_written_here_under_the_firms_name_and_never_over_anything(folder: Path) -> None:
    store = await holding(of_firm("某某五金厂"))
    (folder / "某某五金厂.pdf").write_bytes(b"theirs")
    (folder / "某某五金厂-2.pdf").symlink_to(folder / "nowhere")
    said = await talk(store, "图片", "报告", "填报表", "报告")
    starts = {
        "某某五金厂.png": b"\x89PNG",
        "某某五金厂-3.pdf": b"%PDF",
        "某某五金厂.xlsx": b"PK",
        "某某五金厂-4.pdf": b"%PDF",
    }
    for name, start in starts.items():
        assert f"已写好：{name}" in said
        assert (folder / name).read_bytes().startswith(start)
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert (folder / "某某五金厂.pdf").read_bytes() == b"theirs"
    assert len(held(folder)) == 6
    assert "shuping report --session anna --pdf 某某五金厂-4.pdf" in said.replace("'", "")


async def test_what_a_report_cannot_show_is_told_before_it_is_written(folder: Path) -> None:
    said = await talk(await holding(of_firm(f"某某{UNKNOWN}厂")), "填报表", "报告")
    told = catalogue("zh-Hans")("report.lacking", signs=UNKNOWN)
    assert said.count(told) == 1
    written = said.index(".xlsx"), said.index(told), said.index(".pdf")
    assert sorted(written) == [*written]


async def test_the_acceptance_pack_is_of_a_final_result_only(folder: Path) -> None:
    said = await talk(await holding(of_firm("某某五金厂")), "验收材料包")
    assert "已写好：某某五金厂.zip" in said
    assert (folder / "某某五金厂.zip").read_bytes().startswith(b"PK")
    assert "shuping report --session anna --zip" in said
    said = await talk(await holding(of_firm("乙").but(finished_at=None)), "验收材料包")
    assert "! 验收材料包只装正式结果" in said
    assert not (folder / "乙.zip").exists()


async def test_the_command_that_is_told_names_the_database(folder: Path) -> None:
    here = await talking(await holding(of_firm("甲")), PlainPainter(out := StringIO()))
    here.database = "sqlite:////data/a b.sqlite3"
    await here.listen(Script("填报表", "/mydata"))
    assert (
        "shuping report --session anna --xlsx 甲-2.xlsx --database 'sqlite:////data/a b.sqlite3'"
        in out.getvalue().replace("'甲-2.xlsx'", "甲-2.xlsx")
    )
    assert "shuping data export --as anna --database 'sqlite:////data/a b.sqlite3'" in out.getvalue()


async def test_where_nothing_can_be_written_the_command_is_told(folder: Path) -> None:
    here = await talking(await holding(of_firm("甲")), PlainPainter(out := StringIO()))
    here.folder = folder / "missing"
    await here.listen(Script("填报表", "历史"))
    assert "! 打不开文件" in out.getvalue()
    assert "另开一个窗口输入：shuping report --session anna --xlsx" in out.getvalue()
    assert "以前的评测" in out.getvalue()


@pytest.mark.parametrize(
    ("firm", "stem"),
    [
        (None, "评测结果"),
        ("某某/五金\\厂", "某某-五金-厂"),
        ("../../etc/passwd", "etc-passwd"),
        ("-rf", "rf"),
        (".hidden.", "hidden"),
        ('a:b*c?"<>|', "a-b-c"),
        ("\x1b[2J\u202e厂", "[2J厂"),
        ("///", "评测结果"),
        ("厂" * 100, "厂" * 60),
        ("a" + "厂" * 100, "a" + "厂" * 59),
    ],
)
def test_a_firms_name_is_made_safe_for_a_file(firm: str | None, stem: str) -> None:
    assert stem_of(firm, "评测结果") == stem


async def test_a_terminal_that_can_show_pictures_shows_it_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-kitty")
    out = StringIO()
    store = await holding(of_firm("甲"))
    painter = RichPainter(Console(file=out, width=80))
    await (await talking(store, painter)).listen(Script("图片", "报告"))
    assert out.getvalue().count("\x1b_Ga=T") == 1
    assert held(folder) == {"甲.png", "甲.pdf"}


NUMBERS = (
    "一" + "亿" * 190,
    "9" * 200,
    "0." + "0" * 190 + "1",
    "9" * 190 + "亿" * 9,
    "1e9",
    "九亿亿亿亿亿亿 1",
    "1/0",
    "٣" * 200,
)


async def test_numbers_beyond_all_sense_are_refused_on_every_card() -> None:
    for name, session in some(sessions().items()):
        if isinstance(card_of(RUBRIC, session), FirmNameCard | LadderCard):
            continue
        store = await holding(session)
        for text in NUMBERS:
            said = await talk(store, text)
            assert len(said) < 3000, (name, text)
            assert str(10**30) not in repr((await store.state(WINDOW)).session), (name, text)


async def test_a_line_is_shown_harmless_and_a_name_is_kept_harmless() -> None:
    store = await holding(sessions()["q5"])
    assert "“\\x1b[2J\\u202e厂”" in await talk(store, "\x1b[2J\u202e厂")
    store = await holding(sessions()["name"])
    await talk(store, "\x1b[31m某\u202e\u200b某\u2028厂\x00")
    session = (await store.state(WINDOW)).session
    assert session
    assert session.firm.name == "[31m某某 厂"


async def test_what_is_typed_at_a_card_that_another_window_has_left_answers_no_other_one() -> None:
    """The present card is shown instead."""
    store, out = MemoryStore(), StringIO()
    session = scene("single")
    await store.apply(WINDOW, lambda _: Decision(DOSSIER, session))
    here = await talking(store, PlainPainter(out))
    moved = session.but(item="q9", revision=session.revision + 1)
    await store.apply(WINDOW, lambda _: Decision(session=moved))
    await here.listen(Script("B"))
    assert (await store.state(WINDOW)).session == moved
    assert catalogue("zh-Hans")("event.stale") in out.getvalue()
    await here.listen(Script("B"))
    after = (await store.state(WINDOW)).session
    assert after
    assert after.record.choices["q9"] == ("B",)


@pytest.mark.parametrize("typed", [False, True], ids=["--link CODE", "/link CODE"])
async def test_a_code_opens_a_firm_at_another_terminal_once(typed: bool) -> None:
    store, out = await holding(scene("single")), StringIO()
    said = await talk(store, "/link")
    code = next(word for word in said.replace("（", " ").split() if len(word.removeprefix("码：")) == 32)
    code = code.removeprefix("码：")
    for name, known in (("bob", True), ("eve", False)):
        there = TerminalTalk(store, name, "zh-Hans", rules_of(Settings()), RUBRIC, PlainPainter(out), OUTSIDE)
        await there.begin(None, None if typed else code)
        await there.listen(Script(*[f"/link {code}"] * typed))
        assert (DOSSIER in (await store.state(f"terminal:{name}")).dossiers) is known
    assert catalogue("zh-Hans")("link.opened") in out.getvalue()
    assert catalogue("zh-Hans")("link.void") in out.getvalue()
