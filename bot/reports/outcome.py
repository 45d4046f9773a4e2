"""What the answers of one firm came to, in words and numbers that a summary lists: a row a firm."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.reports.paper import Paper
from bot.words.results import points_of, shown_points
from bot.words.steps import steps_alone
from bot.words.wording import Wording, wording
from flows.session import Value
from scoring.exact import shown
from scoring.result import Result, assess
from scoring.sheet import load_sheet


class Short(Value):
    """What is missing for the grade above (points as they are shown), and the first steps to it."""

    grade: str
    points: str
    scenarios: int
    restrictive: int
    steps: tuple[str, ...]


class Outcome(Value):
    """What answers came to; points are as people read them. `open`: the names of items without an answer."""

    grade: int
    grade_name: str
    score: str
    dimensions: Mapping[str, str]
    open: tuple[str, ...]
    short: Short | None
    report: str
    on: date
    edition: str


class Row(Value):
    """A record in the summary: its number, whose it is, and what it came to, or why it was refused."""

    number: int
    id: str = ""
    firm: str = ""
    outcome: Outcome | None = None
    files: tuple[str, ...] = ()
    fault: str = ""


def outcome_of(paper: Paper, report: str) -> Outcome:
    """What a paper says, in its language; `report` is its number."""
    words = wording(paper.language, paper.rubric)
    result = assess(load_sheet(paper.rubric, paper.profile), paper.answers)
    unanswered = [item for item in words.rubric.items if item not in result.credits and item not in result.levels]
    return Outcome(
        grade=result.grade,
        grade_name=words.grade(result.grade),
        score=shown_points(result),
        dimensions={entry.name: points_of(result.dimensions[entry.id]) for entry in words.rubric.dimensions},
        open=tuple(map(words.item_label, unanswered)),
        short=_short(result, words, unanswered),
        report=report,
        on=paper.on,
        edition=words.rubric.title,
    )


def _short(result: Result, words: Wording, unanswered: Sequence[str]) -> Short | None:
    if result.next is None or result.points_short is None:
        return None
    return Short(
        grade=words.grade(result.next.grade),
        points=shown(result.points_short.as_integer_ratio(), {0}),
        scenarios=result.next.scenarios_short,
        restrictive=result.next.restrictive_short,
        steps=steps_alone(result.next, words, unanswered),
    )
