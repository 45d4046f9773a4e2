"""What is changed in one window is seen in the others: in the place of their cards, and not too often."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from time import monotonic

import pytest

from bot.delivery.channel import Gone, Later
from bot.dialogue import situation
from bot.dialogue.replies import Card, written
from bot.dialogue.situation import CARD
from locales import catalogue
from storage.outbox import Outgoing, Urgency, channel_of
from storage.store import Decision, Echo, State, Store
from tests.delivery.places import Person, Place, silent_place
from tests.delivery.site import RULES, Site, until

FIRST, SECOND, THIRD, FOURTH = (f"第 {number} 项" for number in range(1, 5))
GONE = "已在另一台手机或电脑上删除"
STALE = catalogue("zh-Hans")("event.stale")


@pytest.fixture
async def site(store: Store, place: Place) -> AsyncIterator[Site]:
    """As others, but that windows of the channel under trial are told; those of the other one never are."""
    told = replace(RULES, echoes=frozenset({channel_of(place.person().window)}))
    site = Site(store, (place, silent_place()), told)
    await site.start()
    yield site
    await site.close()


async def pair(site: Site) -> tuple[Person, Person]:
    """Two windows on one dossier, at its first item."""
    ann = await site.person()
    return ann, await site.linked(ann)


async def test_the_other_card_changes_in_its_place_a_little_later(site: Site) -> None:
    ann, phone = await pair(site)
    before, messages = phone.cards[0], len(phone.seen)
    await site.does(ann, "B")
    await site.passes(seconds=2)
    assert phone.cards == [before]
    await site.passes(seconds=1)
    (after,) = phone.cards
    assert (after.id, after.edits, len(phone.seen)) == (before.id, before.edits + 1, messages)
    assert SECOND in after.text
    assert await site.is_right(phone)
    assert await site.waits(phone) == []


async def test_everybody_reads_the_language_that_they_chose(site: Site) -> None:
    """Who came by a link reads what was spoken there, until they choose; the other one's card keeps its own."""
    ann, phone = await pair(site)
    assert FIRST in phone.cards[0].text
    await site.does(phone, "/language")
    await site.presses(phone, catalogue("zh-Hans")("language.en"))
    await site.passes(seconds=3)
    assert FIRST in ann.cards[0].text
    assert FIRST not in phone.cards[0].text
    await site.does(ann, "B")
    await site.passes(seconds=3)
    assert SECOND in ann.cards[0].text
    assert SECOND not in phone.cards[0].text
    await site.does(phone, "B")
    await site.passes(seconds=3)
    assert THIRD in ann.cards[0].text
    assert await site.is_right(ann)
    assert await site.is_right(phone)


async def test_many_changes_in_three_seconds_are_one(site: Site) -> None:
    ann, phone = await pair(site)
    tries = phone.tries
    await site.does(ann, "B", "C", "B", "C", "B")
    await site.passes(seconds=3)
    assert phone.tries == tries + 1
    assert await site.is_right(phone)
    await site.does(ann, "B")
    await site.passes(seconds=3)
    assert phone.tries == tries + 2
    assert await site.is_right(phone)


async def test_where_the_change_was_made_nothing_follows(site: Site) -> None:
    ann, _ = await pair(site)
    await site.does(ann, "B")
    tries = ann.tries
    await site.passes(seconds=9)
    assert ann.tries == tries


async def test_a_look_is_no_change(site: Site) -> None:
    ann, phone = await pair(site)
    tries = phone.tries
    await site.does(ann, "/privacy", "/help", "/firms")
    await site.passes(seconds=9)
    assert phone.tries == tries


async def test_a_text_answers_the_card_that_has_arrived(site: Site) -> None:
    ann, phone = await pair(site)
    await site.does(ann, "B")
    await site.passes(seconds=3)
    assert THIRD in (await site.does(phone, "C")).text
    assert (await site.session(ann)).record.choices.keys() == {"q1", "q2"}


async def test_a_text_typed_before_that_answers_nothing(site: Site) -> None:
    """It was meant for the card that was there."""
    ann, phone = await pair(site)
    await site.does(ann, "B")
    shown = await site.does(phone, "C")
    assert STALE in shown.text
    assert SECOND in shown.text
    assert (await site.session(ann)).record.choices.keys() == {"q1"}
    tries = phone.tries
    await site.passes(seconds=9)
    assert phone.tries == tries, "the answer has shown it already"


async def test_a_tap_there_meanwhile_shows_the_card_at_once(site: Site) -> None:
    ann, phone = await pair(site)
    await site.does(ann, "B")
    tries = phone.tries
    assert SECOND in (await site.presses(phone, "C")).text
    await site.passes(seconds=9)
    assert phone.tries == tries + 1
    assert (await site.session(ann)).record.choices.keys() == {"q1"}


async def test_a_change_while_the_card_is_on_its_way_is_shown_after_it(site: Site) -> None:
    ann, phone = await pair(site)
    await site.does(ann, "B")
    phone.plan(0.2)
    tries = phone.tries
    await site.elapses(seconds=3)
    await until(lambda: phone.tries > tries)
    await ann.say("C")
    await site.rest()
    assert SECOND in phone.cards[0].text
    await site.passes(seconds=3)
    assert THIRD in phone.cards[0].text
    assert await site.is_right(phone)
    assert FOURTH in (await site.does(phone, "B")).text


async def test_it_is_tried_again_and_answers_go_before_it(site: Site) -> None:
    ann, phone = await pair(site)
    phone.plan(Later(30.0))
    await site.does(ann, "B")
    await site.passes(seconds=3)
    assert FIRST in phone.cards[0].text
    await site.does(phone, "/resume")
    await site.passes(seconds=30)
    assert await site.is_right(phone)
    assert SECOND in phone.seen[-1].text


async def test_who_has_gone_is_left_alone(site: Site) -> None:
    ann, phone = await pair(site)
    phone.plan(Gone())
    await site.does(ann, "B")
    await site.passes(seconds=3)
    assert (await site.window(phone)).blocked
    tries = phone.tries
    await site.does(ann, "C")
    await site.passes(seconds=9)
    assert phone.tries == tries


async def test_who_looks_at_another_firm_sees_nothing_of_it(site: Site) -> None:
    ann, phone = await pair(site)
    await site.does(phone, "/firms new")
    tries = phone.tries
    await site.does(ann, "B")
    await site.passes(seconds=9)
    assert phone.tries == tries
    assert SECOND in (await site.does(phone, "/firms 1")).text
    await site.does(ann, "C")
    await site.passes(seconds=3)
    assert THIRD in phone.cards[-1].text


async def test_windows_of_channels_that_are_not_told_change_others_all_the_same(site: Site) -> None:
    ann = await site.person()
    page = await site.linked(ann, site.places[1])
    await site.does(page, "B")
    await site.passes(seconds=3)
    assert SECOND in ann.cards[0].text
    tries = page.tries
    await site.does(ann, "C")
    await site.passes(seconds=9)
    assert page.tries == tries


async def test_it_is_noticed_in_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker sleeps until something is due, and is told of what falls due before that."""
    monkeypatch.setattr(situation, "ECHO_AFTER", timedelta(seconds=0.2))
    ann, phone = await pair(site)
    site.began = monotonic()
    await ann.say("B")
    await until(lambda: SECOND in phone.cards[0].text)


async def test_it_is_noticed_in_time_also_of_windows_that_no_worker_serves(site: Site) -> None:
    ann, phone = await pair(site)
    site.began, tries = monotonic(), phone.tries
    due = site.now + timedelta(seconds=0.2)
    card = Outgoing(written(Card()), due, CARD, urgency=Urgency.ECHO)

    def decide(state: State) -> Decision:
        assert state.session
        moved = state.session.but(revision=state.session.revision + 1)
        return Decision(session=moved, echo=Echo(card, site.rules.echoes, site.now))

    applied = await site.store.apply(ann.window, decide)
    assert applied
    assert applied.echoed
    site.process.worker.expect(due)
    await until(lambda: phone.tries > tries)


async def test_who_looked_at_a_firm_that_is_deleted_elsewhere_is_told(site: Site) -> None:
    ann, phone = await pair(site)
    await site.does(ann, "/delete")
    label = catalogue("zh-Hans")("button.choice.delete")
    await site.presses(ann, label)
    assert GONE not in phone.texts[-1]
    await site.passes(seconds=3)
    assert GONE in phone.texts[-1]
    assert await site.store.waiting(phone.window) == []
    assert await site.store.state(phone.window) == State()


async def test_two_windows_that_answer_at_once_end_up_alike(site: Site) -> None:
    ann, phone = await pair(site)
    for _ in range(4):
        await asyncio.gather(ann.say("B"), phone.say("C"))
        await site.rest()
    await site.passes(seconds=3)
    await site.passes(seconds=3)
    assert await site.is_right(phone)
    assert await site.is_right(ann)
