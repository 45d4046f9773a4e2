"""A workbook that is not as it was made: do its cells hold the answers that it was made of?

Whoever saves it anew changes its bytes, and whoever fills it in changes its answers: both are what it is for.
"""

from collections.abc import Iterator

from bot.reports.filled import Filled
from bot.reports.paper import Paper
from bot.reports.workbook.reading import read_workbook
from bot.words.faults import fault_text
from bot.words.wording import Wording, wording
from flows.text import inert, tidy
from locales import catalogue
from scoring.answers import check_answers
from scoring.editions import load_rubric
from scoring.errors import AnswersError
from scoring.figures import Figures, FigureValue, years_of_series
from scoring.rubric import Rubric

MOST = 40
"""So many places are named."""


def filled_otherwise(content: bytes, paper: Paper) -> tuple[str, ...]:
    """What is filled in otherwise than in the record, in the words of the paper.

    If it cannot be read, the cells that are in the way, or a sentence that says what is.
    """
    try:
        filled = read_workbook(content)
        return tuple(map(inert, _differences(filled, paper)))[:MOST]
    except AnswersError as error:
        text = catalogue(paper.language)
        return tuple(inert(fault.place) or fault_text(fault, text) for fault in error.faults[:MOST])


def _differences(filled: Filled, paper: Paper) -> Iterator[str]:
    """Raises AnswersError."""
    rubric, words, data = load_rubric(paper.rubric), wording(paper.language, paper.rubric), filled.answers
    if data.get("rubric") != paper.rubric:
        yield words.text("report.label.edition")
        return
    told, record = check_answers(rubric, data), paper.answers
    if tidy(data.get("firm")) != tidy(paper.firm.name):
        yield words.text("report.label.firm")
    for fact, value in filled.facts.items():
        if value != tidy(getattr(paper.firm, fact)):
            yield words.text(f"report.label.{fact}")
    for item in rubric.items:
        given, made = ({**side.choices, **side.levels}.get(item) for side in (told, record))
        if given != made:
            yield words.item_name(item)
    yield from _figures(words, _known(rubric, told.figures), _known(rubric, record.figures))


def _known(rubric: Rubric, figures: Figures) -> dict[str, FigureValue]:
    """With the years that a series tells of."""
    return {**years_of_series(rubric, figures), **figures}


def _figures(words: Wording, told: dict[str, FigureValue], record: dict[str, FigureValue]) -> Iterator[str]:
    for name, figure in words.rubric.figure.items():
        if told.get(name) != record.get(name):
            yield figure.name
