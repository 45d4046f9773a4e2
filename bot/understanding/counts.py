"""Shares and changes that numbers say: machines, years of money, pass rates. A vague number gives the lower option."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from bot.understanding.clauses import Clause, Token
from bot.understanding.lexicon import Count
from bot.understanding.numbers import Quantity, counted, quantities
from scoring.errors import AnswersError
from scoring.figures import FigureValue, Number, derive
from scoring.rubric import Change, Question, Rubric, Share

ALL = Decimal(100)
UNIT_OF_SHARES = "%"
LEAST_OF_ABOUT, MOST_OF_ABOUT, MOST_OF_ABOVE = Decimal("0.9"), Decimal("1.1"), Decimal("1.5")
"""How far a number from the one that was said may be: "about 20" up to 22, "more than 20" up to 30."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A number with what it counts, in a clause."""

    quantity: Quantity
    nouns: tuple[Token, ...]
    clause: Clause
    value: Number | None
    """In the unit of the figure that it counts; None if it was said in another one, or counts nothing known."""

    def figures(self) -> set[str]:
        """The figures that its nouns name."""
        return {noun.of.figure for noun in self.nouns if isinstance(noun.of, Count)}

    def is_apart(self) -> bool:
        """It counts one sort of several."""
        return any(isinstance(noun.of, Count) and noun.of.apart for noun in self.nouns)

    @property
    def denied(self) -> bool:
        """The words say that there are none."""
        return any(noun.start in self.clause.denied for noun in self.nouns)

    @property
    def least(self) -> Decimal:
        """As few as it may be."""
        quantity = self.quantity
        return quantity.value * (LEAST_OF_ABOUT if quantity.approximate and not quantity.above else 1)

    @property
    def most(self) -> Decimal:
        """As many as it may be."""
        quantity = self.quantity
        return quantity.value * (MOST_OF_ABOVE if quantity.above else MOST_OF_ABOUT if quantity.approximate else 1)


@dataclass(frozen=True, slots=True)
class Figured:
    """An option that numbers give, and from where to where they stand."""

    item: str
    letter: str
    start: int
    end: int
    figures: dict[str, FigureValue]


def figured(text: str, clauses: Sequence[Clause], rubric: Rubric) -> list[Figured]:
    """The questions that the text's numbers answer."""
    numbers = quantities(text)
    found = [entry for clause, inside in _by_clause(clauses, numbers) for entry in _counted(clause, inside, rubric)]
    read = Read(text, clauses, found)
    answers = (_answer(question, read, rubric) for question in rubric.questions)
    return [answer for answer in answers if answer]


@dataclass(frozen=True, slots=True)
class Read:
    """A text with its clauses and numbers."""

    text: str
    clauses: Sequence[Clause]
    found: Sequence[Counted]

    def nouns(self, figure: str) -> set[str]:
        """The different words for what a figure counts."""
        nouns = (noun for clause in self.clauses for noun in clause.of("count"))
        return {self.text[n.start : n.end] for n in nouns if isinstance(n.of, Count) and n.of.figure == figure}


def _answer(question: Question, read: Read, rubric: Rubric) -> Figured | None:
    match question.figures:
        case Share() as rule if rubric.figure[rule.whole].kind == "count":
            return _share(question, rule, read)
        case Share() as rule:
            return _yearly_share(question, rule, read.found)
        case Change(measure="points") as rule:
            return _change(question, rule, read.found)
        case _:
            return None


# what a number counts


def _by_clause(clauses: Sequence[Clause], numbers: Sequence[Quantity]) -> Iterator[tuple[Clause, list[Quantity]]]:
    """The clauses that have numbers, with these."""
    starts = [clause.start for clause in clauses]
    for place, inside in groupby(numbers, lambda number: bisect(starts, number.start) - 1):
        yield clauses[place], list(inside)


def _counted(clause: Clause, inside: Sequence[Quantity], rubric: Rubric) -> Iterator[Counted]:
    """Nouns follow their numbers ("8台数控"), or come before them ("数控的8台"), the same way in a whole clause."""
    nouns = clause.of("count")
    follow = any(noun.end > inside[-1].start for noun in nouns)
    starts = [number.start for number in inside]
    before = [_within(nouns, *place) for place in zip([clause.start, *starts], starts, strict=False)]
    behind = [_within(nouns, *place) for place in zip(starts, [*starts[1:], clause.end], strict=True)]
    found = [(behind[i] or (before[i] if i == 0 else [])) if follow else before[i] for i in range(len(inside))]
    own = [_within(nouns, number.start, number.end) for number in inside]
    if len(inside) > 1:
        found = [mine or near for mine, near in zip(own, found, strict=True)]
    free = [noun for noun in nouns if all(noun not in taken for taken in found)]
    for number, taken in zip(inside, found, strict=True):
        counts = tuple(taken or (free if number.unit in (None, UNIT_OF_SHARES) else []))
        units = [rubric.figure[noun.of.figure].unit for noun in counts if isinstance(noun.of, Count)]
        yield Counted(number, counts, clause, counted(number, units[0]) if units else None)


def _within(nouns: Sequence[Token], start: int, end: int) -> list[Token]:
    return [noun for noun in nouns if start <= noun.start < end]


# a share of machines


def _share(question: Question, rule: Share, read: Read) -> Figured | None:
    parts = [e for e in read.found if rule.part in e.figures() and e.clause.affirms(e.nouns[0]) and not e.denied]
    wholes = [e for e in read.found if rule.whole in e.figures() and rule.part not in e.figures() and _is_number(e)]
    machines = Machines(wholes, [e for e in read.found if e.is_apart() and _is_number(e)], len(read.nouns(rule.whole)))
    shares = [(share, entry) for entry in parts for share in [machines.share(entry)] if share is not None]
    if not shares:
        return _all_or_none(question, rule, read, machines)
    share, best = max(shares, key=lambda pair: pair[0])
    if share > ALL or any(rule.part in e.figures() and machines.are_fewer_than(e) for e in read.found):
        return None
    figures = machines.figures(rule, best) if len(parts) == 1 else {}
    places = [best, *(wholes if figures else ())]
    return _figured(question, _letter(question, rule, share), places, figures)


@dataclass(frozen=True)
class Machines:
    """All numbers of machines in a text: of all of them, or of sorts that add up; and how many nouns name them."""

    wholes: Sequence[Counted]
    sorts: Sequence[Counted]
    names: int

    @cached_property
    def total(self) -> Decimal | None:
        """The greatest number that is said of all of them."""
        return max((entry.most for entry in self.wholes if not entry.is_apart()), default=None)

    @cached_property
    def most(self) -> Decimal | None:
        """As many as there may be: the greatest total, or all sorts together."""
        together = sum((entry.most for entry in self.sorts), Decimal(0))
        return max(self.total or together, together) if self.wholes else None

    def are_fewer_than(self, part: Counted) -> bool:
        """There cannot be so many of them."""
        return self.total is not None and _is_number(part) and part.least > self.total

    def share(self, part: Counted) -> Decimal | None:
        """How large a share of them a part is at least, in percent; None if the words do not tell."""
        most = self.most
        if _is_number(part):
            return ALL * part.least / most if most else None
        if part.quantity.unit != UNIT_OF_SHARES:
            return None
        beside = [entry for entry in self.wholes if entry.clause is part.clause]
        if most and len(beside) == 1:
            return part.least * beside[0].least / most
        return part.least if self.names <= 1 else None

    def figures(self, rule: Share, part: Counted) -> dict[str, FigureValue]:
        """The figures, if both were said exactly."""
        entries = [*self.wholes, *self.sorts, part]
        if self.most is None or not _is_number(part) or any(entry.quantity.approximate for entry in entries):
            return {}
        return {rule.whole: int(self.most), rule.part: int(part.least)}


def _is_number(entry: Counted) -> bool:
    return isinstance(entry.value, int)


def _all_or_none(question: Question, rule: Share, read: Read, machines: Machines) -> Figured | None:
    """ "机床全是数控", "一台都没联网"."""
    counted = any(rule.part in entry.figures() for entry in read.found)
    for clause in read.clauses:
        for noun in clause.of("count"):
            if not isinstance(noun.of, Count) or noun.of.figure != rule.part or clause.off:
                continue
            if noun.start in clause.denied:
                return Figured(question.id, question.letters[0], *_from_first(clause, noun), {})
            if clause.of("all", "whole") and machines.names == 1 and not counted and not _is_of_some(clause, rule):
                return Figured(question.id, question.letters[-1], *_from_first(clause, noun), {})
    return None


def _is_of_some(clause: Clause, rule: Share) -> bool:
    """ "注塑机都联网了" says nothing of other machines."""
    nouns = (noun.of for noun in clause.of("count"))
    return any(isinstance(noun, Count) and noun.apart and noun.figure == rule.whole for noun in nouns)


def _from_first(clause: Clause, noun: Token) -> tuple[int, int]:
    first = clause.of("not", "all", "whole", "count")[0]
    return min(first.start, noun.start), noun.end


def _letter(question: Question, rule: Share, percent: Decimal) -> str:
    return question.letters[next(place for place, upper in enumerate(rule.bands) if percent <= upper)]


def _figured(question: Question, letter: str, entries: Sequence[Counted], figures: dict[str, FigureValue]) -> Figured:
    spots = [(entry.quantity.start, entry.quantity.end) for entry in entries]
    spots += [(noun.start, noun.end) for entry in entries for noun in entry.nouns]
    return Figured(question.id, letter, min(start for start, _ in spots), max(end for _, end in spots), figures)


# money of several years, and a rate that has changed


def _yearly_share(question: Question, rule: Share, found: Sequence[Counted]) -> Figured | None:
    """Only where both are said of every year, or of all three: "每年营收3000万，软件投20万"."""
    money = [entry for entry in found if _is_money(entry) and not entry.clause.off and not entry.denied]
    parts = [entry for entry in money if rule.part in entry.figures()]
    wholes = [entry for entry in money if rule.whole in entry.figures()]
    spans = {token.kind for entry in (*parts, *wholes) for token in entry.clause.of("yearly", "once")}
    if len(parts) != 1 or len(wholes) != 1 or spans != {"yearly"} or not wholes[0].most:
        return None
    share = ALL * parts[0].least / wholes[0].most
    if share > ALL:
        return None
    return _figured(question, _letter(question, rule, share), [*wholes, *parts], {})


def _is_money(entry: Counted) -> bool:
    """An amount with its unit, or at least its magnitude."""
    return entry.value is not None and (entry.quantity.unit is not None or entry.quantity.large)


def _change(question: Question, rule: Change, found: Sequence[Counted]) -> Figured | None:
    """ "上了系统以后合格率从96.2%提高到97.5%": two exact rates in a clause that speaks of the time since."""
    before, after = rule.previous[0], rule.last[0]
    rates = [entry for entry in found if entry.quantity.unit == UNIT_OF_SHARES and entry.clause.of("since")]
    named = [entry for entry in rates if after in _figures_of(entry.clause) and not entry.clause.off]
    if len(named) != 2 or any(entry.quantity.approximate or entry.clause.denied for entry in named):
        return None
    figures: dict[str, FigureValue] = {before: _rate(named[0]), after: _rate(named[1])}
    try:
        derived = derive(question, figures)
    except AnswersError:
        return None
    return _figured(question, derived.option, named, figures) if derived else None


def _figures_of(clause: Clause) -> set[str]:
    return {noun.of.figure for noun in clause.of("count") if isinstance(noun.of, Count)}


def _rate(entry: Counted) -> int | Decimal:
    value = entry.quantity.value
    return int(value) if value == value.to_integral_value() else value
