"""What can be rendered, behind one function; a renderer is imported when it is first needed."""

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.reports.comparison import Comparison
    from bot.reports.content import Report


class Kind(StrEnum):
    """What a report can be made into, by the ending of its file."""

    PICTURE = "png"
    DOCUMENT = "pdf"
    WORKBOOK = "xlsx"


class Piece(StrEnum):
    """What only an acceptance pack holds: pages, and the list of evidence, which is a workbook."""

    COMPARISON = "comparison"
    FORM = "form"
    RECORD = "record"
    EVIDENCE = "evidence"


PACK = "zip"
"""The acceptance pack: asked for like a kind, and made of many files."""


def render(kind: Kind | Piece, content: "Report | Comparison") -> bytes:
    """The file, made in this process. Takes up to a tenth of a second: where others wait, use a `Pool`.

    A comparison becomes `Piece.COMPARISON` or `Piece.RECORD`; a report anything but a comparison.
    """
    match kind:
        case Piece.COMPARISON | Piece.RECORD | Piece.FORM:
            from bot.reports.qr import modules
            from bot.reports.typeset import typeset

            return typeset(f"{kind.value}.typ", content, "pdf", more={"code": modules(content.seal.link)})
        case _:
            from bot.reports.content import Report

            if not isinstance(content, Report):
                raise AssertionError(f"{kind.value} is made of a report")
            return _of_a_report(kind, content)


def _of_a_report(kind: Kind | Piece, report: "Report") -> bytes:
    match kind:
        case Kind.PICTURE:
            from bot.reports.picture import picture

            return picture(report)
        case Kind.DOCUMENT:
            from bot.reports.document import document

            return document(report)
        case Kind.WORKBOOK:
            from bot.reports.workbook import workbook

            return workbook(report)
        case _:
            from bot.reports.evidence import evidence_workbook

            return evidence_workbook(report)
