"""Questions: options, figures, the calculation to confirm, the energy calculator."""

from collections.abc import Iterable

from bot.screens.doubts import doubt_screen
from bot.screens.parts import (
    DONE,
    Action,
    Choice,
    Screen,
    asked,
    first_words,
    fitting,
    header_line,
    label,
    moves,
    present,
    unchanged,
)
from bot.screens.wishes import Detail, Leaf
from bot.words.wording import USUAL, Wording, calculation
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
    Commit,
    Confirm,
    EnterFigures,
    OpenEnergy,
    Tick,
)
from flows.session import EnergySide

COMMIT_TICKED = Action("commit_ticked", Commit())


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


def _question(card: QuestionCard, words: Wording) -> Screen:
    question = words.rubric.question[card.question.id]
    choices = tuple(
        Choice(
            option,
            words.plain(question.id, option),
            Tick(option, option not in card.ticked) if question.kind.ticks else Answer((option,)),
            option in card.ticked,
            label(question.id, option, words),
        )
        for option in question.letters
    )
    actions = [COMMIT_TICKED] if card.commits else []
    actions += [DONE] if question.kind.ticks else []
    if question.figures:
        actions.append(Action("figures", EnterFigures()))
        if any(map(words.rubric.calculates, question.figures.asks)):
            actions.append(Action("energy", OpenEnergy()))
    actions += unchanged(card.progress, answered=card.answered is not None)
    screen = Screen(
        asked(question.id, words),
        header=header_line(card.progress, words),
        body=first_words(card.progress, words),
        choices=choices,
        hint=_question_hint(card, words),
        actions=(*actions, *moves(question.id, card.progress)),
    )
    return fitting(screen, question.id, words)


def _question_hint(card: QuestionCard, words: Wording) -> str:
    if card.commits:
        pledge = words.text("commitment.text", firm=words.text("commitment.firm"))
        return words.hint("question.commits", commitment=pledge)
    if card.answered:
        return present(words.answer(card.answered), card.progress, words)
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
        header=header_line(card.progress, words),
        body=(words.ask(question.id), *_known(card, words)),
        hint=words.hint("figure.series" if series else "figure.energy" if card.energy else "figure"),
        actions=(*actions, *moves(question.id, card.progress)),
    )


def _known(card: FigureCard, words: Wording) -> Iterable[str]:
    for name, value in card.known.items():
        yield words.text("figure.known", name=words.rubric.figure[name].name, value=words.value(name, value))


def _confirm(card: ConfirmCard, words: Wording) -> Screen:
    question, text = words.rubric.question[card.question.id], words.text
    yes = Confirm()
    return Screen(
        text("confirm.title", option=card.option, text=words.plain(question.id, card.option)),
        header=header_line(card.progress, words),
        body=(words.ask(question.id), calculation(card.calculation)),
        hint=words.hint("confirm"),
        actions=(Action("yes", yes), Action("no", Back()), *moves(question.id, card.progress)),
        default=yes,
    )


def fuels(card: EnergyCard, words: Wording) -> tuple[Choice, ...]:
    """All fuels with their amounts, by number; what most factories burn comes first."""
    amounts = card.use.side(card.side)
    numbered = enumerate(words.rubric.energy, start=1)
    return tuple(
        Choice(
            str(number),
            words.text("energy.fuel", fuel=fuel.name, unit=fuel.unit, amount=amounts.get(fuel.id, "—")),
            ChooseFuel(fuel.id),
            fuel.id in amounts,
            fuel.name,
        )
        for number, fuel in sorted(numbered, key=lambda pair: pair[1].id not in USUAL)
    )


def other_fuels(card: EnergyCard, words: Wording) -> tuple[Choice, ...]:
    """Those that are on a page of their own where a card is to be seen at once."""
    if not words.medium.is_small or not {fuel.id for fuel in words.rubric.energy} & {*USUAL}:
        return ()
    usual = {ChooseFuel(fuel) for fuel in USUAL}
    return tuple(choice for choice in fuels(card, words) if choice.wish not in usual and not choice.marked)


def _energy(card: EnergyCard, words: Wording) -> Screen:
    question, text = words.rubric.question[card.question.id], words.text
    header = header_line(card.progress, words)
    if card.fuel:
        fuel = words.rubric.fuel[card.fuel]
        title = text("energy.amount", fuel=fuel.name, unit=fuel.unit)
        return Screen(title, header, hint=words.hint("energy.amount"), actions=moves(question.id, card.progress))
    choices = fuels(card, words)
    others = other_fuels(card, words)
    more = (Action("fuels", Leaf(Detail.FUELS)),) if others else ()
    total = (text("energy.total", calculation=calculation(card.total.calculation)),) if card.total else ()
    sides = (Action(f"energy.{side.value}", ChooseSide(side)) for side in EnergySide if side != card.side)
    return Screen(
        text("energy.title", figure=words.rubric.figure[card.figure].name, side=text(f"energy.{card.side.value}.name")),
        header=header,
        body=total,
        choices=tuple(choice for choice in choices if choice not in others),
        hint=words.hint("energy"),
        actions=(DONE, *more, *sides, *moves(question.id, card.progress)),
    )
