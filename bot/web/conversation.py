"""The card, what is said on it, and longer looks."""

from collections.abc import Sequence

from starlette.responses import Response

from bot.dialogue.commands import LONGEST_TEXT
from bot.dialogue.messages import Filled, Message
from bot.dialogue.pages import CardPage, TextPage, needs_history
from bot.dialogue.replies import Card, File, Reply, read, written
from bot.web import talk
from bot.web.outcome import drawn_below
from bot.web.painter import card_view, turns, ways_of
from bot.web.places import CARD, NEXT, RENEWED, card_after, place_of, reply_at
from bot.web.visit import Visit
from bot.web.visitor import Visitor
from flows.session import Phase
from storage.store import Applied

FLASH = "said"
FLASH_SECONDS = 60
LONGEST_ABOUT = 64
READ_AT_ONCE = 50
"""Characters of a text that are read in the time of another request."""
HISTORY = 5
"""Requests that a look at up to a thousand assessments is worth."""


async def present(visit: Visit) -> Response:
    """The card as it is, and what was just said."""
    if NEXT in visit.request.cookies:
        return visit.go(RENEWED)
    said = visit.request.cookies.get(FLASH)
    response = await card(visit, _replies(visit.visitor.said(said)) if said else ())
    if said:
        response.delete_cookie(FLASH)
    return response


def _replies(said: Sequence[str]) -> tuple[Reply, ...]:
    """What a cookie says, unless its browser made it up."""
    try:
        return tuple(map(read, said))
    except ValueError:
        return ()


async def card(
    visit: Visit, said: tuple[Reply, ...], applied: Applied | None = None, filled: Filled | None = None
) -> Response:
    """The card's page, with what is `said` above it, what was `applied`, and what was `filled` in and refused."""
    now = await talk.present(visit.site, visit.visitor, visit.language, said, applied)
    if not isinstance(now.card, CardPage):
        return visit.page("text.html", page=now.card, rows=())
    page, files = now.card, [reply for reply in said if isinstance(reply, File)]
    response = visit.page(
        "card.html",
        words=page.words,
        card=card_view(page, filled.facts if filled else None),
        files=[(reply.format, place_of(reply)) for reply in files],
        turns=turns(now.recent, page.words) if page.session.asking else [],
        texts=[(text, ways_of(text, page.words.rubric)) for text in now.texts if isinstance(text, TextPage)],
        known=now.state.session is not None,
    )
    if files and not visit.scripted:
        response.headers["refresh"] = f"1; url={place_of(files[0])}"  # our script fetches it by itself
    return response


async def say(visit: Visit) -> Response:
    """A tap or a text: applied once, and then seen by a fresh look."""
    form = await visit.form()
    message = form.said
    if message is None:
        return visit.go(CARD)
    visit.costs(min(form.length, LONGEST_TEXT) // READ_AT_ONCE)
    answer = await give(visit, message, talk.update_of(form.own, *form.typed))
    if isinstance(message, Filled) and _is_refused(answer):
        return await card(visit, answer.said, answer.applied, message)
    return await answered(visit, answer, card_after(message, visit.site.rubric))


def _is_refused(answer: talk.Answer) -> bool:
    """What was filled in waits to be mended: it is shown as it was typed."""
    session = answer.applied.state.session if answer.applied else None
    warned = any(isinstance(reply, Card) and reply.warned for reply in answer.said)
    return warned and session is not None and session.phase is Phase.IDENTITY


async def give(visit: Visit, message: Message, update: int) -> talk.Answer:
    """Apply a message, if not too many assessments were begun from this address. Raises CrowdedError, StorageError."""
    answer = await talk.give(visit.site, visit.visitor, visit.language, message, update, visit.client)
    visit.limited(answer.wait)
    return answer


async def answered(visit: Visit, answer: talk.Answer, place: str = CARD) -> Response:
    """What comes of a message: another place, the card alone for our script, or the card by a fresh look at `place`."""
    if answer.place:
        return visit.go(answer.place)
    if answer.forgotten and visit.visitor.keeps:  # whoever had the old link is not to see what is begun from now on
        visit.visitor = Visitor.fresh()
    telling = [reply for reply in answer.said if not isinstance(reply, Card) or reply.notices or reply.paused]
    flash = None if visit.scripted else visit.visitor.flash([written(reply) for reply in telling])
    if flash is None:
        return await card(visit, answer.said, answer.applied)
    response = visit.go(place)
    if telling:
        visit.set_cookie(response, FLASH, flash, FLASH_SECONDS)
    return response


async def detail(visit: Visit) -> Response:
    """A longer look, with a way back."""
    about = visit.request.query_params.get("about", "")[:LONGEST_ABOUT]
    reply = reply_at(visit.request.path_params["detail"], about)
    if reply is None:
        return visit.page("missing.html", 404)
    visit.costs(HISTORY if needs_history(reply) else 0)
    page = await talk.looked(visit.site, visit.visitor, visit.language, reply)
    if not isinstance(page, TextPage):
        return visit.go(CARD)
    words = await visit.own_words()
    line, shown = drawn_below(page, words)
    return visit.page("look.html", words=words, page=page, rows=ways_of(page, words.rubric), trend=line, drawn=shown)
