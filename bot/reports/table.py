"""A sheet of many rows: filtered, its head always seen, written row by row, made to be printed on A4 across."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.reports.outcome import Row
from bot.reports.workbook.measure import TALLEST, height
from bot.reports.workbook.sheet import A4, CELL

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

BODY: dict[str, Any] = {"font_size": 10, "border": 1}
"""The size that rows are measured in."""
FORMS: dict[str, dict[str, Any]] = {
    "head": {**BODY, "bold": True, "bg_color": "#E1E1E1", "text_wrap": True, "valign": "vcenter"},
    "text": {**BODY, "text_wrap": True, "valign": "top"},
    "fault": {**BODY, "text_wrap": True, "valign": "top", "font_color": "#9C0006", "bg_color": "#FFC7CE"},
    "number": {**BODY, "valign": "top", "align": "center"},
}


class Points(NamedTuple):
    """A number with as many decimals as people read."""

    value: float
    decimals: int


Cell = str | int | date | Points | None


class Column(NamedTuple):
    """A heading, how wide it is in characters, and what stands in it; `printed`: on paper, too."""

    heading: str
    width: float
    cell: Callable[[Row], Cell]
    printed: bool = True


def high(cells: Iterable[tuple[Cell, float]]) -> float:
    """Points that a row needs, by its cells and the widths of their columns; no row can be higher than `TALLEST`."""
    return min(TALLEST, max(height(cell if isinstance(cell, str) else "", width) for cell, width in cells))


class Table:
    """Writes the sheet; so many columns on the left are always seen. Columns that are not printed come last."""

    def __init__(self, book: "Workbook", name: str, columns: Sequence[Column], seen: int) -> None:
        self._book, self._columns = book, columns
        self._sheet = sheet = book.add_worksheet(name)
        self._forms: dict[str, Format] = {}
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, seen)
        sheet.set_footer("&C&P / &N")

    def titled(self, title: str) -> None:
        """What stands over every printed page."""
        self._sheet.set_header(f"&L{title.replace('&', '&&')}")

    def write(self, rows: Iterable[Row]) -> None:
        """The head, and a line for each row."""
        self._line(0, [column.heading for column in self._columns], "head")
        last = 0
        for last, row in enumerate(rows, start=1):
            self._line(last, [column.cell(row) for column in self._columns], "fault" if row.fault else "text")
        self._sheet.autofilter(0, 0, last, len(self._columns) - 1)
        self._sheet.print_area(0, 0, last, sum(column.printed for column in self._columns) - 1)

    def _line(self, place: int, cells: Sequence[Cell], form: str) -> None:
        self._sheet.set_row(place, high(zip(cells, (column.width for column in self._columns), strict=True)))
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
