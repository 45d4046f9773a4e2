"""What writing and reading agree on: the marks in hidden cells, by which a form is found again whatever became of it.

The first cell of a sheet that holds answers is `FORM`; along its first row stand the names of the columns that are
read, down its first column the keys of the rows. So rows and columns may be moved, put in or widened, and
words translated.
"""

from decimal import Decimal
from typing import Final

from scoring.exact import plain

FORM: Final = "shuping-form-1"
VALUE, TEXT, EXACT = "value", "text", "exact"
"""Columns: what is filled in, texts, and numbers in full where a cell cannot hold all of their digits."""
RUBRIC, LANGUAGE, FIRM = "rubric", "language", "firm"
PAPER: Final = "paper"
"""The row of the record that the paper carries (`bot.reports.embedding`)."""
QUESTION, FIGURE, SCENARIO = "answer", "figure", "scenario"
"""The first part of a key, as `FIRM` is: `firm.name`, `answer.q1.A`, `figure.machines`, `figure.revenue.1` (of three
years, oldest first), `scenario.quality`."""
TICKS: Final = ("1", "✓", "√", "x", "✔", "☑", "v", "１")
"""What chooses an option, in capital letters too, beside its own letter; we write the first."""
UNTICKED: Final = "0"
"""What says that an option is not chosen, as an empty cell does."""
BLANKS: Final = " \u3000"
"""What may stand around something that was typed."""
FULL_WIDTH: Final = 0xFEE0
"""So far behind the characters of ASCII stand those that are as wide as a Chinese one."""
YEARS: Final = 3
DIGITS: Final = 15
"""Significant digits of a number that a cell keeps for certain."""


def ticks_of(letter: str) -> tuple[str, ...]:
    """What chooses the option of a letter: also the letter itself, in either width."""
    return (*TICKS, letter, chr(ord(letter) + FULL_WIDTH))


def year_key(figure: str, year: int) -> str:
    """The key of a year of a series; 1 is the oldest of three."""
    return f"{FIGURE}.{figure}.{year}"


def as_kept(number: float) -> str:
    """A number as a cell keeps it, without an exponent."""
    return plain(Decimal(format(number, f".{DIGITS}g")))
