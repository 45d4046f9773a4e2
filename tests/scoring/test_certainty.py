"""How sure the grade is, and which item to ask next: always an open one, and soon nothing is left to ask."""

from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.certainty import Certainty, find_certainty, next_item
from scoring.sheet import Sheet, load_sheet
from tests.scoring.standard import (
    EMPTY_SHEET,
    FULL_SHEET,
    GUIDING,
    QUESTIONS,
    RESTRICTIVE,
    SCENARIOS,
    grade_of,
    score_of,
)
from tests.scoring.strategies import (
    RUBRIC,
    Choices,
    Levels,
    Small,
    complete_choices,
    complete_levels,
    examples,
    partial_choices,
    partial_levels,
    small,
)

SHEET = load_sheet("miit-2024")
NONE: Levels = dict.fromkeys(SCENARIOS, 0)
TOP: Levels = dict.fromkeys(SCENARIOS, 4)
ITEMS = list(RUBRIC.items)


# how sure


def three(choices: Choices, levels: Levels) -> tuple[int, int, int]:
    """The grade by the score alone, by the scenarios alone, and by both."""
    score = score_of(choices)
    return grade_of(score, TOP), grade_of(score_of(FULL_SHEET), levels), grade_of(score, levels)


@examples(100)
@given(
    choices=partial_choices,
    levels=partial_levels,
    others=complete_choices,
    other_levels=complete_levels,
)
def test_every_completion_lies_within_and_the_ends_are_completions(
    choices: Choices, levels: Levels, others: Choices, other_levels: Levels
) -> None:
    sure = find_certainty(SHEET, choices, levels)
    worst, best, some = (
        Certainty(*((grade, grade) for grade in three(more | choices, higher | levels)))
        for more, higher in ((EMPTY_SHEET, NONE), (FULL_SHEET, TOP), (others, other_levels))
    )
    for name in ("score_grade", "scenario_grade", "grade"):
        ends, (within, _) = getattr(sure, name), getattr(some, name)
        assert ends == (getattr(worst, name)[0], getattr(best, name)[1])
        assert ends[0] <= within <= ends[1]


@pytest.mark.parametrize(
    ("choices", "levels", "certainty", "settled"),
    [
        ({}, {}, Certainty((0, 4), (0, 4), (0, 4)), None),
        (FULL_SHEET, {}, Certainty((4, 4), (0, 4), (0, 4)), None),
        ({}, NONE, Certainty((0, 4), (0, 0), (0, 0)), 0),
        (EMPTY_SHEET, {}, Certainty((0, 0), (0, 4), (0, 0)), 0),
        (FULL_SHEET, dict.fromkeys(RESTRICTIVE[:3] + GUIDING[:3], 2), Certainty((4, 4), (2, 4), (2, 4)), None),
        (FULL_SHEET, dict.fromkeys(RESTRICTIVE[:6], 2), Certainty((4, 4), (2, 2), (2, 2)), 2),
        (FULL_SHEET, dict.fromkeys(RESTRICTIVE, 2), Certainty((4, 4), (2, 2), (2, 2)), 2),
    ],
)
def test_a_grade_is_settled_when_worst_and_best_are_the_same(
    choices: Choices, levels: Levels, certainty: Certainty, settled: int | None
) -> None:
    assert find_certainty(SHEET, choices, levels) == certainty
    assert certainty.settled == settled


# what to ask next


@pytest.mark.parametrize(
    ("choices", "levels", "left_out", "item"),
    [
        ({}, TOP, (), "q4"),  # q4 and q5 are the heaviest, 10 points each
        ({}, TOP, ("q4",), "q5"),
        ({}, TOP, ("q4", "q5"), "q1"),
        (FULL_SHEET, {}, (), "product_design"),
        (FULL_SHEET, {}, ("product_design",), "marketing"),  # restrictive; 工艺设计 comes before it
        (FULL_SHEET, {}, RESTRICTIVE, "process_design"),
        (FULL_SHEET, TOP, (), None),
        ({}, {}, ITEMS, None),
    ],
)
def test_the_heaviest_question_and_the_first_restrictive_scenario_come_first(
    choices: Choices, levels: Levels, left_out: tuple[str, ...], item: str | None
) -> None:
    open_items = [name for name in ITEMS if name not in {*choices, *levels, *left_out}]
    assert next_item(SHEET, choices, levels, open_items) == item


def test_scenarios_are_asked_while_only_they_are_in_doubt() -> None:
    """All points but six are there: whatever q2 is, the score is enough for every grade."""
    choices = {q: letters for q, letters in FULL_SHEET.items() if q != "q2"}
    assert next_item(SHEET, choices, {}, ["q2", *SCENARIOS]) == "product_design"


def test_questions_are_asked_while_only_they_are_in_doubt() -> None:
    levels = {name: level for name, level in TOP.items() if name not in (RESTRICTIVE[0], GUIDING[0])}
    assert next_item(SHEET, {}, levels, [*QUESTIONS, RESTRICTIVE[0], GUIDING[0]]) == "q4"


def test_a_scenario_is_asked_when_one_more_low_one_would_settle_that_there_is_no_grade() -> None:
    """With eight of the ten restrictive ones at 0, three of them at level 1 are out of reach."""
    levels = dict.fromkeys(RESTRICTIVE[:7], 0)
    open_items = [item for item in ITEMS if item not in levels]
    assert next_item(SHEET, {}, levels, open_items) == RESTRICTIVE[7]
    assert find_certainty(SHEET, {}, levels | {RESTRICTIVE[7]: 0}).settled == 0


def test_a_question_is_asked_when_one_more_low_one_would_settle_that_there_is_no_grade() -> None:
    """Twenty points are open, ten at each of q4 and q5: unless both are full, there is no grade."""
    choices = {q: EMPTY_SHEET[q] for q in QUESTIONS if q not in ("q4", "q5")}
    assert find_certainty(SHEET, choices, {}).settled is None
    assert next_item(SHEET, choices, {}, ["q4", "q5", *SCENARIOS]) == "q4"


def test_once_the_grade_is_settled_the_standards_order_is_kept() -> None:
    open_items = ["q7", "q4", *SCENARIOS]
    assert next_item(SHEET, EMPTY_SHEET, {}, set(open_items)) == "q4"


@examples(100)
@given(choices=partial_choices, levels=partial_levels, data=st.data())
def test_it_is_always_an_open_item_and_depends_on_nothing_but_the_answers(
    choices: Choices, levels: Levels, data: st.DataObject
) -> None:
    unanswered = [item for item in ITEMS if item not in choices and item not in levels]
    open_items = data.draw(st.lists(st.sampled_from(unanswered), unique=True)) if unanswered else []
    item = next_item(SHEET, choices, levels, open_items)
    assert item in open_items if open_items else item is None
    assert item == next_item(SHEET, choices, levels, frozenset(open_items))


def asked(sheet: Sheet, choices: Choices, levels: Levels, *, in_order: bool = False) -> tuple[int, int]:
    """How many items it takes until the grade is settled, and the grade."""
    answered: Choices = {}
    reached: Levels = {}
    open_items = list(sheet.rubric.items)
    while (grade := find_certainty(sheet, answered, reached).settled) is None:
        item = open_items[0] if in_order else next_item(sheet, answered, reached, open_items)
        assert item is not None
        open_items.remove(item)
        answered |= {item: choices[item]} if item in choices else {}
        reached |= {item: levels[item]} if item in levels else {}
    return len(answered) + len(reached), grade


@examples(30)
@given(choices=complete_choices, levels=complete_levels)
def test_asking_on_settles_the_true_grade(choices: Choices, levels: Levels) -> None:
    assert asked(SHEET, choices, levels)[1] == grade_of(score_of(choices), levels)


@examples(100)
@given(case=small())
def test_small_rubrics_are_settled_too(case: Small) -> None:
    sheet = Sheet(case.rubric, case.profile)
    choices = {q.id: case.choices.get(q.id, q.letters[:1]) for q in case.rubric.questions}
    levels = {s.id: case.levels.get(s.id, 0) for s in case.rubric.scenarios}
    assert asked(sheet, choices, levels)[1] == sheet.tally(choices, levels).grade


def test_it_takes_fewer_items_than_the_standards_order() -> None:
    """A walk through firms of every kind, from all answers low to all answers high."""
    chance = Random(2024)  # noqa: S311  # made-up firms, no secrets
    total = in_order = 0
    for low, high in product(range(4), range(1, 5)):
        levels = {name: chance.randint(min(low, high), max(low, high)) for name in SCENARIOS}
        choices = {q: FULL_SHEET[q] if chance.random() < (low + high) / 8 else EMPTY_SHEET[q] for q in QUESTIONS}
        total += asked(SHEET, choices, levels)[0]
        in_order += asked(SHEET, choices, levels, in_order=True)[0]
    assert total < in_order * 9 / 10
