"""How far a result stands from the lines around it, and which single answer it hangs on.

A firm fills the form in itself; in pilot cities its answers are then checked on site. An answer that is turned down
there is taken one step lower: the dearest ticked option of a multiple choice does not count, a single choice
falls by one rung, a scenario by one level. An answer is fragile if that alone would cost the grade. Letters that
figures gave are answers like all others; what is missing counts as nothing, here too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.sheet import Sheet, Tally

Answer = tuple[str, ...] | int
"""The letters of a question, or the level of a scenario."""


@dataclass(frozen=True, slots=True)
class Fragile:
    """An answer that the grade hangs on: what it is now, what one step lower is, and the grade that would remain."""

    item: str
    now: Answer
    then: Answer
    grade: int


@dataclass(frozen=True, slots=True)
class Distance:
    """From a row of the grading table: points, scenarios and restrictive scenarios at the row's level."""

    points: Fraction
    scenarios: int
    restrictive: int


@dataclass(frozen=True, slots=True)
class Margin:
    """Distances are 0 or more: `above` is what is more than the present grade asks for (None without a grade),
    `below` what the next one still asks for (None at the highest). `fragile` is in the standard's order.
    """

    grade: int
    above: Distance | None
    below: Distance | None
    fragile: tuple[Fragile, ...]

    @property
    def solid(self) -> bool:
        """There is a grade, and no single answer turned down would cost it."""
        return self.grade > 0 and not self.fragile


@dataclass(frozen=True, slots=True)
class Standing:
    """What the same answers come to under a profile."""

    profile: str
    score: Fraction
    score_grade: int
    grade: int


def find_margin(sheet: Sheet, choices: Mapping[str, tuple[str, ...]], levels: Mapping[str, int]) -> Margin:
    """The margin of checked answers, complete or not (standard, section 二)."""
    tally = sheet.tally(choices, levels)
    grade = tally.grade
    return Margin(
        grade,
        _distance(sheet, tally, grade, 1) if grade else None,
        _distance(sheet, tally, grade + 1, -1) if grade < len(sheet.grades) else None,
        tuple(_fragile(sheet, tally, choices, levels)) if grade else (),
    )


def _distance(sheet: Sheet, tally: Tally, grade: int, sign: int) -> Distance:
    """From the row of the grade: upwards if `sign` is 1, downwards if it is -1."""
    row = sheet.grades[grade - 1]
    scenarios, restrictive = tally.counts[row.level]
    return Distance(
        sheet.exact(max(0, sign * (tally.points - row.points))),
        max(0, sign * (scenarios - row.scenarios)),
        max(0, sign * (restrictive - row.restrictive)),
    )


def _fragile(
    sheet: Sheet, tally: Tally, choices: Mapping[str, tuple[str, ...]], levels: Mapping[str, int]
) -> Iterator[Fragile]:
    for item in sheet.rubric.items:
        if letters := choices.get(item):
            row = sheet.rows[item]
            lower = sheet.rubric.question[item].kind.lowered(letters, row.points)
            grade = sheet.grade_of(tally.points - row[letters] + row[lower], levels)
            if grade < tally.grade:
                yield Fragile(item, letters, lower, grade)
        elif level := levels.get(item):
            grade = sheet.grade_of(tally.points, {**levels, item: level - 1})
            if grade < tally.grade:
                yield Fragile(item, level, level - 1, grade)


def in_other_profiles(
    sheet: Sheet, choices: Mapping[str, tuple[str, ...]], levels: Mapping[str, int]
) -> tuple[Standing, ...]:
    """The same answers under every other profile of the rubric, in its order."""
    tallies = ((other, other.tally(choices, levels)) for other in sheet.others)
    return tuple(
        Standing(other.profile, other.exact(tally.points), tally.score_grade, tally.grade) for other, tally in tallies
    )
