"""Somebody at a window, a message, and what is decided: without a store, a channel or a clock."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.dialogue.buttons import encode
from bot.dialogue.context import Context, Fresh, Keep, Manner, Rules
from bot.dialogue.messages import Message, Pressed
from bot.dialogue.replies import Line, Named, read
from bot.dialogue.respond import respond
from bot.screens.wishes import Wish
from bot.words.wording import Medium
from flows.reminders import Schedule
from flows.session import Session
from storage.outbox import Outgoing
from storage.store import Decision, State
from storage.window import Window
from tests.flows.driver import RUBRIC, START

DAY = timedelta(days=1)
NOW = START + 30 * DAY
SHANGHAI = ZoneInfo("Asia/Shanghai")
RULES = Rules(Schedule((DAY, 3 * DAY, 7 * DAY), time(9), time(20)), SHANGHAI, keep=Keep(timedelta(days=365), None))
TAPPING = Manner(Medium.TAPPING, home="https://example.org/bot")
PAGE = Manner(Medium.PAGE, reminds=False, attended=True)
TYPING = Manner(Medium.TYPING, reminds=False, attended=True)
FRESH = Fresh(session="fresh" + "0" * 27, dossier="d-fresh", token="0123456789abcdef" * 2, code="KQXWNT")
CONTEXT = Context("telegram:42", "zh-Hans", NOW, FRESH, RULES, TAPPING, RUBRIC)
CARD = "7"
"""The reference of the live card."""
STRANGER = State()


@dataclass(frozen=True)
class Heard:
    """What a message came to."""

    decision: Decision

    @property
    def said(self) -> list[Any]:
        """Replies to be sent now, in order."""
        return [read(one.reply) for one in self.decision.outbox if one.due <= NOW]

    @property
    def kinds(self) -> list[str]:
        """Their kinds."""
        return [reply.kind for reply in self.said]

    @property
    def later(self) -> list[Outgoing]:
        """What is to be sent at another time."""
        return [one for one in self.decision.outbox if one.due > NOW]

    @property
    def card(self) -> Outgoing:
        """The live card, of which there is one."""
        (card,) = (one for one in self.decision.outbox if one.key == "card")
        return card

    @property
    def lines(self) -> list[Line]:
        """What is said in sentences, above the card or on it."""
        return [line for reply in self.said for line in getattr(reply, "lines", getattr(reply, "notices", ()))]

    @property
    def names(self) -> list[str]:
        """The names of texts among them."""
        return [line.name for line in self.lines if isinstance(line, Named)]

    @property
    def values(self) -> dict[str, str]:
        """What stands in the places of those texts."""
        return {name: value for line in self.lines if isinstance(line, Named) for name, value in line.values.items()}

    @property
    def buttons(self) -> list[str]:
        """The data of the choices that are offered."""
        return [data for reply in self.said for data in getattr(reply, "buttons", ())]

    @property
    def session(self) -> Session:
        assert self.decision.session
        return self.decision.session


def at(session: Session, **more: Any) -> State:
    """A window with one firm's dossier in front."""
    given: dict[str, Any] = {"window": Window(card=CARD), "dossier": "d-one", "dossiers": ("d-one",), **more}
    return State(session=session, **given)


def hear(message: Message, state: State, **context: Any) -> Heard:
    """What a message comes to."""
    return Heard(respond(message, state, replace(CONTEXT, **context)))


def press(wish: Wish, session: Session, card: str = CARD) -> Pressed:
    """A button of the present card of a session."""
    return Pressed(encode(wish, session.ref, RUBRIC), card)


def moment(text: str) -> datetime:
    """In Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
