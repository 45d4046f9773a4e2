"""What if some answers were others? A result beside the record, which stays as it is."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scoring.answers import Answers, check_answers
from scoring.result import Result, assess
from scoring.rubric import Rubric
from scoring.sheet import Sheet

Changes = Mapping[str, str | list[str] | int]
"""New answers by item, better or worse, as in an answer file: a letter, a list of letters, a level."""


def what_if(sheet: Sheet, answers: Answers, changes: Changes) -> Result:
    """The result of checked answers with some of them replaced. Raises AnswersError if a new answer is none."""
    return assess(sheet, changed(sheet.rubric, answers, changes))


def changed(rubric: Rubric, answers: Answers, changes: Changes) -> Answers:
    """Checked answers with some of them replaced.

    A new letter outweighs the figures behind the old one, so the calculation goes unless it gives that letter too.
    """
    new = check_answers(rubric, _as_file(rubric, changes))
    choices = {**answers.choices, **new.choices}
    return replace(
        answers,
        choices=choices,
        levels={**answers.levels, **new.levels},
        derivations={
            item: derivation
            for item, derivation in answers.derivations.items()
            if choices[item] == (derivation.option,)
        },
    )


def _as_file(rubric: Rubric, changes: Changes) -> dict[str, dict[str, Any]]:
    """The changes as an answer file; an item that is none is left for the check to refuse."""
    levels = {item: value for item, value in changes.items() if item in rubric.scenario}
    return {"answers": {item: value for item, value in changes.items() if item not in levels}, "scenarios": levels}
