"""Links: the one to keep, codes for another device, and how either opens."""

from collections.abc import Mapping
from datetime import timedelta
from secrets import token_hex

from starlette.responses import Response

from bot.dialogue.firms import link_hash
from bot.dialogue.messages import Commanded, Followed
from bot.dialogue.pages import TextPage
from bot.dialogue.reader import as_read
from bot.dialogue.replies import Card, Named, Text, written
from bot.web import talk
from bot.web.addresses import give_up
from bot.web.calendars import proposed
from bot.web.conversation import FLASH, FLASH_SECONDS, answered, card, give
from bot.web.painter import ways_of
from bot.web.places import CARD, KEEP, NEXT, OPEN, RENEWED
from bot.web.qr import qr_svg
from bot.web.visit import COOKIE_SECONDS, Visit
from bot.web.visitor import TOKEN, Visitor, window_of
from storage.store import Decision, Link, State
from storage.window import Window

WANTED = "open"
"""The cookie with the link that somebody came by, so that it stays in no address."""
WANTED_SECONDS = 600
OPENED_WITHIN = timedelta(minutes=1)


async def keep(visit: Visit, wrong: str | None = None, typed: str = "") -> Response:
    """The link to keep, other ways back, and reminders by mail; `wrong` is said of an address that was `typed`."""
    state = as_read(await visit.site.store.state(visit.visitor.window))
    if state.session is None:
        return visit.go(CARD)
    words = visit.words(state.session.language)
    address = f"{visit.base}/a/{visit.visitor.secret}" if visit.visitor.keeps else None
    qr = qr_svg(address, words.text("web.keep.qr")) if address else None
    zone = visit.site.rules.zone_of(state.window)
    window, now = state.window or Window(), visit.site.outside.now()
    awaited = window.unconfirmed if window.unconfirmed and window.unconfirmed.until > now else None
    return visit.page(
        "keep.html",
        words=words,
        address=address,
        qr=qr,
        at=proposed(now.astimezone(zone)),
        wrong_time="when" in visit.request.query_params,
        mails=visit.site.mailer is not None,
        email=window.email,
        awaited=awaited,
        wrong=wrong,
        typed=typed,
    )


async def offer(visit: Visit) -> Response:
    """A code and a link for once."""
    form = await visit.form()
    answer = await give(visit, Commanded("link"), talk.update_of(form.own, KEEP))
    now = await talk.present(visit.site, visit.visitor, visit.language, answer.said)
    told = next((text for text in now.texts if isinstance(text, TextPage)), None)
    words = await visit.own_words()
    if told is None:
        return await card(visit, answer.said)
    given = _given(answer)
    address = given.get("link.address.page", {}).get("address")
    return visit.page(
        "given.html",
        words=words,
        page=told,
        rows=ways_of(told, words.rubric),
        back=KEEP,
        code=given.get("link.page_code", {}).get("code"),
        qr=qr_svg(address, words.text("web.keep.qr")) if address else "",
    )


def _given(answer: talk.Answer) -> dict[str, Mapping[str, str]]:
    """What was told, by the names of its sentences: a code is to be read from afar, an address by a camera."""
    lines = (line for reply in answer.said if isinstance(reply, Text) for line in reply.lines)
    return {line.name: line.values for line in lines if isinstance(line, Named)}


async def renew(visit: Visit) -> Response:
    """A new link: the old one opens nothing any more, nor do those that were given here, nor what came of them.

    The browser has it before the old one ends: whatever is lost on the way, one of them opens.
    """
    await visit.form()
    response = visit.go(RENEWED)
    if signed := visit.visitor.flash([token_hex(16)]):
        visit.set_cookie(response, NEXT, signed, COOKIE_SECONDS)
    return response


async def renewed(visit: Visit) -> Response:
    """The new link takes the place of the old one, unless it has done so before."""
    told = visit.visitor.said(visit.request.cookies.get(NEXT, ""))
    fresh = Visitor(window_of(told[0]), told[0], known=False) if told and TOKEN.fullmatch(told[0]) else None
    if fresh and visit.visitor.keeps and await _moved(visit, fresh):
        await give_up(visit.site.store, fresh.window)  # whoever had the link may have left an address of theirs
        visit.visitor = fresh
    response = visit.go(KEEP)
    response.delete_cookie(NEXT)
    return response


async def _moved(visit: Visit, fresh: Visitor) -> bool:
    store = visit.site.store
    return await store.move(visit.visitor.window, fresh.window) or bool((await store.state(fresh.window)).dossiers)


async def arrive(visit: Visit) -> Response:
    """The link to keep opens its window in a browser that has none; any other is asked about at a clean address.

    Chat apps and mail scanners fetch links by themselves: nothing is used up, and nothing stored, by looking. Whom
    another site leads here is asked as well: what they take for their own assessment would be read by its owner.
    """
    token = visit.request.path_params["token"]
    if not TOKEN.fullmatch(token):
        return visit.page("missing.html", 404)
    if token == visit.visitor.secret:
        return visit.go(CARD)
    theirs = await visit.site.store.state(window_of(token))
    if theirs.session is not None and not visit.led:
        own = await visit.site.store.state(visit.visitor.window)
        if own.session is None:
            visit.visitor = Visitor(window_of(token), token, known=False)
            return _arrived(visit)
    response = visit.go(OPEN)
    visit.set_cookie(response, WANTED, token, WANTED_SECONDS)
    return response


def _arrived(visit: Visit) -> Response:
    """Whoever made the link sees what is answered here; who got it from somebody else has to know."""
    response = visit.go(CARD)
    if told := visit.visitor.flash([written(Card((Named("web.arrived"),)))]):
        visit.set_cookie(response, FLASH, told, FLASH_SECONDS)
    return response


async def ask(visit: Visit) -> Response:
    """Whether what a link leads to is wanted here."""
    if WANTED not in visit.request.cookies:
        return visit.go(CARD)
    return visit.page("open.html", words=await visit.own_words())


async def follow(visit: Visit) -> Response:
    """This window gets sight of the dossier of a link: of one for once, or of another window's."""
    form = await visit.form()
    token = visit.request.cookies.get(WANTED, "")
    visit.limited(visit.site.limits.link(visit.client))
    once = await _link_of(visit, window_of(token)) or token
    answer = await give(visit, Followed(once), talk.update_of(form.own, token))
    if answer.opened:
        visit.site.limits.link_was_right(visit.client)
    response = await answered(visit, answer)
    response.delete_cookie(WANTED)
    return response


async def _link_of(visit: Visit, window: str) -> str | None:
    """A link for once to what is in front of a window whose own link somebody has; None if there is no such window."""
    token, until = token_hex(16), visit.site.outside.now() + OPENED_WITHIN

    def offered(state: State) -> Decision:
        if state.session is None or state.dossier is None:
            return Decision()
        return Decision(links=(Link(link_hash(token), state.dossier, until, purpose="visit"),))

    applied = await visit.site.store.apply(window, offered)
    return token if applied and applied.decision.links else None


async def ask_code(visit: Visit) -> Response:
    """Where a code is typed."""
    return visit.page("code.html", words=await visit.own_words(), wrong=False)


async def take_code(visit: Visit) -> Response:
    """A code opens its dossier here; wrong ones are counted."""
    form = await visit.form()
    visit.limited(visit.site.limits.code(visit.client))
    code = form.get("code")
    answer = await give(visit, Followed(code, short=True), talk.update_of(form.own, code))
    if not answer.opened:
        return visit.page("code.html", 200, words=await visit.own_words(), wrong=True)
    visit.site.limits.code_was_right(visit.client)
    return await answered(visit, answer)
