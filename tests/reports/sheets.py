"""Workbooks as a person and as LibreOffice deal with them: filled in by the keys of the form, worked out again."""

import pickle
import subprocess
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from pypdf import PdfReader

from bot.reports.content import Report
from bot.reports.workbook import workbook
from bot.reports.workbook.marks import FIRM, FORM, TEXT, VALUE
from tests.programs import program

SECONDS = 300.0
CODES_TYPED = (
    "91350100M000100Y43",
    " 91350100m000100y43\u3000",
    "9135 0100 M000 100Y 43",
    "91-350100-M000100Y4-3",
    "９１３５０１００Ｍ０００１００Ｙ４３",
    "９１３５０１００ｍ０００１００ｙ４３",
    "统一社会信用代码：91350100M000100Y43",
    "信用代码\n91350100M000100Y43",
    "91350100M000100Y43\u00a0",
)
"""The code of one firm, as people type it or copy it from elsewhere."""


def opened(made: Report, *, values: bool = False) -> Workbook:
    """The workbook of a report, for this test alone."""
    return loaded(written(made), values=values)


def loaded(content: bytes, *, values: bool = False) -> Workbook:
    """A workbook, for this test alone."""
    book: Workbook = pickle.loads(_read(content, values))  # noqa: S301  # ours
    return book


def written(made: Report) -> bytes:
    """The file, made once however many tests look at it."""
    return _written(pickle.dumps(made))


@lru_cache(100)
def _written(made: bytes) -> bytes:
    return workbook(pickle.loads(made))  # noqa: S301  # ours


@lru_cache(100)
def _read(content: bytes, values: bool) -> bytes:
    """Pickled: openpyxl needs ten times as long, above all for the lines around merged cells."""
    return pickle.dumps(load_workbook(BytesIO(content), data_only=values))


def saved(book: Workbook) -> bytes:
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def text_of(sheet: Worksheet) -> list[str]:
    return [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]


def fields(book: Workbook) -> dict[str, Cell]:
    """The cells that are filled in, by their keys."""
    found: dict[str, Cell] = {}
    for sheet in book.worksheets:
        if sheet["A1"].value == FORM:
            marks = {cell.value: cell.column for cell in sheet[1]}
            for row in range(2, sheet.max_row + 1):
                key = sheet.cell(row, 1).value
                column = marks.get(TEXT) if str(key).startswith(f"{FIRM}.") else marks[VALUE]
                if key and column:
                    found[str(key)] = sheet.cell(row, column)
    return found


def fill(book: Workbook, values: Mapping[str, Any]) -> Workbook:
    """The same workbook with cells filled in."""
    cells = fields(book)
    for key, value in values.items():
        cells[key].value = value
    return book


def beside(sheet: Worksheet, name: str, by: int = 1) -> Cell:
    """The cell to the right of the last one with that text in the first column."""
    row = next(row for row in reversed(list(sheet.iter_rows())) if row[0].value == name)
    return sheet.cell(row[0].row, 1 + by)


def worked_out(books: Mapping[str, Workbook], folder: Path) -> dict[str, Workbook]:
    """The workbooks as LibreOffice works them out: openpyxl has dropped every value that formulas carried."""
    for name, book in books.items():
        book.save(folder / f"{name}.xlsx")
    made = folder / "made"
    command = [program("soffice", "libreoffice-calc-nogui"), f"-env:UserInstallation={(folder / 'office').as_uri()}"]
    command += ["--headless", "--convert-to", "xlsx", "--outdir", str(made)]
    files = [str(folder / f"{name}.xlsx") for name in books]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=SECONDS)
    return {name: load_workbook(made / f"{name}.xlsx", data_only=True) for name in books}


def printed(made: Report, folder: Path) -> PdfReader:
    """The workbook as LibreOffice prints it."""
    (folder / "printed.xlsx").write_bytes(workbook(made))
    command = [program("soffice", "libreoffice-calc-nogui"), f"-env:UserInstallation={(folder / 'office').as_uri()}"]
    command += ["--headless", "--convert-to", "pdf", "--outdir", str(folder), str(folder / "printed.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    return PdfReader(folder / "printed.pdf")


def near(value: Any) -> Any:
    """A value as it is compared: floats up to their errors, and a text of nothing is an empty cell."""
    return round(float(value), 8) if isinstance(value, int | float) else value or None


def differing(one: Workbook, other: Workbook) -> list[str]:
    """The cells that hold something else in another workbook."""
    return [
        f"{sheet.title}!{cell.coordinate}: {cell.value!r}, {other[sheet.title][cell.coordinate].value!r}"
        for sheet in one.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if near(cell.value) != near(other[sheet.title][cell.coordinate].value)
    ]
