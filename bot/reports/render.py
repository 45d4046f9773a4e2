"""The three kinds of report behind one name; a renderer is imported when it is first needed."""

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.reports.content import Report


class Kind(StrEnum):
    """What a report can be made into, by the ending of its file."""

    PICTURE = "png"
    DOCUMENT = "pdf"
    WORKBOOK = "xlsx"


def render(kind: Kind, report: "Report") -> bytes:
    """The file, made in this process. Takes up to a tenth of a second: where others wait, use a `Pool`."""
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
