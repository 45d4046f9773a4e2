"""A step as one line of text, for transcripts that a person can read and compare."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, assert_never

from flows.cards import (
    AnewCard,
    Card,
    CommitmentCard,
    ConfirmCard,
    DoubtCard,
    EnergyCard,
    FigureCard,
    FirmKindCard,
    FirmNameCard,
    IdentityCard,
    LadderCard,
    LevelCard,
    PausedCard,
    PlanCard,
    ProposalCard,
    ProposalsCard,
    ProvisionalCard,
    QuestionCard,
    RecheckCard,
    ResultCard,
    ReviewCard,
    WelcomeCard,
    WhatIfCard,
)
from flows.events import Event, Finished
from flows.inputs import AnyInput
from flows.progress import Progress
from flows.session import FirmFact

FOLDER = Path(__file__).parent / "transcripts"


def line(given: AnyInput, events: Sequence[Event], card: Card) -> str:
    """The input → the events → the card."""
    happened = "; ".join(_event(event) for event in events) or "-"
    return f"{_record(given)} → {happened} → {shown(card)}"


def _record(thing: Any) -> str:
    values = [_text(getattr(thing, field.name)) for field in fields(thing)]
    return " ".join([type(thing).__name__, *values])


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{','.join(map(_text, value))}]"
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{key}={_text(one)}' for key, one in value.items())}}}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value) or '""'


def _event(event: Event) -> str:
    if isinstance(event, Finished):
        assessment = event.assessment
        return f"Finished {assessment.id} after {assessment.previous}: {assessment.score}, grade {assessment.grade}"
    return _record(event)


def shown(card: Card) -> str:
    """The card in a few words."""
    match card:
        case WelcomeCard() | ResultCard() | AnewCard() | ProvisionalCard() | FirmNameCard() | FirmKindCard():
            detail = _outside(card)
        case CommitmentCard() | IdentityCard():
            detail = _outside(card)
        case QuestionCard() | FigureCard() | ConfirmCard() | EnergyCard():
            detail = f"{_question(card)} {_progress(card.progress)}"
        case ProposalCard(item=item, draft=draft):
            detail = f"{item} {_text(draft.answer)}? {draft.said} {_progress(card.progress)}"
        case ProposalsCard(items=items, rest=rest):
            detail = " ".join(f"{item}={_text(draft.answer)}" for item, draft in items.items()) + f" and {rest}"
        case DoubtCard(question=question, draft=draft):
            detail = f"{question.id} {draft.doubt} of {draft.figure} {_progress(card.progress)}"
        case LadderCard(scenario=scenario, level=level, answered=answered):
            detail = f"{scenario.id} {level}? was {_text(answered)} {_progress(card.progress)}"
        case LevelCard(scenario=scenario, answered=answered):
            detail = f"{scenario.id} was {_text(answered)} {_progress(card.progress)}"
        case ReviewCard(page=page, parked=parked, open=still_open):
            detail = f"{_text(page)} parked {_text(parked)} open {len(still_open)} {_progress(card.progress)}"
        case RecheckCard() | PlanCard() | WhatIfCard():
            detail = _onward(card)
        case PausedCard(progress=progress):
            detail = _progress(progress)
        case _:
            assert_never(card)
    return f"{type(card).__name__.removesuffix('Card')} {detail}".strip()


def _identity(card: IdentityCard) -> str:
    told = [f"{fact.value}={card.firm.fact(fact)}" for fact in FirmFact if card.firm.fact(fact)]
    return " ".join([f"{_text(card.fact)}?" if card.fact else "", *told, f"for {_text(card.paper)}"]).strip()


def _onward(card: RecheckCard | PlanCard | WhatIfCard) -> str:
    if isinstance(card, RecheckCard):
        return " ".join(filter(None, (card.list, _text(card.picked))))
    if isinstance(card, WhatIfCard):
        return f"{card.before.score} → {card.after.score}, grade {card.before.grade} → {card.after.grade}"
    plan = card.gap and card.gap.plan
    return f"to {card.gap.grade}: {plan.effort if plan else 'no plan'}" if card.gap else "highest"


def _outside(
    card: WelcomeCard
    | ResultCard
    | AnewCard
    | CommitmentCard
    | IdentityCard
    | ProvisionalCard
    | FirmNameCard
    | FirmKindCard,
) -> str:
    match card:
        case FirmNameCard(name=name):
            return _text(name)
        case FirmKindCard(kind=kind):
            return _text(kind)
        case ProvisionalCard(missing=missing, settled=settled):
            return f"{missing} missing{_settled(settled)}"
        case CommitmentCard(firm=firm):
            return _text(firm)
        case IdentityCard():
            return _identity(card)
        case _:
            return ""


def _question(card: QuestionCard | FigureCard | ConfirmCard | EnergyCard) -> str:
    match card:
        case QuestionCard(ticked=ticked, answered=answered):
            detail = f"{_text(ticked)} was {_text(answered)}"
        case FigureCard(figure=figure, known=known):
            detail = f"{figure}? " + " ".join(f"{name}={_text(value)}" for name, value in known.items())
        case ConfirmCard(option=option, calculation=calculation):
            detail = f"{option}? {calculation}"
        case EnergyCard(figure=figure, side=side, fuel=fuel, total=total):
            detail = f"{figure} {side} {_text(fuel)}? {total.calculation if total else '-'}"
    return f"{card.question.id} {detail.strip()}"


def _progress(progress: Progress) -> str:
    return (
        f"({progress.position}/{progress.total}, {progress.answered} answered, {progress.rest} left, "
        f"{progress.parked} parked, {progress.minutes} min)"
    )


def _settled(grade: int | None) -> str:
    return "" if grade is None else f", grade {grade} settled"


def compare(name: str, lines: Sequence[str]) -> None:
    """Hold a transcript against the one on file; SHUPING_UPDATE=1 writes it anew."""
    file = FOLDER / f"{name}.txt"
    text = "".join(f"{number:3} {entry}\n" for number, entry in enumerate(lines, start=1))
    if os.environ.get("SHUPING_UPDATE") == "1":
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text, f"{file} differs; SHUPING_UPDATE=1 writes it anew"
