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
    scaled = round_half_up(numerator * 10**digits, denominator)
    whole, rest = divmod(abs(scaled), 10**digits)
    return f"{'-' if scaled < 0 else ''}{whole}.{rest:0{digits}d}"


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
    return fixed(numerator, denominator, digits)


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
        if (value * 10**digits).denominator == 1:
            return trimmed(fixed(value.numerator, value.denominator, digits))
    raise ValueError(f"{value} has no finite decimal expansion")
