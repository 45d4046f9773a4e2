"""Several firms in one window, and one firm in several windows."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from bot.dialogue.buttons import NEW_FIRM
from bot.dialogue.reading import NUMBERS, known_words, normalised
from bot.dialogue.replies import Card, Firms, Named, Text, written
from bot.dialogue.situation import CARD, Situation, refuse, say, show, stale
from bot.dialogue.steps import advance
from bot.words.wording import words_of
from flows.firm import LONGEST_NAME
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
    """A code and a link that open this dossier elsewhere, once and not for long; an earlier one is void."""
    if not situation.known or situation.state.dossier is None:
        return refuse(situation, Named("not_begun"))
    context = situation.context
    token, link = context.fresh.token, context.manner.link
    minutes = str(round(LINK_LASTS / timedelta(minutes=1)))
    lines = [Named("link.what", {"minutes": minutes}), Named("link.code", {"code": token})]
    if link:
        lines.append(Named("link.address", {"address": link(token)}))
    offered = Link(link_hash(token), situation.state.dossier, situation.now + LINK_LASTS)
    return replace(say(situation, Text(tuple(lines))), link=offered)


def follow(situation: Situation) -> Decision:
    """Open the dossier of a link here, at the place where it is."""
    link = situation.state.link
    if link is None or link.until <= situation.now:
        return refuse(situation, Named("link.void"))
    if link.dossier not in situation.state.dossiers and len(situation.state.dossiers) >= MOST_FIRMS:
        return refuse(situation, Named("firms.full", {"most": str(MOST_FIRMS)}))
    opened = Card((Named("link.opened"),))
    return Decision(dossier=link.dossier, outbox=(Outgoing(written(opened), situation.now, CARD, anew=True),))
