"""The rules of the outbox, which every store asks: what a message supersedes, waits for, holds up; whose turn it is."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.outbox import (
    Crowd,
    Head,
    Lane,
    Outgoing,
    Urgency,
    Waiting,
    echoing,
    in_turn,
    postponed,
    queueing,
    silences,
)

ANSWER, FILE, REMINDER = Urgency.ANSWER, Urgency.FILE, Urgency.REMINDER
A_TIME = 1_700_000_000.0


def outgoing(key: str | None = None, due: float = 0, urgency: Urgency = ANSWER, *, anew: bool = False) -> Outgoing:
    return Outgoing("{}", datetime.fromtimestamp(A_TIME + due, UTC), key, anew, urgency)


def row(
    number: int,
    key: str | None = None,
    due: float = 0,
    urgency: Urgency = ANSWER,
    *,
    attempts: int = 0,
    anew: bool = False,
) -> Waiting:
    return Waiting(number, key, A_TIME + due, attempts, anew, urgency)


keys = st.none() | st.sampled_from(["card", "reminder.d1", "file.pdf"])
times = st.integers(-100, 100).map(float)
urgencies = st.sampled_from(Urgency)
messages = st.lists(st.builds(outgoing, keys, times, urgencies, anew=st.booleans()), max_size=90)
rows = st.builds(row, st.just(0), keys, times, urgencies, attempts=st.integers(0, 3), anew=st.booleans())
outboxes = st.lists(rows, max_size=90).map(lambda found: [one._replace(number=n) for n, one in enumerate(found, 1)])
heads = st.builds(Head, st.sampled_from("abc"), urgencies.map(int), times, st.integers(1, 99))


# what is queued

NOW = datetime.fromtimestamp(A_TIME, UTC)


@given(waiting=outboxes)
def test_an_echo_comes_unless_what_waits_for_later_will_show_the_same(waiting: list[Waiting]) -> None:
    echo = outgoing("card", 3, Urgency.ECHO)
    changes = echoing(waiting, echo, NOW)
    like = [one for one in waiting if one.key == "card"]
    assert [one.outgoing for one in changes.added] == ([] if any(one.due > A_TIME for one in like) else [echo])
    after = [one for one in waiting if one.number not in changes.removed]
    after += [row(99, "card", added.due - A_TIME, Urgency.ECHO) for added in changes.added]
    assert echoing(after, outgoing("card", 4, Urgency.ECHO), NOW) == ([], []), "one is enough"


@given(waiting=outboxes)
def test_an_echo_takes_the_place_of_another_and_of_nothing_else(waiting: list[Waiting]) -> None:
    changes = echoing(waiting, outgoing("card", 3, Urgency.ECHO), NOW)
    gone = {one.number for one in waiting if one.key == "card" and one.urgency is Urgency.ECHO}
    assert set(changes.removed) == (gone if changes.added else set())
    assert not any(added.anew for added in changes.added)


@given(waiting=outboxes, outbox=messages)
def test_what_leaves_is_what_has_a_key_that_comes(waiting: list[Waiting], outbox: list[Outgoing]) -> None:
    coming = {one.key for one in outbox} - {None}
    assert queueing(waiting, outbox).removed == [one.number for one in waiting if one.key in coming]


@given(waiting=outboxes, outbox=messages)
def test_all_come_in_their_order_but_for_texts_and_files_that_find_no_room(
    waiting: list[Waiting], outbox: list[Outgoing]
) -> None:
    gone = queueing(waiting, outbox).removed
    left_out = set[int]()
    for crowd in Crowd:
        room = max(0, crowd - sum(one.crowd is crowd for one in waiting if one.number not in gone))
        left_out |= {id(one) for one in [one for one in outbox if one.crowd is crowd][room:]}
    added = [one.outgoing for one in queueing(waiting, outbox).added]
    assert list(map(id, added)) == [id(one) for one in outbox if id(one) not in left_out]


@given(waiting=outboxes, outbox=messages)
def test_nothing_comes_before_a_failed_message_but_what_stands_aside(
    waiting: list[Waiting], outbox: list[Outgoing]
) -> None:
    failed = [one.due for one in waiting if one.attempts and not one.aside]
    for added in queueing(waiting, outbox).added:
        asked = added.outgoing.due.timestamp()
        due = asked if added.outgoing.urgency.aside else max([asked, *failed])
        assert (added.due, added.held) == (due, due > asked), "what is held holds up what comes after it"


@pytest.mark.parametrize(
    ("before", "comes", "anew"),
    [
        (row(1, "card", anew=True), outgoing("card"), True),
        (row(1, "card"), outgoing("card"), False),
        (row(1, "card"), outgoing("card", anew=True), True),
        (row(1, "file.pdf", anew=True), outgoing("card"), False),
        (row(1, anew=True), outgoing(), False),
    ],
)
def test_what_takes_the_place_of_a_message_to_be_sent_anew_is_sent_anew(
    before: Waiting, comes: Outgoing, anew: bool
) -> None:
    (added,) = queueing([before], [comes]).added
    assert added.anew is anew


# what fails


@given(waiting=outboxes, number=st.integers(1, 90), until=times.map(lambda due: A_TIME + due))
def test_after_a_failure_order_is_kept_and_only_what_comes_later_in_its_lane_waits(
    waiting: list[Waiting], number: int, until: float
) -> None:
    moved = {one.number: one for one in postponed(waiting, number, until)}
    failed = next((one for one in waiting if one.number == number), None)
    if failed is None:
        assert not moved
        return
    assert moved.pop(number) == failed._replace(due=until, attempts=failed.attempts + 1)
    behind = [one for one in waiting if one.number > number and not one.aside and not failed.aside]
    assert set(moved) == {one.number for one in behind if one.due < until}
    assert all(moved[one.number] == one._replace(due=until) for one in behind if one.number in moved)
    assert all(moved.get(one.number, one).due >= until for one in behind)


@pytest.mark.parametrize(
    ("waiting", "returned", "silenced"),
    [
        ([row(1)], False, True),
        ([row(1), row(2, urgency=REMINDER), row(3, urgency=FILE)], False, True),
        ([row(1), row(2)], False, False),
        ([row(0), row(1)], False, True),
        ([row(1)], True, False),
        ([], False, True),
    ],
    ids=["alone", "reminders wait", "answered since", "answered before", "came back", "superseded"],
)
def test_a_refusal_silences_who_has_neither_written_nor_come_back_since(
    waiting: Sequence[Waiting], returned: bool, silenced: bool
) -> None:
    assert silences(waiting, 1, returned=returned) is silenced


# whose turn it is


@given(due=st.lists(heads, max_size=12))
def test_every_lane_comes_once_at_the_place_of_what_is_most_pressing_in_it(due: list[Head]) -> None:
    turns = in_turn(due)
    assert {head.lane for head in turns} == {head.lane for head in due}
    assert len({head.lane for head in turns}) == len(turns)
    for head in turns:
        lane = [one for one in due if one.lane == head.lane]
        assert head[1:] == (min(o.urgency for o in lane), min(o.due for o in lane), min(o.number for o in lane))
    assert [head[1:] for head in turns] == sorted(head[1:] for head in turns)


@given(due=st.lists(heads, max_size=12), cut=st.integers(0, 12))
def test_it_makes_no_difference_what_is_told_row_by_row_or_together(due: list[Head], cut: int) -> None:
    """So a database may put rows together before it asks."""
    assert {*in_turn([*in_turn(due[:cut]), *due[cut:]])} == {*in_turn(due)}


def test_answers_go_before_greetings_and_these_before_what_stands_aside() -> None:
    """And echoes, for which nobody waits, between them."""
    due = [Head(window, int(urgency), -int(urgency), 9) for window, urgency in zip("gfedcba", Urgency, strict=True)]
    assert [head.window for head in in_turn(due)] == [*"gfedcba"]
    assert [head.lane for head in in_turn(due)][2:4] == [Lane("e", aside=False), Lane("d", aside=True)]
