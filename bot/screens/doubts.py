"""Figures that can hardly be: the ways to read them, to choose one."""

from bot.screens.parts import Choice, Screen, header_line, moves
from bot.words.wording import Wording
from flows.cards import DoubtCard
from flows.inputs import TakeReading
from flows.session import Doubt, Doubting, Reading
from scoring.exact import plain


def doubt_screen(card: DoubtCard, words: Wording) -> Screen:
    """One line on why, and a choice for each reading."""
    draft = card.draft
    return Screen(
        words.text(f"doubt.{draft.doubt.value}"),
        header=header_line(card.progress, words),
        body=(words.text("doubt.figure", figure=words.rubric.figure[draft.figure].name),),
        choices=tuple(
            Choice(
                str(number),
                _reading(draft, reading, words),
                TakeReading(number - 1),
                label=_short(draft, reading, words),
            )
            for number, reading in enumerate(draft.readings, start=1)
        ),
        hint=words.hint("doubt"),
        actions=moves(card.question.id, card.progress),
    )


def _short(draft: Doubting, reading: Reading, words: Wording) -> str:
    """What was typed, with the unit that it is read in."""
    value = reading.value if reading.amount is None else reading.amount
    if isinstance(value, tuple):
        return ""
    fuel = reading.fuel or (draft.fuelling.fuel if draft.doubt is Doubt.AMOUNT and draft.fuelling else None)
    unit = words.rubric.fuel[fuel].unit if fuel else words.rubric.figure[draft.figure].unit
    return words.measured(plain(value), unit)


def _reading(draft: Doubting, reading: Reading, words: Wording) -> str:
    """A reading with its unit: the figure's own, or that of the fuel which it is an amount of."""
    if draft.doubt is Doubt.AMOUNT and draft.fuelling and not isinstance(reading.value, tuple):
        unit = words.rubric.fuel[draft.fuelling.fuel or ""].unit
        return words.measured(plain(reading.value), unit)
    value = words.value(draft.figure, reading.value)
    if reading.fuel is None or reading.amount is None:
        return value
    fuel = words.rubric.fuel[reading.fuel]
    amount = words.measured(plain(reading.amount), fuel.unit)
    return words.text("doubt.reading", fuel=fuel.name, amount=amount, value=value)
