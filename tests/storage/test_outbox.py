"""The outbox, contacts and seen updates: one specification for every store."""

import asyncio
from datetime import timedelta

from storage.contact import Contact
from storage.outbox import MOST_WAITING, Outgoing, Queued, Urgency
from storage.store import Arrival, Decide, Decision, State, Store
from tests.storage.support import CHAT, NOW, begun, entry, grown

HOUR = timedelta(hours=1)


def message(
    text: str,
    hours: float = 0,
    key: str | None = None,
    *,
    anew: bool = False,
    urgency: Urgency = Urgency.ANSWER,
) -> Outgoing:
    return Outgoing({"text": text}, NOW + hours * HOUR, key, anew, urgency)


def sends(*messages: Outgoing, **more: object) -> Decide:
    return lambda _: Decision(outbox=messages, **more)  # type: ignore[arg-type]  # fields by name


async def waiting(store: Store, hours: float = 0, chat: str | None = CHAT) -> list[str]:
    return [queued.payload["text"] for queued in await store.due(NOW + hours * HOUR, 100, chat)]


async def first(store: Store, hours: float = 0) -> Queued:
    return (await store.due(NOW + hours * HOUR, 1, CHAT))[0]


async def test_messages_wait_in_the_order_in_which_they_were_decided(store: Store) -> None:
    await store.apply(CHAT, sends(message("one"), message("two")))
    await store.apply(CHAT, sends(message('三 😀 "quoted"')))
    assert await waiting(store) == ["one", "two", '三 😀 "quoted"']


async def test_of_all_chats_the_first_message_of_each_however_many_wait_in_one(store: Store) -> None:
    await store.apply("flood", sends(*(message(f"flood {number}") for number in range(20))))
    await store.apply(CHAT, sends(message("later", 2), message("one"), message("two")))
    assert [queued.payload["text"] for queued in await store.due(NOW, 9)] == ["flood 0", "one"]
    assert [queued.payload["text"] for queued in await store.due(NOW, 1)] == ["flood 0"]
    assert [queued.payload["text"] for queued in await store.due(NOW + 2 * HOUR, 9)] == ["flood 0", "later"]


async def test_a_message_in_the_future_is_not_due_and_holds_nobody_up(store: Store) -> None:
    await store.apply(CHAT, sends(message("later", 2), message("now")))
    assert await waiting(store) == ["now"]
    assert await waiting(store, 2) == ["later", "now"]
    assert await store.next_due() == NOW


async def test_a_key_replaces_the_unsent_message_of_its_chat_alone(store: Store) -> None:
    await store.apply("other", sends(message("theirs", key="card")))
    await store.apply(CHAT, sends(message("old", key="card"), message("text")))
    await store.apply(CHAT, sends(message("new", key="card")))
    assert await waiting(store) == ["text", "new"]
    assert await waiting(store, chat="other") == ["theirs"]


async def test_messages_are_cancelled_by_key_or_all_at_once(store: Store) -> None:
    await store.apply(CHAT, sends(message("a", key="reminder"), message("b", key="card"), message("c")))
    await store.apply(CHAT, sends(cancelled=("reminder",)))
    assert await waiting(store) == ["b", "c"]
    await store.apply(CHAT, sends(silenced=True))
    assert await waiting(store) == []
    assert await store.next_due() is None


async def test_a_delivered_message_is_gone_and_may_leave_the_number_of_the_card(store: Store) -> None:
    await store.apply(CHAT, sends(message("one"), message("two")))
    following = await store.delivered(await first(store), NOW)
    assert following == await first(store)
    assert await waiting(store) == ["two"]
    await store.apply(CHAT, lambda _: Decision(contact=Contact(language="en")))
    assert await store.delivered(await first(store), NOW, 42) is None
    assert (await store.state(CHAT)).contact == Contact(language="en", card=42)


async def test_a_postponed_message_keeps_its_place_before_those_behind_it(store: Store) -> None:
    await store.apply(CHAT, sends(message("one"), message("two"), message("tomorrow", 24)))
    await store.postpone(await first(store), NOW + HOUR)
    assert await waiting(store) == []
    assert await waiting(store, 1) == ["one", "two"]
    assert [queued.attempts for queued in await store.due(NOW + HOUR, 9, CHAT)] == [1, 0]
    assert await waiting(store, 24) == ["one", "two", "tomorrow"]


async def test_what_is_queued_behind_a_failed_message_waits_with_it(store: Store) -> None:
    await store.apply(CHAT, sends(message("failed")))
    await store.postpone(await first(store), NOW + HOUR)
    await store.apply(CHAT, sends(message("behind"), message("later", 2)))
    await store.apply("other", sends(message("theirs")))
    assert await waiting(store) == []
    assert await waiting(store, 1) == ["failed", "behind"]
    assert await waiting(store, 2) == ["failed", "behind", "later"]
    assert await waiting(store, chat="other") == ["theirs"]


async def test_a_deferred_message_holds_nobody_up_and_starts_afresh(store: Store) -> None:
    await store.apply(CHAT, sends(message("night"), message("day")))
    await store.postpone(await first(store), NOW + HOUR)
    await store.defer(await first(store, 1), NOW + 9 * HOUR)
    assert await waiting(store, 1) == ["day"]
    await store.apply(CHAT, sends(message("new")))
    assert await waiting(store, 1) == ["day", "new"]
    assert await waiting(store, 9) == ["night", "day", "new"]
    assert (await first(store, 9)).attempts == 0


async def test_deferring_what_is_gone_does_nothing(store: Store) -> None:
    await store.apply(CHAT, sends(message("sent")))
    sent = await first(store)
    await store.delivered(sent, NOW)
    await store.defer(sent, NOW)
    assert await waiting(store, 99) == []


async def test_what_replaces_a_message_to_be_sent_anew_is_sent_anew(store: Store) -> None:
    await store.apply(CHAT, sends(message("old", key="card", anew=True), message("x", key="other")))
    await store.apply(CHAT, sends(message("new", key="card"), message("y", key="other")))
    assert [(queued.payload["text"], queued.anew) for queued in await store.due(NOW, 9, CHAT)] == [
        ("new", True),
        ("y", False),
    ]
    await store.delivered(await first(store), NOW)
    await store.apply(CHAT, sends(message("edit", key="card")))
    assert [queued.anew for queued in await store.due(NOW, 9, CHAT)] == [False, False]


async def test_an_update_tells_which_message_of_its_chat_comes_first(store: Store) -> None:
    await store.apply("other", sends(message("theirs")))
    applied = await store.apply(CHAT, sends(message("later", 1), message("one"), message("two")), Arrival(1, NOW))
    assert applied is not None
    assert applied.due == await first(store)
    assert applied.due is not None
    assert applied.due.payload == {"text": "one"}
    silent = await store.apply("third", sends(message("later", 1)), Arrival(2, NOW))
    assert silent is not None
    assert silent.due is None


async def test_a_decision_to_forget_leaves_only_what_it_says_itself(store: Store) -> None:
    await store.apply(CHAT, lambda _: Decision(begun(), (entry(1),), contact=Contact(card=1), outbox=(message("old"),)))
    await store.apply(CHAT, sends(message("receipt"), forgotten=True), Arrival(1, NOW))
    assert await store.state(CHAT) == State()
    assert await store.log(CHAT) == []
    assert await waiting(store) == ["receipt"]
    assert await store.apply(CHAT, grown, Arrival(1, NOW)) is None


async def test_an_update_is_applied_once(store: Store) -> None:
    assert await store.apply(CHAT, grown, Arrival(7, NOW)) is not None
    assert await store.apply(CHAT, grown, Arrival(7, NOW)) is None
    assert await store.apply("other", grown, Arrival(7, NOW)) is None
    await store.apply(CHAT, grown, Arrival(8, NOW))
    session = (await store.state(CHAT)).session
    assert session is not None
    assert session.revision == 2


async def test_a_decision_that_fails_does_not_count_as_seen(store: Store) -> None:
    def broken(_: State) -> Decision:
        raise ZeroDivisionError

    (outcome,) = await asyncio.gather(store.apply(CHAT, broken, Arrival(7, NOW)), return_exceptions=True)
    assert isinstance(outcome, ZeroDivisionError)
    assert await store.apply(CHAT, grown, Arrival(7, NOW)) is not None


async def test_old_updates_are_forgotten(store: Store) -> None:
    await store.apply(CHAT, grown, Arrival(7, NOW))
    await store.forget_updates(NOW.replace(year=2999))
    assert await store.apply(CHAT, grown, Arrival(7, NOW)) is not None


async def test_a_contact_is_kept_until_another_one_comes(store: Store) -> None:
    contact = Contact(language="en", zone="Asia/Urumqi", card=3, reminders=False, blocked=True)
    await store.apply(CHAT, lambda _: Decision(contact=contact))
    await store.apply(CHAT, grown)
    assert (await store.state(CHAT)).contact == contact
    assert (await store.state("other")).contact is None


async def test_forgetting_leaves_nothing_of_a_chat_and_all_of_the_others(store: Store) -> None:
    for chat in (CHAT, "other"):
        decision = Decision(begun(chat), (entry(1),), contact=Contact(card=1), outbox=(message("hello"),))
        await store.apply(chat, lambda _, decision=decision: decision)  # type: ignore[misc]  # bound at once
    assert await store.forget(CHAT) == 4
    assert await store.state(CHAT) == State()
    assert (await store.log(CHAT), await store.history(CHAT), await waiting(store)) == ([], [], [])
    assert (await store.state("other")).session == begun("other")
    assert await waiting(store, chat="other") == ["hello"]
    assert await store.forget(CHAT) == 0


# who goes first, and who waits for nobody


async def test_the_most_urgent_come_first_and_of_these_who_has_waited_longest(store: Store) -> None:
    await store.apply("file", sends(message("file", -9, urgency=Urgency.FILE)))
    await store.apply("stranger", sends(message("hello", -8, urgency=Urgency.GREETING)))
    await store.apply("idle", sends(message("reminder", -7, urgency=Urgency.REMINDER)))
    await store.apply("late", sends(message("second", -1)))
    await store.apply("early", sends(message("first", -2)))
    assert await waiting(store, chat=None) == ["first", "second", "hello", "reminder", "file"]
    assert [queued.payload["text"] for queued in await store.due(NOW, 2)] == ["first", "second"]


async def test_thousands_that_wait_for_one_hide_nobody_else(store: Store) -> None:
    for number in range(300):
        await store.apply("flood", sends(message(f"{number}", -9, key=f"retirement.{number}")))
    await store.apply(CHAT, sends(message("mine")))
    assert await waiting(store, chat=None) == ["0", "mine"]


async def test_what_stands_aside_waits_for_nobody_and_nobody_for_it(store: Store) -> None:
    await store.apply(CHAT, sends(message("file", urgency=Urgency.FILE), message("card", key="card")))
    (file,) = await store.due(NOW, 9, CHAT, aside=True)
    assert file.payload["text"] == "file"
    await store.postpone(file, NOW + HOUR)
    assert await waiting(store) == ["card"]
    await store.apply(CHAT, sends(message("behind")))
    assert await waiting(store) == ["card", "behind"]
    await store.postpone(await first(store), NOW + 2 * HOUR)
    assert await waiting(store, 1) == ["file"]
    assert [queued.attempts for queued in await store.due(NOW + HOUR, 9, CHAT, aside=True)] == [1]


async def test_the_next_message_is_of_the_same_kind(store: Store) -> None:
    await store.apply(CHAT, sends(message("one"), message("aside", urgency=Urgency.REMINDER), message("two")))
    following = await store.delivered(await first(store), NOW)
    assert following is not None
    assert following.payload["text"] == "two"
    (aside,) = await store.due(NOW, 9, CHAT, aside=True)
    assert await store.delivered(aside, NOW) is None


async def test_a_flood_of_texts_does_not_grow_for_ever_and_the_card_always_comes(store: Store) -> None:
    texts = [message(f"{number}") for number in range(MOST_WAITING + 9)]
    await store.apply(CHAT, sends(*texts[:3], message("old", key="card")))
    await store.apply(CHAT, sends(*texts[3:], message("new", key="card"), message("file", urgency=Urgency.FILE)))
    assert await waiting(store) == [*(str(number) for number in range(MOST_WAITING)), "new", "file"]
    await store.apply("other", sends(message("theirs")))
    assert await waiting(store, chat="other") == ["theirs"]


async def test_a_message_knows_the_live_card_of_now(store: Store) -> None:
    await store.apply(CHAT, sends(message("one"), message("two"), contact=Contact(card=7)))
    one = await first(store)
    assert one.card == 7
    two = await store.delivered(one, NOW, card=8)
    assert two is not None
    assert two.card == 8
    assert [queued.card for queued in await store.due(NOW, 9)] == [8]


async def test_what_is_owed_for_a_delivery_is_queued_with_it(store: Store) -> None:
    await store.apply(CHAT, sends(message("card", key="card"), contact=Contact(card=7)))
    owed = message("retire 7", key="retirement.7", urgency=Urgency.RETIREMENT)
    assert await store.delivered(await first(store), NOW, 8, owed) is None
    assert await waiting(store) == ["retire 7"]


# refusals, clocks, damage


async def test_a_refusal_silences_the_chat_and_is_noted(store: Store) -> None:
    await store.apply(CHAT, sends(message("reminder", 24, key="reminder", urgency=Urgency.REMINDER)))
    await store.apply(CHAT, sends(message("card"), contact=Contact(card=7)))
    assert await store.refused(await first(store), NOW)
    assert await waiting(store, 99) == []
    assert (await store.state(CHAT)).contact == Contact(card=7, blocked=True)


async def test_a_late_refusal_does_no_harm_to_who_has_written_since(store: Store) -> None:
    await store.apply(CHAT, sends(message("old"), contact=Contact()))
    old = await first(store)
    await store.apply(CHAT, sends(message("new"), message("reminder", 24, urgency=Urgency.REMINDER)))
    assert not await store.refused(old, NOW)
    assert await waiting(store, 99) == ["new", "reminder"]
    assert (await store.state(CHAT)).contact == Contact()


async def test_a_late_refusal_does_no_harm_to_who_has_come_back_since(store: Store) -> None:
    back = Contact(returned=NOW + HOUR)
    await store.apply(CHAT, sends(message("old"), message("reminder", 24, urgency=Urgency.REMINDER), contact=back))
    assert not await store.refused(await first(store), NOW)
    assert await waiting(store, 99) == ["reminder"]
    assert (await store.state(CHAT)).contact == back


async def test_of_strangers_nothing_is_noted(store: Store) -> None:
    await store.apply(CHAT, sends(message("hello", urgency=Urgency.GREETING)))
    assert await store.refused(await first(store), NOW)
    assert (await store.state(CHAT)).contact is None


async def test_a_clock_that_went_back_holds_up_nothing_but_reminders(store: Store) -> None:
    kinds = [message(kind.name, 5, key=kind.name, urgency=kind) for kind in Urgency]
    await store.apply(CHAT, sends(*kinds))
    await store.hasten(NOW)
    assert await waiting(store) == ["ANSWER", "GREETING", "RETIREMENT", "FILE"]
    assert await waiting(store, 5) == ["ANSWER", "GREETING", "RETIREMENT", "REMINDER", "FILE"]


async def test_what_is_set_aside_is_out_of_the_way_counted_and_forgotten_with_its_chat(store: Store) -> None:
    await store.apply(CHAT, sends(message("damaged"), message("sound")))
    await store.set_aside(await first(store))
    assert await waiting(store) == ["sound"]
    assert await store.damaged() == 1
    assert await store.forget(CHAT) == 2
    assert await store.damaged() == 0


# leases


async def test_a_lease_belongs_to_one(store: Store) -> None:
    assert await store.lease("sending") is None
    mine = await store.claim("sending", "me", None)
    assert mine is not None
    assert await store.claim("sending", "you", None) is None
    assert await store.lease("sending") == mine
    assert await store.claim("other", "you", None) is not None


async def test_a_lease_is_kept_by_beating_and_taken_only_as_it_was_seen(store: Store) -> None:
    seen = await store.claim("sending", "me", None)
    kept = await store.claim("sending", "me", seen)
    assert kept is not None
    assert kept != seen
    assert await store.claim("sending", "you", seen) is None, "it has beaten since"
    yours = await store.claim("sending", "you", kept)
    assert yours is not None
    assert await store.claim("sending", "me", kept) is None, "it is lost"


async def test_only_the_holder_gives_a_lease_back(store: Store) -> None:
    old = await store.claim("sending", "me", None)
    assert old is not None
    new = await store.claim("sending", "you", old)
    assert new is not None
    await store.release("sending", old)
    assert await store.lease("sending") == new
    await store.release("sending", new)
    assert await store.lease("sending") is None
