"""The report: A4 pages for a bank or an official, with every answer, its points, and how they were worked out."""

from bot.reports.content import Report
from bot.reports.qr import modules
from bot.reports.typeset import typeset


def document(report: Report) -> bytes:
    """A PDF; its text can be selected, and the font is in it."""
    return typeset("document.typ", report, "pdf", more={"code": modules(report.seal.link)})
