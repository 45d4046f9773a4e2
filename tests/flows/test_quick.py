"""The quick order: fewer items until the grade is certain, an end when it is, and nothing lost of the rest."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.cards import CommitmentCard, FirmKindCard, FirmNameCard, ProvisionalCard, ReviewCard, WelcomeCard, unanswered
from flows.events import Event, GradeSettled, QuickBegun, Recorded, Refusal, Resumed
from flows.inputs import (
    Answer,
    Back,
    ChooseLanguage,
    Done,
    EditFirm,
    Overview,
    Park,
    Pause,
    Pick,
    Provisional,
    Quick,
    Recheck,
    Resume,
    Skip,
    Tick,
)
from flows.session import Phase, Session
from scoring.certainty import find_certainty, next_item
from scoring.sheet import load_sheet
from tests.flows.driver import RUBRIC, Walker, finished
from tests.flows.scenes import scene
from tests.flows.transcript import compare
from tests.scoring.standard import EMPTY_SHEET, FULL_SHEET, QUESTIONS, SCENARIOS, grade_of, score_of
from tests.scoring.strategies import Choices, Levels, complete_choices, complete_levels, examples

SHEET = load_sheet("miit-2024")
NONE: Levels = dict.fromkeys(SCENARIOS, 0)
TOP: Levels = dict.fromkeys(SCENARIOS, 4)
MIDDLING: Levels = dict.fromkeys(SCENARIOS, 2)
HALF: Choices = {item: FULL_SHEET[item] if int(item[1:]) % 2 else ("B",) for item in QUESTIONS}


def certain(session: Session) -> int | None:
    """What the scoring says about the answers so far."""
    return find_certainty(SHEET, session.record.choices, session.record.levels).settled


def soonest(session: Session) -> str | None:
    """The item that the scoring would ask next."""
    return next_item(SHEET, session.record.choices, session.record.levels, session.agenda)


def reply(walker: Walker, choices: Choices, levels: Levels) -> tuple[Event, ...]:
    """The answer to the item on the screen."""
    item = walker.session.item or ""
    return walker.answer(*choices[item]) if item in choices else walker.take(levels[item])


def quick_walk(choices: Choices, levels: Levels) -> Walker:
    """From hello to where the quick order ends."""
    walker = Walker()
    walker.say(Quick())
    walker.begin()
    while walker.session.asking:
        reply(walker, choices, levels)
    return walker


def settlings(events: Sequence[Event]) -> list[int]:
    return [event.grade for event in events if isinstance(event, GradeSettled)]


# where it begins


def test_at_the_welcome_it_is_remembered() -> None:
    walker = Walker()
    assert walker.say(Quick()) == (QuickBegun(),)
    assert isinstance(walker.card, WelcomeCard)
    walker.begin()
    assert walker.session.item == soonest(walker.session) != "q1"


@pytest.mark.parametrize("skipped", [0, 1])
def test_at_the_firm_it_begins_with_the_first_item(skipped: int) -> None:
    walker = Walker()
    walker.say(ChooseLanguage("zh-Hans"))
    for _ in range(skipped):
        walker.say(Skip())
    assert isinstance(walker.card, FirmKindCard if skipped else FirmNameCard)
    assert walker.say(Quick()) == (QuickBegun(),)
    assert walker.session.item == soonest(walker.session)


def test_at_an_item_it_leads_on_and_what_was_begun_there_is_kept() -> None:
    walker = Walker().begin()
    walker.say(Tick("B", on=True))
    walker.say(Quick())
    assert walker.session.item == soonest(walker.session) != "q1"
    walker.say(Back())
    assert walker.session.item == "q1"
    assert walker.say(Done()) == (Recorded("q1", None, ("B",)),)
    assert walker.session.item == soonest(walker.session)


@pytest.mark.parametrize("place", ["review", "provisional", "paused"])
def test_it_begins_from_there_too(place: str) -> None:
    walker = Walker(scene(place))
    walker.say(Quick())
    assert not walker.session.paused
    assert walker.session.item == soonest(walker.session)


def test_it_is_offered_while_it_would_save_anything() -> None:
    def offered(walker: Walker) -> bool:
        card = walker.card
        assert isinstance(card, FirmKindCard | ReviewCard)
        return card.quick

    assert offered(Walker(scene("kind")))
    assert offered(Walker(scene("review")))
    assert not offered(Walker(scene("full")))
    settled = Walker(scene("settled"))
    settled.say(Overview())
    assert not offered(settled)
    chosen = Walker(scene("kind"))
    chosen.say(Quick())
    chosen.say(Overview())
    assert not offered(chosen)


# where it ends


@given(choices=complete_choices, levels=complete_levels, others=complete_choices, other_levels=complete_levels)
@examples(20)
def test_it_stops_when_the_grade_is_settled_and_the_grade_is_that_of_every_completion(
    choices: Choices, levels: Levels, others: Choices, other_levels: Levels
) -> None:
    walker = Walker()
    walker.say(Quick())
    walker.begin()
    events: list[Event] = []
    while walker.session.asking:
        assert certain(walker.session) is None
        assert walker.session.item == soonest(walker.session)
        events += reply(walker, choices, levels)
    record, grade = walker.session.record, certain(walker.session)
    assert grade is not None
    for more, higher in ((EMPTY_SHEET, NONE), (FULL_SHEET, TOP), (others, other_levels), (choices, levels)):
        assert grade_of(score_of({**more, **record.choices}), {**higher, **record.levels}) == grade
    missing = len(unanswered(RUBRIC, walker.session))
    if missing:
        assert walker.card == ProvisionalCard(missing, grade)
        assert settlings(events) == [grade]
    else:
        assert isinstance(walker.card, CommitmentCard)
        assert settlings(events) == []


@pytest.mark.parametrize(("choices", "levels"), [(EMPTY_SHEET, NONE), (HALF, MIDDLING), (FULL_SHEET, TOP)])
def test_it_asks_fewer_items_than_the_standards_order(choices: Choices, levels: Levels) -> None:
    in_order = Walker().begin()
    while certain(in_order.session) is None:
        reply(in_order, choices, levels)
    quick, usual = (len(unanswered(RUBRIC, walker.session)) for walker in (quick_walk(choices, levels), in_order))
    assert quick > usual


def test_going_on_asks_the_rest_in_the_standards_order_and_loses_nothing() -> None:
    walker = quick_walk(HALF, MIDDLING)
    known, left = walker.session.record, walker.session.agenda
    assert walker.say(Resume()) == (Resumed(),)
    asked: list[str | None] = []
    events: list[Event] = []
    while walker.session.asking:
        asked.append(walker.session.item)
        events += reply(walker, HALF, MIDDLING)
    assert tuple(asked) == left
    assert settlings(events) == []
    walker.finish()
    assert (walker.session.record.choices, walker.session.record.levels) == (HALF, MIDDLING)
    assert known.choices.items() <= HALF.items()
    compare("quick", walker.lines)


def test_whoever_comes_back_after_the_end_goes_on_with_the_rest() -> None:
    walker = quick_walk(EMPTY_SHEET, NONE)
    walker.say(Pause())
    walker.say(Resume())
    assert (walker.session.item, walker.session.quick) == (walker.session.agenda[0], False)


def test_a_pause_on_the_way_changes_no_order() -> None:
    walker = Walker(scene("kind"))
    walker.say(Quick())
    item = walker.session.item
    walker.say(Pause())
    walker.say(Resume())
    assert (walker.session.item, walker.session.quick) == (item, True)


def test_what_is_put_off_stays_unknown_and_comes_back_when_nothing_else_is_left() -> None:
    walker = Walker(scene("kind"))
    walker.say(Quick())
    first = walker.session.item
    while walker.session.asking:
        walker.say(Park())
    assert isinstance(walker.card, ReviewCard)
    assert walker.card.parked == RUBRIC.items
    walker.say(Resume())
    assert walker.session.item == first
    while walker.session.asking:
        reply(walker, EMPTY_SHEET, NONE)
    assert isinstance(walker.card, ProvisionalCard)
    assert walker.card.settled == 0


def test_asking_for_it_when_the_grade_is_settled_shows_the_result() -> None:
    walker = Walker(scene("settled"))
    assert walker.say(Quick()) == (GradeSettled(0),)
    assert walker.card == ProvisionalCard(15, 0)
    assert walker.say(Quick()) == (GradeSettled(0),)
    assert walker.card == ProvisionalCard(15, 0)


def test_a_changed_firm_leads_back_to_the_end() -> None:
    walker = Walker(scene("stopped"))
    walker.say(Overview())
    walker.say(EditFirm())
    walker.say(Skip())
    walker.say(Skip())
    assert walker.card == ProvisionalCard(15, 0)


def test_a_changed_answer_makes_it_go_on() -> None:
    walker = Walker(scene("stopped"))
    walker.say(Overview())
    for scenario in SCENARIOS:
        walker.go(scenario).take(4)
    assert certain(walker.session) is None
    assert walker.session.item == soonest(walker.session)


def test_a_recheck_has_its_own_order_and_settles_nothing_early() -> None:
    walker = finished()
    assert walker.refused(Quick()) is Refusal.NOT_HERE
    walker.say(Recheck())
    assert walker.refused(Quick()) is Refusal.NOT_HERE
    walker.say(Pick(tuple(RUBRIC.items), on=True))
    assert walker.refused(Quick()) is Refusal.NOT_HERE
    walker.say(Park())
    assert walker.refused(Provisional()) is Refusal.NOT_HERE
    assert settlings(walker.answer("A")) == []


# how sure, in any order


@given(items=st.permutations(RUBRIC.items), choices=complete_choices, levels=complete_levels)
@examples(20)
def test_it_is_said_once_in_the_step_that_settles_the_grade(items: list[str], choices: Choices, levels: Levels) -> None:
    walker = Walker().begin()
    said = []
    for item in items:
        walker.go(item)
        before = certain(walker.session)
        told = settlings(reply(walker, choices, levels))
        after = certain(walker.session)
        now_settled = before is None and after is not None and bool(unanswered(RUBRIC, walker.session))
        assert told == ([after] if now_settled else [])
        said += told
    assert len(said) <= 1


def test_it_is_said_again_after_a_changed_answer_unsettled_it() -> None:
    walker = Walker(scene("settled"))
    risen = [grade for item in SCENARIOS for grade in settlings(walker.go(item).take(4))]
    assert (risen, certain(walker.session)) == ([], None)
    fallen = [grade for item in SCENARIOS for grade in settlings(walker.go(item).take(0))]
    assert (fallen, certain(walker.session)) == ([0], 0)


def test_another_grade_is_said_even_if_one_was_settled_before() -> None:
    """With 97 points and 3 open ones: three answers cost 8, 7.5 and 10 of them."""
    walker = Walker().begin()
    said = [grade for item in SCENARIOS for grade in settlings(walker.go(item).take(4))]
    for item in QUESTIONS:
        said += settlings(walker.go(item).answer(*FULL_SHEET[item])) if item != "q14" else []
    assert said == [4]
    assert [settlings(walker.go(item).answer("A")) for item in ("q1", "q8", "q4")] == [[], [], [3]]


@pytest.mark.parametrize("place", ["single", "multiple", "figures", "ladder", "levels", "kind"])
def test_the_result_is_shown_early_only_when_it_is_settled(place: str) -> None:
    assert Walker(scene(place)).refused(Provisional()) is Refusal.NOT_HERE
    walker = Walker(scene("settled"))
    walker.say(Provisional())
    assert walker.session.phase is Phase.PROVISIONAL
    assert not walker.session.quick
    walker.say(Resume())
    assert walker.say(Answer(("B",)))


def test_a_session_of_before_the_quick_order_is_read() -> None:
    stored = scene("single").model_dump(mode="json")
    del stored["quick"]
    assert Session.model_validate(stored) == scene("single")
