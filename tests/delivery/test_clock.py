"""The clock of a host beside that of the database: how far, and who is told."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.cli import doctor
from bot.cli.advice import BrokenError
from bot.delivery import clock
from bot.delivery.clock import MOST_SECONDS, TOLERANCE, SharedClock, Skew, skew
from bot.settings import Settings
from locales import LANGUAGES, catalogue
from storage.memory import MemoryStore
from storage.opening import open_store
from storage.store import Store
from tests.delivery.site import until


class Host:
    """Its clock is ahead by so many seconds."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    async with await open_store(database) as store:
        yield store


@pytest.mark.parametrize("ahead", [0.0, 1.0, 3.0, -3.0, -86_400.0])
async def test_how_far_it_is(store: Store, ahead: float) -> None:
    found = await skew(store, Host(ahead).now)
    assert found
    assert found.seconds == pytest.approx(ahead, abs=max(0.2, found.doubt))
    assert found.is_wrong is (abs(ahead) > MOST_SECONDS)


async def test_where_there_is_one_clock_nothing_can_differ() -> None:
    host = Host(3.0)
    assert await skew(MemoryStore(), host.now) is None
    shared = SharedClock(MemoryStore(), host.now)
    await shared.look()
    assert abs(shared.now() - host.now()) < timedelta(seconds=0.2)


@pytest.mark.parametrize("ahead", [0.0, 5.0, -5.0, 86_400.0])
async def test_hosts_act_by_the_time_of_the_database(store: Store, ahead: float) -> None:
    shared = SharedClock(store, Host(ahead).now)
    await shared.look()
    assert abs(shared.now() - datetime.now(UTC)) < timedelta(seconds=1)


async def test_time_does_not_jump_for_what_does_no_harm(store: Store) -> None:
    host = Host(5.0)
    shared = SharedClock(store, host.now)
    await shared.look()
    before = shared.now() - host.now()
    host.ahead += TOLERANCE / 2
    await shared.look()
    assert abs(shared.now() - host.now() - before) < timedelta(seconds=0.01)


async def test_what_a_slow_answer_cannot_tell_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three seconds off, as it seems; but the answer took eight."""
    looks = iter([Skew(5.0, 0.1), Skew(8.0, 4.0), Skew(8.0, 0.1)])

    async def seen(*_: object) -> Skew:
        return next(looks)

    monkeypatch.setattr(clock, "skew", seen)
    host = Host()
    shared = SharedClock(MemoryStore(), host.now)
    for expected in (5.0, 5.0, 8.0):
        await shared.look()
        assert (host.now() - shared.now()).total_seconds() == pytest.approx(expected, abs=0.1)


async def test_nobody_is_alarmed_or_comforted_by_what_a_slow_answer_cannot_tell(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine the database's answer takes seconds, and most of these may be its way there or back."""
    looks = iter([Skew(3.0, 3.0), Skew(50.0, 4.0), Skew(4.0, 3.0), Skew(0.1, 0.1)])

    async def seen(*_: object) -> Skew:
        return next(looks)

    monkeypatch.setattr(clock, "skew", seen)
    caplog.set_level(logging.INFO, logger="shuping.clock")
    shared, told = SharedClock(MemoryStore(), Host().now), list[list[str]]()
    for _ in range(4):
        caplog.clear()
        await shared.look()
        told.append([record.levelname for record in caplog.records])
    assert told == [[], ["WARNING"], [], ["INFO"]]


async def test_the_log_tells_once_when_it_goes_wrong_and_once_when_it_is_right_again(
    store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "LOOK_SECONDS", 0.01)
    caplog.set_level(logging.INFO, logger="shuping.clock")
    host = Host()
    watching = asyncio.create_task(SharedClock(store, host.now).keep())
    await asyncio.sleep(0.1)
    for number, ahead in enumerate((-50.0, 0.0), 1):
        host.ahead = ahead
        await until(lambda: len(caplog.records) == number)  # noqa: B023  # at once
        await asyncio.sleep(0.1)
    watching.cancel()
    wrong, right = caplog.records
    assert (wrong.levelname, right.levelname) == ("WARNING", "INFO")
    assert "ahead of the database's" in wrong.getMessage()


@pytest.mark.parametrize("language", LANGUAGES)
def test_doctor_tells(database: str, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    text, settings = catalogue(language), Settings(database_url=database)
    fine, ahead = (text(f"doctor.clock.{name}", seconds="|").split("|")[0] for name in ("fine", "wrong"))
    assert doctor._clock(text, settings).startswith(fine)

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # noqa: ARG003
            return datetime.now(UTC) + timedelta(seconds=70)

    monkeypatch.setattr(doctor, "datetime", Wrong)
    with pytest.raises(BrokenError) as caught:
        doctor._clock(text, settings)
    assert float(caught.value.sentences[0].removeprefix(ahead).split()[0]) == pytest.approx(70, abs=5)


def test_doctor_says_nothing_where_there_is_one_clock_or_no_database() -> None:
    text = catalogue("en")
    assert doctor._clock(text, Settings(database_url="memory:")) == ""
    assert doctor._clock(text, Settings(database_url="postgresql://nobody@/none?host=/nowhere")) == ""
