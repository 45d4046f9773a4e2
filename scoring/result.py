"""Score, grade, bounds and gap of checked answers, each number with its proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.answers import Answers
from scoring.exact import shown
from scoring.figures import Derivation
from scoring.plan import Gap, find_gap
from scoring.sheet import Credit, Sheet, Tally


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the greatest that any completion of the missing answers can give."""

    score: tuple[Fraction, Fraction]
    grade: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Result:
    """What answers come to. `score` and `dimensions` are points (0 to 100), what is missing counts as 0.

    `counts[level]` is (all, restrictive) scenarios at that level or above; `credits` and `derivations` trace
    every point to an answer, its value, its weight and its figures. `next` is None at the highest grade.
    """

    rubric: str
    profile: str
    complete: bool
    score: Fraction
    dimensions: Mapping[str, Fraction]
    credits: Mapping[str, Credit]
    derivations: Mapping[str, Derivation]
    levels: Mapping[str, int]
    counts: tuple[tuple[int, int], ...]
    score_grade: int
    scenario_grade: int
    grade: int
    bounds: Bounds
    next: Gap | None
    points_short: Fraction | None


def assess(sheet: Sheet, answers: Answers) -> Result:
    """The full result of checked answers under the sheet's profile."""
    choices, levels = answers.choices, answers.levels
    tally = sheet.tally(choices, levels)
    next_gap = find_gap(sheet, tally, choices, levels, tally.grade + 1) if tally.grade < len(sheet.grades) else None
    return Result(
        rubric=answers.rubric,
        profile=sheet.profile,
        complete=len(choices) + len(levels) == len(sheet.rubric.items),
        score=sheet.exact(tally.points),
        dimensions={name: sheet.exact(points) for name, points in tally.dimensions.items()},
        credits={item: sheet.credit(item, choices[item]) for item in sheet.rows if item in choices},
        derivations=answers.derivations,
        levels={name: levels[name] for name in sheet.rubric.scenario if name in levels},
        counts=tally.counts,
        score_grade=tally.score_grade,
        scenario_grade=tally.scenario_grade,
        grade=tally.grade,
        bounds=find_bounds(sheet, answers, tally),
        next=next_gap,
        points_short=sheet.exact(next_gap.points_short) if next_gap else None,
    )


def find_bounds(sheet: Sheet, answers: Answers, tally: Tally) -> Bounds:
    """Nothing earned by what is missing, against everything earned by it."""
    if len(answers.choices) + len(answers.levels) == len(sheet.rubric.items):
        score = sheet.exact(tally.points)
        return Bounds((score, score), (tally.grade, tally.grade))
    best = sheet.best(answers.choices, answers.levels)
    return Bounds((sheet.exact(tally.points), sheet.exact(best.points)), (tally.grade, best.grade))


def shown_score(sheet: Sheet, score: Fraction) -> str:
    """The score with two decimals, or more where rounding would cross a threshold."""
    return shown(score.as_integer_ratio(), sheet.lines)
