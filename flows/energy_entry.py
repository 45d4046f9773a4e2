"""The energy calculator of q12: fuel by fuel, then the sum in tonnes of standard coal."""

from dataclasses import replace
from decimal import Decimal

from flows.doubts import doubted_amount
from flows.events import Converted, Refusal
from flows.inputs import ChooseFuel, ChooseSide, EnergyInput, Fuels, OpenEnergy
from flows.questions import continue_entering, entering_of, missing_figures, with_amount
from flows.session import EnergySide, EnergyUse, Entering, Fuelling, Phase
from flows.turn import Step, Turn, current_draft
from scoring.answers import check_figures
from scoring.energy import EnergyTotal, energy_total
from scoring.errors import AnswersError
from scoring.exact import exact_decimal
from scoring.figures import Number
from scoring.rubric import Question, Rubric


def work_out_energy(turn: Turn, given: EnergyInput) -> Step:
    """The inputs of the calculator."""
    question = turn.rubric.question.get(turn.session.item or "")
    if turn.session.phase is not Phase.QUESTIONS or question is None:
        return turn.refuse(Refusal.NOT_HERE)
    draft = current_draft(turn.session)
    match given:
        case OpenEnergy():
            return _open(turn, question)
        case Fuels():
            return _fill(turn, question, given)
        case ChooseFuel(fuel=fuel) if isinstance(draft, Fuelling):
            if fuel not in turn.rubric.fuel:
                return turn.refuse(Refusal.UNKNOWN_OPTION)
            return turn.draft(draft.model_copy(update={"fuel": fuel}))
        case ChooseSide(side=side) if isinstance(draft, Fuelling):
            return turn.draft(draft.model_copy(update={"side": side, "fuel": None}))
        case _:
            return turn.refuse(Refusal.NOT_HERE)


def energy_figure(turn: Turn, question: Question) -> str | None:
    """The energy figure that the calculator would work out next."""
    asks = question.figures.asks if question.figures else ()
    missing = missing_figures(turn.rubric, turn, question, entering_of(turn))
    of_energy = [name for name in asks if turn.rubric.calculates(name)]
    return next((name for name in missing if name in of_energy), of_energy[0] if of_energy else None)


def _open(turn: Turn, question: Question) -> Step:
    figure = energy_figure(turn, question)
    if figure is None:
        return turn.refuse(Refusal.NOT_HERE)
    entering = entering_of(turn)
    return turn.draft(Fuelling(entering=entering, figure=figure, use=_told(turn, entering, figure)))


def _told(turn: Turn, entering: Entering, figure: str) -> EnergyUse:
    """What the calculator was told of a figure, last of all."""
    session = turn.session
    return (session.record.energy | entering.energy | session.amounts).get(figure, EnergyUse())


def _fill(turn: Turn, question: Question, given: Fuels) -> Step:
    """The calculator with these amounts in it, and the sum to be seen; it counts when that is said to be right."""
    asks = question.figures.asks if question.figures else ()
    if given.figure not in asks or not turn.rubric.calculates(given.figure) or not given.amounts:
        return turn.refuse(Refusal.NOT_HERE)
    if not set(given.amounts) <= set(turn.rubric.fuel):
        return turn.refuse(Refusal.UNKNOWN_OPTION)
    try:
        for amount in given.amounts.values():
            check_figures(turn.rubric, {given.figure: amount})
    except AnswersError as error:
        return turn.refuse(Refusal.FIGURES, error.faults)
    draft = current_draft(turn.session)
    if not isinstance(draft, Fuelling) or draft.figure != given.figure:
        entering = entering_of(turn)
        draft = Fuelling(entering=entering, figure=given.figure, use=_told(turn, entering, given.figure))
    for fuel, amount in given.amounts.items():
        draft = with_amount(draft.model_copy(update={"fuel": fuel}), Decimal(amount))
    step = turn.draft(draft)
    converted = (Converted(given.converted),) if given.converted else ()
    return replace(step, events=(*step.events, *converted))


def enter_amount(turn: Turn, draft: Fuelling, values: tuple[Number, ...]) -> Step:
    """The amount of the chosen fuel, in its own unit; 0 takes the fuel off the list."""
    if draft.fuel is None:
        return turn.refuse(Refusal.NO_FUEL)
    if len(values) != 1:
        return turn.refuse(Refusal.ONE_NUMBER)
    amount = Decimal(values[0])
    try:
        check_figures(turn.rubric, {draft.figure: amount})
    except AnswersError as error:
        return turn.refuse(Refusal.FIGURES, error.faults)
    return turn.draft(doubted_amount(turn.rubric, draft, amount) or with_amount(draft, amount))


def energy_sum(rubric: Rubric, use: EnergyUse) -> EnergyTotal:
    """What the listed fuels come to."""
    return energy_total(rubric, *(use.side(side) for side in EnergySide))


def finish_energy(turn: Turn, question: Question, draft: Fuelling) -> Step:
    """The sum becomes the figure, and the question goes on."""
    if not draft.use.consumed:
        return turn.refuse(Refusal.NO_FUEL)
    try:
        total = Decimal(exact_decimal(energy_sum(turn.rubric, draft.use).total))
        values = check_figures(turn.rubric, {draft.figure: total})
    except AnswersError as error:
        return turn.refuse(Refusal.FIGURES, error.faults)
    entering = Entering(
        values={**draft.entering.values, **values},
        energy={**draft.entering.energy, draft.figure: draft.use},
    )
    return continue_entering(turn, question, entering)
