"""The acceptance pack: what a firm hands in for the rating on site, before and after the upgrade, as one ZIP.

What is in it follows from two papers (`Pack`) and from nothing else, so it is the same bytes on any day, in any time
zone, with any zlib: members are stored as they are, in the order of their names, dated like the paper.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from bot.reports.comparison import Comparison, comparison
from bot.reports.compose import compose
from bot.reports.content import Report
from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.paper import Paper, canonical_json
from bot.reports.render import Kind, Piece, render
from bot.reports.signing import NOBODY, Issuer
from bot.reports.sources import before_it, paper_of_session, session_before
from bot.words.wording import Wording, wording
from flows.answer_file import written
from flows.session import Assessment, Session
from flows.text import tidy
from scoring.editions import load_rubric
from scoring.result import assess
from scoring.result_json import result_json
from scoring.sheet import load_sheet

MANIFEST = "manifest.json"
FORM = 1
"""Of the manifest and of the data."""
UNIX, ORDINARY_FILE = 3, 0o100644
NOTEPAD = "utf-8-sig"
"""With a mark at the beginning, so that no editor takes the text for another encoding."""
ENDINGS = {
    "before": "pdf",
    "after": "pdf",
    "only": "pdf",
    "comparison": "pdf",
    "form": "pdf",
    "sheet": "xlsx",
    "record": "pdf",
    "evidence": "xlsx",
    "data": "json",
    "readme": "txt",
}
"""Of every member that has a name in words (`pack.name.…`, `pack.about.…`)."""
PURPOSE = b"shuping pack 1\n"
"""Stands before what is signed, so that a signature under a manifest is one under nothing else."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A member that is rendered: its name in words, and what it is made of."""

    name: str
    kind: Kind | Piece
    content: Report | Comparison


@dataclass(frozen=True)
class Pack:
    """The assessment that is handed in, and the one before the upgrade, if there was one; both final.

    `issuer` puts its seal on both, and signs the manifest. Raises ReportError for what is not final: an official must
    not be handed a half.
    """

    after: Paper
    before: Paper | None = None
    issuer: Issuer = NOBODY

    def __post_init__(self) -> None:
        for paper, trouble in ((self.after, ReportTrouble.NOT_FINAL), (self.before, ReportTrouble.BEFORE_NOT_FINAL)):
            if paper and not (paper.submitted and _complete(paper)):
                raise ReportError(trouble)

    @cached_property
    def papers(self) -> dict[str, Paper]:
        """By their part in the pack, the earlier one first."""
        return {**({"before": self.before} if self.before else {}), "after": self.after}

    @cached_property
    def reports(self) -> dict[str, Report]:
        """The same as reports, sealed."""
        return {role: compose(paper, self.issuer.seal(paper)) for role, paper in self.papers.items()}

    @cached_property
    def words(self) -> Wording:
        """Of the later paper's language and edition."""
        return wording(self.after.language, self.after.rubric)

    def drawn(self) -> Iterator[Drawn]:
        """The members that take time, to be rendered one by one."""
        after, before = self.reports["after"], self.reports.get("before")
        both = comparison(before, after, self.after.rubric) if before else None
        if before and both:
            yield Drawn("before", Kind.DOCUMENT, before)
            yield Drawn("comparison", Piece.COMPARISON, both)
        yield Drawn("after" if before else "only", Kind.DOCUMENT, after)
        yield Drawn("form", Piece.FORM, after)
        yield Drawn("sheet", Kind.WORKBOOK, after)
        yield Drawn("record", Piece.RECORD, both or after)
        yield Drawn("evidence", Piece.EVIDENCE, after)

    def zipped(self, made: Mapping[str, bytes]) -> bytes:
        """The pack with its rendered members, by their names in words."""
        named = {**made, "data": self.data(), "readme": self._readme(made)}
        files = {self._file(name): content for name, content in named.items()}
        files[MANIFEST] = self._manifest(files)
        kept = BytesIO()
        with ZipFile(kept, "w", ZIP_STORED) as archive:
            for name in sorted(files):
                archive.writestr(self._entry(name), files[name])
        return kept.getvalue()

    def _entry(self, name: str) -> ZipInfo:
        on = self.after.on
        entry = ZipInfo(name, (on.year, on.month, on.day, 0, 0, 0))
        entry.create_system, entry.external_attr = UNIX, ORDINARY_FILE << 16
        return entry

    def _file(self, name: str) -> str:
        return f"{self.words.text(f'pack.name.{name}')}.{ENDINGS[name]}"

    def _manifest(self, files: Mapping[str, bytes]) -> bytes:
        papers = [
            {"role": role, "number": report.seal.number, "code": report.seal.code, "on": f"{self.papers[role].on}"}
            for role, report in self.reports.items()
        ]
        manifest: dict[str, object] = {
            "format": FORM,
            "program": self.after.program,
            "files": {name: sha256(files[name]).hexdigest() for name in sorted(files)},
            "papers": papers,
        }
        if signature := self.issuer.sign(signed_part(manifest)):
            manifest["signature"] = signature
        return _json(manifest).encode() + b"\n"

    def data(self) -> bytes:
        """Both papers with answers and results, for programs (JSON)."""
        papers = ",\n".join(self._paper(role) for role in self.papers)
        head = f'"format": {FORM},\n"program": {_json(self.after.program)},\n"language": {_json(self.after.language)}'
        return f'{{{head},\n"papers": [\n{papers}\n]}}\n'.encode()

    def _paper(self, role: str) -> str:
        """A paper, its answers as an answer file, and its result; each verbatim, so that no number is rounded."""
        paper, sealed = self.papers[role], self.reports[role].seal
        rubric, sheet = load_rubric(paper.rubric), load_sheet(paper.rubric, paper.profile)
        parts = {
            "role": _json(role),
            "number": _json(sealed.number),
            "code": _json(sealed.code),
            "signature": _json(sealed.signature),
            "link": _json(sealed.link),
            "on": _json(f"{paper.on}"),
            "paper": paper.canonical().decode(),
            "answers": written(rubric, paper.record, tidy(paper.firm.name)).strip(),
            "result": _json(result_json(sheet, assess(sheet, paper.answers))),
        }
        return "{" + ",\n".join(f"{_json(name)}: {part}" for name, part in parts.items()) + "}"

    def _readme(self, made: Mapping[str, bytes]) -> bytes:
        text, report = self.words.text, self.reports["after"]
        names = sorted((*made, "data", "readme"), key=self._file)
        listed = [f"{self._file(name)}\n    {text(f'pack.about.{name}')}" for name in names if name != "readme"]
        lines = [
            text("pack.title"),
            "",
            text("pack.firm", firm=report.firm or report.labels["none_given"]),
            text("pack.number", number=report.seal.number, code=report.seal.code),
            text("pack.locked", date=report.date),
            "",
            text("pack.listed"),
            *listed,
            f"{MANIFEST}\n    {text('pack.about.manifest')}",
            "",
            *([] if self.before else [text("pack.no_before"), ""]),
            text("pack.todo"),
            *report.notes,
        ]
        return ("\n".join(lines) + "\n").replace("\n", "\r\n").encode(NOTEPAD)


def pack_file(pack: Pack) -> bytes:
    """The whole pack, made in this process: about a second."""
    return pack.zipped({one.name: render(one.kind, one.content) for one in pack.drawn()})


def pack_of_session(
    session: Session,
    history: Sequence[Assessment],
    today: date,
    *,
    profile: str | None = None,
    issuer: Issuer = NOBODY,
    zone: tzinfo | None = None,
) -> Pack:
    """The pack of a finished session; each paper is the one that its report has. Raises ReportError if it is not."""

    def paper(one: Session, past: Sequence[Assessment]) -> Paper:
        own = profile if one.rubric == session.rubric else None
        return paper_of_session(one, past, today, profile=own, address=issuer.address, zone=zone)

    before = session_before(session, history)
    past = next((entry for entry in history if before and entry.id == before.id), None)
    earlier = paper(before, before_it(past, history) if past else ()) if before else None
    return Pack(paper(session, history), earlier, issuer)


def signed_part(manifest: Mapping[str, object]) -> bytes:
    """What the operator's signature of a manifest is of: all but itself, in one form."""
    kept = {name: value for name, value in manifest.items() if name != "signature"}
    return PURPOSE + canonical_json(kept)


def _complete(paper: Paper) -> bool:
    return assess(load_sheet(paper.rubric, paper.profile), paper.answers).complete


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
