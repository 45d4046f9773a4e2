"""A store that forgets: for tests, and for trying things out (`memory:`)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Container, Iterable
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from typing_extensions import override

from flows.retention import Limits, Purged, Remains, remains
from flows.session import Assessment, CardRef, Session
from storage.broadcasts import Audience, Broadcast, Record, is_meant, key_of
from storage.errors import StorageError, Trouble
from storage.issued import MOST_ISSUED, Issued
from storage.memory_broadcasts import Broadcasts
from storage.memory_outbox import Outbox
from storage.outbox import (
    Lane,
    Outgoing,
    Queued,
    Urgency,
    address_of,
    channel_of,
)
from storage.stats import Sessions, Stats, Windows, summed
from storage.store import (
    LONGEST_HISTORY,
    LONGEST_LOG,
    MOST_ECHOED,
    SLICE,
    Applied,
    Arrival,
    Claim,
    Decide,
    Decision,
    Due,
    Echo,
    Forgetting,
    Lease,
    Link,
    LogEntry,
    Slice,
    State,
    Store,
)
from storage.window import Window

K = TypeVar("K")
V = TypeVar("V")


class MemoryStore(Store):
    """Keeps everything in this process. It never yields, so each `apply` is atomic by nature."""

    def __init__(self) -> None:
        self._windows: dict[str, Window] = {}
        self._fronts: dict[str, str] = {}
        self._sights: defaultdict[str, list[str]] = defaultdict(list)
        self._sessions: dict[str, Session] = {}
        self._log: defaultdict[str, list[LogEntry]] = defaultdict(list)
        self._history: defaultdict[str, list[Assessment]] = defaultdict(list)
        self._issued: dict[tuple[str, str], Issued] = {}
        """Papers by dossier and code, in the order in which they were handed out."""
        self._outbox = Outbox()
        self._links: dict[str, Link] = {}
        self._givers: dict[str, str] = {}
        """The windows that gave links, by their hash."""
        self._guests: dict[tuple[str, str], str] = {}
        """Whose link gave a window sight of a dossier."""
        self._seen: dict[tuple[str, int], datetime] = {}
        self._finished: set[str] = set()
        self._leases: dict[str, Lease] = {}
        self._broadcasts = Broadcasts()

    @override
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
        if arrival is not None and (arrival.channel, arrival.update) in self._seen:
            return None
        asked = replace(self._state(window), link=self._links.get(link) if link else None)
        decision = decide(asked)
        self._check(asked, decision)
        echoed = self._write(window, asked, decision)
        due = None
        if arrival is not None:
            self._seen[arrival.channel, arrival.update] = arrival.at
            due = self._take(Lane(window, aside=False), claim, arrival.at) if claim else None
        after = self._state(window)
        entries = self._log.get(after.dossier or "", []) if recent else []
        return Applied(decision, after, due, echoed, tuple(entries[-recent:]))

    def _check(self, asked: State, decision: Decision) -> None:
        """What a database would refuse is refused before anything is written."""
        if decision.session is None:
            return
        dossier = decision.owner(asked)
        finished = [assessment.id for assessment in decision.finished]
        again = len({*finished}) < len(finished) or self._finished.intersection(finished)
        if again or (dossier != asked.dossier and dossier in self._sessions):
            raise StorageError(Trouble.CONFLICT, "memory:")

    def _write(self, window: str, asked: State, decision: Decision) -> bool:
        """Whether anything was echoed."""
        bereft = self._bereft(window, asked, decision)
        if decision.forgotten:
            self._forget_front(window, asked.dossier, decision.forgotten)
        if decision.dossier is not None:
            self._open(window, decision.dossier, asked.link)
            if asked.link and asked.link.once and asked.link.dossier == decision.dossier:
                self._unlink(asked.link.dossier, asked.link.purpose)
        if decision.session is not None:
            self._save(decision.owner(asked), decision.session, decision)
        if decision.window is not None:
            self._windows[window] = decision.window
        for link in decision.links:
            self._unlink(link.dossier, link.purpose)
        self._links |= {link.hash: link for link in decision.links}
        self._givers |= {link.hash: window for link in decision.links}
        self._queue(window, self._fronts.get(window), decision)
        if decision.order is not None:
            self._broadcasts.order(window, decision.order, self._withdraw)
        if decision.echo is None:
            return False
        for other in bereft:
            self._outbox.put(other, None, (decision.echo.outgoing,))
        if decision.session is None:
            return bool(bereft)
        return self._echo(window, decision.owner(asked), decision.echo) or bool(bereft)

    def _bereft(self, window: str, asked: State, decision: Decision) -> list[str]:
        """Who is to be told that somebody else has deleted what they had sight of."""
        if decision.forgotten is not Forgetting.DOSSIER or decision.echo is None or asked.dossier is None:
            return []
        others = sorted(other for other in self._seen_from(asked.dossier) if other != window)
        return [other for other in others if self._hears(other, decision.echo)][:MOST_ECHOED]

    def _save(self, dossier: str, session: Session, decision: Decision) -> None:
        self._sessions[dossier] = session
        self._finished |= {assessment.id for assessment in decision.finished}
        self._log[dossier].extend(decision.log)
        self._history[dossier].extend(decision.finished)
        del self._log[dossier][:-LONGEST_LOG], self._history[dossier][:-LONGEST_HISTORY]

    def _open(self, window: str, dossier: str, link: Link | None) -> None:
        self._windows.setdefault(window, Window())
        self._fronts[window] = dossier
        if dossier not in self._sights[window]:
            self._sights[window].append(dossier)
            if link and link.dossier == dossier:
                self._guests[window, dossier] = self._givers[link.hash]

    # what is stored

    def _state(self, window: str) -> State:
        return self._state_at(window, self._fronts.get(window))

    def _state_at(self, window: str, dossier: str | None) -> State:
        """With this dossier in front, if the window has sight of it."""
        sights = self._sights.get(window, [])
        front = dossier if dossier in sights else None
        return State(
            self._windows.get(window),
            front,
            self._sessions.get(front) if front else None,
            tuple(sights),
            shared=front is not None and len(self._seen_from(front)) > 1,
        )

    def _seen_from(self, dossier: str) -> list[str]:
        return [window for window, sights in self._sights.items() if dossier in sights]

    @override
    async def state(self, window: str, dossier: str | None = None) -> State:
        return self._state_at(window, dossier) if dossier else self._state(window)

    @override
    async def shelf(self, window: str) -> list[tuple[str, Session]]:
        sights = self._sights.get(window, [])
        return [(dossier, self._sessions[dossier]) for dossier in sights if dossier in self._sessions]

    @override
    async def history(self, dossier: str) -> list[Assessment]:
        return self._history.get(dossier, [])[::-1]

    @override
    async def log(self, dossier: str, last: int | None = None) -> list[LogEntry]:
        entries = self._log.get(dossier, [])
        return entries[max(0, len(entries) - last) :] if last is not None else entries[:]

    # papers

    @override
    async def issue(self, dossier: str, issued: Issued) -> bool:
        if dossier not in self._sessions:
            return False
        self._issued.setdefault((dossier, issued.code), issued)
        _drop(self._issued, [key for key in self._issued if key[0] == dossier][:-MOST_ISSUED])
        return True

    @override
    async def issued(self, code: str) -> Issued | None:
        return next((issued for issued in self._issued.values() if issued.code == code), None)

    @override
    async def papers(self, dossier: str) -> list[Issued]:
        return [issued for (of, _), issued in self._issued.items() if of == dossier]

    # the outbox

    def _queue(self, window: str, dossier: str | None, decision: Decision) -> None:
        if decision.silenced:
            self._outbox.remove(self._outbox.of(window))
        self._outbox.cancel(window, dossier, decision.cancelled)
        self._outbox.put(window, dossier, decision.outbox)

    def _echo(self, window: str, dossier: str, echo: Echo) -> bool:
        others = sorted(other for other in self._seen_from(dossier) if echo.here or other != window)
        told = [other for other in others if self._hears(other, echo) and self._shows(other, dossier)]
        return sum(self._outbox.echo(other, dossier, echo) for other in told[:MOST_ECHOED]) > 0

    def _hears(self, window: str, echo: Echo) -> bool:
        return channel_of(window) in echo.channels and not self._windows[window].blocked

    def _shows(self, window: str, dossier: str) -> bool:
        return self._fronts.get(window) == dossier and self._windows[window].card is not None

    @override
    async def waiting(self, window: str) -> list[Queued]:
        return self._outbox.of(window)

    @override
    async def next_due(self) -> datetime | None:
        return self._outbox.next_due

    # claims

    @override
    async def claim(
        self,
        claim: Claim,
        now: datetime,
        limit: int,
        lane: Lane | None = None,
        channels: Collection[str] | None = None,
        besides: Container[Lane] = (),
    ) -> list[Due]:
        lanes = [lane] if lane else self._outbox.lanes(claim.holder, now, channels)[:limit]
        found = (self._take(one, claim, now) for one in lanes if lane or one not in besides)
        return [due for due in found if due]

    def _take(self, lane: Lane, claim: Claim, now: datetime) -> Due | None:
        return self._due(self._outbox.take(lane, claim, now))

    def _due(self, queued: Queued | None) -> Due | None:
        return Due(queued, self._state_at(queued.window, queued.dossier)) if queued else None

    @override
    async def following(self, lane: Lane, now: datetime, holder: str) -> Due | None:
        return self._due(self._outbox.following(lane, now, holder))

    @override
    async def delivered(
        self,
        queued: Queued,
        now: datetime,
        holder: str,
        card: str | None = None,
        owed: Outgoing | None = None,
        seen: CardRef | None = None,
    ) -> Due | None:
        sights, waited = self._sights.get(queued.window, []), self._outbox.arrived(queued)
        if owed and (waited or queued.dossier in sights or (queued.dossier is None and sights)):
            self._outbox.put(queued.window, queued.dossier, (owed,))
        if card is not None:
            self._reach(queued.window, card=card)
        if seen is not None and waited:
            self._reach(queued.window, seen=seen)
        return await self.following(queued.lane, now, holder)

    @override
    def confirm(self, queued: Queued, holder: str, left: Callable[[], None]) -> None:
        self._outbox.arrived(queued)
        if self._outbox.leave(queued.lane, holder):
            left()

    @override
    async def advanced(self, queued: Queued, part: int) -> None:
        self._outbox.advance(queued, part)

    @override
    async def postpone(self, queued: Queued, until: datetime) -> None:
        self._outbox.postpone(queued, until)

    @override
    async def defer(self, queued: Queued, until: datetime) -> None:
        self._outbox.defer(queued, until)

    @override
    async def hasten(self, now: datetime) -> None:
        self._outbox.hasten(now)

    @override
    async def refused(self, queued: Queued, asked: datetime) -> bool:
        window = self._windows.get(queued.window)
        returned = window is not None and window.returned is not None and window.returned > asked
        silenced = self._outbox.refused(queued, returned=returned)
        if silenced:
            self._reach(queued.window, blocked=True)
        return silenced

    def _reach(self, window: str, **changes: object) -> None:
        if window in self._windows:
            self._windows[window] = self._windows[window].model_copy(update=changes)

    @override
    async def set_aside(self, queued: Queued) -> None:
        self._outbox.set_aside(queued)

    @override
    async def damaged(self) -> int:
        return self._outbox.damaged

    @override
    async def stats(self, now: datetime) -> Stats:
        grades = Counter(past[-1].grade for past in self._history.values() if past)
        windows = [(channel_of(name), window) for name, window in self._windows.items()]
        return summed(
            now,
            map(_alike, self._sessions.values()),
            grades,
            [
                Windows(
                    channel,
                    sum(of == channel for of, _ in windows),
                    sum(of == channel and window.blocked for of, window in windows),
                    sum(of == channel and not window.reminders for of, window in windows),
                )
                for channel in {channel for channel, _ in windows}
            ],
            [self._outbox.depth(urgency, now) for urgency in Urgency],
            self._outbox.damaged,
        )

    # messages to very many

    @override
    async def broadcast(self, id_: str | None = None) -> Broadcast | None:
        found = self._broadcasts.find(id_)
        return replace(found, waiting=len(self._outbox.with_key(key_of(found.id)))) if found else None

    def _withdraw(self, broadcast: str) -> int:
        return self._outbox.remove(self._outbox.with_key(key_of(broadcast)))

    @override
    async def recipients(self, channel: str) -> dict[Audience, int]:
        names = [name for name in self._windows if channel_of(name) == channel]
        return {audience: sum(self._is_meant(name, audience) for name in names) for audience in Audience}

    def _is_meant(self, window: str, audience: Audience) -> bool:
        return is_meant(self._windows[window], self._state(window).session, audience)

    @override
    async def fan_out(
        self, now: datetime, slice_: int, most: int, said: Callable[[Broadcast], str]
    ) -> Broadcast | None:
        running = self._broadcasts.running()
        due = self._outbox.depth(Urgency.BROADCAST, now).due
        if running is None or due >= most:
            return running and replace(running, waiting=due)
        names = sorted(name for name in self._windows if channel_of(name) == running.channel)
        looked_at = [name for name in names if name > self._broadcasts.after][:slice_]
        outgoing = Outgoing(said(running), now, key_of(running.id), urgency=Urgency.BROADCAST)
        told = [name for name in looked_at if self._is_meant(name, running.audience)]
        for name in told:
            self._outbox.put(name, None, (outgoing,))
        return self._broadcasts.advance(running, len(told), looked_at[-1] if len(looked_at) == slice_ else None, now)

    @override
    async def audit(self) -> list[Record]:
        return self._broadcasts.records[:]

    @override
    async def renew(self, claim: Claim) -> None:
        self._outbox.renew(claim)

    @override
    async def holders(self) -> set[str]:
        return self._outbox.holders

    @override
    async def release(self, holder: str) -> None:
        self._outbox.release(holder)

    # leases

    @override
    async def lease(self, name: str) -> Lease | None:
        return self._leases.get(name)

    @override
    async def hold(self, name: str, holder: str, seen: Lease | None) -> Lease | None:
        if self._leases.get(name) != seen:
            return None
        self._leases[name] = Lease(holder, seen.beat + 1 if seen else 0)
        return self._leases[name]

    @override
    async def let_go(self, name: str, held: Lease) -> None:
        if self._leases.get(name) == held:
            del self._leases[name]

    # deleting, and moving

    @override
    async def move(self, window: str, to: str) -> bool:
        if window not in self._windows or to in self._windows or self._outbox.knows(to):
            return False
        self._windows[to] = self._windows.pop(window)
        self._broadcasts.sign(window, to)
        if window in self._fronts:
            self._fronts[to] = self._fronts.pop(window)
        self._sights[to] = self._sights.pop(window, [])
        for dossier in self._sights[to]:
            self._sign(dossier, address_of(window), address_of(to))
        self._outbox.move(window, to)
        self._guests = {
            (to if guest == window else guest, dossier): giver for (guest, dossier), giver in self._guests.items()
        }
        for dossier in self._sights[to]:
            self._turn_out(dossier, window, to)
        return True

    def _turn_out(self, dossier: str, window: str, to: str) -> None:
        """End what came of the links that a window, now called otherwise, gave to a dossier."""
        givers = [window]
        for giver in givers:
            theirs = [guest for (guest, of), by in self._guests.items() if of == dossier and by == giver]
            givers += [guest for guest in theirs if guest not in givers]
        void = [
            link.hash for link in self._links.values() if link.dossier == dossier and self._givers[link.hash] in givers
        ]
        _drop(self._links, void)
        for guest in givers:
            if guest not in (window, to):
                self._lose_sight(guest, dossier)

    def _sign(self, dossier: str, by: str, instead: str) -> None:
        """What was answered by them was answered by somebody else."""
        self._log[dossier] = [replace(line, by=instead) if line.by == by else line for line in self._log[dossier]]

    def _forget_front(self, window: str, dossier: str | None, what: Forgetting) -> None:
        if dossier is None:
            self._drop_window(window)
        elif what is Forgetting.SIGHT:
            self._lose_sight(window, dossier)
        else:
            self._forget_dossier(dossier)

    def _forget_dossier(self, dossier: str) -> int:
        return sum([self._lose_sight(window, dossier) for window in self._seen_from(dossier)])

    def _lose_sight(self, window: str, dossier: str) -> int:
        """Without any other dossier the window goes, too; and the dossier, if no other window has sight of it."""
        self._sights[window].remove(dossier)
        self._inherit(window, dossier)
        rows = 1 + self._outbox.drop(lambda one: one.window == window and one.dossier == dossier)
        if not self._sights[window]:
            rows += self._drop_window(window)
        elif self._fronts[window] == dossier:
            self._fronts[window] = self._sights[window][-1]
        if not self._seen_from(dossier):
            return rows + self._drop_dossier(dossier)
        self._sign(dossier, address_of(window), "")
        return rows

    def _inherit(self, window: str, dossier: str) -> None:
        """Whoever leaves, their links and guests are those of whose guest they were."""
        host = self._guests.pop((window, dossier), "")
        host = "" if host == window else host
        self._guests |= {
            guest: host for guest, giver in self._guests.items() if guest[1] == dossier and giver == window
        }
        of = (link.hash for link in self._links.values() if link.dossier == dossier)
        self._givers |= {hash_: host for hash_ in of if self._givers[hash_] == window}

    def _drop_window(self, window: str) -> int:
        self._broadcasts.sign(window, "")
        self._sights.pop(window, None)
        self._fronts.pop(window, None)
        return self._outbox.drop_window(window) + _drop(self._windows, [window])

    def _drop_dossier(self, dossier: str) -> int:
        gone = self._history.pop(dossier, [])
        self._finished -= {assessment.id for assessment in gone}
        rows = len(gone) + len(self._log.pop(dossier, [])) + _drop(self._sessions, [dossier])
        rows += _drop(self._issued, [key for key in self._issued if key[0] == dossier])
        return rows + self._unlink(dossier)

    def _unlink(self, dossier: str, purpose: str | None = None) -> int:
        """Those for this, or for anything."""
        of = [link for link in self._links.values() if link.dossier == dossier and purpose in (None, link.purpose)]
        return _drop(self._links, [link.hash for link in of])

    @override
    async def forget(self, window: str) -> int:
        rows = sum([self._lose_sight(window, dossier) for dossier in [*self._sights.get(window, ())]])
        return rows + self._drop_window(window)

    @override
    async def purge(self, limits: Limits, promised: str, after: int = 0, *, dry: bool = False) -> Slice:
        dossiers = list(islice(self._sessions, after, after + SLICE))
        purged = sum([self._retain(dossier, limits, promised, dry=dry) for dossier in dossiers], Purged())
        following = after + SLICE - (0 if dry else purged.dossiers)
        return Slice(purged, following if len(dossiers) == SLICE else None)

    def _retain(self, dossier: str, limits: Limits, promised: str, *, dry: bool) -> Purged:
        left = remains(self._sessions[dossier], self._history.get(dossier, [])[::-1], limits)
        kept_for = (dossier, f"{promised}.{dossier}")
        if left.session is None and any((queued.dossier, queued.key) == kept_for for queued in self._outbox.of()):
            return Purged()
        if not dry:
            self._keep(dossier, left)
        return left.purged

    def _keep(self, dossier: str, left: Remains) -> None:
        if left.session is None:
            self._forget_dossier(dossier)
            return
        self._sessions[dossier] = left.session
        self._log[dossier] = [line for line in self._log[dossier] if line.session not in left.gone]
        self._history[dossier] = [one for one in self._history[dossier] if one.id not in left.gone]
        papers = [key for key, issued in self._issued.items() if key[0] == dossier and issued.session in left.gone]
        _drop(self._issued, papers)

    @override
    async def tidy(self, before: datetime, now: datetime) -> None:
        self._seen = {update: at for update, at in self._seen.items() if at >= before}
        self._links = {link.hash: link for link in self._links.values() if link.until > now}
        self._givers = {hash_: self._givers[hash_] for hash_ in self._links}
        self._broadcasts.tidy(before)

    @override
    async def clean(self) -> bool:
        return False

    @override
    async def close(self) -> None:
        pass


def _alike(session: Session) -> Sessions:
    record = session.record
    answered = len(record.choices) + len(record.levels)
    return Sessions(session.phase, session.item, session.finished_at is None, answered, 1)


def _drop(kept: dict[K, V], keys: Iterable[K]) -> int:
    """Take these out; how many were there."""
    return len([kept.pop(key) for key in keys if key in kept])
