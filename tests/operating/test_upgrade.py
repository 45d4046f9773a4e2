"""The rolling upgrade of docs/operate.md: two versions on one database, while people answer."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from typing_extensions import override

from locales import catalogue
from storage.postgres.migrations import steps
from tests.chain.places import ROOT
from tests.operating.conftest import by_hand
from tests.operating.machine import ByHand
from tests.operating.next_version import next_version
from tests.postgres import SUPERUSER, Server
from tests.serving.test_monitoring import ready, scraped
from tests.telegram.api import TOKEN, TelegramApi
from tests.telegram.e2e.driver import free_port
from tests.telegram.e2e.walking import RUBRIC, Plan, answer_by_taps, begin_by_taps, tap
from tests.web.browser import Browser

WRITERS, READERS = 3, 2
SOME, FEW = 10, 3
THINKING_SECONDS = 0.4
WITHIN, LOOK_SECONDS = 60.0, 0.2
OLDEST = 0
COUNTED = "SELECT (SELECT count(*) FROM shuping.sessions), version, oldest FROM shuping.meta"
FINISHED = "SELECT number FROM shuping.assessments LIMIT 1"
TEXT = catalogue("zh-Hans")
pytestmark = pytest.mark.slow


@dataclass
class Crowd:
    """People who answer whole assessments, one after the other, until it is enough; they wait for nobody."""

    machine: ByHand
    plan: Plan = field(default_factory=Plan)
    begun: int = 0
    enough: bool = False

    async def writes(self) -> None:
        """On Telegram, each time somebody else."""
        while not self.enough:
            self.begun += 1
            person = self.machine.telegram.person(f"Person {self.begun}")
            await begin_by_taps(person, self.plan)
            for item in RUBRIC.items:
                await answer_by_taps(person, self.plan, item)
            await tap(person, TEXT("button.commit"), lambda message: message.button(TEXT("button.plan")))

    async def reads(self) -> None:
        """On the page."""
        while not self.enough:
            self.begun += 1
            async with Patient(self.machine.page) as browser:
                await self._reads(browser)

    async def _reads(self, browser: Browser) -> None:
        await browser.open()
        await browser.press(TEXT("button.begin"))
        await browser.say(self.plan.firm)
        await browser.say(self.plan.kind)
        for item in RUBRIC.items:
            await asyncio.sleep(THINKING_SECONDS)  # the page takes so much from a network, and no more
            await browser.say(self.plan.letters[item] if item in self.plan.letters else str(self.plan.levels[item]))
        await browser.press(TEXT("button.commit"))
        assert browser.has(TEXT("button.plan")), browser.text


class Patient(Browser):
    """Tries again what is answered by "in a moment", as the page's script does."""

    @override
    async def post(self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None) -> Browser:
        async with asyncio.timeout(WITHIN):
            while True:
                await super().post(path, fields, headers)
                if self.answer.status_code != 503:
                    assert self.answer.status_code == 200, self.text
                    return self
                await asyncio.sleep(float(self.answer.headers.get("retry-after", "0.5")))


@pytest.fixture
async def machine(tmp_path: Path, server: Server, telegram: TelegramApi) -> AsyncIterator[ByHand]:
    """The page by plain HTTP."""
    async with by_hand(ByHand(tmp_path, server, telegram, page=f"http://127.0.0.1:{free_port()}")) as machine:
        yield machine


async def test_versions_take_turns_and_nobody_notices(machine: ByHand, tmp_path: Path) -> None:
    machine.types("su postgres")
    machine.types("/etc/shuping/settings <<", TOKEN)
    for number in (1, 2):
        machine.starts(number)
        await _is_ready(machine, number)
    machine.types("caddy run")
    await _opens(machine)
    crowd = Crowd(machine)
    walks = [asyncio.create_task(crowd.writes()) for _ in range(WRITERS)]
    walks += [asyncio.create_task(crowd.reads()) for _ in range(READERS)]

    async with asyncio.TaskGroup() as group:
        upgrade = group.create_task(_upgrade(machine, next_version(tmp_path / "next")))
        upgrade.add_done_callback(lambda _: setattr(crowd, "enough", True))
        for walk in walks:
            group.create_task(_done(walk))
    await machine.telegram.quiet()

    await _is_sent(machine)
    _all_is_there(machine, crowd)
    machine.types("db upgrade")
    assert _meta(machine) == (len(steps()) + 2, len(steps()) + 2)
    machine.install(ROOT)
    await asyncio.to_thread(_is_refused, machine)
    assert "Traceback" not in machine.said


async def _done(walk: "asyncio.Task[None]") -> None:
    await walk


async def _upgrade(machine: ByHand, code: Path) -> None:
    """As the guide says; in between, both versions are at work for a while."""
    await _has_served(machine, 1, SOME)
    await _somebody_has_finished(machine)
    machine.install(code)
    await _replace(machine, 1)
    assert _meta(machine) == (len(steps()) + 1, OLDEST), "expanded, and the old worker goes on"
    await _has_served(machine, 1, SOME)
    await _until(machine, 2, "shuping_storage_errors_total newer", FEW)
    await _replace(machine, 2)
    await _has_served(machine, 2, SOME)


async def _has_served(machine: ByHand, number: int, count: int) -> None:
    """Until a worker has taken so many updates of each channel."""
    for channel in ("telegram", "web"):
        await _until(machine, number, f"shuping_updates_total {channel} applied", count)


async def _somebody_has_finished(machine: ByHand) -> None:
    """Before the next version comes."""
    async with asyncio.timeout(WITHIN):
        while not await asyncio.to_thread(_ask, machine, FINISHED):  # noqa: ASYNC110  # in other processes
            await asyncio.sleep(LOOK_SECONDS)


async def _until(machine: ByHand, number: int, series: str, count: int) -> None:
    async with asyncio.timeout(WITHIN):
        while True:
            if (await scraped(machine.address(9100 + number))).get(series, 0) >= count:
                return
            await asyncio.sleep(LOOK_SECONDS)


async def _opens(machine: ByHand) -> None:
    """Until the proxy takes connections."""
    address = urlsplit(machine.page)
    async with asyncio.timeout(WITHIN):
        while True:
            try:
                _, writer = await asyncio.open_connection(address.hostname, address.port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return


async def _is_ready(machine: ByHand, number: int) -> None:
    """Until the worker says that it should be asked."""
    async with asyncio.timeout(WITHIN):
        while True:
            try:
                if (await ready(machine.address(9100 + number)))[0] == 200:
                    return
            except OSError:
                pass
            await asyncio.sleep(0.1)


async def _replace(machine: ByHand, number: int) -> None:
    """A worker by one of the version that is installed now, as the guide says."""
    old = machine.listener(8000 + number)
    old.send_signal(signal.SIGTERM)
    await asyncio.to_thread(old.wait, WITHIN)
    machine.starts(number)
    await _is_ready(machine, number)


def _is_refused(machine: ByHand) -> None:
    """The version before finds the database too new, and changes nothing."""
    before = _ask(machine, COUNTED)
    with pytest.raises(AssertionError, match="newer"):
        machine.types("db upgrade")
    assert _ask(machine, COUNTED) == before


def _ask(machine: ByHand, question: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(machine.server.url("shuping", user=SUPERUSER)) as connection:
        return connection.execute(question.encode()).fetchall()


def _meta(machine: ByHand) -> tuple[int, int]:
    ((version, oldest),) = _ask(machine, "SELECT version, oldest FROM shuping.meta")
    return version, oldest


async def _is_sent(machine: ByHand) -> None:
    """Until nothing is due any more."""
    async with asyncio.timeout(WITHIN):
        while True:
            if not _ask(machine, "SELECT number FROM shuping.outbox WHERE due <= now()"):
                return
            await asyncio.sleep(LOOK_SECONDS)


def _all_is_there(machine: ByHand, crowd: Crowd) -> None:
    """Every answer of everybody, as it was meant; nothing set aside."""
    stored = [json.loads(data) for (data,) in _ask(machine, "SELECT data::text FROM shuping.sessions")]
    assert len(stored) == crowd.begun
    assert all(_as_meant(session["record"], crowd.plan) and session["phase"] == "result" for session in stored)
    assert any(session.get("remark") == "next" for session in stored)
    assert any("remark" not in session for session in stored), "finished before the upgrade, and left as they were"
    assert _ask(machine, "SELECT count(*) FROM shuping.assessments") == [(crowd.begun,)]
    assert _ask(machine, "SELECT * FROM shuping.damaged") == []


def _as_meant(record: Mapping[str, Any], plan: Plan) -> bool:
    choices = {item: "".join(letters) for item, letters in record["choices"].items()}
    return choices == plan.letters and record["levels"] == plan.levels
