"""What a decision depends on besides the message and what is stored: the world, the rules, and the channel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from os import urandom
from typing import Literal
from zoneinfo import ZoneInfo

from bot.reports.signing import NOBODY, Issuer
from bot.understanding.interpreter import Interpreter
from bot.understanding.lexicon_interpreter import LexiconInterpreter
from bot.words.wording import Medium
from flows.reminders import Schedule
from scoring.rubric import Rubric
from storage.outbox import address_of, channel_of
from storage.window import Window

LEXICON: Interpreter = LexiconInterpreter()
"""Needs no model and no network; an operator's own takes its place where contexts are made."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How long assessments are kept: unfinished ones since the last answer, finished ones; None: until deleted."""

    unfinished: timedelta | None
    finished: timedelta | None


FOR_EVER = Keep(None, None)


@dataclass(frozen=True, slots=True)
class Door:
    """A way in from elsewhere: `address` makes the one that opens a dossier from what is told of a link to it.

    `home` is where it can be had without a link.
    """

    name: Literal["telegram", "page"]
    home: str
    address: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Rules:
    """Settings that decisions depend on: when to remind, who runs this, how long data stay, which ways in there are.

    `echoes`: the channels whose windows are shown what was changed in another one. `admins`: the windows of whoever
    runs this. `issuer`: who puts the seal on papers. `lacking`: the characters of a text that papers cannot print.
    """

    schedule: Schedule
    zone: ZoneInfo
    operator: str | None = None
    contact: str | None = None
    keep: Keep = FOR_EVER
    doors: Sequence[Door] = ()
    echoes: frozenset[str] = frozenset()
    admins: frozenset[str] = frozenset()
    issuer: Issuer = NOBODY
    lacking: Callable[[str], str] = lambda _: ""

    def zone_of(self, window: Window | None) -> ZoneInfo:
        """The person's time zone, or the default one."""
        return ZoneInfo(window.zone) if window and window.zone else self.zone


@dataclass(frozen=True, slots=True)
class Fresh:
    """Ids that nobody has: for a session, for a dossier, 128 bits for a link, and six letters for the same."""

    session: str
    dossier: str
    token: str
    code: str


LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
"""Those that are not taken for one another, or for a digit."""
CODE = 6


def fresh_ids() -> Fresh:
    """Ids by chance."""
    chance = urandom(64)
    ids, number = chance[:48].hex(), int.from_bytes(chance[48:])
    code = "".join(LETTERS[number // len(LETTERS) ** place % len(LETTERS)] for place in range(CODE))
    return Fresh(ids[:32], ids[32:64], ids[64:], code)


@dataclass(frozen=True, slots=True)
class Outside:
    """The world: the time, and ids that nobody has."""

    now: Callable[[], datetime]
    fresh: Callable[[], Fresh] = fresh_ids


@dataclass(frozen=True, slots=True)
class Manner:
    """How a channel speaks. `reminds`: it can speak first. `attended`: the person sees all that is shown, at once.

    `home` is where the channel can be had in private.
    """

    medium: Medium
    reminds: bool = True
    attended: bool = False
    home: str = ""

    def reaches(self, window: Window | None) -> bool:
        """Somebody can be spoken to first: here, or by mail."""
        return self.reminds or (window is not None and window.email is not None)


@dataclass(frozen=True, slots=True)
class Context:
    """One message's: `window` it came to, `language` the one that the channel says is the person's."""

    window: str
    language: str
    now: datetime
    fresh: Fresh
    rules: Rules
    manner: Manner
    rubric: Rubric
    """The edition that new assessments begin with."""
    interpreter: Interpreter = LEXICON
    """Who reads descriptions of a factory."""

    @property
    def channel(self) -> str:
        """Where it came from."""
        return channel_of(self.window)

    @property
    def by(self) -> str:
        """Who is answering, as the answer log tells it."""
        return address_of(self.window)
