"""What every store does, whatever keeps the data; `tests/storage` runs one suite against all of them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from flows.events import AnswerValue
from flows.retention import Limits, Purged
from flows.session import Assessment, CardRef, Session
from storage.broadcasts import Audience, Broadcast, Order, Record
from storage.issued import Issued
from storage.outbox import Lane, Outgoing, Queued
from storage.stats import Stats
from storage.window import Window


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
class Link:
    """Opens a dossier from another window until a time. What is told of it is kept until that is sent.

    `purpose` says what it is for: those for the same, of the same dossier, stand and fall together. `once`: whoever
    follows it uses all of them up.
    """

    hash: str
    dossier: str
    until: datetime
    purpose: str = "window"
    once: bool = True


@dataclass(frozen=True, slots=True)
class Echo:
    """A message to the other windows, of these channels, that look at the same dossier and take messages.

    Where a session is changed: to those that have it in front and a live card there; `here`: also to the window itself,
    since what it decided was decided on a page beside it. It is decided `now` and due a little later, and so seldom at
    most does it come, however often there is one. Where a dossier is forgotten: to all others that had sight of it,
    about no dossier.
    """

    outgoing: Outgoing
    channels: frozenset[str]
    now: datetime
    here: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What is stored of a window, and of the dossier in front of it.

    `dossiers`: all that the window has sight of, in the order in which it got it; `shared`: others have sight of the
    one in front, too. `link`: the one that was asked about, if there is one.
    """

    window: Window | None = None
    dossier: str | None = None
    session: Session | None = None
    dossiers: tuple[str, ...] = ()
    shared: bool = False
    link: Link | None = None


class Forgetting(StrEnum):
    """What somebody asked to be deleted: the firm's dossier, whoever looks at it; or only this window's sight of it.

    A dossier that nobody has sight of any more goes, too, as does a window that has sight of none. Of a dossier that
    stays, the log keeps what was answered in the window, and not by whom.
    """

    DOSSIER = "dossier"
    SIGHT = "sight"


@dataclass(frozen=True, slots=True)
class Decision:
    """What one message comes to, to be written in one transaction.

    `dossier` comes to the front, and the window gets sight of it, if it has none yet; None: the one in front stays. To
    it belong `session` (None: as stored), and, with a session, `log` and `finished`. No window leaves the stored one as
    it is. Messages whose key is in `cancelled` leave the outbox unsent, those about the dossier in every window, before
    others are queued; `silenced` empties the window's outbox; `forgotten` deletes before anything else of this decision
    is written, and brings the newest of the remaining dossiers to the front, about which messages then are cancelled
    and queued. `links` replace those of their dossiers and purposes. A link that was asked about is followed when its
    dossier comes to the front. `echo` tells other windows of a session, or that the dossier is forgotten. Messages wait
    with those of their window that are being retried.
    """

    dossier: str | None = None
    session: Session | None = None
    log: tuple[LogEntry, ...] = ()
    finished: tuple[Assessment, ...] = ()
    window: Window | None = None
    outbox: tuple[Outgoing, ...] = ()
    cancelled: tuple[str, ...] = ()
    silenced: bool = False
    forgotten: Forgetting | None = None
    links: tuple[Link, ...] = ()
    echo: Echo | None = None
    order: Order | None = None

    def owner(self, asked: State) -> str:
        """Whose the session is. Raises ValueError if nobody's, or theirs who are forgotten."""
        dossier = self.dossier or (None if self.forgotten else asked.dossier)
        if dossier is None:
            raise ValueError("a session belongs to a dossier")
        return dossier


@dataclass(frozen=True, slots=True)
class Arrival:
    """An update of a channel: its id there, and when it came."""

    channel: str
    update: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """Who sends, and until when others leave it to them; for a minute at most, since clocks may be set back."""

    holder: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A message to be sent now by who claimed its lane, and what is stored of its window and the dossier it is about.

    A message about no dossier comes without dossier and session, whatever is in front by now.
    """

    queued: Queued
    state: State


@dataclass(frozen=True, slots=True)
class Applied:
    """What was decided and is now stored, and the state after it.

    `due`: the first message of the window that can be sent by the arrival, if the lane could be claimed. `echoed`: an
    echo was queued for another window at least. `recent`: the newest entries of the answer log of the dossier in front,
    the oldest first, if any were asked for.
    """

    decision: Decision
    state: State
    due: Due | None = None
    echoed: bool = False
    recent: tuple[LogEntry, ...] = ()


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


FORM = 2
"""The form of what this program writes, in a store that several versions share: a greater one is newer programs'."""
LONGEST_LOG, LONGEST_HISTORY = 10_000, 1_000
"""So many lines and finished assessments are kept of a dossier, the newest: nobody fills the disk for others."""
MOST_ECHOED = 200
"""So many windows are told of a change at most: a crowd around one dossier keeps nobody else waiting."""
CONFIRM_SECONDS = 0.05
LONGEST_CLAIM = timedelta(minutes=1)
"""What seems to be claimed for longer was claimed by a clock that has been set back since."""
SLICE = 200
"""So many dossiers at most are looked at in one call of `purge`, so that nobody waits for it."""

Decide = Callable[[State], Decision]
"""Pure: it may be called again if a transaction has to be repeated."""


class Store(ABC):
    """Dossiers by their own ids; windows by channel and address ("terminal:anna", "telegram:42").

    A message that was claimed is known again by its number and its window or, should that be called otherwise by now
    (`move`), the dossier that it is about: numbers may be given twice where one server takes over from another. What
    becomes of it becomes of it there, too: what arrived under the old name has arrived.

    What a newer program wrote (`FORM`) is left to newer programs: whoever would have to read such a session or window
    raises StorageError (`Trouble.NEWER`), and nothing is written; a lane where such a message, session or window comes
    next is not claimed, and a claim ends there. It is never set aside, and never dropped.
    """

    shared = False
    """Processes of several hosts may be at work on it."""

    @abstractmethod
    async def apply(
        self,
        window: str,
        decide: Decide,
        arrival: Arrival | None = None,
        *,
        link: str | None = None,
        claim: Claim | None = None,
        recent: int = 0,
    ) -> Applied | None:
        """Load the state, decide, and write all that was decided: everything or nothing.

        An update's id is remembered in the same transaction; one that was seen before decides nothing: None. `link` is
        the hash of a link to be looked up. With a claim, the window's lane of answers is claimed in the same
        transaction, if it is free or the holder's own and has something due by the arrival. So many `recent` entries of
        the answer log are given along.
        Raises StorageError, and ValueError for a session that has no dossier to belong to; whatever `decide` raises
        comes through, and nothing is written.
        """

    @abstractmethod
    async def state(self, window: str, dossier: str | None = None) -> State:
        """What is stored of a window, and of the dossier in front of it, or of another one that it has sight of.

        Of a dossier that it has no sight of, nothing.
        """

    @abstractmethod
    async def shelf(self, window: str) -> list[tuple[str, Session]]:
        """All dossiers that a window has sight of, as `State.dossiers`, with their sessions; damaged ones left out."""

    @abstractmethod
    async def history(self, dossier: str) -> list[Assessment]:
        """A dossier's finished assessments, the newest first."""

    @abstractmethod
    async def log(self, dossier: str, last: int | None = None) -> list[LogEntry]:
        """A dossier's answer log, the oldest entry first; all of it, or only so many of the newest."""

    # papers that were handed out

    @abstractmethod
    async def issue(self, dossier: str, issued: Issued) -> bool:
        """Note a paper of a dossier; the newest `MOST_ISSUED` are kept. False: the dossier is not stored (any more).

        What is noted already stays as it was. The same paper of another dossier is noted beside it, and goes alone.
        """

    @abstractmethod
    async def issued(self, code: str) -> Issued | None:
        """The paper with this code, of whichever dossier that is stored; as it was first handed out."""

    @abstractmethod
    async def papers(self, dossier: str) -> list[Issued]:
        """All that are noted of a dossier, the oldest first."""

    @abstractmethod
    async def waiting(self, window: str) -> list[Queued]:
        """All messages that wait for a window, in their order, those for later too; damaged ones are left out."""

    # sending: a lane is claimed, its messages are sent outside of any transaction, and what arrived is told

    @abstractmethod
    async def claim(
        self,
        claim: Claim,
        now: datetime,
        limit: int,
        lane: Lane | None = None,
        channels: Collection[str] | None = None,
        besides: Container[Lane] = (),
    ) -> list[Due]:
        """Claim lanes with something due by now, all or only this one, and give the first message of each.

        `channels`: only lanes of windows of these; a process leaves to others what it cannot send. `besides`: of all
        lanes those that it is at are left alone, looked up as late as can be, so that none of its claims ends there;
        they count among so many.
        The most urgent first. What others have claimed is left to them until their claim ends. A row that cannot be
        read is set aside for good, and told of in the log: it must not hold up anybody else.
        """

    @abstractmethod
    async def following(self, lane: Lane, now: datetime, holder: str) -> Due | None:
        """The next message due in a lane that the holder has claimed, and still has; without one, the claim ends."""

    @abstractmethod
    async def delivered(
        self,
        queued: Queued,
        now: datetime,
        holder: str,
        card: str | None = None,
        owed: Outgoing | None = None,
        seen: CardRef | None = None,
    ) -> Due | None:
        """A message arrived: it leaves the outbox; `card` now is the live card of a window that we know.

        `seen` is the card that it showed, and is noted unless something has taken the message's place meanwhile: that
        knows better. What is `owed` on top is queued in the same transaction, unless all that the message was about was
        deleted meanwhile. Gives what follows, as `following`.
        """

    @abstractmethod
    def confirm(self, queued: Queued, holder: str, left: Callable[[], None]) -> None:
        """A message arrived that does no harm should it be sent again: noted before anything is claimed or renewed.

        At the latest after `CONFIRM_SECONDS`, or once the database takes it. Then the lane's claim ends, unless more
        falls due there before it would end by itself: then `left` is called, since nobody may be at work there.
        """

    @abstractmethod
    async def advanced(self, queued: Queued, part: int) -> None:
        """So many parts of a message have arrived; the others are still to be sent."""

    @abstractmethod
    async def next_due(self) -> datetime | None:
        """When the next message falls due."""

    @abstractmethod
    async def postpone(self, queued: Queued, until: datetime) -> None:
        """A message has to be sent again; those of its window that come after it wait with it, so that order is kept.

        What is aside waits alone.
        """

    @abstractmethod
    async def defer(self, queued: Queued, until: datetime) -> None:
        """A message is to be sent later after all; nothing waits with it."""

    @abstractmethod
    async def hasten(self, now: datetime) -> None:
        """Nothing but reminders is meant for later: whatever else waits is due now, since the clock was set back.

        Claims that would last longer than `LONGEST_CLAIM` end.
        """

    @abstractmethod
    async def refused(self, queued: Queued, asked: datetime) -> bool:
        """The person takes no messages, as a call that began at `asked` was told: silence the window, and note it.

        Unless they have come back meanwhile, or the window is called otherwise by now, which only they can have done:
        then only this message goes, and it is false.
        """

    @abstractmethod
    async def set_aside(self, queued: Queued) -> None:
        """A message that nobody can make sense of leaves the outbox, and is kept for whoever looks into it."""

    @abstractmethod
    async def damaged(self) -> int:
        """How many messages were set aside."""

    @abstractmethod
    async def renew(self, claim: Claim) -> None:
        """All claims of the holder hold until then."""

    @abstractmethod
    async def holders(self) -> set[str]:
        """Who has claimed anything."""

    @abstractmethod
    async def release(self, holder: str) -> None:
        """All claims of a holder end: it stops, or is known to be dead."""

    @abstractmethod
    async def stats(self, now: datetime) -> Stats:
        """Numbers about all that is stored, as `storage.stats.summed` defines them. Nobody who writes waits for it."""

    # messages to very many

    @abstractmethod
    async def broadcast(self, id_: str | None = None) -> Broadcast | None:
        """This one; without an id, the one that was confirmed last."""

    @abstractmethod
    async def recipients(self, channel: str) -> dict[Audience, int]:
        """How many windows of a channel each audience has by now. Nobody who writes waits for it."""

    @abstractmethod
    async def fan_out(
        self, now: datetime, slice_: int, most: int, said: Callable[[Broadcast], str]
    ) -> Broadcast | None:
        """Queue the next slice of the broadcast that was confirmed first, and note how far that came; None: none runs.

        At most so many windows are looked at in one transaction, and nothing is done while `most` messages of
        broadcasts are due and unsent: they are neither in anybody's way nor late to be stopped. Then it says how many
        are `waiting`. `said` is the reply.
        """

    @abstractmethod
    async def audit(self) -> list[Record]:
        """What was done with broadcasts, the oldest first."""

    # who does what only one process may

    @abstractmethod
    async def lease(self, name: str) -> Lease | None:
        """Who holds a lease."""

    @abstractmethod
    async def hold(self, name: str, holder: str, seen: Lease | None) -> Lease | None:
        """Take a lease, or keep it, if it still is as it was `seen`; None if somebody else was faster."""

    @abstractmethod
    async def let_go(self, name: str, held: Lease) -> None:
        """Give a lease back, unless it is somebody else's by now."""

    # what all processes have together: where each host is for itself, there is nothing to be shared

    async def draw(self, name: str, count: int, rate: float, kept: int) -> int | None:  # noqa: ARG002  # of those who share
        """Take up to `count` of the turns that all processes together have, `rate` a second; how many there were.

        A second's worth of them is saved up at most; the last `kept` of that are left to who draws with a smaller
        `kept`. None: nobody else draws from here, and the limit is each process's own. Raises StorageError; then none
        was taken, or nobody knows.
        """
        return None

    async def clock(self) -> datetime | None:
        """What time it is where the store is; None where that is this host's own clock. Raises StorageError."""
        return None

    # deleting, and moving

    @abstractmethod
    async def move(self, window: str, to: str) -> bool:
        """A window has another name from now on, and nothing answers to the old one any more.

        Links that it has given are void, and whoever got sight of its dossiers by one has lost it, as has whoever got
        it from them.
        False, and nothing done, if it is not stored, or something is stored under the other name.
        """

    @abstractmethod
    async def forget(self, window: str) -> int:
        """Delete everything about a window, and the dossiers that nobody else has sight of; how many rows that were."""

    @abstractmethod
    async def purge(self, limits: Limits, promised: str, after: int = 0, *, dry: bool = False) -> Slice:
        """Delete what is over by these limits, in the next slice of dossiers; `after` is where the call before ended.

        A dossier of which nothing would be left is spared while a message about it waits whose key is `promised`, a dot
        and its id. What is stored but damaged is left alone. `dry`: count only.
        """

    @abstractmethod
    async def tidy(self, before: datetime, now: datetime) -> None:
        """Forget what is over by now: links; and, from before a time, update ids, and broadcasts that do not run."""

    @abstractmethod
    async def clean(self) -> bool:
        """Take the last traces of deleted people out of all files; whether there was anything to be done.

        It may take a while (a file is written anew), and works only once nobody else is reading: call it again, later.
        """

    @abstractmethod
    async def close(self) -> None:
        """Let go of everything, once what is to be confirmed is noted; the store cannot be used afterwards."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
