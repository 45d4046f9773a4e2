"""The clock of a host beside that of the database: how far, and who is told."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.cli import doctor
from bot.cli.advice import BrokenError
from bot.delivery import clock
from bot.delivery.clock import MOST_SECONDS, is_wrong, skew, watch_clock
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
    seconds = await skew(store, Host(ahead).now)
    assert seconds == pytest.approx(ahead, abs=0.2)
    assert is_wrong(seconds) is (abs(ahead) > MOST_SECONDS)


async def test_where_there_is_one_clock_nothing_can_differ() -> None:
    assert await skew(MemoryStore(), Host(3.0).now) is None
    assert not is_wrong(None)


async def test_the_log_tells_once_when_it_goes_wrong_and_once_when_it_is_right_again(
    store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "LOOK_SECONDS", 0.01)
    caplog.set_level(logging.INFO, logger="shuping.clock")
    host = Host()
    watching = asyncio.create_task(watch_clock(store, host.now))
    await asyncio.sleep(0.1)
    for number, ahead in enumerate((-50.0, 0.0), 1):
        host.ahead = ahead
        await until(lambda: len(caplog.records) == number)  # noqa: B023  # at once
        await asyncio.sleep(0.1)
    watching.cancel()
    wrong, right = caplog.records
    assert (wrong.levelname, right.levelname) == ("ERROR", "INFO")
    assert "ahead of the database's" in wrong.getMessage()


@pytest.mark.parametrize("language", LANGUAGES)
def test_doctor_tells(database: str, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    text, settings = catalogue(language), Settings(database_url=database)
    assert doctor._clock(text, settings) == text("doctor.clock.fine", seconds="0.0")

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # noqa: ARG003
            return datetime.now(UTC) + timedelta(seconds=7)

    monkeypatch.setattr(doctor, "datetime", Wrong)
    with pytest.raises(BrokenError) as caught:
        doctor._clock(text, settings)
    assert caught.value.sentences == (text("doctor.clock.wrong", seconds="7.0"),)


def test_doctor_says_nothing_where_there_is_one_clock_or_no_database() -> None:
    text = catalogue("en")
    assert doctor._clock(text, Settings(database_url="memory:")) == ""
    assert doctor._clock(text, Settings(database_url="postgresql://nobody@/none?host=/nowhere")) == ""
