"""The workbook as a file: what is in which cell, and how it looks before anything is worked out."""

import re
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

import pytest
from hypothesis import given
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.worksheet import Worksheet

from bot.reports.content import Report
from bot.reports.workbook import workbook
from bot.reports.workbook.formula import quoted
from bot.reports.workbook.measure import height, lines, width_of
from flows.session import FirmFact
from locales import LANGUAGES
from tests.reports.firms import BY_FIGURES, EMPTY, HOSTILE, every, extremes, of_grade, report, reports
from tests.reports.sheets import beside, fields, opened, text_of
from tests.scoring.strategies import RUBRIC, examples

FORM, SCENARIOS, SCORE, WAY = range(4)
EXTREMES = extremes()
EVERY = every()


# the form


def test_the_form_is_in_the_official_order() -> None:
    book = opened(report(BY_FIGURES))
    questions = [row[4] for row in book.worksheets[FORM].iter_rows(values_only=True) if isinstance(row[4], int)]
    scenarios = [row[2] for row in book.worksheets[SCENARIOS].iter_rows(values_only=True) if isinstance(row[2], int)]
    assert [*questions, *scenarios] == list(range(1, 32))
    text = text_of(book.worksheets[FORM])
    for question in RUBRIC.questions:
        assert question.text in text
        assert all(option.text in text for option in question.options)
    for figure in RUBRIC.figures:
        assert any(entry.startswith(figure.name) for entry in text)


def test_every_field_has_a_key() -> None:
    wanted = {f"answer.{question.id}.{letter}" for question in RUBRIC.questions for letter in question.letters}
    wanted |= {f"scenario.{scenario.id}" for scenario in RUBRIC.scenarios}
    wanted |= {f"figure.{figure.id}" for figure in RUBRIC.figures if figure.kind != "series"}
    series = (figure.id for figure in RUBRIC.figures if figure.kind == "series")
    wanted |= {f"figure.{figure}.{year}" for figure in series for year in (1, 2, 3)}
    wanted |= {"firm.kind", *(f"firm.{fact.value}" for fact in FirmFact)}
    assert set(fields(opened(report(EMPTY)))) == wanted | {"rubric", "language"}


def test_the_facts_of_the_firm_stand_on_top_in_the_order_of_the_papers() -> None:
    made = EXTREMES["signed"]
    rows = [
        (row[4], row[8]) for row in opened(made).worksheets[FORM].iter_rows(min_row=9, max_row=14, values_only=True)
    ]
    assert rows == [(row.name, row.value) for row in made.firm_rows]
    assert [fact for fact in made.facts if (fact.name, fact.value) in rows] == [*made.facts[:6]]


def test_what_is_told_of_the_firm_is_kept_as_text() -> None:
    """A code of eighteen digits would lose three of them as a number."""
    cells = fields(opened(report(EMPTY)))
    assert {cell.number_format for key, cell in cells.items() if key.startswith("firm.")} == {"@"}


def test_figures_are_real_numbers_and_the_oldest_years_are_those_that_are_missing() -> None:
    cells = fields(opened(report(BY_FIGURES)))
    assert (cells["figure.machines"].value, cells["figure.revenue_last"].value) == (200, 1100)
    assert [cells[f"figure.revenue.{year}"].value for year in (1, 2, 3)] == [80, 1000, 1100]


@pytest.mark.parametrize("firm", [HOSTILE, "=1+1", "{=1+1}", "@SUM(1)", "https://a.b", "-2+3", "007"])
def test_what_people_type_is_text(firm: str) -> None:
    book = opened(report(of_grade(1), firm=firm))
    cell = fields(book)["firm.name"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (firm, "s", None)


def test_rare_characters_stay() -> None:
    made = EXTREMES["rare name"]
    assert made.firm in text_of(opened(made).worksheets[FORM])


def test_what_is_longer_than_a_cell_is_cut() -> None:
    """No way in takes such a name, but what is stored may be older than the way in."""
    endless = "厂" * 100_000
    sheet = opened(report(of_grade(1), firm=endless)).worksheets[FORM]
    assert max(map(len, text_of(sheet))) == 32_767


def test_only_what_is_filled_in_is_unlocked_and_no_password_keeps_anybody_out() -> None:
    book = opened(report(EMPTY))
    wanted = {cell.coordinate for key, cell in fields(book).items() if key not in ("rubric", "language")}
    found = set()
    for sheet in book.worksheets[:SCORE]:
        assert (sheet.protection.sheet, sheet.protection.password) == (True, None)
        assert not sheet.protection.formatColumns
        found |= {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert found >= wanted
    assert not book.worksheets[WAY].protection.sheet


# an empty form


def test_an_empty_form_is_nobodys() -> None:
    """It is filled in for twenty firms: it has no number of a report, no date, and no plan for nobody."""
    made = report(EMPTY, firm=None)
    book = opened(made)
    text = [entry for sheet in book.worksheets for entry in text_of(sheet)]
    assert made.title not in text
    assert made.seal.number not in "".join(text)
    assert made.seal.number not in str(book.worksheets[FORM].oddFooter.left.text)
    assert not any(line in text for line in made.plan.lines)
    assert all(line in text for line in made.rulings)


# the way on


def test_the_way_on_is_in_it_and_says_of_when_it_is() -> None:
    made = report(of_grade(2), before=of_grade(1))
    text = text_of(opened(made).worksheets[WAY])
    assert made.before
    for entry in (*made.gap.lines, *made.plan.lines, *made.rulings, *made.commitment.lines, made.before.headline):
        assert entry in text
    assert any(made.date in entry and "{" not in entry for entry in text)


def test_number_and_check_code_are_on_every_page() -> None:
    made = report(of_grade(2))
    for sheet in opened(made).worksheets:
        below = str(sheet.oddFooter.left.text)
        assert made.seal.number in below
        assert made.seal.code in below


# pages


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_cut(language: str) -> None:
    """Every row, or rows together, are as high as the text in them needs."""
    for sheet in opened(report(BY_FIGURES, language, before=of_grade(1)), values=True).worksheets:
        spans = {(span.min_row, span.min_col): span for span in sheet.merged_cells.ranges}
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and not _hidden(sheet, cell.column, cell.row):
                    span = spans.get((cell.row, cell.column))
                    last = (span.max_row, span.max_col) if span else (cell.row, cell.column)
                    needed = height(cell.value, _width(sheet, range(cell.column, last[1] + 1)))
                    there = _room(sheet, range(cell.row, last[0] + 1))
                    assert there >= min(needed, 409) - 1, (sheet.title, cell.coordinate)


def _hidden(sheet: Worksheet, column: int, row: int) -> bool:
    return bool(_dimension(sheet, column).hidden or sheet.row_dimensions[row].hidden)


def _dimension(sheet: Worksheet, column: int) -> ColumnDimension:
    """openpyxl keeps columns that are alike under the first of them."""
    return next(one for one in sheet.column_dimensions.values() if one.min <= column <= one.max)


def _room(sheet: Worksheet, rows: range) -> float:
    return sum(sheet.row_dimensions[row].height or 15 for row in rows)


def _width(sheet: Worksheet, columns: range) -> float:
    """A file counts the margins of a column, too."""
    return float(sum(_dimension(sheet, column).width - 0.7109375 for column in columns))


@EVERY
def test_pages_are_lying_as_wide_as_the_sheet_and_headed(name: str) -> None:
    for sheet in opened(EXTREMES[name]).worksheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    for sheet in opened(EXTREMES[name]).worksheets[:SCORE]:
        assert sheet.print_title_rows
        assert sheet.freeze_panes


def test_no_question_is_parted_by_the_end_of_a_page() -> None:
    sheet = opened(report(BY_FIGURES)).worksheets[FORM]
    breaks = {entry.id for entry in sheet.row_breaks.brk}
    assert breaks
    for span in sheet.merged_cells.ranges:
        assert not breaks & set(range(span.min_row, span.max_row))


@pytest.mark.parametrize(
    ("text", "width", "count"),
    [("", 10, 1), ("厂", 10, 1), ("厂" * 10, 21, 1), ("厂" * 10, 20, 2), ("a b", 10, 1), ("aaaa bbbb", 6, 2),
     ("a" * 30, 11, 4), ("a\nb", 9, 2)],
)  # fmt: skip
def test_lines_are_counted_on_the_safe_side(text: str, width: float, count: int) -> None:
    assert lines(text, width) == count


def test_a_character_is_as_wide_as_two_letters() -> None:
    assert width_of("厂，") == 4
    assert width_of("ab") < 2.5


# what every program takes


@EVERY
def test_formulas_are_such_as_every_program_takes(name: str) -> None:
    """Excel takes 8,192 characters, 255 in a text, and colours that look at their own sheet."""
    for sheet in opened(EXTREMES[name]).worksheets:
        formulas = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        assert max(map(len, formulas), default=0) < 8_192
        texts = [text for formula in formulas for text in re.findall(r'"((?:[^"]|"")*)"', formula)]
        assert max(map(len, texts), default=0) <= 255
        rules = [rule for rules in sheet.conditional_formatting for rule in rules.rules]
        assert not any("!" in formula for rule in rules for formula in rule.formula)


@pytest.mark.parametrize("length", [0, 250, 251, 1000])
def test_a_text_in_a_formula_is_whole_however_long(length: int) -> None:
    text = ('说"明"' * length)[:length]
    pieces = re.findall(r'"((?:[^"]|"")*)"', quoted(text))
    assert "".join(pieces).replace('""', '"') == text
    assert max(len(piece.replace('""', '"')) for piece in pieces) <= 255


# the file


def test_the_same_report_is_the_same_file() -> None:
    """No clock, and nobody's library that compresses."""
    made = report(BY_FIGURES)
    first, second = workbook(made), workbook(made)
    assert first == second
    with ZipFile(BytesIO(first)) as archive:
        assert {member.compress_type for member in archive.infolist()} == {ZIP_STORED}
        assert b"2026-11-22T00:00:00Z" in archive.read("docProps/core.xml")


@given(reports)
@examples(25)
def test_any_report_has_a_workbook(made: Report) -> None:
    book = opened(made, values=True)
    sheet = book[made.labels["sheet_score"]]
    assert beside(sheet, made.labels["total"]).value == pytest.approx(made.total.points)
    assert sheet["C2"].value == made.grade_name
