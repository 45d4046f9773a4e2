"""`shuping report`: from a stored assessment or a file of answers to files."""

import json
import os
import stat
from io import BytesIO
from pathlib import Path

import pexpect
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from locales import catalogue
from tests.bot.child import COMMAND, Shuping, environment, sentence
from tests.bot.inside import Inside, fault
from tests.bot.test_score import ANSWERS, TEXT
from tests.reports.firms import UNKNOWN
from tests.reports.keys import OPERATOR, pem

STARTS = {"pdf": b"%PDF-", "png": b"\x89PNG", "xlsx": b"PK"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answers.json").write_text(TEXT, encoding="utf-8")
    return tmp_path


def pages(file: Path) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(file.read_bytes())).pages).replace(" ", "")


def test_every_kind_of_file_at_once(run: Inside, folder: Path) -> None:
    ran = run("report", "answers.json", "--pdf", "a.pdf", "--png", "a.png", "--xlsx", "a.xlsx", "--firm", "某某厂")
    assert (ran.status, ran.err) == (0, "")
    assert sorted(ran.out.splitlines()) == [f"已写好：a.{kind}" for kind in sorted(STARTS)]
    for kind, start in STARTS.items():
        assert (folder / f"a.{kind}").read_bytes().startswith(start)
    assert {file.name for file in folder.iterdir()} == {"answers.json", "a.pdf", "a.png", "a.xlsx"}
    text = pages(folder / "a.pdf")
    assert "某某厂" in text
    assert "阶段性" in text
    assert "90÷200=45%" in text


TOLD = (
    *("--firm", "某某厂", "--kind", "provincial", "--credit-code", "9133 0200 1441 5329 0e"),
    *("--industry", "金属制品业", "--region", "浙江省宁波市", "--contact", "张三 13800138000"),
)


def test_what_is_told_of_the_firm_is_printed(run: Inside, folder: Path) -> None:
    assert run("report", "answers.json", "--pdf", "a.pdf", "--on", "2024-09-02", *TOLD).status == 0
    text = pages(folder / "a.pdf")
    for told in (
        "某某厂",
        "91330200144153290E",
        "专精特新中小企业",
        "金属制品业",
        "浙江省宁波市",
        "13800138000",
        "2024年9月2日",
    ):
        assert told in text


@pytest.mark.parametrize(
    ("told", "parts"),
    [
        (("--credit-code", "9133020014415329"), ("--credit-code", "18")),
        (("--credit-code", "9133O20O144153290E"), ("--credit-code", "I、O、S、V、Z")),
        (("--credit-code", "91330200144153290F"), ("--credit-code", "校验")),
        (("--contact", "x" * 61), ("--contact", "60")),
        (("--kind", "huge"), ("--kind",)),
        (("--on", "2099-01-01"), ("2099-01-01",)),
    ],
)
def test_what_is_told_wrong_of_the_firm_is_refused(
    run: Inside, folder: Path, told: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    fault(run("report", "answers.json", "--pdf", "a.pdf", *told), *parts)
    assert not (folder / "a.pdf").exists()


def test_what_cannot_be_printed_is_told_first_and_once(run: Inside, folder: Path) -> None:
    ran = run("report", "answers.json", "--png", "a.png", "--pdf", "a.pdf", "--firm", f"堃龘𠮷{UNKNOWN}厂")
    assert (ran.status, ran.err) == (0, catalogue("zh-Hans")("report.lacking", signs=UNKNOWN) + "\n")
    assert f"堃龘𠮷{'〓' * len(UNKNOWN)}厂" in pages(folder / "a.pdf")
    assert run("report", "answers.json", "--xlsx", "a.xlsx", "--firm", f"{UNKNOWN}厂").err == ""


def test_language_profile_and_previous_answers(run: Inside, folder: Path) -> None:
    after = {**ANSWERS, "answers": {**ANSWERS["answers"], "q5": "E"}}
    (folder / "after.json").write_text(json.dumps(after), encoding="utf-8")
    options = ("--before", "answers.json", "--lang", "en", "--profile", "platform")
    assert run("report", "after.json", "--pdf", "a.pdf", *options).out == "Written: a.pdf\n"
    text = pages(folder / "a.pdf")
    assert "ministry'sonlineform" in text
    assert "5.InformationsystemsCE" in text


def test_what_is_there_stays_unless_it_is_to_be_replaced(run: Inside, folder: Path) -> None:
    (folder / "a.xlsx").write_bytes(b"mine")
    fault(run("report", "answers.json", "--pdf", "a.pdf", "--xlsx", "a.xlsx"), "a.xlsx", "--force")
    assert (folder / "a.xlsx").read_bytes() == b"mine"
    assert not (folder / "a.pdf").exists()
    assert run("report", "answers.json", "--xlsx", "a.xlsx", "--force").status == 0
    assert (folder / "a.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("--pdf", "a.pdf"), ("--session",)),
        (("answers.json", "--session", "anna", "--pdf", "a.pdf"), ("--session",)),
        (("answers.json",), ("--pdf", "--xlsx", "--png")),
        (("missing.json", "--pdf", "a.pdf"), ("missing.json",)),
        (("answers.json", "--before", "missing.json", "--pdf", "a.pdf"), ("missing.json",)),
        (("answers.json", "--pdf", "no/folder/a.pdf"), ("no/folder/a.pdf",)),
        (("answers.json", "--pdf", "."), (".",)),
        (("broken.json", "--pdf", "a.pdf"), ("JSON",)),
        (("wrong.json", "--pdf", "a.pdf"), ("answers.q5", "Z")),
        (("answers.json", "--pdf"), ("--help",)),
        (("answers.json", "--pdf", "a.pdf", "--png", "./a.pdf"), ("a.pdf",)),
        (("answers.json", "--pdf", "a.pdf", "--png", "a.pdf", "--force"), ("a.pdf",)),
        (("answers.json", "--pdf", "-", "--png", "-"), ("-",)),
        (("old.xls", "--pdf", "a.pdf"), (".xlsx",)),
    ],
)
def test_what_cannot_be_done_is_said(run: Inside, folder: Path, arguments: tuple[str, ...], parts: tuple[str]) -> None:
    (folder / "broken.json").write_text("{", encoding="utf-8")
    (folder / "wrong.json").write_text('{"answers": {"q5": "Z"}}', encoding="utf-8")
    (folder / "old.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512))
    fault(run("report", *arguments), *parts)
    assert not list(folder.glob("*.pdf"))
    assert not list(folder.glob(".*"))


def test_a_file_that_cannot_be_finished_leaves_nothing(
    run: Inside, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "replace", full)
    fault(run("report", "answers.json", "--xlsx", "a.xlsx"), "a.xlsx", "磁盘满了")
    assert [file.name for file in folder.iterdir()] == ["answers.json"]


def test_a_link_that_somebody_planted_is_never_followed(run: Inside, folder: Path) -> None:
    """Neither one at the target, nor one at any name that the unfinished file could be guessed to have."""
    theirs = folder / "theirs"
    theirs.write_bytes(b"theirs")
    for name in (f".{os.getpid()}.part", ".shuping-.part", "a.xlsx"):
        (folder / name).symlink_to(theirs)
    assert run("report", "answers.json", "--xlsx", "a.xlsx", "--force").status == 0
    assert theirs.read_bytes() == b"theirs"
    assert not (folder / "a.xlsx").is_symlink()
    assert (folder / "a.xlsx").read_bytes().startswith(b"PK")


def test_a_link_to_nowhere_is_something_that_is_there(run: Inside, folder: Path) -> None:
    (folder / "a.xlsx").symlink_to(folder / "nowhere")
    fault(run("report", "answers.json", "--xlsx", "a.xlsx"), "a.xlsx", "--force")
    assert (folder / "a.xlsx").is_symlink()


def test_only_its_owner_can_read_a_report(run: Inside, folder: Path) -> None:
    before = os.umask(0)
    try:
        run("report", "answers.json", "--xlsx", "a.xlsx", "--png", "a.png", "--pdf", "a.pdf")
    finally:
        os.umask(before)
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.glob("a.*")} == {0o600}


HYPERLINK = '=HYPERLINK("http://example.com","某某厂")'


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (HYPERLINK, HYPERLINK),
        *(pytest.param(sign + "1+1", sign + "1+1", marks=pytest.mark.slow) for sign in "=+-@"),
        ("某\x1b[31m\u202e\u200b某\n厂", "某[31m某 厂"),
        ("某\udcff厂", "某厂"),
        ("http://example.com", "http://example.com"),
        ("<b>某</b>&#x41;", "<b>某</b>&#x41;"),
    ],
)
def test_a_firms_name_is_nothing_but_text(run: Inside, folder: Path, name: str, shown: str) -> None:
    assert run("report", "answers.json", "--xlsx", "a.xlsx", "--pdf", "a.pdf", f"--firm={name}").status == 0
    cells = [cell for row in load_workbook(folder / "a.xlsx").worksheets[0].iter_rows() for cell in row]
    found = [(cell.data_type, cell.hyperlink) for cell in cells if cell.value == shown]
    assert {*found} == {("s", None)}


@pytest.mark.parametrize("length", [101, 32_768, 100_000])
def test_a_firms_name_without_end_is_refused(run: Inside, folder: Path, length: int) -> None:
    fault(run("report", "answers.json", "--xlsx", "a.xlsx", "--firm", "厂" * length), "100")
    assert [file.name for file in folder.iterdir()] == ["answers.json"]


def test_a_name_that_is_only_unseen_is_none(run: Inside, folder: Path) -> None:
    assert run("report", "answers.json", "--pdf", "a.pdf", "--firm", "\u200b\x07 ").status == 0
    assert "未填写" in pages(folder / "a.pdf")


def test_a_file_name_commands_no_terminal(run: Inside, folder: Path) -> None:
    ran = run("report", "answers.json", "--xlsx", "a\x1b[2J\u202e.xlsx")
    assert ran.out == "已写好：a\\x1b[2J\\u202e.xlsx\n"
    assert (folder / "a\x1b[2J\u202e.xlsx").exists()
    fault(run("report", "b\n\x1b[2J.json", "--pdf", "a.pdf"), "b\\x0a\\x1b[2J.json")


def test_a_terminal_that_can_shows_the_picture(folder: Path) -> None:
    """A pseudo-terminal that calls itself kitty."""
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "report", "answers.json"],
        env={**environment(folder), "TERM": "xterm-kitty"},
        cwd=str(folder),
        encoding="utf-8",
        timeout=60,
    )
    child.expect(pexpect.EOF)
    assert child.before
    assert child.before.startswith("\x1b_Ga=T,f=100,")
    assert "得分 35.00 分" in child.before


def test_a_stored_assessment(shuping: Shuping) -> None:
    shuping.chat("1", "某某五金厂", "D", "BC", "200 90", "是", name="anna")
    target = shuping.folder / "a.xlsx"
    done = shuping("report", "--session", "anna", "--database", shuping.database, "--xlsx", str(target))
    assert (done.status, done.err) == (0, "")
    cells = [cell for row in load_workbook(target).worksheets[0].iter_rows(values_only=True) for cell in row]
    assert "某某五金厂" in cells
    assert 200 in cells
    nobody = shuping("report", "--session", "bob", "--database", shuping.database, "--pdf", "b.pdf")
    sentence(nobody, "bob", "--as")


def test_a_paper_is_sealed_by_whoever_makes_it(run: Inside, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (variable for variable in os.environ if variable.startswith("SHUPING_")):
        monkeypatch.delenv(variable)
    monkeypatch.setenv("SHUPING_SIGNING_KEY", "none")
    fault(run("report", "answers.json", "--pdf", "a.pdf"), "SHUPING_SIGNING_KEY=***", "openssl genpkey")
    assert not (folder / "a.pdf").exists()
    monkeypatch.setenv("SHUPING_SIGNING_KEY", pem(OPERATOR))
    assert run("report", "answers.json", "--pdf", "a.pdf").status == 0
