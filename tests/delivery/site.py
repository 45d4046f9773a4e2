"""A store with processes on it, and people at its channels; time passes when a test says so."""

import asyncio
import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from bot.delivery.intake import Intake
from bot.delivery.reports import Reports
from bot.delivery.worker import Worker
from bot.dialogue.buttons import SESSION_CHARACTERS
from bot.dialogue.context import Keep, Outside, Rules
from bot.observing.observer import UNOBSERVED, Observer
from flows.reminders import Schedule
from flows.session import Session
from scoring.editions import load_rubric
from storage.outbox import Outgoing, Urgency
from storage.store import Decision, Store
from storage.window import Window
from tests.delivery.places import Person, Place, Seen
from tests.flows.driver import START

RUBRIC = load_rubric("miit-2024")
DAY = timedelta(days=1)
RULES = Rules(
    Schedule((DAY, 3 * DAY, 7 * DAY), time(9), time(20)), ZoneInfo("Asia/Shanghai"), keep=Keep(timedelta(365), None)
)
WITHIN = 20.0
TOKEN = re.compile(r"[0-9a-f]{32}")


async def until(look: Callable[[], object], within: float = WITHIN) -> None:
    """Until it is so."""
    async with asyncio.timeout(within):
        while not look():  # noqa: ASYNC110  # whatever it looks at
            await asyncio.sleep(0.002)


@dataclass
class Process:
    """Worker and intakes, as one process of the bot has them. `late`: it was frozen for so many seconds."""

    site: "Site"
    late: float = 0.0
    running: "asyncio.Task[None] | None" = None
    taking: list["asyncio.Task[None]"] = field(default_factory=list)

    def __post_init__(self) -> None:
        site, outside = self.site, Outside(lambda: self.site.now)
        self.channels = [place.channel() for place in site.places]
        self.reports = Reports(site.store, site.rules, site.observer)
        self.worker = Worker(
            site.store,
            self.channels,
            outside,
            site.rules,
            RUBRIC,
            self.reports,
            lambda: monotonic() + self.late,
            site.observer,
        )
        self.intakes = [
            Intake(site.store, channel, self.worker, outside, site.rules, RUBRIC, site.observer)
            for channel in self.channels
        ]

    async def begin(self, *, takes: bool) -> None:
        """Send; and take what people do, too."""
        if takes:
            pairs = zip(self.site.places, self.intakes, strict=True)
            self.taking = [asyncio.create_task(place.attend(intake)) for place, intake in pairs]
        await self.look()

    async def look(self) -> None:
        """At what is due, as it does every few seconds."""
        await self.freeze()
        self.running = asyncio.create_task(self.worker.run())
        await asyncio.sleep(0)

    async def freeze(self) -> None:
        """It no longer looks at what is due, nor renews its claims."""
        if self.running:
            await _cancelled(self.running)
        self.running = None

    @property
    def sending(self) -> "list[asyncio.Task[None]]":
        """What it has under way."""
        return list(self.worker._active.values())

    def hold(self, *, took: bool) -> asyncio.Event:
        """It waits for its turns until the event comes, and then was told whether that `took` any time."""
        released = asyncio.Event()

        async def turn(_address: str, _urgency: Urgency) -> bool:
            await released.wait()
            return took

        for channel in self.channels:
            setattr(channel, "turn", turn)  # noqa: B010  # a method of this one alone
        return released

    async def leave(self) -> None:
        """It takes nothing any more."""
        await _cancelled(*self.taking)

    async def kill(self) -> None:
        """As a power cut does: nothing is finished, nothing given back."""
        self.worker._again.clear()
        await self.freeze()
        await _cancelled(*self.taking, *self.sending)
        await self.reports.close()

    async def stop(self) -> None:
        """What is under way is finished, the rest is left to others."""
        await _cancelled(*self.taking)
        await self.freeze()
        for intake in self.intakes:
            await intake.finish()
        await self.worker.finish()
        await self.reports.close()


async def _cancelled(*tasks: "asyncio.Task[None]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@dataclass
class Site:
    """One installation: `places[0]` is the channel under trial; that of `places[1]` never speaks first."""

    store: Store
    places: tuple[Place, Place]
    rules: Rules = RULES
    observer: Observer = UNOBSERVED
    processes: list[Process] = field(default_factory=list)
    began: float | None = None
    """Since then does the clock run; None while it stands still."""
    _set: datetime = START

    async def start(self, *, takes: bool = False) -> Process:
        """Another process; the first one takes what people do, since only one may poll."""
        process = Process(self)
        self.processes.append(process)
        await process.begin(takes=takes or len(self.processes) == 1)
        return process

    @property
    def process(self) -> Process:
        """The first one."""
        return self.processes[0]

    async def close(self) -> None:
        for process in self.processes:
            with suppress(TimeoutError):
                await process.kill()

    # time

    @property
    def now(self) -> datetime:
        """What the clock shows."""
        return self._set + timedelta(seconds=monotonic() - self.began if self.began else 0)

    async def rest(self) -> None:
        """Until all that can be answered and sent by now has been."""
        async with asyncio.timeout(WITHIN):
            while await self._is_busy():  # noqa: ASYNC110  # several things at once
                await asyncio.sleep(0.002)

    async def _is_busy(self) -> bool:
        if any(place.busy for place in self.places) or any(process.sending for process in self.processes):
            return True
        due = await self.store.next_due()
        return due is not None and due <= self.now

    async def elapses(self, **time: float) -> None:
        """So much time; processes look after what has fallen due."""
        self._set += timedelta(**time)
        for process in self.processes:
            if process.running:
                await process.look()

    async def passes(self, **time: float) -> None:
        """So much time, and what is due after it is sent."""
        await self.elapses(**time)
        await self.rest()

    # people

    async def person(self) -> Person:
        """Somebody at the first item."""
        person = self.places[0].person()
        shown = await self.does(person, "/start", "开始", "示例厂", "D")
        assert "第 1 项" in shown.text, person.texts
        return person

    async def does(self, person: Person, *lines: str) -> Seen:
        """Somebody says this, line by line; gives the last that is then before them."""
        for line in lines:
            await person.say(line)
        await self.rest()
        return person.seen[-1]

    async def presses(self, person: Person, label: str, on: Seen | None = None) -> Seen:
        """Somebody presses that; gives the last that is then before them."""
        await person.press(label, on)
        await self.rest()
        return person.seen[-1]

    async def linked(self, person: Person, place: Place | None = None) -> Person:
        """A second window on the dossier of a person."""
        await person.say("/link")
        await self.rest()
        token = next(found[0] for text in person.texts[::-1] if (found := TOKEN.search(text)))
        other = (place or self.places[0]).person()
        await other.follow(token)
        await self.rest()
        return other

    async def send(self, person: Person, *outbox: Outgoing) -> None:
        """Whatever is to be sent, as an answer of the first process."""
        applied = await self.store.apply(person.window, lambda _: Decision(outbox=outbox))
        assert applied
        self.process.worker.take_up(person.window, applied)

    # what there is

    async def session(self, person: Person) -> Session:
        """What is stored of the dossier in front of somebody."""
        session = (await self.store.state(person.window)).session
        assert session
        return session

    async def window(self, person: Person) -> Window:
        """What is stored of somebody's window."""
        window = (await self.store.state(person.window)).window
        assert window
        return window

    async def waits(self, person: Person) -> list[str]:
        """The kinds of reply that wait for somebody, those for later too."""
        return [json.loads(queued.reply)["kind"] for queued in await self.store.waiting(person.window)]

    async def is_right(self, person: Person) -> bool:
        """There is one live card, the last thing before them or edited in its place, and it is of the present state."""
        ref = (await self.session(person)).ref
        head = f"{ref.session[:SESSION_CHARACTERS]}|{ref.revision}|{ref.card}|"
        (card,) = person.cards
        return all(data.startswith(head) for data in card.buttons.values())
