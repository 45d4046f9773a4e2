"""The bot beside bare bots on the same local Bot API server: one tap, answered and edited; ours also committed."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import psutil

from bench.storage_speed import fill
from bench.table import Row, at_least, at_least_of, at_most, at_most_of, size
from tests.telegram.api import TelegramApi
from tests.telegram.people import Person
from tests.telegram.views import Message

ROUNDS = 3
PEERS = str(Path(__file__).parent.parent / ".venv-peers" / "bin" / "python")
"""aiogram wants another pydantic than ours, so it has an environment of its own (`make peers`)."""
ALONE, QUEUED, PEOPLE = 150, 256, 100
STRANGERS, RATE = 1_000, 30
WITHIN = 30.0


@dataclass(frozen=True, slots=True)
class Peer:
    """A bot to measure: its command, and what leads a person to a button "B" that can be pressed for ever."""

    name: str
    command: tuple[str, ...]
    way: tuple[str, ...] = ()


OURS = Peer("shuping", (sys.executable, "-m", "bot", "telegram"), ("▶", "跳过", "跳过"))
PTB = Peer("PTB echo", (sys.executable, "-m", "bench.peers.ptb_echo"))
AIOGRAM = Peer("aiogram echo", (PEERS, "-m", "bench.peers.aiogram_echo"))


@dataclass(slots=True)
class Stage:
    """A running bot and the people before it."""

    api: TelegramApi
    peer: Peer
    process: asyncio.subprocess.Process
    ready: float
    people: list[Person]

    async def tap(self, person: Person) -> float:
        """Press the button and wait for the edit; how long it took."""
        message = person.chat.asking
        label = next(button["text"] for button in message.buttons if button["text"].startswith(("B", "1")))
        start = perf_counter()
        person.tap(label, message)
        await person.until(lambda seen: bool(seen.edits), within=WITHIN)
        return perf_counter() - start

    async def arrive(self, person: Person) -> None:
        """Lead somebody to the button."""
        person.say("/start")
        await person.until(_has_buttons, within=WITHIN)
        for label in self.peer.way:
            message = person.chat.asking
            wanted = next(button["text"] for button in message.buttons if button["text"].startswith(label))
            person.tap(wanted, message)
            await person.until(_has_buttons, within=WITHIN)

    @property
    def memory(self) -> int:
        """Resident bytes of the bot."""
        return int(psutil.Process(self.process.pid).memory_info().rss)


@asynccontextmanager
async def stage(peer: Peer, people: int, database: Path | str, rate: int = 0, **settings: str) -> AsyncIterator[Stage]:
    """A fresh server, the bot on this file or URL, and people who stand before the button."""
    async with TelegramApi(log=1000) as api:
        api.world.tap_lifetime = 1e6
        environment = os.environ | {
            "SHUPING_TELEGRAM_TOKEN": api.token,
            "SHUPING_TELEGRAM_API_URL": api.url,
            "SHUPING_TELEGRAM_RATE": str(rate),
            "SHUPING_DATABASE_URL": database if isinstance(database, str) else f"sqlite:///{database}",
            **settings,
        }
        start = perf_counter()
        process = await asyncio.create_subprocess_exec(
            *peer.command, env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            await api.polled(30)
            ready = perf_counter() - start
            crowd = [api.person() for _ in range(people)]
            on = Stage(api, peer, process, ready, crowd)
            await asyncio.gather(*map(on.arrive, crowd))
            yield on
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()


def _has_buttons(message: Message) -> bool:
    return bool(message.buttons)


# what is measured: taps a second


async def alone(on: Stage) -> float:
    """One person, one tap after the other."""
    start = perf_counter()
    for _ in range(ALONE):
        await on.tap(on.people[0])
    return ALONE / (perf_counter() - start)


def in_flight(people: int, each: int) -> Callable[[Stage], Awaitable[float]]:
    """So many people, each tapping as soon as the last tap was answered."""

    async def measure(on: Stage) -> float:
        async def taps(person: Person) -> None:
            for _ in range(each):
                await on.tap(person)

        start = perf_counter()
        await asyncio.gather(*map(taps, on.people[:people]))
        return people * each / (perf_counter() - start)

    return measure


async def queued(on: Stage) -> float:
    """Everybody at once."""
    start = perf_counter()
    await asyncio.gather(*(on.tap(person) for person in on.people[:QUEUED]))
    return QUEUED / (perf_counter() - start)


async def latencies(on: Stage, rate: float, seconds: float) -> list[float]:
    """How long taps take that come at an even rate."""
    tasks = []
    for number in range(int(rate * seconds)):
        tasks.append(asyncio.create_task(on.tap(on.people[number % len(on.people)])))
        await asyncio.sleep(1 / rate)
    return list(await asyncio.gather(*tasks))


def processor_seconds(process: int) -> float:
    """User and system time of a process so far."""
    times = psutil.Process(process).cpu_times()
    return float(times.user + times.system)


async def processor_time(peer: Peer) -> float:
    """Seconds of processor time that a tap costs the bot, eight in flight; what it waits for is not counted."""
    taps = 8 * 100
    with tempfile.TemporaryDirectory() as folder:
        async with stage(peer, 8, Path(folder) / "bench.sqlite3") as on:
            await in_flight(8, 20)(on)
            before = processor_seconds(on.process.pid)
            await in_flight(8, taps // 8)(on)
            return (processor_seconds(on.process.pid) - before) / taps


SHAPES: dict[str, Callable[[Stage], Awaitable[float]]] = {
    "one by one": alone,
    "8 in flight": in_flight(8, 40),
    "16 in flight": in_flight(16, 25),
    "256 queued": queued,
}


async def rates() -> tuple[dict[tuple[str, str], float], dict[str, list[float]], dict[str, list[float]]]:
    """Taps a second by (bot, shape), start-up seconds and memory by bot; the bots take turns."""
    found: dict[tuple[str, str], list[float]] = {}
    ready: dict[str, list[float]] = {}
    memory: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for peer in _peers():
            with tempfile.TemporaryDirectory() as folder:
                async with stage(peer, QUEUED, Path(folder) / "bench.sqlite3") as on:
                    ready.setdefault(peer.name, []).append(on.ready)
                    memory.setdefault(peer.name, []).append(on.memory)
                    for shape, measure in SHAPES.items():
                        found.setdefault((peer.name, shape), []).append(await measure(on))
    return {key: median(values) for key, values in found.items()}, ready, memory


def _peers() -> list[Peer]:
    return [PTB, *([AIOGRAM] if Path(PEERS).exists() else []), OURS]


async def slow_network(peer: Peer) -> float:
    """Taps a second of a hundred people when every call takes 40 ms more."""
    with tempfile.TemporaryDirectory() as folder:
        async with stage(peer, PEOPLE, Path(folder) / "bench.sqlite3") as on:
            on.api.faults.latency = 0.04
            return await in_flight(PEOPLE, 12)(on)


async def stored(sessions: int) -> float:
    """Taps a second, eight in flight, with so many sessions of others in the file."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.sqlite3"
        await fill(database, sessions)
        async with stage(OURS, 8, database) as on:
            return max([await in_flight(8, 60)(on) for _ in range(ROUNDS)])


async def flood() -> tuple[float, int]:
    """The longest wait of somebody present behind a thousand greetings, and how many still waited at the end."""
    with tempfile.TemporaryDirectory() as folder:
        async with stage(OURS, 1, Path(folder) / "bench.sqlite3", rate=RATE) as on:
            for _ in range(STRANGERS):
                on.api.person().say("/start")
            await asyncio.sleep(3)  # until they are queued
            waits = []
            for _ in range(10):
                waits.append(await on.tap(on.people[0]))
                await asyncio.sleep(1.0)  # a chat has one message a second
            return max(waits), STRANGERS - on.api.log.totals["sendMessage"]


async def even_load() -> float:
    """The 99th percentile at 30 taps a second."""
    with tempfile.TemporaryDirectory() as folder:
        async with stage(OURS, 60, Path(folder) / "bench.sqlite3") as on:
            return quantiles(await latencies(on, 30, 15), n=100)[98]


def rows() -> list[Row]:
    """Everything about Telegram."""
    return asyncio.run(_rows())


async def _rows() -> list[Row]:
    speed, ready, memory = await rates()
    result = [
        _beside(speed, "one by one", PTB, 0.60),
        _beside(speed, "8 in flight", PTB, 1.5),
        _beside(speed, "16 in flight", PTB, 1.5),
    ]
    if AIOGRAM in _peers():
        result += [_beside(speed, shape, AIOGRAM, 1.0) for shape in ("8 in flight", "16 in flight")]
    eight, many = speed[OURS.name, "8 in flight"], speed[OURS.name, "256 queued"]
    result.append(at_least_of("tap, 256 queued", f"{many:,.0f}/s", f"own at 8: {eight:,.0f}/s", many / eight, 0.7))
    stock = speed[PTB.name, "256 queued"] / speed[PTB.name, "8 in flight"]
    result.append(Row("the same of the PTB echo", "", "", f"{stock:.2f}"))
    result += await _processor_time()
    slow = await slow_network(OURS)
    result.append(at_least("tap, 100 people, 40 ms latency", slow, 400))
    if AIOGRAM in _peers():
        theirs = await slow_network(AIOGRAM)
        result.append(
            Row("the same beside", f"{slow:,.0f}/s", f"{AIOGRAM.name} {theirs:,.0f}/s", f"{slow / theirs:.2f}")
        )
    result.append(at_most("tap at 30/s, 99th percentile", await even_load(), 0.05))
    longest, waiting = await flood()
    result.append(at_most(f"tap, {waiting} greetings waiting, longest of ten", longest, 2.0))
    few, million = await stored(1_000), await stored(1_000_000)
    what = "tap, 8 in flight, 1,000,000 sessions stored"
    result.append(at_least_of(what, f"{million:,.0f}/s", f"1,000: {few:,.0f}/s", million / few, 1 / 1.2))
    start, floor = median(ready[OURS.name]), median(ready[PTB.name])
    result.append(at_most_of("start to ready", f"{start:.2f} s", f"PTB echo {floor:.2f} s", start / floor, 1.5))
    used, least = median(memory[OURS.name]), median(memory[PTB.name])
    result.append(at_most_of("memory", size(int(used)), f"PTB echo {size(int(least))}", used / least, 1.5))
    return result


async def _processor_time() -> list[Row]:
    """The bots take turns, so that a slow spell of the machine is everybody's."""
    times: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for peer in _peers():
            times.setdefault(peer.name, []).append(await processor_time(peer))
    ours = median(times.pop(OURS.name))
    beside = [
        Row(
            "the same beside",
            f"{ours * 1e3:.2f} ms",
            f"{name} {median(each) * 1e3:.2f} ms",
            f"{ours / median(each):.2f}",
        )
        for name, each in times.items()
    ]
    return [at_most("tap, 8 in flight, processor time", ours, 0.001), *beside]


def _beside(speed: dict[tuple[str, str], float], shape: str, peer: Peer, least: float) -> Row:
    ours, theirs = speed[OURS.name, shape], speed[peer.name, shape]
    return at_least_of(f"tap, {shape}", f"{ours:,.0f}/s", f"{peer.name} {theirs:,.0f}/s", ours / theirs, least)


if __name__ == "__main__":
    from bench.table import table

    print(table(rows()))
