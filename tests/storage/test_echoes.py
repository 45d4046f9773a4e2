"""What one window changes is queued for the others that look at the same dossier: every store."""

from dataclasses import replace

import pytest

from flows.session import CardRef
from storage.outbox import Urgency
from storage.store import MOST_ECHOED, Applied, Decide, Echo, Forgetting, Link, State, Store
from storage.store import Decision as Decided
from storage.window import Window
from tests.storage.support import (
    HOUR,
    ME,
    NOW,
    OTHER,
    WINDOW,
    begun,
    decides,
    follows,
    grown,
    message,
    opens,
    sends,
    taken,
    waiting,
)

LIVE = Window(card="7")
THIRD = "telegram:43"


def echo(reply: str = "echo", hours: float = 1, *channels: str, now: float = 0) -> Echo:
    """One that is decided and due in so many hours, for windows of Telegram."""
    outgoing = message(reply, hours, "card", urgency=Urgency.ECHO)
    return Echo(outgoing, frozenset(channels or ("telegram",)), NOW + now * HOUR)


async def looks_on(store: Store, window: str, how: Window = LIVE, dossier: str = "d1") -> None:
    """Another window gets sight of a dossier, and has that in front."""
    await store.apply(WINDOW, decides(links=(Link(window, dossier, NOW + HOUR),)))
    await store.apply(window, follows, link=window)
    await store.apply(window, decides(window=how))


async def changes(store: Store, heard: Echo | None, window: str = WINDOW) -> Applied:
    """Somebody changes the session that is in front of a window."""

    def decide(state: State) -> Decided:
        decision = grown(state)
        return Decided(decision.dossier, decision.session, echo=heard)

    applied = await store.apply(window, decide)
    assert applied
    return applied


@pytest.fixture
async def shared(store: Store) -> Store:
    """The dossier is in front of the window, and of one of Telegram that has a live card."""
    await store.apply(WINDOW, opens("d1"))
    await looks_on(store, OTHER)
    return store


async def test_what_one_window_changes_is_queued_for_the_others(shared: Store) -> None:
    assert (await changes(shared, echo())).echoed
    (queued,) = await shared.waiting(OTHER)
    assert (queued.reply, queued.dossier, queued.key, queued.anew) == ("echo", "d1", "card", False)
    assert (queued.due, queued.urgency, queued.attempts) == (NOW + HOUR, Urgency.ECHO, 0)
    assert await shared.waiting(WINDOW) == []


@pytest.mark.parametrize(
    "how",
    [Window(), Window(card="7", blocked=True)],
    ids=["nothing stands there yet", "they take no messages"],
)
async def test_who_could_not_see_it_is_not_told(store: Store, how: Window) -> None:
    await store.apply(WINDOW, opens("d1"))
    await looks_on(store, OTHER, how)
    assert not (await changes(store, echo())).echoed
    assert await store.waiting(OTHER) == []


async def test_only_these_channels_are_told_and_only_who_has_it_in_front(shared: Store) -> None:
    for window in ("web:1", "telegramm:1", "telegram"):
        await looks_on(shared, window)
    await looks_on(shared, THIRD)
    await shared.apply(THIRD, opens("d2"))
    assert (await changes(shared, echo())).echoed
    for window in ("web:1", "telegramm:1", THIRD):
        assert await shared.waiting(window) == []
    assert len(await shared.waiting("telegram")) == 1, "a channel without addresses"


async def test_nothing_is_echoed_without_a_session_or_to_oneself(shared: Store) -> None:
    for decide in (decides(echo=echo()), decides(dossier="d1", echo=echo())):
        applied = await shared.apply(WINDOW, decide)
        assert applied
        assert not applied.echoed
    assert not (await changes(shared, None)).echoed
    assert not (await changes(shared, echo("echo", 1, "terminal"))).echoed
    assert await shared.waiting(OTHER) == []


async def test_while_one_waits_no_other_is_queued(shared: Store) -> None:
    """It will look at how things are then."""
    await changes(shared, echo("first", 1))
    applied = await changes(shared, echo("second", 1.5, now=0.5))
    assert not applied.echoed
    assert await waiting(shared, 2, OTHER) == ["first"]


async def test_one_that_is_due_may_be_on_its_way_and_another_takes_its_place(shared: Store) -> None:
    """What was drawn is of before this change; who sends it finds that something newer has come."""
    await changes(shared, echo("first", 1))
    on_its_way = await taken(shared, 1, OTHER)
    assert on_its_way
    assert (await changes(shared, echo("second", 2, now=1))).echoed
    assert await waiting(shared, 2, OTHER) == ["second"]
    old = CardRef("session of d1", "item", 1)
    following = await shared.delivered(on_its_way.queued, NOW + HOUR, ME, seen=old)
    assert following is None
    assert (await shared.state(OTHER)).window == LIVE, "what is to come knows better what is seen"


async def test_an_answer_that_may_be_on_its_way_is_followed_by_it(shared: Store) -> None:
    """Its place is not taken: who is answering does not wait for others."""
    await shared.apply(OTHER, sends(message("answer", key="card", anew=True)))
    assert (await changes(shared, echo())).echoed
    assert [(one.reply, one.anew) for one in await shared.waiting(OTHER)] == [("answer", True), ("echo", False)]


async def test_an_answer_takes_its_place(shared: Store) -> None:
    await changes(shared, echo())
    await shared.apply(OTHER, sends(message("answer", key="card")))
    (queued,) = await shared.waiting(OTHER)
    assert (queued.reply, queued.due, queued.anew) == ("answer", NOW, False)


async def test_it_waits_behind_what_is_being_tried_again(shared: Store) -> None:
    await shared.apply(OTHER, sends(message("text")))
    first = await taken(shared, window=OTHER)
    assert first
    await shared.postpone(first.queued, NOW + 3 * HOUR)
    await changes(shared, echo())
    assert [(one.reply, one.due) for one in await shared.waiting(OTHER)] == [
        ("text", NOW + 3 * HOUR),
        ("echo", NOW + 3 * HOUR),
    ]


async def test_what_is_said_in_its_window_meanwhile_goes_before_it(shared: Store) -> None:
    await changes(shared, echo())
    await shared.apply(OTHER, sends(message("text")))
    due = await taken(shared, window=OTHER)
    assert due
    assert due.queued.reply == "text"
    assert await shared.delivered(due.queued, NOW, ME) is None, "it is not due yet"


async def test_a_crowd_is_told_in_part(store: Store) -> None:
    await store.apply(WINDOW, opens("d1"))
    crowd = [f"telegram:{number:03}" for number in range(MOST_ECHOED + 5)]
    for window in crowd:
        await looks_on(store, window)
    await changes(store, echo())
    told = [window for window in crowd if await store.waiting(window)]
    assert told == crowd[:MOST_ECHOED]


async def test_it_is_deleted_with_what_it_is_about(shared: Store) -> None:
    await changes(shared, echo())
    await shared.forget(OTHER)
    assert await shared.waiting(OTHER) == []


@pytest.mark.parametrize("how", [LIVE, Window()], ids=["with a card", "before its first card"])
async def test_a_deletion_is_told_to_all_who_had_sight_of_it(shared: Store, how: Window) -> None:
    """Whatever they have in front; and about nothing that is stored any more."""
    await looks_on(shared, THIRD, how)
    await shared.apply(THIRD, opens("d2"))
    await looks_on(shared, "telegram:44", Window(blocked=True))
    await looks_on(shared, "web:1")
    applied = await shared.apply(WINDOW, decides(forgotten=Forgetting.DOSSIER, echo=echo()))
    assert applied
    assert applied.echoed
    for window in (OTHER, THIRD):
        assert [(one.reply, one.dossier) for one in await shared.waiting(window)] == [("echo", None)]
    for window in (WINDOW, "telegram:44", "web:1"):
        assert await shared.waiting(window) == []
    assert await shared.state(OTHER) == State()


@pytest.mark.parametrize("left", [False, True], ids=["nothing is left", "another dossier is left"])
async def test_who_is_told_of_a_deletion_has_what_waits_there_under_its_key_replaced(
    shared: Store, *, left: bool
) -> None:
    """Also where the key is cancelled: that is about the dossier which is in front then, and nowhere else."""
    await shared.apply(OTHER, opens("theirs", outbox=(message("card", key="card"), message("last"))))
    if left:
        await shared.apply(WINDOW, opens("mine"))
        await shared.apply(WINDOW, decides(dossier="d1"))
    await shared.apply(WINDOW, decides(forgotten=Forgetting.DOSSIER, echo=echo(hours=0), cancelled=("card",)))
    assert await waiting(shared, window=OTHER) == ["last", "echo"]


async def test_an_echo_to_the_window_itself_takes_the_place_of_one_that_was_queued_with_it(shared: Store) -> None:
    mine, heard = message("mine", 0, "card", urgency=Urgency.ECHO), echo("echo", 1, "telegram", "terminal")
    both = decides(session=begun(), window=LIVE, outbox=(mine,), echo=replace(heard, here=True))
    await shared.apply(WINDOW, both)
    assert await waiting(shared, 9) == await waiting(shared, 9, OTHER) == ["echo"]


async def test_who_only_looks_away_tells_nobody(shared: Store) -> None:
    applied = await shared.apply(WINDOW, decides(forgotten=Forgetting.SIGHT, echo=echo()))
    assert applied
    assert not applied.echoed
    assert await shared.waiting(OTHER) == []


# which card is seen


SEEN = CardRef("s", "item", 3)


def sends_card(window: Window) -> Decide:
    return opens("d1", window=window, outbox=(message("card", key="card"),))


async def test_the_card_that_arrived_is_noted_as_seen(store: Store) -> None:
    await store.apply(OTHER, sends_card(LIVE))
    due = await taken(store, window=OTHER)
    assert due
    await store.delivered(due.queued, NOW, ME, card="8", seen=SEEN)
    assert (await store.state(OTHER)).window == Window(card="8", seen=SEEN)


async def test_a_card_whose_place_was_taken_is_not_noted(store: Store) -> None:
    await store.apply(OTHER, sends_card(LIVE))
    due = await taken(store, window=OTHER)
    newer = LIVE.model_copy(update={"seen": CardRef("s", "item", 4)})
    await store.apply(OTHER, sends_card(newer))
    assert due
    await store.delivered(due.queued, NOW, ME, seen=SEEN)
    assert (await store.state(OTHER)).window == newer


async def test_of_who_is_unknown_nothing_is_noted(store: Store) -> None:
    await store.apply(OTHER, sends(message("card")))
    due = await taken(store, window=OTHER)
    assert due
    await store.delivered(due.queued, NOW, ME, card="8", seen=SEEN)
    assert await store.state(OTHER) == State()
