"""Before and after: what changed between two answer files, or between two results, item by item.

Two editions need not mean the same by an item of the same name, so across editions only the score, what dimensions
of the same name come to, and the grades are told.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from scoring.answers import check_answers
from scoring.decoding import short
from scoring.errors import AnswersError, Fault, FaultCode
from scoring.result import assess
from scoring.result_json import result_json
from scoring.shape import shape_faults
from scoring.sheet import Sheet


class _Loose(BaseModel):
    """The parts of a result that a comparison reads; other keys are let through."""

    model_config = ConfigDict(extra="ignore", frozen=True)


EXACT = re.compile(r"-?[0-9]{1,40}(?:/0{0,40}[1-9][0-9]{0,40}|\.[0-9]{1,40})?")
"""A number as results hold it: "5", "5/2", and "2.5" by hand. What is longer, or divided by 0, is none."""


def _bounded(value: Any) -> Any:
    """Looked at before anything is worked out: a Fraction of "1e999999999" would take minutes."""
    if isinstance(value, str) and EXACT.fullmatch(value) is None:
        raise ValueError(value)
    return value


Exact = Annotated[Fraction, BeforeValidator(_bounded)]


class _Score(_Loose):
    exact: Exact
    dimensions: dict[str, Exact]


class _Question(_Loose):
    points: Exact
    option: str | None = None
    options: list[str] | None = None

    @property
    def letters(self) -> list[str]:
        return self.options or ([self.option] if self.option else [])


class _Scenarios(_Loose):
    levels: dict[str, int]


class Snapshot(_Loose):
    """One side of a comparison: a result, read back."""

    rubric: str
    profile: str
    score: _Score
    questions: dict[str, _Question]
    scenarios: _Scenarios
    score_grade: int
    scenario_grade: int
    grade: int


def snapshot(sheet: Sheet, data: Any) -> Snapshot:
    """A result by the sheet's edition as it was printed, or answers, which are scored first.

    AnswersError if it is neither.
    """
    if not isinstance(data, dict) or "score" not in data:
        data = result_json(sheet, assess(sheet, check_answers(sheet.rubric, data)))
    try:
        side = Snapshot.model_validate(data)
    except ValidationError as error:
        raise AnswersError(shape_faults(error)) from None
    if faults := list(_name_faults(sheet, side)) or list(_level_faults(sheet, side)):
        raise AnswersError(faults)
    return side


def _name_faults(sheet: Sheet, side: Snapshot) -> Iterator[Fault]:
    """Another rubric, or names that it does not have."""
    profiles = [profile.id for profile in sheet.rubric.profiles]
    for place, given, known in (("rubric", side.rubric, [sheet.rubric.id]), ("profile", side.profile, profiles)):
        if given not in known:
            yield Fault(place, FaultCode.WRONG_RUBRIC, {"given": short(given), "expected": ", ".join(known)})
    for item, entry in sheet.rubric.question.items():
        for letter in side.questions[item].letters if item in side.questions else ():
            if letter not in entry.letters:
                details = {"given": short(letter), "expected": ", ".join(entry.letters)}
                yield Fault(f"questions.{item}.option", FaultCode.UNKNOWN_OPTION, details)
                break


def _level_faults(sheet: Sheet, side: Snapshot) -> Iterator[Fault]:
    """Levels and grades that the rubric does not have: a result may have been written by hand."""
    grades = {name: getattr(side, name) for name in ("score_grade", "scenario_grade", "grade")}
    given_levels = side.scenarios.levels
    levels = {f"scenarios.levels.{name}": given_levels[name] for name in sheet.rubric.scenario if name in given_levels}
    for most, entries in ((len(sheet.grades), grades), (sheet.top, levels)):
        expected = ", ".join(map(str, range(most + 1)))
        for place, given in entries.items():
            if not 0 <= given <= most:
                yield Fault(place, FaultCode.UNKNOWN_LEVEL, {"given": short(str(given)), "expected": expected})


def compare(before: tuple[Sheet, Snapshot], after: tuple[Sheet, Snapshot]) -> dict[str, Any]:
    """What changed, as JSON: only items that differ, then score, dimensions, both partial grades and grade.

    Each side comes with a sheet of its edition. A missing answer is null, never 0; across editions, all items are null
    together.
    """
    (old_sheet, old), (new_sheet, new) = before, after
    same = old.rubric == new.rubric
    return {
        "rubric": new.rubric,
        "rubrics": [old.rubric, new.rubric],
        "profiles": [old.profile, new.profile],
        "questions": _questions(new_sheet, old, new) if same else None,
        "scenarios": _scenarios(new_sheet, old, new) if same else None,
        "score": {
            **_change(old.score.exact, new.score.exact),
            "dimensions": {
                dimension.id: _change(old.score.dimensions[dimension.id], new.score.dimensions[dimension.id])
                for dimension in new_sheet.rubric.dimensions
                if dimension.id in old.score.dimensions and dimension.id in new.score.dimensions
            },
        },
        **{
            name: {"before": getattr(old, name), "after": getattr(new, name)}
            for name in ("score_grade", "scenario_grade", "grade")
        },
        "grade_names": {
            "before": old_sheet.rubric.grade_name(old.grade),
            "after": new_sheet.rubric.grade_name(new.grade),
        },
    }


def _change(before: Fraction, after: Fraction) -> dict[str, str]:
    return {"before": str(before), "after": str(after), "change": str(after - before)}


def _questions(sheet: Sheet, before: Snapshot, after: Snapshot) -> list[dict[str, Any]]:
    changes = []
    for item in sheet.rows:
        sides = before.questions.get(item), after.questions.get(item)
        if sides[0] != sides[1]:
            old, new = (side.points if side else Fraction(0) for side in sides)
            letters = {name: side.letters if side else None for name, side in zip(SIDES, sides, strict=True)}
            changes.append({"id": item, **letters, "points": _change(old, new)})
    return changes


SIDES = ("before", "after")


def _scenarios(sheet: Sheet, before: Snapshot, after: Snapshot) -> list[dict[str, Any]]:
    old, new = before.scenarios.levels, after.scenarios.levels
    return [
        {"id": name, "before": old.get(name), "after": new.get(name)}
        for name in sheet.rubric.scenario
        if old.get(name) != new.get(name)
    ]
