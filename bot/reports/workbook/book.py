"""The workbook as a file: the form to fill, the scenarios, score and grade, and the way to the next grade."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from xlsxwriter import Workbook

from bot.reports.content import Report
from bot.reports.workbook.columns import At
from bot.reports.workbook.form import FormSheet
from bot.reports.workbook.parts import Refs, Words
from bot.reports.workbook.scenarios import ScenarioSheet
from bot.reports.workbook.scores import ScoreSheet
from bot.reports.workbook.sheet import MEASURED_IN, SIZE, Book
from bot.reports.workbook.way import WaySheet

SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""What a person typed is text."""
MAY = {"format_columns": True, "format_rows": True, "format_cells": True}
"""What can be done to a sheet whose formulas are locked; the lock has no password."""


def workbook(report: Report) -> bytes:
    """An XLSX file; every formula also carries the value that it gives."""
    return written(report, _write)


def written(report: Report, write: Callable[[Book, Words], None]) -> bytes:
    """A workbook whose bytes depend on nothing but the report: no clock, and nobody's way of compressing."""
    kept = BytesIO()
    words = Words(report)
    measured_in = {"font_name": MEASURED_IN, "font_size": SIZE}  # a new one each time: the library writes into it
    with Workbook(kept, {**SAFE, "default_format_properties": measured_in}) as book:
        book.set_properties({
            "title": words.title, "author": report.firm, "created": datetime.fromisoformat(report.day),
        })  # fmt: skip
        book.set_calc_mode("auto")
        write(Book(book, report.language), words)
    return _stored(kept.getvalue())


def _write(book: Book, words: Words) -> None:
    refs = Refs()
    form = FormSheet(book, words, refs)
    form.write()
    scenarios = ScenarioSheet(book, words, refs) if words.report.scenarios else None
    if scenarios:
        scenarios.write()
    _count(words, form, scenarios)
    score = ScoreSheet(book, words, refs)
    score.write()
    form.close()
    WaySheet(book, words, refs, score.next).write()
    for page in (form.page, score.page, *([scenarios.page] if scenarios else [])):
        page.sheet.protect("", MAY)


def _count(words: Words, form: FormSheet, scenarios: ScenarioSheet | None) -> None:
    codes = [form.facts.codes, form.whole(At.CODE), *([scenarios.codes] if scenarios else [])]
    if words.blank:
        changed = "0"
    else:
        changed = f"{form.facts.changed}+SUMPRODUCT(--({form.whole(At.FILL)}<>{form.whole(At.BEFORE)}))"
        changed = f"{changed}+{scenarios.changed}" if scenarios else changed
    form.counts(
        "+".join(f'COUNTIF({cells},">1")' for cells in codes),
        "+".join(f"COUNTIF({cells},1)" for cells in codes),
        changed,
    )


def _stored(content: bytes) -> bytes:
    """The same archive, uncompressed: libraries that compress differ from machine to machine, and so do their bytes."""
    kept = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(kept, "w", ZIP_STORED) as target:
        for member in source.infolist():
            target.writestr(ZipInfo(member.filename, member.date_time), source.read(member))
    return kept.getvalue()
