"""The rubric as a table of whole numbers, so that scoring is exact and fast.

All points are multiples of 1/scale, the least common denominator of every option's points; Fractions appear
only at the edge. Standard, section 三（一）, 评分逻辑 1 and 2; section 二 for grades.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import accumulate
from math import lcm
from typing import NamedTuple

from scoring.decoding import short
from scoring.editions import load_rubric
from scoring.errors import AnswersError, Fault, FaultCode
from scoring.rubric import Profile, Question, Rubric
from scoring.steps import Increment, increments

UNIT = 1 << 16
"""Two counts travel in one number: a scenario adds UNIT, and 1 more if it is restrictive."""


@dataclass(frozen=True)
class Credit:
    """What an answer is worth: value (0 to 100) × weight = points, exactly."""

    letters: tuple[str, ...]
    value: Fraction
    weight: Fraction
    points: Fraction

    @cached_property
    def proof(self) -> dict[str, str]:
        """The three numbers in lowest terms: "5" or "5/2"."""
        return {"value": str(self.value), "weight": str(self.weight), "points": str(self.points)}


KEPT = 1024
"""How many answers are remembered: firms answer alike, but a question of 15 options has 16,384 of them."""


class Row(dict[tuple[str, ...], int]):
    """The scaled points of a question by its chosen letters, filled as they are met."""

    def __init__(self, dimension: str, points: Mapping[str, int]) -> None:
        self.dimension = dimension
        self.points = points

    def __missing__(self, letters: tuple[str, ...]) -> int:
        points = sum(self.points[letter] for letter in letters)
        if len(self) < KEPT:
            self[letters] = points
        return points


@dataclass(frozen=True)
class GradeRow:
    """A row of the grading table with a scaled threshold."""

    grade: int
    level: int
    points: int
    scenarios: int
    restrictive: int


class Tally(NamedTuple):
    """A score in scaled points, by dimension too, and both partial grades.

    `counts[level]` is (all, restrictive) scenarios at that level or above.
    """

    points: int
    dimensions: dict[str, int]
    counts: tuple[tuple[int, int], ...]
    score_grade: int
    scenario_grade: int

    @property
    def grade(self) -> int:
        """The grade needs both conditions of the same row (standard, section 二)."""
        return min(self.score_grade, self.scenario_grade)


class Sheet:
    """The scoring table of a rubric under a profile.

    `steps` are those that a plan may take, `bent` the questions some rung of which is dearer than one above it, and
    `climbs` what each level of a scenario costs from the ground. `full` is each question's most points, `tops` its best
    answer, `highest` each scenario's last level; `most` is the sum of all points, the number of scenarios, and that of
    restrictive ones.
    """

    def __init__(self, rubric: Rubric, profile: str) -> None:
        self.rubric = rubric
        self.profile = profile
        points = {question.id: _points(question, rubric.profile(profile)) for question in rubric.questions}
        self.scale = lcm(*(value.denominator for options in points.values() for value in options.values()))
        self.weights = {question.id: _weight(question) for question in rubric.questions}
        self.rows = {
            item: Row(rubric.dimension_of[item], {letter: int(value * self.scale) for letter, value in row.items()})
            for item, row in points.items()
        }
        self.full = {item: int(100 * weight * self.scale) for item, weight in self.weights.items()}
        self.tops = {question.id: question.kind.best for question in rubric.questions}
        self.highest = {scenario.id: len(scenario.levels) for scenario in rubric.scenarios}
        self.most = (
            sum(self.full.values()),
            len(rubric.scenarios),
            sum(scenario.restrictive for scenario in rubric.scenarios),
        )
        self.grades = tuple(
            GradeRow(row.grade, row.level, row.score * self.scale, row.scenarios, row.restrictive)
            for row in rubric.grades
        )
        self.top = max(self.highest.values(), default=0)
        self.steps = tuple(self._steps())
        self.bent = frozenset(step.question for step in self.steps if len(step.letters) > 1)
        self.climbs = {
            scenario.id: (0, *accumulate(map(scenario.effort, range(1, len(scenario.levels) + 1))))
            for scenario in rubric.scenarios
        }
        self.lines = frozenset(row.score for row in rubric.grades)
        self._thresholds = [row.points for row in self.grades]
        self._units = {scenario.id: UNIT + scenario.restrictive for scenario in rubric.scenarios}
        self._no_points = dict.fromkeys((dimension.id for dimension in rubric.dimensions), 0)

    @cached_property
    def others(self) -> tuple["Sheet", ...]:
        """The sheets of the same rubric under its other profiles."""
        return tuple(Sheet(self.rubric, entry.id) for entry in self.rubric.profiles if entry.id != self.profile)

    def tally(self, choices: Mapping[str, tuple[str, ...]], levels: Mapping[str, int]) -> Tally:
        """Score checked answers: letters by question, levels by scenario; what is missing counts as nothing."""
        rows, dimensions = self.rows, self._no_points.copy()
        for question, letters in choices.items():
            row = rows[question]
            dimensions[row.dimension] += row[letters]
        points = sum(dimensions.values())
        counts = self._counts(levels)
        return Tally(points, dimensions, counts, self._score_grade(points), self._scenario_grade(counts))

    def best(self, choices: Mapping[str, tuple[str, ...]], levels: Mapping[str, int]) -> Tally:
        """The tally of the best completion: what is missing earns everything."""
        return self.tally({**self.tops, **choices}, {**self.highest, **levels})

    def grade_of(self, points: int, levels: Mapping[str, int]) -> int:
        """The grade of scaled points and levels."""
        return min(self._score_grade(points), self._scenario_grade(self._counts(levels)))

    def _counts(self, levels: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
        units, at = self._units, [0] * (self.top + 1)
        for scenario, level in levels.items():
            at[level] += units[scenario]
        return tuple([divmod(count, UNIT) for count in accumulate(reversed(at))])[::-1]

    def _score_grade(self, points: int) -> int:
        return bisect_right(self._thresholds, points)

    def _scenario_grade(self, counts: tuple[tuple[int, int], ...]) -> int:
        best = 0
        for row in self.grades:
            reached, restrictive = counts[row.level]
            if reached >= row.scenarios and restrictive >= row.restrictive:
                best = row.grade
        return best

    def credit(self, question: str, letters: tuple[str, ...]) -> Credit:
        """The proof of one answer."""
        return _credit(self, question, letters)

    def exact(self, points: int) -> Fraction:
        """Scaled points as points."""
        return Fraction(points, self.scale)

    def _steps(self) -> list[Increment]:
        """All steps that a plan may take, the most points for the effort first, then the standard's order."""
        found = [
            step for question in self.rubric.questions for step in increments(question, self.rows[question.id].points)
        ]
        place = self.rubric.position
        return sorted(found, key=lambda step: (Fraction(step.effort, step.gain), place[step.question], step.letters))


@lru_cache(KEPT)
def _credit(sheet: Sheet, question: str, letters: tuple[str, ...]) -> Credit:
    return Credit(letters, *_worth(sheet, question, sheet.rows[question][letters]))


@lru_cache(KEPT)
def _worth(sheet: Sheet, question: str, points: int) -> tuple[Fraction, Fraction, Fraction]:
    """Value, weight and points: there are far fewer of them than ways to tick options."""
    weight, exact = sheet.weights[question], sheet.exact(points)
    return exact / weight if weight else Fraction(0), weight, exact


def _weight(question: Question) -> Fraction:
    """The share of the whole score: the product of the three weights."""
    first, second, third = question.weights
    return Fraction(first * second * third, 100**3)


def _points(question: Question, profile: Profile) -> dict[str, Fraction]:
    weight = _weight(question)
    return {letter: value * weight for letter, value in _values(question, profile).items()}


def _values(question: Question, profile: Profile) -> dict[str, Fraction]:
    """Each option's value, 0 to 100: by the profile, or by the general rule of the question's kind."""
    if question.id in profile.option_values:
        return {letter: Fraction(value) for letter, value in profile.option_values[question.id].items()}
    return question.kind.values()


def load_sheet(edition: str, profile: str | None = None) -> Sheet:
    """The sheet of an edition under one of its profiles, or under its own rule.

    Raises MissingEditionError if the edition is not here, AnswersError if it has no such profile.
    """
    return _load(edition, profile or load_rubric(edition).profiles[0].id)


@lru_cache
def _load(edition: str, profile: str) -> Sheet:
    rubric = load_rubric(edition)
    profiles = [entry.id for entry in rubric.profiles]
    if profile not in profiles:
        details = {"given": short(profile), "expected": ", ".join(profiles)}
        raise AnswersError([Fault("profile", FaultCode.WRONG_RUBRIC, details)])
    return Sheet(rubric, profile)
