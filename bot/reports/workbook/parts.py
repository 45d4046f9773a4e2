"""What the sheets have in common: the report, its words, and where other sheets find what they refer to."""

from dataclasses import dataclass, field

from bot.reports.content import Question, Report
from bot.reports.workbook.formula import quoted


@dataclass(frozen=True, slots=True)
class Spot:
    """The cells of a question that other sheets refer to: names of ranges with their sheet."""

    marks: str
    values: str
    letters: str
    code: str
    derived: str


@dataclass(slots=True)
class Refs:
    """Where things stand, once they are written.

    `levels` and `kinds` are the ranges of all scenarios. `faults`, `filled` and `changed` count over all sheets.
    """

    questions: dict[str, Spot] = field(default_factory=dict)
    scenarios: dict[str, tuple[str, str]] = field(default_factory=dict)
    levels: str = ""
    kinds: str = ""
    faults: str = ""
    filled: str = ""
    changed: str = ""
    score: str = ""
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a report, and what its cells say in them."""

    report: Report

    def word(self, name: str) -> str:
        """A heading or a sentence; blanks in it are left ({name})."""
        book = self.report.book
        return book[name] if name in book else self.report.labels[name]

    @property
    def blank(self) -> bool:
        """Nothing is answered: a form to fill, and no report of anything."""
        report = self.report
        figures = any(figure.numbers for question in report.questions for figure in question.figures)
        answered = any(question.answered for question in report.questions)
        return not (figures or answered or any(scenario.level is not None for scenario in report.scenarios))

    @property
    def in_letters(self) -> bool:
        """Not in Chinese characters."""
        return not self.report.language.startswith("zh")

    @property
    def title(self) -> str:
        """The title of the form."""
        return self.word("title").format(edition=self.report.source) if self.blank else self.report.title

    @property
    def footer(self) -> str:
        """What stands below every page; an empty form is nobody's, and has no number."""
        page = self.word("page").format(page="&P", pages="&N")
        seal = self.report.seal
        named = "" if self.blank else self.word("footer").format(number=seal.number, code=seal.code)
        return f"&L&8{named}&R&8{page}"

    @property
    def items(self) -> int:
        """How many are to be filled in."""
        return len(self.report.questions) + len(self.report.scenarios)

    @property
    def filled(self) -> int:
        """How many are."""
        report = self.report
        return sum(one.answered for one in report.questions) + sum(one.level is not None for one in report.scenarios)

    def guarded(self, faults: str, formula: str) -> str:
        """A formula that says what to do first, while there are faults."""
        return f"IF({faults}>0,{quoted(self.word('fix'))},{formula})"

    def grades(self) -> list[str]:
        """The names of all grades, from none."""
        return [self.word("no_grade"), *(row.name for row in self.report.grades)]


def derived_of(question: Question) -> str:
    """The letter that figures give; "" if they give none."""
    chosen = [option.letter for option in question.options if option.chosen]
    return chosen[0] if question.calculation and chosen else ""
