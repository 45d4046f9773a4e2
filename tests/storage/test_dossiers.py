"""Several dossiers a window, several windows a dossier, links between them, and forgetting each way: every store."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from storage.outbox import Lane, Queued, Urgency
from storage.store import Arrival, Decide, Decision, Forgetting, Link, State, Store
from storage.window import Window
from tests.storage.support import (
    HOUR,
    ME,
    NOW,
    OTHER,
    WINDOW,
    assessment,
    begun,
    claim,
    decides,
    entry,
    everything,
    follows,
    grown,
    just,
    message,
    nothing,
    opens,
    sends,
    taken,
    waiting,
)

DOSSIER, SIGHT = Forgetting.DOSSIER, Forgetting.SIGHT
LINK = Link("hash", "d1", NOW + HOUR)


async def shared(store: Store, *dossiers: str, by: str = WINDOW) -> None:
    """The window and the other one look at these, the last in front; the one or the other has given links to them."""
    guest = OTHER if by == WINDOW else WINDOW
    for dossier in dossiers:
        await store.apply(by, opens(dossier, links=(Link(dossier, dossier, NOW + HOUR),)))
        await store.apply(guest, follows, link=dossier)


async def gone(store: Store, dossier: str) -> bool:
    """Nothing is stored of a dossier."""
    return not await store.log(dossier) and not await store.history(dossier)


# several dossiers


async def test_the_last_one_opened_is_in_front_and_all_are_in_sight_in_their_order(store: Store) -> None:
    for dossier in ("d2", "d1", "d3", "d2"):
        await store.apply(WINDOW, opens(dossier))
    assert await store.state(WINDOW) == State(Window(), "d2", begun("d2"), ("d2", "d1", "d3"))
    assert await store.shelf(WINDOW) == [(dossier, begun(dossier)) for dossier in ("d2", "d1", "d3")]


async def test_another_dossier_in_sight_can_be_looked_at(store: Store) -> None:
    for dossier in ("d1", "d2"):
        await store.apply(WINDOW, opens(dossier, window=Window(language="en")))
    expected = State(Window(language="en"), "d1", begun("d1"), ("d1", "d2"))
    assert await store.state(WINDOW, "d1") == expected


async def test_a_dossier_out_of_sight_cannot_be_looked_at(store: Store) -> None:
    await store.apply(OTHER, opens("theirs"))
    assert await store.state(WINDOW, "theirs") == State()
    await store.apply(WINDOW, opens("d1"))
    assert await store.state(WINDOW, "theirs") == State(Window(), dossiers=("d1",))


async def test_answers_belong_to_the_one_in_front_or_to_the_one_that_comes_there(store: Store) -> None:
    await store.apply(WINDOW, just(begun(), entry(1), finished=(assessment("a1"),), dossier="d1"))
    await store.apply(WINDOW, just(begun("d2"), entry(2), dossier="d2"))
    await store.apply(WINDOW, just(begun("d2"), entry(3)))
    assert await everything(store) == (begun("d2"), [entry(2), entry(3)], [])
    await store.apply(WINDOW, opens("d1"))
    assert await everything(store) == (begun(), [entry(1)], [assessment("a1")])


async def test_a_dossier_may_have_no_session_yet(store: Store) -> None:
    await store.apply(WINDOW, decides(dossier="d1"))
    assert await store.state(WINDOW) == State(Window(), "d1", None, ("d1",))
    assert await store.shelf(WINDOW) == []
    await store.apply(WINDOW, grown)
    assert (await store.state(WINDOW)).dossier == "d1"


async def test_a_message_is_about_what_is_in_front_after_its_decision(store: Store) -> None:
    await store.apply(WINDOW, sends(message("stranger")))
    for dossier in ("d1", "d2", "d1"):
        await store.apply(WINDOW, opens(dossier, outbox=(message(dossier),)))
    await store.apply(WINDOW, sends(message("receipt"), forgotten=DOSSIER))
    assert [(one.reply, one.dossier) for one in await store.waiting(WINDOW)] == [
        ("stranger", None),
        ("d2", "d2"),
        ("receipt", "d2"),
    ]


# several windows


async def test_windows_of_a_dossier_see_the_same_session_and_know_of_each_other(store: Store) -> None:
    await shared(store, "d1")
    await store.apply(OTHER, grown)
    mine, theirs = await store.state(WINDOW), await store.state(OTHER)
    assert mine == theirs == State(Window(), "d1", begun("d1").but(revision=1), ("d1",), shared=True)


async def test_each_window_has_its_own_dossier_in_front_and_its_own_ways(store: Store) -> None:
    await shared(store, "d1", "d2")
    await store.apply(WINDOW, opens("d1", window=Window(language="en")))
    mine, theirs = await store.state(WINDOW), await store.state(OTHER)
    assert (mine.dossier, theirs.dossier) == ("d1", "d2")
    assert (mine.window, theirs.window) == (Window(language="en"), Window())
    assert mine.dossiers == theirs.dossiers == ("d1", "d2")


# links


async def test_a_link_is_found_by_its_hash_alone(store: Store) -> None:
    seen: list[Link | None] = []

    def looks(state: State) -> Decision:
        seen.append(state.link)
        return Decision()

    await store.apply(WINDOW, opens("d1", links=(LINK,)))
    for hash_ in (None, "", "another", "hash"):
        applied = await store.apply(OTHER, looks, link=hash_)
        assert applied is not None
        assert applied.state == State()
    assert seen == [None, None, None, LINK]


async def test_a_link_that_has_ended_is_given_all_the_same_until_it_is_tidied_away(store: Store) -> None:
    seen: list[Link | None] = []

    def looks(state: State) -> Decision:
        seen.append(state.link)
        return Decision()

    await store.apply(WINDOW, opens("d1", links=(LINK,)))
    for now in (LINK.until - timedelta(seconds=1), LINK.until):
        await store.tidy(NOW, now)
        await store.apply(OTHER, looks, link="hash")
    assert seen == [LINK, None]


async def test_a_link_opens_its_dossier_once(store: Store) -> None:
    await store.apply(WINDOW, opens("d1", links=(LINK,)))
    for window in (OTHER, "third"):
        await store.apply(window, follows, link="hash")
    assert (await store.state(OTHER)).dossier == "d1"
    assert await store.state("third") == State()


async def test_a_link_is_used_up_by_who_has_sight_already(store: Store) -> None:
    await store.apply(WINDOW, opens("d1", links=(LINK,)))
    await store.apply(WINDOW, follows, link="hash")
    await store.apply(OTHER, follows, link="hash")
    assert await store.state(OTHER) == State()


async def test_a_link_that_is_not_followed_stays(store: Store) -> None:
    await store.apply(WINDOW, opens("d1", links=(LINK,)))
    await store.apply(OTHER, opens("d2"), link="hash")
    await store.apply(OTHER, follows, link="hash")
    assert (await store.state(OTHER)).dossiers == ("d2", "d1")


async def test_a_new_link_voids_the_others_of_its_dossier_alone(store: Store) -> None:
    await store.apply(WINDOW, opens("d2", links=(Link("theirs", "d2", NOW + HOUR),)))
    for hash_ in ("old", "new"):
        await store.apply(WINDOW, opens("d1", links=(replace(LINK, hash=hash_),)))
    for hash_, opened in (("old", None), ("new", "d1"), ("theirs", "d2")):
        await store.apply(f"by {hash_}", follows, link=hash_)
        assert (await store.state(f"by {hash_}")).dossier == opened


async def test_links_for_another_purpose_are_neither_voided_nor_used_up(store: Store) -> None:
    for purpose in ("window", "mail"):
        await store.apply(WINDOW, opens("d1", links=(replace(LINK, hash=purpose, purpose=purpose),)))
    await store.apply(OTHER, follows, link="window")
    await store.apply("third", follows, link="mail")
    assert (await store.state("third")).dossier == "d1"


async def test_several_links_are_offered_at_once_and_one_uses_up_all(store: Store) -> None:
    """A link and its code."""
    await store.apply(WINDOW, opens("d1", links=(LINK, replace(LINK, hash="code"))))
    await store.apply(OTHER, follows, link="code")
    await store.apply("third", follows, link="hash")
    assert (await store.state(OTHER)).dossier == "d1"
    assert await store.state("third") == State()


async def test_a_link_for_more_than_once_stays_until_its_end(store: Store) -> None:
    await store.apply(WINDOW, opens("d1", links=(replace(LINK, once=False),)))
    for window in (OTHER, "third"):
        await store.apply(window, follows, link="hash")
        assert (await store.state(window)).dossier == "d1"
    await store.tidy(NOW, LINK.until)
    await store.apply("fourth", follows, link="hash")
    assert await store.state("fourth") == State()


async def test_links_of_every_purpose_go_with_their_dossier(store: Store) -> None:
    links = (LINK, replace(LINK, hash="mail", purpose="mail", once=False))
    await store.apply(WINDOW, opens("d1", links=links))
    await store.apply(WINDOW, decides(forgotten=DOSSIER))
    for hash_ in ("hash", "mail"):
        await store.apply(OTHER, follows, link=hash_)
    assert await store.state(OTHER) == State()


# what was answered last


@pytest.mark.parametrize(("last", "revisions"), [(None, [1, 2, 3]), (0, []), (2, [2, 3]), (9, [1, 2, 3])])
async def test_the_newest_lines_of_a_log_come_with_the_oldest_of_them_first(
    store: Store, last: int | None, revisions: list[int]
) -> None:
    for window in (WINDOW, OTHER):
        for _ in range(3):
            await store.apply(window, grown)
    dossier = (await store.state(WINDOW)).dossier
    assert dossier
    assert [line.after for line in await store.log(dossier, last)] == revisions


# a window that moves


THERE = "terminal:elsewhere"


async def test_a_window_that_has_moved_is_all_there_and_nothing_answers_to_its_old_name(store: Store) -> None:
    await shared(store, "d1", "d2", by=OTHER)
    await store.apply(WINDOW, just(begun("d2"), entry(1, by="anna"), entry(2, by="42")))
    await store.apply(WINDOW, sends(message("one"), message("two", 5, "card"), window=Window(zone="UTC", email="a@b")))
    assert await taken(store)
    before, letters = await store.state(WINDOW), await store.waiting(WINDOW)
    assert await store.move(WINDOW, THERE)
    assert await store.state(THERE) == before
    assert await store.waiting(THERE) == [replace(one, window=THERE) for one in letters]
    assert (await store.state(WINDOW), await store.waiting(WINDOW)) == (State(), [])
    assert [line.by for line in await store.log("d2")] == ["elsewhere", "42"]
    following = await store.following(Lane(THERE, aside=False), NOW, ME)
    assert following, "who sends there goes on"
    assert (await store.state(OTHER)).shared


async def test_a_window_that_is_not_stored_or_whose_new_name_is_taken_does_not_move(store: Store) -> None:
    await store.apply(WINDOW, opens("d1"))
    await store.apply(OTHER, opens("d2"))
    await store.apply("stranger", sends(message("hello")))
    for window, to in (("nobody", THERE), ("stranger", THERE), (WINDOW, OTHER), (WINDOW, WINDOW), (WINDOW, "stranger")):
        assert not await store.move(window, to)
    assert [(await store.state(window)).dossier for window in (WINDOW, OTHER)] == ["d1", "d2"]
    assert await waiting(store, window="stranger") == ["hello"]


async def test_what_was_set_aside_moves_along(store: Store) -> None:
    await store.apply(WINDOW, opens("d1", outbox=(message("odd"),)))
    due = await taken(store)
    assert due
    await store.set_aside(due.queued)
    assert await store.move(WINDOW, THERE)
    await store.forget(THERE)
    assert await store.damaged() == 0


async def sent_and_moved(store: Store) -> Queued:
    """Two messages, about a dossier; the first is on its way when the window gets another name."""
    await store.apply(WINDOW, opens("d1", outbox=(message("one"), message("two")), window=Window(card="7")))
    due = await taken(store)
    assert due
    assert await store.move(WINDOW, THERE)
    return due.queued


Fate = Callable[[Store, Queued], Awaitable[object]]


@pytest.mark.parametrize(
    "fate",
    [
        lambda store, queued: store.delivered(queued, NOW, ME),
        lambda store, queued: store.refused(queued, NOW),
        lambda store, queued: store.set_aside(queued),
    ],
    ids=["it arrived", "it was refused", "nobody can make sense of it"],
)
async def test_what_is_done_with_when_its_window_has_moved_is_done_with(store: Store, fate: Fate) -> None:
    await fate(store, await sent_and_moved(store))
    assert await waiting(store, window=THERE) == ["two"]


async def test_what_arrived_that_does_no_harm_twice_is_gone_from_a_window_that_has_moved(store: Store) -> None:
    store.confirm(await sent_and_moved(store), ME, nothing)
    await store.renew(claim())
    assert await waiting(store, window=THERE) == ["two"]


async def test_a_refusal_under_the_old_name_does_not_silence_the_window_that_has_moved(store: Store) -> None:
    assert not await store.refused(await sent_and_moved(store), NOW)
    assert (await store.state(THERE)).window == Window(card="7")


async def test_what_has_to_be_sent_again_to_a_window_that_has_moved_waits_there_with_what_comes_after(
    store: Store,
) -> None:
    await store.postpone(await sent_and_moved(store), NOW + HOUR)
    assert [(one.reply, one.due, one.attempts) for one in await store.waiting(THERE)] == [
        ("one", NOW + HOUR, 1),
        ("two", NOW + HOUR, 0),
    ]


async def test_what_is_put_off_or_half_sent_is_so_in_a_window_that_has_moved(store: Store) -> None:
    queued = await sent_and_moved(store)
    await store.defer(queued, NOW + HOUR)
    await store.advanced(queued, 1)
    first, _ = await store.waiting(THERE)
    assert (first.reply, first.due, first.part) == ("one", NOW + HOUR, 1)


async def test_what_was_answered_in_a_window_that_has_moved_is_nobodys_once_it_is_forgotten(store: Store) -> None:
    await shared(store, "d1", by=OTHER)
    await store.apply(WINDOW, just(begun("d1"), entry(1, by="anna")))
    assert await store.move(WINDOW, THERE)
    await store.forget(THERE)
    assert [line.by for line in await store.log("d1")] == [""]


async def test_a_window_that_moves_leaves_behind_whoever_came_by_its_links_and_by_theirs(store: Store) -> None:
    first, second, friend = "web:first", "web:second", "telegram:7"
    link, theirs = Link("given", "d1", NOW + HOUR), Link("theirs", "d1", NOW + HOUR)
    await store.apply(friend, opens("d1", links=(link,)))
    await store.apply(WINDOW, follows, link="given")
    await store.apply(WINDOW, decides(links=(link,)))
    await store.apply(first, follows, link="given")
    await store.apply(first, opens("d9", links=(theirs,)))
    await store.apply(second, follows, link="theirs")
    await store.apply(second, decides(links=(theirs, replace(theirs, hash="mail", purpose="mail"))))
    await store.apply(WINDOW, decides(links=(link,)))
    assert await store.move(WINDOW, THERE)
    assert (await store.state(first)).dossiers == ("d9",)
    assert (await store.state(second)).window is None
    assert [(await store.state(window)).dossiers for window in (THERE, friend)] == [("d1",), ("d1",)]
    for hash_ in ("given", "theirs", "mail"):
        await store.apply("web:new", follows, link=hash_)
    assert await store.state("web:new") == State()


async def test_a_guest_who_leaves_does_not_leave_guests_behind_whom_nothing_ends(store: Store) -> None:
    link = Link("given", "d1", NOW + HOUR)
    await store.apply(WINDOW, opens("d1", links=(link,)))
    await store.apply("web:first", follows, link="given")
    await store.apply("web:first", decides(links=(replace(link, hash="theirs"),)))
    await store.apply("web:second", follows, link="theirs")
    await store.apply("web:first", decides(links=(replace(link, hash="waits"),)))
    await store.forget("web:first")
    assert await store.move(WINDOW, THERE)
    assert (await store.state("web:second")).window is None
    await store.apply("web:third", follows, link="waits")
    assert await store.state("web:third") == State()


async def test_a_guest_that_moves_leaves_its_host_alone(store: Store) -> None:
    await store.apply(WINDOW, opens("d1", links=(Link("given", "d1", NOW + HOUR),)))
    await store.apply(OTHER, follows, link="given")
    assert await store.move(OTHER, THERE)
    assert (await store.state(WINDOW)).dossiers == ("d1",)
    assert await store.move(WINDOW, OTHER)
    assert (await store.state(THERE)).window is None


# forgetting a dossier


async def test_a_forgotten_dossier_goes_wherever_it_is_seen(store: Store) -> None:
    await shared(store, "d1")
    await store.apply(WINDOW, just(begun("d1"), entry(1), finished=(assessment("a1"),)))
    for window in (WINDOW, OTHER):
        await store.apply(window, sends(message("card"), message("later", 9, urgency=Urgency.REMINDER)))
    await store.apply(WINDOW, decides(links=(LINK,)))
    await store.apply(OTHER, decides(forgotten=DOSSIER))
    for window in (WINDOW, OTHER):
        assert await store.state(window) == State()
        assert await store.waiting(window) == []
    assert await gone(store, "d1")
    await store.apply("third", follows, link="hash")
    assert await store.state("third") == State()


async def test_the_newest_that_is_left_comes_to_the_front_of_each_window(store: Store) -> None:
    await shared(store, "d1", "d2", "d3")
    await store.apply(WINDOW, opens("d1"))
    await store.apply(OTHER, opens("d2"))
    applied = await store.apply(WINDOW, decides(forgotten=DOSSIER))
    assert applied is not None
    assert applied.state == State(Window(), "d3", begun("d3"), ("d2", "d3"), shared=True)
    assert (await store.state(OTHER)).dossier == "d2", "what was in front of others stays there"
    await store.apply(WINDOW, decides(forgotten=DOSSIER))
    assert [(await store.state(window)).dossier for window in (WINDOW, OTHER)] == ["d2", "d2"]


async def test_of_a_window_with_other_dossiers_only_what_is_about_this_one_goes(store: Store) -> None:
    await store.apply(WINDOW, sends(message("stranger")))
    for dossier in ("d1", "d2"):
        await store.apply(WINDOW, opens(dossier, outbox=(message(dossier),)))
    await store.apply(WINDOW, sends(message("receipt"), forgotten=DOSSIER))
    assert await waiting(store) == ["stranger", "d1", "receipt"]


@pytest.mark.parametrize("known", [True, False])
async def test_of_a_window_without_any_other_all_goes_but_the_receipt(store: Store, known: bool) -> None:
    await store.apply(WINDOW, sends(message("stranger"), window=Window(language="en")))
    if known:
        await store.apply(WINDOW, opens("d1", outbox=(message("card"),)))
    receipt = sends(message("receipt"), forgotten=DOSSIER)
    applied = await store.apply(WINDOW, receipt, Arrival("telegram", 1, NOW), claim=claim())
    assert await store.state(WINDOW) == State()
    assert await waiting(store) == ["receipt"]
    assert applied is not None
    assert applied.due is not None
    assert applied.due.state == State()
    assert await store.delivered(applied.due.queued, NOW, ME) is None
    assert await store.waiting(WINDOW) == []
    assert await store.apply(WINDOW, grown, Arrival("telegram", 1, NOW)) is None, "the update stays known"


async def test_who_begins_again_in_the_same_decision_begins_afresh(store: Store) -> None:
    await store.apply(WINDOW, just(begun(), entry(1), dossier="d1"))
    again = decides(dossier="d1", session=begun().but(revision=7), forgotten=DOSSIER, window=Window(language="en"))
    await store.apply(WINDOW, again)
    assert await store.state(WINDOW) == State(Window(language="en"), "d1", begun().but(revision=7), ("d1",))
    assert await store.log("d1") == []


# forgetting a sight


async def test_a_window_that_looks_away_leaves_the_dossier_to_the_others(store: Store) -> None:
    await shared(store, "d1", "d2")
    for window in (WINDOW, OTHER):
        await store.apply(window, opens("d1", outbox=(message("d1"),)))
    await store.apply(OTHER, decides(forgotten=SIGHT))
    assert await store.state(OTHER) == State(Window(), "d2", begun("d2"), ("d2",), shared=True)
    assert await waiting(store, window=OTHER) == []
    assert await store.state(WINDOW) == State(Window(), "d1", begun("d1"), ("d1", "d2"))
    assert await waiting(store) == ["d1"]


async def test_what_was_answered_in_a_window_that_looked_away_stays_and_not_by_whom(store: Store) -> None:
    await shared(store, "d1")
    await store.apply(OTHER, just(begun("d1").but(revision=1), entry(1, by="42")))
    await store.apply(WINDOW, just(begun("d1").but(revision=2), entry(2, by="anna")))
    await store.apply(OTHER, decides(forgotten=SIGHT))
    assert await store.log("d1") == [entry(1, by=""), entry(2, by="anna")]


async def test_the_last_sight_takes_the_window_along(store: Store) -> None:
    await shared(store, "d1")
    await store.apply(OTHER, sends(message("card")))
    await store.apply(OTHER, sends(message("receipt"), forgotten=SIGHT))
    assert await store.state(OTHER) == State()
    assert await waiting(store, window=OTHER) == ["receipt"]
    assert await store.state(WINDOW) == State(Window(), "d1", begun("d1"), ("d1",))


async def test_what_nobody_looks_at_any_more_goes(store: Store) -> None:
    await store.apply(WINDOW, just(begun(), entry(1), finished=(assessment("a1"),), dossier="d1"))
    await store.apply(WINDOW, opens("d2"))
    await store.apply(WINDOW, opens("d1", links=(LINK,)))
    await store.apply(WINDOW, decides(forgotten=SIGHT))
    assert await gone(store, "d1")
    await store.apply(OTHER, follows, link="hash")
    assert await store.state(OTHER) == State()


# forgetting a window


async def test_forgetting_a_window_leaves_nothing_of_it_and_all_of_the_others(store: Store) -> None:
    await shared(store, "d1", "d2")
    await store.apply(WINDOW, just(begun("mine"), entry(1), finished=(assessment("a1"),), dossier="mine"))
    for window in (WINDOW, OTHER):
        await store.apply(window, sends(message("hello")))
    before = await store.state(OTHER)
    assert await store.forget(WINDOW) == 8, "three sights, a session, a line, an assessment, a message, the window"
    assert await store.state(WINDOW) == State()
    assert await store.waiting(WINDOW) == []
    assert await gone(store, "mine")
    assert await store.state(OTHER) == replace(before, shared=False)
    assert await waiting(store, window=OTHER) == ["hello"]
    assert await store.forget(WINDOW) == 0


@pytest.mark.parametrize(
    ("decision", "kept"),
    [(decides(forgotten=DOSSIER), False), (decides(forgotten=SIGHT), False), (opens("d2", forgotten=None), True)],
    ids=["dossier", "sight", "neither"],
)
async def test_claims_end_with_their_window(store: Store, decision: Decide, kept: bool) -> None:
    await store.apply(WINDOW, opens("d1", outbox=(message("card"), message("file", urgency=Urgency.FILE))))
    assert await taken(store)
    assert await taken(store, aside=True)
    await store.apply(WINDOW, decision)
    assert await store.holders() == ({ME} if kept else set())
    assert (await store.following(Lane(WINDOW, aside=True), NOW, ME) is not None) == kept
