"""The points: all together, by dimension and by indicator, with those of last time beside them."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from bot.reports.composing.scored import Scored
from bot.reports.content import Indicator, Score
from bot.words.results import pencil, sheet_of
from scoring.exact import fixed, percentage
from scoring.result import Result, shown_score


def total(scored: Scored) -> Score:
    """The score, of 100."""
    before = scored.before
    return Score(
        id="total",
        name=scored.labels["total"],
        points=float(scored.result.score),
        most=100.0,
        shown=scored.score,
        shown_most="100",
        before=float(before.score) if before else None,
        shown_before=shown_score(sheet_of(before), before.score) if before else "",
    )


def dimensions(scored: Scored) -> Iterator[Score]:
    """A score a dimension, in the standard's order."""
    for dimension in scored.rubric.dimensions:
        most = _most(scored, (item for item, row in scored.sheet.rows.items() if row.dimension == dimension.id))
        points = scored.result.dimensions[dimension.id]
        before = scored.before.dimensions.get(dimension.id) if scored.before else None
        yield Score(
            id=dimension.id,
            name=dimension.name,
            points=float(points),
            most=float(most),
            shown=two_decimals(points),
            shown_most=pencil(most),
            before=None if before is None else float(before),
            shown_before="" if before is None else two_decimals(before),
        )


def indicators(scored: Scored) -> Iterator[Indicator]:
    """How much of each indicator is had; of last time only what is by the same edition."""
    names = {dimension.id: dimension.name for dimension in scored.rubric.dimensions}
    for indicator in scored.rubric.indicators:
        items = [question.id for question in scored.rubric.questions if question.indicator == indicator.id]
        most, points = _most(scored, items), _points(scored.result, items)
        share = points / most if most else Fraction(0)
        before = _points(scored.alike, items) if scored.alike else None
        yield Indicator(
            name=indicator.name,
            dimension=names[indicator.dimension],
            share=float(share),
            shown=percentage(share.as_integer_ratio()),
            points=two_decimals(points),
            most=pencil(most),
            before=float(before / most) if before is not None and most else None,
            shown_before="" if before is None else two_decimals(before),
            answered=any(item in scored.result.credits for item in items),
        )


def shares(scored: Scored) -> str:
    """The indicators in a sentence."""
    told = (f"{indicator.name} {indicator.shown}" for indicator in indicators(scored))
    return scored.text("report.caption.indicators", shares=scored.text("list.separator").join(told))


def two_decimals(points: Fraction) -> str:
    """ "39.99": cut, never rounded up."""
    return fixed(points.numerator, points.denominator, 2)


def _most(scored: Scored, items: Iterable[str]) -> Fraction:
    return scored.sheet.exact(sum(scored.sheet.full[item] for item in items))


def _points(result: Result, items: Iterable[str]) -> Fraction:
    return sum((result.credits[item].points for item in items if item in result.credits), Fraction(0))
