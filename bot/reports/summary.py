"""The workbook that sums up a batch: a row a firm, numbers as numbers, to be sorted, filtered and printed.

Rows wait in a file until all are there, and go from there to the sheet one by one, so that thousands take little
more memory than ten.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import partial
from io import BytesIO
from math import ceil
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, NamedTuple
from unicodedata import east_asian_width

from bot.reports.paper import Paper
from bot.words.results import points_of, shown_points
from bot.words.steps import steps_alone
from bot.words.wording import Wording, wording
from flows.session import Value
from locales import catalogue
from scoring.exact import shown
from scoring.result import Result, assess
from scoring.sheet import load_sheet

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

A4 = 9
CELL = 32_767
"""Characters that a cell holds."""
LINE_POINTS = 15.0
"""The height of a line."""
FILLED = 0.88
"""So much of a column does a line fill at least, before it is broken, in whatever program and font."""
FORMS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bg_color": "#E1E1E1", "border": 1, "text_wrap": True, "valign": "vcenter"},
    "text": {"text_wrap": True, "valign": "top", "border": 1},
    "fault": {"text_wrap": True, "valign": "top", "border": 1, "font_color": "#9C0006", "bg_color": "#FFC7CE"},
    "number": {"valign": "top", "border": 1, "align": "center"},
}


class Short(Value):
    """What is missing for the grade above (points as they are shown), and the first steps to it."""

    grade: str
    points: str
    scenarios: int
    restrictive: int
    steps: tuple[str, ...]


class Outcome(Value):
    """What answers came to; points are as people read them. `open`: the names of items without an answer."""

    grade: int
    grade_name: str
    score: str
    dimensions: Mapping[str, str]
    open: tuple[str, ...]
    short: Short | None
    report: str
    on: date
    edition: str


class Row(Value):
    """A record in the summary: its number, whose it is, and what it came to, or why it was refused."""

    number: int
    id: str = ""
    firm: str = ""
    outcome: Outcome | None = None
    files: tuple[str, ...] = ()
    fault: str = ""


def outcome_of(paper: Paper, report: str) -> Outcome:
    """What a paper says, in its language; `report` is its number."""
    words = wording(paper.language, paper.rubric)
    result = assess(load_sheet(paper.rubric, paper.profile), paper.answers)
    unanswered = [item for item in words.rubric.items if item not in result.credits and item not in result.levels]
    return Outcome(
        grade=result.grade,
        grade_name=words.grade(result.grade),
        score=shown_points(result),
        dimensions={entry.name: points_of(result.dimensions[entry.id]) for entry in words.rubric.dimensions},
        open=tuple(map(words.item_label, unanswered)),
        short=_short(result, words, unanswered),
        report=report,
        on=paper.on,
        edition=words.rubric.title,
    )


def _short(result: Result, words: Wording, unanswered: Sequence[str]) -> Short | None:
    if result.next is None or result.points_short is None:
        return None
    return Short(
        grade=words.grade(result.next.grade),
        points=shown(result.points_short.as_integer_ratio(), {0}),
        scenarios=result.next.scenarios_short,
        restrictive=result.next.restrictive_short,
        steps=steps_alone(result.next, words, unanswered),
    )


class Points(NamedTuple):
    """A number with as many decimals as people read."""

    value: float
    decimals: int


Cell = str | int | date | Points | None


class Column(NamedTuple):
    """A heading, how wide it is in characters, and what stands in it."""

    heading: str
    width: float
    cell: Callable[[Row], Cell]


class Summary:
    """Takes rows as they come, and writes the workbook at last. It has a file of its own until it is closed."""

    def __init__(self, language: str, program: str) -> None:
        self._text, self._program = catalogue(language), program
        self._rows = TemporaryFile()  # noqa: SIM115  # see `close`
        self._dimensions: dict[str, None] = {}
        self._editions: dict[str, None] = {}
        self._grades: Counter[tuple[int, str]] = Counter()
        self._counts: Counter[str] = Counter()
        self._latest = EARLIEST

    def close(self) -> None:
        """Let go of the file."""
        self._rows.close()

    def add(self, row: Row) -> None:
        """The next row. Raises OSError."""
        self._rows.write(row.model_dump_json().encode() + b"\n")
        self._counts.update(("all", "refused") if row.fault else ("all", "made"))
        if outcome := row.outcome:
            self._dimensions.update(dict.fromkeys(outcome.dimensions))
            self._editions[outcome.edition] = None
            self._grades[outcome.grade, outcome.grade_name] += 1
            self._counts["open"] += bool(outcome.open)
            self._latest = max(self._latest, outcome.on)

    def workbook(self) -> bytes:
        """All rows: the same file for the same rows. Raises OSError."""
        from xlsxwriter import Workbook

        kept = BytesIO()
        safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with Workbook(kept, {"constant_memory": True, **safe}) as book:
            made = datetime.combine(self._latest, time())
            book.set_properties({"title": self._text("batch.title"), "created": made})
            _Table(book, self._text("batch.sheet.firms"), self._columns()).write(self._all())
            self._write_overview(book)
        return kept.getvalue()

    def _all(self) -> Iterator[Row]:
        self._rows.seek(0)
        return map(Row.model_validate_json, self._rows)

    def _columns(self) -> list[Column]:
        text, separator = self._text, self._text("list.separator")
        before, after, unprinted = (
            [Column(text(f"batch.column.{name}"), width, cell) for name, (width, cell) in some.items()]
            for some in (COLUMNS, COLUMNS_AFTER, UNPRINTED)
        )
        dimensions = [Column(name, DIMENSION_WIDTH, partial(_dimension, name)) for name in self._dimensions]
        still = Column(
            text("batch.column.open"), OPEN_WIDTH, lambda row: separator.join(row.outcome.open) if row.outcome else ""
        )
        return [*before, *dimensions, still, *after, *unprinted]

    def _write_overview(self, book: "Workbook") -> None:
        """How many of what, and by what they were scored."""
        sheet, form = book.add_worksheet(self._text("batch.sheet.overview")), book.add_format(FORMS["text"])
        form.set_align("left")
        sheet.set_column(0, 1, OVERVIEW_WIDTH)
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        rows: list[tuple[str, str | int]] = [
            *((self._text(f"batch.overview.{name}"), self._counts[name]) for name in COUNTED),
            *((name, number) for (_, name), number in sorted(self._grades.items())),
            *((self._text("batch.overview.edition"), edition) for edition in self._editions),
            (self._text("batch.overview.program"), f"shuping {self._program}"),
        ]
        for place, (name, value) in enumerate(rows):
            sheet.set_row(place, LINE_POINTS * max(_lines(name, OVERVIEW_WIDTH), _lines(value, OVERVIEW_WIDTH)))
            sheet.write_string(place, 0, name, form)
            sheet.write(place, 1, value, form)


class _Table:
    """The sheet with the rows: filtered, its head always seen, made to be printed on A4 across."""

    def __init__(self, book: "Workbook", name: str, columns: Sequence[Column]) -> None:
        self._book, self._columns = book, columns
        self._sheet = sheet = book.add_worksheet(name)
        self._forms: dict[str, Format] = {}
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, FROZEN)
        sheet.set_footer("&C&P / &N")

    def write(self, rows: Iterable[Row]) -> None:
        """The head, and a line for each row."""
        self._line(0, [column.heading for column in self._columns], "head")
        last = 0
        for last, row in enumerate(rows, start=1):
            self._line(last, [column.cell(row) for column in self._columns], "fault" if row.fault else "text")
        self._sheet.autofilter(0, 0, last, len(self._columns) - 1)
        self._sheet.print_area(0, 0, last, len(self._columns) - len(UNPRINTED) - 1)

    def _line(self, place: int, cells: Sequence[Cell], form: str) -> None:
        lines = (_lines(cell, column.width) for cell, column in zip(cells, self._columns, strict=True))
        self._sheet.set_row(place, LINE_POINTS * max(lines))
        for column, cell in enumerate(cells):
            self._cell(place, column, cell, form)

    def _cell(self, place: int, column: int, cell: Cell, form: str) -> None:
        match cell:
            case None | "":
                self._sheet.write_blank(place, column, None, self._form(form))
            case str():
                self._sheet.write_string(place, column, cell[:CELL], self._form(form))
            case date():
                self._sheet.write_datetime(place, column, datetime.combine(cell, time()), self._form("yyyy-mm-dd"))
            case Points(value, decimals):
                self._sheet.write_number(place, column, value, self._form(f"{0:.{decimals}f}"))
            case int():
                self._sheet.write_number(place, column, cell, self._form("0"))

    def _form(self, name: str) -> "Format":
        """One of ours, or a form of numbers."""
        if name not in self._forms:
            form = FORMS.get(name) or {**FORMS["number"], "num_format": name}
            self._forms[name] = self._book.add_format(form)
        return self._forms[name]


def _lines(cell: Cell, width: float) -> int:
    """How many lines a cell takes: a character of Chinese is as wide as two of Latin."""
    if not isinstance(cell, str):
        return 1
    return sum(max(1, ceil(_width(line) / (FILLED * width - 1))) for line in cell.split("\n"))


def _width(line: str) -> int:
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in line)


def _dimension(name: str, row: Row) -> Points | None:
    points = row.outcome.dimensions.get(name) if row.outcome else None
    return _points(points) if points else None


def _points(told: str) -> Points:
    """ "39.996"."""
    return Points(float(told), len(told.partition(".")[2]))


def _of(value: Callable[[Outcome], Cell]) -> Callable[[Row], Cell]:
    return lambda row: value(row.outcome) if row.outcome else None


def _missing(value: Callable[[Short], Cell]) -> Callable[[Row], Cell]:
    return _of(lambda outcome: value(outcome.short) if outcome.short else None)


COLUMNS: dict[str, tuple[float, Callable[[Row], Cell]]] = {
    "number": (6, lambda row: row.number),
    "id": (10, lambda row: row.id),
    "firm": (22, lambda row: row.firm),
    "grade": (6, _of(lambda outcome: outcome.grade)),
    "grade_name": (16, _of(lambda outcome: outcome.grade_name)),
    "score": (8, _of(lambda outcome: _points(outcome.score))),
}
COLUMNS_AFTER: dict[str, tuple[float, Callable[[Row], Cell]]] = {
    "next": (16, _missing(lambda short: short.grade)),
    "points_short": (9, _missing(lambda short: _points(short.points))),
    "scenarios_short": (11, _missing(lambda short: short.scenarios)),
    "restrictive_short": (13, _missing(lambda short: short.restrictive)),
    "steps": (52, _missing(lambda short: "\n".join(short.steps))),
    "fault": (30, lambda row: row.fault),
}
UNPRINTED: dict[str, tuple[float, Callable[[Row], Cell]]] = {
    "report": (18, _of(lambda outcome: outcome.report)),
    "on": (12, _of(lambda outcome: outcome.on)),
    "files": (64, lambda row: "\n".join(row.files)),
}
"""What stands before the dimensions and what behind them (`batch.column.…`): widths, and what is in them."""
DIMENSION_WIDTH, OPEN_WIDTH, OVERVIEW_WIDTH = 13, 22, 40
FROZEN = 3
"""Columns that are always seen."""
COUNTED = ("all", "made", "open", "refused")
EARLIEST = date(1980, 1, 1)
"""No file in a ZIP, such as a workbook is, can be older."""
