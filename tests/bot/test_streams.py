"""Files as a command line names them: "-", devices, and what cannot be written."""

import subprocess
from pathlib import Path

import pytest

from tests.bot.child import COMMAND, Shuping, environment
from tests.bot.inside import Inside, fault
from tests.bot.test_score import TEXT

OWN = Path(__file__).parents[1] / "editions" / "own"
STARTS = {"pdf": b"%PDF-", "png": b"\x89PNG", "xlsx": b"PK"}


def piped(shuping: Shuping, *arguments: str, given: str = TEXT) -> bytes:
    done = subprocess.run(
        [*COMMAND, *arguments],
        input=given.encode(),
        capture_output=True,
        cwd=shuping.folder,
        env=environment(shuping.folder),
        check=True,
    )
    assert done.stderr == b""
    return done.stdout


@pytest.mark.parametrize("kind", STARTS)
def test_a_report_goes_from_standard_input_to_standard_output(shuping: Shuping, kind: str) -> None:
    assert piped(shuping, "report", "-", f"--{kind}", "-").startswith(STARTS[kind])
    assert list(shuping.folder.iterdir()) == []


def test_the_answers_before_may_be_piped_too(shuping: Shuping) -> None:
    (shuping.folder / "a.json").write_text(TEXT, encoding="utf-8")
    assert piped(shuping, "report", "a.json", "--before", "-", "--png", "-").startswith(b"\x89PNG")


def test_an_edition_is_checked_from_standard_input(run: Inside) -> None:
    ran = run("rubric", "check", "-", given=(OWN / "workshop-2026.json").read_text(encoding="utf-8"))
    assert (ran.status, "workshop-2026" in ran.out) == (0, True)
    fault(run("rubric", "check", "-", given="{}"), "questions")


@pytest.mark.parametrize(
    "arguments",
    [
        ("compare", "-", "-"),
        ("report", "-", "--before", "-", "--pdf", "a.pdf"),
        ("report", "a", "--pdf", "-", "--png", "-"),
    ],
)
def test_a_stream_is_used_once(run: Inside, arguments: tuple[str, ...]) -> None:
    fault(run(*arguments, given=TEXT), "只能用一次")


needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
PRINTING = ("--version", "", "score", "report - --png -")
MORE = (
    *("--help", "score --format text", "rubric", "schema", "schema result"),
    *("completion bash", "compare - answers.json", "report --help"),
)


@needs_full
@pytest.mark.parametrize("command", [*PRINTING, *(pytest.param(more, marks=pytest.mark.slow) for more in MORE)])
def test_what_cannot_be_printed_is_a_sentence(shuping: Shuping, command: str) -> None:
    (shuping.folder / "answers.json").write_text(TEXT, encoding="utf-8")
    (shuping.folder / "shell").write_text(f'exec "$@" {command} > /dev/full', encoding="utf-8")
    done = subprocess.run(
        ["/bin/sh", "shell", *COMMAND],
        input=TEXT.encode(),
        capture_output=True,
        cwd=shuping.folder,
        env=environment(shuping.folder),
        check=False,
    )
    assert (done.returncode, done.stderr.decode()) == (2, "shuping: 读写出了问题：磁盘满了\n")


@needs_full
def test_a_report_to_a_device_goes_there_and_replaces_nothing(run: Inside, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(TEXT, encoding="utf-8")
    for force in ((), ("--force",)):
        fault(run("report", str(tmp_path / "a.json"), "--xlsx", "/dev/full", *force), "/dev/full", "磁盘满了")
    assert Path("/dev/full").is_char_device()
    assert run("report", str(tmp_path / "a.json"), "--xlsx", "/dev/null").out == ""
    assert Path("/dev/null").is_char_device()
