"""What very many are told, on any channel: once, after everybody's answers, and never to who takes no messages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from bot.delivery.channel import Gone, Later
from bot.delivery.housekeeping import keep_house
from bot.delivery.lease import Ownership
from bot.delivery.worker import LEASE
from bot.dialogue.replies import Announcement, written
from storage.broadcasts import Audience, Broadcast, Confirm, Draft, Order, Stop
from storage.outbox import channel_of
from storage.store import Decision
from tests.delivery.places import Person
from tests.delivery.site import RULES, Site, until

NEWS = "明晚八点维护"


def told(person: Person) -> int:
    return sum(NEWS in text for text in person.texts)


async def order(site: Site, *orders: Order) -> None:
    for one in orders:
        await site.store.apply("toy:operator", lambda _, one=one: Decision(order=one))  # type: ignore[misc]


async def begun(site: Site, person: Person) -> None:
    """Somebody has confirmed one to everybody of the person's channel."""
    draft = Draft("b1", channel_of(person.window), NEWS, site.now)
    await order(site, draft, Confirm("b1", Audience.ALL, 1, site.now))


async def queue(site: Site) -> None:
    """All slices of what runs."""
    while await site.store.fan_out(site.now, 2, 1000, _said):
        pass
    site.process.worker.look()


def _said(broadcast: Broadcast) -> str:
    return written(Announcement(broadcast.text))


@asynccontextmanager
async def kept(site: Site) -> AsyncIterator[None]:
    """A process keeps the house."""

    def now() -> datetime:
        return site.now

    keeping = asyncio.create_task(
        keep_house(site.store, RULES.keep, now, Ownership(site.store), queued=site.process.worker.look)
    )
    yield
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def test_everybody_is_told_once_by_whoever_keeps_the_house(site: Site) -> None:
    people = [await site.person() for _ in range(5)]
    await begun(site, people[0])
    async with kept(site):
        await until(lambda: all(map(told, people)))
        await site.passes(minutes=1)
    assert [told(person) for person in people] == [1] * 5
    for person in people:
        assert await site.is_right(person)
    assert "第 2 项" in (await site.does(people[0], "B")).text


async def test_a_broadcast_that_fails_is_tried_again_and_arrives_once(site: Site) -> None:
    ann = await site.person()
    ann.plan(Later(), Later(5.0))
    await begun(site, ann)
    await queue(site)
    await site.rest()
    assert told(ann) == 0
    await site.passes(seconds=1)
    assert told(ann) == 0
    await site.passes(seconds=5)
    await site.passes(minutes=5)
    assert told(ann) == 1


async def test_what_was_on_its_way_when_a_process_died_is_not_sent_again(site: Site) -> None:
    """It may have arrived: to be told twice is worse here than not to be told."""
    ann, bob = await site.person(), await site.person()
    tries = ann.tries
    ann.plan(0.5)
    await begun(site, ann)
    await queue(site)
    await until(lambda: ann.tries > tries and told(bob))
    await site.process.kill()
    await site.start(takes=True)
    await site.passes(seconds=LEASE.total_seconds() + 1)
    assert (ann.tries, told(bob)) == (tries + 1, 1)
    assert await site.waits(ann) == ["reminder"]
    assert "第 2 项" in (await site.does(ann, "B")).text


async def test_who_is_gone_is_silenced(site: Site) -> None:
    ann, bob = await site.person(), await site.person()
    ann.plan(Gone())
    await begun(site, ann)
    await queue(site)
    await site.rest()
    assert (told(ann), told(bob)) == (0, 1)
    assert (await site.window(ann)).blocked


async def test_what_waits_for_its_turn_when_it_is_stopped_is_not_sent(site: Site) -> None:
    ann = await site.person()
    released = site.process.hold(took=True)
    await begun(site, ann)
    await queue(site)
    await until(lambda: site.process.sending)
    await order(site, Stop(site.now))
    released.set()
    await site.rest()
    assert told(ann) == 0


async def test_who_forgets_all_is_not_told(site: Site) -> None:
    ann = await site.person()
    released = site.process.hold(took=True)
    await begun(site, ann)
    await queue(site)
    await until(lambda: site.process.sending)
    await site.store.forget(ann.window)
    released.set()
    await site.rest()
    assert told(ann) == 0


@pytest.mark.parametrize("size", [1, 1000])
async def test_a_long_text_is_one_message(site: Site, size: int) -> None:
    ann = await site.person()
    tries, text = ann.tries, "<" * size
    await order(site, Draft("b1", channel_of(ann.window), text, site.now), Confirm("b1", Audience.ALL, 1, site.now))
    await queue(site)
    await site.rest()
    assert ann.tries == tries + 1
    assert text in ann.texts[-1]
