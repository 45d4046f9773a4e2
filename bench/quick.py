"""How many items are asked until the grade is settled, when the program picks them: over made-up firms.

Beside the standard's order, and beside what no order can beat: the fewest answers that prove the grade, picked by one
who knows them all beforehand.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from itertools import accumulate
from random import Random
from statistics import fmean

from bench.samples import RUBRIC, SEED
from bench.table import Row, at_most, at_most_of
from bench.timing import fastest
from scoring.certainty import find_certainty, next_item
from scoring.rubric import Question
from scoring.sheet import GradeRow, load_sheet

FIRMS = 500
ROUNDS = 20
SHEET = load_sheet("miit-2024")
TARGET = 0.6

Choices = dict[str, tuple[str, ...]]
Levels = dict[str, int]
Firm = tuple[Choices, Levels]
Order = Callable[[Choices, Levels, list[str]], str | None]


def rows() -> Iterator[Row]:
    for kind, maturity in KINDS.items():
        chance = Random(SEED)  # noqa: S311  # made-up firms, no secrets
        firms = [_firm(chance, maturity) for _ in range(FIRMS)]
        picked, in_order = (fmean(len(_walk(firm, order)) for firm in firms) for order in (_quick, _standard))
        fewest = fmean(map(_fewest, firms))
        floor = f"standard order {in_order:.1f}"
        yield at_most_of(f"items asked, {kind}", f"{picked:.1f}", floor, picked / in_order, TARGET)
        yield Row("no order needs fewer than", f"{fewest:.1f}", floor, f"{fewest / in_order:.2f}")
    yield at_most("which item next", _speed(), 300e-6)


def _speed() -> float:
    """Over every step of some walks."""
    chance = Random(SEED)  # noqa: S311  # made-up firms, no secrets
    steps = [
        partial(_quick, choices, levels, open_items)
        for firm in (_firm(chance, KINDS["any maturity"]) for _ in range(10))
        for choices, levels, open_items in _walk(firm, _quick)
    ]
    return fastest({"next": steps}, ROUNDS)["next"]


# firms: a maturity for the questions and one for the scenarios, or None for answers that have nothing in common


Maturity = Callable[[Random], tuple[float, float] | None]


def _both(maturity: float) -> tuple[float, float]:
    return maturity, maturity


KINDS: dict[str, Maturity] = {
    "all answers equally likely": lambda _: None,
    "any maturity": lambda chance: _both(chance.random()),
    "low maturity": lambda chance: _both(chance.betavariate(2, 5)),
    "high maturity": lambda chance: _both(chance.betavariate(5, 2)),
    "questions unlike scenarios": lambda chance: (chance.random(), chance.random()),
}
SPREAD = 0.15
"""How far the answers of one firm are apart."""


def _firm(chance: Random, maturity: Maturity) -> Firm:
    both = maturity(chance)
    questions, scenarios = both or (None, None)
    return (
        {question.id: _letters(question, chance, questions) for question in RUBRIC.questions},
        {scenario.id: _steps(len(scenario.levels), chance, scenarios) for scenario in RUBRIC.scenarios},
    )


def _steps(most: int, chance: Random, maturity: float | None) -> int:
    """How many of so many steps a firm has taken."""
    if maturity is None:
        return chance.randint(0, most)
    near = maturity + chance.gauss(0, SPREAD)
    return sum(chance.random() < near for _ in range(most))


def _letters(question: Question, chance: Random, maturity: float | None) -> tuple[str, ...]:
    steps = _steps(len(question.letters) - 1, chance, maturity)
    if question.type == "single":
        return (question.letters[steps],)
    return question.letters[1 : steps + 1] or (question.letters[0],)


# walks


def _quick(choices: Choices, levels: Levels, open_items: list[str]) -> str | None:
    return next_item(SHEET, choices, levels, open_items)


def _standard(_choices: Choices, _levels: Levels, open_items: list[str]) -> str | None:
    return open_items[0]


def _walk(firm: Firm, order: Order) -> list[tuple[Choices, Levels, list[str]]]:
    """What was known, and still open, whenever an item was asked."""
    steps = []
    choices: Choices = {}
    levels: Levels = {}
    open_items = list(RUBRIC.items)
    while find_certainty(SHEET, choices, levels).settled is None:
        steps.append((choices, levels, open_items))
        item = order(choices, levels, open_items)
        choices = {name: letters for name, letters in firm[0].items() if name in choices or name == item}
        levels = {name: level for name, level in firm[1].items() if name in levels or name == item}
        open_items = [name for name in open_items if name != item]
    return steps


# what no order can beat


def _fewest(firm: Firm) -> int:
    """A proof shows both conditions of the grade met, and one condition of the next grade out of reach."""
    tally = SHEET.tally(*firm)
    row = SHEET.grades[tally.grade - 1] if tally.grade else GradeRow(0, 0, 0, 0, 0)
    points, scenarios = _to_earn(firm[0], row.points), row.scenarios
    if tally.grade == len(SHEET.grades):
        return points + scenarios
    above = SHEET.grades[tally.grade]
    return min(
        max(points, _to_lose(firm[0], above.points)) + scenarios, points + max(scenarios, _to_miss(firm[1], above))
    )


def _to_earn(choices: Choices, points: int) -> int:
    """The fewest questions that give so many points."""
    return _count((SHEET.rows[item][letters] for item, letters in choices.items()), points)


def _to_lose(choices: Choices, points: int) -> int:
    """The fewest questions without which so many points are out of reach."""
    lost = (SHEET.full[item] - SHEET.rows[item][letters] for item, letters in choices.items())
    return _count(lost, SHEET.most[0] - points + 1)


def _to_miss(levels: Mapping[str, int], row: GradeRow) -> int:
    """The fewest scenarios below the row's level that leave too few others."""
    low = {name for name, level in levels.items() if level < row.level}
    restrictive = {name for name in low if RUBRIC.scenario[name].restrictive}
    _, every, every_restrictive = SHEET.most
    return min(_few(low, every - row.scenarios + 1), _few(restrictive, every_restrictive - row.restrictive + 1))


NEVER = 1000


def _few(found: Collection[str], wanted: int) -> int:
    return wanted if len(found) >= wanted else NEVER


def _count(amounts: Iterator[int], wanted: int) -> int:
    sums = accumulate(sorted(amounts, reverse=True), initial=0)
    return next((count for count, total in enumerate(sums) if total >= wanted), NEVER)
