"""Is a file what this program made of exactly these answers? Pure: bytes and keys in, a verdict out.

A paper carries what it is made of (`bot.reports.embedding`), so it is made again and compared, byte by byte. That shows
that nothing on it was changed; whose it is, only a signature shows, since anybody may run this program. Files come
from strangers: time and memory are bounded, whatever they are.
"""

from collections.abc import Callable, Iterator, Sequence

from bot.reports.beginnings import JSON, PNG, ZIP
from bot.reports.comparison import Comparison, comparison
from bot.reports.compose import compose
from bot.reports.content import Report
from bot.reports.embedding import Carried, carried
from bot.reports.face import face_of
from bot.reports.pack import MANIFEST
from bot.reports.paper import Paper
from bot.reports.records import RecordError, read_record
from bot.reports.remaking import drawn_by, same_here
from bot.reports.render import Kind, Piece, render
from bot.reports.seal import seal
from bot.reports.signing import signed
from bot.reports.unpacking import UnpackError, members
from bot.reports.verdict import NO_KEYS, Finding, Keys, Verdict, worst
from bot.reports.verify_pack import verify_data, verify_pack
from bot.reports.verify_workbook import filled_otherwise

LARGEST = 32 << 20
"""Bytes of a file; a pack has a tenth of it."""
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
    return _of_papers(content, carried(content), _pages, keys)


def _of_zip(content: bytes, keys: Keys) -> Verdict:
    try:
        files = members(content)
    except UnpackError as error:
        return Verdict(Finding.LARGE if error.large else Finding.DAMAGED)
    if SHEET in files:
        return _of_papers(content, carried(b"\n".join(files.values())), _workbook, keys)
    return verify_pack(content, files, keys) if MANIFEST in files else Verdict(Finding.NONE)


Compared = Callable[[bytes, Sequence[Paper], Sequence[Report]], tuple[Finding, tuple[str, ...]]]
"""Makes a file again of papers and their reports; what the one is that claims to be it, and where it is other."""


def _of_papers(content: bytes, found: Sequence[Carried], compared: Compared, keys: Keys) -> Verdict:
    """What carries one record; or two, that of the later paper first, which then tells of the earlier one, too."""
    try:
        papers = [read_record(record.canonical) for record in found]
    except RecordError as error:
        return Verdict(Finding(error.why), program=error.program, edition=error.edition)
    if not _belong_together(papers):
        return Verdict(Finding.DAMAGED if found else Finding.NONE)
    reports = [compose(paper, seal(paper, one.signature.hex())) for paper, one in zip(papers, found, strict=True)]
    finding, others = compared(content, papers, reports)
    if finding is Finding.CHANGED and not all(map(same_here, papers, reports)):
        finding = Finding.UNCOMPARED
    signatures = [keys.signature(signed(paper), one.signature) for paper, one in zip(papers, found, strict=True)]
    return Verdict(finding, worst(signatures), face_of(reports[0], papers[0]), others=others)


def _belong_together(papers: Sequence[Paper]) -> bool:
    """Else anybody could put the better paper of one firm beside the worse one of another."""
    match papers:
        case [_]:
            return True
        case [after, before]:
            return after.follows(before)
        case _:
            return False


def _pages(content: bytes, papers: Sequence[Paper], reports: Sequence[Report]) -> tuple[Finding, tuple[str, ...]]:
    """A PDF. Another typesetter than ours may have drawn it, by the same version of this program."""
    drawn = b""
    for kind, of in _drawings(papers, reports):
        made = _made(kind, of)
        if made == content:
            return Finding.GENUINE, ()
        drawn = drawn_by(made or b"")
    return Finding.CHANGED if drawn and drawn == drawn_by(content) else Finding.UNCOMPARED, ()


def _drawings(papers: Sequence[Paper], reports: Sequence[Report]) -> Iterator[tuple[Kind | Piece, Report | Comparison]]:
    """All PDFs that are made of these reports."""
    if len(reports) == 1:
        yield from ((kind, reports[0]) for kind in (Kind.DOCUMENT, Piece.FORM, Piece.RECORD))
        return
    after, before = reports
    both = comparison(before, after, papers[0].rubric)
    yield from ((kind, both) for kind in (Piece.COMPARISON, Piece.RECORD))


def _workbook(content: bytes, papers: Sequence[Paper], reports: Sequence[Report]) -> tuple[Finding, tuple[str, ...]]:
    """A workbook: one that is not as it was made may hold the same answers all the same."""
    if len(papers) > 1:
        return Finding.DAMAGED, ()
    if _made(Kind.WORKBOOK, reports[0]) == content:
        return Finding.GENUINE, ()
    others = filled_otherwise(content, papers[0])
    return Finding.FILLED if others else Finding.SAVED, others


def _made(kind: Kind | Piece, content: Report | Comparison) -> bytes | None:
    """The file again; None if it cannot be made, as may be where a stranger's record asks for what nobody foresaw."""
    try:
        return render(kind, content)
    except Exception:
        return None
