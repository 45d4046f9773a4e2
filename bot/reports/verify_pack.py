"""Is an acceptance pack what this program made of its papers? It is made again, every member of it.

The pack's data say which papers, and under which signatures; the manifest is signed as a whole. Where this version
does not draw the same pages, the digests of the manifest still tell what was changed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from bot.reports.content import Seal
from bot.reports.embedding import LONGEST
from bot.reports.errors import ReportError
from bot.reports.face import Face, face_of
from bot.reports.pack import MANIFEST, Pack, pack_file, signed_part
from bot.reports.paper import Paper, canonical_json
from bot.reports.records import RecordError, Unread, object_in, read_record
from bot.reports.remaking import drawn_by, same_here
from bot.reports.seal import seal
from bot.reports.signing import PURPOSE, Issuer
from bot.reports.unpacking import members
from bot.reports.verdict import Finding, Keys, Signature, Verdict, worst
from flows.text import inert

ROLES = (["after"], ["before", "after"])
SIGNATURE = re.compile(r"(?:[0-9a-f]{2}){0,100}")
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Witness(Issuer):
    """Puts on papers the seals that they had, and under the manifest the signature that it had, without any key."""

    signatures: Mapping[bytes, str] = field(default_factory=dict)
    under: str = ""

    def seal(self, paper: Paper) -> Seal:
        """The seal that the paper had."""
        return seal(paper, self.signatures[paper.canonical()])

    def sign(self, message: bytes) -> str:  # noqa: ARG002  # whatever it is: it was signed before
        """The signature that was there."""
        return self.under


def verify_data(content: bytes, keys: Keys) -> Verdict:
    """What the data of a pack are, alone."""
    try:
        pack = _pack_of(object_in(content))
    except RecordError as error:
        return _unread(error)
    changed = Finding.CHANGED if _same_here(pack) else Finding.UNCOMPARED
    finding = Finding.GENUINE if pack.data() == content else changed
    return Verdict(finding, _signature_of_papers(pack, keys), _face(pack))


def verify_pack(content: bytes, files: Mapping[str, bytes], keys: Keys) -> Verdict:
    """What a pack is; `files` are its members."""
    try:
        manifest = object_in(files[MANIFEST])
        pack = _pack_of(object_in(_data_in(files)), _signature(manifest))
        signature = keys.signature(_of_strangers(signed_part, manifest), bytes.fromhex(_signature(manifest)))
    except RecordError as error:
        return _unread(error)
    made = _made(pack)
    if made == content:
        return Verdict(Finding.GENUINE, signature, _face(pack))
    ours = members(made) if made else {}
    if ours == files:
        return Verdict(Finding.REPACKED, signature, _face(pack))
    if made and _same_here(pack) and _drawn_alike(files, ours):
        return Verdict(Finding.CHANGED, signature, _face(pack), others=_named(_differing(files, ours)))
    others = _named(_not_as_listed(files, manifest))
    return Verdict(Finding.CHANGED if others else Finding.UNCOMPARED, signature, _face(pack), others=others)


def _data_in(files: Mapping[str, bytes]) -> bytes:
    found = [name for name in files if name.endswith(".json") and name != MANIFEST]
    if len(found) != 1:
        raise RecordError(Unread.DAMAGED)
    return files[found[0]]


def _pack_of(data: Mapping[str, Any], under: str = "") -> Pack:
    """The pack that these are the data of. Raises RecordError, also for what has not to do with packs."""
    if data.keys().isdisjoint({"format", "papers"}):
        raise RecordError(Unread.NONE)
    entries = data.get("papers")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise RecordError(Unread.DAMAGED)
    if [entry.get("role") for entry in entries] not in ROLES:
        raise RecordError(Unread.DAMAGED)
    canonical = {entry["role"]: _of_strangers(canonical_json, entry.get("paper"))[:LONGEST] for entry in entries}
    papers = {role: read_record(found) for role, found in canonical.items()}
    if not papers["after"].follows(papers.get("before")):
        raise RecordError(Unread.DAMAGED)
    signatures = {papers[entry["role"]].canonical(): _signature(entry) for entry in entries}
    try:
        return Pack(papers["after"], papers.get("before"), Witness(signatures=signatures, under=under))
    except ReportError:
        raise RecordError(Unread.DAMAGED) from None


def _of_strangers(written: Callable[[Any], bytes], value: object) -> bytes:
    """The one form of what a stranger's JSON says. Raises RecordError for what has none: halves of characters, NaN."""
    try:
        return written(value)
    except (TypeError, ValueError, RecursionError):
        raise RecordError(Unread.DAMAGED) from None


def _signature(entry: Mapping[str, Any]) -> str:
    signature = entry.get("signature", "")
    if not isinstance(signature, str) or not SIGNATURE.fullmatch(signature):
        raise RecordError(Unread.DAMAGED)
    return signature


def _signature_of_papers(pack: Pack, keys: Keys) -> Signature:
    """That of the one whose papers are known least."""
    sealed = {paper.canonical(): pack.issuer.seal(paper).signature for paper in pack.papers.values()}
    found = [keys.signature(PURPOSE + canonical, bytes.fromhex(sealed[canonical])) for canonical in sealed]
    return worst(found)


def _made(pack: Pack) -> bytes | None:
    """The pack again; None if it cannot be made, as may be where a stranger's data ask for what nobody foresaw."""
    try:
        return pack_file(pack)
    except Exception:
        return None


def _same_here(pack: Pack) -> bool:
    return all(same_here(pack.papers[role], pack.reports[role]) for role in pack.papers)


def _drawn_alike(files: Mapping[str, bytes], ours: Mapping[str, bytes]) -> bool:
    """Some page is by the typesetter that is here."""
    here = {drawn_by(content) for name, content in ours.items() if name.endswith(".pdf")}
    return any(drawn_by(content) in here for name, content in files.items() if name.endswith(".pdf"))


def _differing(files: Mapping[str, bytes], ours: Mapping[str, bytes]) -> Iterator[str]:
    """Members that are others, too many, or missing; the manifest alone follows from these."""
    return (name for name in sorted({*files, *ours}) if files.get(name) != ours.get(name))


def _not_as_listed(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Iterator[str]:
    listed = manifest.get("files")
    digests = listed if isinstance(listed, dict) else {}
    for name in sorted({*files, *digests} - {MANIFEST}):
        if name not in files or sha256(files[name]).hexdigest() != digests.get(name):
            yield name


def _named(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(inert(name[:LONGEST_NAME]) for name in names)


def _face(pack: Pack) -> Face:
    return face_of(pack.reports["after"], pack.after)


def _unread(error: RecordError) -> Verdict:
    return Verdict(Finding(error.why), program=error.program, edition=error.edition)
