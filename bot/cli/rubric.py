"""`shuping rubric`: the rubric as the program holds it."""

from collections.abc import Iterator
from typing import TextIO

from pydantic_core import to_json

from bot.words.wording import Wording, wording
from scoring.rubric import OFFICIAL_LANGUAGE, Rubric, load_rubric


def print_rubric(out: TextIO, form: str, language: str | None) -> int:
    """Print the rubric; without a language the official one, as scripts expect."""
    language = language or OFFICIAL_LANGUAGE
    if form == "json":
        out.write(to_json(load_rubric(language).model_dump(mode="json"), indent=1).decode() + "\n")
    else:
        out.write("\n".join(markdown(load_rubric(language), wording(language))) + "\n")
    return 0


def markdown(rubric: Rubric, words: Wording) -> Iterator[str]:
    """The rubric as a document to read."""
    text = words.text
    yield f"# {rubric.title}\n"
    if not rubric.official:
        yield f"{text('rubric.unofficial')}\n"
    yield f"## {text('rubric.grades')}\n"
    for grade in rubric.grades:
        yield "- " + text(
            "rubric.grade",
            grade=words.grade(grade.grade),
            score=grade.score,
            scenarios=grade.scenarios,
            restrictive=grade.restrictive,
            level=words.level_name(grade.level),
        )
    yield f"\n## {text('rubric.questions')}\n"
    for question in rubric.questions:
        weights = " × ".join(f"{weight}%" for weight in question.weights)
        kind = text(f"rubric.{question.type}")
        yield f"### {words.item_name(question.id)}: {question.text}\n\n{kind} · {weights}\n"
        yield from (f"- {option.id} {option.text}" for option in question.options)
        yield ""
    yield f"## {text('rubric.scenarios')}\n"
    for scenario in rubric.scenarios:
        yield f"### {words.item_name(scenario.id)} ({scenario.group})\n"
        yield from (f"{level}. {requirement}" for level, requirement in enumerate(scenario.levels, start=1))
        yield ""
    yield f"## {text('rubric.rules')}\n"
    yield from (f"- {rule.text} ({rule.source})" for rule in rubric.rules)
    yield f"\n## {text('rubric.glossary')}\n"
    yield from (f"- **{term.term}** {term.text}" for term in rubric.glossary)
    yield f"\n## {text('rubric.energy')}\n"
    yield from (f"- {fuel.name}: {fuel.coefficient} tce / {fuel.unit}" for fuel in rubric.energy)
