"""A store that forgets: for tests, and for trying things out (`memory:`)."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from itertools import count, islice

from typing_extensions import override

from flows.retention import Limits, Purged, Remains, remains
from flows.session import Assessment
from storage.errors import StorageError, Trouble
from storage.outbox import Outgoing, Queued, Urgency, fitting
from storage.store import (
    LONGEST_HISTORY,
    LONGEST_LOG,
    SLICE,
    Applied,
    Arrival,
    Decide,
    Decision,
    Lease,
    LogEntry,
    Slice,
    State,
    Store,
)


class MemoryStore(Store):
    """Keeps everything in this process. It never yields, so each `apply` is atomic by nature."""

    def __init__(self) -> None:
        self._states: dict[str, State] = {}
        self._log: defaultdict[str, list[LogEntry]] = defaultdict(list)
        self._history: defaultdict[str, list[Assessment]] = defaultdict(list)
        self._outbox: dict[int, Queued] = {}
        self._numbers = count(1)
        self._seen: dict[int, datetime] = {}
        self._finished: set[str] = set()
        self._leases: dict[str, Lease] = {}
        self._damaged: dict[int, Queued] = {}

    @override
    async def apply(self, chat: str, decide: Decide, arrival: Arrival | None = None) -> Applied | None:
        if arrival is not None and arrival.update in self._seen:
            return None
        state = self._states.get(chat, State())
        decision = decide(state)
        if decision.session is not None:
            self._note(decision.finished)
            self._log[chat].extend(decision.log)
            self._history[chat].extend(decision.finished)
            del self._log[chat][:-LONGEST_LOG], self._history[chat][:-LONGEST_HISTORY]
        if arrival is not None:
            self._seen[arrival.update] = arrival.at
        if decision.forgotten:
            await self.forget(chat)
            state = State()
        if decision.session or decision.contact:
            self._states[chat] = State(decision.session or state.session, decision.contact or state.contact)
        self._queue(chat, decision)
        return Applied(decision, self._first(chat, arrival.at, aside=False) if arrival else None)

    def _note(self, finished: tuple[Assessment, ...]) -> None:
        """An assessment is finished once, as in a database."""
        ids = {assessment.id for assessment in finished}
        if len(ids) < len(finished) or ids & self._finished:
            raise StorageError(Trouble.CONFLICT, "memory:")
        self._finished |= ids

    def _queue(self, chat: str, decision: Decision) -> None:
        gone = {*decision.cancelled, *(outgoing.key for outgoing in decision.outbox if outgoing.key)}
        waiting = [queued for queued in self._of(chat, aside=False) if not decision.silenced]
        failed = [queued.due for queued in waiting if queued.attempts]
        texts = sum(queued.key is None for queued in waiting)
        anew = {queued.key for queued in self._of(chat) if queued.key and queued.anew}
        for queued in self._of(chat):
            if decision.silenced or queued.key in gone:
                del self._outbox[queued.number]
        for outgoing in fitting(decision.outbox, texts):
            due = outgoing.due if outgoing.urgency.aside else max([outgoing.due, *failed])
            self._put(chat, outgoing, due, anew=outgoing.anew or outgoing.key in anew)

    def _put(self, chat: str, outgoing: Outgoing, due: datetime, *, anew: bool) -> None:
        number, held = next(self._numbers), due > outgoing.due
        self._outbox[number] = Queued(number, chat, outgoing.key, outgoing.payload, due, held, anew, outgoing.urgency)

    def _of(self, chat: str | None, aside: bool | None = None) -> list[Queued]:
        return [
            queued
            for queued in self._outbox.values()
            if chat in (None, queued.chat) and aside in (None, queued.urgency.aside)
        ]

    @override
    async def state(self, chat: str) -> State:
        return self._states.get(chat, State())

    @override
    async def history(self, chat: str) -> list[Assessment]:
        return self._history.get(chat, [])[::-1]

    @override
    async def log(self, chat: str) -> list[LogEntry]:
        return list(self._log.get(chat, ()))

    @override
    async def due(
        self, now: datetime, limit: int, chat: str | None = None, *, aside: bool | None = None
    ) -> list[Queued]:
        found = sorted((queued for queued in self._of(chat, aside) if queued.due <= now), key=lambda one: one.number)
        if chat is None:
            firsts = {(queued.chat, queued.urgency.aside): queued for queued in reversed(found)}
            lanes = {key: [one for one in found if (one.chat, one.urgency.aside) == key] for key in firsts}
            found = sorted(firsts.values(), key=lambda one: _standing(lanes[one.chat, one.urgency.aside]))
        return [replace(queued, card=self._card(queued.chat)) for queued in found[:limit]]

    def _card(self, chat: str) -> int | None:
        contact = self._states.get(chat, State()).contact
        return contact.card if contact else None

    @override
    async def next_due(self) -> datetime | None:
        return min((queued.due for queued in self._outbox.values()), default=None)

    @override
    async def delivered(
        self, queued: Queued, now: datetime, card: int | None = None, owed: Outgoing | None = None
    ) -> Queued | None:
        self._outbox.pop(queued.number, None)
        if card is not None:
            self._reach(queued.chat, card=card)
        if owed is not None:
            self._put(queued.chat, owed, owed.due, anew=False)
        return self._first(queued.chat, now, aside=queued.urgency.aside)

    def _reach(self, chat: str, **changes: object) -> None:
        state = self._states.get(chat, State())
        if state.contact is not None:
            self._states[chat] = State(state.session, state.contact.model_copy(update=changes))

    def _first(self, chat: str, now: datetime, *, aside: bool) -> Queued | None:
        first = next((queued for queued in self._of(chat, aside) if queued.due <= now), None)
        return first and replace(first, card=self._card(chat))

    @override
    async def postpone(self, queued: Queued, until: datetime) -> None:
        for other in self._of(queued.chat, queued.urgency.aside):
            alone = other.number == queued.number
            if alone or (not queued.urgency.aside and other.due < until and other.number > queued.number):
                self._outbox[other.number] = replace(other, due=until, attempts=other.attempts + alone)

    @override
    async def defer(self, queued: Queued, until: datetime) -> None:
        if queued.number in self._outbox:
            self._outbox[queued.number] = replace(queued, due=until, attempts=0)

    @override
    async def hasten(self, now: datetime) -> None:
        for queued in self._of(None):
            if queued.urgency is not Urgency.REMINDER and queued.due > now:
                self._outbox[queued.number] = replace(queued, due=now)

    @override
    async def refused(self, queued: Queued, asked: datetime) -> bool:
        contact = self._states.get(queued.chat, State()).contact
        newer = any(other.number > queued.number for other in self._of(queued.chat, aside=False))
        returned = contact is not None and contact.returned is not None and contact.returned > asked
        self._outbox.pop(queued.number, None)
        if newer or returned:
            return False
        for other in self._of(queued.chat):
            del self._outbox[other.number]
        self._reach(queued.chat, blocked=True)
        return True

    @override
    async def set_aside(self, queued: Queued) -> None:
        if gone := self._outbox.pop(queued.number, None):
            self._damaged[queued.number] = gone

    @override
    async def damaged(self) -> int:
        return len(self._damaged)

    @override
    async def lease(self, name: str) -> Lease | None:
        return self._leases.get(name)

    @override
    async def claim(self, name: str, holder: str, seen: Lease | None) -> Lease | None:
        if self._leases.get(name) != seen:
            return None
        self._leases[name] = Lease(holder, seen.beat + 1 if seen else 0)
        return self._leases[name]

    @override
    async def release(self, name: str, held: Lease) -> None:
        if self._leases.get(name) == held:
            del self._leases[name]

    @override
    async def forget(self, chat: str) -> int:
        queued = self._of(chat)
        for entry in queued:
            del self._outbox[entry.number]
        damaged = [number for number, entry in self._damaged.items() if entry.chat == chat]
        for number in damaged:
            del self._damaged[number]
        state = self._states.pop(chat, State())
        rows = len(self._log.pop(chat, ())) + len(self._history.pop(chat, ()))
        return len(queued) + len(damaged) + rows + (state.session is not None) + (state.contact is not None)

    @override
    async def purge(self, limits: Limits, promised: str, after: int = 0, *, dry: bool = False) -> Slice:
        chats = list(islice(self._states, after, after + SLICE))
        gone = [await self._retain(chat, limits, promised, dry=dry) for chat in chats]
        purged = sum(gone, Purged())
        following = after + SLICE - (0 if dry else purged.chats)
        return Slice(purged, following if len(chats) == SLICE else None)

    async def _retain(self, chat: str, limits: Limits, promised: str, *, dry: bool) -> Purged:
        state = self._states[chat]
        if state.session is None:
            return Purged()
        left = remains(state.session, await self.history(chat), limits)
        if left.session is None and any(queued.key == promised for queued in self._of(chat)):
            return Purged()
        if not dry:
            await self._keep(chat, left)
        return left.purged

    async def _keep(self, chat: str, left: Remains) -> None:
        if left.session is None:
            await self.forget(chat)
            return
        self._states[chat] = replace(self._states[chat], session=left.session)
        self._log[chat] = [line for line in self._log[chat] if line.session not in left.gone]
        self._history[chat] = [one for one in self._history[chat] if one.id not in left.gone]

    @override
    async def forget_updates(self, before: datetime) -> None:
        self._seen = {update: at for update, at in self._seen.items() if at >= before}

    @override
    async def clean(self) -> bool:
        return False

    @override
    async def close(self) -> None:
        pass


def _standing(lane: list[Queued]) -> tuple[Urgency, datetime, int]:
    """How urgent a chat is: by the most urgent that it waits for, and by how long it has waited."""
    return min(queued.urgency for queued in lane), min(queued.due for queued in lane), lane[0].number
