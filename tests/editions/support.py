"""The editions, where they lie, and answers to them."""

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from scoring.answers import Answers, check_answers
from scoring.editions import load_rubric
from scoring.rubric import Rubric

OWN = Path(__file__).parent / "own"
WORKSHOP, OFFICE = "workshop-2026", "office-2026"
EDITIONS = (WORKSHOP, OFFICE)

LOW: dict[str, Any] = {
    WORKSHOP: {
        "answers": {"q1": "A", "tools": ["A"], "on_time": "A"},
        "scenarios": {"planning": 0, "quality": 0, "storage": 0},
    },
    OFFICE: {"answers": {"channels": ["A"], "invoices": "A"}},
}
MIDDLE: dict[str, Any] = {
    WORKSHOP: {
        "answers": {"q1": "C", "tools": ["B"], "on_time": "B"},
        "scenarios": {"planning": 2, "quality": 1, "storage": 0},
    },
    OFFICE: {"answers": {"channels": ["B"], "invoices": "B"}},
}
HIGH: dict[str, Any] = {
    WORKSHOP: {
        "answers": {"q1": "D", "tools": ["B", "C"], "on_time": "C"},
        "scenarios": {"planning": 3, "quality": 3, "storage": 2},
    },
    OFFICE: {"answers": {"channels": ["B", "C", "D"], "invoices": "B"}},
}
STANDS = {"nothing": {WORKSHOP: {}, OFFICE: {}}, "low": LOW, "middle": MIDDLE, "high": HIGH}


def file_of(edition: str, answers: dict[str, Any]) -> dict[str, Any]:
    """An answer file that names its edition."""
    return {"rubric": edition, **answers}


def checked(edition: str, stand: str) -> Answers:
    return check_answers(load_rubric(edition), file_of(edition, STANDS[stand][edition]))


def any_choices(rubric: Rubric) -> st.SearchStrategy[dict[str, tuple[str, ...]]]:
    """Valid answers to some of the questions."""
    answers: dict[str, st.SearchStrategy[tuple[str, ...]]] = {}
    for question in rubric.questions:
        if question.type == "single":
            answers[question.id] = st.sampled_from(question.letters).map(lambda letter: (letter,))
        else:
            ticks = st.sets(st.sampled_from(question.letters[1:])).map(lambda letters: tuple(sorted(letters)))
            answers[question.id] = ticks.map(lambda letters: letters or ("A",))
    return st.fixed_dictionaries({}, optional=answers)


def any_levels(rubric: Rubric) -> st.SearchStrategy[dict[str, int]]:
    """Levels of some of the scenarios."""
    return st.fixed_dictionaries({}, optional={s.id: st.integers(0, len(s.levels)) for s in rubric.scenarios})
