"""The workbook: the official form in its order, to copy from, and formulas that work score and grade out again.

Four sheets: the form (ticks, figures, levels), score and grade (formulas on the form), the scenarios' requirements (if
there are any), and the way to the next grade. Points are sums of floats there, rounded to nine decimals before they
meet a line of a grade.
Whatever a person typed is written as text, never as a formula or a link.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from bot.reports.content import Figure, GradeRow, Question, Report, Scenario, Score

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Cell = str | float | int | None
CELL = 32_767
"""Characters that a cell holds."""
FORMS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "bg_color": "#E1E1E1", "border": 1, "text_wrap": True, "valign": "vcenter"},
    "text": {"text_wrap": True, "valign": "top", "border": 1},
    "free": {"text_wrap": True, "valign": "top"},
    "number": {"valign": "top", "border": 1},
    "input": {"valign": "top", "border": 1, "bold": True, "bg_color": "#DCE6F2", "align": "center", "locked": False},
    "percent": {"valign": "top", "border": 1, "num_format": "0%"},
    "points": {"valign": "top", "border": 1, "num_format": "0.00##"},
    "strong": {"valign": "top", "border": 1, "num_format": "0.00##", "bold": True},
}
EXACT = 9
"""Decimals at which a score is compared: far finer than any step of it, far coarser than the error of a float."""


def workbook(report: Report) -> bytes:
    """An XLSX file; every formula also carries the value that it gives."""
    from xlsxwriter import Workbook

    kept = BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(kept, safe) as book:
        book.set_properties({"title": report.title, "author": report.firm})
        _Writer(book, report).write()
    return kept.getvalue()


@dataclass(frozen=True, slots=True)
class _Ticks:
    """Where a question's options stand on the form: rows from 0."""

    question: Question
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Graded:
    """The cells of the grade, and of the level that it asks of scenarios, if there are any."""

    grade: str
    level: str = ""


class _Sheet:
    """A sheet that is written from top to bottom."""

    def __init__(self, sheet: "Worksheet", forms: dict[str, "Format"], widths: Sequence[float]) -> None:
        self.sheet, self.forms, self.row = sheet, forms, 0
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_paper(9)  # A4
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def line(self, *cells: tuple[Cell, str]) -> int:
        """Write a line of values, each with the name of its form; None leaves a cell empty. The line's row."""
        for column, (value, form) in enumerate(cells):
            if isinstance(value, str):
                self.sheet.write_string(self.row, column, value[:CELL], self.forms[form])
            elif value is None:
                self.sheet.write_blank(self.row, column, None, self.forms[form])
            else:
                self.sheet.write_number(self.row, column, value, self.forms[form])
        self.row += 1
        return self.row - 1

    def head(self, *names: str) -> int:
        """A line of headings."""
        return self.line(*((name, "head") for name in names))

    def formula(self, row: int, column: int, formula: str, form: str, value: Cell) -> str:
        """Write a formula and what it gives; the name of its cell."""
        self.sheet.write_formula(row, column, f"={formula}", self.forms[form], "" if value is None else value)
        return f"{chr(ord('A') + column)}{row + 1}"


class _Writer:
    """Writes the sheets; later ones refer to the form by its name."""

    def __init__(self, book: "Workbook", report: Report) -> None:
        self._book, self._report, self._label = book, report, report.labels
        self._forms = {name: book.add_format(form) for name, form in FORMS.items()}
        self._ticks: list[_Ticks] = []
        self._levels = range(0)

    def write(self) -> None:
        """All sheets in their order."""
        label = self._label
        self._form(self._sheet(label["sheet_form"], (12, 12, 14, 7, 34, 8, 7, 56, 12, 10)))
        self._scores(self._sheet(label["sheet_score"], (26, 20, 12, 12, 12, 12, 12, 12)))
        if self._report.scenarios:
            levels = len(self._report.level_names) - 1
            self._requirements(self._sheet(label["sheet_scenarios"], (8, 16, 10, 10, *(45,) * levels)))
        self._way(self._sheet(label["sheet_plan"], (110, 24, 24)))

    def _sheet(self, name: str, widths: Sequence[float]) -> _Sheet:
        return _Sheet(self._book.add_worksheet(name), self._forms, widths)

    # the form

    def _form(self, sheet: _Sheet) -> None:
        report, label = self._report, self._label
        sheet.line((report.title, "title"))
        for text in filter(None, (report.status, label["how"])):
            sheet.line((text, "title" if text == report.status else "free"))
        for fact in report.facts:
            sheet.line((fact.name, "text"), (fact.value, "text"))
        sheet.row += 1
        columns = ("dimension", "indicator", "item", "number", "question", "kind_of_choice", "option")
        sheet.head(*(label[name] for name in columns), label["answer"], label["chosen"], label["option_value"])
        for question in report.questions:
            self._ticks.append(self._options(sheet, question))
            for figure in question.figures:
                self._figure(sheet, figure)
        if report.scenarios:
            self._ladder(sheet)

    def _options(self, sheet: _Sheet, question: Question) -> _Ticks:
        first = sheet.row
        for option in question.options:
            begins = sheet.row == first
            names = (question.dimension, question.indicator, question.item)
            sheet.line(
                *((name if begins else "", "text") for name in names),
                (question.number if begins else None, "number"),
                (question.text if begins else "", "text"),
                (question.kind if begins else "", "text"),
                (option.letter, "text"),
                (option.text, "text"),
                (1 if option.chosen else None, "input"),
                (option.value, "points"),
            )
        sheet.sheet.data_validation(first, 8, sheet.row - 1, 8, {"validate": "list", "source": ["1"]})
        return _Ticks(question, first, sheet.row - 1)

    def _figure(self, sheet: _Sheet, figure: Figure) -> None:
        """One line a number; a series has a line for each of its years."""
        several = len(figure.numbers) > 1
        for year, number in enumerate(figure.numbers or (None,), start=1):
            name = f"{figure.name} {self._label['year'].format(year=year)}" if several else figure.name
            sheet.line(*(("", "text"),) * 7, (name, "text"), (number, "input"), (figure.unit, "text"))

    def _ladder(self, sheet: _Sheet) -> None:
        report, label = self._report, self._label
        sheet.row += 1
        columns = ("group", "scenario", "kind", "number", "requirement", "level", "", "", "level_number")
        names = [label.get(name, "") for name in columns]
        names[2] = ""
        sheet.head(*names)
        first = sheet.row
        for item in report.scenarios:
            sheet.line(
                (item.group, "text"),
                (_starred(item), "text"),
                (item.kind, "text"),
                (item.number, "number"),
                (item.requirement, "text"),
                (item.shown, "text"),
                ("", "text"),
                ("", "text"),
                (item.level, "input"),
            )
        self._levels = range(first, sheet.row)
        top = len(report.level_names) - 1
        rule = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": top}
        sheet.sheet.data_validation(first, 8, sheet.row - 1, 8, rule)

    def _on_form(self, column: str, first: int, last: int) -> str:
        return f"'{self._label['sheet_form']}'!${column}${first + 1}:${column}${last + 1}"

    # score and grade

    def _scores(self, sheet: _Sheet) -> None:
        report, label = self._report, self._label
        sheet.line((label["record"], "title"))
        record = sheet.row
        sheet.row += len(report.record) + 1
        points = self._question_points(sheet)
        cells = {score.id: self._sum(sheet, score, points) for score in report.dimensions}
        total = sheet.line((label["total"], "text"), (None, "strong"))
        score = sheet.formula(total, 1, "+".join(cells.values()), "strong", report.total.points)
        sheet.row += 1
        grade = self._grades(sheet, score)
        self._record(sheet, record, [*cells.values()], grade)

    def _question_points(self, sheet: _Sheet) -> dict[str, list[str]]:
        """Value × weights = points of every question; the cells of the points by dimension."""
        label = self._label
        sheet.head(label["dimension"], label["item"], label["option_value"], *(label["weights"],) * 3, label["points"])
        cells: dict[str, list[str]] = {}
        for ticks in self._ticks:
            question = ticks.question
            weights = [(weight / 100, "percent") for weight in question.weights]
            name = f"{question.number}. {question.item}"
            row = sheet.line((question.dimension, "text"), (name, "text"), (None, "points"), *weights)
            chosen, values = (self._on_form(column, ticks.first, ticks.last) for column in "IJ")
            value = sum(option.value for option in question.options if option.chosen)
            sheet.formula(row, 2, f"SUMPRODUCT({chosen},{values})", "points", value)
            worth = value * question.weights[0] * question.weights[1] * question.weights[2] / 100**3
            formula = f"C{row + 1}*D{row + 1}*E{row + 1}*F{row + 1}"
            cells.setdefault(question.dimension, []).append(sheet.formula(row, 6, formula, "points", worth))
        return cells

    def _sum(self, sheet: _Sheet, score: Score, points: dict[str, list[str]]) -> str:
        row = sheet.line((score.name, "text"), (None, "points"))
        return sheet.formula(row, 1, "+".join(points[score.name]), "points", score.points)

    def _grades(self, sheet: _Sheet, score: str) -> _Graded:
        """The conditions of every grade; the cells of the grade and of the level that it asks of scenarios."""
        label, rows = self._label, self._report.grades
        heads = ["grade", "score", "condition_score"]
        if self._report.scenarios:
            heads += ["level", "scenarios", "restrictive", "condition_scenarios"]
        sheet.head(label["level_number"], *(label[name] for name in heads))
        first = sheet.row + 1
        for row in rows:
            self._grade(sheet, row, score)
        ends = sheet.row
        place = sheet.line((label["grade"], "text"), (None, "strong"), (None, "number"))
        by_score, best = f"MAX(D{first}:D{ends})", max((row.grade for row in rows if row.score_met), default=0)
        if not self._report.scenarios:
            return _Graded(sheet.formula(place, 1, by_score, "strong", best))
        best = min(best, max((row.grade for row in rows if row.scenarios_met), default=0))
        grade = sheet.formula(place, 1, f"MIN({by_score},MAX(H{first}:H{ends}))", "strong", best)
        level = f"MAX(1,INDEX(E{first}:E{ends},MAX({grade},1)))"
        counted = sheet.formula(place, 2, level, "number", max(1, rows[max(best, 1) - 1].level))
        return _Graded(grade, counted)

    def _grade(self, sheet: _Sheet, row: GradeRow, score: str) -> None:
        """Columns: number, name, score, met by the score; level, scenarios, of these restrictive, met by both."""
        asked = (row.level, row.scenarios, row.restrictive)
        place = sheet.line(
            (row.grade, "number"),
            (row.name, "text"),
            (row.score, "number"),
            (None, "number"),
            *((value, "number") for value in (*asked, None) if self._report.scenarios),
        )
        at = place + 1
        passed = f"IF(ROUND({score},{EXACT})>=C{at},A{at},0)"
        sheet.formula(place, 3, passed, "number", row.grade if row.score_met else 0)
        if not self._report.scenarios:
            return
        levels, kinds = self._level_cells()
        enough = f'COUNTIF({levels},">="&E{at})>=F{at}'
        restrictive = f'COUNTIFS({kinds},"{self._label["restrictive"]}",{levels},">="&E{at})>=G{at}'
        reached = f"IF(AND({enough},{restrictive}),A{at},0)"
        sheet.formula(place, 7, reached, "number", row.grade if row.scenarios_met else 0)

    def _level_cells(self) -> tuple[str, str]:
        first, last = self._levels[0], self._levels[-1]
        return self._on_form("I", first, last), self._on_form("C", first, last)

    def _record(self, sheet: _Sheet, row: int, dimensions: list[str], graded: _Graded) -> None:
        """The figures that city platforms record, on top of the sheet."""
        report = self._report
        names = ",".join(f'"{name}"' for name in (self._label["no_grade"], *(row.name for row in report.grades)))
        values: list[Cell] = [report.grade_name, *(score.points for score in report.dimensions)]
        values += [int(field.value) for field in report.record[len(values) :]]
        formulas = [f"CHOOSE({graded.grade}+1,{names})", *dimensions, *self._counts(graded.level)]
        sheet.row, kept = row, sheet.row
        for field, formula, value in zip(report.record, formulas, values, strict=True):
            place = sheet.line((field.name, "text"), (None, "strong"))
            form = "strong" if isinstance(value, str | float) else "number"
            sheet.formula(place, 1, formula, form, value)
        sheet.row = kept

    def _counts(self, level: str) -> list[str]:
        """How many scenarios are at the level in a cell: restrictive ones, then guiding ones."""
        if not level:
            return []
        levels, kinds = self._level_cells()
        return [f'COUNTIFS({kinds},"{self._label[kind]}",{levels},">="&{level})' for kind in ("restrictive", "guiding")]

    # reading matter

    def _requirements(self, sheet: _Sheet) -> None:
        report, label = self._report, self._label
        sheet.head(
            label["number"], label["scenario"], label["level"], label["before"] if report.before else "",
            *report.level_names[1:],
        )  # fmt: skip
        for item in report.scenarios:
            texts = ((text, "text") for text in item.requirements)
            before = item.shown_before
            sheet.line(
                (item.number, "number"), (_starred(item), "text"), (item.shown, "text"), (before, "text"), *texts
            )
        sheet.sheet.freeze_panes(1, 2)

    def _way(self, sheet: _Sheet) -> None:
        report, label = self._report, self._label
        notes = [note for note in (report.bounds_note, report.profile_note) if note]
        parts = (
            (label["conclusion"], (report.grade_name, *(f"{c.name} {c.value}" for c in report.conditions), *notes)),
            (label["gap"], report.gap.lines),
            (label["plan"], report.plan.lines),
            (label["rulings"], report.rulings),
            (report.commitment.title, (*report.commitment.lines, *report.notes)),
        )
        for title, lines in parts:
            if lines:
                sheet.line((title, "title"))
                for line in lines:
                    sheet.line((line, "free"))
                sheet.row += 1
        if report.before:
            sheet.line((report.before.headline, "title"))
        if report.before and report.before.note:
            sheet.line((report.before.note, "free"))
        elif report.before:
            sheet.head(label["entry"], label["before"], label["now"])
            for change in report.before.changes:
                sheet.line((change.name, "text"), (change.before, "text"), (change.after, "text"))


def _starred(item: Scenario) -> str:
    return f"{item.name}*" if item.restrictive else item.name
