"""Files: the picture, the report, the workbook, the acceptance pack, and all that is stored."""

from starlette.responses import Response

from bot.dialogue.commands import EXPORT
from bot.dialogue.pages import FilePage
from bot.dialogue.replies import File
from bot.reports.render import PACK, Kind
from bot.web.places import CARD
from bot.web.visit import Visit
from bot.words.wording import Medium

TYPES = {
    Kind.PICTURE.value: "image/png",
    Kind.DOCUMENT.value: "application/pdf",
    Kind.WORKBOOK.value: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    PACK: "application/zip",
    EXPORT: "application/json",
}
SHOWN = (Kind.PICTURE.value,)
"""What opens in its place: on a phone, it is kept by a long touch."""
PACK_COST = 9
"""Requests that a pack is worth beside its own: it is ten files, each of which takes a processor's time."""


async def download(visit: Visit) -> Response:
    """A file as things are now."""
    wanted, past = visit.request.path_params["format"], visit.request.query_params.get("about", "")[:16]
    state = await visit.site.store.state(visit.visitor.window)
    if wanted not in TYPES:
        return visit.page("missing.html", 404)
    if state.session is None or state.dossier is None:
        return visit.go(CARD)
    site, window, now = visit.site, visit.visitor.window, visit.site.outside.now()
    visit.costs(PACK_COST if wanted == PACK else 0)
    visit.limited(site.files.wait(visit.client, window))
    async with site.files.place(visit.client, window):
        page = await site.reports.at_once(window, state.dossier, File(wanted, past), Medium.PAGE, now)
    words = await visit.own_words()
    if not isinstance(page, FilePage):
        return visit.page("text.html", 503, words=words, page=page, rows=())
    how = "inline" if wanted in SHOWN else "attachment"
    headers = {"content-disposition": f'{how}; filename="{page.name}"'}
    return Response(page.content, media_type=TYPES[wanted], headers=headers)
