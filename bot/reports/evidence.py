"""The list of evidence: a line for every option and level that is claimed, for firm and inspector to fill in."""

from collections.abc import Iterator

from bot.reports.content import Report
from bot.reports.workbook.book import written
from bot.reports.workbook.parts import Words, starred
from bot.reports.workbook.sheet import Book

WIDTHS = (6, 16, 62, 34, 22, 22)
COLUMNS = ("number", "item", "claim", "evidence", "file", "remark")


def evidence_workbook(report: Report) -> bytes:
    """An XLSX file of one sheet; what is to be filled in is empty."""
    return written(report, _write)


def _write(book: Book, words: Words) -> None:
    title, report = words.word("evidence_title"), words.report
    page = book.page(title, WIDTHS)
    page.put(0, f"{title}  {report.firm}", "title", across=len(WIDTHS))
    page.row += 1
    page.line(*((words.word(f"evidence_{name}"), "head") for name in COLUMNS))
    page.titles(page.row - 1, page.row - 1)
    page.sheet.freeze_panes(page.row, 2)
    for number, item, claims in _claims(report):
        begins = page.row
        for claim in claims:
            page.put(2, claim, "text")
            for column in range(3, len(COLUMNS)):
                page.put(column, None, "typed")
            page.row += 1
        page.put(0, number, "middle", row=begins, down=len(claims))
        page.put(1, item, "text", row=begins, down=len(claims))
        page.block(begins)
    page.end(words.footer)


def _claims(report: Report) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Of every item that claims something each option, and each level from the first, since it builds on all below."""
    for question in report.questions:
        chosen = tuple(
            f"{option.letter}. {option.text}" for option in question.options if option.chosen and option.value
        )
        figures = tuple(f"{figure.name}: {figure.shown}" for figure in question.figures if figure.shown)
        if chosen:
            yield question.number, question.item, (*chosen, *figures)
    for item in report.scenarios:
        if item.level:
            levels = zip(report.level_names[1:], item.requirements[: item.level], strict=False)
            yield item.number, starred(item), tuple(f"{name}: {requirement}" for name, requirement in levels)
