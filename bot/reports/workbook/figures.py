"""What formulas say of figures: their worth, what is wrong with them, and the option that follows (`scoring.figures`).

Cells hold floats, so that what lies within a billionth of a line counts as on it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.reports.content import ChangeRule, Figure, Question, ShareRule
from bot.reports.workbook.formula import choose, filled, first, quoted, spliced, typed
from bot.reports.workbook.marks import YEARS
from bot.reports.workbook.parts import Words

PERCENT = 100
"""The largest figure in percent; all others may be larger."""
NEAR, TENTHS = 9, 7
"""Decimals to which the two sides of a line are compared, and to which tenths of a percent are worked out."""
FAULTS = ("number", "negative", "large", "whole", "zero", "gap", "exceeds", "years", "year", "date")
"""What can be wrong with a figure; the code of a fault is its place from 2 on, and 0 says that nothing is."""
CODE = {name: code for code, name in enumerate(FAULTS, start=2)}


@dataclass(frozen=True, slots=True)
class Rows:
    """Where a figure stands: the rows of its numbers, counted from 1; of three years for a series, oldest first."""

    figure: Figure
    rows: tuple[int, ...]

    def cells(self, column: str) -> str:
        """Its cells in a column."""
        ends = f"${column}${self.rows[0]}", f"${column}${self.rows[-1]}"
        return ends[0] if len(self.rows) == 1 else ":".join(ends)


@dataclass(frozen=True, slots=True)
class Columns:
    """The letters of three columns: what was typed, what it is worth, what is wrong with it.

    `plain` is a cell with a number that nobody has given a look.
    """

    typed: str
    worth: str
    code: str
    plain: str


class FigureRules:
    """The formulas about figures that stand somewhere."""

    def __init__(self, words: Words, places: Mapping[str, Rows], questions: Sequence[Question], at: Columns) -> None:
        self._words, self._places, self._at = words, places, at
        self._rules = [question.rule for question in questions if question.rule]

    # a number by itself

    def worth(self, name: str, year: int) -> str:
        """The number that counts: the one typed, or that of its year in a series; "" if there is none.

        `year`: place among the rows, from 0.
        """
        cell = f"${self._at.typed}{self._places[name].rows[year]}"
        cases = [
            (f"IF(ISERROR({cell}),TRUE,ISLOGICAL({cell}))", '""'),
            (f"ISNUMBER({cell})", f'IF({cell}<0,"",{cell})'),
            (f'{typed(cell)}=""', self._instead(name)),
        ]
        return first(cases, _in_text(cell))

    def _instead(self, name: str) -> str:
        of = self._places[name].figure.year_of
        if of is None or of[0] not in self._places:
            return '""'
        return f"${self._at.worth}${self._places[of[0]].rows[-of[1]]}"

    def code(self, name: str, year: int) -> str:
        """The code of what is wrong with it, or 0."""
        place = self._places[name]
        cell, worth = (f"${column}{place.rows[year]}" for column in (self._at.typed, self._at.worth))
        cases = [
            (f'IF(ISERROR({cell}),FALSE,{typed(cell)}="")', self._of_blank(place, year)),
            (f"IF(ISNUMBER({cell}),{_dated(cell, self._at.plain)},FALSE)", self._code("date")),
            (f"IF(ISNUMBER({cell}),{cell}<0,FALSE)", self._code("negative")),
            (f"NOT(ISNUMBER({worth}))", self._code("number")),
        ]
        return first([*cases, *self._of_number(place, worth)], self._of_others(name, year))

    def _of_blank(self, place: Rows, year: int) -> str:
        """A year between others that were given; and what follows from other figures."""
        others = self._of_others(place.figure.id, year)
        if not year:
            return others
        older = f"${self._at.worth}${place.rows[0]}:${self._at.worth}${place.rows[year - 1]}"
        return first([(f"COUNT({older})>0", self._code("gap"))], others)

    def _of_number(self, place: Rows, worth: str) -> Iterator[tuple[str, str]]:
        yield f"{worth}>{place.figure.most}", self._code("large")
        if place.figure.whole:
            yield f"{worth}<>INT({worth})", self._code("whole")
        if place.figure.divides and not place.figure.series:
            yield f"{worth}=0", self._code("zero")

    def _of_others(self, name: str, year: int) -> str:
        """What is only wrong beside other figures is told at the last of a figure's numbers."""
        if year < len(self._places[name].rows) - 1:
            return "0"
        return first([*self._beside(name), *self._year_of(name)], "0")

    def _beside(self, name: str) -> Iterator[tuple[str, str]]:
        own = self._places[name].cells(self._at.worth)
        for rule in self._rules:
            if name in self._divisors(rule):
                yield f"AND({self._complete(rule)},SUM({own})=0)", self._code("zero")
            if isinstance(rule, ShareRule) and rule.part == name:
                whole = self._places[rule.whole].cells(self._at.worth)
                both = f"COUNT({own})>0,COUNT({whole})>0"
                yield f"AND({both},COUNT({own})<>COUNT({whole}))", self._code("years")
                yield f"AND({both},ROUND(SUM({own})-SUM({whole}),{NEAR})>0)", self._code("exceeds")

    def _year_of(self, name: str) -> Iterator[tuple[str, str]]:
        place = self._places[name]
        other = self._instead(name)
        if other != '""':
            worth = f"${self._at.worth}{place.rows[0]}"
            yield f"AND(ISNUMBER({worth}),ISNUMBER({other}),N({worth})<>N({other}))", self._code("year")

    def _code(self, fault: str) -> str:
        return str(CODE[fault])

    def _divisors(self, rule: ShareRule | ChangeRule) -> tuple[str, ...]:
        if isinstance(rule, ShareRule):
            return (rule.whole,)
        return (*rule.last[1:], *(rule.previous if rule.relative else rule.previous[1:]))

    def told(self, name: str, year: int, code: str) -> str:
        """What is wrong, as a sentence; or what is doubtful, which is taken as it is."""
        doubt = self._doubt(name, year)
        return choose(code, doubt, '""', *(self._sentence(name, fault) for fault in FAULTS))

    def _doubt(self, name: str, year: int) -> str:
        """Spreadsheets make 0.975 of a "97.5%" that somebody types."""
        if not self._percent(name):
            return '""'
        worth = f"${self._at.worth}{self._places[name].rows[year]}"
        told = spliced(self._words.word("doubt_percent"), value=f"ROUND(100*{worth},{NEAR})")
        return first([(f"NOT(ISNUMBER({worth}))", '""'), (f"AND({worth}>0,{worth}<=1)", told)], '""')

    def _percent(self, name: str) -> bool:
        return self._places[name].figure.most == PERCENT

    def longest(self, name: str) -> str:
        """The longest of the sentences that can be told of a figure."""
        return max(self._tellable(name), key=len)

    def _tellable(self, name: str) -> Iterator[str]:
        figure, part = self._places[name].figure, bool(self._other(name, "exceeds"))
        can_be = {"gap": figure.series, "years": figure.series and part, "exceeds": part, "year": bool(figure.year_of)}
        for fault in FAULTS:
            if can_be.get(fault, True):
                yield filled(self._text(name, fault), other=self._other(name, fault))
        if self._percent(name):
            yield filled(self._words.word("doubt_percent"), value="99.99")

    def _sentence(self, name: str, fault: str) -> str:
        return spliced(self._text(name, fault), other=quoted(self._other(name, fault)))

    def _text(self, name: str, fault: str) -> str:
        return self._words.word("wrong_percent" if fault == "large" and self._percent(name) else f"wrong_{fault}")

    def _other(self, name: str, fault: str) -> str:
        """The name of the other figure that a fault is about."""
        of = self._places[name].figure.year_of
        whole = next((rule.whole for rule in self._rules if isinstance(rule, ShareRule) and rule.part == name), "")
        other = of[0] if fault == "year" and of else whole
        return self._places[other].figure.name if other in self._places else ""

    # the option that follows

    def derived(self, rule: ShareRule | ChangeRule, letters: Sequence[str]) -> str:
        """The letter that the figures give; "" while one is missing or wrong."""
        return f'IF({self._complete(rule)},IF({self._wrong(rule)}=0,{self._letter(rule, letters)},""),"")'

    def _asked(self, rule: ShareRule | ChangeRule) -> tuple[str, ...]:
        if isinstance(rule, ShareRule):
            return (rule.part, rule.whole)
        return tuple(dict.fromkeys((*rule.last, *rule.previous)))

    def _complete(self, rule: ShareRule | ChangeRule) -> str:
        asked = [self._places[name].cells(self._at.worth) for name in self._asked(rule)]
        return f"AND({','.join(f'COUNT({cells})>0' for cells in asked)})"

    def _wrong(self, rule: ShareRule | ChangeRule) -> str:
        return f"SUM({','.join(self._places[name].cells(self._at.code) for name in self._asked(rule))})"

    def _letter(self, rule: ShareRule | ChangeRule, letters: Sequence[str]) -> str:
        if isinstance(rule, ShareRule):
            part, whole = (f"SUM({self._places[name].cells(self._at.worth)})" for name in (rule.part, rule.whole))
            bands = zip(rule.bands[:-1], letters, strict=False)
            cases = [(f"ROUND(100*{part}-{upper}*{whole},{NEAR})<=0", quoted(letter)) for upper, letter in bands]
            return first(cases, quoted(letters[-1]))
        tenths = f"ROUND(ROUND({self._change(rule)},{TENTHS}),0)"
        return f"IF({tenths}>0,{quoted(rule.rise)},IF({tenths}=0,{quoted(rule.flat)},{quoted(rule.fall)}))"

    def _change(self, rule: ChangeRule) -> str:
        last, previous = (
            "/".join(f"${self._at.worth}${self._places[name].rows[-1]}" for name in side)
            for side in (rule.last, rule.previous)
        )
        return f"1000*(({last})/({previous})-1)" if rule.relative else f"10*({last}-{previous})"


def _dated(cell: str, plain: str) -> str:
    """Whether a number is shown as a date, which spreadsheets make of "3/4" or "2024-1".

    Excel calls the look of a date "D4" and that of a plain number "G", LibreOffice "G" and "F0". Where a program says
    nothing, the number stands, and only reading refuses it.
    """
    look, usual = (f'CELL("format",{at})' for at in (cell, plain))
    return f'IF(ISERROR({look}),FALSE,AND({look}<>{usual},OR(LEFT({look},1)="D",{look}="G")))'


def _in_text(cell: str) -> str:
    """The number in a cell that holds text, if it is written as spreadsheets write one; else ""."""
    number = f"VALUE({typed(cell)})"
    return f'IF(ISERROR({number}),"",IF({number}&""={typed(cell)},IF({number}<0,"",{number}),""))'


def rows_of(figure: Figure) -> int:
    """How many numbers a figure may have."""
    return YEARS if figure.series else 1


def shown_years(figure: Figure) -> list[int | None]:
    """Which of its numbers stands in each row: the years that are missing are the oldest."""
    missing = rows_of(figure) - len(figure.numbers)
    return [None] * missing + [*range(len(figure.numbers))]
