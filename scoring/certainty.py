"""How sure the grade is while answers are missing, and which item to ask next to be sure soonest.

The grade is settled when the worst completion and the best one give the same. For every row of the grading table
that is undecided, two things could decide it: both conditions are met whatever is missing (yes), or one of them
can no longer be met (no). A row's doubt is 1 while nothing is known and 0 when it is decided: the product of
what is still to go to a yes and to a no. The item to ask is the one that leaves the least doubt if it is answered
as it would be on average, all answers being equally likely.

Two rules leave only two candidates. Of questions, the heaviest moves both sides of the score most. Of scenarios, a
restrictive one counts in both of the conditions. Which of the two to ask is for the doubt to say. The floats
here only put questions in order; they never reach a result.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import prod
from operator import add, sub

from scoring.rubric import Rubric, Scenario
from scoring.sheet import GradeRow, Sheet, Tally


@dataclass(frozen=True, slots=True)
class Certainty:
    """(worst, best) grade over all completions of the missing answers; both conditions, and their lesser."""

    score_grade: tuple[int, int]
    scenario_grade: tuple[int, int]
    grade: tuple[int, int]

    @property
    def settled(self) -> int | None:
        """The grade, if no answer that is missing can change it."""
        worst, best = self.grade
        return worst if worst == best else None


def find_certainty(sheet: Sheet, choices: Mapping[str, tuple[str, ...]], levels: Mapping[str, int]) -> Certainty:
    """What checked answers, complete or not, settle already (standard, section 二)."""
    worst, best = sheet.tally(choices, levels), sheet.best(choices, levels)
    return Certainty(
        (worst.score_grade, best.score_grade),
        (worst.scenario_grade, best.scenario_grade),
        (worst.grade, best.grade),
    )


def next_item(
    sheet: Sheet, choices: Mapping[str, tuple[str, ...]], levels: Mapping[str, int], open_items: Collection[str]
) -> str | None:
    """The one of `open_items`, which are unanswered, that is likely to settle the grade soonest.

    Once it is settled, the first in the standard's order; None if nothing is open. Items that are left out of
    `open_items`, such as parked ones, stay unknown.
    """
    question, scenario = _heaviest(sheet, open_items), _first(sheet.rubric, open_items)
    if question is None or scenario is None:
        return question or scenario
    worst, best = sheet.tally(choices, levels), sheet.best(choices, levels)
    rows = sheet.grades[worst.grade : best.grade]
    if not rows:
        return next(item for item in sheet.rubric.items if item in open_items)
    half, middle = sheet.full[question] / 2, sheet.rubric.scenario[scenario]
    asked_question = sum(_doubt(sheet, row, worst, best, (half, 0, 0), (half, 0, 0)) for row in rows)
    asked_scenario = sum(_doubt(sheet, row, worst, best, *_average(middle, row)) for row in rows)
    return question if asked_question <= asked_scenario else scenario


def _heaviest(sheet: Sheet, open_items: Collection[str]) -> str | None:
    return max((item for item in sheet.rows if item in open_items), key=sheet.full.__getitem__, default=None)


def _first(rubric: Rubric, open_items: Collection[str]) -> str | None:
    """The first open restrictive scenario, else the first open one."""
    open_ones = [scenario for scenario in rubric.scenarios if scenario.id in open_items]
    return next((s.id for s in open_ones if s.restrictive), open_ones[0].id if open_ones else None)


# the doubt, from three numbers: points, scenarios at the row's level, and restrictive ones among them


Three = tuple[float, float, float]


def _average(scenario: Scenario, row: GradeRow) -> tuple[Three, Three]:
    """What an average level adds to the worst case of a row and takes from the best one."""
    missed = row.level / (len(scenario.levels) + 1)
    return (0, 1 - missed, scenario.restrictive * (1 - missed)), (0, missed, scenario.restrictive * missed)


def _doubt(sheet: Sheet, row: GradeRow, worst: Tally, best: Tally, more: Three, less: Three) -> float:
    """The doubt about a row if the worst case had so much more, and the best one so much less."""
    need = row.points, row.scenarios, row.restrictive
    had, could = (_three(tally, row) for tally in (worst, best))
    points, scenarios, restrictive = map(_share, map(add, had, more), need)
    lost = map(add, map(sub, sheet.most, could), less)
    allowed = map(sub, sheet.most, need)
    to_a_no = prod(1 - _share(gone, spare + 1) for gone, spare in zip(lost, allowed, strict=True))
    return (1 - points / 2 - scenarios / 4 - restrictive / 4) * to_a_no


def _three(tally: Tally, row: GradeRow) -> tuple[int, int, int]:
    return tally.points, *tally.counts[row.level]


def _share(part: float, whole: float) -> float:
    return min(1.0, part / whole) if whole > 0 else 1.0
