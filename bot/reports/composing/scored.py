"""A paper that was scored, with its words: what every part of a report is made of."""

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from bot.reports.composing.labels import labels_of
from bot.reports.content import Seal
from bot.reports.paper import Paper
from bot.words.wording import Wording, wording
from flows.events import AnswerValue
from flows.text import tidy
from locales import Catalogue
from scoring.answers import Answers
from scoring.result import Result, assess, shown_score
from scoring.rubric import Rubric
from scoring.sheet import Sheet, load_sheet


@dataclass(frozen=True, slots=True)
class Scored:
    """A paper with its seal, its result, and that of the assessment before it, if there was one.

    `alike` is the result before if it can be compared item by item: if it is by the same edition. `labels`: the
    headings, by their names.
    """

    paper: Paper
    sealed: Seal
    words: Wording
    sheet: Sheet
    result: Result
    before: Result | None
    alike: Result | None
    labels: dict[str, str]

    @property
    def text(self) -> Catalogue:
        """The catalogue of the paper's language."""
        return self.words.text

    @property
    def rubric(self) -> Rubric:
        """The edition, in the paper's language."""
        return self.words.rubric

    @property
    def firm(self) -> str:
        """The name of the firm as it is shown, "" without one."""
        return tidy(self.paper.firm.name)

    @property
    def final(self) -> bool:
        """Nothing is open, and nothing more is to come."""
        return self.result.complete and self.paper.submitted

    @property
    def score(self) -> str:
        """The score as people read it."""
        return shown_score(self.sheet, self.result.score)

    def date(self, on: date) -> str:
        """ "2026年11月22日"."""
        return format_date(on, "medium", locale=self.words.language.replace("-", "_"))

    def said(self, answer: AnswerValue | None) -> str:
        """An answer in a few characters; on paper, a missing one is told in plainer words than in a chat."""
        return self.labels["not_answered"] if answer is None else self.words.answer(answer)


def scored(paper: Paper, sealed: Seal) -> Scored:
    """The paper, scored by its profile and put into its language."""
    words, sheet = wording(paper.language, paper.rubric), load_sheet(paper.rubric, paper.profile)
    before = _assessed(paper.before.answers, sheet) if paper.before else None
    return Scored(
        paper=paper,
        sealed=sealed,
        words=words,
        sheet=sheet,
        result=assess(sheet, paper.answers),
        before=before,
        alike=before if before and before.rubric == paper.rubric else None,
        labels=labels_of(words),
    )


def _assessed(earlier: Answers, sheet: Sheet) -> Result:
    """By the same profile, or by the own rule of another edition."""
    return assess(sheet if earlier.rubric == sheet.rubric.id else load_sheet(earlier.rubric), earlier)
