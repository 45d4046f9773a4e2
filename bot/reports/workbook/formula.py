"""Pieces of formulas, in the part of the language that Excel 2007, WPS and LibreOffice have in common."""

import re
from collections.abc import Iterable

from bot.reports.workbook.marks import BLANKS

LONGEST = 250
"""Characters of one piece of text in a formula; Excel takes 255."""
BLANK = re.compile(r"\{(\w+)\}")


def quoted(text: str) -> str:
    """A text in a formula; a long one in pieces, none of which is left out."""
    starts = range(0, max(len(text), 1), LONGEST)
    pieces = ['"' + text[start : start + LONGEST].replace('"', '""') + '"' for start in starts]
    return pieces[0] if len(pieces) == 1 else f"({'&'.join(pieces)})"


def typed(cell: str) -> str:
    """What was typed into a cell as text, without the blanks around it, of either width."""
    narrow, wide = map(quoted, BLANKS)
    return f"TRIM(SUBSTITUTE({cell},{wide},{narrow}))"


def one_of(cell: str, texts: Iterable[str]) -> str:
    """Whether what was typed into a cell is one of these, in capitals or not; MATCH would take "*" for all of them."""
    return f"SUMPRODUCT(--({typed(cell)}={{{','.join(map(quoted, texts))}}}))>0"


def sheet_named(name: str) -> str:
    """The name of a sheet before its cells."""
    return "'" + name.replace("'", "''") + "'!"


def spliced(text: str, **cells: str) -> str:
    """A text whose blanks ({name}) are filled by formulas."""
    pieces = BLANK.split(text)
    parts = [cells[piece] if place % 2 else quoted(piece) for place, piece in enumerate(pieces) if piece]
    return "&".join(parts)


def filled(text: str, **values: object) -> str:
    """The same text as that formula gives it."""
    return BLANK.sub(lambda found: str(values[found[1]]), text)


def first(cases: Iterable[tuple[str, str]], otherwise: str) -> str:
    """The result of the first case whose condition holds."""
    formula = otherwise
    for condition, result in reversed([*cases]):
        formula = f"IF({condition},{result},{formula})"
    return formula


def choose(number: str, *results: str) -> str:
    """The result of that number, from 0."""
    return f"CHOOSE({number}+1,{','.join(results)})"
