"""Plan and "what if" on a page, which has room for every item with all that can be wished or supposed of it."""

from collections.abc import Iterator

from bot.screens.parts import Choice, Row
from bot.words.wording import Wording
from flows.cards import PlanCard, WhatIfCard
from flows.events import AnswerValue
from flows.inputs import Suppose, Want, Wanted
from scoring.plan import Plan
from scoring.rubric import Question

# the plan


def wish_rows(card: PlanCard, words: Wording) -> tuple[Row, ...]:
    """The items that a plan may touch: as it comes, in any case, or not at all."""
    planned = _planned(card.gap.plan, words) if card.gap and card.gap.plan else {}
    listed = {*card.open, *card.goal.excluded, *planned}
    return tuple(_wish_row(item, card, planned.get(item, ""), words) for item in words.rubric.items if item in listed)


def _wish_row(item: str, card: PlanCard, planned: str, words: Wording) -> Row:
    wished, text = _wished(item, card), words.text
    offered = [wanted for wanted in (Wanted.FREE, Wanted.PINNED, Wanted.EXCLUDED) if _may(wanted, item, card)]
    choices = tuple(
        Choice(
            str(number),
            text(f"aim.wish.{wanted.value}"),
            Want(item, wanted),
            wanted is wished,
            text(f"aim.wish.{wanted.value}"),
        )
        for number, wanted in enumerate(offered, start=1)
    )
    return Row(item, _group(item, words), words.item_label(item), planned or text("aim.untouched"), choices)


def _may(wanted: Wanted, item: str, card: PlanCard) -> bool:
    """What is at its top, or is a result, cannot be asked for."""
    return wanted is not Wanted.PINNED or item in card.open


def _wished(item: str, card: PlanCard) -> Wanted:
    if item in card.goal.excluded:
        return Wanted.EXCLUDED
    return Wanted.PINNED if item in card.goal.pinned else Wanted.FREE


def _planned(plan: Plan, words: Wording) -> dict[str, str]:
    """What the plan does to each of its items, in short words."""
    questions = {
        step.question: words.text("aim.do", what=_told(step.question, step.letters, words)) for step in plan.questions
    }
    lifts = {
        step.scenario: words.text("aim.change", before=words.level_name(step.start), after=words.level_name(step.end))
        for step in plan.scenarios
    }
    return questions | lifts


# what if


def supposal_rows(card: WhatIfCard, words: Wording) -> tuple[Row, ...]:
    """The items that can be raised, each with the present answer and those above it; lower ones are not offered."""
    rows = (_supposal_row(item, card, words) for item in words.rubric.items)
    return tuple(row for row in rows if len(row.choices) > (0 if row.several else 1))


def _supposal_row(item: str, card: WhatIfCard, words: Wording) -> Row:
    question = words.rubric.question.get(item)
    ticks = question is not None and question.kind.ticks
    offered = _ticks(question, card, words) if question and ticks else _steps(item, card, words)
    return Row(item, _group(item, words), words.item_label(item), _state(item, card, words), tuple(offered), ticks)


def _steps(item: str, card: WhatIfCard, words: Wording) -> Iterator[Choice]:
    """The present answer, and each that is higher; what was supposed by typing may be a lower one."""
    present, tried = _present(item, card), card.answers[item]
    for answer in dict.fromkeys((present, *_higher(item, present, words), tried)):
        key = _key(answer)
        text = words.plain(item, key) if key else words.answer(None)
        yield Choice(key, text, Suppose(item, answer), answer == tried, _told(item, answer, words))


def _ticks(question: Question, card: WhatIfCard, words: Wording) -> Iterator[Choice]:
    """The options that are not ticked yet, each to be tried beside the others."""
    item, kind = question.id, question.kind
    present, tried = _letters(_present(item, card)), _letters(card.answers[item])
    for letter in kind.steps(present):
        on = letter not in tried
        answer = kind.ticked(tried, letter, on=on) or present or None
        yield Choice(letter, words.plain(item, letter), Suppose(item, answer), not on, words.short(item, letter))


def _present(item: str, card: WhatIfCard) -> AnswerValue | None:
    """The answer on record."""
    credit = card.before.credits.get(item)
    return credit.letters if credit else card.before.levels.get(item)


def _higher(item: str, present: AnswerValue | None, words: Wording) -> list[AnswerValue]:
    """The answers above the present one; above none, all but the lowest, which is worth no more."""
    question = words.rubric.question.get(item)
    every: list[AnswerValue] = (
        [(letter,) for letter in question.letters]
        if question
        else [*range(len(words.rubric.scenario[item].levels) + 1)]
    )
    return every[1 if present is None else every.index(present) + 1 :]


def _key(answer: AnswerValue | None) -> str:
    return "" if answer is None else str(answer) if isinstance(answer, int) else answer[0]


def _letters(answer: AnswerValue | None) -> tuple[str, ...]:
    return answer if isinstance(answer, tuple) else ()


def _state(item: str, card: WhatIfCard, words: Wording) -> str:
    """What is, or what is tried instead, and what that asks for."""
    text, present, tried = words.text, _present(item, card), card.answers[item]
    before = _told(item, present, words)
    if item not in card.goal.supposed or tried is None:
        return text("what_if.now", answer=before)
    if (question := words.rubric.question.get(item)) and question.kind.ticks:
        added = tuple(letter for letter in _letters(tried) if letter not in _letters(present))
        return text("what_if.added", answer=before, what=_told(item, added, words))
    change = text("aim.change", before=before, after=_told(item, tried, words))
    return text("what_if.then", change=change, what=words.plain(item, _key(tried)))


# both


def _group(item: str, words: Wording) -> str:
    """What stands above an item: the group of a scenario, or a question's dimension."""
    scenario = words.rubric.scenario.get(item)
    return scenario.group if scenario else words.page_name(words.rubric.dimension_of[item])


def _told(item: str, answer: AnswerValue | None, words: Wording) -> str:
    """A level, or all options in their short words: there is room for them."""
    if isinstance(answer, tuple):
        return words.text("list.separator").join(words.short(item, letter) for letter in answer)
    return words.answer(answer)
