"""Messages of the operator to very many: drafted, confirmed, and then queued slice by slice; and a record of who did.

A draft is its drafter's alone. What is confirmed is queued by whoever keeps the house, one after the other. The place
where it has come to is written in the transaction that queues a slice: nobody is told twice, whatever dies meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from flows.session import Phase, Session
from storage.window import Window

LONGEST_BROADCAST = 1000
"""Characters."""
ANNOUNCED = "broadcast"
"""What the key of a message begins with that belongs to a broadcast; a dot and its id follow."""


class Audience(StrEnum):
    """Who is meant, of those that have begun and take messages, by the dossier in front of them.

    Whoever wants no reminders is not told with the unfinished ones: to them it would be one.
    """

    ALL = "all"
    UNFINISHED = "unfinished"
    FINISHED = "finished"


class Progress(StrEnum):
    """Where a broadcast is. `ENDED`: the last slice is queued."""

    DRAFT = "draft"
    RUNNING = "running"
    ENDED = "ended"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Broadcast:
    """`by` is the window where it was drafted, `shown` how many recipients the drafter was told of.

    `queued`: so many are told by now, or will be as soon as it is their turn; `waiting`: so many of these still wait.
    """

    id: str
    by: str
    channel: str
    text: str
    drafted: datetime
    progress: Progress = Progress.DRAFT
    audience: Audience = Audience.ALL
    shown: int = 0
    queued: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """Order: keep this, instead of what else the window has drafted; it goes to windows of this channel."""

    id: str
    channel: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Confirm:
    """Order: begin with the window's own draft of this id; nothing happens if there is none, or not any more."""

    id: str
    audience: Audience
    shown: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Drop:
    """Order: forget the window's own draft of this id."""

    id: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Order: stop all broadcasts, whoever has begun them; what waits of them is not sent any more."""

    at: datetime


Order = Draft | Confirm | Drop | Stop


class Done(StrEnum):
    """What the audit tells of."""

    CONFIRMED = "confirmed"
    STOPPED = "stopped"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Record:
    """A line of the audit: who did what with which text, and for how many.

    `by` is empty for what came to its end by itself, and once its window was deleted; `digest` is that of the text.
    """

    at: datetime
    by: str
    done: Done
    broadcast: str
    digest: str
    audience: Audience
    count: int


def digest_of(text: str) -> str:
    """By which a text can be told without being kept: SHA-256, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def key_of(broadcast: str) -> str:
    """Of the messages of a broadcast."""
    return f"{ANNOUNCED}.{broadcast}"


def is_meant(window: Window, session: Session | None, audience: Audience) -> bool:
    """Whether a window belongs to an audience; `session`: of the dossier in front of it."""
    if session is None or window.blocked:
        return False
    match audience:
        case Audience.ALL:
            return True
        case Audience.FINISHED:
            return session.finished_at is not None
        case Audience.UNFINISHED:
            return session.finished_at is None and session.phase is not Phase.WELCOME and window.reminders
