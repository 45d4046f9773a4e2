"""The way in: once, in order within a window, side by side among them; one who cannot be served holds up nobody."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

import pytest
from typing_extensions import override

from bot.delivery import intake as module
from bot.delivery.intake import Incoming, Intake
from bot.dialogue.messages import Commanded, Message, Typed
from bot.dialogue.respond import respond
from flows.session import Session
from storage.errors import DamagedRowError, StorageError, Trouble
from storage.memory import MemoryStore
from storage.store import Applied, Arrival, Claim, Decide, Decision, State
from tests.delivery.places import ToyPlace, silent_place
from tests.delivery.site import Site, until

BEGINNING = ("/start", "开始", "示例厂", "D")
FULL = StorageError(Trouble.FULL, "memory:")


class Fickle(MemoryStore):
    """Meets the next transactions with what is planned: an error, a wait until it is let go on, a lost answer."""

    def __init__(self) -> None:
        super().__init__()
        self.planned: deque[Exception | asyncio.Event | str | None] = deque()

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
        match self.planned.popleft() if self.planned else None:
            case asyncio.Event() as event:
                await event.wait()
            case "lost":  # committed, and done again by the store, since nobody was told
                await super().apply(window, decide, arrival, link=link, claim=claim, recent=recent)
            case Exception() as error:
                raise error
        return await super().apply(window, decide, arrival, link=link, claim=claim, recent=recent)


@pytest.fixture
def store() -> Fickle:
    return Fickle()


@pytest.fixture
async def site(store: Fickle) -> AsyncIterator[Site]:
    site = Site(store, (ToyPlace(), silent_place()))
    await site.start()
    yield site
    await site.close()


@pytest.fixture
def intake(site: Site) -> Intake:
    return site.process.intakes[0]


def lines(address: str, *said: str, first: int = 1) -> list[Incoming]:
    """What somebody wrote, update by update."""
    return [Incoming(first + number, address, "zh-Hans", _message(text)) for number, text in enumerate(said)]


def _message(text: str) -> Message:
    return Commanded(text[1:]) if text.startswith("/") else Typed(text)


async def session(site: Site, address: str) -> Session | None:
    return (await site.store.state(f"toy:{address}")).session


async def item(site: Site, address: str) -> str | None:
    """The item that somebody is at."""
    stored = await session(site, address)
    return stored.item if stored else None


async def test_an_update_counts_once_however_often_it_comes(site: Site, intake: Intake) -> None:
    batch = lines("ann", *BEGINNING, "B")
    await intake.take_all(batch)
    before = await session(site, "ann")
    await intake.take_all(batch)
    await intake.take_all(batch[-1:])
    assert await session(site, "ann") == before
    assert await item(site, "ann") == "q2"


async def test_each_window_goes_in_order_and_waits_for_no_other(site: Site, intake: Intake, store: Fickle) -> None:
    held = asyncio.Event()
    store.planned.append(held)
    taking = asyncio.create_task(intake.take_all([*lines("ann", *BEGINNING), *lines("bob", *BEGINNING, first=9)]))
    while await item(site, "bob") is None:  # noqa: ASYNC110  # nothing tells of it
        await asyncio.sleep(0)
    assert await session(site, "ann") is None
    held.set()
    await taking
    assert (await item(site, "ann"), await item(site, "bob")) == ("q1", "q1")


async def test_order_is_kept_also_where_updates_come_one_by_one(site: Site, intake: Intake, store: Fickle) -> None:
    """As a webhook brings them: the second may come while the first is still being stored."""
    await intake.take_all(lines("ann", *BEGINNING))
    held = asyncio.Event()
    store.planned.append(held)
    taking = [asyncio.create_task(intake.take(incoming)) for incoming in lines("ann", "稍后", "B", first=10)]
    await asyncio.sleep(0.01)
    held.set()
    await asyncio.gather(*taking)
    stored = await session(site, "ann")
    assert stored
    assert (stored.parked, stored.record.choices) == (("q1",), {"q2": ("B",)})


async def test_what_could_not_be_saved_is_told_and_comes_again(site: Site, intake: Intake, store: Fickle) -> None:
    """What follows it in its window is left alone, so that order is kept; others are saved."""
    await intake.take_all(lines("ann", *BEGINNING))
    batch = [*lines("ann", "B", "C", first=10), *lines("bob", *BEGINNING, first=20)]
    store.planned.append(FULL)
    with pytest.raises(StorageError):
        await intake.take_all(batch)
    assert (await item(site, "ann"), await item(site, "bob")) == ("q1", "q1")
    await intake.take_all(batch)
    assert (await item(site, "ann"), await item(site, "bob")) == ("q3", "q1")


async def test_damage_is_passed_over_since_waiting_would_not_mend_it(
    site: Site, intake: Intake, store: Fickle, caplog: pytest.LogCaptureFixture
) -> None:
    await intake.take_all(lines("ann", *BEGINNING))
    store.planned.append(DamagedRowError("memory:"))
    await intake.take_all(lines("ann", "B", "C", first=10))
    assert await item(site, "ann") == "q2", "the second line was heard"
    assert [line.levelname for line in caplog.records] == ["ERROR"]


async def test_a_message_that_we_cannot_handle_is_passed_over_once_and_for_all(
    site: Site, intake: Intake, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing of what was said stands in the log."""
    broken = True

    def fails(message: Message, state: State, context: object) -> Decision:
        if broken and isinstance(message, Typed):
            raise ZeroDivisionError
        return respond(message, state, context)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "respond", fails)
    batch = lines("ann", "绝密厂")
    await intake.take_all(batch)
    broken = False
    await intake.take_all(batch)
    await site.rest()
    assert site.places[0].toy.lists["ann"] == []  # type: ignore[attr-defined]
    assert "绝密厂" not in caplog.text


async def test_a_tap_is_acknowledged_before_anything_is_stored(intake: Intake, store: Fickle) -> None:
    acknowledged, held = asyncio.Event(), asyncio.Event()

    async def acknowledge() -> None:
        acknowledged.set()

    store.planned.append(held)
    tap = Incoming(1, "ann", "zh-Hans", Commanded("start"), acknowledge)
    taking = asyncio.create_task(intake.take_all([tap]))
    await acknowledged.wait()
    assert not taking.done()
    held.set()
    await taking


async def test_what_was_begun_is_stored_although_nobody_waits_for_it_any_more(
    site: Site, intake: Intake, store: Fickle
) -> None:
    held = asyncio.Event()
    store.planned.append(held)
    taking = asyncio.create_task(intake.take_all(lines("ann", *BEGINNING)))
    await asyncio.sleep(0)
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)
    held.set()
    await intake.finish()
    assert await item(site, "ann") == "q1"


async def test_what_was_stored_is_answered_at_once_although_the_answer_of_the_database_was_lost(
    site: Site, store: Fickle
) -> None:
    ann = await site.person()
    store.planned.append("lost")
    await ann.say("B")
    await until(lambda: "第 2 项" in ann.texts[-1], within=1)
