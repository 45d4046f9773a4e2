"""What to aim for: the plan to a grade under wishes, and "what if"."""

from bot.screens.parts import BACK, HELP, PAUSE, Action, Choice, Screen, letter
from bot.screens.wishes import Detail
from bot.words.results import gap, shown_points
from bot.words.wording import Wording
from flows.cards import PlanCard, WhatIfCard
from flows.inputs import Aim, AimAt, ClearAim, KeepTarget, Suppose, Want, Wanted
from flows.session import AimPage, Goal
from scoring.plan import QuestionStep, ScenarioStep

KEEP_TARGET = Action("keep_target", KeepTarget())
CLEAR = Action("clear_aim", ClearAim())
WHAT_IF = Action("what_if", Aim(AimPage.WHAT_IF))
AIM = Action("aim", Aim(AimPage.PLAN))


def plan_screen(card: PlanCard, words: Wording) -> Screen:
    """The grades above by letter, the items by number: a tap takes one out of the plan, or puts it in."""
    if card.gap is None:
        return Screen(
            words.text("gap.title.none"), body=(words.text("gap.none"),), actions=(WHAT_IF, BACK, HELP, PAUSE)
        )
    grades = tuple(
        Choice(
            letter(i),
            words.text("aim.grade", grade=words.grade(grade)),
            AimAt(grade),
            grade == card.gap.grade,
        )
        for i, grade in enumerate(card.grades)
    )
    planned = _planned(card, words)
    listed = {*card.open, *card.goal.excluded, *planned}
    items = tuple(
        Choice(
            str(words.item_number(item)),
            _line(words, item, _state(item, planned, card.goal, words)),
            Want(item, _next_wish(item, planned, card.goal)),
            item in planned,
        )
        for item in words.rubric.items
        if item in listed
    )
    return Screen(
        words.text("plan.title", grade=words.grade(card.gap.grade)),
        body=(*_effort(card, words), *target_lines(card.goal, words)),
        choices=(*grades, *items),
        hint=words.hint("aim"),
        actions=(Action("plan", Detail.PLAN), KEEP_TARGET, WHAT_IF, CLEAR, BACK, HELP, PAUSE),
    )


def what_if_screen(card: WhatIfCard, words: Wording) -> Screen:
    """The items by number: a tap raises one by a step, and from the top back to what it is."""
    text = words.text
    after = gap(card.after, words)
    grades = {"before": words.grade(card.before.grade), "after": words.grade(card.after.grade)}
    items = tuple(
        Choice(
            str(words.item_number(item)),
            _line(words, item, _supposed(item, card, words)),
            Suppose(item, following),
            item in card.goal.supposed,
        )
        for item, following in card.raised.items()
        if following is not None or item in card.goal.supposed
    )
    return Screen(
        text("what_if.title"),
        body=(
            text("compare.score", before=shown_points(card.before), after=shown_points(card.after)),
            text("compare.grade", **grades),
            after.title,
            *after.lines,
            *target_lines(card.goal, words),
        ),
        choices=items,
        hint=words.hint("what_if"),
        actions=(KEEP_TARGET, AIM, CLEAR, BACK, HELP, PAUSE),
    )


def target_lines(goal: Goal, words: Wording) -> tuple[str, ...]:
    """The kept target, in a line."""
    if not goal.target:
        return ()
    items = [_line(words, item, words.answer(answer)) for item, answer in goal.target.items()]
    return (words.text("aim.target", items=words.text("list.separator").join(items)),)


def _effort(card: PlanCard, words: Wording) -> list[str]:
    plan = card.gap.plan if card.gap else None
    return [words.text("aim.none")] if plan is None else [words.text.count("plan.effort", plan.effort)]


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


def _state(item: str, planned: dict[str, str], goal: Goal, words: Wording) -> str:
    if item in goal.excluded:
        return words.text("aim.excluded")
    pinned = words.text("aim.pinned") if item in goal.pinned else ""
    return words.text("list.separator").join(part for part in (planned.get(item, ""), pinned) if part)


def _next_wish(item: str, planned: dict[str, str], goal: Goal) -> Wanted:
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
