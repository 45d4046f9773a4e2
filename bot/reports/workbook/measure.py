"""How many lines a text takes in a cell. Spreadsheets do not tell before they show it, so this is on the safe side."""

import re
from functools import lru_cache
from unicodedata import east_asian_width

WIDE, NARROW = 2.0, 1.0
"""Widths in the unit of a column, which is a digit of the standard font."""
LINE, MARGIN = 14.6, 3.0
"""Points: a line of 10-point type with room for any font, and what a row has besides."""
TALLEST = 409.0
"""Points: no row can be higher."""
WORD = re.compile(r"[!-\u2e7f]+ *| +|.", re.DOTALL)
"""A word in letters stays whole; anywhere between characters a line may end."""


def width_of(text: str) -> float:
    """The width of a text on one line, in units of a column."""
    return sum(WIDE if east_asian_width(sign) in "WFA" else NARROW for sign in text)


@lru_cache(4096)
def lines(text: str, width: float) -> int:
    """So many lines does a text take in a cell of a width; an empty one takes one."""
    return sum(_lines(paragraph, width - 1) for paragraph in text.split("\n"))


def _lines(paragraph: str, width: float) -> int:
    count, used = 1, 0.0
    for word in WORD.findall(paragraph):
        size = width_of(word.rstrip(" "))
        if used and used + size > width:
            count, used = count + 1, 0.0
        count += int(size // width) if size > width else 0
        used = size % width if size > width else used + width_of(word)
    return count


def height(text: str, width: float) -> float:
    """Points that a text needs in a cell of a width."""
    return LINE * lines(text, width) + MARGIN
