"""Files that people take for answers and that are none: known by how they begin, or else by their names.

Whoever gave one is told what it is and what to do, instead of where it is no JSON.
"""

from pathlib import Path
from typing import BinaryIO

from bot.reports.beginnings import OLE, PDF, PNG
from scoring.errors import AnswersError, Fault, FaultCode

LOCKED = "EncryptedPackage".encode("utf-16-le")
"""What the directory of an OLE file calls that which is encrypted."""
PAPERS = (PDF, PNG)
FIRST = frozenset(begin[:1] for begin in (OLE, *PAPERS))
"""No JSON begins like that."""
OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."
MEMBER = 30
"""Where the name of the first member stands in a ZIP; what it holds comes next."""
MOST = 10 << 20
"""Bytes of a file that are looked through; a form of ours is a fortieth of it."""
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb")
OTHER_WORKBOOKS = (".xls", ".et", ".ods")
TABLES = (".csv", ".tsv")
TEXT = frozenset({FaultCode.NOT_JSON, FaultCode.NOT_TEXT})


def look(start: bytes, source: BinaryIO) -> None:
    """Look at the first bytes of a file, and, of a workbook's, at the rest. Raises AnswersError, OSError."""
    if start.startswith(PAPERS):
        raise _refused(FaultCode.PAPER)
    if start.startswith(OLE):
        raise _refused(FaultCode.LOCKED_WORKBOOK if LOCKED in source.read(MOST) else FaultCode.OTHER_WORKBOOK)


def look_at_archive(content: bytes) -> None:
    """A ZIP is an .xlsx, if it is no .ods. Raises AnswersError."""
    if content.startswith(OPEN_DOCUMENT, MEMBER):
        raise _refused(FaultCode.OTHER_WORKBOOK)


def by_name(error: AnswersError, name: str) -> AnswersError:
    """What is wrong with a file that is no JSON and was not meant to be."""
    code = _meant(Path(name).suffix.lower())
    return _refused(code) if code and {fault.code for fault in error.faults} <= TEXT else error


def _meant(ending: str) -> FaultCode | None:
    if ending in OTHER_WORKBOOKS:
        return FaultCode.OTHER_WORKBOOK
    if ending in TABLES:
        return FaultCode.PLAIN_TABLE
    return FaultCode.NOT_A_WORKBOOK if ending in WORKBOOKS else None


def nothing_there() -> AnswersError:
    """The error for a file without any content."""
    return _refused(FaultCode.NOTHING_THERE)


def _refused(code: FaultCode) -> AnswersError:
    return AnswersError([Fault("", code)])
