"""From the outbox to people: each lane in order, within each channel's limits, through every kind of failure.

A worker claims lanes with something due, for a lease, sends outside of every transaction, and then marks what arrived:
a crash can at worst send a message twice, and any number of workers share a database. What stands aside (files,
reminders, the buttons of old cards) goes its own way beside the messages that wait for one another.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import monotonic, perf_counter
from uuid import uuid4

from bot.delivery.channel import Channel, Delivered, Gone, Later, Outcome, Payload, Refused
from bot.delivery.lease import holder_here, is_gone
from bot.delivery.patience import insist
from bot.delivery.reports import Reports, apology
from bot.dialogue import reminders
from bot.dialogue.context import Outside, Rules
from bot.dialogue.pages import CardPage, Page, View, needs_history, needs_shelf, page_of
from bot.dialogue.reader import as_read
from bot.dialogue.replies import Broadcasting, Card, File, Recheck, Reminder, Reply, Statistics, read, written
from bot.dialogue.situation import CARD, retirement
from bot.observing.observer import UNOBSERVED, Observer, Reminded, Span
from bot.words.wording import words_of
from flows.reminders import into_window
from flows.session import CardRef
from scoring.errors import MissingEditionError
from scoring.rubric import Rubric
from storage.broadcasts import Progress
from storage.errors import DamagedRowError, StorageError, Trouble, is_newer
from storage.outbox import Lane, Outgoing, Queued, Urgency, address_of, channel_of
from storage.store import Applied, Claim, Decision, Due, State, Store

LOG = logging.getLogger("shuping.worker")

AT_ONCE = 256
"""So many lanes are looked after at a time."""
LEASE = timedelta(seconds=8)
"""So long others leave to us what we have claimed, unless we renew it."""
RENEW_SECONDS, SURE_SECONDS = 2.0, 5.0
"""So long after claiming or renewing do we trust a claim; less than others wait."""
AWAY_SECONDS = 12.0
"""So long after the store was out of reach is what others have claimed left to them, although their claims have ended:
nobody could renew them, and who is alive first tells what was sent meanwhile."""
CHASE_SECONDS, LONGEST_CHASE = 0.1, 10.0
"""So soon is a lane looked at again that another worker has claimed, until the claim of a dead one has ended."""
LONGEST_WAIT = 60.0
LONGEST_LOOK = 15.0
"""So soon is it noticed that the clock was set back."""
SHARED_LOOK = 2.0
"""So soon is noticed what another host has queued, and is not at work on."""
LONGEST_REFUSAL = 86_400.0
DOUBLINGS = 6
REMEMBERED = 10_000
SET_BACK = timedelta(seconds=5)
NEVER = datetime.max.replace(tzinfo=UTC)
REMINDED = {
    Delivered: Reminded.SENT,
    Later: Reminded.LATER,
    Refused: Reminded.REFUSED,
    Gone: Reminded.GONE,
}


class ClaimLostError(Exception):
    """Others may have taken the lane by now, and are to send what waits there."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When the store was asked: how many lanes had come to an end here, and what the clock showed."""

    rest: int
    clock: float


class Worker:
    """Drains the outbox. `wake` says that a lane has something to send; `run` looks after what falls due later."""

    def __init__(
        self,
        store: Store,
        channels: Sequence[Channel],
        outside: Outside,
        rules: Rules,
        rubric: Rubric,
        reports: Reports,
        clock: Callable[[], float] = monotonic,
        observer: Observer = UNOBSERVED,
    ) -> None:
        self._store, self._outside, self._rules, self._rubric, self._reports = store, outside, rules, rubric, reports
        self._observer = observer
        self._channels: dict[str, Channel] = {channel.name: channel for channel in channels}
        self._clock = clock
        self.holder = f"{holder_here()}/{uuid4().hex[:8]}"
        self._active: dict[Lane, asyncio.Task[None]] = {}
        self._again: set[Lane] = set()
        self._rests: OrderedDict[Lane, int] = OrderedDict()
        """When lanes came to an end, by the count of these."""
        self._rest = 0
        self._claimed: dict[Lane, float] = {}
        self._renewed = float("-inf")
        self._doubted: dict[Lane, float] = {}
        """Since when it is not known whether others have taken a lane: it was not renewed in time."""
        self._alarm = asyncio.Event()
        self._looked: float | None = None
        self._away = float("-inf")
        self._moved = clock()
        self._looks = NEVER
        self._latest: datetime | None = None
        self._greetings: OrderedDict[str, str] = OrderedDict()

    def join(self, channel: Channel) -> None:
        """From now on, what waits for this channel is sent, too."""
        self._channels[channel.name] = channel
        self._alarm.set()

    @property
    def silent(self) -> float:
        """Seconds since it last looked for what is due, or tried to; 0 while it is not to."""
        return 0.0 if self._looked is None else self._clock() - self._looked

    @property
    def stuck(self) -> float:
        """Seconds since anything that it is at got on; 0 while it is at nothing."""
        return self._clock() - self._moved if self._active else 0.0

    # what there is to be sent

    def claim(self) -> Claim:
        """For whoever writes a message that is to be sent by this worker at once."""
        return Claim(self.holder, self._outside.now() + LEASE)

    def moment(self) -> Moment:
        """Now, for whoever is about to ask the store."""
        return Moment(self._rest, self._clock())

    def take_up(self, window: str, applied: Applied, asked: Moment | None = None) -> None:
        """Something was stored: what can be sent is sent at once, what is for later is looked after in time."""
        now = self._outside.now()
        answers = 0
        if applied.echoed and applied.decision.echo:
            self.expect(applied.decision.echo.outgoing.due)
        for outgoing in applied.decision.outbox:
            if outgoing.due > now:
                self.expect(outgoing.due)
            elif outgoing.urgency.aside:
                self.wake(Lane(window, aside=True))
            else:
                answers += 1
        if answers or applied.due:  # without a claim, another worker has the lane, and may not know of this yet
            self.wake(Lane(window, aside=False), applied.due, asked, alone=answers == 1)

    def wake(self, lane: Lane, first: Due | None = None, asked: Moment | None = None, *, alone: bool = False) -> None:
        """Send what is due in this lane, after what is already being sent there; what is not ours is left to others.

        `first`, if it is known and claimed, by who `asked` the store; what was at the lane here after that may have
        sent it. `alone`: nothing else of what was just queued comes after it.
        """
        if channel_of(lane.window) not in self._channels:
            return
        if lane in self._active:
            self._again.add(lane)
            return
        if asked is None or self._rests.get(lane, -1) >= asked.rest:
            first = None
        elif first is not None:
            self._claimed[lane] = asked.clock
        if not self._active:
            self._moved = self._clock()
        task = asyncio.create_task(self._drain(lane, first, alone=alone))
        self._active[lane] = task
        task.add_done_callback(lambda _: self._rested(lane))

    def _rested(self, lane: Lane) -> None:
        task = self._active.pop(lane)
        self._rests[lane] = self._rest
        self._rests.move_to_end(lane)
        self._rest += 1
        if len(self._rests) > REMEMBERED:
            self._rests.popitem(last=False)
        self._moved = self._clock()
        self._claimed.pop(lane, None)
        self._doubted.pop(lane, None)
        if not task.cancelled() and (error := task.exception()):
            LOG.error("sending to somebody broke off: %s", type(error).__name__)
        if lane in self._again:
            self._again.discard(lane)
            self.wake(lane)

    async def run(self) -> None:
        """Look after what falls due and renew claims, until cancelled."""
        keeping = asyncio.create_task(self._keep_claims())
        try:
            while True:
                await insist(self._look)
        finally:
            self._looked = None
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _keep_claims(self) -> None:
        """Others leave to us what we are at; what a dead process of this machine was at is free at once."""
        while True:
            await insist(self._renew)
            await asyncio.sleep(RENEW_SECONDS)

    async def _renew(self) -> None:
        began = self._clock()
        if self._active:
            await self._store.renew(self.claim())
            self._doubt()
            self._renewed = began
        others = await self._store.holders() - {self.holder}
        for other in others:
            if is_gone(other):
                await self._store.release(other)
        if others:  # what they are at is ours once their claims end, and may not be known here
            self._alarm.set()

    def _doubt(self) -> None:
        """What was renewed too late may have been somebody else's already, and then was not renewed."""
        over = self._clock() - LEASE.total_seconds()
        self._doubted |= {lane: self._clock() for lane in self._active if self._sure_since(lane) <= over}

    def _sure_since(self, lane: Lane) -> float:
        return max(self._claimed.get(lane, self._renewed), self._renewed)

    def _is_sure(self, lane: Lane) -> bool:
        """Nobody else can have taken the lane yet."""
        return lane not in self._doubted and self._clock() - self._sure_since(lane) < SURE_SECONDS

    def _be_sure(self, lane: Lane) -> None:
        """Raises ClaimLostError."""
        if not self._is_sure(lane):
            raise ClaimLostError

    async def _look(self) -> None:
        """Take up what is due, and sleep until more is."""
        self._alarm.clear()
        self._looked = self._clock()
        self._looks = NEVER  # whatever is expected from now on may be missing in what is read here
        now = self._outside.now()
        try:
            await self._mind_the_clock(now)
            if self._clock() - self._away >= AWAY_SECONDS:
                await self._take_what_is_due(now)
            await self._sleep(now)
        except StorageError as error:
            if self._store.shared and error.trouble is Trouble.UNREACHABLE:
                self._away = self._clock()
            raise

    async def _take_what_is_due(self, now: datetime) -> None:
        asked = self.moment()
        for due in await self._store.claim(
            self.claim(), now, AT_ONCE, channels=self._channels.keys(), besides=self._active
        ):
            if due.queued.lane not in self._active:
                self.wake(due.queued.lane, due, asked)

    async def _mind_the_clock(self, now: datetime) -> None:
        """What was put off by a clock that has been set back since does not wait for it.

        Before the first look, nobody knows; whoever is at work already would have noticed.
        """
        set_back = await self._is_alone() if self._latest is None else now < self._latest - SET_BACK
        if set_back:
            await self._store.hasten(now)
        self._latest = now

    async def _is_alone(self) -> bool:
        return all(other == self.holder or is_gone(other) for other in await self._store.holders())

    async def _sleep(self, now: datetime) -> None:
        """Until the next message falls due; the clock is looked at several times a minute.

        What is due already is being sent, or could not be: it is looked after once a second.
        """
        due = await self._store.next_due()
        longest = SHARED_LOOK if self._store.shared else LONGEST_LOOK
        seconds = longest if due is None else min(longest, (due - now).total_seconds())
        seconds = max(seconds, 0.05) if seconds > 0 and not self._active else max(seconds, 1.0)
        self._looks = now + timedelta(seconds=seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for may swallow a cancellation before Python 3.12
                await self._alarm.wait()

    def look(self) -> None:
        """Something was stored that is due, by whomever: take it up."""
        self._alarm.set()

    def expect(self, due: datetime) -> None:
        """Something was stored that falls due then, by whomever: it is to be noticed in time."""
        if self._outside.now() < due < self._looks:
            self._alarm.set()

    async def finish(self) -> None:
        """Let what is being sent arrive, and leave the rest to others."""
        while self._active:
            self._again.clear()
            await asyncio.wait(list(self._active.values()))
        await insist(lambda: self._store.release(self.holder))

    # one lane

    async def _drain(self, lane: Lane, due: Due | None, *, alone: bool) -> None:
        """One message at a time; what had to wait for its turn may have been superseded meanwhile."""
        due = due or await self._take(lane)
        while due:
            due = await self._carried_out(due, alone=alone)
            alone = False

    async def _take(self, lane: Lane) -> Due | None:
        """Claim a lane that has something due, as soon as whoever else has it leaves it.

        What nobody here may have, since a newer program wrote it, is left alone after a while.
        """
        until = self._clock() + LONGEST_CHASE
        while self._clock() < until:
            began, now = self._clock(), self._outside.now()
            if found := await insist(lambda: self._store.claim(self.claim(), now, 1, lane)):  # noqa: B023  # at once
                self._claimed[lane] = began
                self._doubted.pop(lane, None)
                return found[0]
            if not await insist(lambda: self._is_due(lane, now)):  # noqa: B023  # at once
                return None
            await asyncio.sleep(CHASE_SECONDS)
        return None

    async def _is_due(self, lane: Lane, now: datetime) -> bool:
        waiting = await self._store.waiting(lane.window)
        return any(queued.lane == lane and queued.due <= now for queued in waiting)

    async def _following(self, lane: Lane) -> Due | None:
        began = self._clock()
        found = await insist(lambda: self._store.following(lane, self._outside.now(), self.holder))
        return self._found(found, began)

    def _found(self, following: Due | None, asked: float) -> Due | None:
        """What follows in a lane: then it was still ours after it was asked."""
        if following and self._doubted.get(following.queued.lane, asked) <= asked:
            self._doubted.pop(following.queued.lane, None)
        return following

    async def _carried_out(self, due: Due, *, alone: bool) -> Due | None:
        """Send one message; gives the next one. Damage of one window's rows is its own."""
        queued = due.queued
        try:
            channel = self._channels[channel_of(queued.window)]
            reply = read(queued.reply)
            if isinstance(reply, File):
                return await self._file(channel, due, reply)
            if await self._turn(channel, queued):
                present = await self._following(queued.lane)  # the turn is for what is to be said now
                if present is None or present.queued.urgency is Urgency.FILE:
                    return present
                due, queued = present, present.queued
                reply = read(queued.reply)
            self._be_sure(queued.lane)
            return await self._say(channel, due, reply, alone=alone)
        except ClaimLostError:
            self._observer.claim_lost()
            self._alarm.set()
            return None
        except MissingEditionError as error:  # the operator may bring it back
            LOG.error("a message is about the edition %s, which is not here; it waits", error.edition)  # noqa: TRY400  # a sentence, not a traceback
            await self._put_off(queued, LONGEST_WAIT)
            return await self._following(queued.lane)
        except (DamagedRowError, LookupError, TypeError, ValueError) as error:
            return await self._puzzled(queued, error)
        except StorageError as error:
            if not is_newer(error):
                raise
            return await self._following(queued.lane)  # where the claim ends, if that is to be sent by a newer program

    async def _turn(self, channel: Channel, queued: Queued) -> bool:
        """Wait until it may be sent; gives whether that took any time."""
        return await channel.turn(address_of(queued.window), queued.urgency)

    async def _say(self, channel: Channel, due: Due, reply: Reply, *, alone: bool) -> Due | None:
        """Send one message; gives the next one of its lane, None if there is none or it has to wait."""
        queued, now = due.queued, self._outside.now()
        if queued.urgency is Urgency.REMINDER and (opens := self._opens(due.state, now)):
            await insist(lambda: self._store.defer(queued, opens))
            self._observer.reminded(Reminded.LATER)
            self.expect(opens)
            return await self._following(queued.lane)
        void = self._is_void(channel, due, reply, now)
        page = None if void else page_of(reply, await self._view(channel, due, reply))
        if isinstance(reply, Card) and not isinstance(page, CardPage) and due.state.session:
            LOG.error("an assessment is by the edition %s, which is not here", due.state.session.rubric)
        outcome = await self._deliver(channel, await self._tried(due), page, reply)
        if queued.urgency is Urgency.REMINDER:
            self._observer.reminded(REMINDED[type(outcome)] if page else Reminded.VOID)
        if not isinstance(outcome, Delivered):
            return await self._failed(channel, due, outcome, now)
        if not self._is_sure(queued.lane):
            return await self._arrived_late(due, reply, outcome.card, now)
        seen = _news(due, page)
        if alone and outcome.harmless and outcome.card is None and seen is None:
            self._store.confirm(queued, self.holder, left=lambda: self.wake(queued.lane))
            return None
        return await self._arrived(due, reply, outcome.card, seen, now)

    async def _tried(self, due: Due) -> Due:
        """What is told very many is told nobody twice: a try is noted before it is made, and one whose maker has died
        since counts as made. Of other messages, one that is lost would be worse.
        """
        queued = due.queued
        if queued.urgency is not Urgency.BROADCAST or queued.part > queued.attempts:
            return due
        await insist(lambda: self._store.advanced(queued, queued.attempts + 1))
        return replace(due, queued=replace(queued, part=0))

    def _is_void(self, channel: Channel, due: Due, reply: Reply, now: datetime) -> bool:
        """A reminder that nobody needs any more, or of somebody who has taken their address back since."""
        if isinstance(reply, Reminder | Recheck) and not channel.manner.reaches(due.state.window):
            return True
        return isinstance(reply, Reminder) and reminders.is_void(reply, due.state, self._rules, now)

    def _opens(self, state: State, now: datetime) -> datetime | None:
        """A reminder that comes late waits for the window of the day to open, and nothing else waits with it."""
        opening = into_window(self._rules.schedule, self._rules.zone_of(state.window), now)
        return opening if opening > now.astimezone(UTC) else None

    async def _view(self, channel: Channel, due: Due, reply: Reply) -> View:
        state, window, dossier = due.state, due.queued.window, due.state.dossier
        live = due.queued.key == CARD
        view = View(state, self._outside.now(), self._rules, channel.manner.medium, self._rubric, live=live)
        if needs_history(reply) and dossier:
            view = replace(view, history=await insist(lambda: self._store.history(dossier)))
        if isinstance(reply, Statistics):
            view = replace(view, stats=await insist(lambda: self._store.stats(self._outside.now())))
        if isinstance(reply, Broadcasting):
            view = await insist(lambda: self._broadcasting(view, reply, window))
        if needs_shelf(reply):
            view = replace(view, shelf=await insist(lambda: self._store.shelf(window)))
        return view

    async def _broadcasting(self, view: View, reply: Broadcasting, window: str) -> View:
        """How it stands; a draft, for whom it can be. Nobody sees a draft of somebody else."""
        found = await self._store.broadcast(reply.id)
        if found is None or found.progress is not Progress.DRAFT:
            return replace(view, broadcast=found)
        if found.by != window:
            return view
        return replace(view, broadcast=found, recipients=await self._store.recipients(found.channel))

    async def _deliver(self, channel: Channel, due: Due, page: Page | None, reply: Reply) -> Outcome:
        """Part after part; what has arrived of it is noted, and is not sent again."""
        queued = due.queued
        live = self._live(due, reply)
        parts = channel.paint(page) if page else ()
        outcome: Outcome = Delivered()
        for part in range(queued.part, len(parts)):
            if part > queued.part:
                done = part
                await insist(lambda: self._store.advanced(queued, done))  # noqa: B023  # at once
                await self._turn(channel, queued)
            outcome = await self._hand_over(channel, queued, parts[part], live)
            if not isinstance(outcome, Delivered):
                return outcome
        return outcome

    async def _hand_over(self, channel: Channel, queued: Queued, payload: Payload, live: str | None = None) -> Outcome:
        """One part, taken to its address by the channel. Raises ClaimLostError if others may be at it by now."""
        self._be_sure(queued.lane)
        urgency, began = queued.urgency.name.lower(), perf_counter()
        with self._observer.span(Span.SEND, channel=channel.name, urgency=urgency):
            outcome = await channel.deliver(address_of(queued.window), payload, live)
        self._observer.sent(channel.name, urgency, type(outcome).__name__.lower(), perf_counter() - began)
        self._moved = self._clock()
        return outcome

    @staticmethod
    def _live(due: Due, reply: Reply) -> str | None:
        """The card that is to be changed in its place; a stranger's is known by what they tapped on alone."""
        if due.queued.key != CARD or due.queued.anew:
            return None
        return due.state.window.card if due.state.window else reply.over

    async def _arrived(
        self, due: Due, reply: Reply, card: str | None, seen: CardRef | None, decided: datetime
    ) -> Due | None:
        """What is owed follows from how things were `decided`: a moment later, a reminder may have had its turn."""
        queued, now = due.queued, self._outside.now()
        owed = self._owed(due, reply, card, decided)
        began = self._clock()
        following = await insist(lambda: self._store.delivered(queued, now, self.holder, card, owed, seen))
        if owed and owed.due <= now:
            self.wake(Lane(queued.window, aside=True))
        elif owed:
            self.expect(owed.due)
        return self._found(following, began)

    async def _arrived_late(self, due: Due, reply: Reply, card: str | None, decided: datetime) -> Due | None:
        """It took so long that another worker may have shown something newer: whatever is so now is shown once more."""
        queued = due.queued
        present = replace(due, state=await insist(lambda: self._store.state(queued.window, queued.dossier)))
        following = await self._arrived(present, reply, card, None, decided)
        if queued.key == CARD:
            await self._show(queued.window)
        return following

    def _owed(self, due: Due, reply: Reply, card: str | None, now: datetime) -> Outgoing | None:
        """What is to be sent because this was: the next reminder; an old card that a new one takes the place of."""
        if isinstance(reply, Reminder) and due.queued.dossier:
            return reminders.following(due.state, due.queued.dossier, self._rules, now)
        old = self._replaced(due, card) if card is not None else None
        return retirement(old, now) if old is not None else None

    def _replaced(self, due: Due, card: str) -> str | None:
        """A stranger's old card is nowhere but here: nothing of them is stored."""
        window = due.queued.window
        old = self._greetings.pop(window, None)
        if due.state.window is None or due.state.window.card is None:
            self._greetings[window] = card
            if len(self._greetings) > REMEMBERED:
                self._greetings.popitem(last=False)
        return (due.state.window and due.state.window.card) or old

    async def _puzzled(self, queued: Queued, error: Exception) -> Due | None:
        """A message that makes no sense must not hold up its lane."""
        LOG.error("a message cannot be understood (%s) and is set aside", type(error).__name__)
        await insist(lambda: self._store.set_aside(queued))
        return await self._following(queued.lane)

    # files

    async def _file(self, channel: Channel, due: Due, wanted: File) -> Due | None:
        """Make a file and send it; then the card comes below it. Others of the window go on meanwhile."""
        queued, now = due.queued, self._outside.now()

        async def tell(page: Page) -> None:
            """Once, and in turn like anything else."""
            if queued.attempts == 0:
                await self._turn(channel, queued)
                for payload in channel.paint(page):
                    await self._hand_over(channel, queued, payload)

        async with self._reports.made(queued, wanted, channel.manner.medium, now, tell) as page:
            await self._turn(channel, queued)
            present = await self._following(queued.lane)
            if present is None or present.queued != queued:
                return present  # it was superseded, or all was deleted, while it was made
            outcome = await self._deliver(channel, present, page, wanted)
        if not isinstance(outcome, Delivered):
            return await self._failed(channel, due, outcome, now)
        following = await insist(lambda: self._store.delivered(queued, self._outside.now(), self.holder))
        await self._show(queued.window, anew=True)
        return following

    async def _show(self, window: str, *, anew: bool = False) -> None:
        """The live card once more; `anew`: below what was just sent."""
        now = self._outside.now()

        def decide(state: State) -> Decision:
            if state.session is None or state.window is None or state.window.blocked:
                return Decision()
            return Decision(outbox=(Outgoing(written(Card()), now, CARD, anew=anew),))

        applied = await insist(lambda: self._store.apply(window, decide))
        if applied:
            self.take_up(window, applied)

    # what goes wrong

    async def _failed(self, channel: Channel, due: Due, outcome: Outcome, asked: datetime) -> Due | None:
        queued = due.queued
        match outcome:
            case Gone():
                await insist(lambda: self._store.refused(queued, asked))
            case Refused():
                await self._apologise(channel, due)
                await insist(lambda: self._store.delivered(queued, self._outside.now(), self.holder))
            case Later(seconds=seconds):
                doubled = min(LONGEST_WAIT, 2.0 ** min(queued.attempts, DOUBLINGS))
                await self._put_off(queued, doubled if seconds is None else min(LONGEST_REFUSAL, seconds))
        return await self._following(queued.lane)

    async def _apologise(self, channel: Channel, due: Due) -> None:
        """Somebody asked for a file and would wait for it."""
        session = as_read(due.state).session
        if due.queued.urgency is not Urgency.FILE or session is None:
            return
        page = apology(words_of(session, channel.manner.medium).text("report.refused"))
        await self._turn(channel, due.queued)
        for payload in channel.paint(page):
            await self._hand_over(channel, due.queued, payload)
        await self._show(due.queued.window, anew=True)

    async def _put_off(self, queued: Queued, seconds: float) -> None:
        until = self._outside.now() + timedelta(seconds=seconds)
        await insist(lambda: self._store.postpone(queued, until))
        self.expect(until)


def _news(due: Due, page: Page | None) -> CardRef | None:
    """The card that is before a window now, if it is not the one that was known to be there."""
    window = due.state.window
    if not isinstance(page, CardPage) or due.state.session is None or window is None:
        return None
    ref = page.session.ref
    return ref if ref != window.seen else None
