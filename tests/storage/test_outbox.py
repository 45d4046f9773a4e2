"""The outbox, windows and seen updates: one specification for every store."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from storage.outbox import Crowd, Queued, Urgency
from storage.store import Arrival, Decision, State, Store
from storage.window import Window
from tests.storage.support import (
    HOUR,
    ME,
    NOW,
    OTHER,
    WINDOW,
    begun,
    claim,
    decides,
    grown,
    message,
    opens,
    sends,
    taken,
    turns,
    waiting,
)


def arrival(update: int, channel: str = "telegram") -> Arrival:
    return Arrival(channel, update, NOW)


async def first(store: Store, hours: float = 0, *, aside: bool = False) -> Queued:
    due = await taken(store, hours, aside=aside)
    assert due is not None
    return due.queued


async def attempts(store: Store) -> list[int]:
    return [queued.attempts for queued in await store.waiting(WINDOW)]


async def test_messages_wait_in_the_order_in_which_they_were_decided(store: Store) -> None:
    await store.apply(WINDOW, sends(message("one"), message("two")))
    await store.apply(WINDOW, sends(message('三 😀 "quoted"')))
    assert await waiting(store) == ["one", "two", '三 😀 "quoted"']


async def test_a_message_comes_back_in_every_field(store: Store) -> None:
    sent = message("card", 1.5, "card", anew=True, urgency=Urgency.GREETING)
    await store.apply(WINDOW, opens("d1", outbox=(sent,)))
    (queued,) = await store.waiting(WINDOW)
    expected = Queued(queued.number, WINDOW, "d1", "card", "card", sent.due, 0, anew=True, urgency=Urgency.GREETING)
    assert queued == expected
    await store.advanced(queued, 2)
    assert [one.part for one in await store.waiting(WINDOW)] == [2]


async def test_of_all_lanes_the_first_message_of_each_however_many_wait_in_one(store: Store) -> None:
    await store.apply("flood", sends(*(message(f"flood {number}") for number in range(20))))
    await store.apply(WINDOW, sends(message("later", 2), message("one"), message("two")))
    assert await turns(store) == ["flood 0", "one"]
    assert await turns(store, limit=1) == ["flood 0"]
    assert await turns(store, 2) == ["flood 0", "later"]


async def test_a_message_in_the_future_is_not_due_and_holds_nobody_up(store: Store) -> None:
    await store.apply(WINDOW, sends(message("later", 2), message("now")))
    assert (await first(store)).reply == "now"
    assert (await first(store, 2)).reply == "later"
    assert await waiting(store, 2) == ["later", "now"]
    assert await store.next_due() == NOW


async def test_a_key_replaces_the_unsent_message_of_its_window_alone(store: Store) -> None:
    await store.apply(OTHER, sends(message("theirs", key="card")))
    await store.apply(WINDOW, sends(message("old", key="card"), message("text")))
    await store.apply(WINDOW, sends(message("new", key="card")))
    assert await waiting(store) == ["text", "new"]
    assert await waiting(store, window=OTHER) == ["theirs"]


async def test_one_that_is_not_needed_unless_sooner_leaves_a_sooner_one_as_it_is(store: Store) -> None:
    await store.apply(WINDOW, sends(message("first", 3, key="reminder")))
    await store.apply(WINDOW, sends(replace(message("later", 4, key="reminder"), unless_sooner=NOW)))
    assert await waiting(store, 9) == ["first"]
    await store.apply(WINDOW, sends(replace(message("sooner", 2, key="reminder"), unless_sooner=NOW)))
    assert await waiting(store, 9) == ["sooner"]


async def test_what_is_due_already_makes_nothing_needless(store: Store) -> None:
    """It may be on its way, and has looked at how things were."""
    await store.apply(WINDOW, sends(message("due", key="reminder")))
    sent = await first(store)
    await store.apply(WINDOW, sends(replace(message("next", 4, key="reminder"), unless_sooner=NOW)))
    assert await waiting(store, 9) == ["next"]
    owed = replace(message("owed", 5, key="reminder"), unless_sooner=NOW)
    await store.delivered(sent, NOW, ME, owed=owed)
    assert await waiting(store, 9) == ["next"]


async def test_messages_are_cancelled_by_key_or_all_at_once(store: Store) -> None:
    await store.apply(WINDOW, sends(message("a", key="reminder"), message("b", key="card"), message("c")))
    await store.apply(WINDOW, sends(cancelled=("reminder",)))
    assert await waiting(store) == ["b", "c"]
    await store.apply(WINDOW, sends(message("last"), silenced=True))
    assert await waiting(store) == ["last"]
    await store.apply(WINDOW, sends(silenced=True))
    assert await store.next_due() is None


async def test_what_is_cancelled_about_a_dossier_goes_in_all_of_its_windows_and_nowhere_else(store: Store) -> None:
    for window in (WINDOW, OTHER):
        for dossier in ("d1", "d2"):
            await store.apply(window, decides(dossier=dossier, outbox=(message(dossier, key=f"reminder.{dossier}"),)))
    await store.apply("stranger", sends(message("theirs", key="reminder.d2")))
    await store.apply(WINDOW, sends(cancelled=("reminder.d2",)))
    assert await waiting(store) == await waiting(store, window=OTHER) == ["d1"]
    assert await waiting(store, window="stranger") == ["theirs"]


async def test_a_delivered_message_is_gone_and_may_leave_the_name_of_the_card(store: Store) -> None:
    await store.apply(WINDOW, sends(message("one"), message("two")))
    following = await store.delivered(await first(store), NOW, ME)
    assert following is not None
    assert following.queued == await first(store)
    assert await waiting(store) == ["two"]
    await store.apply(WINDOW, decides(window=Window(language="en", card="41")))
    assert await store.delivered(following.queued, NOW, ME, "4²") is None
    assert (await store.state(WINDOW)).window == Window(language="en", card="4²")


async def test_of_a_stranger_no_card_is_noted(store: Store) -> None:
    await store.apply(WINDOW, sends(message("hello")))
    await store.delivered(await first(store), NOW, ME, "42")
    assert await store.state(WINDOW) == State()


async def test_a_postponed_message_keeps_its_place_before_those_behind_it(store: Store) -> None:
    await store.apply(WINDOW, sends(message("one"), message("two"), message("tomorrow", 24)))
    await store.postpone(await first(store), NOW + HOUR)
    assert await waiting(store) == []
    assert await waiting(store, 1) == ["one", "two"]
    assert await attempts(store) == [1, 0, 0]
    assert await waiting(store, 24) == ["one", "two", "tomorrow"]


async def test_what_is_queued_behind_a_failed_message_waits_with_it(store: Store) -> None:
    await store.apply(WINDOW, sends(message("failed")))
    await store.postpone(await first(store), NOW + HOUR)
    await store.apply(WINDOW, sends(message("behind"), message("later", 2)))
    await store.apply(OTHER, sends(message("theirs")))
    assert await waiting(store) == []
    assert await waiting(store, 1) == ["failed", "behind"]
    assert await waiting(store, 2) == ["failed", "behind", "later"]
    assert await waiting(store, window=OTHER) == ["theirs"]


async def test_postponing_or_deferring_what_is_gone_does_nothing(store: Store) -> None:
    await store.apply(WINDOW, sends(message("sent"), message("next")))
    sent = await first(store)
    await store.delivered(sent, NOW, ME)
    await store.postpone(sent, NOW + HOUR)
    await store.defer(sent, NOW)
    await store.advanced(sent, 1)
    await store.set_aside(sent)
    assert [(one.reply, one.due, one.attempts, one.part) for one in await store.waiting(WINDOW)] == [
        ("next", NOW, 0, 0)
    ]
    assert await store.damaged() == 0


async def test_a_deferred_message_holds_nobody_up_and_starts_afresh(store: Store) -> None:
    await store.apply(WINDOW, sends(message("night"), message("day")))
    await store.postpone(await first(store), NOW + HOUR)
    await store.defer(await first(store, 1), NOW + 9 * HOUR)
    assert await waiting(store, 1) == ["day"]
    await store.apply(WINDOW, sends(message("new")))
    assert await waiting(store, 1) == ["day", "new"]
    assert await waiting(store, 9) == ["night", "day", "new"]
    assert await attempts(store) == [0, 0, 0]


async def test_what_replaces_a_message_to_be_sent_anew_is_sent_anew(store: Store) -> None:
    await store.apply(WINDOW, sends(message("old", key="card", anew=True), message("x", key="other")))
    await store.apply(WINDOW, sends(message("new", key="card"), message("y", key="other")))
    assert [(queued.reply, queued.anew) for queued in await store.waiting(WINDOW)] == [("new", True), ("y", False)]
    await store.delivered(await first(store), NOW, ME)
    await store.apply(WINDOW, sends(message("edit", key="card")))
    assert [queued.anew for queued in await store.waiting(WINDOW)] == [False, False]


# updates


async def test_an_update_is_applied_once(store: Store) -> None:
    assert await store.apply(WINDOW, grown, arrival(7)) is not None
    assert await store.apply(WINDOW, grown, arrival(7)) is None
    assert await store.apply(OTHER, grown, arrival(7)) is None
    assert await store.apply(WINDOW, grown, arrival(7, "web")) is not None, "channels count for themselves"
    await store.apply(WINDOW, grown, arrival(8))
    session = (await store.state(WINDOW)).session
    assert session is not None
    assert session.revision == 3


async def test_a_decision_that_fails_does_not_count_as_seen(store: Store) -> None:
    def broken(_: State) -> Decision:
        raise ZeroDivisionError

    (outcome,) = await asyncio.gather(store.apply(WINDOW, broken, arrival(7)), return_exceptions=True)
    assert isinstance(outcome, ZeroDivisionError)
    assert await store.apply(WINDOW, grown, arrival(7)) is not None


async def test_old_updates_are_forgotten(store: Store) -> None:
    await store.apply(WINDOW, grown, arrival(7))
    await store.tidy(NOW, NOW)
    assert await store.apply(WINDOW, grown, arrival(7)) is None
    await store.tidy(NOW + timedelta(seconds=1), NOW)
    assert await store.apply(WINDOW, grown, arrival(7)) is not None


async def test_a_window_is_kept_until_another_one_comes(store: Store) -> None:
    window = Window(language="en", zone="Asia/Urumqi", card="3", reminders=False, blocked=True, returned=NOW)
    await store.apply(WINDOW, decides(window=window))
    assert (await store.state(WINDOW)).window == window
    await store.apply(WINDOW, grown)
    assert (await store.state(WINDOW)).window == window
    assert (await store.state(OTHER)).window is None


# who goes first, and who waits for nobody


async def test_the_most_urgent_come_first_and_of_these_who_has_waited_longest(store: Store) -> None:
    await store.apply("file", sends(message("file", -9, urgency=Urgency.FILE)))
    await store.apply("stranger", sends(message("hello", -8, urgency=Urgency.GREETING)))
    await store.apply("idle", sends(message("reminder", -7, urgency=Urgency.REMINDER)))
    await store.apply("late", sends(message("second", -1)))
    await store.apply("early", sends(message("first", -2)))
    assert await turns(store) == ["first", "second", "hello", "reminder", "file"]
    assert await turns(store, limit=2) == ["first", "second"]


async def test_thousands_that_wait_for_one_hide_nobody_else(store: Store) -> None:
    flood = [message(f"{number}", -9, f"retire.{number}", urgency=Urgency.RETIREMENT) for number in range(2000)]
    await store.apply("flood", sends(*flood))
    await store.apply(WINDOW, sends(message("mine"), message("file", urgency=Urgency.FILE)))
    assert await turns(store) == ["mine", "0", "file"]


async def test_what_stands_aside_waits_for_nobody_and_nobody_for_it(store: Store) -> None:
    await store.apply(WINDOW, sends(message("file", urgency=Urgency.FILE), message("card", key="card")))
    file = await first(store, aside=True)
    assert file.reply == "file"
    await store.postpone(file, NOW + HOUR)
    assert await waiting(store) == ["card"]
    await store.apply(WINDOW, sends(message("behind")))
    assert await waiting(store) == ["card", "behind"]
    await store.postpone(await first(store), NOW + 2 * HOUR)
    assert await waiting(store, 1) == ["file"]
    assert (await first(store, 1, aside=True)).attempts == 1


async def test_the_next_message_is_of_the_same_lane(store: Store) -> None:
    await store.apply(WINDOW, sends(message("one"), message("aside", urgency=Urgency.REMINDER), message("two")))
    following = await store.delivered(await first(store), NOW, ME)
    assert following is not None
    assert following.queued.reply == "two"
    assert await store.delivered(await first(store, aside=True), NOW, ME) is None


async def test_a_flood_of_texts_does_not_grow_for_ever_and_the_card_always_comes(store: Store) -> None:
    texts = [message(f"{number}") for number in range(Crowd.TEXTS + 9)]
    await store.apply(WINDOW, sends(*texts[:3], message("old", key="card")))
    await store.apply(WINDOW, sends(*texts[3:], message("new", key="card"), message("file", urgency=Urgency.FILE)))
    assert await waiting(store) == [*(str(number) for number in range(Crowd.TEXTS)), "new", "file"]
    await store.apply(OTHER, sends(message("theirs")))
    assert await waiting(store, window=OTHER) == ["theirs"]


async def test_a_flood_of_files_does_not_grow_for_ever_and_the_same_one_is_no_more(store: Store) -> None:
    """There may be a thousand assessments in a history, each of which has its files."""
    files = [message(f"{number}", key=f"file.pdf{number}", urgency=Urgency.FILE) for number in range(Crowd.FILES + 9)]
    await store.apply(WINDOW, sends(*files))
    await store.apply(WINDOW, sends(message("again", key="file.pdf1", urgency=Urgency.FILE), message("text")))
    kept = [f"{number}" for number in range(Crowd.FILES) if number != 1]
    assert await waiting(store) == [*kept, "again", "text"]


# what is owed


OWED = message("retire 7", key="retire.7", urgency=Urgency.RETIREMENT)


async def test_what_is_owed_for_a_delivery_is_queued_with_it(store: Store) -> None:
    for decision in (sends(message("hello")), opens("d1", outbox=(message("card", key="card"),))):
        await store.apply(WINDOW, decision)
        assert await store.delivered(await first(store), NOW, ME, "8", OWED) is None
        assert await waiting(store) == ["retire 7"]


async def test_it_is_owed_for_what_was_superseded_on_its_way_too(store: Store) -> None:
    await store.apply(WINDOW, opens("d1", outbox=(message("old", key="card"),)))
    on_its_way = await first(store)
    await store.apply(WINDOW, sends(message("new", key="card")))
    await store.delivered(on_its_way, NOW, ME, "8", OWED)
    assert await waiting(store) == ["new", "retire 7"]


async def test_nothing_is_owed_about_what_was_deleted_meanwhile(store: Store) -> None:
    await store.apply(WINDOW, opens("d1", outbox=(message("card", key="card"),)))
    on_its_way = await first(store)
    await store.forget(WINDOW)
    for _ in ("of a stranger", "of who has begun again"):
        await store.delivered(on_its_way, NOW, ME, "8", OWED)
        assert await waiting(store) == []
        await store.apply(WINDOW, opens("d2"))


# refusals, clocks, damage


async def test_a_refusal_silences_the_window_and_is_noted(store: Store) -> None:
    await store.apply(WINDOW, sends(message("reminder", 24, key="reminder", urgency=Urgency.REMINDER)))
    await store.apply(WINDOW, sends(message("card"), window=Window(card="7")))
    assert await store.refused(await first(store), NOW)
    assert await waiting(store, 99) == []
    assert (await store.state(WINDOW)).window == Window(card="7", blocked=True)


async def test_a_late_refusal_does_no_harm_to_who_has_written_since(store: Store) -> None:
    await store.apply(WINDOW, sends(message("old"), window=Window()))
    old = await first(store)
    await store.apply(WINDOW, sends(message("new"), message("reminder", 24, urgency=Urgency.REMINDER)))
    assert not await store.refused(old, NOW)
    assert await waiting(store, 99) == ["new", "reminder"]
    assert (await store.state(WINDOW)).window == Window()


async def test_a_late_refusal_does_no_harm_to_who_has_come_back_since(store: Store) -> None:
    back = Window(returned=NOW + HOUR)
    await store.apply(WINDOW, sends(message("old"), message("reminder", 24, urgency=Urgency.REMINDER), window=back))
    assert not await store.refused(await first(store), NOW)
    assert await waiting(store, 99) == ["reminder"]
    assert (await store.state(WINDOW)).window == back


async def test_of_strangers_no_refusal_is_noted(store: Store) -> None:
    await store.apply(WINDOW, sends(message("hello", urgency=Urgency.GREETING)))
    assert await store.refused(await first(store), NOW)
    assert await store.state(WINDOW) == State()


async def test_a_clock_that_went_back_holds_up_nothing_but_reminders(store: Store) -> None:
    kinds = [message(kind.name, 5, key=kind.name, urgency=kind) for kind in Urgency]
    await store.apply(WINDOW, sends(*kinds))
    await store.hasten(NOW)
    assert await waiting(store) == ["ANSWER", "GREETING", "ECHO", "RETIREMENT", "FILE", "BROADCAST"]
    assert await waiting(store, 5) == ["ANSWER", "GREETING", "ECHO", "RETIREMENT", "REMINDER", "FILE", "BROADCAST"]


async def test_what_is_set_aside_is_out_of_the_way_counted_and_forgotten_with_its_window(store: Store) -> None:
    await store.apply(WINDOW, sends(message("damaged"), message("sound")))
    await store.set_aside(await first(store))
    assert await waiting(store) == ["sound"]
    assert await store.damaged() == 1
    await store.forget(WINDOW)
    assert await store.damaged() == 0


# the first message that an update leaves


async def test_an_update_tells_what_its_window_is_to_be_sent_first(store: Store) -> None:
    await store.apply(OTHER, sends(message("theirs")))
    decision = sends(message("later", 1), message("one"), message("two"))
    applied = await store.apply(WINDOW, decision, arrival(1), claim=claim())
    assert applied is not None
    assert applied.due is not None
    assert applied.due.queued.reply == "one"
    assert applied.due.state == applied.state == await store.state(WINDOW)
    silent = await store.apply("third", sends(message("later", 1)), arrival(2), claim=claim())
    assert silent is not None
    assert silent.due is None
    assert await store.holders() == {ME}


async def test_what_waited_before_goes_first_and_comes_with_its_own_dossier(store: Store) -> None:
    await store.apply(WINDOW, opens("d1", outbox=(message("one"),)))
    decision = decides(dossier="d2", session=begun("d2"), outbox=(message("two"),))
    applied = await store.apply(WINDOW, decision, arrival(1), claim=claim())
    assert applied is not None
    assert applied.due is not None
    assert (applied.state.dossier, applied.state.session) == ("d2", begun("d2"))
    assert (applied.due.queued.reply, applied.due.state.session) == ("one", begun("d1"))
    assert applied.due.state == await store.state(WINDOW, "d1")


async def test_a_message_about_no_dossier_comes_without_one(store: Store) -> None:
    await store.apply(WINDOW, sends(message("hello")))
    await store.apply(WINDOW, opens("d1", window=Window(language="en")))
    due = await taken(store)
    assert due is not None
    assert (due.state.dossier, due.state.session, due.state.window) == (None, None, Window(language="en"))
