"""What channels and delivery promise, on every store: all in order, once, in time, and nobody waits for others."""

import ast
import asyncio
import re
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from bot.delivery.channel import Gone, Later, Refused
from bot.delivery.worker import LEASE
from bot.dialogue.pages import View
from bot.dialogue.replies import Text, written
from bot.dialogue.situation import CARD
from locales import catalogue
from storage.outbox import Outgoing
from storage.store import Arrival, Decision, Due, State
from tests.delivery import toy
from tests.delivery.places import Planned
from tests.delivery.site import Site, until

TEXT = catalogue("zh-Hans")
FIRST, SECOND, THIRD = "第 1 项", "第 2 项", "第 3 项"
HELP, PRIVACY, DELETE = "问的是什么", "存什么", TEXT("delete.ask")


def test_a_channel_takes_a_hundred_lines_and_knows_no_other() -> None:
    source = Path(toy.__file__).read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 100
    imports = {node.module or "" for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}
    assert not any(name.startswith(("bot.telegram", "bot.terminal")) for name in imports)


# in order, whatever fails


@pytest.mark.parametrize("arrived", [0, 1], ids=["the text fails", "the card fails"])
@pytest.mark.parametrize("fault", [Later(), Later(30.0)], ids=["nobody knows how long", "so long"])
async def test_a_failure_is_retried_and_order_is_kept(site: Site, fault: Planned, arrived: int) -> None:
    """A question in a message of its own comes before the card of the next answer."""
    ann, bob = await site.person(), await site.person()
    ann.plan(*[None] * arrived, fault)
    await site.does(ann, "/delete")
    assert SECOND not in (await site.does(ann, "B")).text
    assert SECOND in (await site.does(bob, "B")).text, "others do not wait"
    await site.passes(seconds=30)
    asked, shown = ann.seen[-2:]
    assert DELETE in asked.text
    assert SECOND in shown.text
    assert ann.cards == [shown]


async def test_a_detail_takes_the_place_of_the_card_and_the_card_comes_back_there(site: Site) -> None:
    ann = await site.person()
    before = ann.seen[-1]
    helped = await site.presses(ann, TEXT("button.help"))
    assert (helped.id, HELP in helped.text) == (before.id, True)
    after = await site.presses(ann, TEXT("button.back"))
    assert (after.id, after.text, after.buttons) == (before.id, before.text, before.buttons)
    assert await site.is_right(ann)


async def test_a_detail_that_is_asked_for_by_typing_is_one_new_message(site: Site) -> None:
    ann = await site.person()
    count = len(ann.seen)
    helped = await site.does(ann, "?")
    assert ann.cards == [helped]
    assert [HELP in one.text for one in ann.seen[count:]].count(True) == 1
    assert ann.seen[-1] == helped
    assert FIRST in (await site.presses(ann, TEXT("button.back"))).text
    assert await site.is_right(ann)


@pytest.mark.parametrize("fault", [Later(), Later(30.0)], ids=["nobody knows how long", "so long"])
async def test_a_detail_that_fails_comes_once_and_not_at_all_after_the_next_answer(site: Site, fault: Planned) -> None:
    ann, bob = await site.person(), await site.person()
    for person in (ann, bob):
        person.plan(fault)
        await site.presses(person, TEXT("button.help"))
    await site.does(bob, "B")
    await site.passes(seconds=30)
    assert [HELP in text for text in ann.texts].count(True) == 1
    assert ann.cards == [ann.seen[-1]]
    assert not any(HELP in text for text in bob.texts)
    assert SECOND in bob.texts[-1]
    assert await site.is_right(bob)


async def test_a_channel_that_asks_to_wait_is_left_alone_for_so_long(site: Site) -> None:
    """Nothing at all goes to that window, not even what is said meanwhile."""
    ann = await site.person()
    ann.plan(Later(30.0))
    await site.does(ann, "/delete")
    tries = ann.tries
    for text in ("?", "/delete", "B"):
        await site.does(ann, text)
        await site.passes(seconds=29 / 3)
    assert ann.tries == tries
    await site.passes(seconds=1)
    assert [DELETE in text for text in ann.texts[-3:]] == [True, True, False]
    assert await site.is_right(ann)


async def test_the_pauses_between_retries_grow_to_a_minute(site: Site) -> None:
    ann = await site.person()
    ann.plan(*[Later()] * 9)
    await site.does(ann, "/privacy")
    waits = []
    while PRIVACY not in "".join(ann.texts):
        due = await site.store.next_due()
        assert due
        waits.append((due - site.now).total_seconds())
        await site.passes(seconds=waits[-1])
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_what_is_refused_is_dropped_and_blocks_nothing(site: Site) -> None:
    ann = await site.person()
    ann.plan(Refused())
    await site.does(ann, "/privacy")
    assert PRIVACY not in "".join(ann.texts)
    assert await site.is_right(ann)
    assert ann.seen[-1].is_card
    assert await site.waits(ann) == ["reminder"]


async def test_a_call_that_hangs_holds_up_its_own_window_alone(site: Site) -> None:
    ann, bob = await site.person(), await site.person()
    ann.plan(0.3)
    await ann.say("B")
    await bob.say("B")
    await until(lambda: SECOND in bob.texts[-1])
    assert SECOND not in ann.texts[-1]
    await site.rest()
    assert SECOND in ann.texts[-1]


@pytest.mark.parametrize("restarted", [False, True], ids=["while it runs", "before it starts"])
async def test_no_retry_waits_for_a_clock_that_was_set_back(site: Site, restarted: bool) -> None:
    ann = await site.person()
    ann.plan(Later(600.0))
    await site.does(ann, "/privacy")
    if restarted:
        await site.process.stop()
    await site.elapses(hours=-1)
    if restarted:
        await site.start(takes=True)
    await until(lambda: any(PRIVACY in text for text in ann.texts))
    await site.rest()
    assert await site.waits(ann) == ["reminder"], "that is meant for later"


async def test_what_is_for_later_is_sent_then_without_anybody_looking(site: Site) -> None:
    """The clock runs as everybody's does, and the worker sleeps until the next thing falls due."""
    site.began = monotonic()
    ann = await site.person()
    later = site.now + timedelta(seconds=0.2)
    await site.send(ann, Outgoing(written(Text(("later",))), later))
    await until(lambda: ann.texts[-1] == "later", within=1)
    assert site.now >= later


NUMBERED = Text(tuple(f"<{number:03d}> {'长' * 95}" for number in range(60)))
"""In two messages or more on any channel."""


def numbers(texts: list[str]) -> list[int]:
    """The lines of the long text that are before somebody."""
    return [int(number) for text in texts for number in re.findall(r"<(\d{3})>", text)]


@pytest.mark.parametrize("restarted", [False, True], ids=["the same process", "after a restart"])
async def test_a_message_in_parts_goes_on_where_it_broke_off(site: Site, restarted: bool) -> None:
    ann = await site.person()
    ann.plan(None, Later())
    await site.send(ann, Outgoing(written(NUMBERED), site.now))
    await site.rest()
    half = numbers(ann.texts)
    assert 0 < len(half) < 60
    if restarted:
        await site.process.kill()
        await site.start()
    await site.passes(seconds=9)
    assert numbers(ann.texts) == list(range(60))


# the live card


async def test_a_card_that_was_superseded_is_never_drawn(site: Site) -> None:
    """Four ticks while nothing can be sent come to one edit."""
    ann = await site.person()
    ann.plan(Later())
    shown, tries = ann.cards[0], ann.tries
    for letter in "BCDE":
        await site.presses(ann, letter, shown)
    await site.passes(seconds=1)
    assert ann.tries == tries + 2
    assert ann.seen[-1].edits == 1
    assert await site.is_right(ann)


async def test_what_is_superseded_while_it_waits_for_its_turn_is_not_sent(site: Site) -> None:
    ann = await site.person()
    shown, tries = ann.cards[0], ann.tries
    turn = site.process.hold(took=True)
    for letter in "BCDE":
        await ann.press(letter, shown)
    await until(lambda: not site.places[0].busy)
    turn.set()
    await site.rest()
    assert ann.tries == tries + 1
    assert await site.is_right(ann)


async def test_a_card_is_put_into_words_when_it_is_sent(site: Site) -> None:
    """The dossier has moved on in another window since."""
    ann = await site.person()
    phone = await site.linked(ann)
    phone.plan(Later())
    await site.does(phone, "/start")
    queued = next(one for one in await site.store.waiting(phone.window) if one.key == CARD)
    assert len(queued.reply) < 100
    await site.does(ann, "B")
    await site.passes(seconds=1)
    assert SECOND in phone.texts[-1]
    assert await site.is_right(phone)


async def test_an_edit_is_confirmed_with_the_next_transaction_and_not_sent_twice(site: Site) -> None:
    ann, second = await site.person(), await site.start()
    shown, tries, arrived = ann.cards[0], ann.tries, ann.arrived
    for number, letter in enumerate("BCDE", start=1):
        await ann.press(letter, shown)
        await until(lambda: ann.arrived == arrived + number)  # noqa: B023  # at once
        await second.look()
    await site.rest()
    assert ann.tries == tries + 4
    assert await site.waits(ann) == ["reminder"]
    assert await site.is_right(ann)


async def test_a_tap_on_an_old_card_changes_nothing_and_takes_its_buttons_away(site: Site) -> None:
    """The process died before it was noted that the card had arrived: nobody knew of it."""
    ann = await site.person()
    lost = ann.cards[0]
    window = (await site.window(ann)).model_copy(update={"card": None})
    await site.store.apply(ann.window, lambda _: Decision(window=window))
    await site.does(ann, "C")
    assert len(ann.cards) == 2
    before = await site.session(ann)
    await site.presses(ann, "B", lost)
    assert await site.session(ann) == before
    assert await site.is_right(ann)
    assert ann.seen[-1].is_card, "the present card came below"


async def test_an_old_card_loses_its_buttons_later_if_it_cannot_now(site: Site) -> None:
    ann = await site.person()
    ann.plan(None, Later(9.0))
    shown = await site.does(ann, "B")
    assert len(ann.cards) == 2
    await site.passes(seconds=9)
    assert ann.cards == [shown]
    assert await site.is_right(ann)


async def test_a_word_and_a_tap_at_once_bring_the_card_below_the_word(site: Site) -> None:
    ann = await site.person()
    old = ann.cards[0]
    turn = site.process.hold(took=True)
    await ann.say("帮助")
    for letter in "BC":
        await ann.press(letter, old)
    await until(lambda: not site.places[0].busy)
    turn.set()
    await site.rest()
    assert ann.cards == [ann.seen[-1]]
    assert ann.seen[-1].id != old.id
    assert await site.is_right(ann)


async def test_strangers_are_greeted_and_nothing_of_them_is_kept(site: Site) -> None:
    ann = site.places[0].person()
    for text in ("/start", "hm", "/overview"):
        shown = await site.does(ann, text)
        assert "您好" in shown.text
        assert ann.cards == [shown], "an earlier greeting has lost its buttons"
    assert await site.store.state(ann.window) == State()
    assert await site.store.waiting(ann.window) == []


# who is gone


async def test_who_is_gone_is_left_alone_until_they_come_back(site: Site) -> None:
    ann = await site.person()
    ann.plan(Gone())
    await site.does(ann, "B")
    assert (await site.window(ann)).blocked
    assert await site.waits(ann) == [], "not even the reminder waits"
    tries = ann.tries
    await site.passes(days=8)
    assert ann.tries == tries
    assert "第 3 项" in (await site.does(ann, "C")).text
    assert not (await site.window(ann)).blocked
    assert await site.waits(ann) == ["reminder"]
    assert len(ann.cards) == 1


async def test_who_takes_no_messages_any_more_is_not_written_to(site: Site) -> None:
    ann = await site.person()
    await ann.go(away=True)
    await site.rest()
    assert (await site.window(ann)).blocked
    assert await site.waits(ann) == []
    await ann.go(away=False)
    await site.rest()
    assert not (await site.window(ann)).blocked
    assert await site.is_right(ann)


async def test_of_a_stranger_who_is_gone_nothing_is_noted(site: Site) -> None:
    ann = site.places[0].person()
    ann.plan(Gone())
    await ann.say("/start")
    await site.rest()
    assert ann.seen == []
    assert await site.store.waiting(ann.window) == []
    assert await site.store.state(ann.window) == State()


# what makes no sense


DAMAGED = ("{", "7", "{}", '{"kind":"card","notices":7}', '{"kind":"file"}', '{"kind":"nothing"}', "[" * 10_000)


async def test_damaged_messages_are_set_aside_and_hold_up_nobody(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    ann = await site.person()
    sound = Outgoing(written(Text(("sound",))), site.now)
    await site.send(ann, *(Outgoing(reply, site.now) for reply in DAMAGED), sound)
    await site.rest()
    assert ann.texts[-1] == "sound"
    assert await site.store.damaged() == len(DAMAGED)
    assert await site.waits(ann) == ["reminder"]
    assert sum("set aside" in line.message for line in caplog.records) == len(DAMAGED)
    assert not any(ann.window.partition(":")[2] in line.getMessage() for line in caplog.records)


# several processes


async def test_two_workers_send_each_message_once(site: Site) -> None:
    crowd = [site.places[0].person() for _ in range(40)]
    hello = Outgoing(written(Text(("hello",))), site.now)
    for person in crowd:
        await site.store.apply(person.window, lambda _: Decision(outbox=(hello,)))
    await site.start()
    await site.passes(seconds=1)
    assert [person.texts for person in crowd] == [["hello"]] * len(crowd)


async def test_what_a_dead_worker_had_claimed_is_sent_when_its_lease_ends(site: Site) -> None:
    ann = await site.person()
    tries = ann.tries
    site.process.hold(took=True)
    await ann.say("B")
    await until(lambda: site.process.sending)
    await site.process.kill()
    await site.start(takes=True)
    await site.elapses(seconds=LEASE.total_seconds() - 1)
    await asyncio.sleep(0.05)
    assert ann.tries == tries, "it may be alive"
    await site.passes(seconds=1)
    assert ann.tries == tries + 2, "the card, and the buttons of the one before"
    assert SECOND in ann.texts[-1]
    assert await site.is_right(ann)


async def test_who_starts_takes_nothing_from_who_is_at_work(site: Site) -> None:
    ann = await site.person()
    tries = ann.tries
    ann.plan(0.1)
    await ann.say("B")
    await until(lambda: ann.tries > tries)
    await site.start()
    await site.rest()
    assert ann.tries == tries + 2, "the card, and the buttons of the one before"


async def test_who_stops_leaves_the_rest_to_others_at_once(site: Site) -> None:
    ann = await site.person()
    ann.plan(Later(5.0))
    await site.does(ann, "B")
    await site.process.stop()
    await site.start(takes=True)
    await site.passes(seconds=5)
    assert SECOND in ann.texts[-1]


@pytest.mark.parametrize(
    ("took", "renewed"),
    [(True, False), (False, False), (False, True)],
    ids=["its turn came late", "it was frozen", "it was frozen and has renewed its other claims since"],
)
async def test_a_worker_that_has_lost_its_claim_sends_nothing(site: Site, took: bool, renewed: bool) -> None:
    ann, second = await site.person(), await site.start()
    first, tries = site.process, ann.tries
    turn = first.hold(took=took)
    await ann.say("B")
    await until(lambda: first.sending)
    await first.freeze()
    first.late = 9.0
    await site.elapses(seconds=9)
    await until(lambda: SECOND in ann.texts[-1] and not second.sending)
    if renewed:
        await first.worker._renew()
    turn.set()
    await site.rest()
    assert ann.tries == tries + 2, "the card, and the buttons of the one before"
    assert await site.is_right(ann)


@pytest.mark.parametrize("renewed", [False, True], ids=["at once", "after it has renewed its other claims"])
async def test_a_worker_that_loses_its_claim_while_it_looks_things_up_sends_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch, renewed: bool
) -> None:
    ann, second = await site.person(), await site.start()
    first, tries, found = site.process, ann.tries, asyncio.Event()
    view = first.worker._view

    async def slow(*given: Any) -> View:
        await found.wait()
        return await view(*given)

    monkeypatch.setattr(first.worker, "_view", slow)
    await ann.say("B")
    await until(lambda: first.sending)
    await first.freeze()
    first.late = 9.0
    await site.elapses(seconds=9)
    await until(lambda: SECOND in ann.texts[-1] and not second.sending)
    if renewed:
        await first.worker._renew()
    found.set()
    await site.rest()
    assert ann.tries == tries + 2, "the card, and the buttons of the one before"
    assert await site.is_right(ann)


async def test_what_arrives_after_what_others_have_sent_since_is_set_right(site: Site) -> None:
    """A worker was frozen in the middle of a call; what it then says is older than what stands there."""
    ann, second = await site.person(), await site.start()
    first = site.process
    ann.plan(0.5)
    await ann.say("B")
    await until(lambda: first.sending)
    await first.freeze()
    await first.leave()
    first.late = 9.0
    await site.elapses(seconds=9)
    await until(lambda: SECOND in ann.texts[-1])
    await second.begin(takes=True)
    await ann.say("B")
    await until(lambda: THIRD in ann.texts[-1])
    await until(lambda: not first.sending)
    await site.rest()
    assert await site.is_right(ann)


async def test_what_another_is_at_is_sent_within_its_lease_although_nobody_told_of_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands still, on another host, and who looked just before would look again much later."""
    monkeypatch.setattr("bot.delivery.worker.RENEW_SECONDS", 0.02)
    ann = await site.person()
    await site.start()
    site.process.hold(took=True)
    await asyncio.sleep(0.05)
    await ann.say("B")
    await until(lambda: site.process.sending)
    await site.process.freeze()
    site._set += LEASE
    await until(lambda: SECOND in ann.texts[-1])


async def test_what_was_sent_while_the_store_told_of_it_is_not_sent_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer of a database takes its time, and what it says is old by then; the lane was not at work when it was
    asked for.
    """
    ann, found = await site.person(), asyncio.Event()
    tries, turn, claim = ann.tries, site.process.hold(took=False), site.store.claim

    async def slow(*given: Any, besides: object = (), **how: Any) -> list[Due]:
        dues = await claim(*given, **how)
        if dues and "channels" in how:
            found.set()
            await until(lambda: not site.process.sending)
        return dues

    await site.send(ann, Outgoing(written(Text(("once",))), site.now))
    await until(lambda: site.process.sending)
    monkeypatch.setattr(site.store, "claim", slow)
    await site.process.look()
    await until(found.is_set)
    turn.set()
    await until(lambda: "once" in ann.texts)
    await site.rest()
    assert ann.tries == tries + 1


async def test_a_claim_that_took_long_to_get_is_as_old_as_the_wish_for_it(site: Site) -> None:
    """Renewing meanwhile, with nothing at hand, has renewed nothing."""
    ann = await site.person()
    process, tries, said = site.process, ann.tries, Outgoing(written(Text(("late",))), site.now)
    await process.freeze()
    asked, turn = process.worker.moment(), process.hold(took=False)
    arrival = Arrival(site.places[0].channel().name, 7, site.now)
    applied = await site.store.apply(
        ann.window, lambda _: Decision(outbox=(said,)), arrival, claim=process.worker.claim()
    )
    assert applied
    process.late = 4.0
    await process.worker._renew()
    process.worker.take_up(ann.window, applied, asked)
    await until(lambda: process.sending)
    process.late = 8.0
    turn.set()
    await until(lambda: not process.sending)
    assert ann.tries == tries
