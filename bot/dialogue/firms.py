"""Several firms in one window, and one firm in several windows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from bot.dialogue.buttons import NEW_FIRM
from bot.dialogue.context import Door, Fresh
from bot.dialogue.messages import Followed
from bot.dialogue.reading import NUMBERS, known_words, normalised
from bot.dialogue.replies import Card, Firms, Named, Text, written
from bot.dialogue.situation import CARD, Situation, refuse, say, show, stale
from bot.dialogue.steps import advance
from bot.words.wording import Medium, words_of
from flows.identity import LONGEST_NAME
from flows.inputs import ChooseLanguage
from flows.session import new_session
from storage.outbox import Outgoing
from storage.store import Decision, Link

MOST_FIRMS = 200
"""So many dossiers may be begun from one window; nobody fills the disk for others."""
LINK_LASTS = timedelta(minutes=30)


def link_hash(token: str) -> str:
    """What is stored of a link."""
    return sha256(token.strip().lower().encode()).hexdigest()


def code_hash(code: str) -> str:
    """What is stored of a link's short code; never that of a link, so that it can be tried on the page alone."""
    letters = "".join(code.upper().replace("-", "").split())
    return sha256(f"code:{letters}".encode()).hexdigest()


def hash_of(message: Followed) -> str:
    """By which the link is looked up that somebody follows."""
    return code_hash(message.token) if message.short else link_hash(message.token)


def list_firms(situation: Situation, argument: str) -> Decision:
    """All firms; "/firms 3" goes to the third, "/firms new" begins another, "/firms 示例" looks for names with that."""
    if not situation.known:
        return refuse(situation, Named("not_begun"))
    if normalised(argument) in known_words("new_firm", situation.words):
        return begin_firm(situation)
    if NUMBERS.fullmatch(argument) and 1 <= int(argument) <= len(situation.state.dossiers):
        return _to_front(situation, situation.state.dossiers[int(argument) - 1])
    return say(situation, Firms(argument[:LONGEST_NAME]))


def switch_firm(situation: Situation, wanted: str) -> Decision:
    """The dossier whose id begins so; or a new one."""
    if wanted == NEW_FIRM:
        return begin_firm(situation)
    found = next((dossier for dossier in situation.state.dossiers if dossier.startswith(wanted)), None)
    return _to_front(situation, found) if found and wanted else refuse(situation, stale())


def begin_firm(situation: Situation) -> Decision:
    """Another firm's assessment, from its name on."""
    if len(situation.state.dossiers) >= MOST_FIRMS:
        return refuse(situation, Named("firms.full", {"most": str(MOST_FIRMS)}))
    if not situation.known:
        return show(situation)
    context, language = situation.context, situation.session.language
    session = new_session(context.fresh.session, context.rubric, language, situation.now)
    begun = replace(
        situation,
        state=replace(situation.state, dossier=context.fresh.dossier, session=None, shared=False),
        session=session,
        words=words_of(session, context.manner.medium),
    )
    return replace(advance(begun, ChooseLanguage(language)), dossier=context.fresh.dossier)


def _to_front(situation: Situation, dossier: str) -> Decision:
    """What that firm's card is will be seen when it is sent."""
    return Decision(dossier=dossier, outbox=(Outgoing(written(Card()), situation.now, CARD, anew=True),))


# one firm in several windows


def offer_link(situation: Situation) -> Decision:
    """What opens this dossier elsewhere, once and not for long, by every way in; an earlier offer is void."""
    if not situation.known or situation.state.dossier is None:
        return refuse(situation, Named("not_begun"))
    context = situation.context
    fresh, doors = context.fresh, context.rules.doors
    minutes = str(round(LINK_LASTS / timedelta(minutes=1)))
    ways = [line for door in doors for line in _way(door, fresh)]
    at_a_desk = () if context.manner.medium is Medium.PAGE else (Named("link.code", {"code": fresh.token}),)
    lines = (Named("link.what", {"minutes": minutes}), *ways, *at_a_desk)
    hashes = [link_hash(fresh.token), *(code_hash(fresh.code) for door in doors if door.name == "page")]
    links = tuple(Link(one, situation.state.dossier, situation.now + LINK_LASTS) for one in hashes)
    return replace(say(situation, Text(lines)), links=links)


def _way(door: Door, fresh: Fresh) -> Iterator[Named]:
    """The address to be opened; on the page, also what can be typed without it."""
    yield Named(f"link.address.{door.name}", {"address": door.address(fresh.token)})
    if door.name == "page":
        code = f"{fresh.code[:3]} {fresh.code[3:]}"
        yield Named("link.page_code", {"home": door.home, "code": code})


def follow(situation: Situation) -> Decision:
    """Open the dossier of a link here, at the place where it is."""
    link = situation.state.link
    if link is None or link.until <= situation.now:
        return refuse(situation, Named("link.void"))
    if link.dossier not in situation.state.dossiers and len(situation.state.dossiers) >= MOST_FIRMS:
        return refuse(situation, Named("firms.full", {"most": str(MOST_FIRMS)}))
    opened = Card((Named("link.opened"),))
    return Decision(dossier=link.dossier, outbox=(Outgoing(written(opened), situation.now, CARD, anew=True),))
