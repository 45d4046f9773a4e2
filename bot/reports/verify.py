"""Is a file what this program made of exactly these answers? Pure: bytes and keys in, a verdict out.

A paper carries what it is made of (`bot.reports.embedding`), so it is made again and compared, byte by byte. That shows
that nothing on it was changed; whose it is, only a signature shows, since anybody may run this program. Files come
from strangers: time and memory are bounded, whatever they are.
"""

from collections.abc import Callable

from bot.reports.compose import compose
from bot.reports.content import Report
from bot.reports.embedding import Carried, carried
from bot.reports.face import face_of
from bot.reports.pack import MANIFEST
from bot.reports.records import RecordError, read_record
from bot.reports.remaking import drawn_by, same_here
from bot.reports.render import Kind, render
from bot.reports.seal import seal
from bot.reports.signing import signed
from bot.reports.unpacking import UnpackError, members
from bot.reports.verdict import NO_KEYS, Finding, Keys, Verdict
from bot.reports.verify_pack import verify_data, verify_pack

LARGEST = 32 << 20
"""Bytes of a file; a pack has a tenth of it."""
PNG, ZIP, JSON = b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"{"
SHEET = "xl/workbook.xml"


def verify(content: bytes, keys: Keys = NO_KEYS) -> Verdict:
    """What a file is: a paper, an acceptance pack, the data of one, or none of these. Raises nothing.

    Takes some tenths of a second for a paper, a few seconds for a pack, whatever the bytes are.
    """
    if len(content) > LARGEST:
        return Verdict(Finding.LARGE)
    if content.startswith(PNG):
        return Verdict(Finding.PICTURE)
    if content.startswith(ZIP):
        return _of_zip(content, keys)
    if content.startswith(JSON):
        return verify_data(content, keys)
    return _of_paper(content, carried(content), _pages, keys)


def _of_zip(content: bytes, keys: Keys) -> Verdict:
    try:
        files = members(content)
    except UnpackError as error:
        return Verdict(Finding.LARGE if error.large else Finding.DAMAGED)
    if SHEET in files:
        return _of_paper(content, carried(b"\n".join(files.values())), _workbook, keys)
    return verify_pack(content, files, keys) if MANIFEST in files else Verdict(Finding.NONE)


Comparison = Callable[[bytes, Report], Finding]
"""Makes a paper again, and says what the file is that claims to be it."""


def _of_paper(content: bytes, found: tuple[Carried, ...], compared: Comparison, keys: Keys) -> Verdict:
    if len(found) != 1:
        return Verdict(Finding.DAMAGED if found else Finding.NONE)
    (record,) = found
    try:
        paper = read_record(record.canonical)
    except RecordError as error:
        return Verdict(Finding(error.why), program=error.program, edition=error.edition)
    report = compose(paper, seal(paper, record.signature.hex()))
    finding = compared(content, report)
    if finding is Finding.CHANGED and not same_here(paper, report):
        finding = Finding.UNCOMPARED
    return Verdict(finding, keys.signature(signed(paper), record.signature), face_of(report, paper))


def _pages(content: bytes, report: Report) -> Finding:
    """A PDF. Another typesetter than ours may have drawn it, by the same version of this program."""
    made = _made(Kind.DOCUMENT, report)
    if made == content:
        return Finding.GENUINE
    return Finding.CHANGED if made and drawn_by(made) == drawn_by(content) else Finding.UNCOMPARED


def _workbook(content: bytes, report: Report) -> Finding:
    """A workbook: whoever saves it anew, changes its bytes."""
    made = _made(Kind.WORKBOOK, report)
    return Finding.GENUINE if made == content else Finding.SAVED if made else Finding.UNCOMPARED


def _made(kind: Kind, report: Report) -> bytes | None:
    """The file again; None if it cannot be made, as may be where a stranger's record asks for what nobody foresaw."""
    try:
        return render(kind, report)
    except Exception:
        return None
