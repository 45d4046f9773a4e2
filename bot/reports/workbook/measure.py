"""How many lines a text takes in a cell. Spreadsheets do not tell before they show it, so this is on the safe side."""

import re
from functools import lru_cache
from unicodedata import east_asian_width

WIDE, CAPITAL, BROAD, NARROW, THIN = 2.0, 1.4, 1.8, 1.1, 0.65
"""Widths in the unit of a column, which is a digit of the typeface that columns are measured in."""
BROADEST, THINNEST = frozenset("mwMW%@"), frozenset("ijlfrtI .,:;'|!()[]-/\\")
LINE, LETTERS, MARGIN = 14.6, 12.8, 3.0
"""Points: a line of 10-point type with room for any font, one of letters alone, and what a row has besides."""
TALLEST = 409.0
"""Points: no row can be higher."""
WORD = re.compile(r"[!-\u2e7f]+ *| +|.", re.DOTALL)
"""A word in letters stays whole; anywhere between characters a line may end."""


def width_of(text: str) -> float:
    """The width of a text on one line, in units of a column."""
    return sum(map(_width, text))


@lru_cache(4096)
def _width(sign: str) -> float:
    if sign in THINNEST:
        return THIN
    if sign in BROADEST:
        return BROAD
    if east_asian_width(sign) in "WFA":
        return WIDE
    return CAPITAL if sign.isupper() else NARROW


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
    high = LINE if any(east_asian_width(sign) in "WF" for sign in text) else LETTERS
    return high * lines(text, width) + MARGIN
