"""Questions: options, figures, the calculation to confirm, the energy calculator."""

from collections.abc import Iterable

from bot.screens.doubts import doubt_screen
from bot.screens.parts import BACK, DONE, HELP, KEEP, PAUSE, Action, Choice, Screen, early_end, header_line, moves
from bot.words.wording import Wording, calculation
from flows.cards import (
    ConfirmCard,
    DoubtCard,
    EnergyCard,
    FigureCard,
    QuestionCard,
)
from flows.inputs import (
    Answer,
    Back,
    ChooseFuel,
    ChooseSide,
    Confirm,
    EnterFigures,
    OpenEnergy,
    Tick,
)
from flows.session import EnergySide
from scoring.rubric import Question


def question_screen(card: QuestionCard | FigureCard | ConfirmCard | EnergyCard | DoubtCard, words: Wording) -> Screen:
    """A question in any of its states."""
    match card:
        case QuestionCard():
            return _question(card, words)
        case FigureCard():
            return _figure(card, words)
        case ConfirmCard():
            return _confirm(card, words)
        case DoubtCard():
            return doubt_screen(card, words)
        case EnergyCard():
            return _energy(card, words)


def _place(question: Question, words: Wording) -> tuple[str, str]:
    indicator = next(entry for entry in words.rubric.indicators if entry.id == question.indicator)
    return words.page_name(indicator.dimension), question.item


def _question(card: QuestionCard, words: Wording) -> Screen:
    question = words.rubric.question[card.question.id]
    choices = tuple(
        Choice(
            option.id,
            option.text,
            Tick(option.id, option.id not in card.ticked) if question.kind.ticks else Answer((option.id,)),
            option.id in card.ticked,
        )
        for option in question.options
    )
    actions = [DONE] if question.kind.ticks else []
    if question.figures:
        actions.append(Action("figures", EnterFigures()))
        if any(map(words.rubric.calculates, question.figures.asks)):
            actions.append(Action("energy", OpenEnergy()))
    if card.answered:
        actions.append(KEEP)
    return Screen(
        question.text,
        header=header_line(card.progress, _place(question, words), words),
        body=(words.hint("present", answer=words.answer(card.answered)),) if card.answered else (),
        choices=choices,
        hint=_question_hint(card, words),
        actions=(*actions, *moves(card.progress)),
    )


def _question_hint(card: QuestionCard, words: Wording) -> str:
    hint = words.hint(f"question.{card.question.type}")
    if not card.asks:
        return hint
    asked = words.text("list.separator").join(words.figure(name) for name in card.asks)
    return hint + words.hint("question.figures", figures=asked)


def _figure(card: FigureCard, words: Wording) -> Screen:
    question, text = words.rubric.question[card.question.id], words.text
    series = words.rubric.figure[card.figure].kind == "series"
    actions = [Action("energy", OpenEnergy())] if card.energy else []
    return Screen(
        text("figure.title", figure=words.figure(card.figure)),
        header=header_line(card.progress, _place(question, words), words),
        body=(question.text, *_known(card, words)),
        hint=words.hint("figure.series" if series else "figure.energy" if card.energy else "figure"),
        actions=(*actions, *moves(card.progress)),
    )


def _known(card: FigureCard, words: Wording) -> Iterable[str]:
    for name, value in card.known.items():
        yield words.text("figure.known", name=words.rubric.figure[name].name, value=words.value(name, value))


def _confirm(card: ConfirmCard, words: Wording) -> Screen:
    question, text = words.rubric.question[card.question.id], words.text
    chosen = next(option for option in question.options if option.id == card.option)
    yes = Confirm()
    return Screen(
        text("confirm.title", option=chosen.id, text=chosen.text),
        header=header_line(card.progress, _place(question, words), words),
        body=(question.text, calculation(card.calculation)),
        hint=words.hint("confirm"),
        actions=(Action("yes", yes), Action("no", Back()), *moves(card.progress)),
        default=yes,
    )


def _energy(card: EnergyCard, words: Wording) -> Screen:
    question, text = words.rubric.question[card.question.id], words.text
    header = header_line(card.progress, _place(question, words), words)
    if card.fuel:
        fuel = words.rubric.fuel[card.fuel]
        title = text("energy.amount", fuel=fuel.name, unit=fuel.unit)
        return Screen(title, header, hint=words.hint("energy.amount"), actions=(BACK, HELP, PAUSE))
    amounts = card.use.side(card.side)
    choices = tuple(
        Choice(
            str(i),
            text("energy.fuel", fuel=fuel.name, unit=fuel.unit, amount=amounts.get(fuel.id, "—")),
            ChooseFuel(fuel.id),
            fuel.id in amounts,
        )
        for i, fuel in enumerate(words.rubric.energy, start=1)
    )
    total = (text("energy.total", calculation=calculation(card.total.calculation)),) if card.total else ()
    sides = (Action(f"energy.{side.value}", ChooseSide(side)) for side in EnergySide if side != card.side)
    return Screen(
        text("energy.title", figure=words.rubric.figure[card.figure].name, side=text(f"energy.{card.side.value}.name")),
        header=header,
        body=total,
        choices=choices,
        hint=words.hint("energy"),
        actions=(DONE, *sides, *early_end(card.progress), BACK, HELP, PAUSE),
    )
