"""A store that forgets: for tests, and for trying things out (`memory:`)."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from itertools import count, islice

from typing_extensions import override

from flows.retention import Limits, Purged, Remains, remains
from flows.session import Assessment
from storage.errors import StorageError, Trouble
from storage.outbox import Queued
from storage.store import SLICE, Applied, Arrival, Decide, Decision, LogEntry, Slice, State, Store


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
        if arrival is not None:
            self._seen[arrival.update] = arrival.at
        if decision.forgotten:
            await self.forget(chat)
            state = State()
        if decision.session or decision.contact:
            self._states[chat] = State(decision.session or state.session, decision.contact or state.contact)
        self._queue(chat, decision)
        return Applied(decision, self._first(chat, arrival.at) if arrival else None)

    def _note(self, finished: tuple[Assessment, ...]) -> None:
        """An assessment is finished once, as in a database."""
        ids = {assessment.id for assessment in finished}
        if len(ids) < len(finished) or ids & self._finished:
            raise StorageError(Trouble.CONFLICT, "memory:")
        self._finished |= ids

    def _queue(self, chat: str, decision: Decision) -> None:
        gone = {*decision.cancelled, *(outgoing.key for outgoing in decision.outbox if outgoing.key)}
        failed = [] if decision.silenced else [queued.due for queued in self._of(chat) if queued.attempts]
        anew = {queued.key for queued in self._of(chat) if queued.key and queued.anew}
        for queued in self._of(chat):
            if decision.silenced or queued.key in gone:
                del self._outbox[queued.number]
        for outgoing in decision.outbox:
            number = next(self._numbers)
            due = max([outgoing.due, *failed])
            below = outgoing.anew or outgoing.key in anew
            self._outbox[number] = Queued(number, chat, outgoing.key, outgoing.payload, due, due > outgoing.due, below)

    def _of(self, chat: str | None) -> list[Queued]:
        return [queued for queued in self._outbox.values() if chat in (None, queued.chat)]

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
    async def due(self, now: datetime, limit: int, chat: str | None = None) -> list[Queued]:
        found = [queued for queued in self._of(chat) if queued.due <= now]
        if chat is None:
            found = list({queued.chat: queued for queued in reversed(found)}.values())[::-1]
        return sorted(found, key=lambda queued: queued.number)[:limit]

    @override
    async def next_due(self) -> datetime | None:
        return min((queued.due for queued in self._outbox.values()), default=None)

    @override
    async def delivered(self, queued: Queued, now: datetime, card: int | None = None) -> Queued | None:
        self._outbox.pop(queued.number, None)
        if card is not None:
            state = self._states.get(queued.chat, State())
            if state.contact is not None:
                self._states[queued.chat] = State(state.session, state.contact.model_copy(update={"card": card}))
        return self._first(queued.chat, now)

    def _first(self, chat: str, now: datetime) -> Queued | None:
        return next((queued for queued in self._of(chat) if queued.due <= now), None)

    @override
    async def postpone(self, queued: Queued, until: datetime) -> None:
        for other in self._of(queued.chat):
            if other.due < until and other.number >= queued.number:
                attempts = other.attempts + (other.number == queued.number)
                self._outbox[other.number] = replace(other, due=until, attempts=attempts)

    @override
    async def defer(self, queued: Queued, until: datetime) -> None:
        if queued.number in self._outbox:
            self._outbox[queued.number] = replace(queued, due=until, attempts=0)

    @override
    async def forget(self, chat: str) -> int:
        queued = self._of(chat)
        for entry in queued:
            del self._outbox[entry.number]
        state = self._states.pop(chat, State())
        rows = len(self._log.pop(chat, ())) + len(self._history.pop(chat, ()))
        return len(queued) + rows + (state.session is not None) + (state.contact is not None)

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
    async def close(self) -> None:
        pass
