"""The outbox, contacts and seen updates: one specification for every store."""

import asyncio
from datetime import timedelta

from storage.contact import Contact
from storage.outbox import Outgoing, Queued
from storage.store import Decide, Decision, State, Store
from tests.storage.support import CHAT, NOW, begun, entry, grown

HOUR = timedelta(hours=1)


def message(text: str, hours: float = 0, key: str | None = None) -> Outgoing:
    return Outgoing({"text": text}, NOW + hours * HOUR, key)


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
    await store.delivered(await first(store))
    assert await waiting(store) == ["two"]
    await store.apply(CHAT, lambda _: Decision(contact=Contact(language="en")))
    await store.delivered(await first(store), 42)
    assert (await store.state(CHAT)).contact == Contact(language="en", card=42)


async def test_a_postponed_message_keeps_its_place_before_those_behind_it(store: Store) -> None:
    await store.apply(CHAT, sends(message("one"), message("two"), message("tomorrow", 24)))
    await store.postpone(await first(store), NOW + HOUR)
    assert await waiting(store) == []
    assert await waiting(store, 1) == ["one", "two"]
    assert [queued.attempts for queued in await store.due(NOW + HOUR, 9, CHAT)] == [1, 0]
    assert await waiting(store, 24) == ["one", "two", "tomorrow"]


async def test_an_update_is_applied_once(store: Store) -> None:
    assert await store.apply(CHAT, grown, 7) is not None
    assert await store.apply(CHAT, grown, 7) is None
    assert await store.apply("other", grown, 7) is None
    await store.apply(CHAT, grown, 8)
    session = (await store.state(CHAT)).session
    assert session is not None
    assert session.revision == 2


async def test_a_decision_that_fails_does_not_count_as_seen(store: Store) -> None:
    def broken(_: State) -> Decision:
        raise ZeroDivisionError

    (outcome,) = await asyncio.gather(store.apply(CHAT, broken, 7), return_exceptions=True)
    assert isinstance(outcome, ZeroDivisionError)
    assert await store.apply(CHAT, grown, 7) is not None


async def test_old_updates_are_forgotten(store: Store) -> None:
    await store.apply(CHAT, grown, 7)
    await store.forget_updates(NOW.replace(year=2999))
    assert await store.apply(CHAT, grown, 7) is not None


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
