"""Whether a paper is one that was handed out here: by the code on it, for anybody, and nothing more than stands on it.

Nobody is known here, and nothing is stored. Every code is answered with the same status, after one look into the
register. What is typed stays in no address; what a camera reads is one, like the link that somebody keeps.
"""

import logging
from collections.abc import Iterator

from starlette.responses import Response

from bot.reports.face import SHOWN, Face
from bot.reports.register import face_in
from bot.reports.seal import read_code
from bot.web.forms import form_of
from bot.web.visit import Visit
from bot.words.wording import Wording
from storage.errors import StorageError
from storage.store import Store

LOG = logging.getLogger("shuping.web")

CAUSES = ("mistyped", "elsewhere", "deleted", "forged")
"""Why a code may be unknown, the likeliest first."""
SAID = ("genuine", "unknown", "malformed", "later")
"""What may be said of a code."""


async def ask(visit: Visit) -> Response:
    """Where a code is typed."""
    return visit.page("verify.html", said=None)


async def typed(visit: Visit) -> Response:
    """The form: the code comes in its body."""
    return await _looked_up(visit, (await form_of(visit.request)).get("code"))


async def scanned(visit: Visit) -> Response:
    """What the QR code of a paper leads to."""
    return await _looked_up(visit, str(visit.request.path_params["code"]))


async def _looked_up(visit: Visit, said: str) -> Response:
    """What the register says of a code; malformed ones are not looked up. Raises CrowdedError."""
    code = read_code(said)
    if code is None:
        return visit.page("verify.html", said="malformed")
    limits = visit.site.limits
    visit.limited(limits.paper(visit.client))
    try:
        face = await _face(visit.site.store, code)
    except StorageError as error:
        LOG.warning("the register cannot be read: %s", error.trouble.value)
        return visit.page("verify.html", 503, said="later")
    if face is None:
        return visit.page("verify.html", said="unknown", code=code, causes=CAUSES)
    limits.paper_was_known(visit.client)
    return _genuine(visit, face)


async def _face(store: Store, code: str) -> Face | None:
    """What is registered under a code, if anything is. Raises StorageError."""
    issued = await store.issued(code)
    return face_in(issued) if issued else None


def _genuine(visit: Visit, face: Face) -> Response:
    words = visit.words()
    return visit.page("verify.html", words=words, said="genuine", rows=list(_rows(face, words)), spoken=face.language)


def _rows(face: Face, words: Wording) -> Iterator[tuple[str, str]]:
    """What the paper shows on its face, each under its name, in the words of the paper."""
    shown = face.model_dump(mode="json")
    for name in SHOWN:
        if told := shown[name]:
            yield words.text(f"verify.face.{name}"), told
