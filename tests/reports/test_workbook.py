"""The workbook, read and recalculated by other libraries."""

import warnings
from contextlib import redirect_stderr
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from bot.reports.content import Report
from bot.reports.workbook import workbook
from bot.words.wording import wording
from scoring.answers import Answers
from scoring.result import Result, assess
from scoring.sheet import load_sheet
from tests.reports.firms import BY_FIGURES, EMPTY, HOSTILE, extremes, of_grade, report, reports
from tests.scoring.strategies import RUBRIC, answered, complete_choices, examples, partial_levels, profiles

FORM, SCORE = 0, 1
WORDS = wording("zh-Hans", "miit-2024")
EXTREMES = extremes()


def opened(made: Report, *, values: bool = False) -> Workbook:
    return load_workbook(BytesIO(workbook(made)), data_only=values)


def text_of(sheet: Worksheet) -> list[str]:
    return [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]


def recalculated(book: Workbook, folder: Path) -> dict[str, Any]:
    """The formulas of the second sheet, worked out by another engine from what is on the form."""
    file = folder / "book.xlsx"
    book.save(file)
    with warnings.catch_warnings(), redirect_stderr(StringIO()):
        warnings.simplefilter("ignore")
        import formulas

        solution = formulas.ExcelModel().loads(str(file)).finish(circular=False).calculate()
    sheet = book.worksheets[SCORE]
    cells = {cell.coordinate for row in sheet.iter_rows() for cell in row if is_formula(cell.value)}
    names = {str(name): name for name in solution}
    return {cell: solution[names[f"'[book.xlsx]{sheet.title.upper()}'!{cell}"]].value[0, 0] for cell in cells}


def is_formula(value: object) -> bool:
    return isinstance(value, str) and value.startswith("=")


def cell_beside(sheet: Worksheet, name: str) -> str:
    """The cell to the right of the last one with that text in the first column."""
    return next(f"B{row[0].row}" for row in reversed(list(sheet.iter_rows())) if row[0].value == name)


def fill(book: Workbook, choices: dict[str, tuple[str, ...]], levels: dict[str, int]) -> None:
    """Change the form as a person would: ticks and levels, in the column for them."""
    sheet = book.worksheets[FORM]
    numbers: dict[object, str] = dict(enumerate(RUBRIC.items, start=1))
    item = ""
    for row in sheet.iter_rows():
        number, letter, tick = row[3].value, row[6].value, row[8]
        item = numbers.get(number, item)
        if item in RUBRIC.question and letter in RUBRIC.question[item].letters:
            tick.value = 1 if letter in choices.get(item, ()) else None
        elif item in RUBRIC.scenario and isinstance(number, int | float):
            tick.value = levels.get(item)


def agrees(cells: dict[str, Any], sheet: Worksheet, made: Report, result: Result) -> None:
    score = cells[cell_beside(sheet, made.labels["total"])]
    assert score == pytest.approx(float(result.score), abs=1e-9)
    grade = cells[cell_beside(sheet, made.labels["grade"])]
    assert int(grade) == result.grade
    six = [cells[f"B{row}"] for row in range(2, 8)]
    dimensions = [pytest.approx(float(points), abs=1e-9) for points in result.dimensions.values()]
    level = RUBRIC.grades[max(result.grade, 1) - 1].level
    every, restrictive = result.counts[level]
    assert six == [WORDS.grade(result.grade), *dimensions, restrictive, every - restrictive]


@pytest.mark.parametrize("name", EXTREMES)
def test_every_formula_gives_the_value_that_it_carries(name: str, tmp_path: Path) -> None:
    made = EXTREMES[name]
    carried = opened(made, values=True).worksheets[SCORE]
    cells = recalculated(opened(made), tmp_path)
    assert len(cells) == 6 + 2 * 15 + 3 + 1 + 2 * 4 + 2
    for cell, value in cells.items():
        wanted = carried[cell].value
        assert value == (wanted if isinstance(wanted, str) else pytest.approx(wanted, abs=1e-9)), cell


@given(complete_choices, partial_levels, profiles)
@examples(6)
def test_a_form_that_is_changed_gives_the_score_of_its_new_answers(
    tmp_path_factory: pytest.TempPathFactory,
    choices: dict[str, tuple[str, ...]],
    levels: dict[str, int],
    profile: str,
) -> None:
    made = report(EMPTY, profile=profile)
    book = opened(made)
    fill(book, choices, levels)
    cells = recalculated(book, tmp_path_factory.mktemp("changed"))
    agrees(
        cells, book.worksheets[SCORE], made, assess(load_sheet("miit-2024", profile), answered(RUBRIC, choices, levels))
    )


def test_a_score_on_the_line_is_over_it(tmp_path: Path) -> None:
    """Thirds and sevenths do not add up in floats; 20 points exactly must still be 20."""
    made = report(on_the_line())
    assert made.total.points == 20
    cells = recalculated(opened(made), tmp_path)
    assert int(cells[cell_beside(opened(made).worksheets[SCORE], made.labels["grade"])]) == 1


def on_the_line() -> Answers:
    """10 points of the fourteen links of question 4, and 10 more."""
    letters: dict[str, tuple[str, ...]] = {question.id: ("A",) for question in RUBRIC.questions}
    letters |= {"q4": RUBRIC.question["q4"].letters[1:], "q5": ("E",)}
    return answered(RUBRIC, letters, dict.fromkeys(RUBRIC.scenario, 1))


def test_the_form_is_in_the_official_order() -> None:
    sheet = opened(report(BY_FIGURES)).worksheets[FORM]
    numbers = [row[3] for row in sheet.iter_rows(values_only=True) if isinstance(row[3], int | float)]
    assert numbers == list(range(1, 32))
    text = text_of(sheet)
    for question in RUBRIC.questions:
        assert question.text in text
        assert all(option.text in text for option in question.options)
    for figure in RUBRIC.figures:
        assert any(entry.startswith(figure.name) for entry in text)


def test_figures_are_real_numbers() -> None:
    rows = list(opened(report(BY_FIGURES)).worksheets[FORM].iter_rows(values_only=True))
    given = {str(row[7]): row[8] for row in rows if row[7]}
    assert (given["生产设备数量"], given["上年营业收入"]) == (200, 1100)
    assert [given[f"近三年营业收入 第 {year} 年"] for year in (1, 2, 3)] == [80, 1000, 1100]
    assert given["数字化改造后月均产品合格率"] == 98


@pytest.mark.parametrize("firm", [HOSTILE, "=1+1", "@SUM(1)", "https://a.b", "-2+3", "007"])
def test_what_people_type_is_text(firm: str) -> None:
    sheet = opened(report(of_grade(1), firm=firm)).worksheets[FORM]
    (cell,) = (row[1] for row in sheet.iter_rows() if row[1].value == firm)
    assert (cell.data_type, cell.hyperlink) == ("s", None)


def test_rare_characters_stay() -> None:
    made = EXTREMES["rare name"]
    assert made.firm in text_of(opened(made).worksheets[FORM])


def test_the_way_on_is_in_it() -> None:
    made = report(of_grade(2), before=of_grade(1))
    text = text_of(opened(made).worksheets[-1])
    assert made.before
    for entry in (*made.gap.lines, *made.plan.lines, *made.rulings, *made.commitment.lines, made.before.headline):
        assert entry in text


@given(reports)
@examples(25)
def test_any_report_has_a_workbook(made: Report) -> None:
    carried = opened(made, values=True).worksheets[SCORE]
    assert carried[cell_beside(carried, made.labels["total"])].value == pytest.approx(made.total.points)
    assert carried["B2"].value == made.grade_name


def test_what_is_longer_than_a_cell_is_cut() -> None:
    """No way in takes such a name, but what is stored may be older than the way in."""
    endless = "厂" * 100_000
    sheet = opened(report(of_grade(1), firm=endless)).worksheets[FORM]
    assert max(map(len, text_of(sheet))) == 32_767
