"""The page beside a bare one on the same server: one tap, committed and answered with the next card."""

import asyncio
import re
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

import psutil

from bench.storage_speed import NOW, fill
from bench.table import Row, at_least_of, at_most, size
from bench.timing import plain_env
from bench.walk import full_walk
from bench.web_client import Line, Seat, line_to, seats
from bot.web.visitor import window_of
from flows.session import Session
from tests.telegram.e2e.driver import free_port

ROUNDS, SECONDS = 5, 1.5
FLIGHTS = (1, 16, 64)
PEOPLE = 1_024
FEW, MANY = 1_000, 1_000_000
RATE, RATE_SECONDS = 100, 15
LONGEST_WALK, PAUSE = 120, 0.1
"""Nobody may tap much faster for long."""
ASSET = re.compile(r'"(/static/[^"]+)"')
FIRST_QUESTION = full_walk()[3][0].but(started_at=NOW, updated_at=NOW)
PEOPLES = (
    'INSERT INTO windows (window, front, data) VALUES (:window, :dossier, \'{"language":"zh-Hans"}\')',
    "INSERT INTO sights (window, dossier) VALUES (:window, :dossier)",
    """
    INSERT INTO sessions (dossier, id, revision, data, updated_at)
    VALUES (:dossier, :id, :revision, :data, :updated_at)
    """,
)


@dataclass
class Stage:
    """A process that serves, and those who sit before it, in a ring."""

    address: str
    process: asyncio.subprocess.Process
    ring: list[Seat]
    at: int = 0

    def seat(self) -> Seat:
        """Whose turn it is."""
        self.at += 1
        return self.ring[self.at % len(self.ring)]

    @property
    def processor(self) -> float:
        """Seconds that the process has used."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    @property
    def memory(self) -> int:
        """Resident bytes."""
        return int(psutil.Process(self.process.pid).memory_info().rss)


@asynccontextmanager
async def ours(folder: Path, dossiers: int = FEW, people: int = PEOPLE) -> AsyncIterator[Stage]:
    """`shuping web` on a file with so many dossiers of others, and people at the first question."""
    file, ring = folder / f"{dossiers}.sqlite3", seats(people)
    await fill(file, dossiers)
    _sit_down(file, ring)
    address = f"127.0.0.1:{free_port()}"
    settings = {"DATABASE_URL": f"sqlite:///{file}", "WEB_LISTEN": address, "WEB_PROXIES": "127.0.0.1"}
    environment = plain_env() | {f"SHUPING_{name}": value for name, value in settings.items()}
    async with _stage(address, ring, (sys.executable, "-m", "bot", "web"), environment) as stage:
        yield stage


def _sit_down(file: Path, ring: Sequence[Seat]) -> None:
    people = [_stored(seat, FIRST_QUESTION.but(id=seat.token)) for seat in ring]
    with sqlite3.connect(file) as connection:
        for statement in PEOPLES:
            connection.executemany(statement, people)
    connection.close()


def _stored(seat: Seat, session: Session) -> dict[str, object]:
    return {
        "window": window_of(seat.token),
        "dossier": seat.token[::-1],
        "id": session.id,
        "revision": session.revision,
        "data": session.model_dump_json(),
        "updated_at": NOW.isoformat(),
    }


@asynccontextmanager
async def floor(folder: Path, octets: int) -> AsyncIterator[Stage]:
    """The bare one, with pages of so many bytes."""
    address = f"127.0.0.1:{free_port()}"
    command = (sys.executable, "-m", "bench.peers.web_floor", str(folder / "floor.sqlite3"), address, str(octets))
    async with _stage(address, seats(PEOPLE), command, plain_env()) as stage:
        yield stage


@asynccontextmanager
async def _stage(
    address: str, ring: list[Seat], command: Sequence[str], environment: dict[str, str]
) -> AsyncIterator[Stage]:
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(30):
            while not await _is_there(address):  # noqa: ASYNC110  # another process
                await asyncio.sleep(0.05)
        yield Stage(address, process, ring)
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def _is_there(address: str) -> bool:
    try:
        async with line_to(address):
            return True
    except OSError:
        return False


# what is measured


async def sit(stage: Stage) -> float:
    """Everybody looks at their card; the mean of the pages' bytes, unpacked."""
    async with line_to(stage.address) as line:
        return sum([len(await seat.look(line)) for seat in stage.ring]) / len(stage.ring)


@dataclass(frozen=True, slots=True)
class Speed:
    """Taps a second on the clock, and seconds of the processor for each."""

    rate: float
    processor: float


async def in_flight(stage: Stage, lines: int) -> Speed:
    """So many connections, each of which sends a tap as soon as its last one was answered."""

    async def taps(line: Line) -> int:
        done = 0
        while perf_counter() < end:
            await stage.seat().tap(line)
            done += 1
        return done

    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(line_to(stage.address)) for _ in range(lines)]
        used, began = stage.processor, perf_counter()
        end = began + SECONDS
        done = sum(await asyncio.gather(*map(taps, opened)))
        return Speed(done / (perf_counter() - began), (stage.processor - used) / done)


async def latencies(stage: Stage) -> list[float]:
    """How long taps take that come at an even rate, a connection free for each."""
    free: asyncio.Queue[Line] = asyncio.Queue()

    async def tap(seat: Seat) -> float:
        began = perf_counter()
        line = await free.get()
        await seat.tap(line)
        free.put_nowait(line)
        return perf_counter() - began

    async with AsyncExitStack() as stack:
        for _ in range(64):
            free.put_nowait(await stack.enter_async_context(line_to(stage.address)))
        tasks, began = [], perf_counter()
        for number in range(RATE * RATE_SECONDS):
            await asyncio.sleep(max(0.0, began + number / RATE - perf_counter()))
            tasks.append(asyncio.create_task(tap(stage.seat())))
        return list(await asyncio.gather(*tasks))


@dataclass(frozen=True, slots=True)
class Octets:
    """Bytes as they go over the network, heads included."""

    first: int
    assets: int
    taps: list[int]


async def walked(stage: Stage) -> Octets:
    """Somebody's whole walk, as far as they choose and go on."""
    seat = stage.seat()
    async with line_to(stage.address) as line:
        page = await seat.look(line)
        first = line.received
        for path in ASSET.findall(page.decode()):
            await line.ask(seat, "GET", path)
        assets = line.received - first
        taps: list[int] = []
        while seat.next and len(taps) < LONGEST_WALK:
            before = line.received
            await seat.tap(line)
            await asyncio.sleep(PAUSE)
            taps.append(line.received - before)
        return Octets(first, assets, taps)


async def crowded(stage: Stage) -> tuple[int, int]:
    """Resident bytes before anybody came, and with everybody's connection open after a look and a tap."""
    before = stage.memory
    async with AsyncExitStack() as stack:
        for seat in stage.ring:
            line = await stack.enter_async_context(line_to(stage.address))
            await seat.look(line)
            await seat.tap(line)
        return before, stage.memory


# the table


def rows() -> list[Row]:
    """Everything about the page."""
    return asyncio.run(_rows())


async def _rows() -> list[Row]:
    with TemporaryDirectory() as folder:
        return [
            *await _beside_the_floor(Path(folder)),
            *await _of_many(Path(folder)),
            *await _small(Path(folder)),
        ]


async def _beside_the_floor(folder: Path) -> list[Row]:
    async with ours(folder) as page:
        await sit(page)
        async with line_to(page.address) as line:
            octets = len(await page.seat().tap(line))
        async with floor(folder, octets) as bare:
            await sit(bare)
            found = await _turns({"ours": page, "floor": bare}, FLIGHTS)
        result = [row for lines in FLIGHTS for row in _beside(found, lines)]
        worst = quantiles(await latencies(page), n=100)[98]
        return [*result, at_most(f"tap at {RATE}/s, 99th percentile", worst, 0.05)]


async def _turns(stages: dict[str, Stage], flights: Sequence[int]) -> dict[tuple[str, int], list[Speed]]:
    """Each in each flight, in turns, so that a slow spell of the machine is everybody's."""
    found: dict[tuple[str, int], list[Speed]] = {}
    for _ in range(ROUNDS):
        for lines in flights:
            for name, stage in stages.items():
                found.setdefault((name, lines), []).append(await in_flight(stage, lines))
    return found


def _beside(found: dict[tuple[str, int], list[Speed]], lines: int) -> list[Row]:
    pairs = list(zip(found["ours", lines], found["floor", lines], strict=True))
    rate, least = (median(speed.rate for speed in found[name, lines]) for name in ("ours", "floor"))
    used, fewest = (median(speed.processor for speed in found[name, lines]) for name in ("ours", "floor"))
    ratio = median(one.rate / other.rate for one, other in pairs)
    share = median(other.processor / one.processor for one, other in pairs)
    return [
        at_least_of(f"tap, {lines} in flight", f"{rate:,.0f}/s", f"bare page {least:,.0f}/s", ratio, 0.5),
        Row("the same in processor time", f"{used * 1e3:.2f} ms", f"bare page {fewest * 1e3:.2f} ms", f"{share:.2f}"),
    ]


async def _of_many(folder: Path) -> list[Row]:
    async with ours(folder, MANY) as many, ours(folder, FEW + 1) as few:
        await sit(many)
        await sit(few)
        found = await _turns({"many": many, "few": few}, [16])
    pairs = zip(found["many", 16], found["few", 16], strict=True)
    ratio = median(one.rate / other.rate for one, other in pairs)
    rate, other = (median(speed.rate for speed in found[name, 16]) for name in ("many", "few"))
    what = f"tap, 16 in flight, {MANY:,} dossiers stored"
    return [at_least_of(what, f"{rate:,.0f}/s", f"{FEW:,}: {other:,.0f}/s", ratio, 1 / 1.2)]


async def _small(folder: Path) -> list[Row]:
    """What does not depend on the speed of the machine."""
    async with ours(folder, FEW + 2, people=1_000) as page:
        octets = await walked(page)
        before, after = await crowded(page)
    whole = octets.first + octets.assets + sum(octets.taps)
    return [
        Row(
            "first load, gzip, heads included",
            f"{octets.first / 1e3:.1f} kB",
            f"style, script, icon {octets.assets / 1e3:.1f} kB",
        ),
        Row("a tap, median", f"{median(octets.taps) / 1e3:.1f} kB", f"largest {max(octets.taps) / 1e3:.1f} kB"),
        Row(f"a whole walk, {len(octets.taps)} taps", f"{whole / 1e3:.0f} kB"),
        Row("memory with a thousand conversations open", size(after), f"with none {size(before)}"),
    ]
