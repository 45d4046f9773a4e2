"""The list of evidence: a line for every question and scenario that claims something, to be filled in by hand."""

from collections.abc import Iterator

from bot.reports.content import Report
from bot.reports.workbook.book import written
from bot.reports.workbook.parts import Words
from bot.reports.workbook.sheet import Book

COLUMNS = {"number": 7, "item": 18, "claim": 52, "evidence": 40, "file": 22, "remark": 26}
"""Of the list, with their widths (`report.label.evidence_…`); from the fourth on they are empty."""
EMPTY = 3
SIGNED = ("seal", "evidence_verifier", "signed")
"""What is signed by hand below the list (`report.label.…`)."""
LINE, SPACE = "_" * 22, " " * 4
SIGNING_HEIGHT = 34.0
"""Points: a stamp and a signature need room."""


def evidence_workbook(report: Report) -> bytes:
    """An XLSX file of one sheet. What is not claimed (none, the lowest band, level 0) needs no proof, and no line."""
    return written(report, _write)


def _write(book: Book, words: Words) -> None:
    report = words.report
    label = report.labels
    page = book.page(label["evidence_title"], [*COLUMNS.values()])
    page.put(0, label["evidence_title"], "title", across=len(COLUMNS))
    page.row += 1
    page.put(0, SPACE.join(_whose(report)), "free", across=len(COLUMNS))
    page.row += 1
    head = page.line(*((label[f"evidence_{name}"], "head") for name in COLUMNS))
    page.titles(head, head)
    page.sheet.freeze_panes(head + 1, 2)
    for number, item, claim in _claims(report):
        first = page.line((number, "middle"), (item, "text"), (claim, "text"), *((None, "typed"),) * EMPTY)
        page.block(first)
    page.put(0, f"* {label['restrictive_sign']}", "free", across=len(COLUMNS))
    page.row += 1
    page.put(0, SPACE.join(f"{label[name]} {LINE}" for name in SIGNED), "free", across=len(COLUMNS))
    page.high(page.row, SIGNING_HEIGHT)
    page.row += 1
    page.end(words.footer)


def _whose(report: Report) -> Iterator[str]:
    """The firm, by its credit code too if that is known; when; and by which report."""
    label = report.labels
    code = next((fact.value for fact in report.facts if fact.name == label["credit_code"]), "")
    yield report.firm or label["none_given"]
    if code:
        yield f"{label['credit_code']} {code}"
    yield report.date
    yield f"{label['sealed_number']} {report.seal.number}"


def _claims(report: Report) -> Iterator[tuple[int, str, str]]:
    for question in report.questions:
        chosen = [f"{option.letter}. {option.text}" for option in question.options if option.chosen and option.value]
        if chosen:
            yield question.number, question.item, "\n".join(chosen)
    for item in report.scenarios:
        if item.level:
            yield item.number, item.starred, f"{item.shown}\n{item.requirement}"
