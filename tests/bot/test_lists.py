"""Re-check, plan and what-if in steps: each fits a phone's screen, and one change costs five taps."""

from functools import cache

import pytest
from uniseg.wrap import tt_wrap

from bot.screens import Screen, screen_of
from bot.screens.wishes import Wish
from bot.words.wording import Medium, wording
from flows.cards import LevelCard, PlanCard, QuestionCard, RecheckCard, WhatIfCard
from flows.inputs import Answer, AnyInput, Browse, Commit, KeepRest, Overview, Pick, Recheck, TakeLevel, Tick
from flows.listing import AT_ONCE, NAMED, items_of_pages, lists
from flows.outcome import changes
from flows.session import Phase
from locales import LANGUAGES
from tests.bot.support import sessions, shown
from tests.flows.driver import RUBRIC, Walker, finished

LINES, COLUMNS = 20, 40
"""A phone's screen; a full-width character takes two columns."""
ROWS = 10
"""Rows of buttons: short ones stand two in a row, as do the names of lists and items."""
STEPS = {
    name: session
    for name, session in sessions().items()
    if name.startswith(("recheck", "plan", "what_if", "anew", "again committing"))
}


def lines_of(screen: Screen) -> int:
    """As a phone shows it, choices a line each at least."""
    chosen = [f"{choice.key}  ✓ {choice.text}" for choice in screen.choices]
    texts = filter(None, [screen.header, screen.title, *screen.body, *chosen, screen.hint])
    return sum(map(_height, texts))


@cache  # steps differ in a line or two
def _height(text: str) -> int:
    return len(list(tt_wrap(text, COLUMNS, ambiguous_as_wide=True)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", STEPS)
def test_every_step_fits_a_phone(language: str, name: str) -> None:
    for medium in Medium:
        words = wording(language, RUBRIC.id, medium)
        screen = screen_of(shown(STEPS[name], language)[0], words)
        assert lines_of(screen) <= LINES, name
        assert -(-len(screen.choices) // 2) + -(-len(screen.actions) // 3) <= ROWS, name


@pytest.mark.parametrize("most", [AT_ONCE, NAMED])
def test_lists_are_short_and_hold_every_item_once(most: int) -> None:
    found = lists(RUBRIC, most)
    assert [item for items in found.values() for item in items] == list(RUBRIC.items)
    assert all(0 < len(items) <= most for items in found.values())
    assert {page.partition(".")[0] for page in found} == set(items_of_pages(RUBRIC))


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_have_names_of_their_own(language: str) -> None:
    for half in ("plan", "what_if"):
        _, screen, _ = shown(sessions()[f"{half}  from 0"], language)
        names = [choice.text for choice in screen.choices]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("half", ["plan", "what_if"])
def test_lists_follow_each_other_in_a_circle_and_leave_none_out(half: str) -> None:
    summary = shown(sessions()[f"{half}  from 0"], "zh-Hans")[1]
    offered = [choice.wish.page for choice in summary.choices if isinstance(choice.wish, Browse)]
    page, seen = offered[0], []
    while page not in seen:
        seen.append(page)
        screen = shown(sessions()[f"{half} {page} from 0"], "zh-Hans")[1]
        (page,) = [action.wish.page for action in screen.actions if isinstance(action.wish, Browse)]
    assert seen == offered


def test_what_is_chosen_is_counted_beside_its_list() -> None:
    for name, session in STEPS.items():
        card, screen, _ = shown(session, "zh-Hans")
        if not isinstance(card, PlanCard | WhatIfCard) or card.list:
            continue
        marked = {choice.wish.item for choice in screen.typed if choice.marked}  # type: ignore[union-attr]  # of an item
        for choice in screen.choices:
            if isinstance(choice.wish, Browse):
                count = len(marked.intersection(card.lists[choice.wish.page]))
                ending = f" {count} 项"
                assert choice.text.endswith(ending) is (count > 0), name


@pytest.mark.parametrize("name", [name for name in STEPS if name.startswith("what_if")])
def test_score_and_grade_stand_above_what_is_tried(name: str) -> None:
    card, screen, words = shown(STEPS[name], "zh-Hans")
    assert isinstance(card, WhatIfCard)
    grades = {"before": words.grade(card.before.grade), "after": words.grade(card.after.grade)}
    assert words.text("compare.grade", **grades) == screen.body[1]


# how many taps


class Thumb(Walker):
    """Taps only what is on the card."""

    taps = 0

    def tap(self, wish: AnyInput) -> None:
        _, screen, _ = shown(self.session, "zh-Hans")
        offered: list[Wish] = [*(choice.wish for choice in screen.choices), *(action.wish for action in screen.actions)]
        assert wish in offered, (wish, screen)
        self.say(wish)
        self.taps += 1

    def change(self, item: str) -> None:
        """One more option, another option, or another level."""
        assert self.session.item == item
        if isinstance(self.card, LevelCard):
            self.tap(TakeLevel(3))
        elif RUBRIC.question[item].kind.ticks:
            self.tap(Tick("B", on=True))
        else:
            self.tap(Answer(("B",)))


@pytest.mark.parametrize("item", RUBRIC.items)
def test_a_re_check_of_any_item_costs_five_taps(item: str) -> None:
    page = next(page for page, items in lists(RUBRIC, NAMED).items() if item in items)
    thumb = Thumb(finished().session)
    for wish in (Recheck(), Browse(page), Pick((item,), on=True)):
        thumb.tap(wish)
    thumb.change(item)
    thumb.tap(Commit())
    assert thumb.session.phase is Phase.RESULT
    assert thumb.session.record != finished().session.record
    assert thumb.taps == 5


@pytest.mark.parametrize("event", changes(RUBRIC.id))
def test_a_re_check_after_an_event_with_the_rest_unchanged_costs_five_taps(event: str) -> None:
    items = changes(RUBRIC.id)[event]
    thumb = Thumb(finished().session)
    thumb.tap(Recheck())
    thumb.tap(Pick(items, on=True))
    thumb.change(items[0])
    thumb.tap(KeepRest()) if thumb.session.asking else None
    thumb.tap(Commit())
    assert thumb.session.phase is Phase.RESULT
    assert thumb.taps == 5


def test_something_else_may_have_changed_too() -> None:
    thumb = Thumb(finished().session)
    thumb.tap(Recheck())
    thumb.tap(Pick(changes(RUBRIC.id)["security_work"], on=True))
    thumb.change("q6")
    thumb.tap(KeepRest())
    thumb.tap(Overview())
    thumb.tap(Overview("operations"))
    thumb.go("quality").take(2)
    thumb.tap(Commit())
    changed = thumb.session.record
    assert (changed.choices["q6"], changed.choices["q7"], changed.levels["quality"]) == (("B",), ("A",), 2)


def test_who_types_needs_no_list() -> None:
    card, screen, _ = shown(sessions()["recheck marked"], "zh-Hans")
    assert isinstance(card, RecheckCard)
    assert not card.list
    assert Pick(("quality",), on=True) in [choice.wish for choice in screen.typed]


def test_a_question_before_a_re_check_offers_no_commitment() -> None:
    walker = Walker().begin().go("q1")
    walker.say(Tick("B", on=True))
    assert isinstance(walker.card, QuestionCard)
    assert not walker.card.commits
