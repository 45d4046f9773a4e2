"""One sheet, written cell by cell: high enough for every text in it, and parted into pages between blocks.

A formula is written together with the value that it gives, for whoever shows a workbook without calculating.
Whatever a person typed is written as text, never as a formula or a link.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.reports.workbook.measure import LINE, MARGIN, TALLEST, height

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Cell = str | float | int | None
CELL = 32_767
"""Characters that a cell holds."""
FONTS = {"zh-Hans": "SimSun", "zh-Hant": "PMingLiU"}
"""What officials' machines have; other languages take the second."""
MEASURED_IN, SIZE = "Arial", 10
"""A column is as wide as so many of its digits, and every machine has it or one of the same widths: with
another one the sheet is printed smaller than pages are reckoned for, and they end half empty."""
EDGE: dict[str, Any] = {"border": 1, "border_color": "#A6A6A6", "valign": "vcenter", "text_wrap": True}
MIDDLE = {"align": "center"}
FORMS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 15, "valign": "vcenter"},
    "part": {"bold": True, "font_size": 12, "valign": "vcenter"},
    "head": {**EDGE, **MIDDLE, "bold": True, "bg_color": "#E1E7EE"},
    "text": EDGE,
    "middle": {**EDGE, **MIDDLE},
    "free": {"text_wrap": True, "valign": "top"},
    "note": {"text_wrap": True, "valign": "vcenter", "bold": True, "font_color": "#7F3F00", "bg_color": "#FFF4D6"},
    "input": {**EDGE, **MIDDLE, "bold": True, "bg_color": "#DCE6F2", "locked": False},
    "typed": {**EDGE, "bold": True, "bg_color": "#DCE6F2", "locked": False, "num_format": "@"},
    "percent": {**EDGE, **MIDDLE, "num_format": "0%"},
    "points": {**EDGE, **MIDDLE, "num_format": "0.00##"},
    "strong": {**EDGE, **MIDDLE, "num_format": "0.00##", "bold": True},
    "bold": {**EDGE, **MIDDLE, "bold": True},
    "check": {**EDGE, "font_color": "#595959"},
    "hidden": {"font_color": "#595959"},
    "fault": {"font_color": "#9C0006", "bg_color": "#FFC7CE", "bold": True},
    "doubt": {"font_color": "#7F3F00", "bg_color": "#FFEB9C", "bold": True},
    "open": {"font_color": "#7F7F7F"},
    "changed": {"bg_color": "#FFE699"},
    "reached": {"bg_color": "#E2F0D9"},
    "next": {"bg_color": "#FFF2CC"},
}
"""What cells look like; the last ones go over a cell while something holds of it."""
A4, SIDE, TOP = 9, 0.4, 0.6
"""Paper, and margins in inches."""
PAGE = (842 - 2 * 72 * SIDE, 595 - 2 * 72 * TOP)
"""Points of a page that can be printed on, lying."""
UNIT_POINTS, COLUMN_POINTS = 5.25, 3.75
"""Points of a unit of a column's width, and of what every column has besides."""


class Book:
    """The workbook under way, and its looks."""

    def __init__(self, book: "Workbook", language: str) -> None:
        self.book = book
        font = {"font_name": FONTS.get(language, MEASURED_IN), "font_size": SIZE}
        self.forms: dict[str, Format] = {name: book.add_format({**font, **form}) for name, form in FORMS.items()}

    def page(self, name: str, widths: Sequence[float], hidden: Sequence[int] = ()) -> "Page":
        """A new sheet with columns of these widths; some of them are not shown."""
        return Page(self.book.add_worksheet(name), self.forms, widths, hidden)


class Page:
    """A sheet; `row` is the next one that is free. Rows and columns count from 0."""

    def __init__(
        self, sheet: "Worksheet", forms: "dict[str, Format]", widths: Sequence[float], hidden: Sequence[int]
    ) -> None:
        self.sheet, self.forms, self.widths, self.row = sheet, forms, widths, 0
        self._heights: dict[int, float] = {}
        self._blocks: list[tuple[int, int]] = []
        self._hidden = frozenset(hidden)
        self._unseen: set[int] = set()
        self._titles: tuple[int, int] | None = None
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width, None, {"hidden": 1} if column in self._hidden else {})
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.set_margins(SIDE, SIDE, TOP, TOP)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)

    # cells

    def put(
        self, column: int, value: Cell, form: str, *, row: int | None = None, across: int = 1, down: int = 1
    ) -> None:
        """A value in a cell, or in several that are joined: to the right and below."""
        at = self.row if row is None else row
        if across > 1 or down > 1:
            self.sheet.merge_range(at, column, at + down - 1, column + across - 1, "", self.forms[form])
        if isinstance(value, str):
            value = value[:1].upper() + value[1:] if form == "head" else value
            self.sheet.write_string(at, column, value[:CELL], self.forms[form])
            self._need(at, value[:CELL], column, across, down)
        elif value is None:
            self.sheet.write_blank(at, column, None, self.forms[form])
        else:
            self.sheet.write_number(at, column, value, self.forms[form])

    def line(self, *cells: tuple[Cell, str], column: int = 0) -> int:
        """A line of values from a column on, each with the name of its form; the line's row."""
        for place, (value, form) in enumerate(cells):
            self.put(column + place, value, form)
        self.row += 1
        return self.row - 1

    def formula(
        self,
        column: int,
        formula: str,
        form: str,
        value: Cell,
        *,
        row: int | None = None,
        across: int = 1,
        down: int = 1,
        longest: str = "",
    ) -> None:
        """A formula and what it gives now; `longest` is the longest text that it may give."""
        at = self.row if row is None else row
        if across > 1 or down > 1:
            self.sheet.merge_range(at, column, at + down - 1, column + across - 1, "", self.forms[form])
        self.sheet.write_formula(at, column, f"={formula}", self.forms[form], "" if value is None else value)
        if isinstance(value, str) or longest:
            for text in (str(value), longest):
                self._need(at, text, column, across, down)

    def rule(self, first: tuple[int, int], last: tuple[int, int], condition: str, form: str) -> None:
        """Cells look so while a condition holds, which is written for the first of them."""
        options = {"type": "formula", "criteria": f"={condition}", "format": self.forms[form]}
        self.sheet.conditional_format(*first, *last, options)

    # rows

    def high(self, row: int, points: float) -> None:
        """A row is at least so high."""
        self._heights[row] = max(self._heights.get(row, LINE + MARGIN), min(points, TALLEST))

    def _need(self, row: int, text: str, column: int, across: int, down: int) -> None:
        """Make the rows high enough together, each of them by as much; what nobody sees needs none."""
        if column in self._hidden or row in self._unseen:
            return
        needed = height(text, sum(self.widths[column : column + across]))
        there = sum(self._heights.get(at, LINE + MARGIN) for at in range(row, row + down))
        for at in range(row, row + down):
            self.high(at, self._heights.get(at, LINE + MARGIN) + max(0.0, needed - there) / down)

    def block(self, first: int) -> None:
        """What has been written from a row on stays on one page."""
        self._blocks.append((first, self.row - 1))

    def titles(self, first: int, last: int) -> None:
        """These rows stand on top of every page."""
        self._titles = (first, last)
        self.sheet.repeat_rows(first, last)

    def end(self, footer: str) -> None:
        """Everything is written."""
        for row, points in self._heights.items():
            self.sheet.set_row(row, points)
        for row in self._unseen:
            self.sheet.set_row(row, None, None, {"hidden": True})
        self.sheet.set_footer(footer)
        self.sheet.set_h_pagebreaks(self._breaks())

    def hide(self, row: int) -> None:
        """A row that is not shown; before anything is written to it."""
        self._unseen.add(row)

    def _breaks(self) -> list[int]:
        """Before which rows a new page begins."""
        shown = [width for column, width in enumerate(self.widths) if column not in self._hidden]
        room = PAGE[1] / min(1.0, PAGE[0] / (UNIT_POINTS * sum(shown) + COLUMN_POINTS * len(shown)))
        top = self._points(*self._titles) if self._titles else 0.0
        found: list[int] = []
        begins, follows = 0, 0.0
        for first, last in sorted(self._blocks):
            if first > begins and follows + self._points(begins, last) > room:
                found.append(first)
                begins, follows = first, top
        return found

    def _points(self, first: int, last: int) -> float:
        seen = (row for row in range(first, last + 1) if row not in self._unseen)
        return sum(self._heights.get(row, LINE + MARGIN) for row in seen)
