"""`shuping chat` on a real terminal: cards, prompt, history, Ctrl-C and Ctrl-D."""

import shlex
from pathlib import Path

import pytest

from tests.bot.child import Shuping
from tests.bot.screen import BACKSPACE, CTRL_C, CTRL_D, UP, Terminal

pytestmark = pytest.mark.slow

SAVED = "都存好了。下次再打开，从这里接着答。"


@pytest.mark.parametrize("columns", [80, 40])
def test_cards_are_framed_and_chinese_is_measured_right(tmp_path: Path, columns: int) -> None:
    with Terminal(tmp_path, columns) as terminal:
        terminal.until("您好，我是数评", "English", "帮助 · 暂停")
        assert terminal.aligned() > 10
        for typed, part in (
            ("", "企业叫什么名字？"),
            ("[bold]x[/bold]", "企业属于哪一类？"),
            ("返回", "现在填的是：[bold]x[/bold]"),
            ("", "企业属于哪一类？"),
            ("d", "车间和办公室"),
            ("BC", "数字化的占"),
            ("200台 90台", "90 ÷ 200 = 45%"),
            ("", "联上网的占"),
            ("@@@", "没看懂"),
            ("#16", "产品怎么设计"),
            ("逐级问", "一级"),
            ("总览", "答题总览"),
        ):
            terminal.type(typed, part)
            assert terminal.aligned() >= 5, typed
            assert not any("\x1b" in row or "Traceback" in row for row in terminal.rows)


def test_cards_in_english(tmp_path: Path) -> None:
    with Terminal(tmp_path, 60, rows=50, LANG="en_US.UTF-8") as terminal:
        terminal.until("Hello, this is shuping")
        terminal.type("", "What is the firm called?")
        terminal.type("skip", "What kind of firm is it?")
        terminal.type("", "Item 1/31")
        assert terminal.aligned() > 10


def test_arrow_up_brings_back_what_was_typed(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.until("您好")
        terminal.type("", "企业叫什么名字？")
        terminal.type("示例厂", "企业属于哪一类？")
        terminal.press(UP)
        terminal.until_typed("示例厂")
        assert terminal.cursor == 2 + 6
        terminal.press(BACKSPACE)
        terminal.until_typed("示例")
        assert terminal.cursor == 2 + 4


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_leaving_saves_and_coming_back_goes_on(tmp_path: Path, key: str) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.until("您好")
        terminal.type("", "企业叫什么名字？")
        terminal.type("", "企业属于哪一类？")
        terminal.type("", "车间和办公室的网通到哪一步了")
        terminal.type("BC", "数字化的占")
        if key == CTRL_C:  # also with a half typed line
            terminal.press("D")
        terminal.press(key)
        status, seen = terminal.ended()
        assert status == 0
        assert SAVED in seen
        assert "Traceback" not in seen
    with Terminal(tmp_path) as terminal:
        terminal.until("欢迎回来！上次到 2. 设备数字化，已答 1/31 项，接着来。", "数字化的占多少")
        assert terminal.aligned() > 5


def test_the_same_session_on_a_terminal_and_in_a_pipe(tmp_path: Path) -> None:
    shuping = Shuping(tmp_path)
    shuping.chat("", "[bold]x[/bold]", "", *["A"] * 15, *["0"] * 15)
    with Terminal(tmp_path, rows=80) as terminal:
        terminal.until("第 31 项")
        terminal.type("0", "[bold]x[/bold]承诺")
        terminal.type("我承诺", "评测结果：无等级", "[bold]x[/bold]", "接下来做什么？")
        assert terminal.aligned() >= 4
        terminal.press(CTRL_D)
        assert terminal.ended()[0] == 0
    assert "评测结果：无等级" in shuping.chat()


WALK = (
    "1",
    "某某五金厂",
    "D",
    "BC",
    "C",
    "C",
    "BCD",
    "C",
    "BC",
    "BC",
    "C",
    "BC",
    "BC",
    *"CCCCC",
    *["2"] * 16,
)


def test_a_screen_of_80_by_24_ends_with_grade_score_and_what_to_do(tmp_path: Path) -> None:
    """Whatever is longer than it stands above: the plan, the list of what can be planned, tried out or asked again."""
    Shuping(tmp_path).chat(*WALK)
    with Terminal(tmp_path) as terminal:
        terminal.until("承诺")
        result = ("评测结果：二级（规范级）", "得分 55.64", "接下来做什么？")
        for typed, parts in (
            ("我承诺", result),
            ("目标", ("到三级（集成级）", "记为目标")),
            ("返回", result),
            ("试一试", ("得分：55.64 → 55.64", "等级：二级（规范级） → 二级（规范级）", "还差", "记为目标")),
            ("5=E", ("得分：55.64 → ", "还差", "记为目标")),
            ("返回", result),
            ("重新评", ("这次有什么变化？", "返回 · ")),
            ("返回", result),
        ):
            terminal.type(typed, *parts)
            assert terminal.rows[-1] in ("›", ""), typed


def test_a_report_is_written_from_the_chat_and_the_command_can_be_copied(tmp_path: Path) -> None:
    Shuping(tmp_path).chat(*WALK, "我承诺")
    with Terminal(tmp_path) as terminal:
        terminal.until("接下来做什么？")
        terminal.type("报告", "报告上这样写您的企业")
        terminal.type("", "已写好：某某五金厂.pdf", "shuping report --session local")
        assert (tmp_path / "某某五金厂.pdf").read_bytes().startswith(b"%PDF")
        told = "".join(terminal.rows).partition("要再写一份：")[2].removesuffix("›")
    done = Shuping(tmp_path)(*shlex.split(told)[1:])
    assert (done.status, (tmp_path / "某某五金厂-2.pdf").exists()) == (0, True)
