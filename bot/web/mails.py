"""Pages about mails: an address left, confirmed, given up.

Mail programs fetch the links of a mail by themselves: looking does nothing, only the button does. A link brings its
secret along, so these forms work in any browser, and need nothing of ours in it.
"""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.delivery.channel import Delivered, Gone
from bot.dialogue.reader import as_read
from bot.web import talk
from bot.web.addresses import Key, Wish, awaited, confirm, give_up, is_reader, key_of, leave, stop
from bot.web.links import keep
from bot.web.mail import read_address
from bot.web.places import CARD, KEEP
from bot.web.visit import Visit
from storage.store import State

WRONG = ("no_address", "nobody", "unsent")
"""What may be said of an address that was typed."""
ASKED = ("confirm", "stop")
SAID = (*ASKED, "confirm.void", "confirmed", "stop.void", "stopped")
"""The pages that links of mails lead to; some ask for a tap."""


async def ask(visit: Visit) -> Response:
    """An address is left; a mail asks there whether it is theirs."""
    form = await visit.form()
    site, window = visit.site, visit.visitor.window
    state = as_read(await site.store.state(window))
    if site.mailer is None or state.session is None:
        return visit.go(CARD)
    address = read_address(form.get("email"))
    if address is None:
        return await keep(visit, wrong="no_address", typed=form.get("email"))
    visit.limited(site.limits.mail(visit.client, window, address))
    wish = Wish(window, address, state.session.language, talk.update_of(form.own, KEEP, address))
    outcome = await leave(site.store, site.mailer, site.outside, visit.base, wish)
    if isinstance(outcome, Delivered):
        return visit.go(KEEP)
    wrong = "nobody" if isinstance(outcome, Gone) else "unsent"
    return await keep(visit, wrong=wrong, typed=address)


async def end(visit: Visit) -> Response:
    """From the page itself: no more mails."""
    await visit.form()
    await give_up(visit.site.store, visit.visitor.window)
    return visit.go(KEEP)


async def look_at_confirming(visit: Visit) -> Response:
    """What a link of a mail would confirm."""
    return await _looked(visit, "confirm")


async def confirmed(visit: Visit) -> Response:
    """The address is theirs."""
    key = _key(visit)
    site, state = visit.site, await visit.site.store.state(key.window)
    address = await confirm(site.store, key, site.rules, site.outside.now())
    if address is None:
        return _told(visit, state, "confirm.void")
    site.limits.link_was_right(visit.client)
    return _told(visit, state, "confirmed", address)


async def look_at_stopping(visit: Visit) -> Response:
    """Which mails a link would end."""
    return await _looked(visit, "stop")


async def stopped(visit: Visit) -> Response:
    """No more mails; also at one click in a mail program, which sends nothing of ours along (RFC 8058)."""
    key = _key(visit)
    state = await visit.site.store.state(key.window)
    if not await stop(visit.site.store, key):
        return _told(visit, state, "stop.void")
    visit.site.limits.link_was_right(visit.client)
    return _told(visit, state, "stopped")


def _key(visit: Visit) -> Key:
    """What a mail's link says, tried once more from this address. Raises HTTPException if it is none, CrowdedError."""
    key = key_of(visit.request.path_params["key"])
    if key is None:
        raise HTTPException(404)
    visit.limited(visit.site.limits.link(visit.client))
    return key


async def _looked(visit: Visit, what: str) -> Response:
    key = _key(visit)
    state = await visit.site.store.state(key.window)
    address = awaited(state, key, visit.site.outside.now()) if what == "confirm" else None
    if address is None and not (what == "stop" and is_reader(state, key)):
        return _told(visit, state, f"{what}.void")
    visit.site.limits.link_was_right(visit.client)
    return _told(visit, state, what, address, asks=True)


def _told(visit: Visit, state: State, what: str, address: str | None = None, *, asks: bool = False) -> Response:
    """A sentence, in the language that the window of the mail's reader has; with a button, if it `asks`."""
    session = as_read(state).session
    words = visit.words(session.language if session else None)
    action = visit.request.url.path
    return visit.page("mail.html", words=words, what=what, address=address, asks=asks, action=action)
