"""Ticks of a multiple choice, and inputs that come late, twice, or from elsewhere."""

from dataclasses import replace
from itertools import permutations

import pytest

from flows.cards import QuestionCard
from flows.events import Refusal, Stale
from flows.inputs import (
    Answer,
    AnyInput,
    Back,
    ChooseFuel,
    Commit,
    Confirm,
    Done,
    Jump,
    Keep,
    NameFirm,
    Numbers,
    Overview,
    Park,
    Pause,
    Pick,
    Provisional,
    Resume,
    Rung,
    Skip,
    Submit,
    TakeLevel,
    Tick,
)
from tests.flows.driver import RUBRIC, Walker, play
from tests.flows.scenes import scene

MULTIPLE = [question.id for question in RUBRIC.questions if question.type == "multiple"]


def ticked(walker: Walker) -> tuple[str, ...]:
    assert isinstance(walker.card, QuestionCard)
    return walker.card.ticked


def at(item: str) -> Walker:
    return Walker().begin().go(item)


# ticks


@pytest.mark.parametrize("item", MULTIPLE)
def test_none_and_the_others_clear_each_other(item: str) -> None:
    walker = at(item)
    for letter in reversed(RUBRIC.question[item].letters[1:]):
        walker.say(Tick(letter, on=True))
    assert ticked(walker) == RUBRIC.question[item].letters[1:]
    walker.say(Tick("A", on=True))
    assert ticked(walker) == ("A",)
    walker.say(Tick("C", on=True))
    assert ticked(walker) == ("C",)
    walker.say(Tick("C", on=False))
    assert ticked(walker) == ()
    assert walker.refused(Done()) is Refusal.NOTHING_TICKED
    assert item not in walker.session.record.choices
    walker.tick("D", "B")
    assert walker.session.record.choices[item] == ("B", "D")


def test_the_order_of_ticks_does_not_matter() -> None:
    for letters in permutations("BDE"):
        walker = at("q1")
        walker.tick(*letters)
        assert walker.session.record.choices["q1"] == ("B", "D", "E")


def test_letters_at_once_are_sorted_and_taken_once() -> None:
    walker = at("q1")
    walker.say(Answer(("E", "B", "E")))
    assert walker.session.record.choices["q1"] == ("B", "E")


def test_a_tick_set_twice_is_set() -> None:
    walker = at("q1")
    walker.say(Tick("B", on=True))
    before = walker.session
    walker.say(Tick("B", on=True))
    assert walker.session == before


def test_ticks_start_from_the_answer_on_record() -> None:
    walker = at("q1")
    walker.tick("B", "C")
    walker.go("q1")
    assert ticked(walker) == ("B", "C")
    walker.say(Tick("B", on=False))
    assert walker.session.record.choices == {"q1": ("B", "C")}
    walker.say(Done())
    assert walker.session.record.choices == {"q1": ("C",)}


def test_clearing_everything_keeps_the_answer_on_record() -> None:
    walker = at("q1")
    walker.tick("B")
    walker.go("q1")
    walker.say(Tick("B", on=False))
    assert walker.refused(Done()) is Refusal.NOTHING_TICKED
    walker.say(Keep())
    assert walker.session.record.choices["q1"] == ("B",)


def test_ticks_wait_while_the_person_is_elsewhere() -> None:
    walker = at("q4")
    walker.say(Tick("F", on=True))
    walker.say(Pause())
    walker.say(Resume())
    walker.go("q4")
    assert ticked(walker) == ("F",)


def test_several_ticks_from_one_card() -> None:
    walker = at("q4")
    early = walker.session
    for letter in "BCD":
        assert walker.give(Tick(letter, on=True), early.ref) == ()
    assert ticked(walker) == ("B", "C", "D")
    walker.say(Pause())
    assert walker.give(Tick("E", on=True), early.ref) == ()
    assert not walker.session.paused


def test_a_tick_from_before_the_card_was_opened_is_stale() -> None:
    walker = at("q4")
    early = walker.session
    walker.tick("B")
    walker.go("q4")
    assert walker.give(Tick("C", on=True), early.ref) == (Stale(),)
    session = walker.session
    for revision in (session.opened - 1, session.revision + 1):
        assert walker.give(Tick("C", on=True), replace(session.ref, revision=revision)) == (Stale(),)
    assert walker.give(Tick("C", on=True), replace(session.ref, revision=session.opened)) == ()
    assert ticked(walker) == ("B", "C")


# late, twice, from elsewhere

ACCEPTED: list[tuple[str, AnyInput]] = [
    ("name", NameFirm("示例厂")),
    ("name", Skip()),
    ("single", Answer(("B",))),
    ("multiple", Answer(("B",))),
    ("single", Park()),
    ("single", Jump("quality")),
    ("single", Back()),
    ("single", Pause()),
    ("answered", Keep()),
    ("figures", Numbers((200, 90))),
    ("confirming", Confirm()),
    ("fuels", ChooseFuel("heat")),
    ("fuel", Numbers((310,))),
    ("ladder", Rung(True)),
    ("ladder", Rung(False)),
    ("levels", TakeLevel(3)),
    ("review", Provisional()),
    ("review", Overview("operations")),
    ("full", Submit()),
    ("commitment", Commit()),
    ("recheck", Pick(("q1",), True)),
]


@pytest.mark.parametrize(("name", "given"), ACCEPTED)
def test_the_same_input_twice_counts_once(name: str, given: AnyInput) -> None:
    session = scene(name)
    once = play(session, given).session
    assert once.revision == session.revision + 1
    twice = play(once, given, ref=session.ref)
    assert twice.session is once
    assert twice.events == (Stale(),)


@pytest.mark.parametrize(("name", "given"), ACCEPTED)
def test_an_input_for_another_card_revision_or_session_is_stale(name: str, given: AnyInput) -> None:
    session = scene(name)
    others = [
        replace(session.ref, card="q15"),
        replace(session.ref, card=""),
        replace(session.ref, session="another"),
        replace(session.ref, revision=session.revision - 1),
        replace(session.ref, revision=session.revision + 1),
    ]
    for other in others:
        done = play(session, given, ref=other)
        assert done.session is session
        assert done.events == (Stale(),)


def test_done_twice_never_answers_the_next_question() -> None:
    walker = at("q6")
    walker.say(Tick("B", on=True))
    shown = walker.session.ref
    walker.say(Done())
    assert walker.session.item == "q7"
    assert walker.give(Done(), shown) == (Stale(),)
    assert walker.session.record.choices == {"q6": ("B",)}


def test_a_tap_on_the_old_card_after_coming_back_is_stale() -> None:
    walker = at("q8")
    old = walker.session.ref
    walker.go("q9").go("q8")
    assert walker.session.card == old.card
    assert walker.give(Answer(("B",)), old) == (Stale(),)
    assert walker.session.record.choices == {}


@pytest.mark.parametrize("name", ["result", "recheck"])
def test_old_cards_stay_stale_in_the_next_session(name: str) -> None:
    old = scene("commitment")
    finished = play(old, Commit()).session
    assert play(finished, Commit(), ref=old.ref).events == (Stale(),)
    assert scene(name).revision > old.revision
