"""The provably least-effort way to a grade.

Score and scenarios are independent conditions, so each is minimised alone.

* Scenarios: what it costs to lift each one is known. Taking the cheapest restrictive ones first, then the cheapest of
  all that remain, is optimal: swapping any chosen scenario for a dearer one never helps.
* Score: steps are taken the most points for the effort first, until the gap is closed. If a part of the last step would
  do, nobody closes the gap for less; so a plan that is cheaper by a whole unit can differ only where that loses no more
  than the rest of the last step is worth: in steps whose price is near to its price. Of these every split is tried:
  steps of equal effort by their gain, since the better one is never left out for the worse, and the rungs of a question
  in which a dear one lies below a cheap one (`Sheet.bent`) in their order.
* Wishes: if the least plan leaves a pinned question out, every way to begin it is tried: the next rung, or of each
  effort the best option. An excluded item is planned as if it were at its top.
* Of equal efforts, scenarios that are restrictive come first, then the standard's order.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scoring.rubric import Scenario
from scoring.sheet import GradeRow, Sheet, Tally
from scoring.steps import Increment, single_steps
from scoring.wishes import NO_WISHES, Wishes, check_wishes

Choices = Mapping[str, tuple[str, ...]]
Levels = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class QuestionStep:
    """Options to add to a multiple choice (`add`), or the option to reach in a single one (`to`).

    `climbed` are all options on the way there, lowest first.
    """

    question: str
    add: tuple[str, ...]
    to: str | None
    climbed: tuple[str, ...] = field(default=(), compare=False)

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
    lifts = None if steps is None else _lifts(sheet, levels, row, missing, wishes)
    plan = None if steps is None or lifts is None else _plan(sheet, levels, steps, lifts)
    return Gap(grade, short, *missing, plan)


def _plan(sheet: Sheet, levels: Levels, steps: Sequence[Increment], lifts: Mapping[str, int]) -> Plan:
    scenario = sheet.rubric.scenario
    climbs = tuple(_scenario_step(scenario[name], levels.get(name, 0), end) for name, end in lifts.items())
    lifted = sum(_climb(sheet, step.scenario, step.start, step.end) for step in climbs)
    return Plan(_effort(steps) + lifted, _question_steps(sheet, steps), climbs)


def _climb(sheet: Sheet, scenario: str, start: int, end: int) -> int:
    """What the levels between cost."""
    return sheet.climbs[scenario][end] - sheet.climbs[scenario][start]


# the score


def _steps(sheet: Sheet, choices: Choices, short: int, wishes: Wishes) -> list[Increment] | None:
    """The steps to take; None if all that are allowed do not suffice."""
    if wishes is NO_WISHES:
        return _least_steps(sheet, choices, short)
    closed = {item: letters for item, letters in sheet.tops.items() if item in wishes.excluded}
    pinned = [item for item in sheet.rows if item in wishes.pinned]
    return _least_with(sheet, {**choices, **closed}, short, pinned)


def _least_with(sheet: Sheet, choices: Choices, short: int, pinned: Sequence[str]) -> list[Increment] | None:
    """The least steps that raise every pinned question: each way to begin the first one that is left out is tried."""
    taken = _least_steps(sheet, choices, short)
    raised = {step.question for step in taken or ()}
    item = next((item for item in pinned if item not in raised), None)
    if taken is None or item is None:
        return taken
    kind, chosen, others = sheet.rubric.question[item].kind, choices.get(item, ()), [i for i in pinned if i != item]
    ways: list[list[Increment]] = []
    for step in _first_steps(sheet, item, chosen):
        begun = {**choices, item: kind.after(chosen, step.letters[0])}
        rest = _least_with(sheet, begun, short - step.gain, others)
        ways += [] if rest is None else [[step, *rest]]
    return min(ways, key=lambda way: (_effort(way), -_gain(way)), default=None)


def _first_steps(sheet: Sheet, item: str, chosen: tuple[str, ...]) -> list[Increment]:
    """The next rung; of independent options the best of each effort."""
    question = sheet.rubric.question[item]
    steps = single_steps(question, sheet.rows[item].points, chosen)
    if question.kind.ordered:
        return steps[:1]
    best: dict[int, Increment] = {}
    for step in sorted(steps, key=lambda step: -step.gain):
        best.setdefault(step.effort, step)
    return list(best.values())


def _least_steps(sheet: Sheet, choices: Choices, short: int) -> list[Increment] | None:
    """The most rewarding steps until the gap is closed, or what is cheaper still; None if all do not suffice."""
    taken: list[Increment] = []
    over = -short
    if over >= 0:
        return taken
    for step in sheet.steps:
        if step.is_open(choices.get(step.question)):
            taken.append(step)
            over += step.gain
            if over >= 0:
                slack = step.effort * over - step.gain
                return taken if slack < 0 else _cheaper(sheet, choices, taken, over, slack)
    return None


def _cheaper(sheet: Sheet, choices: Choices, taken: list[Increment], over: int, slack: int) -> list[Increment]:
    """What costs less than the steps taken and closes the gap, too; else these. `over` is what they gain too much."""
    last = taken[-1]

    def is_near(step: Increment) -> bool:
        return abs(step.effort * last.gain - last.effort * step.gain) <= slack

    sure = [step for step in taken if step.question not in sheet.bent and not is_near(step)]
    groups: dict[int | str, list[Increment]] = {}
    for step in sheet.steps:
        if step.question not in sheet.bent and is_near(step) and step.is_open(choices.get(step.question)):
            groups.setdefault(step.effort, []).append(step)
    for item in sheet.bent:
        rungs = single_steps(sheet.rubric.question[item], sheet.rows[item].points, choices.get(item, ()))
        groups[item] = rungs
    wanted = _gain(taken) - over - _gain(sure)
    better = _least_of([*groups.values()], wanted, _effort(taken) - _effort(sure))
    return taken if better is None else [*sure, *better]


def _least_of(groups: Sequence[Sequence[Increment]], wanted: int, below: int) -> list[Increment] | None:
    """The least effort, less than `below`, that gains what is wanted, when each group is taken from its beginning."""
    best: dict[int, tuple[int, tuple[Increment, ...]]] = {0: (0, ())}  # total effort: (largest gain, the steps)
    for group in groups:
        wider = dict(best)
        for spent, (gained, steps) in best.items():
            for step in group:
                spent, gained, steps = spent + step.effort, gained + step.gain, (*steps, step)
                if spent >= below:
                    break
                if spent not in wider or gained > wider[spent][0]:
                    wider[spent] = gained, steps
        best = wider
    enough = [effort for effort, (gain, _) in best.items() if gain >= wanted]
    return list(best[min(enough)][1]) if enough else None


def _gain(steps: Iterable[Increment]) -> int:
    return sum(step.gain for step in steps)


def _effort(steps: Iterable[Increment]) -> int:
    return sum(step.effort for step in steps)


def _question_steps(sheet: Sheet, steps: Iterable[Increment]) -> tuple[QuestionStep, ...]:
    by_question: dict[str, list[str]] = {}
    for step in steps:
        by_question.setdefault(step.question, []).extend(step.letters)
    return tuple(
        QuestionStep(
            item, *sheet.rubric.question[item].kind.planned(by_question[item]), tuple(sorted(by_question[item]))
        )
        for item in sheet.rows
        if item in by_question
    )


# the scenarios


def _lifts(
    sheet: Sheet, levels: Levels, row: GradeRow, missing: tuple[int, int], wishes: Wishes
) -> dict[str, int] | None:
    """The level to reach by scenario, in the standard's order; None if all that are allowed do not suffice.

    A pinned scenario is one level higher before the others are chosen; it may be chosen again.
    """
    rubric = sheet.rubric
    pinned = {name: levels.get(name, 0) + 1 for name in rubric.scenario if name in wishes.pinned}
    arrived = [rubric.scenario[name] for name, level in pinned.items() if level == row.level]
    short = max(0, missing[0] - len(arrived)), max(0, missing[1] - sum(s.restrictive for s in arrived))
    chosen = _least_scenarios(sheet, {**levels, **pinned}, row, short, wishes.excluded)
    if chosen is None:
        return None
    ends = pinned | dict.fromkeys(chosen, row.level)
    return {name: ends[name] for name in rubric.scenario if name in ends}


def _least_scenarios(
    sheet: Sheet, levels: Levels, row: GradeRow, short: tuple[int, int], excluded: Collection[str]
) -> set[str] | None:
    """Ids of the scenarios to lift to the row's level; `short` is (all, restrictive). None if there are too few."""
    if short == (0, 0):
        return set()
    scenarios = sheet.rubric.scenarios
    open_ones = [s for s in scenarios if levels.get(s.id, 0) < row.level and s.id not in excluded]
    costs = {s.id: _climb(sheet, s.id, levels.get(s.id, 0), row.level) for s in open_ones}
    open_ones.sort(key=lambda scenario: (costs[scenario.id], not scenario.restrictive))
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
