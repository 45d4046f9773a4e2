"""What to aim for: the plan to a grade under wishes, and "what if"."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.screens.aim_rows import supposal_rows, wish_rows
from bot.screens.parts import BACK, HELP, PAUSE, Action, Choice, Screen, letter, list_names, next_list
from bot.screens.wishes import Detail
from bot.words.results import gap, shown_points
from bot.words.wording import Medium, Wording
from flows.cards import PlanCard, WhatIfCard
from flows.inputs import Aim, AimAt, Browse, ClearAim, KeepTarget, Suppose, Want, Wanted
from flows.session import AimPage, Goal
from scoring.plan import QuestionStep, ScenarioStep

KEEP_TARGET = Action("keep_target", KeepTarget())
CLEAR = Action("clear_aim", ClearAim())
WHAT_IF = Action("what_if", Aim(AimPage.WHAT_IF))
AIM = Action("aim", Aim(AimPage.PLAN))

Told = Callable[[str, int, Wording], str]
"""A list's name, with how much is chosen there."""


def plan_screen(card: PlanCard, words: Wording) -> Screen:
    """The grades above and the lists of items, by letter; or one list, where a tap takes an item out of the plan or in.

    Who types says an item's number at once. A page has all items, with what may be wished of each.
    """
    if card.gap is None:
        return Screen(
            words.text("gap.title.none"), body=(words.text("gap.none"),), actions=(WHAT_IF, BACK, HELP, PAUSE)
        )
    planned = _planned(card, words)
    items = _wishes(card, planned, words)
    title = words.text("plan.title", grade=words.grade(card.gap.grade))
    grades = tuple(
        Choice(
            letter(i),
            words.text("aim.grade", grade=words.grade(grade)),
            AimAt(grade),
            grade == card.gap.grade,
            words.short_grade(grade),
        )
        for i, grade in enumerate(card.grades)
    )
    summary = Screen(
        title,
        body=(*_effort(card, words), *target_lines(card.goal, words)),
        choices=(*grades, *_lists(card.lists, items, _planned_there, len(grades), words)),
        hint=words.hint("aim"),
        actions=(Action("plan", Detail.PLAN), KEEP_TARGET, WHAT_IF, CLEAR, BACK, HELP, PAUSE),
        typed=tuple(items.values()),
    )
    if words.medium is Medium.PAGE:
        none = (words.text("aim.none"),) if card.gap.plan is None else ()
        return replace(
            summary,
            body=(*none, *target_lines(card.goal, words)),
            choices=grades,
            rows=wish_rows(card, words),
            actions=(KEEP_TARGET, WHAT_IF, CLEAR, BACK, HELP, PAUSE),
        )
    if card.list:
        return _opened(summary, card, items, (title, *(() if planned else _effort(card, words))), words)
    return summary


def what_if_screen(card: WhatIfCard, words: Wording) -> Screen:
    """The lists of items, by letter; or one list, where a tap raises an item by a step, from the top back to what is.

    What becomes of score and grade stands above either. A page has all items, with all that each may be raised to.
    """
    text = words.text
    after = gap(card.after, words)
    grades = {"before": words.grade(card.before.grade), "after": words.grade(card.after.grade)}
    change = (
        text("compare.score", before=shown_points(card.before), after=shown_points(card.after)),
        text("compare.grade", **grades),
    )
    items = _supposals(card, words)
    summary = Screen(
        text("what_if.title"),
        body=(*change, after.title, *after.lines, *target_lines(card.goal, words)),
        choices=_lists(card.lists, items, _raised_there, 0, words),
        hint=words.hint("what_if"),
        actions=(KEEP_TARGET, AIM, CLEAR, BACK, HELP, PAUSE),
        typed=tuple(items.values()),
    )
    if words.medium is Medium.PAGE:
        short = {"before": words.short_grade(card.before.grade), "after": words.short_grade(card.after.grade)}
        body = (change[0], text("compare.grade", **short), *target_lines(card.goal, words))
        return replace(summary, body=body, choices=(), rows=supposal_rows(card, words))
    return _opened(summary, card, items, change, words) if card.list else summary


def _opened(
    summary: Screen, card: PlanCard | WhatIfCard, items: Mapping[str, Choice], body: tuple[str, ...], words: Wording
) -> Screen:
    """One list of items, in the place of all."""
    pages = [page for page, listed in card.lists.items() if any(item in items for item in listed)]
    what_if = isinstance(card, WhatIfCard)
    return replace(
        summary,
        title=list_names(card.lists, words)[card.list],
        body=body,
        choices=tuple(items[item] for item in card.lists[card.list] if item in items),
        hint=words.hint("what_if.list" if what_if else "aim.list"),
        actions=(*next_list(pages, card.list), KEEP_TARGET, BACK, HELP, PAUSE),
    )


def _lists(
    lists: Mapping[str, Sequence[str]], items: Mapping[str, Choice], told: Told, before: int, words: Wording
) -> tuple[Choice, ...]:
    """The lists in which there is something to choose, with how much is chosen there; letters go on after `before`."""
    shown = [
        (page, name) for page, name in list_names(lists, words).items() if any(item in items for item in lists[page])
    ]
    marked = {page: sum(item in items and items[item].marked for item in lists[page]) for page, _ in shown}
    return tuple(
        Choice(
            letter(i),
            told(name, marked[page], words) if marked[page] else name,
            Browse(page),
            label=name,
        )
        for i, (page, name) in enumerate(shown, start=before)
    )


def _planned_there(name: str, count: int, words: Wording) -> str:
    return words.text("aim.list.planned", list=name, count=count)


def _raised_there(name: str, count: int, words: Wording) -> str:
    return words.text("what_if.list.raised", list=name, count=count)


def _wishes(card: PlanCard, planned: Mapping[str, str], words: Wording) -> dict[str, Choice]:
    listed = {*card.open, *card.goal.excluded, *planned}
    return {
        item: Choice(
            str(words.item_number(item)),
            _line(words, item, _state(item, planned, card.goal, words)),
            Want(item, _next_wish(item, planned, card.goal)),
            item in planned,
            words.item_label(item),
        )
        for item in words.rubric.items
        if item in listed
    }


def _supposals(card: WhatIfCard, words: Wording) -> dict[str, Choice]:
    return {
        item: Choice(
            str(words.item_number(item)),
            _line(words, item, _supposed(item, card, words)),
            Suppose(item, following),
            item in card.goal.supposed,
            words.item_label(item),
        )
        for item, following in card.raised.items()
        if following is not None or item in card.goal.supposed
    }


def target_lines(goal: Goal, words: Wording) -> tuple[str, ...]:
    """That a target is kept; the result shows which, and what of it is done."""
    return (words.text.count("aim.target", len(goal.target)),) if goal.target else ()


def _effort(card: PlanCard, words: Wording) -> list[str]:
    plan = card.gap.plan if card.gap else None
    if plan is None:
        return [words.text("aim.none")]
    return [words.text.count("aim.items", len(plan.questions) + len(plan.scenarios))]


def _planned(card: PlanCard, words: Wording) -> dict[str, str]:
    """What the plan does to each of its items, in a few characters."""
    plan = card.gap.plan if card.gap else None
    steps: tuple[QuestionStep | ScenarioStep, ...] = (*plan.questions, *plan.scenarios) if plan else ()
    return dict(_step(step, words) for step in steps)


def _step(step: QuestionStep | ScenarioStep, words: Wording) -> tuple[str, str]:
    if isinstance(step, ScenarioStep):
        start, end = words.level_name(step.start), words.level_name(step.end)
        return step.scenario, words.text("aim.change", before=start, after=end)
    if step.to is not None:
        return step.question, words.text("aim.to", option=step.to)
    return step.question, words.text("aim.add", options=words.answer(step.add))


def _state(item: str, planned: Mapping[str, str], goal: Goal, words: Wording) -> str:
    if item in goal.excluded:
        return words.text("aim.excluded")
    pinned = words.text("aim.pinned") if item in goal.pinned else ""
    return words.text("list.separator").join(part for part in (planned.get(item, ""), pinned) if part)


def _next_wish(item: str, planned: Mapping[str, str], goal: Goal) -> Wanted:
    """What is in the plan is most likely not wanted there; what is not in it, most likely is."""
    if item in (*goal.pinned, *goal.excluded):
        return Wanted.FREE
    return Wanted.EXCLUDED if item in planned else Wanted.PINNED


def _supposed(item: str, card: WhatIfCard, words: Wording) -> str:
    now = card.before.levels.get(item)
    before = words.answer(card.before.credits[item].letters if item in card.before.credits else now)
    if item not in card.goal.supposed:
        return before
    return words.text("aim.change", before=before, after=words.answer(card.answers[item]))


def _line(words: Wording, item: str, state: str) -> str:
    return words.text("aim.item", item=words.item_label(item), state=state) if state else words.item_label(item)
