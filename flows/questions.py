"""Answering a question: by letters, by ticking, or by figures."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from flows.doubts import doubted
from flows.events import Refusal
from flows.inputs import Answer, Confirm, EnterFigures, Figures, Numbers, QuestionInput, TakeReading, Tick
from flows.recording import complete_figures, open_figures, record_figures, record_letters
from flows.session import Confirming, Doubting, EnergyUse, Entering, Fuelling, Phase, Ticking
from flows.turn import Step, Turn, current_draft
from flows.walking import advance
from scoring.answers import YEARS, check_figures
from scoring.errors import AnswersError
from scoring.figures import FigureValue, Number, derive
from scoring.kinds import Unfit
from scoring.rubric import Question, Rubric

REFUSALS = {Unfit.SEVERAL: Refusal.ONE_OPTION, Unfit.NONE_WITH_OTHERS: Refusal.NONE_ALONE}


def answer_question(turn: Turn, given: QuestionInput) -> Step:
    """The inputs of the phase questions."""
    question = turn.rubric.question.get(turn.session.item or "")
    if turn.session.phase is not Phase.QUESTIONS or question is None:
        return turn.refuse(Refusal.NOT_HERE)
    match given:
        case Answer(letters=letters):
            return _answer(turn, question, letters)
        case Tick(letter=letter, on=on):
            return _tick(turn, question, letter, on=on)
        case Numbers(values=values):
            return enter_numbers(turn, question, values)
        case Figures(values=values):
            return enter_figures(turn, question, values)
        case TakeReading(position=position):
            return _take_reading(turn, question, position)
        case EnterFigures() | Confirm():
            return _by_figures(turn, question, given)


def _by_figures(turn: Turn, question: Question, given: EnterFigures | Confirm) -> Step:
    draft = current_draft(turn.session)
    if isinstance(given, Confirm) and isinstance(draft, Confirming):
        session, events = record_figures(turn.rubric, turn.session, question.id, draft.option, draft.entering)
        return advance(turn, session, *events)
    if isinstance(given, EnterFigures) and question.figures:
        return turn.draft(Entering())
    return turn.refuse(Refusal.NOT_HERE)


# letters


def _answer(turn: Turn, question: Question, letters: tuple[str, ...]) -> Step:
    chosen = tuple(letter for letter in question.letters if letter in letters)
    if not chosen or len(chosen) < len(set(letters)):
        return turn.refuse(Refusal.UNKNOWN_OPTION)
    if unfit := question.kind.unfit(chosen):
        return turn.refuse(REFUSALS[unfit])
    session, events = record_letters(turn.rubric, turn.session, question.id, chosen)
    return advance(turn, session, *events)


def ticked(turn: Turn, question: Question) -> tuple[str, ...]:
    """What is ticked now: what has been begun, or else the answer given before."""
    draft = current_draft(turn.session)
    return draft.letters if isinstance(draft, Ticking) else turn.session.record.choices.get(question.id, ())


def _tick(turn: Turn, question: Question, letter: str, *, on: bool) -> Step:
    if not question.kind.ticks:
        return turn.refuse(Refusal.NOT_HERE)
    if letter not in question.letters:
        return turn.refuse(Refusal.UNKNOWN_OPTION)
    return turn.draft(Ticking(letters=question.kind.ticked(ticked(turn, question), letter, on=on)))


def finish_ticking(turn: Turn, question: Question) -> Step:
    """ "Done" needs at least one option."""
    letters = ticked(turn, question)
    if not question.kind.ticks:
        return turn.refuse(Refusal.NOT_HERE)
    return _answer(turn, question, letters) if letters else turn.refuse(Refusal.NOTHING_TICKED)


# figures


def entering_of(turn: Turn) -> Entering:
    """The figures typed so far at this question."""
    draft = current_draft(turn.session)
    match draft:
        case Entering():
            return draft
        case Fuelling(entering=entering):
            return entering
        case _:
            return Entering()


def missing_figures(rubric: Rubric, turn: Turn, question: Question, entering: Entering) -> list[str]:
    """The figures still to be asked, in order."""
    return open_figures(rubric, turn.session.record, question.id, entering)


def enter_numbers(turn: Turn, question: Question, values: tuple[Number, ...]) -> Step:
    """Numbers go to the figures that are missing, or, if there is one for each, to all that are asked."""
    if not question.figures:
        return turn.refuse(Refusal.NOT_HERE)
    entering = entering_of(turn)
    placed = _placed(turn, question, entering, values)
    if placed is None:
        return turn.refuse(Refusal.TOO_MANY_NUMBERS)
    return _enter(turn, question, entering, placed)


def enter_figures(turn: Turn, question: Question, values: Mapping[str, Number]) -> Step:
    """Figures by their names, beside those typed before."""
    if not question.figures or not values or not set(values) <= set(question.figures.asks):
        return turn.refuse(Refusal.NOT_HERE)
    return _enter(turn, question, entering_of(turn), values)


def _enter(turn: Turn, question: Question, entering: Entering, placed: Mapping[str, FigureValue]) -> Step:
    """What can hardly be is asked back before it counts."""
    try:
        checked = check_figures(turn.rubric, placed)
    except AnswersError as error:
        return turn.refuse(Refusal.FIGURES, error.faults)
    energy = {name: use for name, use in entering.energy.items() if name not in placed}
    entered = Entering(values={**entering.values, **checked}, energy=energy)
    doubting = doubted(turn.rubric, turn.session.record, question, entering, entered)
    return turn.draft(doubting) if doubting else continue_entering(turn, question, entered)


def _take_reading(turn: Turn, question: Question, position: int) -> Step:
    """What was typed counts as it was meant."""
    draft = current_draft(turn.session)
    if not isinstance(draft, Doubting) or not 0 <= position < len(draft.readings):
        return turn.refuse(Refusal.NOT_HERE)
    reading = draft.readings[position]
    if draft.fuelling:
        return turn.draft(with_amount(draft.fuelling, Decimal(reading.value)))  # type: ignore[arg-type]  # an amount is one number
    values = {**draft.after.values, draft.figure: reading.value}
    energy = dict(draft.after.energy)
    if reading.fuel and reading.amount is not None:
        energy[draft.figure] = EnergyUse(consumed={reading.fuel: reading.amount})
    return continue_entering(turn, question, Entering(values=values, energy=energy))


def with_amount(draft: Fuelling, amount: Decimal) -> Fuelling:
    """The amount of the chosen fuel; 0 takes the fuel off the list."""
    amounts = {**draft.use.side(draft.side), draft.fuel or "": amount}
    side = {draft.side.value: {fuel: given for fuel, given in amounts.items() if given}}
    return draft.model_copy(update={"use": draft.use.model_copy(update=side), "fuel": None})


def _placed(
    turn: Turn, question: Question, entering: Entering, values: Sequence[Number]
) -> dict[str, FigureValue] | None:
    asks = question.figures.asks if question.figures else ()
    missing = missing_figures(turn.rubric, turn, question, entering) or list(asks)
    if turn.rubric.figure[missing[0]].kind == "series":
        return {missing[0]: tuple(values)} if len(values) <= YEARS else None
    if len(values) == len(asks):
        return dict(zip(asks, values, strict=True))
    return dict(zip(missing, values, strict=False)) if len(values) <= len(missing) else None


def continue_entering(turn: Turn, question: Question, entering: Entering) -> Step:
    """Ask for the next figure, or show what all of them give."""
    if missing_figures(turn.rubric, turn, question, entering):
        return turn.draft(entering)
    figures = complete_figures(turn.rubric, turn.session.record, question.id, entering)
    try:
        derivation = derive(question, figures)
    except AnswersError as error:
        return turn.refuse(Refusal.FIGURES, error.faults)
    if derivation is None:
        return turn.draft(entering)
    return turn.draft(Confirming(entering=entering, option=derivation.option, calculation=derivation.calculation))
