"""The provably least-effort way to a grade.

Score and scenarios are independent conditions, so each is minimised alone.

* Scenarios: every level climbed costs 1. Taking the cheapest restrictive ones first, then the cheapest of all
  that remain, is optimal: swapping any chosen scenario for a dearer one never helps.
* Score: steps of equal effort are taken the most rewarding first, since they do not depend on each other (the
  rungs of a single choice are worth the same). Between classes of different effort every split is tried.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from scoring.rubric import Rubric, Scenario
from scoring.sheet import GradeRow, Increment, Sheet, Tally


@dataclass(frozen=True, slots=True)
class QuestionStep:
    """Options to add to a multiple choice (`add`), or the option to reach in a single one (`to`)."""

    question: str
    add: tuple[str, ...]
    to: str | None


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """A scenario to lift, with the requirement of every level still to climb."""

    scenario: str
    start: int
    end: int
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The least total effort that reaches a grade."""

    effort: int
    questions: tuple[QuestionStep, ...]
    scenarios: tuple[ScenarioStep, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing for a grade; missing answers count as unmet. `plan` is None if no plan reaches it."""

    grade: int
    points_short: int
    scenarios_short: int
    restrictive_short: int
    plan: Plan | None


def find_gap(
    sheet: Sheet, tally: Tally, choices: Mapping[str, tuple[str, ...]], levels: Mapping[str, int], grade: int
) -> Gap:
    """The gap to a grade (1 or higher) and the least-effort plan that closes it."""
    row = sheet.grades[grade - 1]
    reached, restrictive = tally.counts[row.level]
    short = max(0, row.points - tally.points)
    gap = Gap(grade, short, max(0, row.scenarios - reached), max(0, row.restrictive - restrictive), None)
    steps = _least_steps(_available(sheet, choices, short), short)
    if steps is None:
        return gap
    lifted = _least_scenarios(sheet.rubric, levels, row, gap)
    questions = _question_steps(sheet, steps)
    effort = sum(effort * len(taken) for effort, taken in steps.items())
    scenarios = tuple(_scenario_step(sheet.rubric.scenario[name], levels.get(name, 0), row.level) for name in lifted)
    effort += sum(step.end - step.start for step in scenarios)
    return Gap(grade, short, gap.scenarios_short, gap.restrictive_short, Plan(effort, questions, scenarios))


# the score


def _available(sheet: Sheet, choices: Mapping[str, tuple[str, ...]], short: int) -> dict[int, list[Increment]]:
    """The steps not yet taken, by effort, as far as anyone could need them."""
    return {effort: _enough(steps, choices, short) for effort, steps in sheet.increments.items()}


def _enough(steps: Sequence[Increment], choices: Mapping[str, tuple[str, ...]], short: int) -> list[Increment]:
    """The best open steps until they alone would close the gap; further ones are in no least plan."""
    found: list[Increment] = []
    for step in steps:
        if short <= 0:
            break
        if _is_open(step, choices.get(step.question)):
            found.append(step)
            short -= step.gain
    return found


def _is_open(step: Increment, chosen: tuple[str, ...] | None) -> bool:
    if not chosen:
        return True
    return step.letter not in chosen if step.multiple else step.letter > chosen[0]


def _least_steps(available: Mapping[int, Sequence[Increment]], short: int) -> dict[int, Sequence[Increment]] | None:
    """How many steps of each effort to take: the least effort, then the largest gain. None if all do not suffice."""
    if short == 0:
        return {}
    if not available:  # every question's effort is null
        return None
    gains = {effort: [0, *accumulate(step.gain for step in steps)] for effort, steps in available.items()}
    counts = _cheapest_counts(gains, short)
    return None if counts is None else {effort: available[effort][:count] for effort, count in counts.items()}


def _cheapest_counts(gains: Mapping[int, Sequence[int]], short: int) -> dict[int, int] | None:
    """`gains[effort][n]` is what the n best steps of that effort give together."""
    best: dict[int, tuple[int, dict[int, int]]] = {0: (0, {})}  # total effort: (largest gain, counts)
    *others, last = sorted(gains, key=lambda effort: len(gains[effort]))
    for effort in others:
        wider: dict[int, tuple[int, dict[int, int]]] = {}
        for spent, (gain, counts) in best.items():
            for count, more in enumerate(gains[effort]):
                total = spent + count * effort
                if total not in wider or gain + more > wider[total][0]:
                    wider[total] = (gain + more, {**counts, effort: count})
        best = wider
    ends = [_completed(spent, gain, counts, last, gains[last], short) for spent, (gain, counts) in best.items()]
    return min((end for end in ends if end), key=lambda end: end[:2], default=(0, 0, None))[2]


def _completed(
    spent: int, gain: int, counts: dict[int, int], effort: int, gains: Sequence[int], short: int
) -> tuple[int, int, dict[int, int]] | None:
    """(effort, -gain, counts) with the fewest steps of the last class that close the gap."""
    count = bisect_left(gains, short - gain)
    if count == len(gains):
        return None
    return spent + count * effort, -(gain + gains[count]), {**counts, effort: count}


def _question_steps(sheet: Sheet, steps: Mapping[int, Sequence[Increment]]) -> tuple[QuestionStep, ...]:
    by_question: dict[str, list[Increment]] = {}
    for taken in steps.values():
        for step in taken:
            by_question.setdefault(step.question, []).append(step)
    return tuple(_question_step(by_question[item]) for item in sheet.rows if item in by_question)


def _question_step(steps: list[Increment]) -> QuestionStep:
    letters = sorted(step.letter for step in steps)
    if steps[0].multiple:
        return QuestionStep(steps[0].question, tuple(letters), None)
    return QuestionStep(steps[0].question, (), letters[-1])


# the scenarios


def _least_scenarios(rubric: Rubric, levels: Mapping[str, int], row: GradeRow, gap: Gap) -> list[str]:
    """Ids of the scenarios to lift to the row's level, in the standard's order."""
    if not gap.scenarios_short and not gap.restrictive_short:
        return []
    below = [scenario for scenario in rubric.scenarios if levels.get(scenario.id, 0) < row.level]
    below.sort(key=lambda scenario: (-levels.get(scenario.id, 0), not scenario.restrictive))
    chosen = _first((s.id for s in below if s.restrictive), gap.restrictive_short)
    wanted = max(gap.scenarios_short, len(chosen))
    chosen |= _first((s.id for s in below if s.id not in chosen), wanted - len(chosen))
    return [scenario.id for scenario in rubric.scenarios if scenario.id in chosen]


def _first(ids: Iterable[str], count: int) -> set[str]:
    return {name for _, name in zip(range(count), ids, strict=False)}


def _scenario_step(scenario: Scenario, start: int, end: int) -> ScenarioStep:
    return ScenarioStep(scenario.id, start, end, scenario.levels[start:end])
