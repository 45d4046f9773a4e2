"""`shuping rubric`: an edition as the program holds it, and whether an edition of one's own is right."""

import sys
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import TextIO

from pydantic_core import to_json

from bot.cli.files import read_file
from bot.cli.parser import STDIO
from bot.words.wording import Wording, wording
from flows.text import inert
from locales import DEFAULT_LANGUAGE, LANGUAGES, catalogue
from scoring.editions import check_edition, current, load_rubric
from scoring.rubric import Grade, Rubric
from scoring.rubric_check import parse_rubric


def print_rubric(out: TextIO, form: str, edition: str | None, language: str | None) -> int:
    """Print an edition; without a language the official text, as scripts expect. Raises MissingEditionError."""
    rubric = load_rubric(edition or current().id, language)
    if form == "json":
        out.write(to_json(rubric.model_dump(mode="json"), indent=1).decode() + "\n")
        return 0
    ours = language or (rubric.language if rubric.language in LANGUAGES else DEFAULT_LANGUAGE)
    out.write("\n".join(markdown(rubric, wording(ours, rubric.id))) + "\n")
    return 0


def check_rubric(file: Path, language: str) -> int:
    """Say what an edition holds, if all is right with it and its translations. Raises RubricError and OSError."""
    text = catalogue(language)
    rubric = parse_rubric(read_file(STDIO)) if str(file) == STDIO else check_edition(file)
    sizes = {"questions": len(rubric.questions), "scenarios": len(rubric.scenarios), "grades": len(rubric.grades)}
    sys.stdout.write(inert(text("rubric.right", title=rubric.title, id=rubric.id, **sizes)) + "\n")
    return 0


def markdown(rubric: Rubric, words: Wording) -> Iterator[str]:
    """The rubric as a document to read."""
    text = words.text
    yield f"# {rubric.title}\n"
    if not rubric.official:
        yield f"{text('rubric.unofficial')}\n"
    yield f"## {text('rubric.grades')}\n"
    yield from (f"- {_grade(grade, words)}" for grade in rubric.grades)
    if rubric.effort_note:
        yield f"\n{rubric.effort_note}"
    yield f"\n## {text('rubric.questions')}\n"
    for question in rubric.questions:
        weights = " × ".join(f"{weight}%" for weight in question.weights)
        kind = text(f"rubric.{question.type}")
        yield f"### {words.item_name(question.id)}: {question.text}\n\n{kind} · {weights}\n"
        yield from (
            f"- {option.id} {_weighed(option.text, option.effort, option.reason, words)}" for option in question.options
        )
        yield ""
    yield from _section(text("rubric.scenarios"), _scenarios(rubric, words))
    yield from _section(text("rubric.rules"), (f"- {rule.text} ({rule.source})" for rule in rubric.rules))
    yield from _section(text("rubric.glossary"), (f"- **{term.term}** {term.text}" for term in rubric.glossary))
    fuels = (f"- {fuel.name}: {fuel.coefficient} tce / {fuel.unit}" for fuel in rubric.energy)
    yield from _section(text("rubric.energy"), fuels)


def _section(title: str, lines: Iterable[str]) -> list[str]:
    """A heading and its lines; nothing if there are none."""
    found = list(lines)
    return [f"## {title}\n", *found, ""] if found else []


def _grade(grade: Grade, words: Wording) -> str:
    name = words.grade(grade.grade)
    if not grade.level:
        return words.text("rubric.grade.score", grade=name, score=grade.score)
    return words.text(
        "rubric.grade",
        grade=name,
        score=grade.score,
        scenarios=grade.scenarios,
        restrictive=grade.restrictive,
        level=words.level_name(grade.level),
    )


def _scenarios(rubric: Rubric, words: Wording) -> Iterator[str]:
    for scenario in rubric.scenarios:
        yield f"### {words.item_name(scenario.id)} ({scenario.group})\n"
        told = zip_longest(scenario.levels, scenario.efforts, scenario.reasons)
        yield from (f"{level}. {_weighed(*each, words)}" for level, each in enumerate(told, start=1))
        yield ""


def _weighed(official: str, effort: int | None, reason: str | None, words: Wording) -> str:
    """An official text, and what the step to it takes, if the edition says so."""
    if effort is None:
        return official
    if not reason:
        return words.text("rubric.effort", text=official, effort=effort)
    return words.text("rubric.effort.reason", text=official, effort=effort, reason=reason)
