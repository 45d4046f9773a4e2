"""One worker polls; when it dies, or stands still, another does within the lease, and nobody waits for longer."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest

from bot.delivery.lease import DEAD_SECONDS
from tests.postgres import Server
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.driver import Shuping
from tests.telegram.e2e.walking import Plan, begin_by_taps, card
from tests.telegram.faults import Fault
from tests.telegram.people import Person
from tests.workers.crew import Crew, crew_of

pytestmark = pytest.mark.slow

WITHIN = 20.0
"""Seconds, on a machine that is busy with other things; `tests/bot/test_lease.py` proves by a clock that it is ten."""
SETTINGS = {"TELEGRAM_RATE": "0"}


@pytest.fixture
async def two(postgres: Server, tmp_path: Path) -> AsyncIterator[tuple[TelegramApi, Crew]]:
    """Two workers, one of which polls."""
    async with TelegramApi() as api, crew_of(2, api, postgres, tmp_path, SETTINGS, hooked=False) as (crew, _):
        yield api, crew


def send(worker: Shuping, number: signal.Signals) -> None:
    assert worker.process is not None
    os.kill(worker.process.pid, number)


async def leading(crew: Crew) -> Shuping:
    """Who polls now."""
    async with asyncio.timeout(WITHIN):
        while (leader := await crew.leader()) is None:  # noqa: ASYNC110  # in other processes
            await asyncio.sleep(0.05)
    return leader


async def taps(person: Person, label: str, shown: str) -> float:
    """How many seconds it takes until a tap is answered."""
    began = monotonic()
    person.tap(label, card(person))
    await person.until(shown, within=2 * WITHIN)
    return monotonic() - began


async def test_a_tap_after_the_leader_died_is_answered_at_once(two: tuple[TelegramApi, Crew]) -> None:
    api, crew = two
    ann = api.person("Ann")
    await begin_by_taps(ann, Plan())
    await (await leading(crew)).kill()
    assert await taps(ann, "稍后", "第 2 项") < DEAD_SECONDS


async def test_a_tap_while_the_leader_stands_still_is_answered_within_the_lease(two: tuple[TelegramApi, Crew]) -> None:
    """It is not known to be dead, as one of another host; when it goes on, it does no harm."""
    api, crew = two
    ann = api.person("Ann")
    await begin_by_taps(ann, Plan())
    first = await leading(crew)
    send(first, signal.SIGSTOP)
    assert await taps(ann, "稍后", "第 2 项") < WITHIN
    second = await leading(crew)
    assert second is not first
    await api.quiet()
    calls = len(api.calls("sendMessage", "editMessageText"))
    send(first, signal.SIGCONT)
    assert await taps(ann, "稍后", "第 3 项") < DEAD_SECONDS
    await api.quiet(1.0)
    assert len(api.calls("sendMessage", "editMessageText")) == calls + 1
    assert await leading(crew) is second
    assert first.running


async def test_what_a_worker_had_taken_when_it_stood_still_is_answered_within_the_lease(
    two: tuple[TelegramApi, Crew],
) -> None:
    """The tap is stored, and the answer on its way: another sends it, and who comes back does not send it again."""
    api, crew = two
    ann = api.person("Ann")
    await begin_by_taps(ann, Plan())
    first = await leading(crew)
    fault = api.faults.add("editMessageText", hang=0.3, cut="before")
    began = monotonic()
    ann.tap("稍后", card(ann))
    await fired(fault)
    send(first, signal.SIGSTOP)
    await ann.until("第 2 项", within=WITHIN - (monotonic() - began))
    await api.quiet()
    calls = len(api.calls("sendMessage", "editMessageText"))
    send(first, signal.SIGCONT)
    await api.quiet(3.0)
    assert len(api.calls("sendMessage", "editMessageText")) == calls
    assert await crew.waiting() == 1, "a reminder"


async def fired(fault: Fault) -> None:
    """Until a call has met it."""
    async with asyncio.timeout(WITHIN):
        while not fault.fired:  # noqa: ASYNC110  # it has no bell
            await asyncio.sleep(0.005)
