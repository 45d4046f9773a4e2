"""What every store does, whatever keeps the data; `tests/storage` runs one suite against all of them."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from flows.events import AnswerValue
from flows.retention import Limits, Purged
from flows.session import Assessment, Session
from storage.contact import Contact
from storage.outbox import Outgoing, Queued


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A line of the append-only answer log: what changed, when, by whom.

    `kind` is the event's name ("recorded", "parked", "withdrawn", "finished").
    """

    session: str
    kind: str
    item: str
    before: AnswerValue | None
    after: AnswerValue | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class State:
    """What is stored of a chat when an input arrives."""

    session: Session | None = None
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What one input comes to, to be written in one transaction.

    No contact leaves the stored one as it is; no session, all that is stored of the assessment. Messages whose
    key is in `cancelled` leave the outbox unsent; `silenced` empties it; `forgotten` deletes everything stored
    about the chat, before the messages of this decision are queued. Messages wait with those of their chat that
    are being retried.
    """

    session: Session | None = None
    log: tuple[LogEntry, ...] = ()
    finished: tuple[Assessment, ...] = ()
    contact: Contact | None = None
    outbox: tuple[Outgoing, ...] = ()
    cancelled: tuple[str, ...] = ()
    silenced: bool = False
    forgotten: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """An update of a channel: its id, and when it came."""

    update: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Applied:
    """What was decided and is now stored; `due` is the chat's first message to be sent by the arrival, if any."""

    decision: Decision
    due: Queued | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may do what only one process may; `beat` grows while the holder lives, so that no clock has to agree."""

    holder: str
    beat: int


@dataclass(frozen=True, slots=True)
class Slice:
    """What one call of `purge` did: what went, and where the next call goes on; None after the last."""

    purged: Purged
    following: int | None


LONGEST_LOG, LONGEST_HISTORY = 10_000, 1_000
"""So many lines and finished assessments are kept of a chat, the newest: nobody fills the disk for others."""
SLICE = 200
"""So many chats at most are looked at in one call of `purge`, so that nobody waits for it."""

Decide = Callable[[State], Decision]
"""Pure: it may be called again if a transaction has to be repeated."""


class Store(ABC):
    """One conversation a chat; `chat` names it ("terminal:anna", "telegram:42")."""

    @abstractmethod
    async def apply(self, chat: str, decide: Decide, arrival: Arrival | None = None) -> Applied | None:
        """Load the chat's state, decide, and write all that was decided: everything or nothing.

        An update's id is remembered in the same transaction; one that was seen before decides nothing: None.
        Raises StorageError; whatever `decide` raises comes through, and nothing is written.
        """

    @abstractmethod
    async def state(self, chat: str) -> State:
        """What is stored of a chat."""

    @abstractmethod
    async def history(self, chat: str) -> list[Assessment]:
        """The chat's finished assessments, the newest first."""

    @abstractmethod
    async def log(self, chat: str) -> list[LogEntry]:
        """The chat's answer log, the oldest entry first."""

    @abstractmethod
    async def due(
        self, now: datetime, limit: int, chat: str | None = None, *, aside: bool | None = None
    ) -> list[Queued]:
        """Messages to be sent by now: those of one chat in their order, all or only those (not) aside.

        Without a chat, the first of each chat and the first aside of each, the most urgent first. A row that cannot
        be read is set aside for good, and told of in the log: it must not hold up anybody else.
        """

    @abstractmethod
    async def next_due(self) -> datetime | None:
        """When the next message falls due."""

    @abstractmethod
    async def delivered(
        self, queued: Queued, now: datetime, card: int | None = None, owed: Outgoing | None = None
    ) -> Queued | None:
        """A message arrived: it leaves the outbox; `card` now is the live card of a chat that we know.

        What is `owed` on top is queued in the same transaction. Gives the chat's next message to be sent by now, of
        those that wait for one another, or of those aside.
        """

    @abstractmethod
    async def postpone(self, queued: Queued, until: datetime) -> None:
        """A message has to be sent again; those of its chat that come after it wait with it, so that order is kept.

        What is aside waits alone.
        """

    @abstractmethod
    async def defer(self, queued: Queued, until: datetime) -> None:
        """A message is to be sent later after all; nothing waits with it."""

    @abstractmethod
    async def hasten(self, now: datetime) -> None:
        """Nothing but reminders is meant for later: whatever else waits is due now, since the clock was set back."""

    @abstractmethod
    async def refused(self, queued: Queued, asked: datetime) -> bool:
        """The person takes no messages, as a call that began at `asked` was told: silence the chat, and note it.

        Unless they have come back meanwhile: then only this message goes, and it is false.
        """

    @abstractmethod
    async def set_aside(self, queued: Queued) -> None:
        """A message that nobody can make sense of leaves the outbox, and is kept for whoever looks into it."""

    @abstractmethod
    async def damaged(self) -> int:
        """How many messages were set aside."""

    @abstractmethod
    async def lease(self, name: str) -> Lease | None:
        """Who holds a lease."""

    @abstractmethod
    async def claim(self, name: str, holder: str, seen: Lease | None) -> Lease | None:
        """Take a lease, or keep it, if it still is as it was `seen`; None if somebody else was faster."""

    @abstractmethod
    async def release(self, name: str, held: Lease) -> None:
        """Give a lease back, unless it is somebody else's by now."""

    @abstractmethod
    async def forget(self, chat: str) -> int:
        """Delete everything stored about a chat; how many rows that were."""

    @abstractmethod
    async def purge(self, limits: Limits, promised: str, after: int = 0, *, dry: bool = False) -> Slice:
        """Delete what is over by these limits, in the next slice of chats; `after` is where the call before ended.

        A chat that nothing would be left of is spared while a message of the key `promised` waits for it. What is
        stored of a chat but damaged is left alone. `dry`: count only.
        """

    @abstractmethod
    async def forget_updates(self, before: datetime) -> None:
        """Forget update ids that were seen before a time."""

    @abstractmethod
    async def clean(self) -> bool:
        """Take the last traces of deleted people out of all files; whether there was anything to be done.

        It may take a while (a file is written anew), and works only once nobody else is reading: call it again, later.
        """

    @abstractmethod
    async def close(self) -> None:
        """Let go of everything; the store cannot be used afterwards."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
