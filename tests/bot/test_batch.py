"""`shuping report --batch`: papers of many firms in a folder, and a summary of them."""

import json
import os
import pickle
import shutil
import signal
import stat
import subprocess
from collections.abc import Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string
from pypdf import PdfReader

from bot.cli import batch_files
from bot.reports.comparison import Comparison
from bot.reports.compose import compose
from bot.reports.content import Report, Seal
from bot.reports.ledger import LEFT_OVER_SECONDS, NAME
from bot.reports.paper import Paper, record_of
from bot.reports.pool import Pool
from bot.reports.render import Kind, Piece, render
from flows.answer_file import written
from tests.bot.child import COMMAND, environment
from tests.bot.inside import Inside, Ran, fault
from tests.reports import hostile as bad
from tests.reports.firms import of_grade
from tests.reports.hostile import hostile
from tests.scoring.strategies import RUBRIC

SUMMARY = "汇总.xlsx"
KINDS = "png"
"""The quickest, where the kind does not matter."""


def record(number: int, grade: int = 2, **more: Any) -> dict[str, Any]:
    """The answers of a firm, complete."""
    answers = json.loads(written(RUBRIC, record_of(of_grade(grade)), f"第{number}五金厂"))
    return {"id": f"A{number}", **answers, **more}


def lines(records: Sequence[Any]) -> str:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "firms.jsonl").write_text(lines([record(1), record(2, 0), record(3, 4)]), encoding="utf-8")
    return tmp_path


class Here(Pool):
    """Makes papers in this process, and each once: to start another one takes as long as three pictures."""

    async def render(self, kind: Kind | Piece, report: Report | Comparison) -> bytes:
        return rendered(pickle.dumps((kind, report)))


@lru_cache(100)
def rendered(request: bytes) -> bytes:
    return render(*pickle.loads(request))  # noqa: S301  # ours


@pytest.fixture
def processes() -> None:
    """For a test in which papers are made as for everybody, in processes of their own."""


@pytest.fixture(autouse=True)
def here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the others what surrounds the papers is tried."""
    if "processes" not in request.fixturenames:
        monkeypatch.setattr(batch_files, "Pool", Here)


@pytest.fixture
def batch(run: Inside, folder: Path) -> "Batch":
    return Batch(run, folder)


class Batch:
    """Runs a batch into the folder "out", on one core unless told otherwise: a second one takes its time to start."""

    def __init__(self, run: Inside, folder: Path) -> None:
        self._run, self.folder = run, folder
        self.out = folder / "out"

    def __call__(self, *options: str, records: Sequence[Any] | None = None, kinds: str = KINDS) -> Ran:
        if records is not None:
            (self.folder / "firms.jsonl").write_text(lines(records), encoding="utf-8")
        jobs = () if "--jobs" in options else ("--jobs", "1")
        return self._run("report", "--batch", "firms.jsonl", "--out", "out", "--kinds", kinds, *jobs, *options)

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.out.iterdir()) if path.name != NAME}

    def summary(self) -> list[dict[str, Any]]:
        """The rows, by their headings."""
        (heads, *rows) = load_workbook(self.out / SUMMARY).worksheets[0].iter_rows(values_only=True)
        return [dict(zip(heads, row, strict=True)) for row in rows]


def times(files: Mapping[str, bytes], out: Path) -> dict[str, int]:
    return {name: (out / name).stat().st_mtime_ns for name in files if name != SUMMARY}


@pytest.mark.usefixtures("processes")
def test_every_firm_gets_its_files_and_a_row(batch: Batch) -> None:
    ran = batch("--jobs", "2", kinds="pdf,png, xlsx")
    assert ran.status == 0
    assert ran.out.splitlines() == [f"已写好：out/{SUMMARY}", "做好 3 家，其中 0 家原来就有；0 家有问题，没有做。"]
    stems = ["0001-A1-第1五金厂", "0002-A2-第2五金厂", "0003-A3-第3五金厂"]
    assert sorted(batch.files()) == sorted(
        [SUMMARY, *(f"{stem}.{kind}" for stem in stems for kind in ("pdf", "png", "xlsx"))]
    )
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(batch.files()[f"{stems[2]}.pdf"])).pages)
    assert "第3五金厂" in text.replace(" ", "")
    rows = batch.summary()
    assert [row["等级"] for row in rows] == [2, 0, 4]
    assert [row["等级名称"] for row in rows] == ["二级（规范级）", "无等级", "四级（协同级）"]
    assert all(isinstance(row["得分"], float | int) for row in rows)
    assert rows[2]["得分"] == rows[2]["数字化基础"] + rows[2]["数字化管理"] + rows[2]["数字化成效"] == 100
    assert rows[0]["再上一级"] == "三级（集成级）"
    assert rows[0]["先做这几步"].splitlines()[2].startswith("3. ")
    assert [row["文件"] for row in rows] == [
        "\n".join(f"{stem}.{kind}" for kind in ("pdf", "png", "xlsx")) for stem in stems
    ]
    assert rows[2]["再上一级"] is None


def test_the_gap_is_that_of_the_score_command(batch: Batch, run: Inside) -> None:
    batch()
    told = run("score", "firms.jsonl").lines
    for row, result in zip(batch.summary(), told, strict=True):
        assert f"{row['得分']:.2f}" == result["score"]["shown"]
        missing = result["next"] or {"score_short": None, "scenarios_short": None, "restrictive_short": None}
        assert row["还差场景"] == missing["scenarios_short"]
        assert row["还差约束性场景"] == missing["restrictive_short"]


@pytest.mark.usefixtures("processes")
def test_the_pdf_is_the_one_that_a_firm_gets_alone(batch: Batch, run: Inside) -> None:
    batch(kinds="pdf")
    (batch.folder / "one.json").write_text(json.dumps(record(1)), encoding="utf-8")
    run("report", "one.json", "--pdf", "one.pdf")
    assert (batch.folder / "one.pdf").read_bytes() == batch.files()["0001-A1-第1五金厂.pdf"]


def test_the_summary_filters_and_prints(batch: Batch) -> None:
    batch()
    sheet = load_workbook(batch.out / SUMMARY).worksheets[0]
    assert sheet.auto_filter.ref.startswith("A1:")
    assert sheet.freeze_panes == "D2"
    page = sheet.page_setup
    assert (page.orientation, page.paperSize, page.fitToHeight) == ("landscape", 9, 0)
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.oddHeader.left.text == "多家企业评测汇总"


@pytest.mark.parametrize("faults", [False, True])
def test_what_is_printed_can_be_read(batch: Batch, *, faults: bool) -> None:
    """What a county reads of a firm, and why some were refused, fits A4 across at no less than 8 points."""
    batch(records=[record(1), record(2, 0), *([{"id": "B1", "answers": {"q5": "Z"}}] if faults else [])])
    sheet = load_workbook(batch.out / SUMMARY).worksheets[0]
    last = sheet.print_area.rpartition("$")[0].rpartition("$")[2]
    printed = [sheet.cell(1, column + 1) for column in range(column_index_from_string(last))]
    read = ["企业名称", "等级名称", "得分", "没答几项", "还差几分", "还差场景", "先做这几步"]
    heads = [str(cell.value) for cell in printed]
    assert [head for head in heads if head in read] == read
    assert ("问题" in heads) is faults
    pixels = sum(sheet.column_dimensions[cell.column_letter].width * 7 for cell in printed)
    across = (297 / 25.4 - sheet.page_margins.left - sheet.page_margins.right) * 96
    assert 10 * min(1, across / pixels) >= 8


@pytest.mark.parametrize(("language", "name"), [("en", "Summary.xlsx"), ("zh-Hant", "彙總.xlsx")])
def test_the_summary_speaks_the_readers_language(batch: Batch, language: str, name: str) -> None:
    assert batch("--lang", language).status == 0
    assert name in batch.files()


@pytest.mark.parametrize("form", ["array", "lines", "object"])
def test_as_score_reads_it(run: Inside, folder: Path, form: str) -> None:
    records = [record(1), record(2)][: 1 if form == "object" else 2]
    given = lines(records) if form == "lines" else json.dumps(records if form == "array" else records[0])
    ran = run("report", "--batch", "-", "--out", "out", "--kinds", KINDS, given=given)
    assert ran.status == 0
    assert len(list((folder / "out").glob("*厂.png"))) == len(records)


def test_a_folder_of_answer_files(run: Inside, folder: Path) -> None:
    """In the order of their names, which stand for the ids; what is no file of answers is left alone."""
    answers = folder / "answers"
    answers.mkdir()
    for name, content in {"b": record(1), "a": record(2), "c": "text"}.items():
        alone = {key: value for key, value in content.items() if key != "id"} if isinstance(content, dict) else content
        (answers / f"{name}.json").write_text(json.dumps(alone), encoding="utf-8")
    (answers / "notes.txt").write_text("mine", encoding="utf-8")
    (answers / ".hidden.json").write_text("{", encoding="utf-8")
    ran = run("report", "--batch", "answers", "--out", "out", "--kinds", KINDS, "--before", "answers/b.json")
    assert ran.status == 1
    assert ran.err.startswith("shuping: 第 3 份（c）：")
    names = sorted(path.name for path in (folder / "out").glob("*.png"))
    assert names == ["a.png", "b.png"]
    fault(run("report", "--batch", "answers", "--out", "answers"), "--out")


@pytest.fixture
def answers(folder: Path) -> Path:
    """A folder with the answers of two firms, each in a file of its own."""
    (folder / "answers").mkdir()
    for name, number in (("乙", 2), ("丁", 4)):
        (folder / "answers" / f"{name}.json").write_text(json.dumps(record(number)), encoding="utf-8")
    return folder / "answers"


def test_one_more_file_in_a_folder_moves_no_other(batch: Batch, run: Inside, answers: Path) -> None:
    """Workbooks come in over weeks."""
    assert run("report", "--batch", "answers", "--out", "out", "--kinds", KINDS).status == 0
    before = times(batch.files(), batch.out)
    (answers / "A.json").write_text(json.dumps(record(1)), encoding="utf-8")
    assert run("report", "--batch", "answers", "--out", "out", "--kinds", KINDS).status == 0
    after = times(batch.files(), batch.out)
    assert set(after) - set(before) == {"A.png"}
    assert {name: after[name] for name in before if name != SUMMARY} == {
        name: when for name, when in before.items() if name != SUMMARY
    }
    assert [(row["序号"], row["编号"]) for row in batch.summary()] == [(1, "A1"), (2, "A4"), (3, "A2")]


@pytest.mark.parametrize("name", ["乙.xls", "乙.ods", "乙.et", "~$乙.xlsx", ".~lock.乙.xlsx"])
def test_what_lies_beside_a_file_of_answers_does_no_harm(run: Inside, answers: Path, name: str) -> None:
    """What it was saved anew from, and what Excel leaves while it is open."""
    (answers / name).write_bytes(b"\xd0\xcf\x11\xe0")
    assert run("report", "--batch", "answers", "--out", "out", "--kinds", KINDS).status == 0


@pytest.mark.parametrize("name", ["丙.xls", "丙.ods", "丙.et", "丙.csv"])
def test_what_is_no_workbook_of_ours_is_not_passed_over(run: Inside, answers: Path, name: str) -> None:
    """An adviser who saved one of twenty as something else would miss a firm."""
    (answers / name).write_bytes(b"\xd0\xcf\x11\xe0")
    ran = run("report", "--batch", "answers", "--out", "out", "--kinds", KINDS)
    assert (ran.status, len(ran.err.splitlines())) == (1, 1)
    assert ran.err.startswith("shuping: 第 2 份（丙）：")
    assert ".xlsx" in ran.err


def test_of_two_files_with_one_name_neither_is_believed(run: Inside, answers: Path) -> None:
    run("report", "answers/乙.json", "--xlsx", "answers/乙.xlsx")
    ran = run("report", "--batch", "answers", "--out", "out", "--kinds", KINDS)
    assert ran.status == 1
    assert [line.partition("：")[0] for line in ran.err.splitlines()] == [
        "shuping: 第 2 份（乙.json）", "shuping: 第 3 份（乙.xlsx）",
    ]  # fmt: skip
    fault(run("report", "--batch", "firms.jsonl", "--out", "out", "--before", "answers"), "同名")


def test_no_paper_takes_the_place_of_the_summary(batch: Batch, run: Inside, answers: Path) -> None:
    nameless = {key: value for key, value in record(1).items() if key not in ("id", "firm")}
    (answers / "汇总.json").write_text(json.dumps(nameless), encoding="utf-8")
    assert run("report", "--batch", "answers", "--out", "out", "--kinds", "xlsx").status == 0
    assert "_汇总.xlsx" in batch.files()
    assert len(batch.summary()) == 3


def test_workbooks_that_were_filled_in(run: Inside, folder: Path) -> None:
    (folder / "one.json").write_text(json.dumps(record(1, 3)), encoding="utf-8")
    (folder / "filled").mkdir()
    run("report", "one.json", "--xlsx", "filled/某某厂.xlsx")
    assert run("report", "--batch", "filled", "--out", "out", "--kinds", "pdf").status == 0
    (head, row) = load_workbook(folder / "out" / SUMMARY).worksheets[0].iter_rows(values_only=True)
    assert dict(zip(head, row, strict=True)) | {"编号": "某某厂", "企业名称": "第1五金厂", "等级": 3} == dict(
        zip(head, row, strict=True)
    )


def test_whatever_is_wrong_with_a_record_stands_on_one_line(batch: Batch) -> None:
    ran = batch(records=[record(1), record(2, answers={"q5": "Z", "q8": "Z"})])
    (line,) = ran.err.splitlines()
    assert all(part in line for part in ("（A2", "answers.q5", "answers.q8"))


def test_a_record_may_name_the_workbook_that_holds_its_answers(batch: Batch, run: Inside, answers: Path) -> None:
    """So that what a form does not ask stands beside it. What cannot be read is the fault of one firm."""
    run("report", "answers/乙.json", "--xlsx", "answers/乙.xlsx")
    (batch.folder.parent / "outside.xlsx").write_bytes((answers / "乙.xlsx").read_bytes())
    named = [
        {"id": "B1", "workbook": "answers/乙.xlsx", "credit_code": "91330200144153290E"},
        {"id": "B2", "workbook": "answers/gone.xlsx"},
        {"id": "B3", "workbook": "../outside.xlsx"},
        {"id": "B4", "workbook": "answers/乙.xlsx", "answers": {"q5": "C"}},
        {"id": "B5", "workbook": "firms.jsonl"},
        {"id": "B6", "workbook": "a\0b"},
        {"id": "B7", "workbook": 5},
    ]
    ran = batch(records=named, kinds="pdf")
    assert ran.status == 1
    assert [line[: len("shuping: 第 2 份（B2）")] for line in ran.err.splitlines()] == [
        f"shuping: 第 {number} 份（B{number}）" for number in range(2, 8)
    ]
    (content,) = (content for name, content in batch.files().items() if name.endswith(".pdf"))
    assert "91330200144153290E" in "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert batch.summary()[0]["企业名称"] == "第2五金厂"


def test_a_bad_record_is_named_and_the_others_are_made(batch: Batch) -> None:
    wrong = record(2, answers={"q5": "Z"})
    ran = batch(records=[record(1), wrong, "text", {"rubric": "other"}, record(5)])
    assert ran.status == 1
    told = ran.err.splitlines()
    assert told[0] == "shuping: 第 2 份（A2、第2五金厂）：answers.q5：没有选项 Z，可选 A, B, C, D, E。"
    assert told[1].startswith("shuping: 第 3 份：")
    assert "rubric" in told[2]
    assert [row["问题"] for row in batch.summary()][:2] == [None, "answers.q5：没有选项 Z，可选 A, B, C, D, E。"]
    assert [row["序号"] for row in batch.summary() if not row["问题"]] == [1, 5]
    assert sorted(batch.files()) == ["0001-A1-第1五金厂.png", "0005-A5-第5五金厂.png", SUMMARY]


@pytest.mark.usefixtures("processes")
def test_a_record_that_breaks_the_program_is_named_and_the_others_are_made(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it ends the process that renders, or something that nobody foresaw goes wrong before that."""

    def breaking(paper: Paper, sealed: Seal) -> Report:
        if paper.firm.name == "第1五金厂":
            return hostile(bad.die)
        if paper.firm.name == "第2五金厂":
            raise ZeroDivisionError
        return compose(paper, sealed)

    with monkeypatch.context() as patch:
        patch.setattr(batch_files, "compose", breaking)
        ran = batch()
    assert ran.status == 1
    assert [line.partition("）：")[0] for line in ran.err.splitlines()] == [
        "shuping: 第 1 份（A1、第1五金厂",
        "shuping: 第 2 份（A2、第2五金厂",
    ]
    assert "Traceback" not in ran.err
    assert sorted(batch.files()) == ["0003-A3-第3五金厂.png", SUMMARY]
    assert batch().out.splitlines()[1] == "做好 3 家，其中 1 家原来就有；0 家有问题，没有做。"


def test_what_is_there_is_not_made_again(batch: Batch) -> None:
    batch()
    before, at = batch.files(), times(batch.files(), batch.out)
    ran = batch()
    assert ran.out.splitlines()[1] == "做好 3 家，其中 3 家原来就有；0 家有问题，没有做。"
    assert times(batch.files(), batch.out) == at
    assert batch.files() == before, "the summary, too"
    assert batch("--force").out.splitlines()[1] == "做好 3 家，其中 0 家原来就有；0 家有问题，没有做。"
    assert batch.files() == before


def test_what_is_missing_is_made_and_says_the_same(batch: Batch) -> None:
    batch()
    before = batch.files()
    (batch.out / "0002-A2-第2五金厂.png").unlink()
    (batch.out / "0003-A3-第3五金厂.png").write_bytes(b"")  # as a power cut may leave it
    assert batch().out.splitlines()[1] == "做好 3 家，其中 1 家原来就有；0 家有问题，没有做。"
    assert batch.files() == before


def test_changed_answers_are_made_again(batch: Batch) -> None:
    batch(records=[record(1, 1), record(2, 1)])
    before = batch.files()
    assert batch(records=[record(1, 1), record(2, 3)]).out.splitlines()[1].startswith("做好 2 家，其中 1 家原来就有")
    after = batch.files()
    assert {name for name in after if after[name] != before.get(name)} == {"0002-A2-第2五金厂.png", SUMMARY}
    assert [row["等级"] for row in batch.summary()] == [1, 3]


def test_another_kind_is_added(batch: Batch) -> None:
    batch(records=[record(1)])
    batch(kinds="pdf")
    assert batch.summary()[0]["文件"].splitlines() == ["0001-A1-第1五金厂.pdf", "0001-A1-第1五金厂.png"]


def test_a_file_that_somebody_wrote_in_stays(batch: Batch) -> None:
    batch(records=[record(1), record(2)])
    mine = batch.out / "0001-A1-第1五金厂.png"
    mine.write_bytes(b"my notes")
    ran = batch()
    assert ran.status == 1
    assert "0001-A1-第1五金厂.png 已经有了" in ran.err
    assert len(ran.err.splitlines()) == 1
    assert mine.read_bytes() == b"my notes"
    assert batch("--force").status == 0
    assert mine.read_bytes()[:4] == b"\x89PNG"


def test_what_is_of_no_firm_any_more_is_told_and_stays(batch: Batch) -> None:
    batch()
    ran = batch(records=[record(1)])
    assert ran.status == 0
    assert "2 个文件" in ran.err
    assert "0003-A3-第3五金厂.png" in ran.err
    assert "0003-A3-第3五金厂.png" in batch.files()


def test_before_and_after(batch: Batch) -> None:
    """By the id, or by the name where there is no id; who was not there before has no comparison."""
    nameless = {name: value for name, value in record(2, 3).items() if name != "id"}
    past = [{**nameless, "scenarios": {}}, record(1, 0, firm="改过名的厂")]
    (batch.folder / "past.jsonl").write_text(lines(past), encoding="utf-8")
    assert batch("--before", "past.jsonl", records=[record(1, 3), nameless, record(3, 3)], kinds="pdf").status == 0
    texts = [PdfReader(BytesIO(content)).pages for name, content in batch.files().items() if name.endswith(".pdf")]
    compared = ["上次" in "".join(page.extract_text() for page in pages) for pages in texts]
    assert compared == [True, True, False]


def test_answers_before_that_are_of_no_firm_are_told(batch: Batch) -> None:
    """A slip in an id leaves a firm without its comparison."""
    (batch.folder / "past.jsonl").write_text(lines([record(1, 0), record(7, 0), record(8, 0)]), encoding="utf-8")
    ran = batch("--before", "past.jsonl", records=[record(1, 3)])
    assert ran.status == 0
    (line,) = ran.err.splitlines()
    assert all(part in line for part in ("--before", "2 份", "A7、A8"))
    assert batch("--before", "past.jsonl", records=[record(n) for n in (8, 7, 1)]).err.count("--before") == 0


@pytest.mark.usefixtures("processes")
def test_acceptance_packs(batch: Batch, run: Inside) -> None:
    """The same as alone; who has not answered all gets the other files, and is counted."""
    (batch.folder / "past.jsonl").write_text(lines([record(1, 1)]), encoding="utf-8")
    days = ("--on", "2026-11-20", "--before-on", "2026-01-05")
    records = [record(1, 3), record(2, 3, scenarios={})]
    ran = batch("--before", "past.jsonl", *days, records=records, kinds="zip,png")
    assert ran.status == 1
    assert "其中 1 家没答完" in ran.out
    assert sorted(batch.files()) == ["0001-A1-第1五金厂.png", "0001-A1-第1五金厂.zip", "0002-A2-第2五金厂.png", SUMMARY]
    assert [bool(row["问题"]) for row in batch.summary()] == [False, True]
    for name, each in (("after", records[0]), ("before", record(1, 1))):
        (batch.folder / f"{name}.json").write_text(json.dumps(each), encoding="utf-8")
    alone = run("report", "after.json", "--before", "before.json", *days, "--zip", "one.zip")
    assert alone.status == 0
    assert (batch.folder / "one.zip").read_bytes() == batch.files()["0001-A1-第1五金厂.zip"]
    assert batch(records=records, kinds="zip").err.startswith("shuping: 第 2 份（A2、第2五金厂）：")


def test_the_day_that_is_given_is_on_the_paper(batch: Batch) -> None:
    batch("--on", "2026-11-20", records=[record(1)])
    assert f"{batch.summary()[0]['日期']:%Y-%m-%d}" == "2026-11-20"
    before = batch.files()
    batch(records=[record(1)], kinds="png,pdf")
    assert f"{batch.summary()[0]['日期']:%Y-%m-%d}" == "2026-11-20", "what is added is of the same day"
    assert batch.files()["0001-A1-第1五金厂.png"] == before["0001-A1-第1五金厂.png"]
    batch("--on", "2026-11-21", records=[record(1)])
    assert f"{batch.summary()[0]['日期']:%Y-%m-%d}" == "2026-11-21"


CODE = "91350100M000100Y43"
"""An example of GB 32100-2015."""


def test_facts_of_the_firms(batch: Batch) -> None:
    """Beside the answers; the command line says what holds for all that do not say it themselves."""
    first = record(1, credit_code=f"{CODE[:8]} {CODE[8:].lower()}", industry="金属制品业", kind="micro")
    batch("--region", "昆山市", "--industry", "塑料制品业", records=[first, record(2)], kinds="pdf")
    texts = [
        "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).replace(" ", "")
        for name, content in batch.files().items()
        if name.endswith(".pdf")
    ]
    assert [[fact in text for fact in (CODE, "金属制品业", "塑料制品业", "昆山市")] for text in texts] == [
        [True, True, False, True],
        [False, False, True, True],
    ]


def test_characters_that_will_not_print_are_told(batch: Batch) -> None:
    ran = batch(records=[record(1), record(2, firm="某某\U0002a6a5厂")])
    assert ran.status == 0
    assert ran.err.startswith("第 2 份（A2、某某\U0002a6a5厂）：")
    assert batch(records=[record(1), record(2, firm="某某\U0002a6a5厂")]).err == ""


@pytest.mark.parametrize(
    ("facts", "part"),
    [
        ({"credit_code": "91350100M000100Y44"}, "credit_code"),
        ({"contact": 138}, "contact"),
        ({"kind": "large"}, "kind"),
        ({"region": "长" * 61}, "region"),
        ({"owner": "某某"}, "owner"),
    ],
)
def test_a_fact_that_cannot_be_right_is_refused(batch: Batch, facts: dict[str, Any], part: str) -> None:
    ran = batch(records=[record(1, **facts), record(2)])
    assert ran.status == 1
    assert ran.err.startswith("shuping: 第 1 份（A1、第1五金厂）：")
    assert part in ran.err
    assert "0002-A2-第2五金厂.png" in batch.files()


def test_a_bad_record_before_is_the_fault_of_one_firm(batch: Batch) -> None:
    (batch.folder / "past.jsonl").write_text(lines([record(1, answers={"q5": "Z"})]), encoding="utf-8")
    ran = batch("--before", "past.jsonl")
    assert ran.status == 1
    assert ran.err.startswith("shuping: 第 1 份（A1、第1五金厂）：改造前的那份有问题：answers.q5")
    assert len(batch.files()) == 3


@pytest.mark.parametrize("depth", [100, 600, 900, 10_000])
def test_a_record_before_without_bottom_is_refused(batch: Batch, depth: int) -> None:
    """However deep it is: one that JSON still takes may be too deep for what comes after."""
    (batch.folder / "past.jsonl").write_text('{"id": "A1", "answers": ' + depth * "[" + depth * "]" + "}\n")
    ran = batch("--before", "past.jsonl")
    assert ran.status != 0
    assert ran.err.startswith("shuping: ")


@pytest.mark.parametrize(
    ("past", "part"),
    [
        ([record(1), record(1)], "第 2 份"),
        ([{"answers": {}}], "第 1 份"),
    ],
)
def test_who_was_before_must_be_known(batch: Batch, past: list[Any], part: str) -> None:
    (batch.folder / "past.jsonl").write_text(lines(past), encoding="utf-8")
    fault(batch("--before", "past.jsonl"), "--before", part)


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (("--batch", "firms.jsonl"), ("--out",)),
        (("--out", "out", "firms.jsonl"), ("--batch",)),
        (("--batch", "firms.jsonl", "--out", "out", "--pdf", "a.pdf"), ("--kinds",)),
        (("--batch", "firms.jsonl", "--out", "out", "--firm", "某某厂"), ("--firm",)),
        (("firms.jsonl", "--batch", "firms.jsonl", "--out", "out"), ("--batch",)),
        (("--batch", "firms.jsonl", "--out", "out", "--kinds", "doc"), ("pdf, png, xlsx, zip",)),
        (("--batch", "firms.jsonl", "--out", "out", "--jobs", "0"), ("--jobs",)),
        (("--batch", "missing.jsonl", "--out", "out"), ("missing.jsonl",)),
        (("--batch", "empty.jsonl", "--out", "out"), ("empty.jsonl", "一份答案也没有")),
        (("--batch", "empty", "--out", "out"), ("empty", "一份答案也没有")),
        (("--batch", "firms.jsonl", "--out", "firms.jsonl"), ("firms.jsonl", "不是文件夹")),
        (("--batch", "firms.jsonl", "--out", "firms.jsonl/x"), ("firms.jsonl",)),
        (("--batch", "-", "--before", "-", "--out", "out"), ("“-”",)),
    ],
)
def test_what_cannot_be_done_is_said(run: Inside, folder: Path, options: tuple[str, ...], parts: tuple[str]) -> None:
    (folder / "empty.jsonl").write_text("\n", encoding="utf-8")
    (folder / "empty").mkdir()
    fault(run("report", *options), *parts)
    assert not (folder / "out").exists()


def test_an_empty_summary_takes_the_place_of_none(batch: Batch, run: Inside) -> None:
    assert batch().status == 0
    made = batch.files()
    fault(run("report", "--batch", "-", "--out", "out", given="[]"), "一份答案也没有")
    assert batch.files() == made


def test_hostile_names_stay_in_the_folder(batch: Batch) -> None:
    names = ("../../x", "/etc/passwd", "CON", "a\x00b", "\u202egnp.exe", "x" * 100, "..")
    assert batch(records=[record(i, id=name, firm=name) for i, name in enumerate(names)]).status == 0
    assert len(batch.files()) == len(names) + 1
    assert sorted(path.name for path in batch.folder.iterdir()) == ["firms.jsonl", "out"]


def test_links_that_somebody_planted_are_not_followed(batch: Batch) -> None:
    theirs = batch.folder / "theirs"
    theirs.write_bytes(b"theirs")
    batch.out.mkdir()
    for name in ("0001-A1-第1五金厂.png", "0002-A2-第2五金厂.png", SUMMARY):
        (batch.out / name).symlink_to(theirs)
    (batch.out / "0002-A2-第2五金厂.png").unlink()
    (batch.out / "0002-A2-第2五金厂.png").symlink_to(batch.folder / "nowhere")
    ran = batch()
    assert ran.status == 1
    assert theirs.read_bytes() == b"theirs"
    assert not (batch.folder / "nowhere").exists()
    assert not (batch.out / SUMMARY).is_symlink()
    (batch.out / NAME).unlink()
    (batch.out / NAME).symlink_to(theirs)
    fault(batch(), NAME)
    assert theirs.read_bytes() == b"theirs"


def test_only_their_owner_can_read_what_was_made(batch: Batch) -> None:
    before = os.umask(0)
    try:
        batch()
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in batch.out.iterdir()} == {0o600}
    assert stat.S_IMODE(batch.out.stat().st_mode) == 0o700


def test_a_full_disk_ends_the_batch_and_it_goes_on_later(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.replace

    def full(path: Path, target: Path) -> Path:
        if "0002" in str(target):
            raise OSError(28, "No space left on device", str(path))
        return real(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        ran = batch()
    assert ran.status == 2
    assert "磁盘满了" in ran.err
    assert SUMMARY not in batch.files()
    assert batch().out.splitlines()[1].startswith("做好 3 家，其中 ")
    assert len(batch.summary()) == 3


def test_two_at_once_do_not_meet(batch: Batch) -> None:
    from bot.reports.ledger import opened_ledger

    batch.out.mkdir()
    with opened_ledger(batch.out):
        fault(batch(), "另一个 shuping")


def test_what_a_killed_program_left_is_swept_up(batch: Batch) -> None:
    batch.out.mkdir()
    old, new = batch.out / ".shuping-old.part", batch.out / ".shuping-new.part"
    for path in (old, new):
        path.write_bytes(b"half")
    long_ago = old.stat().st_mtime - 2 * LEFT_OVER_SECONDS
    os.utime(old, (long_ago, long_ago))
    batch()
    assert (old.exists(), new.exists()) == (False, True)


def _at_work(options: Sequence[str], out: Path) -> "subprocess.Popen[str]":
    """A batch that has made some pictures, and not all; once more, if it was through before anybody looked."""
    while True:
        process = subprocess.Popen([*COMMAND, *options], env=environment(out.parent), stderr=subprocess.PIPE, text=True)
        while process.poll() is None and len(list(out.glob("*.png"))) < 3:
            sleep(0.005)
        if process.poll() is None:
            return process
        told = process.communicate()[1]
        assert process.returncode == 0, told
        shutil.rmtree(out)


@pytest.mark.parametrize(
    "how", [signal.SIGINT, *(pytest.param(how, marks=pytest.mark.slow) for how in (signal.SIGTERM, signal.SIGKILL))]
)
def test_interrupted_and_taken_up(tmp_path: Path, run: Inside, how: signal.Signals) -> None:
    """Ended after some reports, and even within a line of the ledger: only those that are missing are made."""
    firms, out = tmp_path / "firms.jsonl", tmp_path / "out"
    firms.write_text(lines([record(number, number % 5) for number in range(40)]), encoding="utf-8")
    options = ("report", "--batch", str(firms), "--out", str(out), "--kinds", KINDS)
    process = _at_work(options, out)
    process.send_signal(how)
    told = process.communicate()[1]
    assert process.returncode == (130 if how is signal.SIGINT else -how)
    assert ("再运行同一条命令" in told) is (how is signal.SIGINT)
    assert "Traceback" not in told
    assert not (out / SUMMARY).exists()
    whole = {path.name: path.stat().st_mtime_ns for path in out.glob("*.png")}
    assert len(whole) < 40
    with (out / NAME).open("ab") as ledger:
        ledger.write(b'{"stem":"0039')
    ran = run(*options)
    assert ran.status == 0
    assert {name: (out / name).stat().st_mtime_ns for name in whole} == whole
    assert len(load_workbook(out / SUMMARY).worksheets[0]["A"]) == 41
    assert len(list(out.glob("*厂.png"))) == 40
