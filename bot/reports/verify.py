"""Is a file what this program made of exactly these answers? Pure: bytes and keys in, a verdict out.

A paper carries what it is made of (`bot.reports.embedding`), so it is made again and compared, byte by byte. That shows
that nothing on it was changed; whose it is, only a signature shows, since anybody may run this program. Files come
from strangers: time and memory are bounded, whatever they are.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from typing import TYPE_CHECKING

from bot.reports.compose import compose
from bot.reports.content import Report
from bot.reports.embedding import Carried, carried
from bot.reports.face import Face, face_of
from bot.reports.records import RecordError, read_record
from bot.reports.render import Kind, render
from bot.reports.seal import seal
from bot.reports.signing import signed
from bot.reports.unpacking import UnpackError, members

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LARGEST = 32 << 20
"""Bytes of a file; a pack has a tenth of it."""
PDF, PNG, ZIP = b"%PDF-", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04"
SHEET = "xl/workbook.xml"
MADE_BY = re.compile(rb"<xmp:CreatorTool>([^<]{1,100})</xmp:CreatorTool>")
"""Which typesetter drew a PDF: another one draws other bytes."""


class Finding(StrEnum):
    """What a file is; each has a sentence `verify.finding.<value>`."""

    GENUINE = "genuine"
    UNCOMPARED = "uncompared"
    CHANGED = "changed"
    SAVED = "saved"
    DAMAGED = "damaged"
    NEWER = "newer"
    EDITION = "edition"
    PICTURE = "picture"
    NONE = "none"
    LARGE = "large"


class Signature(StrEnum):
    """Whose a record is; each has a sentence `verify.signature.<value>`.

    `UNKNOWN`: there is a signature, and no key at hand that it is of; `FOREIGN`: there is a key, and it is not of it.
    """

    OPERATOR = "operator"
    GIVEN = "given"
    UNKNOWN = "unknown"
    FOREIGN = "foreign"
    UNSIGNED = "unsigned"


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that signatures are checked by: the operator's own, and one that somebody was given."""

    operator: "Ed25519PublicKey | None" = None
    given: "Ed25519PublicKey | None" = None

    def signature(self, message: bytes, signature: bytes) -> Signature:
        """Whose signature of a message this is."""
        if not signature:
            return Signature.UNSIGNED
        for key, whose in ((self.given, Signature.GIVEN), (self.operator, Signature.OPERATOR)):
            if key and _fits(key, message, signature):
                return whose
        return Signature.FOREIGN if self.given or self.operator else Signature.UNKNOWN

    @property
    def any(self) -> bool:
        """There is one at all."""
        return bool(self.operator or self.given)


NO_KEYS = Keys()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a file. `face`: what its record says that it shows, to be compared by eye.

    `program` and `edition`: as the record names them, where it cannot be read here.
    """

    finding: Finding
    signature: Signature | None = None
    face: Face | None = None
    program: str = ""
    edition: str = ""

    def genuine(self, keys: Keys) -> bool:
        """Every byte is what the program makes of these answers; and if a key is at hand, its owner signed them."""
        signed_ = not keys.any or self.signature in (Signature.OPERATOR, Signature.GIVEN)
        return self.finding is Finding.GENUINE and signed_


def verify(content: bytes, keys: Keys = NO_KEYS) -> Verdict:
    """What a file is. Takes a second at most for a paper, whatever the bytes are; raises nothing."""
    if len(content) > LARGEST:
        return Verdict(Finding.LARGE)
    if content.startswith(PNG):
        return Verdict(Finding.PICTURE)
    if content.startswith(ZIP):
        return _of_zip(content, keys)
    return _of_paper(content, carried(content), _pages, keys)


def _of_zip(content: bytes, keys: Keys) -> Verdict:
    try:
        files = members(content)
    except UnpackError as error:
        return Verdict(Finding.LARGE if error.large else Finding.DAMAGED)
    if SHEET in files:
        return _of_paper(content, carried(b"\n".join(files.values())), _workbook, keys)
    return Verdict(Finding.NONE)


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
    if finding is Finding.CHANGED and paper.program != version("shuping"):
        finding = Finding.UNCOMPARED
    return Verdict(finding, keys.signature(signed(paper), record.signature), face_of(report, paper))


def _pages(content: bytes, report: Report) -> Finding:
    """A PDF. Another typesetter than ours may have drawn it, by the same version of this program."""
    made = _made(Kind.DOCUMENT, report)
    if made == content:
        return Finding.GENUINE
    return Finding.CHANGED if made and _drawn_by(made) == _drawn_by(content) else Finding.UNCOMPARED


def _drawn_by(content: bytes) -> bytes:
    found = MADE_BY.search(content)
    return found[1] if found else b""


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


def _fits(key: "Ed25519PublicKey", message: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
