"""Exact numbers as text: nothing is rounded unless it is shown, and never across a line that decides something.

A ratio is a pair (numerator, positive denominator) of whole numbers: faster than Fraction, and as exact.
"""

from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction

Ratio = tuple[int, int]


def round_half_up(numerator: int, denominator: int) -> int:
    """The nearest whole number; halves go away from zero, as people round by hand."""
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def fixed(numerator: int, denominator: int, digits: int) -> str:
    """The ratio with exactly `digits` decimals (at least one), halves rounded up."""
    return _with_point(round_half_up(numerator * 10**digits, denominator), digits)


def _with_point(scaled: int, digits: int) -> str:
    text = f"{abs(scaled):0{digits + 1}d}"
    return f"{'-' if scaled < 0 else ''}{text[:-digits]}.{text[-digits:]}"


def shown(value: Ratio, lines: Collection[int], digits: int = 2) -> str:
    """The value with `digits` decimals, or with more where rounding would put it on one of the lines.

    39.996 against the line 40 is shown as "39.996", not as "40.00". Rounding can only ever land on a line,
    never beyond it, since a line has no decimals.
    """
    numerator, denominator = value
    rounded = round_half_up(numerator * 10**digits, denominator)
    line, rest = divmod(rounded, 10**digits)
    if rest == 0 and line in lines and numerator != line * denominator:
        return shown(value, lines, digits + 1)
    return _with_point(rounded, digits)


def percentage(share: Ratio, lines: Collection[int] = (0, 100)) -> str:
    """A share in percent, to a tenth, halves rounded up, without a decimal where it has none: "87.5%", "90%".

    It has more decimals where it would seem to be on one of the `lines` and is not: 1999/2000 is "99.95%", not "100%".
    """
    numerator, denominator = share
    return f"{trimmed(shown((100 * numerator, denominator), lines, 1))}%"


def trimmed(text: str) -> str:
    """Decimals without trailing zeros: "45.00" is "45"."""
    return text.rstrip("0").rstrip(".")


def plain(value: int | Decimal) -> str:
    """A figure as a person wrote it, without an exponent: "382.919", "1000"."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def exact_decimal(value: Fraction) -> str:
    """A fraction with a finite decimal expansion, in full: "382.919".

    Raises ValueError if the expansion does not end within 60 places.
    """
    for digits in range(1, 61):
        if 10**digits % value.denominator == 0:
            return trimmed(fixed(value.numerator, value.denominator, digits))
    raise ValueError(f"{value} has no finite decimal expansion")
