"""The conversation by editions of other sizes: whole walks, and any way through the screens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.screens import Screen, screen_of
from bot.screens.wishes import Look
from bot.words.wording import Medium, words_of
from flows.cards import PlanCard, ProvisionalCard, RecheckCard, ResultCard, ReviewCard, WhatIfCard, card_of
from flows.events import Finished, Refusal, Refused, Stale
from flows.inputs import (
    Aim,
    AnyInput,
    Back,
    Commit,
    EnterFigures,
    KeepTarget,
    OpenEnergy,
    Overview,
    Pick,
    PickLevel,
    Quick,
    Recheck,
    Submit,
    Suppose,
    TakeLevel,
)
from flows.retention import rebuilt
from flows.session import AimPage, Assessment, Session, new_session
from scoring.editions import load_rubric, use
from tests.editions.support import EDITIONS, OFFICE, OWN, WORKSHOP
from tests.flows.driver import START, Walker, play, saved
from tests.scoring.strategies import examples

LETTERS = {"q1": "C", "tools": "B", "on_time": "B", "channels": "B", "invoices": "B"}


def finished_by(edition: str) -> tuple[Walker, Assessment]:
    """At the result, and the assessment that led there."""
    walker = Walker(edition=edition).begin(name="示例厂").fill(LETTERS, 2)
    walker.say(Overview())
    walker.say(Submit())
    (event,) = walker.say(Commit())
    assert isinstance(event, Finished)
    return walker, event.assessment


@pytest.mark.parametrize(("edition", "score", "grade"), [(WORKSHOP, "55", 1), (OFFICE, "60", 2)])
def test_a_whole_walk_ends_at_the_grade(edition: str, score: str, grade: int) -> None:
    walker, assessment = finished_by(edition)
    assert (assessment.rubric, assessment.score, assessment.grade) == (edition, score, grade)
    assert isinstance(walker.card, ResultCard)
    assert {*assessment.record.choices, *assessment.record.levels} == set(load_rubric(edition).items)


def test_levels_are_offered_as_far_as_a_scenario_has_them() -> None:
    walker = Walker(edition=WORKSHOP).begin().go("storage")
    assert walker.climb(3) == 3  # to the ladder, and its two rungs
    assert walker.session.record.levels["storage"] == 2
    walker.go("storage")
    walker.say(PickLevel())
    assert walker.refused(TakeLevel(3)) is Refusal.UNKNOWN_LEVEL


def test_without_scenarios_the_review_has_no_page_for_them() -> None:
    walker = Walker(edition=OFFICE).begin()
    walker.say(Overview())
    assert isinstance(walker.card, ReviewCard)
    assert walker.card.pages == {"service": ("channels", "invoices")}
    assert walker.refused(Overview("operations")) is Refusal.UNKNOWN_ITEM


@pytest.mark.parametrize("given", [EnterFigures(), OpenEnergy()])
def test_without_figures_none_are_asked(given: AnyInput) -> None:
    assert Walker(edition=WORKSHOP).begin().refused(given) is Refusal.NOT_HERE


def test_the_quick_order_stops_when_the_grade_is_settled() -> None:
    walker = Walker(edition=WORKSHOP).begin()
    walker.say(Quick())
    walker.fill(level=0)
    assert isinstance(walker.card, ProvisionalCard)
    assert walker.card.settled == 0


@pytest.mark.parametrize(("edition", "item"), [(WORKSHOP, "planning"), (OFFICE, "invoices")])
def test_a_recheck_is_by_the_same_edition_and_knows_no_events(edition: str, item: str) -> None:
    walker, _ = finished_by(edition)
    walker.say(Recheck())
    assert isinstance(walker.card, RecheckCard)
    assert walker.card.changes == {}
    assert item in {item for items in walker.card.lists.values() for item in items}
    walker.say(Pick((item,), on=True))
    assert (walker.session.rubric, walker.session.agenda) == (edition, (item,))
    walker.fill(level=0).finish()
    assert walker.session.baseline


@pytest.mark.parametrize("edition", EDITIONS)
def test_plan_and_what_if(edition: str) -> None:
    walker, _ = finished_by(edition)
    walker.say(Aim(AimPage.PLAN))
    assert isinstance(walker.card, PlanCard)
    assert walker.card.gap
    assert walker.card.gap.plan
    walker.say(KeepTarget())
    assert walker.session.goal.target
    walker.say(Aim(AimPage.WHAT_IF))
    assert isinstance(walker.card, WhatIfCard)
    item, answer = next((item, answer) for item, answer in walker.card.raised.items() if answer is not None)
    walker.say(Suppose(item, answer))
    assert walker.card.after.score >= walker.card.before.score


# from one edition to another


def test_a_new_start_is_by_the_edition_of_today_and_keeps_the_firm_but_no_aim_at_other_items() -> None:
    walker, _ = finished_by(WORKSHOP)
    walker.say(Aim(AimPage.PLAN))
    walker.say(KeepTarget())
    walker.say(Back())
    walker.anew()
    begun = walker.session
    assert (begun.rubric, begun.agenda) == ("miit-2024", load_rubric("miit-2024").items)
    assert begun.firm.name == "示例厂"
    assert begun.goal.target == {}


def test_by_the_same_edition_a_new_start_keeps_the_aim() -> None:
    use(OWN, WORKSHOP)
    walker, _ = finished_by(WORKSHOP)
    walker.say(Aim(AimPage.PLAN))
    walker.say(KeepTarget())
    kept = walker.session.goal
    walker.say(Back())
    walker.anew()
    assert (walker.session.rubric, walker.session.goal) == (WORKSHOP, kept)


def test_a_session_that_is_too_old_falls_back_to_an_assessment_by_another_edition_without_its_aim() -> None:
    _, assessment = finished_by(WORKSHOP)
    late = Walker().begin().session
    late = late.but(goal=late.goal.model_copy(update={"target": {"q12": ("C",)}}))
    session = rebuilt(late, [assessment])
    assert session
    assert (session.rubric, session.goal.target) == (WORKSHOP, {})
    assert isinstance(card_of(load_rubric(WORKSHOP), session), ResultCard)


# any way through


def ways(screen: Screen) -> list[AnyInput]:
    """Everything that a person may answer on a screen."""
    wishes = [choice.wish for choice in screen.choices] + [action.wish for action in screen.actions]
    return [wish for wish in wishes if not isinstance(wish, Look)]


def shown(session: Session, language: str) -> Screen:
    words = words_of(session.but(language=language), Medium.TAPPING)
    return screen_of(card_of(words.rubric, session), words)


@pytest.mark.parametrize("edition", EDITIONS)
@examples(60)
@given(data=st.data())
def test_any_way_through_the_screens_leads_on_without_an_error(edition: str, data: st.DataObject) -> None:
    use(OWN, edition)
    session = new_session("s1", load_rubric(edition), "zh-Hans", START)
    for number in range(data.draw(st.integers(5, 60))):
        screens = [shown(session, language) for language in ("zh-Hans", "en")]
        for screen in screens:
            text = "\n".join(
                [screen.title, screen.header, *screen.body, *(c.text for c in screen.choices), screen.hint]
            )
            assert "0/0" not in text
            assert "{" not in text
        given = data.draw(st.sampled_from(ways(screens[0])))
        done = play(session, given, START, f"fresh{number}")
        assert not any(isinstance(event, Stale) for event in done.events)
        refused = [event.reason for event in done.events if isinstance(event, Refused)]
        assert set(refused) <= {
            Refusal.NOTHING_TICKED,
            Refusal.NOTHING_PICKED,
            Refusal.NOTHING_TO_AIM_AT,
            Refusal.NO_WAY_BACK,
        }
        session = saved(done.session)
