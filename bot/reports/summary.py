"""The workbook that sums up a batch: a row a firm, numbers as numbers, to be sorted, filtered and printed.

Rows wait in a file until all are there, and go from there to the sheet one by one, so that thousands take little
more memory than ten.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from functools import partial
from io import BytesIO
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from bot.reports.outcome import Outcome, Row, Short
from bot.reports.table import FORMS, Cell, Column, Points, Table, high
from bot.reports.workbook.book import SAFE
from bot.reports.workbook.sheet import A4, MEASURED_IN, SIZE
from locales import catalogue

if TYPE_CHECKING:
    from xlsxwriter import Workbook


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


Columns = Mapping[str, tuple[float, Callable[[Row], Cell]]]
"""By name (`batch.column.…`): how wide, and what stands in it."""
PRINTED: Columns = {
    "number": (4.5, lambda row: row.number),
    "id": (8, lambda row: row.id),
    "firm": (22, lambda row: row.firm),
    "grade_name": (14, _of(lambda outcome: outcome.grade_name)),
    "score": (7, _of(lambda outcome: _points(outcome.score))),
    "open_count": (8, _of(lambda outcome: len(outcome.open))),
    "next": (14, _missing(lambda short: short.grade)),
    "points_short": (8, _missing(lambda short: _points(short.points))),
    "scenarios_short": (10, _missing(lambda short: short.scenarios)),
    "restrictive_short": (10, _missing(lambda short: short.restrictive)),
    "steps": (46, _missing(lambda short: "\n".join(short.steps))),
}
"""What a county reads of a firm: on paper as large as A4 across allows, which more columns would make too small."""
FAULTS: Columns = {"fault": (22, lambda row: row.fault)}
"""Printed if there are any."""
ON_SCREEN: Columns = {
    "grade": (6, _of(lambda outcome: outcome.grade)),
    "report": (18, _of(lambda outcome: outcome.report)),
    "on": (12, _of(lambda outcome: outcome.on)),
    "files": (64, lambda row: "\n".join(row.files)),
}
"""What is sorted, filtered or looked up; before it stands what is not answered, behind it the dimensions."""
DIMENSION_WIDTH, OPEN_WIDTH, OVERVIEW_WIDTH = 13, 64, 40
FROZEN = 3
"""Columns that are always seen."""
COUNTED = ("all", "made", "open", "refused")
EARLIEST = date(1980, 1, 1)
"""No file in a ZIP, such as a workbook is, can be older."""


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
        measured = {"font_name": MEASURED_IN, "font_size": SIZE}  # a new one each time: XlsxWriter writes into it
        settings = {**SAFE, "in_memory": False, "constant_memory": True, "default_format_properties": measured}
        with Workbook(kept, settings) as book:
            made = datetime.combine(self._latest, time())
            book.set_properties({"title": self._text("batch.title"), "created": made})
            table = Table(book, self._text("batch.sheet.firms"), self._columns(), FROZEN)
            table.titled(self._text("batch.title"))
            table.write(self._all())
            self._write_overview(book)
        return kept.getvalue()

    def _all(self) -> Iterator[Row]:
        self._rows.seek(0)
        return map(Row.model_validate_json, self._rows)

    def _columns(self) -> list[Column]:
        return [
            *self._named(PRINTED, printed=True),
            *self._named(FAULTS, printed=self._counts["refused"] > 0),
            self._unanswered(),
            *self._named(ON_SCREEN, printed=False),
            *(Column(name, DIMENSION_WIDTH, partial(_dimension, name), printed=False) for name in self._dimensions),
        ]

    def _unanswered(self) -> Column:
        separator = self._text("list.separator")
        named = _of(lambda outcome: separator.join(outcome.open))
        return Column(self._text("batch.column.open"), OPEN_WIDTH, named, printed=False)

    def _named(self, columns: Columns, *, printed: bool) -> Iterator[Column]:
        for name, (width, cell) in columns.items():
            yield Column(self._text(f"batch.column.{name}"), width, cell, printed)

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
            sheet.set_row(place, high(((name, OVERVIEW_WIDTH), (value, OVERVIEW_WIDTH))))
            sheet.write_string(place, 0, name, form)
            sheet.write(place, 1, value, form)
