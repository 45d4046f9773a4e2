"""`shuping chat` with standard input piped: a line an answer, plain text, everything saved."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from bot.cli.main import environment_language
from locales import LANGUAGES, catalogue
from tests.bot.child import COMMAND, TRANSCRIPTS, Shuping, environment, hold_against
from tests.bot.walks import CHINESE, ENGLISH, QUICK, TRADITIONAL

pytestmark = pytest.mark.slow

WALKS = {"walk.zh-Hans": CHINESE, "walk.en": ENGLISH, "quick.zh-Hans": QUICK, "walk.zh-Hant": TRADITIONAL}


@pytest.mark.parametrize("name", WALKS)
def test_a_whole_walk(apart: Shuping, name: str) -> None:
    lines = WALKS[name]
    language = name.split(".")[1]
    out = apart.chat(*lines, lang=language)
    assert "\x1b" not in out
    hold_against(name, "".join(f"› {line}".rstrip() + "\n" for line in lines) + "\n" + without_languages(out, language))


def without_languages(out: str, language: str) -> str:
    """What is said but for the languages on offer, of which there may be more one day."""
    offered = tuple(catalogue(language)(f"language.{each}") for each in LANGUAGES)
    return "".join(line for line in out.splitlines(keepends=True) if not line.rstrip().endswith(offered))


def test_a_walk_in_pieces_comes_to_the_same(apart: Shuping) -> None:
    piece = 40
    outs = [apart.chat(*CHINESE[start : start + piece]) for start in range(0, len(CHINESE), piece)]
    whole = (TRANSCRIPTS / "walk.zh-Hans.txt").read_text(encoding="utf-8")
    assert outs[1].startswith("欢迎回来！上次到")
    results = [line for line in whole.splitlines() if line.strip().startswith(("评测结果", "合计", "得分", "等级："))]
    assert len(results) > 3
    assert all(any(line in out for out in outs) for line in results)


def test_going_on_says_where_and_starts_at_the_first_open_item(apart: Shuping) -> None:
    assert apart.chat("", "", "", "B", "C", "稍后").splitlines()[-1] == "都存好了。下次再打开，从这里接着答。"
    again = apart.chat().splitlines()
    assert again[0] == "欢迎回来！上次到 4. 数据采集，已答 2/31 项，接着来。"
    assert again[1].startswith("── 第 4 项/31")
    jumped = apart.chat("#20").splitlines()
    assert any(line.startswith("── 第 20 项/31") for line in jumped)
    assert apart.chat().splitlines()[1].startswith("── 第 4 项")


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zh_SG.UTF-8"}, "zh-Hans"),
        ({"LANG": "zh_TW.UTF-8"}, "zh-Hant"),
        ({"LANG": "zh_HK.UTF-8"}, "zh-Hant"),
        ({"LANG": "C"}, "zh-Hans"),
        ({"LANG": "de_DE.UTF-8"}, "zh-Hans"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh-Hans"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": ""}, "en"),
    ],
)
def test_the_language_is_that_of_the_environment_else_chinese(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], language: str
) -> None:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert environment_language() == language


def test_lang_changes_the_language_of_a_conversation_under_way(apart: Shuping) -> None:
    apart.chat("", "", "", "B")
    assert "Welcome back" in apart.chat("中文", lang="en")
    assert "欢迎回来" in apart.chat()


def test_names_keep_people_apart_and_may_be_any_bytes(apart: Shuping) -> None:
    done = apart("chat", "--database", apart.database, "--as", b"\xff", given="\n\n\nB\n")
    assert (done.status, done.err) == (0, "")
    assert apart.chat(name="bert").splitlines()[1] == "您好，我是数评"
    assert "已答 1/31" in apart("chat", "--database", apart.database, "--as", b"\xff").out


def test_wrong_lines_change_nothing_and_lose_nothing(apart: Shuping) -> None:
    wrong = ("@@@", "Z", "AB", "1e5", "200台 300台", "-5 3", "👍", "\ufffd", "x" * 5000, "\x1b[31m", "\0")
    out = apart.chat("", "", "", "A", *wrong, "B", *wrong)
    refusals = [line for line in out.splitlines() if line.startswith("! ")]
    assert len(refusals) == 2 * len(wrong)
    assert "! “无”不能和别的选项一起选。" not in refusals
    assert "! 没有这个选项，请从列出的里面选。" in refusals
    assert "已答 2/31" in apart.chat()


def test_bytes_that_are_no_utf8_spoil_their_own_line_only(apart: Shuping) -> None:
    """Ends of lines may be those of Windows, and the last line need not have one."""
    lines = (b"", b"\xff\xfe", "示例厂".encode("gbk"), "示例厂".encode(), b"", b"\x80", b"B", b"C\xff", b"D")
    done = apart("chat", "--database", apart.database, given=b"\r\n".join(lines))
    assert (done.status, done.err) == (0, "")
    assert sum(line.startswith("! 没看懂") for line in done.out.splitlines()) == 4
    again = apart.chat("总览", "改企业信息")
    assert "已答 2/31" in again
    assert "现在填的是：示例厂" in again


def test_a_line_without_end_spoils_itself_only(apart: Shuping) -> None:
    said = apart.chat("1", "", "", "x" * 1_000_000, "B " * 8192, "BC", lang="zh-Hans")
    assert said.count("! ") == 2
    assert len(said) < 20_000
    assert "第 2 项" in said


def test_a_reader_that_goes_away_stops_the_command_in_silence(apart: Shuping) -> None:
    with subprocess.Popen(
        [*COMMAND, "chat", "--database", apart.database],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=apart.folder,
        env=environment(apart.folder),
    ) as child:
        assert child.stdin
        assert child.stdout
        assert child.stderr
        child.stdout.readline()
        child.stdout.close()
        child.stdin.write(b"\n\n\nB\n")
        child.stdin.close()
        assert child.stderr.read() == b""
        assert child.wait(30) == 1
    assert apart.chat().count("──") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", ["chat --database memory:", "rubric", "score"])
def test_a_full_disk_is_told_in_a_sentence(apart: Shuping, command: str) -> None:
    (apart.folder / "shell").write_text(f'exec "$@" {command} > /dev/full', encoding="utf-8")
    done = subprocess.run(
        ["/bin/sh", "shell", *COMMAND],
        input=b"{}",
        capture_output=True,
        cwd=apart.folder,
        env=environment(apart.folder),
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.decode().startswith("shuping: 读写出了问题")
    assert done.stderr.count(b"\n") == 1


def test_closed_standard_input_is_an_empty_one(apart: Shuping) -> None:
    (apart.folder / "shell").write_text('exec "$@" chat --database memory: <&-', encoding="utf-8")
    done = subprocess.run(
        ["/bin/sh", "shell", *COMMAND],
        capture_output=True,
        cwd=apart.folder,
        env=environment(apart.folder),
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_ctrl_c_leaves_everything_saved(apart: Shuping) -> None:
    with subprocess.Popen(
        [*COMMAND, "chat", "--database", apart.database],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=apart.folder,
        env=environment(apart.folder),
    ) as child:
        assert child.stdin
        assert child.stdout
        assert child.stderr
        child.stdin.write(b"\n\n\nB\n")
        child.stdin.flush()
        for line in child.stdout:
            if line.startswith("还可以输入：填数字".encode()):
                break
        time.sleep(0.3)  # until it waits for the next line
        os.kill(child.pid, signal.SIGINT)
        assert child.stdout.read().decode() == "都存好了。下次再打开，从这里接着答。\n"
        assert child.stderr.read() == b""
        assert child.wait(30) == 0
    assert "已答 1/31" in apart.chat()
