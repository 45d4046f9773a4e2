"""A workbook wherever answers are wanted: what an adviser filled in for a firm is scored, compared and reported."""

import json
from pathlib import Path

import pytest
from openpyxl import Workbook
from pypdf import PdfReader

from bot.reports.workbook.reading import read_workbook
from tests.bot.inside import Inside, fault, inside
from tests.bot.test_score import ANSWERS, TEXT
from tests.reports.sheets import fill, loaded


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """An answer file, the workbook of it, and an empty form, by name."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        run = inside(patch, folder)
        Path("answers.json").write_text(TEXT, encoding="utf-8")
        assert run("report", "answers.json", "--xlsx", "answers.xlsx").status == 0
        assert run("report", "-", "--xlsx", "empty.xlsx", given="{}").status == 0
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def folder(made: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With these."""
    monkeypatch.chdir(tmp_path)
    for name, content in made.items():
        Path(name).write_bytes(content)
    return tmp_path


def form() -> Workbook:
    """The empty form, open."""
    return loaded(Path("empty.xlsx").read_bytes())


@pytest.mark.usefixtures("folder")
def test_it_is_scored_like_the_answers_that_it_came_from(run: Inside) -> None:
    wanted = run("score", "answers.json")
    assert run("score", "answers.xlsx") == wanted
    assert run("score", given=Path("answers.xlsx").read_bytes()) == wanted
    assert run("score", "answers.xlsx", "--profile", "platform") == run(
        "score", "answers.json", "--profile", "platform"
    )


@pytest.mark.usefixtures("folder")
def test_it_is_compared(run: Inside) -> None:
    changed = {**ANSWERS, "answers": {**ANSWERS["answers"], "q5": "E"}}
    Path("after.json").write_text(json.dumps(changed), encoding="utf-8")
    assert run("compare", "answers.xlsx", "after.json") == run("compare", "answers.json", "after.json")


@pytest.mark.usefixtures("folder")
def test_an_empty_form_that_was_filled_in_gives_papers(run: Inside) -> None:
    book = fill(form(), {"firm.name": "某某五金厂", "answer.q5.C": 1, "scenario.quality": 2})
    book.save("filled.xlsx")
    result = run("score", "filled.xlsx").json
    assert (result["firm"], result["questions"]["q5"]["option"]) == ("某某五金厂", "C")
    assert result["scenarios"]["levels"] == {"quality": 2}
    assert run("report", "filled.xlsx", "--before", "empty.xlsx", "--pdf", "filled.pdf").status == 0
    assert Path("filled.pdf").read_bytes().startswith(b"%PDF-")


FIRM = {
    "firm.name": "某某五金厂", "firm.credit_code": "91350100M000100Y43", "firm.kind": "小微企业",
    "firm.region": "昆山市", "firm.contact": "张三",
}  # fmt: skip


def filled(file: str, values: dict[str, object]) -> None:
    """The empty form, filled in."""
    fill(form(), values).save(file)


def in_form(file: str) -> dict[str, str]:
    """What a workbook tells of the firm."""
    return {**read_workbook(Path(file).read_bytes()).facts}


@pytest.mark.usefixtures("folder")
def test_what_it_tells_of_the_firm_comes_onto_the_papers_and_not_into_the_result(run: Inside) -> None:
    filled("firm.xlsx", {**FIRM, "answer.q5.C": 1})
    assert run("report", "firm.xlsx", "--pdf", "firm.pdf", "--xlsx", "again.xlsx").status == 0
    assert in_form("again.xlsx") == in_form("firm.xlsx")
    text = "".join(page.extract_text() for page in PdfReader("firm.pdf").pages)
    assert all(str(value) in text for value in FIRM.values())
    without = run("score", given=json.dumps({"rubric": "miit-2024", "firm": "某某五金厂", "answers": {"q5": "C"}}))
    assert run("score", "firm.xlsx") == without
    assert run("score", given=Path("firm.xlsx").read_bytes()) == without


@pytest.mark.usefixtures("folder")
def test_the_command_line_wins_over_the_form(run: Inside) -> None:
    filled("firm.xlsx", {**FIRM, "answer.q5.C": 1})
    told = ("--credit-code", "91310000MA1FL5RW1Q", "--kind", "provincial")
    assert run("report", "firm.xlsx", "--xlsx", "again.xlsx", *told).status == 0
    kept = {"industry": "", "region": "昆山市", "contact": "张三"}
    assert in_form("again.xlsx") == {"kind": "provincial", "credit_code": "91310000MA1FL5RW1Q", **kept}


@pytest.mark.usefixtures("folder")
def test_a_batch_takes_them_too_and_a_record_that_says_otherwise_wins(run: Inside) -> None:
    Path("in").mkdir()
    filled("in/a.xlsx", {**FIRM, "answer.q5.C": 1})
    batch = ("--kinds", "xlsx", "--region", "苏州市", "--industry", "金属制品业")
    assert run("report", "--batch", "in", "--out", "out", *batch).status == 0
    facts = {"kind": "micro", "credit_code": "91350100M000100Y43", "region": "昆山市", "contact": "张三"}
    assert in_form("out/a.xlsx") == {**facts, "industry": "金属制品业"}
    record = {"id": "A", "workbook": "in/a.xlsx", "region": "太仓市", "kind": "provincial"}
    Path("list.jsonl").write_text(json.dumps(record), encoding="utf-8")
    assert run("report", "--batch", "list.jsonl", "--out", "listed", "--kinds", "xlsx").status == 0
    (made,) = Path("listed").glob("0001-A*.xlsx")
    assert in_form(str(made)) == {**facts, "region": "太仓市", "kind": "provincial", "industry": ""}
    assert run("report", "--batch", "in/a.xlsx", "--out", "alone", "--kinds", "xlsx").status == 0
    (made,) = Path("alone").glob("0001-*.xlsx")
    assert in_form(str(made)) == {**facts, "industry": ""}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", ["score", "report"])
def test_a_credit_code_that_is_wrong_is_told_with_its_cell(run: Inside, command: str) -> None:
    filled("wrong.xlsx", {"firm.credit_code": "91350100M000100Y34", "firm.kind": "大厂"})
    targets = ("--pdf", "wrong.pdf") if command == "report" else ()
    fault(run(command, "wrong.xlsx", *targets), "填报表!I10：信用代码的校验位对不上", "填报表!I11：没有选项 大厂")
    filled("number.xlsx", {"firm.credit_code": 913501000001000000})
    fault(run(command, "number.xlsx", *targets), "填报表!I10：信用代码被表格当成了数字", "文本")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", ["score", "report"])
def test_a_fault_names_sheet_and_cell(run: Inside, command: str) -> None:
    filled("wrong.xlsx", {"answer.q5.B": 1, "answer.q5.C": 1})
    targets = ("--pdf", "wrong.pdf") if command == "report" else ()
    fault(run(command, "wrong.xlsx", *targets), "填报表!J", "单选题", "B, C")


@pytest.mark.usefixtures("folder")
def test_what_is_no_form_is_refused_in_a_sentence(run: Inside) -> None:
    Path("none.xlsx").write_bytes(b"PK\x03\x04")
    fault(run("score", "none.xlsx"), "另存为 .xlsx")
    book = form()
    for sheet in book.worksheets[:2]:
        book.remove(sheet)
    book.save("parts.xlsx")
    fault(run("score", "parts.xlsx"), "没有填报表")


# what is given instead


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
LOCKED = OLE + "EncryptionInfo".encode("utf-16-le") + bytes(100) + "EncryptedPackage".encode("utf-16-le") + bytes(100)
OPEN_DOCUMENT = (
    b"PK\x03\x04\x14"
    + bytes(25)
    + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
    + b"PK\x03\x04"
    + bytes(99)
)
INSTEAD = {
    "old.xls": (OLE, "另存为 .xlsx"),
    "of-wps.et": (OLE, "另存为 .xlsx"),
    "old-by-another-name.xlsx": (OLE, "另存为 .xlsx"),
    "locked.xlsx": (LOCKED, "密码"),
    "open.ods": (OPEN_DOCUMENT, "另存为 .xlsx"),
    "page.xls": (b"<html><table>", "另存为 .xlsx"),
    "text.xlsx": ("某某五金厂\n".encode(), "不是能读的 Excel 文件"),
    "text.XLSX": ("某某五金厂\n".encode("gb18030"), "不是能读的 Excel 文件"),
    "empty.xlsx": (b"", "什么都没有"),
    "empty.json": (b" \n\n", "什么都没有"),
    "table.csv": ("题号,答案\nq1,B\n".encode("utf-8-sig"), ".csv"),
    "table-of-wps.csv": ("题号,答案\nq1,B\n".encode("gb18030"), ".csv"),
    "report.pdf": (b"%PDF-1.7\n", "PDF"),
    "report.png": (b"\x89PNG\r\n\x1a\n", "图片"),
}
"""Files that are no answers, and what they are told to be."""


@pytest.fixture(params=INSTEAD)
def instead(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """One of them, and a word of what is told."""
    content, word = INSTEAD[request.param]
    file = tmp_path / request.param
    file.write_bytes(content)
    return str(file), word


@pytest.mark.parametrize("command", [("score",), ("report", "--pdf", "-"), ("compare", "-")], ids=lambda it: it[0])
def test_what_is_given_instead_is_told_what_it_is(
    run: Inside, instead: tuple[str, str], command: tuple[str, ...]
) -> None:
    file, word = instead
    fault(run(*command, file, given=TEXT), word)


def test_what_is_given_instead_through_a_pipe_is_told_what_it_is_by_its_beginning(run: Inside) -> None:
    for name in ("old.xls", "locked.xlsx", "open.ods", "empty.xlsx", "report.pdf", "report.png"):
        content, word = INSTEAD[name]
        fault(run("score", given=content), word)


def test_what_is_given_instead_of_a_batch_is_refused_by_its_number(run: Inside, instead: tuple[str, str]) -> None:
    file, word = instead
    ran = run("report", "--batch", file, "--out", f"{file}.papers")
    assert ran.status == 1
    assert "第 1 份" in ran.err
    assert word in ran.err


@pytest.mark.usefixtures("folder")
def test_in_a_folder_a_workbook_of_another_format_is_named_and_what_lies_beside_an_open_one_is_not(run: Inside) -> None:
    firms = Path("firms")
    firms.mkdir()
    Path("answers.xlsx").rename(firms / "A.xlsx")
    (firms / "B.xls").write_bytes(OLE)
    (firms / "~$A.xlsx").write_bytes(b"somebody" * 20)
    (firms / ".~lock.A.xlsx").write_bytes(b",somebody")
    ran = run("report", "--batch", "firms", "--out", "papers")
    assert ran.status == 1
    assert [line for line in ran.err.splitlines() if "份" in line] == [
        "shuping: 第 2 份（B）：这是另一种格式的表格（.xls、.et 或 .ods）。请用 Excel 或 WPS 打开，另存为 .xlsx 再试。"
    ]
    assert len([*Path("papers").glob("A*.pdf")]) == 1


@pytest.mark.parametrize(
    ("language", "name"), [("zh-Hans", "“数字化改造前月均产品合格率”"), ("en", "“Average monthly")]
)
@pytest.mark.usefixtures("folder")
def test_a_rate_that_a_spreadsheet_made_a_fraction_of_is_doubted_aloud(run: Inside, language: str, name: str) -> None:
    """On standard error, whatever is made of it; it counts as it stands, as in the workbook."""
    rates = {"figure.pass_rate_before": 0.975, "figure.pass_rate_after": 98.1}
    Path("in").mkdir()
    fill(form(), rates).save("in/firm.xlsx")
    whole = ("report", "--batch", "in", "--out", "out", "--kinds", "png")
    for command in (("score", "in/firm.xlsx"), ("report", "in/firm.xlsx", "--png", "firm.png"), whole):
        ran = run("--lang", language, *command)
        assert ran.status == 0
        (line,) = ran.err.splitlines()
        assert all(part in line for part in (name, "0.975%", "97.5%"))


@pytest.mark.parametrize("rates", [{}, {"pass_rate_before": 0}, {"pass_rate_before": 97.5, "pass_rate_after": 1.5}])
def test_nothing_else_is_doubted(run: Inside, rates: dict[str, float]) -> None:
    assert run("score", given=json.dumps({"figures": rates})).err == ""
