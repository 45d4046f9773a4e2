"""From rung to rung and from item to item: the ladder, and every way back."""

import pytest

from flows.cards import (
    FirmKindCard,
    FirmNameCard,
    LadderCard,
    LevelCard,
    RecheckCard,
    ReviewCard,
    WelcomeCard,
)
from flows.events import Recorded, Refusal
from flows.inputs import (
    Back,
    Browse,
    ChooseLanguage,
    Climb,
    Keep,
    Overview,
    Pick,
    PickLevel,
    Recheck,
    Rung,
    Skip,
    TakeLevel,
)
from flows.session import Phase
from tests.flows.driver import RUBRIC, Walker, finished

LAST = RUBRIC.items[-1]


def at(item: str) -> Walker:
    return Walker().begin().go(item)


# the ladder


def test_a_scenario_takes_one_tap_and_every_level_is_shown() -> None:
    walker = at("product_design")
    shown, taps = [], 0
    while isinstance(card := walker.card, LevelCard):
        shown.append((card.scenario.id, len(card.scenario.levels)))
        walker.say(TakeLevel(4))
        taps += 1
    assert taps == 16
    assert shown == [(scenario.id, 4) for scenario in RUBRIC.scenarios]
    assert walker.session.record.levels == dict.fromkeys(RUBRIC.scenario, 4)


@pytest.mark.parametrize("level", range(5))
@pytest.mark.parametrize("item", ["product_design", LAST])
def test_the_ladder_ends_at_the_first_no(item: str, level: int) -> None:
    walker = at(item)
    assert walker.climb(level) == 1 + min(level + 1, 4)
    assert walker.session.record.levels == {item: level}


@pytest.mark.parametrize("level", range(5))
def test_the_shortcut_takes_a_level_at_once(level: int) -> None:
    walker = at("quality")
    assert isinstance(walker.card, LevelCard)
    assert len(walker.card.scenario.levels) == 4
    assert walker.say(TakeLevel(level)) == (Recorded("quality", None, level),)
    assert walker.session.item == "equipment"


@pytest.mark.parametrize("before", range(5))
def test_a_recheck_shows_all_levels_at_once(before: int) -> None:
    walker = Walker().begin().fill(level=before).finish()
    walker.say(Recheck())
    walker.say(Pick(("quality",), on=True))
    assert isinstance(walker.card, LevelCard)
    assert walker.card.answered == before
    walker.say(TakeLevel(3))
    assert walker.session.record.levels["quality"] == 3
    assert walker.session.baseline is not None
    assert walker.session.baseline.record.levels["quality"] == before


@pytest.mark.parametrize(("before", "after"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3)])
def test_a_rung_that_was_on_the_screen_before_that_still_counts(before: int, after: int) -> None:
    walker = Walker().begin().fill(level=before).finish()
    walker.say(Recheck())
    walker.say(Pick(("quality",), on=True))
    walker.say(Rung(met=False))
    assert walker.session.record.levels["quality"] == after


# back


def test_back_inside_the_ladder() -> None:
    walker = at("quality")
    walker.say(Climb())
    for _ in range(3):
        walker.say(Rung(met=True))
    levels = []
    while isinstance(card := walker.card, LadderCard) and card.scenario.id == "quality":
        levels.append(card.level)
        walker.say(Back())
    assert levels == [4, 3, 2, 1]
    assert isinstance(walker.card, LevelCard)
    walker.say(Back())
    assert walker.session.item == "q1"  # where the jump came from
    assert walker.session.record.levels == {}


def test_from_the_ladder_to_all_levels_and_back_to_where_one_came_from() -> None:
    walker = at("quality")
    walker.say(Climb())
    walker.say(PickLevel())
    assert isinstance(walker.card, LevelCard)
    walker.say(Back())
    assert walker.session.item == "q1"


def test_back_along_the_whole_trail() -> None:
    walker = Walker().begin().fill()
    seen = []
    walker.say(Back())  # from the commitment to the review
    walker.say(Back())
    while walker.session.asking:
        seen.append(walker.session.item)
        walker.say(Back())
    assert seen == list(reversed(RUBRIC.items))
    assert isinstance(walker.card, FirmKindCard)
    walker.say(Back())
    assert isinstance(walker.card, FirmNameCard)
    assert len(walker.session.record.choices) == 15


def test_back_to_the_welcome() -> None:
    walker = Walker()
    walker.say(ChooseLanguage("en"))
    walker.say(Skip())
    walker.say(Back())
    walker.say(Back())
    assert isinstance(walker.card, WelcomeCard)
    assert walker.refused(Back()) is Refusal.NO_WAY_BACK
    walker.say(ChooseLanguage("zh-Hans"))
    assert isinstance(walker.card, FirmNameCard)


def test_back_follows_the_jumps() -> None:
    walker = at("q7").go("quality").go("q3").go("quality")
    seen = []
    while walker.session.asking:
        seen.append(walker.session.item)
        walker.say(Back())
    assert seen == ["quality", "q3", "q7", "q1"]


def test_back_never_stays_where_it_is() -> None:
    walker = Walker().begin().fill()
    walker.say(Overview())
    walker.go("q1")
    walker.say(Back())
    assert walker.session.item == LAST
    walker.say(Back())
    assert walker.session.item == RUBRIC.items[-2]


def test_back_from_a_page_of_the_review() -> None:
    walker = at("q7")
    walker.say(Overview("management"))
    walker.say(Back())
    assert isinstance(walker.card, ReviewCard)
    assert walker.card.page == ""
    walker.say(Back())
    assert walker.session.item == "q7"


def test_the_review_before_any_item_leads_back_to_the_first() -> None:
    walker = Walker()
    walker.say(ChooseLanguage("en"))
    walker.say(Overview())
    walker.say(Back())
    assert walker.session.item == "q1"


def test_back_leaves_the_recheck_unmade() -> None:
    walker = finished()
    old = walker.session
    walker.say(Recheck())
    walker.say(Pick(("q5", "quality"), on=True))
    assert walker.session.id != old.id
    walker.say(Keep())
    walker.say(Back())
    walker.say(Back())
    assert isinstance(walker.card, RecheckCard)
    walker.say(Browse("operations"))
    walker.say(Back())
    walker.say(Back())
    same = {"revision": 0, "opened": 0, "updated_at": old.updated_at, "item": old.item}
    assert walker.session.but(**same) == old.but(**same)


def test_back_from_a_recheck_of_a_recheck_leaves_its_before_and_after() -> None:
    walker = finished()
    for letter in "BC":
        walker.say(Recheck())
        walker.say(Pick(("q8",), on=True))
        walker.answer(letter)
        walker.finish()
    old = walker.session
    walker.say(Recheck())
    walker.say(Pick(("q8",), on=True))
    walker.say(Back())
    walker.say(Back())
    assert walker.session.phase is Phase.RESULT
    assert walker.session.baseline is not None
    assert old.baseline is not None
    assert walker.session.baseline.record == old.baseline.record
    assert walker.session.started_at == old.started_at


def test_back_from_a_recheck_with_a_new_answer_is_to_the_overview() -> None:
    walker = finished()
    walker.say(Recheck())
    walker.say(Pick(("q5", "q8"), on=True))
    walker.answer("B")
    walker.say(Back())
    walker.say(Back())
    assert isinstance(walker.card, ReviewCard)


def test_back_from_the_commitment_of_a_recheck_is_to_its_last_item() -> None:
    walker = finished()
    walker.say(Recheck())
    walker.say(Pick(("q5", "q8"), on=True))
    walker.answer("B")
    walker.answer("C")
    assert walker.session.phase is Phase.COMMITMENT
    walker.say(Back())
    assert walker.session.item == "q8"
    walker.answer("B")
    assert walker.session.phase is Phase.COMMITMENT
