"""What a newer program wrote is left to newer programs: not sent, not changed, not lost; everybody else goes on."""

from collections.abc import AsyncIterator

import pytest

from bot.delivery.intake import Incoming
from bot.dialogue.messages import Typed
from bot.dialogue.replies import Text, written
from storage.errors import StorageError, Trouble
from storage.opening import open_store
from storage.outbox import Outgoing, address_of
from storage.store import Decision
from tests.delivery.places import PLACES, Person, silent_place
from tests.delivery.site import Site, until
from tests.newer import by_newer, by_ours


@pytest.fixture
async def site(database: str) -> AsyncIterator[Site]:
    """One process on a PostgreSQL, and a channel that shows all at once."""
    async with await open_store(database) as store, PLACES["toy"]() as place:
        site = Site(store, (place, silent_place()))
        await site.start()
        yield site
        await site.close()


def said(person: Person, update: int, text: str) -> Incoming:
    """What somebody types, on its way in."""
    return Incoming(update, address_of(person.window), "zh-Hans", Typed(text))


async def queue(site: Site, *people: Person) -> None:
    """They are to be told something; nobody is at work on it yet."""
    for person in people:
        outgoing = Outgoing(written(Text(("again",))), site.now)
        assert await site.store.apply(person.window, lambda _: Decision(outbox=(outgoing,)))  # noqa: B023  # at once


@pytest.mark.parametrize("what", ["session", "window", "messages"])
async def test_it_is_not_sent_by_an_older_one_which_serves_everybody_else(site: Site, database: str, what: str) -> None:
    ann, bob = await site.person(), await site.person()
    await site.process.freeze()
    await queue(site, ann, bob)
    by_newer(database, ann.window, what)
    stood, told = ann.arrived, bob.arrived
    await site.process.look()
    await until(lambda: bob.arrived > told and not site.process.sending)
    assert ann.arrived == stood
    assert await site.store.damaged() == 0
    assert await site.store.holders() == set(), "a newer one may have it at once"
    by_ours(database, ann.window, what)
    await until(lambda: ann.arrived > stood)


@pytest.mark.parametrize("what", ["session", "window", "messages"])
async def test_it_takes_no_room_from_others_where_only_so_many_are_looked_after(
    site: Site, database: str, what: str
) -> None:
    ann, bob = await site.person(), await site.person()
    await site.process.freeze()
    await queue(site, ann)
    await queue(site, bob)
    by_newer(database, ann.window, what)
    (due,) = await site.store.claim(site.process.worker.claim(), site.now, 1)
    assert due.queued.window == bob.window


async def test_what_becomes_newer_while_it_waits_for_its_turn_is_given_back(site: Site, database: str) -> None:
    ann = await site.person()
    await site.process.freeze()
    await queue(site, ann)
    stood, released = ann.arrived, site.process.hold(took=True)
    await site.process.look()
    await until(lambda: site.process.sending)
    by_newer(database, ann.window)
    released.set()
    await until(lambda: not site.process.sending)
    assert ann.arrived == stood
    assert len(await site.store.waiting(ann.window)) >= 1
    assert await site.store.holders() == set()


async def test_a_file_that_is_wanted_of_it_waits_for_a_newer_one(site: Site, database: str) -> None:
    """What it is made of is read only when its turn has come."""
    ann = await site.person()
    made = site.process.reports.made

    def late(*given: object) -> object:
        by_newer(database, ann.window)
        return made(*given)  # type: ignore[arg-type]

    site.process.reports.made = late  # type: ignore[method-assign,assignment]
    await ann.say("/mydata")
    await until(lambda: not any(place.busy for place in site.places) and not site.process.sending)
    assert [one for one in ann.seen if one.file] == []
    assert "file" in await site.waits(ann)
    by_ours(database, ann.window)
    site.process.reports.made = made  # type: ignore[method-assign]
    await until(lambda: any(one.file for one in ann.seen))


async def test_what_somebody_says_is_not_taken_and_what_others_say_is(site: Site, database: str) -> None:
    ann, bob = await site.person(), await site.person()
    intake = site.process.intakes[0]
    by_newer(database, ann.window)
    before = await site.session(bob)
    everything = [said(ann, 901, "B"), said(bob, 902, "BC"), said(ann, 903, "BC")]
    with pytest.raises(StorageError) as caught:
        await intake.take_all(everything)
    assert caught.value.trouble is Trouble.NEWER
    assert (await site.session(bob)).revision > before.revision
    by_ours(database, ann.window)
    await intake.take_all(everything)
    assert (await site.session(ann)).item == (await site.session(bob)).item == "q2", "each once, in order"
