"""Messages to very many: who is meant, that nobody is told twice, and what the record keeps."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from flows.session import Phase
from storage.broadcasts import (
    Audience,
    Broadcast,
    Confirm,
    Done,
    Draft,
    Drop,
    Order,
    Progress,
    Record,
    Stop,
    digest_of,
    key_of,
)
from storage.opening import open_store
from storage.outbox import Urgency
from storage.store import Decision, Forgetting, State, Store
from storage.window import Window
from tests.storage.support import HOUR, NOW, begun, claim, decides, message, outside

ADMIN, COLLEAGUE = "telegram:1", "telegram:2"
TEXT = "明晚八点维护，请先保存。"
MANY = 7
EXTRA = ("telegram:9", "telegram:10", "telegram:a", "telegram:B")
"""Names that databases sort in different ways."""


def people() -> dict[str, tuple[Window, Phase, bool]]:
    """A few of every sort: how they want to be reached, where they are, and whether they have a result."""
    return {
        "telegram:10": (Window(), Phase.QUESTIONS, False),
        "telegram:11": (Window(reminders=False), Phase.SCENARIOS, False),
        "telegram:12": (Window(blocked=True), Phase.QUESTIONS, False),
        "telegram:13": (Window(), Phase.RESULT, True),
        "telegram:14": (Window(), Phase.WELCOME, False),
        "telegram:9": (Window(reminders=False), Phase.AIM, True),
        "terminal:10": (Window(), Phase.QUESTIONS, False),
        "web:10": (Window(), Phase.RESULT, True),
    }


MEANT = {
    Audience.ALL: {"telegram:10", "telegram:11", "telegram:13", "telegram:14", "telegram:9"},
    Audience.UNFINISHED: {"telegram:10"},
    Audience.FINISHED: {"telegram:13", "telegram:9"},
}


async def settle(store: Store) -> None:
    """Let them all have begun."""
    for name, (window, phase, finished) in people().items():
        session = begun(name).but(phase=phase, finished_at=NOW if finished else None)
        await store.apply(name, lambda _, session=session, window=window: Decision(session.id, session, window=window))  # type: ignore[misc]


async def crowd(store: Store, number: int = MANY) -> set[str]:
    """So many who have begun."""
    names = {f"telegram:{1000 + one}" for one in range(number)}
    for name in names:
        await store.apply(name, lambda _, name=name: Decision(name, begun(name), window=Window()))  # type: ignore[misc]
    return names


async def order(store: Store, order: Order, by: str = ADMIN) -> None:
    await store.apply(by, decides(order=order))


async def confirmed(store: Store, id_: str = "b1", audience: Audience = Audience.ALL, by: str = ADMIN) -> None:
    """Somebody has drafted and confirmed one."""
    await order(store, Draft(id_, "telegram", TEXT, NOW), by)
    await order(store, Confirm(id_, audience, 5, NOW), by)


def says(broadcast: Broadcast) -> str:
    return f"{broadcast.id}: {broadcast.text}"


async def slice_(store: Store, size: int = 3, most: int = 1000) -> Broadcast | None:
    return await store.fan_out(NOW, size, most, says)


async def all_slices(store: Store, size: int = 3) -> None:
    while await slice_(store, size):
        pass


async def told(store: Store, *names: str) -> dict[str, list[str]]:
    """What waits for each of these."""
    waiting = {name: [one.reply for one in await store.waiting(name)] for name in names}
    return {name: replies for name, replies in waiting.items() if replies}


# who is meant


@pytest.mark.parametrize("audience", Audience)
async def test_an_audience_is_counted_and_told_alike(store: Store, audience: Audience) -> None:
    await settle(store)
    assert (await store.recipients("telegram"))[audience] == len(MEANT[audience])
    await confirmed(store, audience=audience)
    await all_slices(store)
    assert set(await told(store, *people())) == MEANT[audience]
    broadcast = await store.broadcast()
    assert broadcast
    assert (broadcast.queued, broadcast.waiting) == (len(MEANT[audience]), len(MEANT[audience]))


async def test_there_may_be_nobody(store: Store) -> None:
    assert await store.recipients("telegram") == dict.fromkeys(Audience, 0)
    await confirmed(store)
    await all_slices(store)
    assert [(record.done, record.count) for record in await store.audit()] == [(Done.CONFIRMED, 5), (Done.ENDED, 0)]


async def test_who_has_lost_sight_of_everything_or_was_only_greeted_is_not_told(store: Store) -> None:
    await store.apply("telegram:1000", decides(outbox=(message("hello", urgency=Urgency.GREETING),)))
    await crowd(store, 2)
    await store.forget("telegram:1001")
    await confirmed(store)
    await all_slices(store)
    assert await told(store, "telegram:1000", "telegram:1001") == {"telegram:1000": ["hello", f"b1: {TEXT}"]}


async def test_messages_are_of_the_least_urgency_and_about_no_dossier(store: Store) -> None:
    await crowd(store, 1)
    await confirmed(store)
    await all_slices(store)
    (queued,) = await store.waiting("telegram:1000")
    assert (queued.urgency, queued.dossier, queued.key, queued.due) == (Urgency.BROADCAST, None, key_of("b1"), NOW)
    assert max(Urgency) is Urgency.BROADCAST
    await store.apply("telegram:1001", decides(outbox=(message("an answer", hours=0),)))
    due = await store.claim(claim(), NOW, 9)
    assert [one.queued.reply for one in due] == ["an answer", f"b1: {TEXT}"]


# drafts


async def test_nothing_is_queued_before_a_draft_is_confirmed(store: Store) -> None:
    await crowd(store)
    await order(store, Draft("b1", "telegram", TEXT, NOW))
    assert await store.broadcast("b1") == Broadcast("b1", ADMIN, "telegram", TEXT, NOW)
    assert await store.broadcast() is None
    assert await slice_(store) is None
    assert await store.audit() == []


async def test_a_draft_takes_the_place_of_the_last_one(store: Store) -> None:
    await order(store, Draft("b1", "telegram", "one", NOW))
    await order(store, Draft("b2", "telegram", "two", NOW))
    assert await store.broadcast("b1") is None
    await order(store, Confirm("b1", Audience.ALL, 1, NOW))
    assert await slice_(store) is None


async def test_a_draft_can_be_dropped(store: Store) -> None:
    await order(store, Draft("b1", "telegram", TEXT, NOW))
    await order(store, Drop("b1"))
    await order(store, Confirm("b1", Audience.ALL, 1, NOW))
    assert (await store.broadcast("b1"), await slice_(store), await store.audit()) == (None, None, [])


@pytest.mark.parametrize("other", [Confirm("b1", Audience.ALL, 1, NOW), Drop("b1"), Draft("b2", "telegram", "x", NOW)])
async def test_a_draft_is_its_drafters_alone(store: Store, other: Order) -> None:
    await order(store, Draft("b1", "telegram", TEXT, NOW))
    await order(store, other, by=COLLEAGUE)
    draft = await store.broadcast("b1")
    assert draft
    assert draft.progress is Progress.DRAFT
    assert await store.audit() == []


async def test_a_second_confirmation_does_nothing_also_once_all_is_queued(store: Store) -> None:
    names = await crowd(store)
    await confirmed(store)
    await order(store, Confirm("b1", Audience.FINISHED, 99, NOW + HOUR))
    await all_slices(store)
    await order(store, Confirm("b1", Audience.ALL, 99, NOW + HOUR))
    await order(store, Drop("b1"))
    await all_slices(store)
    assert await told(store, *names) == {name: [f"b1: {TEXT}"] for name in names}
    assert [record.done for record in await store.audit()] == [Done.CONFIRMED, Done.ENDED]


# slices


@pytest.mark.parametrize("size", [1, 2, 3, MANY, MANY + 1])
async def test_slices_tell_everybody_once_and_say_how_far_they_came(store: Store, size: int) -> None:
    names = await crowd(store)
    await confirmed(store)
    counts = []
    while broadcast := await slice_(store, size):
        counts.append(broadcast.queued)
    assert counts == [min(MANY, size * number) for number in range(1, len(counts) + 1)]
    assert len(counts) == MANY // size + 1
    assert await told(store, *names) == {name: [f"b1: {TEXT}"] for name in names}


async def test_no_slice_comes_while_enough_is_on_its_way(store: Store) -> None:
    await crowd(store)
    await confirmed(store)
    await slice_(store, 3)
    waits = await slice_(store, 3, most=3)
    assert waits
    assert (waits.queued, waits.progress, waits.waiting) == (3, Progress.RUNNING, 3)
    assert [one.queued for one in [await slice_(store, 3, most=4)] if one] == [6]


async def test_what_waits_for_later_is_on_nobodys_way(store: Store) -> None:
    await crowd(store)
    await confirmed(store)
    await slice_(store, 3)
    for due in await store.claim(claim(), NOW, 9):
        await store.postpone(due.queued, NOW + HOUR)
    following = await slice_(store, 3, most=1)
    assert following
    assert following.queued == 6


async def test_a_slice_that_fails_is_undone_as_a_whole(store: Store) -> None:
    names = await crowd(store)
    await confirmed(store)
    await slice_(store, 3)
    with pytest.raises(ZeroDivisionError):
        await store.fan_out(NOW, 3, 1000, lambda _: str(1 // 0))
    await all_slices(store)
    assert await told(store, *names) == {name: [f"b1: {TEXT}"] for name in names}


async def test_who_comes_and_goes_between_slices_is_told_once_or_not_at_all(store: Store) -> None:
    await crowd(store, 6)
    await confirmed(store)
    await slice_(store, 3)
    await store.forget("telegram:1002")  # the one that it has come to
    await store.forget("telegram:1005")
    await store.apply("telegram:0999", lambda _: Decision("d", begun("d"), window=Window()))
    await all_slices(store)
    names = [f"telegram:{number:04}" for number in range(999, 1006)]
    assert set(await told(store, *names)) == {f"telegram:{number}" for number in (1000, 1001, 1003, 1004)}


async def test_broadcasts_of_two_go_one_after_the_other_as_they_were_confirmed(store: Store) -> None:
    names = await crowd(store)
    await order(store, Draft("b1", "telegram", TEXT, NOW), ADMIN)
    await order(store, Draft("b2", "telegram", TEXT, NOW), COLLEAGUE)
    await order(store, Confirm("b2", Audience.ALL, 1, NOW), COLLEAGUE)
    await order(store, Confirm("b1", Audience.ALL, 2, NOW), ADMIN)
    await all_slices(store)
    assert await told(store, *names) == {name: [f"b2: {TEXT}", f"b1: {TEXT}"] for name in names}
    records = [(one.by, one.done, one.broadcast, one.count) for one in await store.audit()]
    assert records == [
        (COLLEAGUE, Done.CONFIRMED, "b2", 1),
        (ADMIN, Done.CONFIRMED, "b1", 2),
        ("", Done.ENDED, "b2", MANY),
        ("", Done.ENDED, "b1", MANY),
    ]


# stopping


async def test_a_stop_takes_back_what_waits_and_queues_no_more(store: Store) -> None:
    names = await crowd(store)
    await confirmed(store)
    await slice_(store, 3)
    first, *_ = await store.claim(claim(), NOW, 9)
    await store.delivered(first.queued, NOW, "me")
    await order(store, Stop(NOW + HOUR), by=COLLEAGUE)
    assert await slice_(store) is None
    assert await told(store, *names) == {}
    broadcast = await store.broadcast("b1")
    assert broadcast
    assert (broadcast.progress, broadcast.queued, broadcast.waiting) == (Progress.STOPPED, 1, 0)
    assert (await store.audit())[-1] == Record(
        NOW + HOUR, COLLEAGUE, Done.STOPPED, "b1", digest_of(TEXT), Audience.ALL, 1
    )


async def test_the_next_one_begins_from_the_start_after_a_stop(store: Store) -> None:
    names = await crowd(store)
    await confirmed(store, "b1")
    await slice_(store, 3)
    await order(store, Stop(NOW))
    await confirmed(store, "b2")
    await all_slices(store)
    assert set(await told(store, *names)) == names


async def test_a_stop_takes_back_what_waits_of_one_that_is_queued_to_the_end(store: Store) -> None:
    names = await crowd(store)
    await confirmed(store)
    await all_slices(store)
    await order(store, Stop(NOW))
    await order(store, Stop(NOW))
    assert await told(store, *names) == {}
    assert [(one.done, one.count) for one in await store.audit()][1:] == [(Done.ENDED, MANY), (Done.STOPPED, 0)]


async def test_a_stop_leaves_drafts_and_other_messages_alone(store: Store) -> None:
    await crowd(store, 1)
    await store.apply("telegram:1000", decides(outbox=(message("an answer"),)))
    await order(store, Draft("b1", "telegram", TEXT, NOW))
    await order(store, Stop(NOW), by=COLLEAGUE)
    draft = await store.broadcast("b1")
    assert draft
    assert draft.progress is Progress.DRAFT
    assert (await told(store, "telegram:1000"), await store.audit()) == ({"telegram:1000": ["an answer"]}, [])


async def test_who_blocks_us_meanwhile_is_silenced_with_all_that_waits(store: Store) -> None:
    await crowd(store, 1)
    await confirmed(store)
    await all_slices(store)
    await store.apply("telegram:1000", decides(silenced=True, window=Window(blocked=True)))
    assert await told(store, "telegram:1000") == {}


# the record


async def test_the_record_says_who_what_when_and_for_how_many(store: Store) -> None:
    await crowd(store)
    await confirmed(store, audience=Audience.UNFINISHED)
    await all_slices(store)
    digest = digest_of(TEXT)
    assert await store.audit() == [
        Record(NOW, ADMIN, Done.CONFIRMED, "b1", digest, Audience.UNFINISHED, 5),
        Record(NOW, "", Done.ENDED, "b1", digest, Audience.UNFINISHED, 0),
    ]


async def test_the_record_of_who_is_deleted_stays_and_names_nobody(store: Store) -> None:
    await crowd(store)
    await store.apply(ADMIN, lambda _: Decision("mine", begun("mine"), window=Window()))
    await confirmed(store)
    await order(store, Draft("b2", "telegram", "a draft", NOW))
    await store.apply(ADMIN, decides(forgotten=Forgetting.DOSSIER))
    assert await store.state(ADMIN) == State()
    assert [record.by for record in await store.audit()] == [""]
    running = await slice_(store)
    assert running
    assert (running.id, running.by, await store.broadcast("b2")) == ("b1", "", None)


async def test_the_record_follows_a_window_that_gets_another_name(store: Store) -> None:
    await store.apply(ADMIN, lambda _: Decision("mine", begun("mine"), window=Window()))
    await confirmed(store)
    await order(store, Draft("b2", "telegram", TEXT, NOW))
    assert await store.move(ADMIN, COLLEAGUE)
    await order(store, Confirm("b2", Audience.ALL, 3, NOW), by=COLLEAGUE)
    assert [(one.by, one.broadcast) for one in await store.audit()] == [(COLLEAGUE, "b1"), (COLLEAGUE, "b2")]


async def test_what_is_over_is_tidied_and_what_runs_and_the_record_stay(store: Store) -> None:
    await crowd(store)
    await confirmed(store, "over")
    await all_slices(store)
    await confirmed(store, "runs")
    await order(store, Draft("old", "telegram", TEXT, NOW))
    await order(store, Draft("new", "telegram", TEXT, NOW + HOUR), by=COLLEAGUE)
    await store.tidy(NOW + timedelta(minutes=1), NOW)
    found = {name for name in ("over", "runs", "old", "new") if await store.broadcast(name)}
    assert found == {"runs", "new"}
    assert len(await store.audit()) == 3


# several processes


@pytest.fixture(params=["sqlite", "postgres"])
def shared_url(request: pytest.FixtureRequest, path: Path) -> str:
    """A database that several processes may use."""
    return f"sqlite:///{path}" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


async def test_two_processes_at_once_tell_nobody_twice(shared_url: str) -> None:
    async with await open_store(shared_url) as one, await open_store(shared_url) as other:
        names = await crowd(one, 30) | set(EXTRA)
        for name in EXTRA:
            await one.apply(name, lambda _, name=name: Decision(name, begun(name), window=Window()))  # type: ignore[misc]
        await confirmed(one)
        await asyncio.gather(*(all_slices(store, 2) for store in (one, other, one, other)))
        assert await told(one, *names) == {name: [f"b1: {TEXT}"] for name in names}
        assert [record.done for record in await one.audit()] == [Done.CONFIRMED, Done.ENDED]


async def test_who_is_forgotten_while_a_slice_is_queued_is_left_no_message(shared_url: str) -> None:
    async with await open_store(shared_url) as one, await open_store(shared_url) as other:
        names = await crowd(one, 30)
        await confirmed(one)
        await asyncio.gather(all_slices(one, 4), *(other.forget(name) for name in sorted(names)))
        assert await told(one, *names) == {}


async def test_a_stop_amid_the_slices_stops_and_counts_right(shared_url: str) -> None:
    async with await open_store(shared_url) as one, await open_store(shared_url) as other:
        names = await crowd(one, 30)
        await confirmed(one)
        await asyncio.gather(all_slices(one, 1), order(other, Stop(NOW)))
        assert await told(one, *names) == {}
        last = (await one.audit())[-1]
        assert (last.done, last.count) in ((Done.STOPPED, 0), (Done.ENDED, 30))


async def test_of_two_taps_at_once_one_counts(shared_url: str) -> None:
    async with await open_store(shared_url) as one, await open_store(shared_url) as other:
        await order(one, Draft("b1", "telegram", TEXT, NOW))
        taps = [Confirm("b1", audience, number, NOW) for number, audience in enumerate(Audience)]
        await asyncio.gather(*(order(store, tap) for store in (one, other) for tap in taps))
        assert len(await one.audit()) == 1


# SQLite


async def test_another_process_goes_on_where_the_last_one_was_killed(path: Path) -> None:
    """Each slice by a process of its own, and one killed in the midst of its transaction."""
    url = f"sqlite:///{path}"
    async with await open_store(url) as store:
        names = await crowd(store)
        await confirmed(store)
    for _ in range(2):
        async with await open_store(url) as store:
            await slice_(store, 2)
            with pytest.raises(_Killed):
                await store.fan_out(NOW, 2, 1000, _killed)
    async with await open_store(url) as store:
        await all_slices(store, 2)
        assert await told(store, *names) == {name: [f"b1: {TEXT}"] for name in names}


class _Killed(BaseException):
    """As if the process ended there."""


def _killed(_: Broadcast) -> str:
    raise _Killed


async def test_damaged_people_are_passed_over(path: Path) -> None:
    async with await open_store(f"sqlite:///{path}") as store:
        names = await crowd(store, 4)
        with outside(path) as connection:
            connection.execute("UPDATE windows SET data = '{' WHERE window = 'telegram:1000'")
            connection.execute("UPDATE sessions SET data = '{' WHERE dossier = 'telegram:1001'")
        await order(store, Draft("b1", "telegram", TEXT, NOW))
        await order(store, Confirm("b1", Audience.FINISHED, 0, NOW))
        await all_slices(store)
        await confirmed(store, "b2")
        await all_slices(store)
        assert set(await told(store, *names)) == names - {"telegram:1000"}


async def test_what_is_over_leaves_no_name_of_a_window_behind(path: Path) -> None:
    """Where it has come to is a person: it is not kept longer than it is needed."""
    async with await open_store(f"sqlite:///{path}") as store:
        await crowd(store)
        await confirmed(store, "b1")
        await slice_(store)
        await order(store, Stop(NOW))
        await confirmed(store, "b2")
        await all_slices(store)
        with outside(path) as connection:
            assert connection.execute("SELECT DISTINCT after FROM broadcasts").fetchall() == [("",)]
