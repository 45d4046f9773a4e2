"""From figures to options: shares in bands (q2, q3, q11) and changes (q12 to q15), with the calculation kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scoring.errors import AnswersError, Fault, FaultCode
from scoring.exact import Ratio, fixed, plain, round_half_up, shown, trimmed
from scoring.rubric import Change, Question, Rubric, Share

Number = int | Decimal
FigureValue = Number | tuple[Number, ...]
"""One number, or up to three years of them, oldest first."""
Figures = Mapping[str, FigureValue]


@dataclass(frozen=True, slots=True)
class Derivation:
    """The option that figures give, and the calculation: "90 / 200 = 45%"."""

    option: str
    calculation: str


def derive(question: Question, figures: Figures) -> Derivation | None:
    """The option of a question that follows from figures; None while one of them is missing.

    Raises AnswersError if the figures cannot be: a part larger than its whole, a division by zero.
    """
    rule = question.figures
    if rule is None or not all(map(figures.__contains__, rule.asks)):
        return None
    if isinstance(rule, Share):
        return _share(rule, figures, question.letters)
    return _change(rule, figures)


def years_of_series(rubric: Rubric, figures: Figures) -> dict[str, Number]:
    """What the series say of figures that are one year of them: revenue of 900, 1000, 1100 gives revenue_last 1100."""
    found: dict[str, Number] = {}
    for name, year in rubric.years.items():
        series = figures.get(year.series)
        if isinstance(series, tuple) and len(series) >= year.back:
            found[name] = series[-year.back]
    return found


def _share(rule: Share, figures: Figures, letters: Sequence[str]) -> Derivation:
    part, whole = _years(figures[rule.part]), _years(figures[rule.whole])
    if len(part) != len(whole):
        raise _error(rule.part, FaultCode.YEARS_DIFFER, other=rule.whole)
    total_part, total = _sum(part), _sum(whole)
    if total[0] == 0:
        raise _error(rule.whole, FaultCode.NOT_POSITIVE)
    share, unit = _divided(total_part, total)
    if share > unit:
        raise _error(rule.part, FaultCode.PART_EXCEEDS_WHOLE, other=rule.whole)
    percent = (100 * share, unit)
    band = next(i for i, upper in enumerate(rule.bands) if percent[0] <= upper * unit)
    text = trimmed(shown(percent, rule.bands))
    return Derivation(letters[band], f"{_summed(part)} / {_summed(whole)} = {text}%")


def _years(value: FigureValue) -> tuple[Number, ...]:
    return value if isinstance(value, tuple) else (value,)


def _sum(values: Sequence[Number]) -> Ratio:
    numerator, denominator = 0, 1
    for value in values:
        more, unit = value.as_integer_ratio()
        numerator, denominator = numerator * unit + more * denominator, denominator * unit
    return numerator, denominator


def _divided(one: Ratio, other: Ratio) -> Ratio:
    return one[0] * other[1], one[1] * other[0]


def _summed(values: Sequence[Number]) -> str:
    return plain(values[0]) if len(values) == 1 else f"({' + '.join(map(plain, values))})"


def _change(rule: Change, figures: Figures) -> Derivation:
    sides = [[_single(figures[name]) for name in names] for names in (rule.last, rule.previous)]
    last, previous = _quotient(rule.last, sides[0]), _quotient(rule.previous, sides[1])
    last_text, previous_text = (" / ".join(map(plain, side)) for side in sides)
    if rule.measure == "points":
        tenths = round_half_up(10 * (last[0] * previous[1] - previous[0] * last[1]), last[1] * previous[1])
        calculation = f"{last_text}% - {previous_text}%"
    elif previous[0] == 0:
        raise _error(rule.previous[0], FaultCode.NOT_POSITIVE)
    else:
        ratio = _divided(last, previous)
        tenths = round_half_up(1000 * (ratio[0] - ratio[1]), ratio[1])
        calculation = f"({last_text}) / ({previous_text}) - 1"
    option = rule.flat if tenths == 0 else rule.rise if tenths > 0 else rule.fall
    return Derivation(option, f"{calculation} = {fixed(tenths, 10, 1)}%")


def _quotient(names: Sequence[str], values: Sequence[Number]) -> Ratio:
    quotient = values[0].as_integer_ratio()
    for name, value in zip(names[1:], values[1:], strict=True):
        if value == 0:
            raise _error(name, FaultCode.NOT_POSITIVE)
        quotient = _divided(quotient, value.as_integer_ratio())
    return quotient


def _single(value: FigureValue) -> Number:
    return value[-1] if isinstance(value, tuple) else value


def _error(figure: str, code: FaultCode, **others: str) -> AnswersError:
    details = {key: f"figures.{name}" for key, name in others.items()}
    return AnswersError([Fault(f"figures.{figure}", code, details)])
