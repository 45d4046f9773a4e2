"""Percentages as people see them: rounded, but never onto a line that was not reached."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.exact import percentage

shares = st.fractions(0, 1, max_denominator=10**6)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (Fraction(0), "0%"),
        (Fraction(1), "100%"),
        (Fraction("8.75") / 10, "87.5%"),
        (Fraction(3, 4), "75%"),
        (Fraction(5, 7), "71.4%"),
        (Fraction(1, 800), "0.1%"),
        (Fraction(1999, 2000), "99.95%"),
        (Fraction(1, 10**5), "0.001%"),
    ],
)
def test_a_percentage_has_a_decimal_where_it_needs_one(share: Fraction, said: str) -> None:
    assert percentage(share.as_integer_ratio()) == said


@given(shares, st.sets(st.integers(0, 100)))
def test_no_line_seems_to_be_reached_or_missed_that_is_not(share: Fraction, lines: set[int]) -> None:
    said = Fraction(Decimal(percentage(share.as_integer_ratio(), lines).removesuffix("%")))
    assert abs(said - 100 * share) <= Fraction(1, 20)
    for line in lines:
        assert (said > line, said == line) == (100 * share > line, 100 * share == line)
