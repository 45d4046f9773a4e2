"""What leads on from a result, as a paper words it: soberly, for an official who was not there when it was answered."""

from collections.abc import Iterator, Set

from bot.reports.content import Part
from bot.words.margin import otherwise, revalued
from bot.words.results import sheet_of
from bot.words.steps import CLASSES, results_of, tasks_of
from bot.words.wording import Wording
from scoring.exact import shown
from scoring.plan import Gap, Plan, QuestionStep, ScenarioStep
from scoring.result import Result, shown_score

INDENT = "   "
"""What a line begins with that belongs to the one before it."""


def gap(result: Result, words: Wording) -> Part:
    """What the next grade asks for, what there is of it, and how much is short."""
    if result.next is None:
        return Part(words.text("report.label.gap"), (words.text("report.gap.none"),))
    title = words.text("report.gap.title", grade=words.grade(result.next.grade))
    return Part(title, tuple(_short(result, result.next, words)))


def _short(result: Result, missing: Gap, words: Wording) -> Iterator[str]:
    text, row = words.text, words.rubric.grades[missing.grade - 1]
    reached, restrictive = result.counts[row.level]
    if result.points_short:
        had = shown_score(sheet_of(result), result.score)
        short = shown(result.points_short.as_integer_ratio(), {0})
        yield text("report.gap.score", score=row.score, had=had, short=short)
    if short_of := missing.scenarios_short:
        level = words.level_name(row.level)
        yield text("report.gap.scenarios", level=level, wanted=row.scenarios, had=reached, short=short_of)
    if short_of := missing.restrictive_short:
        yield text("report.gap.restrictive", wanted=row.restrictive, had=restrictive, short=short_of)


def plan(result: Result, words: Wording) -> Part:
    """The measures that take least to reach the next grade, in the standard's words; empty if there is none."""
    if result.next is None:
        return Part("", ())
    title = words.text("report.plan.title", grade=words.grade(result.next.grade))
    found = result.next.plan
    open_items = {item for item in words.rubric.items if item not in result.credits and item not in result.levels}
    lines = _measures(found, words, open_items) if found else iter((words.text("report.plan.none"),))
    return Part(title, (*lines, *_notes(words)))


def _measures(found: Plan, words: Wording, unanswered: Set[str]) -> Iterator[str]:
    classes = [task.effort for task in tasks_of(found, words.rubric)]
    yield words.text("report.plan.least", number=len(classes))
    if words.rubric.effort_note:
        counts = [words.text(f"report.plan.class.{each}", number=classes.count(each)) for each in CLASSES]
        told = (count for each, count in zip(CLASSES, counts, strict=True) if each in classes)
        yield words.text("report.plan.classes", classes=words.text("list.separator").join(told))
    for question in found.questions:
        yield from _of_question(question, words, unfilled=question.question in unanswered)
    for scenario in found.scenarios:
        yield from _of_scenario(scenario, words, unfilled=scenario.scenario in unanswered)


def _of_question(step: QuestionStep, words: Wording, *, unfilled: bool) -> Iterator[str]:
    """Of what nobody has filled in, it is not known whether anything has to be added."""
    texts = {option.id: option.text for option in words.rubric.question[step.question].options}
    name = words.item_name(step.question)
    if step.to is not None:
        yield words.text(
            "report.plan.to.open" if unfilled else "report.plan.to", item=name, option=step.to, text=texts[step.to]
        )
        return
    yield words.text("report.plan.add.open" if unfilled else "report.plan.add", item=name)
    yield from (f"{INDENT}{letter}. {texts[letter]}" for letter in step.add)


def _of_scenario(step: ScenarioStep, words: Wording, *, unfilled: bool) -> Iterator[str]:
    levels = words.rubric.scenario[step.scenario].levels
    start, end = words.level_name(step.start), words.level_name(step.end)
    name = words.item_name(step.scenario)
    if unfilled:
        yield words.text("report.plan.lift.open", item=name, end=end)
    else:
        yield words.text("report.plan.lift", item=name, start=start, end=end)
    for level in range(step.start + 1, step.end + 1):
        asked = words.text("ladder.requirement", level=words.level_name(level), text=levels[level - 1])
        yield f"{INDENT}{asked}"


def _notes(words: Wording) -> Iterator[str]:
    yield words.text("report.plan.note")
    if results := results_of(words.rubric):
        yield words.text("report.plan.note.results", items=words.items(results))


def bounds(result: Result, words: Wording) -> str:
    """Between what score and grade lie while answers are missing; "" when none is."""
    if result.complete:
        return ""
    sheet = sheet_of(result)
    score = _range(words, *(shown_score(sheet, bound) for bound in result.bounds.score))
    return words.text("report.bounds", score=score, grade=_range(words, *map(words.grade, result.bounds.grade)))


def _range(words: Wording, low: str, high: str) -> str:
    return low if low == high else words.text("report.range", low=low, high=high)


def by_other_profiles(result: Result, words: Wording) -> str:
    """The grade by another profile, a line each, where it is another one."""
    return "\n".join(
        words.text("report.otherwise", **revalued(standing.profile, words), grade=words.grade(standing.grade))
        for standing in otherwise(result)
        if standing.grade != result.grade
    )
