"""What is drawn of a result: plain values for the templates of `templates/drawing.html`, every number by scoring alone.

A place along a drawing is a percentage as text ("48.50"), since it becomes an attribute. `name` says the same in words,
to whoever cannot see it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise

from bot.words.history import date_of, grade_of, score_of
from bot.words.results import most_of, points_of, sheet_of, shown_points
from bot.words.wording import Wording
from flows.session import Assessment
from scoring.exact import fixed, shown
from scoring.result import Result
from scoring.rubric import Grade, Scenario

FULL = 100
"""The most points that can be had (standard, section 三（一）)."""
CLOSE = 9
"""Lines that are nearer to each other than so many points have their numbers in two rows."""
DRAWN = 12
"""So many assessments are drawn, the latest."""
SPELT = 5
"""So many have their scores beside them; of more, the first and the last."""
EDGE = 10
"""What is written nearer to an edge than so many percent does not stand in the middle of its place."""
STEP = Fraction(92, 100)
"""How much of a rung's place it fills; the rest is the gap between two."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a grade asks for and what there is of it; `share` is how much of it there is, in percent."""

    told: str
    met: bool
    mark: str
    share: str


@dataclass(frozen=True, slots=True)
class Rung:
    """A grade on the ladder: where it is drawn, what it asks for, and who stands on it or wants to."""

    grade: int
    name: str
    short: str
    reached: bool
    gained: bool
    present: bool
    wanted: bool
    mark: str
    conditions: tuple[Condition, ...]
    left: str
    width: str
    height: str
    top: str
    middle: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """All grades, the lowest first, which is none."""

    name: str
    rungs: tuple[Rung, ...]

    @property
    def next(self) -> Rung | None:
        """The lowest grade that is not reached; None at the highest."""
        return next((rung for rung in self.rungs if not rung.reached), None)


@dataclass(frozen=True, slots=True)
class Line:
    """A score that a grade asks for; `lower`: its number stands in the second row."""

    at: str
    told: str
    anchor: str
    reached: bool
    wanted: bool
    lower: bool


@dataclass(frozen=True, slots=True)
class ScoreBar:
    """The score among the lines; `before` is where it was, `most` where it can still come to.

    `kept` is as much as there is both before and now.
    """

    name: str
    at: str
    kept: str
    shown: str
    anchor: str
    lines: tuple[Line, ...]
    before: str | None
    most: str | None


@dataclass(frozen=True, slots=True)
class Share:
    """The points of a dimension out of those that there are."""

    name: str
    label: str
    told: str
    at: str
    before: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A level of a scenario."""

    left: str
    width: str
    reached: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """A scenario, with a cell for each of its levels; `before` is how far it was."""

    name: str
    label: str
    told: str
    cells: tuple[Cell, ...]
    before: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Scenarios that the standard puts together."""

    title: str
    strips: tuple[Strip, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A finished assessment on the line of the history, with its score if there is room for it."""

    across: str
    down: str
    told: str
    anchor: str
    last: bool


@dataclass(frozen=True, slots=True)
class Height:
    """How far down the line of a grade is."""

    down: str
    told: str


@dataclass(frozen=True, slots=True)
class Trend:
    """The scores of finished assessments, the oldest first, and the lines of the edition that all of them share."""

    name: str
    points: tuple[Point, ...]
    lines: tuple[Height, ...]

    @property
    def pieces(self) -> tuple[tuple[Point, Point], ...]:
        """From each point to the next."""
        return tuple(pairwise(self.points))


@dataclass(frozen=True, slots=True)
class Drawn:
    """All that is drawn of a result."""

    ladder: Ladder
    score: ScoreBar
    dimensions: tuple[Share, ...]
    scenarios: tuple[Group, ...]
    restrictive: str
    """What the star means; nothing where no scenario has one."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What a result is seen against: the `wanted` grade, and what was `before`.

    `tried`: the result is only supposed, and before is how things are. `past`: it is one of the history.
    """

    wanted: int | None = None
    before: Result | None = None
    tried: bool = False
    past: bool = False


def drawn(result: Result, words: Wording, stand: Stand | None = None) -> Drawn:
    """A result by the edition of the words."""
    stand = stand or Stand()
    starred = any(scenario.restrictive for scenario in words.rubric.scenarios)
    return Drawn(
        ladder=ladder(result, words, stand),
        score=score_bar(result, words, stand),
        dimensions=tuple(dimensions(result, words, stand.before)),
        scenarios=tuple(scenarios(result, words, stand.before)),
        restrictive=words.text("scenario.restrictive") if starred else "",
    )


# the ladder


def ladder(result: Result, words: Wording, stand: Stand) -> Ladder:
    """Every grade from none on; the present one, the one before and the wanted one are marked."""
    marks = _marks(result, words, stand)
    told = (words.text("drawing.mark", mark=mark, grade=words.grade(grade)) for grade, mark in marks.items())
    name = words.text("drawing.ladder", marks=words.text("list.separator").join(told))
    count = len(words.rubric.grades) + 1
    return Ladder(name, tuple(_rung(grade, count, result, words, stand) for grade in range(count)))


def _marks(result: Result, words: Wording, stand: Stand) -> dict[int, str]:
    """What is written above some of the rungs, in the order in which it is said."""
    text, before = words.text, stand.before.grade if stand.before else result.grade
    marks = {stand.wanted: text("drawing.wanted")} if stand.wanted is not None else {}
    if stand.past:
        marks |= {result.grade: text("drawing.then")}
    elif stand.tried:
        marks |= {result.grade: text("drawing.tried"), before: text("drawing.present")}
    else:
        marks |= {before: text("drawing.before"), result.grade: text("drawing.present")}
    return dict(reversed(marks.items()))


def _rung(grade: int, count: int, result: Result, words: Wording, stand: Stand) -> Rung:
    width = Fraction(FULL, count)
    left, height = width * grade + width * (1 - STEP) / 2, Fraction(FULL * (grade + 1), count + 1)
    reached = grade <= result.grade
    return Rung(
        grade=grade,
        name=words.grade(grade),
        short=words.short_grade(grade),
        reached=reached,
        gained=reached and stand.before is not None and grade > stand.before.grade,
        present=grade == result.grade,
        wanted=grade == stand.wanted,
        mark=_marks(result, words, stand).get(grade, ""),
        conditions=tuple(_conditions(result, words.rubric.grades[grade - 1], words)) if grade else (),
        left=_two(left),
        width=_two(width * STEP),
        height=_two(height),
        top=_two(FULL - height),
        middle=_two(width * grade + width / 2),
    )


def _conditions(result: Result, row: Grade, words: Wording) -> Iterator[Condition]:
    """Score, scenarios, and restrictive ones among them, as far as a grade asks for them (standard, section 二)."""
    text = words.text
    told = text("drawing.condition.score", score=shown_points(result), wanted=row.score)
    short = shown((row.score - result.score).as_integer_ratio(), {0})
    yield _condition(told, result.score, row.score, short, words)
    reached, restrictive = result.counts[row.level]
    if row.scenarios:
        level = words.level_name(row.level)
        told = text("drawing.condition.scenarios", level=level, reached=reached, wanted=row.scenarios)
        yield _condition(told, reached, row.scenarios, str(row.scenarios - reached), words)
    if row.restrictive:
        told = text("drawing.condition.restrictive", reached=restrictive, wanted=row.restrictive)
        yield _condition(told, restrictive, row.restrictive, str(row.restrictive - restrictive), words)


def _condition(told: str, got: Fraction | int, wanted: int, short: str, words: Wording) -> Condition:
    """`short` is what is missing, if something is."""
    met = got >= wanted
    mark = words.text("mark.yes") if met else words.text("drawing.short", short=short)
    return Condition(told, met, mark, percent(got, wanted) if wanted else _two(FULL))


# points


def score_bar(result: Result, words: Wording, stand: Stand) -> ScoreBar:
    """The score, where it was before, and, while answers are missing, how far it can come."""
    text, score, before = words.text, shown_points(result), stand.before
    lines = words.text("list.separator").join(
        text("drawing.line", grade=words.short_grade(row.grade), score=row.score) for row in words.rubric.grades
    )
    if before is None:
        name = text("drawing.score", score=score, lines=lines)
    else:
        name = text("drawing.score.changed", before=shown_points(before), after=score, lines=lines)
    most = result.bounds.score[1]
    return ScoreBar(
        name=name,
        at=percent(result.score, FULL),
        kept=percent(min(result.score, before.score) if before else result.score, FULL),
        shown=score,
        anchor=_anchor(result.score),
        lines=tuple(_lines(result, words, stand.wanted)),
        before=percent(before.score, FULL) if before else None,
        most=percent(most, FULL) if most > result.score else None,
    )


def _lines(result: Result, words: Wording, wanted: int | None) -> Iterator[Line]:
    """The lines of all grades; of two that are close, the second has its number below."""
    above: int | None = None
    for row in words.rubric.grades:
        lower = above is not None and row.score - above < CLOSE
        above = None if lower else row.score
        yield Line(
            at=percent(row.score, FULL),
            told=str(row.score),
            anchor=_anchor(Fraction(row.score)),
            reached=result.score >= row.score,
            wanted=row.grade == wanted,
            lower=lower,
        )


def dimensions(result: Result, words: Wording, before: Result | None = None) -> Iterator[Share]:
    """What each dimension has come to, out of all that it can."""
    sheet = sheet_of(result)
    for entry in words.rubric.dimensions:
        most, points = most_of(sheet, entry.id), result.dimensions[entry.id]
        told = words.text("drawing.points", score=points_of(points), most=most)
        yield Share(
            name=words.text("review.line", item=entry.name, answer=told),
            label=entry.name,
            told=told,
            at=percent(points, most),
            before=percent(before.dimensions[entry.id], most) if before else None,
        )


# scenarios


def scenarios(result: Result, words: Wording, before: Result | None = None) -> Iterator[Group]:
    """The levels of all scenarios, in the groups of the standard."""
    for title, grouped in groupby(words.rubric.scenarios, lambda scenario: scenario.group):
        yield Group(title, tuple(_strip(scenario, result, words, before) for scenario in grouped))


def _strip(scenario: Scenario, result: Result, words: Wording, before: Result | None) -> Strip:
    level, top, label = result.levels.get(scenario.id), len(scenario.levels), words.item_label(scenario.id)
    told, width = words.answer(level), Fraction(FULL, top)
    return Strip(
        name=words.text("review.line", item=label, answer=told),
        label=label,
        told=told,
        cells=tuple(Cell(_two(width * at), _two(width * STEP), at < (level or 0)) for at in range(top)),
        before=percent(before.levels.get(scenario.id, 0), top) if before else None,
    )


# the history


def trend(past: Sequence[Assessment], words: Wording) -> Trend | None:
    """The scores of the latest assessments, which are given the newest first; nothing is drawn of fewer than two."""
    latest = tuple(reversed(past[:DRAWN]))
    if len(latest) < 2:
        return None
    same = {entry.rubric for entry in latest} == {words.rubric.id}
    told = words.text("list.separator").join(
        words.text("drawing.point", date=date_of(entry), score=score_of(entry), grade=grade_of(entry, words))
        for entry in latest
    )
    return Trend(
        name=words.text("drawing.trend", points=told),
        points=tuple(_point(at, len(latest), entry) for at, entry in enumerate(latest)),
        lines=tuple(Height(_down(row.score), words.short_grade(row.grade)) for row in words.rubric.grades)
        if same
        else (),
    )


def _point(at: int, count: int, entry: Assessment) -> Point:
    across, ends = Fraction(FULL * (2 * at + 1), 2 * count), at in (0, count - 1)
    told = score_of(entry) if ends or count <= SPELT else ""
    return Point(_two(across), _down(Fraction(entry.score)), told, _anchor(across), last=at == count - 1)


def _down(score: Fraction | int) -> str:
    """From the top of a drawing that is 100 points high, with room above and below for what is written there."""
    return _two(10 + (FULL - Fraction(score)) * Fraction(80, FULL))


# places


def percent(part: Fraction | int, whole: Fraction | int) -> str:
    """How much of the whole, never more than all of it; of nothing, nothing."""
    return _two(min(Fraction(FULL), FULL * Fraction(part) / whole)) if whole else _two(0)


def _anchor(place: Fraction) -> str:
    """How text at a place is aligned, so that it stays inside of the drawing."""
    if place < EDGE:
        return "start"
    return "end" if place > FULL - EDGE else "middle"


def _two(value: Fraction | int) -> str:
    return fixed(*Fraction(value).as_integer_ratio(), 2)
