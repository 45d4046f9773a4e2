"""A message from a browser: applied once, however often it is sent, and answered with what is to be seen now."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from bot.dialogue.context import Context
from bot.dialogue.firms import hash_of
from bot.dialogue.messages import Followed, Message, Typed
from bot.dialogue.pages import Page, View, needs_history, needs_shelf, page_of
from bot.dialogue.reader import as_read
from bot.dialogue.replies import Card, File, Reply, Text, read
from bot.dialogue.respond import respond
from bot.dialogue.situation import echo
from bot.dialogue.steps import ABSENT
from bot.observing.observer import Came
from bot.web.places import place_of
from bot.web.site import INSIDE, MANNER, Site
from bot.web.visitor import CHANNEL, TELEGRAM, Visitor
from bot.words.wording import Medium, words_of
from scoring.editions import known
from storage.store import Applied, Arrival, Decision, LogEntry, State

RECENT = 3
"""So many answers stand above the card."""
REMEMBERED = 1_000
"""So many answers can be given again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes of a message: what is said on the card's page, or the `place` where it is seen."""

    said: tuple[Reply, ...] = ()
    place: str | None = None
    opened: bool = False
    """A link led to a dossier."""
    forgotten: bool = False
    """All was deleted of what the window had sight of."""
    wait: float = 0.0
    """So many seconds until this address may begin another assessment; nothing was done."""
    applied: Applied | None = None
    """What is stored after it; None where that has to be looked up."""


def update_of(nonce: str, *said: str) -> int:
    """The id of what a form says: the same once more, from a second tap or a second try, is the same message."""
    given = "\0".join((nonce, *said)).encode()
    return int.from_bytes(sha256(given).digest()[:8], "big") >> 1


async def give(site: Site, visitor: Visitor, language: str, message: Message, update: int, client: str) -> Answer:
    """Apply a message. Raises StorageError if it could not be saved."""
    now = site.outside.now()
    manner = MANNER if visitor.keeps else INSIDE
    context = Context(visitor.window, language, now, site.outside.fresh(), site.rules, manner, site.rubric)
    answer = Answer()

    def decide(state: State) -> Decision:
        nonlocal answer
        said = respond(message, state, context)
        if _begins(said, state) and (wait := site.limits.begin(client)):
            answer = Answer(wait=wait)
            return Decision()
        opened = isinstance(message, Followed) and _opens(said, state, now)
        answer = _answer([read(outgoing.reply) for outgoing in said.outbox if outgoing.due <= now], opened=opened)
        said = replace(said, outbox=tuple(message for message in said.outbox if message.due > now))
        return said if visitor.keeps else _beside_the_chat(said, state, now)

    arrival = Arrival(CHANNEL, update, now)
    link = hash_of(message) if isinstance(message, Followed) else None
    with site.observer.update(CHANNEL) as observed:
        applied = await site.store.apply(visitor.window, decide, arrival, link=link, recent=RECENT)
        observed.came_to(applied)
        if answer.wait:
            observed.came = Came.LIMITED
    if applied is None:
        told: Answer | None = site.told.get(update)
        return told or await _once_more(site, visitor, message, context)
    if site.worker:
        site.worker.take_up(visitor.window, applied)
    answer = replace(answer, forgotten=bool(applied.decision.forgotten) and applied.state.session is None)
    _remember(site.told, update, answer)
    return replace(answer, applied=applied)


async def _once_more(site: Site, visitor: Visitor, message: Message, context: Context) -> Answer:
    """What another process has answered, and nobody heard: a line that has changed nothing is answered again."""
    state = await site.store.state(visitor.window)
    if not isinstance(message, Typed) or state.session is None or message.ref != state.session.ref:
        return Answer()
    said = respond(message, state, context)
    return _answer([read(outgoing.reply) for outgoing in said.outbox if outgoing.due <= context.now])


def _remember(told: OrderedDict[int, Answer], update: int, answer: Answer) -> None:
    """For a while, so that who sends the same again, since no answer has arrived, hears what was said."""
    told[update] = answer
    if len(told) > REMEMBERED:
        told.popitem(last=False)


def _begins(said: Decision, state: State) -> bool:
    """A dossier begins; another firm's takes as much room as the first."""
    return said.session is not None and said.owner(state) not in state.dossiers


def _opens(said: Decision, state: State, now: datetime) -> bool:
    """What was followed leads somewhere: it is a link's, which is not over, and its dossier is in front now."""
    return state.link is not None and state.link.until > now and said.dossier == state.link.dossier


def _beside_the_chat(said: Decision, state: State, now: datetime) -> Decision:
    """Inside Telegram, the card in the chat behind the page follows it; until then, the old one stands there."""
    if said.session in (None, state.session) or state.window is None:
        return said
    return replace(said, echo=echo(now, frozenset({TELEGRAM}), Card(), here=True))


def _answer(replies: list[Any], *, opened: bool = False) -> Answer:
    """A longer look is a page of its own, and so is a file; what else is said stands with the card."""
    told: tuple[Reply, ...] = tuple(reply for reply in replies if isinstance(reply, Card | Text))
    if any(isinstance(reply, Card) for reply in told):  # a file that comes with a new card is had from there
        told = (*told, *(reply for reply in replies if isinstance(reply, File)))
    places = (place for reply in replies if reply not in told and (place := place_of(reply)))
    return Answer(told, next(places, None), opened)


async def present(
    site: Site, visitor: Visitor, language: str, said: tuple[Reply, ...], applied: Applied | None = None
) -> "Present":
    """What is to be seen now: the card, and what was just said; by what was `applied`, or else by what is stored."""
    state = applied.state if applied else await site.store.state(visitor.window)
    now = site.outside.now()
    card = next((reply for reply in said if isinstance(reply, Card)), None) or Card(_welcome(state, now))
    view = View(state, now, site.rules, Medium.PAGE, site.rubric)
    texts = tuple(page for reply in said if isinstance(reply, Text) and (page := page_of(_in(reply, language), view)))
    page = page_of(_in(card, language), view)
    return Present(state, page, texts, applied.recent if applied else await _recent(site, state))


async def _recent(site: Site, state: State) -> tuple[LogEntry, ...]:
    return tuple(await site.store.log(state.dossier, last=RECENT)) if state.dossier else ()


def _welcome(state: State, now: datetime) -> tuple[str, ...]:
    """Where they left off, for who comes back after a while."""
    session = as_read(state).session
    if session is None or now - session.updated_at < ABSENT or session.rubric not in known():
        return ()
    line = words_of(session, Medium.PAGE).welcome_back(session)
    return (line,) if line else ()


def _in(reply: Reply, language: str) -> Reply:
    """A stranger reads the language of the browser."""
    return reply if reply.language else replace(reply, language=language)


@dataclass(frozen=True, slots=True)
class Present:
    """The card's page, texts above it, and the newest entries of the answer log."""

    state: State
    card: Page | None
    texts: tuple[Page, ...]
    recent: tuple[LogEntry, ...]


async def looked(site: Site, visitor: Visitor, language: str, reply: Reply) -> Page | None:
    """A longer look, as it is now."""
    state = await site.store.state(visitor.window)
    view = View(state, site.outside.now(), site.rules, Medium.PAGE, site.rubric)
    if needs_history(reply) and state.dossier:
        view = replace(view, history=await site.store.history(state.dossier))
    if needs_shelf(reply):
        view = replace(view, shelf=await site.store.shelf(visitor.window))
    return page_of(_in(reply, language), view)
