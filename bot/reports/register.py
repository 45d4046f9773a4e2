"""The register of papers: noted before they are handed out, since what nobody could check is worse than "try again"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.reports.content import Report
from bot.reports.face import Face, face_of
from bot.reports.paper import Paper
from bot.reports.sources import session_before
from flows.session import Assessment, Session
from storage.errors import DamagedRowError
from storage.issued import Issued
from storage.store import Store

if TYPE_CHECKING:
    from bot.reports.pack import Pack


@dataclass(frozen=True, slots=True)
class Handed:
    """A paper that is made and not yet handed out, and the id of the session that it is of."""

    session: str
    paper: Paper
    report: Report


def handed_in(pack: "Pack", session: Session, history: Sequence[Assessment]) -> list[Handed]:
    """The papers of the pack of a session, each of its own one."""
    before = session_before(session, history)
    own = {"after": session.id, **({"before": before.id} if before else {})}
    return [Handed(own[role], paper, pack.reports[role]) for role, paper in pack.papers.items()]


async def register(store: Store, dossier: str, handed: Iterable[Handed], at: datetime) -> bool:
    """Note papers of a dossier; false if that is not stored any more: then none may be handed out.

    Raises StorageError: then none may, either.
    """
    noted = [await store.issue(dossier, _issued(one, at)) for one in handed]
    return all(noted)


def face_in(issued: Issued) -> Face:
    """What a paper that was noted shows on its face. Raises DamagedRowError."""
    try:
        return Face.model_validate_json(issued.face)
    except ValueError:
        raise DamagedRowError("register") from None


def _issued(one: Handed, at: datetime) -> Issued:
    face = face_of(one.report, one.paper)
    return Issued(face.code, face.model_dump_json(), at, one.session)
