"""The list of evidence: a line for every question and scenario that claims something, to be filled by the firm."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO

from bot.reports.content import Report
from bot.reports.workbook import FORMS

WIDTHS = (6, 20, 48, 30, 24, 20)
COLUMNS = ("number", "item", "claim", "evidence", "file", "remark")


def evidence_workbook(report: Report) -> bytes:
    """An XLSX file of one sheet; what is to be filled in is empty."""
    from xlsxwriter import Workbook

    kept, label = BytesIO(), report.labels
    with Workbook(kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": label["evidence_title"], "author": report.firm, "created": datetime(1980, 1, 1)})  # noqa: DTZ001
        forms = {name: book.add_format(form) for name, form in FORMS.items()}
        sheet = book.add_worksheet(label["evidence_title"])
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
        sheet.write_string(0, 0, f"{label['evidence_title']}  {report.firm}  {report.seal.number}", forms["title"])
        for column, name in enumerate(COLUMNS):
            sheet.write_string(2, column, label[f"evidence_{name}"], forms["head"])
        for row, (number, item, claim) in enumerate(_claims(report), start=3):
            sheet.write_number(row, 0, number, forms["number"])
            for column, text in enumerate((item, claim), start=1):
                sheet.write_string(row, column, text, forms["text"])
            for column in range(3, len(COLUMNS)):
                sheet.write_blank(row, column, None, forms["text"])
    return kept.getvalue()


def _claims(report: Report) -> Iterator[tuple[int, str, str]]:
    for question in report.questions:
        chosen = [f"{option.letter}. {option.text}" for option in question.options if option.chosen and option.value]
        if chosen:
            yield question.number, question.item, "\n".join(chosen)
    for item in report.scenarios:
        if item.level:
            yield item.number, item.name, f"{item.shown}：{item.requirement}"
