"""A message and who is there, and the ways to answer. Everything here is pure: a situation in, a decision out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.dialogue.context import Context
from bot.dialogue.messages import Message, Pressed
from bot.dialogue.replies import (
    Card,
    Compared,
    Explained,
    File,
    Firms,
    Line,
    Look,
    Named,
    Privacy,
    Reply,
    Retire,
    written,
)
from bot.screens.wishes import FILES, Detail, Leaf
from bot.words.wording import Wording, words_of
from flows.session import Phase, Session
from storage.outbox import Outgoing, Urgency
from storage.store import Decision, Echo, State
from storage.window import Window

CARD = "card"
"""The key of the live card: an unsent one is superseded."""
ECHO_AFTER = timedelta(seconds=3)
"""So long after a change other windows show it, and so seldom at most: people answer card after card."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Who is there, what is stored, what was said; `session` is a new one for who has not begun."""

    message: Message
    state: State
    context: Context
    session: Session
    window: Window
    words: Wording

    @property
    def known(self) -> bool:
        """Something is stored of them: they have begun."""
        return self.state.session is not None

    @property
    def now(self) -> datetime:
        """When the message came."""
        return self.context.now

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone."""
        return self.context.rules.zone_of(self.window)

    @property
    def dossier(self) -> str:
        """The one in front; of who has not begun, the one that they are about to get."""
        return self.state.dossier or self.context.fresh.dossier

    @property
    def below(self) -> bool:
        """The card goes below what was written or tapped last; a tap on the live card edits it in place."""
        return not (isinstance(self.message, Pressed) and self.message.card == self.window.card)

    def with_session(self, session: Session) -> "Situation":
        """The same situation after a step."""
        return replace(self, session=session, words=words_of(session, self.context.manner.medium))

    def outgoing(self, reply: Reply, urgency: Urgency = Urgency.ANSWER) -> Outgoing:
        """A reply to be sent now."""
        return Outgoing(written(self.worded(reply)), self.now, urgency=urgency)

    def worded(self, reply: Reply) -> Reply:
        """A reply to a stranger says in which language: nothing else does."""
        return reply if self.known else replace(reply, language=self.session.language)

    def placed(self, reply: Reply) -> Reply:
        """The same of what takes the place of a card: it also says of which, since nothing else does."""
        tapped = self.message.card if isinstance(self.message, Pressed) else None
        return self.worded(reply if self.known else replace(reply, over=tapped))

    @property
    def reminds(self) -> bool:
        """The person can be reminded in this window."""
        return self.context.manner.reaches(self.window)

    @property
    def in_place(self) -> bool:
        """Details take the place of the card, and a button leads back to it."""
        return self.context.manner.medium.has_buttons


def show(situation: Situation, *notices: Line) -> Decision:
    """The present card again, with a word on what was done."""
    return Decision(outbox=(card(situation, Card(notices), below=situation.below),))


def refuse(situation: Situation, *reasons: Line) -> Decision:
    """The present card again, with a word on why nothing was done."""
    return Decision(outbox=(card(situation, Card(reasons, warned=True), below=situation.below),))


def say(situation: Situation, reply: Reply) -> Decision:
    """A reply in the place of the live card, which comes back by a button; where there are none, with it below."""
    if situation.in_place:
        return Decision(outbox=(card(situation, reply, below=situation.below),))
    return Decision(outbox=(situation.outgoing(reply), card(situation, Card(), below=True)))


def card(situation: Situation, reply: Reply, *, below: bool) -> Outgoing:
    """The live card, or what takes its place: edited where it is, or sent anew, below everything else."""
    greets = situation.session.phase is Phase.WELCOME
    urgency = Urgency.GREETING if greets else Urgency.ANSWER
    return Outgoing(written(situation.placed(reply)), situation.now, CARD, anew=below, urgency=urgency)


def detail(situation: Situation, wanted: Detail | Leaf) -> Decision:
    """A page of a detail; a file comes by itself, and the card below it then.

    Of who has not begun there is nothing that could be in one: the button is of before a deletion.
    """
    leaf = wanted if isinstance(wanted, Leaf) else Leaf(wanted)
    if leaf.wanted is Detail.CARD:
        return show(situation)
    if leaf.wanted not in FILES:
        return say(situation, _look(leaf))
    return Decision(outbox=(file(situation, leaf.wanted.value, leaf.about),)) if situation.known else show(situation)


def _look(leaf: Leaf) -> Reply:
    match leaf.wanted:
        case Detail.HELP:
            return Explained(leaf.about, page=leaf.page)
        case Detail.COMPARED:
            numbers = tuple(int(number) for number in leaf.about.split("-") if number.isdecimal())
            return Compared(numbers, page=leaf.page)
        case Detail.FIRMS:
            return Firms(leaf.about, page=leaf.page)
        case Detail.PRIVACY:
            return Privacy(page=leaf.page)
        case _:
            return Look(leaf.wanted, leaf.about, page=leaf.page)


def file(situation: Situation, wanted: str, past: str = "") -> Outgoing:
    """A report or an export, made when its turn comes; asked for twice at once, it comes once for each firm."""
    key = f"file.{wanted}{past}.{situation.dossier}"
    return Outgoing(written(File(wanted, past)), situation.now, key, urgency=Urgency.FILE)


def told_elsewhere(situation: Situation, reply: Reply) -> Echo | None:
    """What one window does to a firm is said in the others, where what stands there can be changed."""
    channels = situation.context.rules.echoes
    return echo(situation.now, channels, reply) if situation.state.shared and channels else None


def echo(now: datetime, channels: frozenset[str], reply: Reply, *, here: bool = False) -> Echo:
    """A reply a little later; the card takes the place of the one that stands there."""
    key = CARD if isinstance(reply, Card) else None
    return Echo(Outgoing(written(reply), now + ECHO_AFTER, key, urgency=Urgency.ECHO), channels, now, here)


def retirement(reference: str, now: datetime) -> Outgoing:
    """An old card loses its buttons, sooner or later."""
    return Outgoing(written(Retire(reference)), now, f"retire.{reference}", urgency=Urgency.RETIREMENT)


def stale() -> Named:
    """A button whose card is gone."""
    return Named("event.stale")
