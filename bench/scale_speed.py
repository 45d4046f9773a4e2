"""PostgreSQL, and how much there can be of everything: workers, dossiers, reminders, snapshots that are kept open.

The floor runs one read and one conditional write of the same size on a plain pool of psycopg, reads sessions from JSON
and writes them as JSON. `python -m bench.scale_speed NAME …` measures parts (`taps`, `sizes`, `reminders`, `held`,
`disk`).
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import psutil
import psycopg

from bench import storage_speed
from bench.scale_child import AT_ONCE, Ours, Took, turns_of
from bench.scale_fill import SETTINGS, TELEGRAM, fill, fill_past, settle, sizes
from bench.storage_speed import CARD, LATER, REMINDER, window_of
from bench.table import Row, at_least, at_most, at_most_of, duration, size, table
from bench.telegram_speed import OURS, RATE, Stage, processor_seconds, stage
from bench.walk import full_walk
from storage.opening import open_store
from storage.outbox import Outgoing, Urgency
from storage.store import Decision
from tests.postgres import SUPERUSER, Server

FIRMS = 4_000
"""So many are at it at the same time."""
MANY = 1_000_000
ROUNDS, SECONDS, FLIGHT = 3, 2.0, 16
SOME, LOOKS = 128, 40
BURST, LATEST, TAPS = 100_000, 1.0, 25
A_SECOND, HALF_AN_HOUR = 240, 1_800
SAMPLE, SLICES = 20_000, 20
FINISHED, UPDATES = 20_000, 120
"""A walk takes so many taps."""


class Child:
    """A process that taps."""

    def __init__(self, kind: str, url: str, child: int = 0, children: int = 1, firms: int = FIRMS) -> None:
        command = (sys.executable, "-m", "bench.scale_child", kind, url, str(child), str(children), str(firms))
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **asked: float) -> None:
        """`taps` or `seconds`, and `flight`."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()

    def answer(self) -> Took:
        """What it took."""
        assert self._process.stdout is not None
        return Took(**json.loads(self._process.stdout.readline()))

    def ready(self) -> None:
        """Wait until it is."""
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def close(self) -> None:
        """It ends where its input ends."""
        self._process.communicate()


@contextmanager
def started(server: Server, firms: int = FIRMS) -> Iterator[str]:
    """The URL of a database with so many firms."""
    with server.database() as url:
        asyncio.run(_migrate(url))
        fill(server, url, firms)
        yield url


async def _migrate(url: str) -> None:
    await (await open_store(url)).close()


def served(process: int) -> float:
    """Processor seconds that a server has used so far, with all its processes, those that have ended, too."""
    server = psutil.Process(process)
    times = server.cpu_times()
    ended = float(times.children_user + times.children_system)
    used = processor_seconds(process) + ended
    for child in server.children():
        with suppress(psutil.NoSuchProcess):
            used += processor_seconds(child.pid)
    return used


def written(server: Server) -> int:
    """Bytes that a server has written to its log so far."""
    with psycopg.connect(server.url(SUPERUSER, user=SUPERUSER)) as connection:
        row = connection.execute("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn").fetchone()
        assert row is not None
        return int(row[0])


# taps


@dataclass(frozen=True, slots=True)
class Measured:
    """Taps a second of all workers together; processor seconds a tap of the workers, and of the server.

    `log`: bytes that the server writes to its log (WAL) for a tap.
    """

    rate: float
    worker: float
    server: float
    log: float


def taps() -> Iterator[Row]:
    """One worker and two, one by one and many in flight, beside SQLite and beside the bare statements."""
    found: dict[tuple[str, int, int], list[Measured]] = {}
    with ExitStack() as stack:
        server = stack.enter_context(Server(durable=True, **SETTINGS))
        folder = stack.enter_context(TemporaryDirectory())
        crews = _crews(server, Path(folder), stack)
        for _ in range(ROUNDS):
            for flight in (1, FLIGHT):
                for workers in (1, 2):
                    for kind, crew in crews.items():
                        found.setdefault((kind, workers, flight), []).append(_measure(server, crew[:workers], flight))
    yield from _taps({key: _middle(each) for key, each in found.items()})


def _crews(server: Server, folder: Path, stack: ExitStack) -> dict[str, list[Child]]:
    """Two workers of each kind, each kind on a database of its own; all have tapped a little."""
    file = folder / "bench.sqlite3"
    asyncio.run(storage_speed.fill(file, FIRMS))
    urls = {kind: stack.enter_context(started(server)) for kind in ("ours", "bare")} | {"sqlite": f"sqlite:///{file}"}
    crews = {kind: [Child(kind, url, child, 2) for child in range(2)] for kind, url in urls.items()}
    for crew in crews.values():
        for child in crew:
            stack.callback(child.close)
            child.ready()
        _measure(server, crew, FLIGHT)
    return crews


def _measure(server: Server, crew: list[Child], flight: int) -> Measured:
    used, logged = served(server.pid), written(server)
    for child in crew:
        child.ask(seconds=SECONDS, flight=flight)
    took = [child.answer() for child in crew]
    done = sum(each.taps for each in took)
    rate = sum(each.taps / each.seconds for each in took)
    worker = sum(each.processor for each in took) / done
    return Measured(rate, worker, (served(server.pid) - used) / done, (written(server) - logged) / done)


def _middle(each: list[Measured]) -> Measured:
    return Measured(*(median(getattr(one, name) for one in each) for name in ("rate", "worker", "server", "log")))


def _taps(found: dict[tuple[str, int, int], Measured]) -> Iterator[Row]:
    for flight, how in ((1, "one by one"), (FLIGHT, f"{FLIGHT} in flight each")):
        for workers in (1, 2):
            ours, bare, sqlite = (found[kind, workers, flight] for kind in ("ours", "bare", "sqlite"))
            what = f"taps, {workers} worker{'s' * (workers - 1)}, {how}"
            yield _beside(what, ours, "bare statements", bare)
            yield _beside("the same beside", ours, "SQLite", sqlite)
    ours, bare = (found[kind, 1, FLIGHT] for kind in ("ours", "bare"))
    yield at_most(f"processor time of the worker, {FLIGHT} in flight", ours.worker, 350e-6)
    yield _costs("the same beside", ours.worker, bare.worker)
    yield _costs("processor time of the server", ours.server, bare.server)
    ratio = f"{ours.log / bare.log:.2f}"
    yield Row("log of the server (WAL), a tap", f"{ours.log:,.0f} B", f"bare statements: {bare.log:,.0f} B", ratio)


def _beside(what: str, ours: Measured, name: str, theirs: Measured) -> Row:
    return Row(what, f"{ours.rate:,.0f}/s", f"{name}: {theirs.rate:,.0f}/s", f"{ours.rate / theirs.rate:.2f}")


def _costs(what: str, ours: float, theirs: float) -> Row:
    return Row(what, duration(ours), f"bare statements: {duration(theirs)}", f"{ours / theirs:.2f}")


# a thousand dossiers and a million


class Crowd:
    """A store with so many dossiers, and what is done with some of them at a time."""

    def __init__(self, url: str, store: Ours, firms: int) -> None:
        self.url, self.ours, self.firms = url, store, firms
        self._turns = turns_of(0, 1, firms)
        self._chance = Random(firms)  # noqa: S311  # no secrets

    async def taps(self) -> float:
        """Seconds that an update takes."""
        began = perf_counter()
        await gathered(self.ours.tap(*next(self._turns)) for _ in range(SOME))
        return (perf_counter() - began) / SOME

    async def rounds(self) -> float:
        """Seconds from what waits to what was sent, for each message: claimed, and noted as delivered."""
        now = datetime.now(UTC)
        card = Decision(outbox=(Outgoing(CARD, now, "card"),))
        await gathered(self.ours.store.apply(window, lambda _: card) for window, _ in self._some())
        return await self._sent()

    async def reminders(self) -> float:
        """The same for reminders among all that wait, each of which owes the next."""
        numbers = [self._chance.randrange(1, self.firms + 1) for _ in range(SOME)]
        self._due(numbers)
        return await self._sent()

    def _some(self) -> list[tuple[str, int]]:
        return [next(self._turns) for _ in range(SOME)]

    def _due(self, firms: list[int]) -> None:
        windows = [window_of(firm - 1) for firm in firms]
        with psycopg.connect(self.url, autocommit=True) as connection:
            statement = "UPDATE shuping.outbox SET due = %s WHERE window_name = ANY (%s) AND urgency = 4"
            connection.execute(statement, (datetime.now(UTC), windows))

    async def _sent(self) -> float:
        now, store, holder = datetime.now(UTC), self.ours.store, self.ours.holder
        began = perf_counter()
        claimed = await store.claim(self.ours.claim(now), now, AT_ONCE)
        assert len(claimed) > SOME / 2

        async def send(number: int) -> None:
            queued = claimed[number].queued
            key = f"reminder.{queued.dossier}"
            owed = Outgoing(REMINDER, LATER, key, urgency=Urgency.REMINDER) if queued.urgency else None
            await store.delivered(queued, now, holder, owed=owed)

        await gathered(send(number) for number in range(len(claimed)))
        await store.next_due()
        return (perf_counter() - began) / len(claimed)


async def gathered(works: Iterator[Awaitable[object]]) -> None:
    """So many at a time as come from a busy channel."""
    left = iter(works)

    async def some() -> None:
        for work in left:
            await work

    await asyncio.gather(*(some() for _ in range(FLIGHT)))


def many() -> Iterator[Row]:
    """An update, a round of sending, and reminders, with a thousand dossiers and with a million."""
    with Server(durable=True, **SETTINGS) as server, started(server, 1_000) as few, started(server, MANY) as million:
        yield Row(
            "database with 1,000,000 open assessments, a dossier", f"{sum(sizes(million).values()) / MANY:,.0f} B"
        )
        found = asyncio.run(_turns({1_000: few, MANY: million}))
        seconds = asyncio.run(_counted(million))
    for what in ("taps", "rounds", "reminders"):
        a_thousand, a_million = (median(found[firms, what]) for firms in (1_000, MANY))
        ratio = median(much / little for little, much in zip(found[1_000, what], found[MANY, what], strict=True))
        named = {"taps": "an update", "rounds": "claim and send, a message", "reminders": "due reminders, each"}[what]
        yield at_most_of(
            f"{named}, 1,000,000 dossiers", duration(a_million), f"1,000: {duration(a_thousand)}", ratio, 1.3
        )
    yield Row("statistics of 1,000,000 dossiers", duration(seconds))


async def _counted(url: str) -> float:
    async with await open_store(url) as store:
        began = perf_counter()
        await store.stats(datetime.now(UTC))
        return perf_counter() - began


async def _turns(urls: dict[int, str]) -> dict[tuple[int, str], list[float]]:
    """What each takes, in turns."""
    found: dict[tuple[int, str], list[float]] = {}
    crowds = [Crowd(url, Ours(await open_store(url), "bench"), firms) for firms, url in urls.items()]
    for number in range(LOOKS):
        for what in ("taps", "rounds", "reminders"):
            for crowd in crowds:
                took = await getattr(crowd, what)()
                if number:  # nothing is in memory at first
                    found.setdefault((crowd.firms, what), []).append(took)
    for crowd in crowds:
        await crowd.ours.close()
    return found


# everybody is reminded at once


def reminders() -> Iterator[Row]:
    """A hundred thousand reminders fall due, and somebody taps."""
    with Server(durable=True, **SETTINGS) as server, server.database() as url:
        asyncio.run(_migrate(url))
        fill(server, url, BURST, TELEGRAM)
        longest, sent, busy = asyncio.run(_reminded(url))
    yield at_most(f"a tap while {BURST:,} reminders are due, longest of {TAPS}", longest, LATEST)
    yield at_least("reminders sent meanwhile", sent, RATE * 0.75)
    yield Row("processor time of the worker meanwhile", f"{busy:.0%}", "of one core")


async def _reminded(url: str) -> tuple[float, float, float]:
    """The longest wait, reminders a second, and how busy the worker was."""
    async with stage(OURS, 0, url, rate=RATE, SHUPING_REMIND_WINDOW="00:00-23:59") as on:
        for _ in range(BURST):
            on.api.person(started=True)
        await _ready(on)
        await asyncio.to_thread(_all_due, url)
        await on.api.called("sendMessage", on.api.log.totals["sendMessage"] + 10, within=60)
        sent, began = on.api.log.totals["sendMessage"], perf_counter()
        used = processor_seconds(on.process.pid)
        waits = []
        for _ in range(TAPS):
            waits.append(await on.tap(on.people[0]))
            await asyncio.sleep(1.2)  # a chat has one message a second
        seconds = perf_counter() - began
        busy = (processor_seconds(on.process.pid) - used) / seconds
        return max(waits), (on.api.log.totals["sendMessage"] - sent) / seconds, busy


async def _ready(on: Stage) -> None:
    person = on.api.person(id=4_999_999_999)
    on.people.append(person)
    await on.arrive(person)


def _all_due(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE shuping.outbox SET due = now() WHERE urgency = 4")


# somebody keeps a snapshot open


def held() -> Iterator[Row]:
    """Half an hour's updates of a campaign, while nothing that was deleted can be forgotten."""
    with Server(durable=True, **SETTINGS) as server, started(server) as url:
        child = Child("ours", url)
        child.ready()
        _some(child, SAMPLE)
        free = [_some(child, SAMPLE)]
        with psycopg.connect(url) as old:
            old.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            old.execute("SELECT count(*) FROM shuping.windows")
            slices = [_some(child, A_SECOND * HALF_AN_HOUR // SLICES) for _ in range(SLICES)]
            late = _some(child, SAMPLE)
        settle(server, url)
        free.append(_some(child, SAMPLE))
        child.close()
    yield from _held(free, slices, late)


def _some(child: Child, number: int) -> Took:
    child.ask(taps=number, flight=FLIGHT)
    return child.answer()


def _held(free: list[Took], slices: list[Took], late: Took) -> Iterator[Row]:
    updates = A_SECOND * HALF_AN_HOUR
    usual = sum(each.seconds for each in free) / sum(each.taps for each in free)
    whole = sum(each.seconds for each in slices) / updates
    rate = f"none held: {1 / usual:,.0f}/s"
    what = f"{updates:,} taps while a snapshot is held open"
    yield at_most_of(what, f"{1 / whole:,.0f}/s", rate, whole / usual, 1.3)
    least = late.seconds / late.taps
    yield at_most_of(f"the {SAMPLE:,} after them", f"{1 / least:,.0f}/s", rate, least / usual, 1.3)
    before, after = slices[0].memory, slices[-1].memory
    what = "memory of the worker after them"
    yield at_most_of(what, size(after), f"after the first of {SLICES} parts: {size(before)}", after / before, 1.05)


# what a dossier takes


def disk() -> Iterator[Row]:
    """Bytes of a firm that has been through all of it once."""
    walk = [session for session, _ in full_walk()]
    lines = sum(before.record != after.record for before, after in pairwise(walk))
    with Server(durable=True, **SETTINGS) as server, started(server, FINISHED) as url:
        fill_past(url, FINISHED, lines, UPDATES)
        settle(server, url)
        found = sizes(url)
    lasting = {name: octets / FINISHED for name, octets in found.items()}
    passing = lasting.pop("updates")
    yield Row("disk of a firm with one assessment", f"{sum(lasting.values()):,.0f} B", f"{lines} lines of log")
    for name in sorted(lasting, key=lambda name: -lasting[name])[:5]:
        yield Row(f"of which {name}", f"{lasting[name]:,.0f} B")
    yield Row(f"and, for some days, {UPDATES} seen updates", f"{passing:,.0f} B")


PARTS: dict[str, Callable[[], Iterator[Row]]] = {
    "taps": taps,
    "sizes": many,
    "reminders": reminders,
    "held": held,
    "disk": disk,
}


def rows(names: list[str] | None = None) -> Iterator[Row]:
    """All of it, or these parts."""
    for name in names or PARTS:
        yield from PARTS[name]()


if __name__ == "__main__":
    print(table(list(rows(sys.argv[1:]))))
