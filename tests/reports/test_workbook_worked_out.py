"""The workbook, worked out by LibreOffice: every value follows from the form, and nothing wrong passes in silence."""

import re
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from stdnum.cn.uscc import calc_check_digit

from bot.reports.content import Report
from bot.reports.workbook.columns import At
from bot.reports.workbook.facts import CODE, REFUSED
from bot.reports.workbook.reading import read_workbook
from bot.words.wording import wording
from flows.credit_code import CODE_LENGTH, CODE_SIGNS
from flows.events import Refusal
from flows.identity import fault
from flows.session import FirmFact
from scoring.answers import Answers, check_answers
from scoring.errors import AnswersError
from scoring.result import assess
from scoring.sheet import load_sheet
from tests.reports.firms import BY_FIGURES, EMPTY, extremes, of_grade, report
from tests.reports.sheets import CODES_TYPED, beside, differing, fields, fill, near, opened, printed, saved, worked_out
from tests.scoring.strategies import RUBRIC, answered

pytestmark = pytest.mark.slow

WORDS = wording("zh-Hans", "miit-2024")
FIX = "请先改正"


def on_the_line() -> Answers:
    """10 points of the fourteen links of question 4, and 10 more: exactly 20, though sevenths are no floats."""
    letters: dict[str, tuple[str, ...]] = {question.id: ("A",) for question in RUBRIC.questions}
    letters |= {"q4": RUBRIC.question["q4"].letters[1:], "q5": ("E",)}
    return answered(RUBRIC, letters, dict.fromkeys(RUBRIC.scenario, 1))


REPORTS: dict[str, Report] = {
    **{name.replace(" ", "_"): made for name, made in extremes().items()},
    "line": report(on_the_line()),
    "all_open": report(EMPTY),
    "platform_of_links": report(answered(RUBRIC, {"q4": ("B", "C", "O")}, {}), profile="platform"),
}


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Workbook]:
    """Every report, worked out again."""
    return worked_out({name: opened(made) for name, made in REPORTS.items()}, tmp_path_factory.mktemp("again"))


@pytest.mark.parametrize("name", REPORTS)
def test_every_formula_gives_the_value_that_it_carries(name: str, again: Mapping[str, Workbook]) -> None:
    assert differing(opened(REPORTS[name], values=True), again[name]) == []


def test_a_score_on_the_line_is_over_it(again: Mapping[str, Workbook]) -> None:
    assert REPORTS["line"].total.points == 20
    sheet = again["line"][REPORTS["line"].labels["sheet_score"]]
    assert beside(sheet, REPORTS["line"].labels["grade"]).value == "一级（初始级）"


# a form that somebody fills in

FILLED: dict[str, dict[str, Any]] = {
    "ticks": {"answer.q1.B": 1, "answer.q1.C": "✓", "answer.q5.C": "x", "answer.q8.A": 1},
    "bands": {"figure.machines": 200, "figure.machines_digital": 90, "figure.machines_networked": 20},
    "band_ends": {"figure.machines": 1000, "figure.machines_digital": 400, "figure.machines_networked": 401},
    "thirds": {
        **{f"figure.digital_investment.{year}": value for year, value in ((1, 0.1), (2, 0.2), (3, 0))},
        **{f"figure.revenue.{year}": 1 for year in (1, 2, 3)},
    },
    "two_years": {
        "figure.digital_investment.2": 30, "figure.digital_investment.3": 30,
        "figure.revenue.2": 90, "figure.revenue.3": 100,
        "figure.employees_last": 10, "figure.employees_prev": 9, "figure.cost_last": 50, "figure.cost_prev": 45.02,
    },
    "rates": {"figure.pass_rate_before": 97.5, "figure.pass_rate_after": 97.54},
    "half_up": {"figure.pass_rate_before": 97.5, "figure.pass_rate_after": 97.55},
    "levels": {f"scenario.{name}": place % 5 for place, name in enumerate(RUBRIC.scenario)},
    "percent_signs": {"figure.pass_rate_before": 0.975, "figure.pass_rate_after": 1},
    "firm": {
        "firm.name": "某某厂", "firm.credit_code": "91350100m000100Y43 ", "firm.kind": "小微企业",
        "firm.contact": 13800138000, "firm.region": "长" * 60, "answer.q1.B": 1,
    },
    "letter_and_figures": {"figure.machines": 10, "figure.machines_digital": 10, "answer.q2.E": 1},
    "ticks_otherwise": {
        "answer.q1.B": "B", "answer.q1.C": "ｃ", "answer.q1.D": True, "answer.q1.E": False, "answer.q1.A": 0,
        "answer.q5.C": "\u3000✔ ", "answer.q6.B": "☑", "answer.q7.B": "V", "answer.q9.B": "１", "answer.q9.C": "0",
    },
    "numbers_as_text": {
        "figure.machines": "200", "figure.machines_digital": " 90", "figure.pass_rate_before": "97.5",
        "figure.pass_rate_after": 98.1, "figure.revenue.1": "900", "figure.revenue.2": 1000,
        "figure.revenue.3": "1100.25",
        "figure.digital_investment.1": 9, "figure.digital_investment.2": "200", "figure.digital_investment.3": "300",
        "scenario.quality": "2", "scenario.safety": " 0 ", "scenario.energy": "4",
    },
}  # fmt: skip


def slips(seed: int) -> tuple[str, str]:
    """A credit code, and the same with a slip."""
    draw = Random(seed)  # noqa: S311  # no secret
    body = "".join(draw.choices(sorted(CODE_SIGNS), k=CODE_LENGTH - 1))
    code, place = body + calc_check_digit(body), draw.randrange(CODE_LENGTH)
    return code, code[:place] + draw.choice(("", "O", "Z", "7", "K", code[place] * 2, "·")) + code[place + 1 :]


def anything(seed: int) -> dict[str, Any]:
    """Figures as firms have them, all of them possible together."""
    draw = Random(seed)  # noqa: S311  # no secret
    machines, last, previous = draw.randint(1, 400), round(draw.uniform(1, 9_000), 2), round(draw.uniform(1, 9_000), 2)
    revenue = (round(draw.uniform(1, 9_000), 2), previous, last)
    shares = [round(year * draw.choice((0.05, 0.1, 0.2, 0.25, 0.6)), 2) for year in revenue]
    amounts = ("energy_last", "energy_prev", "employees_last", "employees_prev", "cost_last", "cost_prev")
    return {
        "figure.machines": machines,
        "figure.machines_digital": draw.randint(0, machines),
        "figure.machines_networked": draw.randint(0, machines),
        **{f"figure.revenue.{year}": value for year, value in enumerate(revenue, start=1)},
        **{f"figure.digital_investment.{year}": value for year, value in enumerate(shares, start=1)},
        **{f"figure.{name}": round(draw.uniform(1, 500), draw.randint(0, 3)) for name in amounts},
        **{f"figure.pass_rate_{when}": round(draw.uniform(97, 97.2), 2) for when in ("before", "after")},
    }


FILLED |= {f"anything_{seed}": anything(seed) for seed in range(8)}
SPOILT: dict[str, dict[str, Any]] = {
    "two_letters": {"answer.q5.B": 1, "answer.q5.C": 1},
    "none_with_others": {"answer.q1.A": 1, "answer.q1.B": 1},
    "tick": {"answer.q1.B": 2},
    "tick_word": {"answer.q1.B": "是"},
    "tick_other_letter": {"answer.q1.B": "C"},
    "tick_wildcard": {"answer.q1.B": "*"},
    "level_true": {"scenario.quality": True},
    "text_with_unit": {"figure.machines": "200台"},
    "text_with_comma": {"figure.cost_last": "1,100"},
    "text_like_a_date": {"figure.cost_last": "2026-1"},
    "text_negative": {"figure.cost_last": "-1"},
    "text_with_percent": {"figure.pass_rate_before": "97.5%"},
    "number_true": {"figure.machines": True},
    "level_high": {"scenario.quality": 5},
    "level_half": {"scenario.quality": 1.5},
    "level_low": {"scenario.quality": -1},
    "level_word": {"scenario.quality": "二级"},
    "negative": {"figure.machines": -1},
    "word": {"figure.machines": "两百"},
    "half": {"figure.machines": 1.5},
    "none_at_all": {"figure.machines": 0},
    "over_hundred": {"figure.pass_rate_before": 101},
    "too_large": {"figure.cost_last": 2e15},
    "part_exceeds": {"figure.machines": 10, "figure.machines_digital": 11},
    "years_differ": {"figure.revenue.3": 10, "figure.digital_investment.3": 1, "figure.digital_investment.2": 1},
    "gap": {"figure.revenue.1": 10, "figure.revenue.3": 10},
    "year_differs": {"figure.revenue.3": 10, "figure.revenue_last": 11},
    "contradiction": {"figure.machines": 10, "figure.machines_digital": 10, "answer.q2.A": 1},
    "kind_of_firm": {"firm.kind": "大厂"},
    "code_number": {"firm.credit_code": 913501000001000000},
    "code_length": {"firm.credit_code": "91350100M000100Y4"},
    "code_sign": {"firm.credit_code": "9135010OM000100Y43"},
    "code_check": {"firm.credit_code": "91350100M000100Y34"},
    "region_long": {"firm.region": "长" * 61},
    "name_long": {"firm.name": "长" * 101},
    "no_revenue": {
        "figure.revenue_last": 0, "figure.revenue_prev": 1, "figure.cost_last": 1, "figure.cost_prev": 1,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Workbook]:
    """Empty forms, filled in."""
    books = {name: fill(opened(report(EMPTY)), values) for name, values in (FILLED | SPOILT).items()}
    return worked_out(books, tmp_path_factory.mktemp("filled"))


@pytest.mark.parametrize("name", FILLED)
def test_a_form_that_is_filled_in_gives_what_its_answers_give(name: str, filled: Mapping[str, Workbook]) -> None:
    read = read_workbook(saved(fill(opened(report(EMPTY)), FILLED[name]))).answers
    answers = check_answers(RUBRIC, read)
    result, made = assess(load_sheet("miit-2024"), answers), report(answers)
    book, sheet = filled[name], filled[name][made.labels["sheet_score"]]
    wanted = opened(made, values=True)[made.labels["sheet_score"]]
    assert beside(sheet, made.labels["total"]).value == pytest.approx(float(result.score), abs=1e-9)
    assert beside(sheet, made.labels["grade"]).value == WORDS.grade(result.grade)
    assert [*map(near, record(sheet))] == [*map(near, record(wanted))]
    assert points(sheet) == points(wanted)
    assert summary(book).startswith(f"已填 {len(answers.choices) + len(answers.levels)} / 31 项，要改正 0 处。")


def record(sheet: Worksheet) -> list[Any]:
    """The six figures that platforms record."""
    return [sheet.cell(row, 3).value for row in range(2, 8)]


def points(sheet: Worksheet) -> dict[str, list[Any]]:
    """Of every question what is chosen, by figures or not, and what it is worth."""
    rows = [row[1:9] for row in sheet.iter_rows(values_only=True)]
    return {str(row[0]): [*map(near, row[1:])] for row in rows if re.match(r"\d+\. ", str(row[0]))}


@pytest.mark.parametrize("name", FILLED)
def test_the_gap_follows_the_form(name: str, filled: Mapping[str, Workbook]) -> None:
    answers = check_answers(RUBRIC, read_workbook(saved(fill(opened(report(EMPTY)), FILLED[name]))).answers)
    result = assess(load_sheet("miit-2024"), answers)
    assert result.next
    assert result.points_short is not None
    sheet = filled[name]["差距与方案"]
    shown = {str(row[0]): row[1] for row in sheet.iter_rows(max_row=7, values_only=True)}
    assert shown["下一等级"] == WORDS.grade(result.next.grade)
    assert shown["得分还差（分）"] == pytest.approx(float(result.points_short), abs=1e-8)
    assert (
        shown[f"达到{WORDS.level_name(RUBRIC.grades[result.next.grade - 1].level)}的业务场景还差（个）"]
        == result.next.scenarios_short
    )
    assert shown["其中约束性场景还差（个）"] == result.next.restrictive_short


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_wrong_is_told_and_there_is_no_score(name: str, filled: Mapping[str, Workbook]) -> None:
    book = filled[name]
    assert summary(book).startswith("已填 ")
    assert "要改正 0 处" not in summary(book)
    assert summary(book).endswith("先改正标红的地方，再看得分和等级。")
    sheet = book["得分与等级"]
    assert beside(sheet, "总分").value == FIX
    assert record(sheet) == [FIX] * 6
    with pytest.raises(AnswersError):
        read_workbook(saved(fill(opened(report(EMPTY)), SPOILT[name])))


TOLD = {
    "two_letters": "单选题", "none_with_others": "“无”", "tick": "选中填 1", "level_half": "0 到 4", "negative": "负数",
    "word": "只填数字", "text_with_percent": "只填数字",
    "half": "整数", "none_at_all": "大于 0", "over_hundred": "100", "part_exceeds": "生产设备数量",
    "years_differ": "年数", "gap": "这一年", "year_differs": "近三年营业收入", "contradiction": "E",
    "no_revenue": "大于 0", "kind_of_firm": "下拉", "code_number": "文本", "code_length": "18 位",
    "code_sign": "I、O、S、V、Z", "code_check": "校验位", "region_long": "60", "name_long": "100",
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_a_sentence_beside_it_says_what_is_wrong(name: str, filled: Mapping[str, Workbook]) -> None:
    book = filled[name]
    said = [str(cell) for row in book["填报表"].iter_rows(min_row=9, values_only=True) for cell in row[10:12]]
    said += [str(row[7]) for row in book["业务场景"].iter_rows(min_row=5, values_only=True)]
    assert any(TOLD[name] in text for text in said)


def test_a_rate_with_a_sign_of_percent_is_doubted_and_taken_as_it_is(filled: Mapping[str, Workbook]) -> None:
    """A spreadsheet makes 0.975 of 97.5%."""
    said = [str(row[11]) for row in filled["percent_signs"]["填报表"].iter_rows(min_row=9, values_only=True)]
    assert "如果是 97.5%，这里填 97.5，不用填百分号。" in said
    assert "如果是 100%，这里填 100，不用填百分号。" in said
    said = [str(row[11]) for row in filled["rates"]["填报表"].iter_rows(min_row=9, values_only=True)]
    assert not any("百分号" in text for text in said)


def summary(book: Workbook) -> str:
    return str(book["填报表"]["B7"].value)


# a credit code

CODES = (*CODES_TYPED, *(code for seed in range(60) for code in slips(seed)))


def test_formulas_say_of_a_credit_code_what_reading_says(tmp_path: Path) -> None:
    """Of a hundred firms at once: the formulas of the row of one form, each with a code of its own beside it."""
    cell = fields(opened(report(EMPTY)))["firm.credit_code"]
    sheet, book = cell.parent, Workbook()
    for row, code in enumerate(CODES, start=1):
        book.active.cell(row, cell.column).value = code
        for hidden in range(cell.column, sheet.max_column + 1):
            formula = sheet.cell(cell.row, hidden).value
            if str(formula).startswith("="):
                book.active.cell(row, hidden).value = re.sub(rf"(\$[A-Z]+){cell.row}\b", rf"\g<1>{row}", formula)
    done = worked_out({"codes": book}, tmp_path)["codes"].active
    wanted = [fault(FirmFact.CREDIT_CODE, code) for code in CODES]
    assert {Refusal.CODE_LENGTH, Refusal.CODE_SIGN, Refusal.CODE_CHECK, None} == {*wanted}
    found = [done.cell(row, At.CODE + 1).value for row in range(1, len(CODES) + 1)]
    assert found == [CODE[REFUSED[wrong]] if wrong else 0 for wrong in wanted]


# a report that somebody changes


def test_what_does_not_follow_says_so(tmp_path: Path) -> None:
    made = report(of_grade(2))
    book = worked_out(
        {"changed": fill(opened(made), {"answer.q5.C": None, "answer.q5.E": 1, "scenario.quality": 4})}, tmp_path
    )["changed"]
    assert "改动了 3 处" in summary(book)
    assert "不再适用" in summary(book)
    assert any("改动 3 处" in str(row[0]) for row in book["差距与方案"].iter_rows(values_only=True))


# read back


def test_what_libreoffice_saved_is_read_as_before(again: Mapping[str, Workbook]) -> None:
    read = read_workbook(saved(again["figures"])).answers
    result = assess(load_sheet("miit-2024"), check_answers(RUBRIC, read))
    assert result == assess(load_sheet("miit-2024"), BY_FIGURES)


# on paper


@pytest.mark.parametrize(("language", "most"), [("zh-Hans", 15), ("en", 19)])
def test_pages_end_where_they_were_reckoned_to(language: str, most: int, tmp_path: Path) -> None:
    """Were columns narrower or rows higher in print, blocks would be cut, or pages half empty."""
    made = report(of_grade(2), language, before=of_grade(1))
    reckoned = sum(1 + len(sheet.row_breaks.brk) for sheet in opened(made).worksheets)
    assert len(printed(made, tmp_path).pages) == reckoned <= most
