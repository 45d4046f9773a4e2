"""Who sends what: claims that nobody else can have meanwhile, take-over, confirmation, leases. For every store."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from storage.outbox import Lane, Queued, Urgency
from storage.postgres import outbox
from storage.store import CONFIRM_SECONDS, LONGEST_CLAIM, Arrival, Claim, Due, Store
from tests.storage.support import (
    HOUR,
    ME,
    NOW,
    OTHER,
    WINDOW,
    YOU,
    claim,
    message,
    nothing,
    sends,
    taken,
    turns,
    waiting,
)

LANE = Lane(WINDOW, aside=False)
SECOND = timedelta(seconds=1)


async def queued(store: Store, holder: str = ME) -> Queued:
    due = await taken(store, holder=holder)
    assert due is not None
    return due.queued


async def test_a_claimed_lane_is_left_to_its_holder(store: Store) -> None:
    await store.apply(WINDOW, sends(message("one"), message("two")))
    await store.apply(OTHER, sends(message("theirs")))
    assert await queued(store)
    assert await turns(store, holder=YOU) == ["theirs"]
    assert await taken(store, holder=YOU) is None
    assert await store.following(LANE, NOW, YOU) is None
    assert await turns(store) == ["one"], "the holder's own may be claimed again"
    assert await store.holders() == {ME, YOU}


async def test_the_two_lanes_of_a_window_are_claimed_apart(store: Store) -> None:
    await store.apply(WINDOW, sends(message("card"), message("file", urgency=Urgency.FILE)))
    assert await queued(store)
    assert await turns(store, holder=YOU) == ["file"]
    assert await taken(store, aside=True) is None


async def test_after_its_end_another_may_take_a_claim_over(store: Store) -> None:
    await store.apply(WINDOW, sends(message("one")))
    end = claim().until
    assert await queued(store)
    for now, found in ((end - SECOND, 0), (end, 1)):
        assert len(await store.claim(Claim(YOU, now + 8 * SECOND), now, 9)) == found
    assert await store.following(LANE, end, ME) is None, "it is lost"
    assert await store.holders() == {YOU}


async def test_a_claim_that_has_ended_gives_nothing_even_if_nobody_has_taken_it(store: Store) -> None:
    """Else two would send the same: somebody may take it at this very moment."""
    await store.apply(WINDOW, sends(message("one"), message("two")))
    one, end = await queued(store), claim().until
    assert await store.following(LANE, end, ME) is None
    assert await store.delivered(one, end, ME) is None
    assert await waiting(store) == ["two"]


async def test_renewed_claims_hold_longer_and_nobody_elses(store: Store) -> None:
    await store.apply(WINDOW, sends(message("mine")))
    await store.apply(OTHER, sends(message("yours")))
    assert await queued(store)
    assert await turns(store, holder=YOU) == ["yours"]
    await store.renew(claim(ME, seconds=20))
    now = NOW + 10 * SECOND
    assert [due.queued.reply for due in await store.claim(Claim("third", now + SECOND), now, 9)] == ["yours"]


async def test_what_a_holder_releases_is_free_and_nobody_elses_is(store: Store) -> None:
    await store.apply(WINDOW, sends(message("one"), message("file", urgency=Urgency.FILE)))
    await store.apply(OTHER, sends(message("theirs")))
    assert await turns(store, limit=1) == ["one"]
    assert await taken(store, window=OTHER, holder=YOU)
    await store.release(ME)
    assert await store.holders() == {YOU}
    assert await turns(store, holder="third") == ["one", "file"]


async def test_a_claim_ends_with_the_last_message_that_is_due(store: Store) -> None:
    await store.apply(WINDOW, sends(message("one"), message("two"), message("later", 1)))
    following = await store.delivered(await queued(store), NOW, ME)
    assert following is not None
    assert following.queued.reply == "two"
    assert await store.holders() == {ME}
    assert await store.delivered(following.queued, NOW, ME) is None
    assert await store.holders() == set()
    assert await taken(store, 1, holder=YOU)


async def test_a_claim_ends_when_what_is_left_has_to_wait(store: Store) -> None:
    await store.apply(WINDOW, sends(message("one")))
    await store.postpone(await queued(store), NOW + HOUR)
    assert await store.following(LANE, NOW, ME) is None
    assert await store.holders() == set()


async def test_nothing_due_is_nothing_claimed(store: Store) -> None:
    await store.apply(WINDOW, sends(message("later", 1)))
    assert await taken(store) is None
    assert await turns(store) == []
    assert await store.holders() == set()


async def test_a_limit_counts_what_is_found_past_the_lanes_of_others(store: Store) -> None:
    for number in range(9):
        await store.apply(f"w{number}", sends(message(f"{number}", number - 20)))
    assert await turns(store, limit=3, holder=YOU) == ["0", "1", "2"]
    assert await turns(store, limit=3) == ["3", "4", "5"]
    assert await turns(store, limit=3) == ["3", "4", "5"], "what is being sent is as urgent as before"


@pytest.mark.parametrize(
    ("channels", "found"),
    [(None, ["ours", "theirs", "odd"]), ({"page"}, ["theirs"]), ({"terminal", "odd"}, ["ours", "odd"]), ((), [])],
)
async def test_what_a_process_cannot_send_is_left_to_others(
    store: Store, channels: Collection[str] | None, found: list[str]
) -> None:
    for window, reply in ((WINDOW, "ours"), ("page:7", "theirs"), ("odd", "odd")):
        await store.apply(window, sends(message(reply)))
    assert [due.queued.reply for due in await store.claim(claim(), NOW, 9, channels=channels)] == found


async def test_what_the_holder_is_at_is_left_alone(store: Store) -> None:
    for window, reply in ((WINDOW, "at work"), (OTHER, "free")):
        await store.apply(window, sends(message(reply)))
    assert await queued(store)
    for limit, found in ((1, []), (2, ["free"])):
        assert [due.queued.reply for due in await store.claim(claim(), NOW, limit, besides={LANE})] == found


async def test_to_look_for_work_ends_no_claim_that_is_at_work(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where lanes are found and claimed in two steps, what was due may be sent in between, and more come just then."""
    await store.apply(WINDOW, sends(message("one")))
    await store.apply(OTHER, sends(message("theirs")))
    one, take = await queued(store), outbox.take

    async def later(*values: Any) -> list[Due]:
        await store.apply(WINDOW, sends(replace(message("two"), due=NOW + SECOND)))
        assert await store.delivered(one, NOW + SECOND, ME)
        return await take(*values)

    monkeypatch.setattr(outbox, "take", later)
    assert [due.queued.reply for due in await store.claim(claim(), NOW, 9, besides={LANE})] == ["theirs"]
    monkeypatch.undo()
    assert await taken(store, 1 / 3600, holder=YOU) is None


async def test_what_was_delivered_without_a_claim_is_delivered(store: Store) -> None:
    await store.apply(WINDOW, sends(message("one"), message("two")))
    one = await queued(store)
    await store.release(ME)
    assert await store.delivered(one, NOW, ME) is None
    assert await waiting(store) == ["two"]


# in the transaction of an answer


async def test_an_answer_claims_its_lane_if_there_is_something_to_be_said(store: Store) -> None:
    for number, (sent, found) in enumerate([((), None), ((message("later", 1),), None), ((message("now"),), "now")]):
        applied = await store.apply(WINDOW, sends(*sent), Arrival("telegram", number, NOW), claim=claim())
        assert applied is not None
        assert (applied.due and applied.due.queued.reply) == found
        assert await store.holders() == ({ME} if found else set())


async def test_an_answer_does_not_claim_what_others_have(store: Store) -> None:
    await store.apply(WINDOW, sends(message("one")))
    assert await queued(store, YOU)
    applied = await store.apply(WINDOW, sends(message("two")), Arrival("telegram", 1, NOW), claim=claim())
    assert applied is not None
    assert applied.due is None
    assert await store.holders() == {YOU}
    assert await waiting(store) == ["one", "two"]


async def test_without_an_update_or_without_a_claim_nothing_is_claimed(store: Store) -> None:
    await store.apply(WINDOW, sends(message("one")), claim=claim())
    await store.apply(WINDOW, sends(message("two")), Arrival("telegram", 1, NOW))
    assert await store.holders() == set()


# confirmation


async def noted(store: Store) -> None:
    """Any transaction will do."""
    await store.renew(claim("nobody"))


async def test_what_was_confirmed_is_gone_with_the_next_transaction_and_its_claim_too(store: Store) -> None:
    await store.apply(WINDOW, sends(message("edit"), message("later", 1)))
    store.confirm(await queued(store), ME, nothing)
    await noted(store)
    assert await waiting(store, 1) == ["later"]
    assert await store.holders() == set()


async def test_what_was_confirmed_is_gone_soon_by_itself(store: Store) -> None:
    await store.apply(WINDOW, sends(message("edit")))
    store.confirm(await queued(store), ME, nothing)
    async with asyncio.timeout(200 * CONFIRM_SECONDS):
        while await store.waiting(WINDOW) or await store.holders():  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(CONFIRM_SECONDS / 5)


async def test_what_was_confirmed_is_not_sent_again_to_whoever_asks_next(store: Store) -> None:
    await store.apply(WINDOW, sends(message("edit", key="card")))
    store.confirm(await queued(store), ME, nothing)
    applied = await store.apply(WINDOW, sends(message("next")), Arrival("telegram", 1, NOW), claim=claim())
    assert applied is not None
    assert applied.due is not None
    assert applied.due.queued.reply == "next"
    store.confirm(applied.due.queued, ME, nothing)
    assert await turns(store, holder=YOU) == []


async def test_a_claim_outlives_a_confirmation_while_more_falls_due_before_its_end(store: Store) -> None:
    """What came meanwhile is the holder's to send: it may be doing so already."""
    told: list[str] = []
    await store.apply(WINDOW, sends(message("edit"), message("more")))
    store.confirm(await queued(store), ME, lambda: told.append("more"))
    await noted(store)
    assert told == ["more"], "the holder may not know"
    assert await taken(store, holder=YOU) is None
    assert (await queued(store)).reply == "more"


async def test_a_confirmation_ends_nobody_elses_claim(store: Store) -> None:
    await store.apply(WINDOW, sends(message("edit")))
    edit = await queued(store)
    await store.release(ME)
    assert await queued(store, YOU) == edit
    store.confirm(edit, ME, nothing)
    await noted(store)
    assert await store.holders() == {YOU}
    assert await store.following(LANE, NOW, YOU) is None


# clocks


@pytest.mark.parametrize(
    ("until", "kept"), [(8 * SECOND, True), (LONGEST_CLAIM, True), (LONGEST_CLAIM + SECOND, False), (24 * HOUR, False)]
)
async def test_claims_by_a_clock_that_was_set_back_end_and_those_of_others_at_work_do_not(
    store: Store, until: timedelta, kept: bool
) -> None:
    await store.apply(WINDOW, sends(message("one")))
    assert await store.claim(Claim(YOU, NOW + until), NOW, 9)
    await store.hasten(NOW)
    assert await store.holders() == ({YOU} if kept else set())


# any number of holders, whatever comes between


class Crew:
    """Some who send side by side, each at its own pace, and note what they have sent."""

    def __init__(self, store: Store, seed: int) -> None:
        self.store, self.chance = store, Random(seed)  # noqa: S311  # the same at every run
        self.sent: list[tuple[Lane, int]] = []

    async def pause(self) -> None:
        await asyncio.sleep(self.chance.choice([0, 0.001]))

    async def write(self, windows: list[str], each: int) -> None:
        """So many messages for each window."""
        for number in range(each):
            for window in windows:
                urgency = self.chance.choice([Urgency.ANSWER, Urgency.FILE])
                await self.store.apply(window, sends(message(f"{number}", urgency=urgency)))
                await self.pause()

    async def send(self, holder: str, until: int) -> None:
        """Until so many have been sent."""
        while len(self.sent) < until:
            for due in await self.store.claim(claim(holder), NOW, 2):
                await self.drain(due, holder)
            await asyncio.sleep(0.001)

    async def drain(self, due: Due | None, holder: str) -> None:
        """One lane, until it is empty; or until what was sent needs no haste to be noted."""
        while due is not None:
            await self.pause()
            self.sent.append((due.queued.lane, due.queued.number))
            if self.chance.random() < 0.3:
                self.store.confirm(due.queued, holder, nothing)
                return
            due = await self.store.delivered(due.queued, NOW, holder)


@pytest.mark.parametrize("seed", range(8))
async def test_each_message_is_sent_once_and_in_order_by_however_many(store: Store, seed: int) -> None:
    windows, each = [f"w{number}" for number in range(4)], 8
    crew = Crew(store, seed)
    senders = (crew.send(holder, each * len(windows)) for holder in (ME, YOU, "third"))
    await asyncio.gather(crew.write(windows, each), *senders)
    numbers = [number for _, number in crew.sent]
    assert sorted(numbers) == sorted(set(numbers))
    for lane in {lane for lane, _ in crew.sent}:
        of_lane = [number for one, number in crew.sent if one == lane]
        assert of_lane == sorted(of_lane)
    await noted(store)
    assert await store.next_due() is None


# leases


async def test_a_lease_belongs_to_one(store: Store) -> None:
    assert await store.lease("house") is None
    mine = await store.hold("house", ME, None)
    assert mine is not None
    assert await store.hold("house", YOU, None) is None
    assert await store.lease("house") == mine
    assert await store.hold("other", YOU, None) is not None


async def test_a_lease_is_kept_by_beating_and_taken_only_as_it_was_seen(store: Store) -> None:
    seen = await store.hold("house", ME, None)
    kept = await store.hold("house", ME, seen)
    assert kept is not None
    assert kept != seen
    assert await store.hold("house", YOU, seen) is None, "it has beaten since"
    yours = await store.hold("house", YOU, kept)
    assert yours is not None
    assert await store.hold("house", ME, kept) is None, "it is lost"


async def test_only_the_holder_gives_a_lease_back(store: Store) -> None:
    old = await store.hold("house", ME, None)
    assert old is not None
    new = await store.hold("house", YOU, old)
    assert new is not None
    await store.let_go("house", old)
    assert await store.lease("house") == new
    await store.let_go("house", new)
    assert await store.lease("house") is None
