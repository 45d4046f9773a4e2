"""What to do, step by step and cheapest first, in plain words, each with about how dear it is and how long it takes.

How dear is told by classes of effort, if the edition says what its efforts mean (`Rubric.effort_note`); else only the
whole effort is told. The official text of every step stands in `bot.words.results.plan`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import accumulate, groupby

from bot.words.sections import Section
from bot.words.wording import Wording
from scoring.plan import Gap, Plan
from scoring.rubric import Rubric

CLASSES = (1, 2, 4, 8)
"""Where each class of effort begins: a rule, one piece of software, integration or equipment, a large project."""
FIRST = 3
"""So many steps are told at once; the others on request."""


@dataclass(frozen=True, slots=True)
class Task:
    """One option or one level to reach, and its class of effort: never below that of a step that has to come before."""

    item: str
    key: str
    effort: int


def tasks_of(plan: Plan, rubric: Rubric) -> list[Task]:
    """The steps of a plan, the cheapest first, then in the standard's order."""
    tasks: list[Task] = []
    for step in plan.questions:
        question = rubric.question[step.question]
        own = [class_of(question.efforts[letter]) for letter in step.climbed]
        efforts = accumulate(own, max) if question.kind.ordered else own
        tasks += [Task(step.question, *each) for each in zip(step.climbed, efforts, strict=True)]
    for lift in plan.scenarios:
        levels = range(lift.start + 1, lift.end + 1)
        efforts = accumulate((class_of(rubric.scenario[lift.scenario].effort(level)) for level in levels), max)
        tasks += [Task(lift.scenario, str(level), effort) for level, effort in zip(levels, efforts, strict=True)]
    return sorted(tasks, key=lambda task: task.effort)


def class_of(effort: int) -> int:
    """The class that an effort belongs to."""
    return max(first for first in CLASSES if first <= effort)


def effort_of(plan: Plan, words: Wording) -> str:
    """How much a plan takes in all: so many things of each class."""
    if not words.rubric.effort_note:
        return words.text.count("plan.effort", plan.effort)
    classes = [task.effort for task in tasks_of(plan, words.rubric)]
    counts = [words.text.count(f"effort.count.{each}", classes.count(each)) for each in CLASSES if each in classes]
    return words.text("plan.classes", classes=words.text("effort.separator").join(counts))


def first_steps(missing: Gap, words: Wording, unanswered: Collection[str] = ()) -> Section:
    """The first things to do, and how much there is in all."""
    text = words.text
    if missing.plan is None:
        return Section(text("plan.title", grade=words.grade(missing.grade)), (impossible(words),))
    tasks = tasks_of(missing.plan, words.rubric)
    lines = (
        text(
            "step.line",
            number=number,
            step=_said(task, words, unanswered, words.item_label(task.item)),
            effort=_class(task, words),
        )
        if words.rubric.effort_note
        else text("step.line.bare", number=number, step=_said(task, words, unanswered, words.item_label(task.item)))
        for number, task in enumerate(tasks[:FIRST], start=1)
    )
    title = text("step.first") if len(tasks) >= FIRST else text("step.few")
    whole = (effort_of(missing.plan, words),) if len(tasks) > FIRST else ()
    return Section(title, (*lines, *whole))


def steps_alone(missing: Gap, words: Wording, unanswered: Collection[str] = ()) -> tuple[str, ...]:
    """The first things to do, for a table: numbered, without what they take; why there are none, if there are none."""
    if missing.plan is None:
        return (impossible(words),)
    return tuple(
        words.text("step.line.bare", number=number, step=_said(task, words, unanswered, words.item_label(task.item)))
        for number, task in enumerate(tasks_of(missing.plan, words.rubric)[:FIRST], start=1)
    )


def whole_plan(missing: Gap | None, words: Wording, unanswered: Collection[str] = ()) -> list[Section]:
    """Every step in plain words, by class of effort."""
    text = words.text
    if missing is None:
        return [Section(text("gap.title.none"), (text("gap.none"),))]
    title = text("plan.title", grade=words.grade(missing.grade))
    if missing.plan is None:
        return [Section(title, (impossible(words),))]
    effort, tasks = effort_of(missing.plan, words), tasks_of(missing.plan, words.rubric)
    if not words.rubric.effort_note:
        return [Section(title, (effort, *_listed(tasks, words, unanswered), *results_note(words)))]
    return [
        Section(title, (effort,)),
        *(
            Section(text(f"effort.class.{each}"), _listed(group, words, unanswered))
            for each, group in groupby(tasks, key=lambda task: task.effort)
        ),
        Section(text("plan.notes"), (words.rubric.effort_note, *results_note(words))),
    ]


def _listed(tasks: Iterable[Task], words: Wording, unanswered: Collection[str]) -> tuple[str, ...]:
    return tuple(
        words.text("step.listed", step=_said(task, words, unanswered, words.item_name(task.item))) for task in tasks
    )


def _class(task: Task, words: Wording) -> str:
    return words.text(f"effort.class.{task.effort}")


def _said(task: Task, words: Wording, unanswered: Collection[str], name: str) -> str:
    """What to do, and whether it is only open because nobody has said yet how it stands."""
    text, what = words.text, words.plain(task.item, task.key)
    if task.item in words.rubric.scenario:
        said = text("step.scenario", item=name, level=words.level_name(int(task.key)), what=what)
    else:
        said = text("step.question", item=name, what=what)
    return text("step.open", step=said) if task.item in unanswered else said


def impossible(words: Wording) -> str:
    """Why there is no plan."""
    results = results_of(words.rubric)
    return words.text("plan.none.results", items=words.items(results)) if results else words.text("plan.none")


def results_note(words: Wording) -> list[str]:
    """That results are never planned, if the edition asks for any."""
    results = results_of(words.rubric)
    return [words.text("plan.note.results", items=words.items(results))] if results else []


def results_of(rubric: Rubric) -> list[str]:
    """The questions about results, which nobody can decide to have."""
    return [question.id for question in rubric.questions if question.effort is None]
