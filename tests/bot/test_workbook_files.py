"""A workbook wherever answers are wanted: what an adviser filled in for a firm is scored, compared and reported."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.bot.inside import Inside, fault
from tests.bot.test_score import ANSWERS, TEXT
from tests.reports.sheets import fill


@pytest.fixture
def folder(run: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With an answer file, the workbook of it, and an empty form."""
    monkeypatch.chdir(tmp_path)
    Path("answers.json").write_text(TEXT, encoding="utf-8")
    assert run("report", "answers.json", "--xlsx", "answers.xlsx").status == 0
    assert run("report", "-", "--xlsx", "empty.xlsx", given="{}").status == 0
    return tmp_path


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
    book = fill(load_workbook("empty.xlsx"), {"firm.name": "某某五金厂", "answer.q5.C": 1, "scenario.quality": 2})
    book.save("filled.xlsx")
    result = run("score", "filled.xlsx").json
    assert (result["firm"], result["questions"]["q5"]["option"]) == ("某某五金厂", "C")
    assert result["scenarios"]["levels"] == {"quality": 2}
    assert run("report", "filled.xlsx", "--before", "empty.xlsx", "--pdf", "filled.pdf").status == 0
    assert Path("filled.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", ["score", "report"])
def test_a_fault_names_sheet_and_cell(run: Inside, command: str) -> None:
    book = fill(load_workbook("empty.xlsx"), {"answer.q5.B": 1, "answer.q5.C": 1})
    book.save("wrong.xlsx")
    targets = ("--pdf", "wrong.pdf") if command == "report" else ()
    fault(run(command, "wrong.xlsx", *targets), "填报表!J", "单选题", "B, C")


@pytest.mark.usefixtures("folder")
def test_what_is_no_form_is_refused_in_a_sentence(run: Inside) -> None:
    Path("none.xlsx").write_bytes(b"PK\x03\x04")
    fault(run("score", "none.xlsx"), "另存为 .xlsx")
    book = load_workbook("empty.xlsx")
    for sheet in book.worksheets[:2]:
        book.remove(sheet)
    book.save("parts.xlsx")
    fault(run("score", "parts.xlsx"), "没有填报表")


@pytest.mark.parametrize(
    ("language", "name"), [("zh-Hans", "“数字化改造前月均产品合格率”"), ("en", "“Average monthly")]
)
@pytest.mark.usefixtures("folder")
def test_a_rate_that_a_spreadsheet_made_a_fraction_of_is_doubted_aloud(run: Inside, language: str, name: str) -> None:
    """On standard error, whatever is made of it; it counts as it stands, as in the workbook."""
    rates = {"figure.pass_rate_before": 0.975, "figure.pass_rate_after": 98.1}
    Path("in").mkdir()
    fill(load_workbook("empty.xlsx"), rates).save("in/firm.xlsx")
    whole = ("report", "--batch", "in", "--out", "out", "--kinds", "png")
    for command in (("score", "in/firm.xlsx"), ("report", "in/firm.xlsx", "--png", "firm.png"), whole):
        ran = run("--lang", language, *command)
        assert ran.status == 0
        (line,) = ran.err.splitlines()
        assert all(part in line for part in (name, "0.975%", "97.5%"))


@pytest.mark.parametrize("rates", [{}, {"pass_rate_before": 0}, {"pass_rate_before": 97.5, "pass_rate_after": 1.5}])
def test_nothing_else_is_doubted(run: Inside, rates: dict[str, float]) -> None:
    assert run("score", given=json.dumps({"figures": rates})).err == ""
