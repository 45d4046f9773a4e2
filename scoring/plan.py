"""The provably least-effort way to a grade.

Score and scenarios are independent conditions, so each is minimised alone.

* Scenarios: every level climbed costs 1. Taking the cheapest restrictive ones first, then the cheapest of all
  that remain, is optimal: swapping any chosen scenario for a dearer one never helps.
* Score: steps of equal effort are taken the most rewarding first, since they do not depend on each other (the
  rungs of a single choice are worth the same). Between classes of different effort every split is tried.
* Wishes: a plan that raises a pinned item at all may as well begin with the item's best step, so that step is
  taken at once, and the rest is planned from where it leads. An excluded item is planned as if it were at its top.
  Ties are broken as without wishes: restrictive scenarios first, then the standard's order.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from scoring.rubric import Rubric, Scenario
from scoring.sheet import GradeRow, Increment, Sheet, Tally
from scoring.wishes import NO_WISHES, Wishes, check_wishes

Choices = Mapping[str, tuple[str, ...]]
Levels = Mapping[str, int]
Steps = Mapping[int, Sequence[Increment]]
"""Steps to take, by effort."""


@dataclass(frozen=True, slots=True)
class QuestionStep:
    """Options to add to a multiple choice (`add`), or the option to reach in a single one (`to`)."""

    question: str
    add: tuple[str, ...]
    to: str | None

    @property
    def letters(self) -> tuple[str, ...]:
        """The options that it leads to."""
        return self.add if self.to is None else (self.to,)


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


def find_gap(sheet: Sheet, tally: Tally, choices: Choices, levels: Levels, grade: int) -> Gap:
    """The gap to a grade (1 or higher) and the least-effort plan that closes it; `tally` is that of the answers."""
    return _find(sheet, tally, choices, levels, grade, NO_WISHES)


def plan_to(sheet: Sheet, choices: Choices, levels: Levels, grade: int, wishes: Wishes = NO_WISHES) -> Gap:
    """The gap to a grade (1 or higher) and the least-effort plan that closes it under wishes.

    Pinned items are in the plan even if the grade is reached without them. `plan` is None if no plan reaches the
    grade without the excluded items. Raises WishError if a wish itself cannot be granted, and ValueError for a
    grade that the rubric does not have.
    """
    if not 1 <= grade <= len(sheet.grades):
        raise ValueError(f"there is no grade {grade} to plan for; the grades are 1 to {len(sheet.grades)}")
    check_wishes(sheet, choices, levels, wishes)
    return _find(sheet, sheet.tally(choices, levels), choices, levels, grade, wishes)


def _find(sheet: Sheet, tally: Tally, choices: Choices, levels: Levels, grade: int, wishes: Wishes) -> Gap:
    row = sheet.grades[grade - 1]
    reached, restrictive = tally.counts[row.level]
    short = max(0, row.points - tally.points)
    missing = max(0, row.scenarios - reached), max(0, row.restrictive - restrictive)
    steps = _steps(sheet, choices, short, wishes)
    lifts = None if steps is None else _lifts(sheet.rubric, levels, row, missing, wishes)
    plan = None if steps is None or lifts is None else _plan(sheet, levels, steps, lifts)
    return Gap(grade, short, *missing, plan)


def _plan(sheet: Sheet, levels: Levels, steps: Steps, lifts: Mapping[str, int]) -> Plan:
    scenario = sheet.rubric.scenario
    climbs = tuple(_scenario_step(scenario[name], levels.get(name, 0), end) for name, end in lifts.items())
    effort = sum(effort * len(taken) for effort, taken in steps.items())
    effort += sum(step.end - step.start for step in climbs)
    return Plan(effort, _question_steps(sheet, steps), climbs)


# the score


def _steps(sheet: Sheet, choices: Choices, short: int, wishes: Wishes) -> Steps | None:
    """The steps to take, by effort; None if all that are allowed do not suffice."""
    if wishes is NO_WISHES:
        return _least_steps(_available(sheet, choices, short), short)
    first = _first_steps(sheet, choices, wishes.pinned)
    closed = {item: letters for item, letters in sheet.tops.items() if item in wishes.excluded}
    start = {**choices, **closed, **_taken(choices, first)}
    short = max(0, short - sum(step.gain for taken in first.values() for step in taken))
    rest = _least_steps(_available(sheet, start, short), short)
    return None if rest is None else {effort: [*taken, *rest.get(effort, ())] for effort, taken in first.items()}


def _first_steps(sheet: Sheet, choices: Choices, pinned: Collection[str]) -> dict[int, list[Increment]]:
    """The best open step of each pinned question, by effort."""
    first: dict[int, list[Increment]] = {}
    for effort, steps in sheet.increments.items():
        best: dict[str, Increment] = {}
        for step in steps:
            if step.question in pinned and _is_open(step, choices.get(step.question)):
                best.setdefault(step.question, step)
        first[effort] = list(best.values())
    return first


def _taken(choices: Choices, first: Steps) -> Choices:
    """The answers of the pinned questions after their first steps."""
    steps = (step for taken in first.values() for step in taken)
    return {step.question: step.kind.after(choices.get(step.question, ()), step.letter) for step in steps}


def _available(sheet: Sheet, choices: Choices, short: int) -> dict[int, list[Increment]]:
    """The steps not yet taken, by effort, as far as anyone could need them."""
    return {effort: _enough(steps, choices, short) for effort, steps in sheet.increments.items()}


def _enough(steps: Sequence[Increment], choices: Choices, short: int) -> list[Increment]:
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
    return not chosen or step.kind.is_open(step.letter, chosen)


def _least_steps(available: Steps, short: int) -> Steps | None:
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


def _question_steps(sheet: Sheet, steps: Steps) -> tuple[QuestionStep, ...]:
    by_question: dict[str, list[Increment]] = {}
    for taken in steps.values():
        for step in taken:
            by_question.setdefault(step.question, []).append(step)
    return tuple(_question_step(by_question[item]) for item in sheet.rows if item in by_question)


def _question_step(steps: list[Increment]) -> QuestionStep:
    return QuestionStep(steps[0].question, *steps[0].kind.planned([step.letter for step in steps]))


# the scenarios


def _lifts(
    rubric: Rubric, levels: Levels, row: GradeRow, missing: tuple[int, int], wishes: Wishes
) -> dict[str, int] | None:
    """The level to reach by scenario, in the standard's order; None if all that are allowed do not suffice.

    A pinned scenario is one level higher before the others are chosen; it may be chosen again.
    """
    pinned = {name: levels.get(name, 0) + 1 for name in rubric.scenario if name in wishes.pinned}
    arrived = [rubric.scenario[name] for name, level in pinned.items() if level == row.level]
    short = max(0, missing[0] - len(arrived)), max(0, missing[1] - sum(s.restrictive for s in arrived))
    chosen = _least_scenarios(rubric, {**levels, **pinned}, row, short, wishes.excluded)
    if chosen is None:
        return None
    ends = pinned | dict.fromkeys(chosen, row.level)
    return {name: ends[name] for name in rubric.scenario if name in ends}


def _least_scenarios(
    rubric: Rubric, levels: Levels, row: GradeRow, short: tuple[int, int], excluded: Collection[str]
) -> set[str] | None:
    """Ids of the scenarios to lift to the row's level; `short` is (all, restrictive). None if there are too few."""
    if short == (0, 0):
        return set()
    open_ones = [s for s in rubric.scenarios if levels.get(s.id, 0) < row.level and s.id not in excluded]
    open_ones.sort(key=lambda scenario: (-levels.get(scenario.id, 0), not scenario.restrictive))
    chosen = _first((s.id for s in open_ones if s.restrictive), short[1])
    if len(chosen) < short[1]:
        return None
    wanted = max(short[0], len(chosen))
    chosen |= _first((s.id for s in open_ones if s.id not in chosen), wanted - len(chosen))
    return chosen if len(chosen) == wanted else None


def _first(ids: Iterable[str], count: int) -> set[str]:
    return {name for _, name in zip(range(count), ids, strict=False)}


def _scenario_step(scenario: Scenario, start: int, end: int) -> ScenarioStep:
    return ScenarioStep(scenario.id, start, end, scenario.levels[start:end])
