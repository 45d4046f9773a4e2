"""What is taken as it was written, though something else may have been meant."""

from decimal import Decimal

from bot.words.wording import wording
from scoring.answers import Answers
from scoring.editions import load_rubric
from scoring.exact import plain

PERCENT = 100


def doubts(answers: Answers, language: str) -> list[str]:
    """A sentence for each rate of at most one percent: a spreadsheet makes 0.975 of a "97.5%" that somebody types."""
    rates = [figure.id for figure in load_rubric(answers.rubric).figures if figure.kind == "percent"]
    given = {rate: Decimal(str(answers.figures.get(rate, 0))) for rate in rates}
    return [_doubt(name, rate, answers.rubric, language) for name, rate in given.items() if 0 < rate <= 1]


def _doubt(figure: str, rate: Decimal, edition: str, language: str) -> str:
    words = wording(language, edition)
    name, meant = words.rubric.figure[figure].name, (PERCENT * rate).normalize()
    return words.text("doubt.rate", name=name, given=plain(rate), meant=plain(meant))
