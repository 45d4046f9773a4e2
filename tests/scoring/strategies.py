"""Answer sheets of the real rubric, and small random rubrics that brute force can exhaust."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from scoring.answers import Answers
from scoring.editions import load_rubric
from scoring.rubric import Rubric
from scoring.rubric_check import parse_rubric
from tests.examples import tries
from tests.scoring.standard import QUESTIONS, SCENARIOS

RUBRIC = load_rubric("miit-2024")
PROFILES = ("published", "platform")
Choices = dict[str, tuple[str, ...]]
Levels = dict[str, int]

profiles = st.sampled_from(PROFILES)


def examples(count: int) -> settings:
    """How many examples; without limits of time, since the machine may be busy."""
    return settings(max_examples=tries(count), deadline=None, suppress_health_check=[HealthCheck.too_slow])


def choice(question: str) -> st.SearchStrategy[tuple[str, ...]]:
    """A valid answer to a question of the real rubric."""
    item = QUESTIONS[question]
    if item.type == "single":
        return st.sampled_from(item.letters).map(lambda letter: (letter,))
    ticks = st.sets(st.sampled_from(item.letters[1:])).map(lambda letters: tuple(sorted(letters)))
    return ticks.map(lambda letters: letters or ("A",))


complete_choices: st.SearchStrategy[Choices] = st.fixed_dictionaries({q: choice(q) for q in QUESTIONS})
partial_choices: st.SearchStrategy[Choices] = st.fixed_dictionaries({}, optional={q: choice(q) for q in QUESTIONS})
level = st.integers(0, 4)
complete_levels: st.SearchStrategy[Levels] = st.fixed_dictionaries(dict.fromkeys(SCENARIOS, level))
partial_levels: st.SearchStrategy[Levels] = st.fixed_dictionaries({}, optional=dict.fromkeys(SCENARIOS, level))


def answered(rubric: Rubric, choices: Mapping[str, tuple[str, ...]], levels: Mapping[str, int]) -> Answers:
    """Checked answers, made directly: those of a small rubric have no file to be checked against."""
    return Answers(rubric.id, choices, levels, {}, {})


@dataclass(frozen=True)
class Small:
    """A small rubric, its data, the profile to score it under, and partial answers."""

    rubric: Rubric
    data: dict[str, Any]
    profile: str
    choices: Choices
    levels: Levels


def shares(draw: st.DrawFn, count: int) -> list[int]:
    """Whole percentages, also 0, that sum to 100."""
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=count - 1, max_size=count - 1)))
    return [upper - lower for lower, upper in pairwise([0, *cuts, 100])]


def _questions(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The questions and their indicators: one or two indicators in one dimension, weights at both stages."""
    count = draw(st.integers(2, 5))
    split = draw(st.integers(0, count - 1))
    sizes = [size for size in (split, count - split) if size]
    efforts = draw(
        st.lists(st.none() | st.integers(1, 5), min_size=count, max_size=count)
        | st.permutations(range(1, 6)).map(lambda all_five: list(all_five[:count]))
    )
    questions: list[dict[str, Any]] = []
    for indicator, (size, second) in enumerate(zip(sizes, shares(draw, len(sizes)), strict=True)):
        for third in shares(draw, size):
            options = "ABCD"[: draw(st.integers(2, 4))]
            effort = efforts[len(questions)]
            own = st.none() if effort is None else st.none() | st.integers(1, 5)
            questions.append(
                {
                    "id": f"q{len(questions) + 1}",
                    "indicator": f"i{indicator}",
                    "item": "item",
                    "text": "text",
                    "type": draw(st.sampled_from(["single", "multiple"])),
                    "options": [{"id": letter, "text": letter, "effort": draw(own)} for letter in options],
                    "weights": [100, second, third],
                    "effort": effort,
                    "figures": None,
                    "form": None,
                    "source": "test",
                }
            )
    indicators = [
        {"id": f"i{i}", "dimension": "d", "name": "indicator", "source": "test"} for i in range(len(sizes))
    ]  # fmt: skip
    return questions, indicators


def _scenarios(draw: st.DrawFn) -> list[dict[str, Any]]:
    tops = draw(st.just([]) | st.lists(st.integers(1, 3), min_size=2, max_size=6))
    return [
        {
            "id": f"s{i}",
            "name": "scenario",
            "group": "group",
            "restrictive": draw(st.booleans()),
            "levels": [f"s{i} level {n + 1}" for n in range(top)],
            "efforts": draw(st.just([]) | st.lists(st.integers(1, 9), min_size=top, max_size=top)),
            "source": "test",
        }
        for i, top in enumerate(tops)
    ]


def _grades(draw: st.DrawFn, scenarios: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One to three rows, each asking at least as much as the one below, all reachable."""
    count = draw(st.integers(1, 3))
    top = min((len(scenario["levels"]) for scenario in scenarios), default=0)
    restrictive = sum(scenario["restrictive"] for scenario in scenarios)
    scores = sorted(draw(st.lists(st.integers(1, 100), min_size=count, max_size=count)))
    levels = sorted(draw(st.lists(st.integers(min(1, top), top), min_size=count, max_size=count)))
    needed = sorted(draw(st.lists(st.integers(0, len(scenarios)), min_size=count, max_size=count)))
    bound = sorted(draw(st.lists(st.integers(0, restrictive), min_size=count, max_size=count)))
    rows = zip(scores, levels, needed, bound, strict=True)
    return [
        {
            "grade": i,
            "name": f"grade {i}",
            "level": lev,
            "score": score,
            "scenarios": need,
            "restrictive": min(need, res),
            "source": "test",
        }
        for i, (score, lev, need, res) in enumerate(rows, start=1)
    ]


def _profiles(draw: st.DrawFn, questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The general rule, and a profile that values the options of multiple choices unequally."""
    values = {}
    for question in questions:
        if question["type"] == "multiple" and draw(st.booleans()):
            letters = [option["id"] for option in question["options"]]
            values[question["id"]] = dict(zip(letters, map(str, [0, *shares(draw, len(letters) - 1)]), strict=True))
    return [
        {"id": "published", "name": "as published", "option_values": {}, "source": "test"},
        {"id": "uneven", "name": "uneven", "option_values": values, "source": "test"},
    ]


@st.composite
def small(draw: st.DrawFn) -> Small:
    """A valid rubric of 2 to 5 questions and no scenario or 2 to 6 of them, with partial answers to it."""
    (questions, indicators), scenarios = _questions(draw), _scenarios(draw)
    data = {
        "id": "small",
        "title": "small",
        "language": "en",
        "official": True,
        "no_grade": "none",
        "dimensions": [{"id": "d", "name": "dimension", "source": "test"}],
        "operations": "operations",
        "indicators": indicators,
        "figures": [],
        "questions": questions,
        "levels": [{"level": n, "name": f"level {n}", "text": "text", "source": "test"} for n in (1, 2, 3)],
        "scenarios": scenarios,
        "grades": _grades(draw, scenarios),
        "profiles": _profiles(draw, questions),
        "rules": [],
        "glossary": [],
        "energy": [],
    }
    choices: Choices = {}
    for question in questions:
        letters = [option["id"] for option in question["options"]]
        if question["type"] == "single":
            given = draw(st.none() | st.sampled_from(letters).map(lambda letter: (letter,)))
        else:
            given = draw(st.none() | st.sets(st.sampled_from(letters[1:])).map(lambda s: tuple(sorted(s)) or ("A",)))
        if given:
            choices[question["id"]] = given
    levels: Levels = {}
    for scenario in scenarios:
        reached = draw(st.none() | st.integers(0, len(scenario["levels"])))
        if reached is not None:
            levels[scenario["id"]] = reached
    return Small(parse_rubric(data), data, draw(st.sampled_from(["published", "uneven"])), choices, levels)
