"""Answer files of made-up firms: complete and consistent, always the same ones; every second one gives figures."""

import json
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

from scoring.editions import load_rubric
from scoring.rubric import Question, Rubric

RUBRIC = load_rubric("miit-2024")
SEED = 2024


def answer_files(count: int) -> Iterator[dict[str, Any]]:
    """So many firms."""
    chance = Random(SEED)  # noqa: S311  # made-up firms, no secrets
    for number in range(count):
        yield answer_file(RUBRIC, chance, figures=number % 2 == 1)


def written(file: dict[str, Any]) -> bytes:
    """A file as a line of JSON, decimals as numbers."""
    return json.dumps(file, ensure_ascii=False, default=float).encode() + b"\n"


def answer_file(rubric: Rubric, chance: Random, *, figures: bool) -> dict[str, Any]:
    """One firm; with figures, the questions that follow from them are answered by them alone."""
    asked = [question for question in rubric.questions if not (figures and question.figures)]
    levels = {scenario.id: chance.randint(0, len(scenario.levels)) for scenario in rubric.scenarios}
    return {
        "rubric": rubric.id,
        "answers": {question.id: _letters(question, chance) for question in asked},
        "figures": _figures(chance) if figures else {},
        "scenarios": levels,
    }


def _letters(question: Question, chance: Random) -> str | list[str]:
    if question.type == "single":
        return chance.choice(question.letters)
    some = question.letters[1:]
    chosen = sorted(chance.sample(some, chance.randint(0, len(some))))
    return chosen or [question.letters[0]]


def _figures(chance: Random) -> dict[str, Any]:
    """Every figure of the 2024 form, each part smaller than its whole."""
    machines, revenue = chance.randint(10, 500), [_amount(chance) for _ in range(3)]
    return {
        "machines": machines,
        "machines_digital": chance.randint(0, machines),
        "machines_networked": chance.randint(0, machines),
        "digital_investment": [amount * chance.randint(0, 80) / 100 for amount in revenue],
        "revenue": revenue,
        "revenue_last": revenue[-1],
        "revenue_prev": revenue[-2],
        **{name: _amount(chance) for name in ("energy_last", "energy_prev", "cost_last", "cost_prev")},
        **{name: Decimal(chance.randint(900, 1000)) / 10 for name in ("pass_rate_before", "pass_rate_after")},
        **{name: chance.randint(20, 300) for name in ("employees_last", "employees_prev")},
    }


def _amount(chance: Random) -> Decimal:
    return Decimal(chance.randint(100_000, 9_999_999)) / 100
