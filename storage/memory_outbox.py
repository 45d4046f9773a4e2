"""The outbox, and who has claimed what of it, in a memory."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from storage.outbox import (
    Head,
    Lane,
    Outgoing,
    Queued,
    Queueing,
    Urgency,
    Waiting,
    channel_of,
    echoing,
    in_turn,
    postponed,
    queueing,
    silences,
)
from storage.stats import Depth
from storage.store import LONGEST_CLAIM, Claim, Echo


class Outbox:
    """All messages by their numbers, those that wait and those that were set aside; and claims by their lanes."""

    def __init__(self) -> None:
        self._waiting: dict[int, Queued] = {}
        self._damaged: dict[int, Queued] = {}
        self._claims: dict[Lane, Claim] = {}
        self._numbers = count(1)

    # what waits

    def of(self, window: str | None = None) -> list[Queued]:
        """What waits for a window, or for anybody."""
        return [queued for queued in self._waiting.values() if window in (None, queued.window)]

    def with_key(self, key: str) -> list[Queued]:
        """All messages of a key."""
        return [queued for queued in self.of() if queued.key == key]

    @property
    def next_due(self) -> datetime | None:
        """When the next message falls due."""
        return min((queued.due for queued in self._waiting.values()), default=None)

    @property
    def damaged(self) -> int:
        """How many messages were set aside."""
        return len(self._damaged)

    def depth(self, urgency: Urgency, now: datetime) -> Depth:
        """How many of an urgency wait."""
        dues = [queued.due for queued in self.of() if queued.urgency is urgency]
        over = [due for due in dues if due <= now]
        return Depth(urgency, len(dues), len(over), min(over, default=None))

    def _rows(self, window: str) -> list[Waiting]:
        return [
            Waiting(one.number, one.key, one.due.timestamp(), one.attempts, one.anew, one.urgency)
            for one in self.of(window)
        ]

    # what comes, and what goes unsent

    def put(self, window: str, dossier: str | None, outbox: tuple[Outgoing, ...]) -> None:
        """Queue messages."""
        self._carry_out(window, dossier, queueing(self._rows(window), outbox))

    def echo(self, window: str, dossier: str, echo: Echo) -> bool:
        """Whether an echo was queued, which may not be needed."""
        changes = echoing(self._rows(window), echo.outgoing, echo.now)
        self._carry_out(window, dossier, changes)
        return bool(changes.added)

    def _carry_out(self, window: str, dossier: str | None, changes: Queueing) -> None:
        for number in changes.removed:
            del self._waiting[number]
        for outgoing, due, held, anew in changes.added:
            number, moment = next(self._numbers), datetime.fromtimestamp(due, UTC)
            self._waiting[number] = Queued(
                number, window, dossier, outgoing.key, outgoing.reply, moment, int(held), anew, outgoing.urgency
            )

    def remove(self, messages: Iterable[Queued]) -> int:
        """How many there were."""
        return len([self._waiting.pop(one.number) for one in messages if one.number in self._waiting])

    def cancel(self, window: str, dossier: str | None, keys: Collection[str]) -> None:
        """What waits under these keys for a window, or about a dossier, goes."""
        about = (one for one in self.of() if one.window == window or (dossier is not None and one.dossier == dossier))
        self.remove([one for one in about if one.key in keys])

    # claims

    def lanes(self, holder: str, now: datetime, channels: Collection[str] | None) -> list[Lane]:
        """Those with something due that nobody else has, in the order in which they are served."""
        due = [one for one in self.of() if one.due <= now and (channels is None or channel_of(one.window) in channels)]
        heads = in_turn(Head(one.window, one.urgency, one.due.timestamp(), one.number) for one in due)
        return [head.lane for head in heads if not self._is_anothers(head.lane, holder, now)]

    def _is_anothers(self, lane: Lane, holder: str, now: datetime) -> bool:
        held = self._claims.get(lane)
        return held is not None and held.holder != holder and held.until > now

    def take(self, lane: Lane, claim: Claim, now: datetime) -> Queued | None:
        """Claim a lane; its first message, if there is one and nobody else has the lane."""
        if self._is_anothers(lane, claim.holder, now):
            return None
        self._claims[lane] = claim
        return self._first(lane, now)

    def following(self, lane: Lane, now: datetime, holder: str) -> Queued | None:
        """The next message of a lane that the holder has; without one, the claim ends."""
        held = self._claims.get(lane)
        return self._first(lane, now) if held and held.holder == holder and held.until > now else None

    def _first(self, lane: Lane, now: datetime) -> Queued | None:
        """The first message due in a claimed lane; without one, the claim ends."""
        first = next((queued for queued in self.of(lane.window) if queued.lane == lane and queued.due <= now), None)
        if first is None:
            del self._claims[lane]
        return first

    def leave(self, lane: Lane, holder: str) -> bool:
        """A claim ends, unless more falls due there before it would end by itself: then it is true."""
        held = self._claims.get(lane)
        return held is not None and held.holder == holder and self._first(lane, held.until) is not None

    def renew(self, claim: Claim) -> None:
        """All claims of the holder hold until then."""
        self._claims = {lane: claim if held.holder == claim.holder else held for lane, held in self._claims.items()}

    def release(self, holder: str) -> None:
        """All claims of a holder end."""
        self._claims = {lane: held for lane, held in self._claims.items() if held.holder != holder}

    @property
    def holders(self) -> set[str]:
        """Who has claimed anything."""
        return {held.holder for held in self._claims.values()}

    # what becomes of a message

    def arrived(self, queued: Queued) -> bool:
        """A message leaves; whether it still waited."""
        return self.remove(self._present(queued)) > 0

    def advance(self, queued: Queued, part: int) -> None:
        """So many parts of a message have arrived."""
        for present in self._present(queued):
            self._change(present.number, part=part)

    def postpone(self, queued: Queued, until: datetime) -> None:
        """A message has to be sent again, and others wait with it."""
        for present in self._present(queued):
            for moved in postponed(self._rows(present.window), present.number, until.timestamp()):
                self._change(moved.number, due=until, attempts=moved.attempts)

    def defer(self, queued: Queued, until: datetime) -> None:
        """A message is to be sent later after all."""
        for present in self._present(queued):
            self._change(present.number, due=until, attempts=0)

    def hasten(self, now: datetime) -> None:
        """A clock was set back: nothing but reminders waits for it, and no claim outlasts it."""
        for queued in self.of():
            if queued.urgency is not Urgency.REMINDER and queued.due > now:
                self._change(queued.number, due=now)
        self._claims = {lane: held for lane, held in self._claims.items() if held.until <= now + LONGEST_CLAIM}

    def refused(self, queued: Queued, *, returned: bool) -> bool:
        """A message goes, and all that waits for its window, unless the person has come back: then it is false."""
        gone = self._present(queued)
        moved = any(present.window != queued.window for present in gone)
        silenced = silences(self._rows(queued.window), queued.number, returned=returned or moved)
        self.remove([*gone, *(self.of(queued.window) if silenced else ())])
        return silenced

    def set_aside(self, queued: Queued) -> None:
        """Nobody can make sense of a message."""
        for present in self._present(queued):
            self._damaged[present.number] = self._waiting.pop(present.number)

    def _present(self, queued: Queued) -> list[Queued]:
        """A message as it is by now, perhaps in a window that is called otherwise since; none if it is gone."""
        present = self._waiting.get(queued.number)
        if present is None:
            return []
        about = present.dossier is not None and present.dossier == queued.dossier
        return [present] if present.window == queued.window or about else []

    def _change(self, number: int, **changes: object) -> None:
        self._waiting[number] = replace(self._waiting[number], **changes)  # type: ignore[arg-type]  # fields by name

    # deleting, and moving

    def knows(self, window: str) -> bool:
        """Whether anything is stored of a window."""
        messages = (*self._waiting.values(), *self._damaged.values())
        return any(one.window == window for one in messages) or any(lane.window == window for lane in self._claims)

    def move(self, window: str, to: str) -> None:
        """A window has another name from now on."""
        for kept in (self._waiting, self._damaged):
            kept |= {one.number: replace(one, window=to) for one in kept.values() if one.window == window}
        self._claims = {
            lane._replace(window=to) if lane.window == window else lane: held for lane, held in self._claims.items()
        }

    def drop(self, gone: Callable[[Queued], bool]) -> int:
        """Delete messages; how many that were."""
        numbers = [(kept, one.number) for kept in (self._waiting, self._damaged) for one in kept.values() if gone(one)]
        return len([kept.pop(number) for kept, number in numbers])

    def drop_window(self, window: str) -> int:
        """Delete all about a window; how many rows that were."""
        lanes = [lane for lane in self._claims if lane.window == window]
        return len([self._claims.pop(lane) for lane in lanes]) + self.drop(lambda one: one.window == window)
