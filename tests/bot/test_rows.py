"""Plan and what-if on a page: every item at once, with all that can be wished or supposed of it."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.buttons import LIMIT, decode, encode
from bot.screens import Screen, screen_of
from bot.screens.parts import Row
from bot.words.wording import Medium, wording
from flows.cards import card_of
from flows.inputs import Aim, AimAt, AnyInput, Browse, Suppose, Want, Wanted
from flows.listing import AT_ONCE, lists
from flows.session import AimPage, Phase, Record, Session
from locales import LANGUAGES
from scoring.editions import load_rubric, use
from scoring.sheet import load_sheet
from tests.editions.support import EDITIONS, OWN, any_choices, any_levels
from tests.flows.driver import RUBRIC, Walker

EVERY = pytest.mark.parametrize("language", LANGUAGES)
HALF = {"q1": "BC", "q2": "C", "q4": "BCDEFG", "q12": "B"}
HALVES = pytest.mark.parametrize("half", AimPage)


@pytest.fixture
def own_editions() -> Iterator[None]:
    use(OWN)
    yield
    use()


def aiming(half: AimPage, level: int = 2) -> Walker:
    walker = Walker().begin().fill(HALF, level=level).finish()
    walker.say(Aim(half))
    return walker


def screen(session: Session, language: str = "zh-Hans", medium: Medium = Medium.PAGE) -> Screen:
    words = wording(language, session.rubric, medium)
    return screen_of(card_of(words.rubric, session), words)


def row(session: Session, item: str) -> Row:
    return {row.item: row for row in screen(session).rows}[item]


def labels(found: Row) -> list[str]:
    return [choice.label for choice in found.choices]


def marked(found: Row) -> list[str]:
    return [choice.label for choice in found.choices if choice.marked]


def tap(walker: Walker, item: str, label: str) -> None:
    """One of the buttons of a row; what it does is accepted."""
    (wish,) = [choice.wish for choice in row(walker.session, item).choices if choice.label == label]
    assert isinstance(wish, AnyInput)
    walker.say(wish)


# what if


def test_a_scenario_offers_its_level_and_all_above_it() -> None:
    walker = aiming(AimPage.WHAT_IF)
    assert labels(row(walker.session, "quality")) == ["二级", "三级", "四级"]
    assert marked(row(walker.session, "quality")) == ["二级"]
    tap(walker, "quality", "四级")
    assert walker.session.goal.supposed == {"quality": 4}
    assert marked(row(walker.session, "quality")) == ["四级"]
    tap(walker, "quality", "二级")
    assert walker.session.goal.supposed == {}


def test_a_single_choice_offers_its_option_and_all_above_it() -> None:
    walker = aiming(AimPage.WHAT_IF)
    found = row(walker.session, "q2")
    assert [choice.key for choice in found.choices] == ["C", "D", "E"]
    walker.say(Suppose("q2", ("E",)))
    assert [choice.key for choice in row(walker.session, "q2").choices if choice.marked] == ["E"]
    assert wording("zh-Hans", RUBRIC.id).plain("q2", "E") in row(walker.session, "q2").state


def test_results_can_be_supposed_too() -> None:
    assert [choice.key for choice in row(aiming(AimPage.WHAT_IF).session, "q12").choices] == ["B", "C"]


def test_options_are_tried_one_by_one_beside_those_that_are_ticked() -> None:
    walker = aiming(AimPage.WHAT_IF)
    found = row(walker.session, "q1")
    assert found.several
    assert [choice.key for choice in found.choices] == ["D", "E"]
    assert marked(found) == []
    five, wide = labels(found)
    tap(walker, "q1", five)
    assert walker.session.goal.supposed == {"q1": ("B", "C", "D")}
    tap(walker, "q1", wide)
    assert walker.session.goal.supposed == {"q1": ("B", "C", "D", "E")}
    assert marked(row(walker.session, "q1")) == [five, wide], "the row stays, to take it back"
    tap(walker, "q1", five)
    assert walker.session.goal.supposed == {"q1": ("B", "C", "E")}
    tap(walker, "q1", wide)
    assert walker.session.goal.supposed == {}


def test_none_of_all_gives_way_to_the_first_that_is_tried_and_comes_back() -> None:
    walker = aiming(AimPage.WHAT_IF)
    (first, *_) = labels(row(walker.session, "q6"))
    tap(walker, "q6", first)
    assert walker.session.goal.supposed == {"q6": ("B",)}
    tap(walker, "q6", first)
    assert walker.session.goal.supposed == {}


def test_what_is_at_its_top_is_not_offered() -> None:
    shown = screen(aiming(AimPage.WHAT_IF, level=4).session)
    assert {row.item for row in shown.rows}.isdisjoint(RUBRIC.scenario)


def test_what_is_not_answered_is_supposed_from_nothing_and_goes_back_to_it() -> None:
    session = Walker().begin().session.but(phase=Phase.AIM, page=AimPage.WHAT_IF.value)
    found = row(session, "quality")
    assert labels(found) == ["还没答", "一级", "二级", "三级", "四级"]
    assert marked(found) == ["还没答"]
    assert found.choices[0].wish == Suppose("quality", None)
    assert not any(choice.marked for choice in row(session, "q1").choices)


def test_what_was_supposed_lower_by_typing_is_shown() -> None:
    walker = aiming(AimPage.WHAT_IF)
    walker.say(Suppose("quality", 1))
    assert marked(row(walker.session, "quality")) == ["一级"]


# the plan


def test_each_item_is_as_planned_or_wanted_or_not() -> None:
    walker = aiming(AimPage.PLAN, level=0)
    assert [choice.wish for choice in row(walker.session, "quality").choices] == [
        Want("quality", Wanted.FREE),
        Want("quality", Wanted.PINNED),
        Want("quality", Wanted.EXCLUDED),
    ]
    assert marked(row(walker.session, "quality")) == ["随计划"]
    for label in ("必须做", "不做", "随计划"):
        tap(walker, "quality", label)
        assert marked(row(walker.session, "quality")) == [label]


def test_a_row_says_what_the_plan_does_to_its_item() -> None:
    walker = aiming(AimPage.PLAN, level=0)
    walker.say(Want("quality", Wanted.PINNED))
    assert "一级" in row(walker.session, "quality").state
    walker.say(Want("quality", Wanted.EXCLUDED))
    assert row(walker.session, "quality").state == "计划里不用动"


def test_results_and_what_is_at_its_top_are_no_part_of_a_plan() -> None:
    walker = aiming(AimPage.PLAN, level=4)
    assert {row.item for row in screen(walker.session).rows}.isdisjoint({*RUBRIC.scenario, "q12", "q13", "q14", "q15"})


def test_grades_are_the_only_choices_beside_the_rows() -> None:
    shown = screen(aiming(AimPage.PLAN, level=0).session)
    assert [choice.wish for choice in shown.choices] == [AimAt(grade) for grade in (1, 2, 3, 4)]


# both


@HALVES
def test_a_list_that_is_open_elsewhere_changes_nothing_here(half: AimPage) -> None:
    walker = aiming(half)
    before = screen(walker.session)
    walker.say(Browse("operations"))
    assert screen(walker.session).rows == before.rows
    assert screen(walker.session).title == before.title


@HALVES
@pytest.mark.parametrize("medium", [Medium.TYPING, Medium.TAPPING])
def test_elsewhere_there_are_no_rows(half: AimPage, medium: Medium) -> None:
    assert screen(aiming(half).session, medium=medium).rows == ()


@HALVES
@EVERY
def test_every_choice_is_said_in_words(half: AimPage, language: str) -> None:
    for found in screen(aiming(half, level=0).session, language).rows:
        assert all(choice.label and choice.text for choice in found.choices)
        assert all(part for part in (found.group, found.label, found.state))
        names = labels(found)
        assert len(set(names)) == len(names)


def sessions(edition: str) -> Iterator[Session]:
    """Both halves, with each list that is open elsewhere, at a revision as high as any."""
    rubric = load_rubric(edition)
    session = Walker(edition=edition).session.but(id="x" * 8, phase=Phase.AIM, revision=9999)
    for half in AimPage:
        for page in ("", *lists(rubric, AT_ONCE)):
            yield session.but(page=f"{half.value}.{page}" if page else half.value)


def assert_fits(session: Session) -> None:
    rubric = load_rubric(session.rubric)
    for found in screen(session, "en").rows:
        for choice in found.choices:
            data = encode(choice.wish, session.ref, rubric)
            assert len(data.encode()) <= LIMIT, data
            press = decode(data, rubric)
            assert press
            assert press.wish == choice.wish


def test_every_button_fits() -> None:
    for session in sessions(RUBRIC.id):
        assert_fits(session)
        tried = session.goal.model_copy(update={"supposed": load_sheet(RUBRIC.id).tops})
        assert_fits(session.but(goal=tried))


@pytest.mark.usefixtures("own_editions")
@pytest.mark.parametrize("edition", EDITIONS)
def test_every_button_of_an_edition_of_ones_own_fits(edition: str) -> None:
    for session in sessions(edition):
        assert_fits(session)


@given(any_choices(RUBRIC), any_levels(RUBRIC), st.data())
def test_any_tap_on_any_row_is_accepted(
    choices: dict[str, tuple[str, ...]], levels: dict[str, int], data: st.DataObject
) -> None:
    record = Record(choices=choices, levels=levels)
    half = data.draw(st.sampled_from(AimPage))
    walker = Walker(Walker().session.but(phase=Phase.AIM, page=half.value, record=record))
    for _ in range(3):
        rows = screen(walker.session).rows
        if not rows:
            return
        choice = data.draw(st.sampled_from([choice for row in rows for choice in row.choices]))
        assert isinstance(choice.wish, AnyInput)
        walker.say(choice.wish)
