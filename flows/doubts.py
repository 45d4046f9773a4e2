"""Figures that can hardly be: asked back with the ways in which they may be meant, and nothing counts before a tap.

What is doubted is ours, not the standard's: `data/doubts.json`, by edition.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from flows.recording import complete_figures
from flows.session import Doubt, Doubting, Entering, Fuelling, Reading, Record
from scoring.energy import energy_total
from scoring.exact import exact_decimal
from scoring.figures import FigureValue, Number
from scoring.rubric import Change, Question, Rubric, Share

DATA = Path(__file__).parent / "data" / "doubts.json"
SLIPS = (10, 100, 1000, 10_000)
"""What a number is too large by when a nought or the unit slipped."""


class Slip(BaseModel):
    """From `least` on, an amount was probably meant in a unit `divisor` times smaller; `fuel`: of that fuel."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least: Decimal
    divisor: int
    fuel: str = ""


class Doubts(BaseModel):
    """What can hardly be: years so many `times` apart, a share above the `most`, amounts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    times: int
    most: dict[str, Fraction]
    energy: Slip
    fuels: dict[str, Slip]


@lru_cache
def _doubts() -> Mapping[str, Doubts]:
    return TypeAdapter(dict[str, Doubts]).validate_json(DATA.read_bytes())


def doubted(rubric: Rubric, record: Record, question: Question, before: Entering, after: Entering) -> Doubting | None:
    """The first doubt about what was typed now, of a figure alone or beside the others that are known."""
    known = _doubts().get(rubric.id)
    if known is None:
        return None
    figures = complete_figures(rubric, record, question.id, after)
    new = [name for name in figures if name in after.values and after.values.get(name) != before.values.get(name)]
    for doubt, figure, readings in _found(rubric, question, figures, new, known):
        return Doubting(doubt=doubt, figure=figure, readings=tuple(readings), before=before, after=after)
    return None


Found = tuple[Doubt, str, list[Reading]]


def _found(
    rubric: Rubric, question: Question, figures: Mapping[str, FigureValue], new: list[str], known: Doubts
) -> Iterator[Found]:
    for name in new:
        value = figures[name]
        if isinstance(value, tuple):
            if (mended := _mended_years(value, known.times)) is not None:
                yield Doubt.YEARS, name, [Reading(value=value), Reading(value=mended)]
        elif rubric.figure[name].kind == "energy" and value >= known.energy.least:
            yield Doubt.ENERGY, name, [Reading(value=value), _of_fuel(rubric, value, known.energy)]
    yield from _between_years(question, figures, new, known.times)
    yield from _too_large_a_share(question, figures, new, known)


def _of_fuel(rubric: Rubric, value: Number, slip: Slip) -> Reading:
    amount = Decimal(value) / slip.divisor
    return Reading(
        value=Decimal(exact_decimal(energy_total(rubric, {slip.fuel: amount}).total)), fuel=slip.fuel, amount=amount
    )


def _between_years(
    question: Question, figures: Mapping[str, FigureValue], new: list[str], times: int
) -> Iterator[Found]:
    """The same thing of two years; what was typed now is mended, the larger one if both were."""
    rule = question.figures
    if not isinstance(rule, Change) or rule.measure != "relative":
        return
    for pair in zip(rule.last, rule.previous, strict=True):
        values = [figures.get(name) for name in pair]
        if not set(pair) & set(new) or not all(isinstance(value, int | Decimal) and value > 0 for value in values):
            continue
        last, previous = (Decimal(value) for value in values)  # type: ignore[arg-type]  # a year is one number
        if max(last, previous) < times * min(last, previous):
            continue
        larger = pair[0] if last > previous else pair[1]
        name = larger if larger in new else next(one for one in pair if one in new)
        typed, other = (last, previous) if name == pair[0] else (previous, last)
        yield Doubt.YEARS, name, [Reading(value=_plain(typed)), Reading(value=_plain(_mended(typed, other)))]


def _mended(value: Decimal, beside: Decimal) -> Decimal:
    """With the slip that brings it nearest to the one beside it."""
    ways = [value / slip for slip in SLIPS] if value > beside else [value * slip for slip in SLIPS]
    return min(ways, key=lambda way: max(way / beside, beside / way))


def _mended_years(years: tuple[Number, ...], times: int) -> tuple[Number, ...] | None:
    """The year that is far from its neighbour, nearer; None if none is."""
    positive = [Decimal(year) for year in years if year > 0]
    if len(positive) < len(years) or len(years) < 2 or max(positive) < times * min(positive):
        return None
    beside = (
        sorted(positive)[(len(positive) - 1) // 2] if max(positive) / sorted(positive)[-2] >= times else max(positive)
    )
    odd = max(positive, key=lambda year: max(year / beside, beside / year))
    place = positive.index(odd)
    return tuple(_plain(_mended(odd, beside)) if i == place else year for i, year in enumerate(years))


def _too_large_a_share(
    question: Question, figures: Mapping[str, FigureValue], new: list[str], known: Doubts
) -> Iterator[Found]:
    rule = question.figures
    if not isinstance(rule, Share) or rule.part not in known.most or not {rule.part, rule.whole} <= set(figures):
        return
    part, whole = (_sum(figures[name]) for name in (rule.part, rule.whole))
    if whole <= 0 or not known.most[rule.part] < part / whole <= 1:
        return
    name = rule.part if rule.part in new else rule.whole
    if name in new:
        yield Doubt.SHARE, name, [Reading(value=figures[name])]


def _sum(value: FigureValue) -> Fraction:
    return sum(map(Fraction, value), Fraction(0)) if isinstance(value, tuple) else Fraction(value)


def _plain(value: Decimal) -> Number:
    return int(value) if value == value.to_integral_value() else value


def doubted_amount(rubric: Rubric, draft: Fuelling, amount: Decimal) -> Doubting | None:
    """An amount of a fuel that was probably meant in the plain unit, not in ten thousand of it."""
    known = _doubts().get(rubric.id)
    slip = known.fuels.get(draft.fuel or "") if known else None
    if slip is None or amount < slip.least:
        return None
    ways = (Reading(value=_plain(amount / slip.divisor)), Reading(value=_plain(amount)))
    return Doubting(doubt=Doubt.AMOUNT, figure=draft.figure, readings=ways, before=draft.entering, fuelling=draft)
