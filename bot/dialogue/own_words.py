"""What is typed in one's own words on a card. All that is no plain letter, number or button's word is asked back."""

from collections.abc import Sequence

from bot.screens.parts import BACK, HELP, PARK, PAUSE, RESUME
from bot.screens.wishes import FILES, Detail, Meant
from bot.understanding.amounts import change, figures_said, fuels_said, share_band
from bot.understanding.options import SHORTEST, chosen, level_named
from bot.understanding.phrases import bare, firm_name, intents, looked_up, ruled
from bot.understanding.requests import Elsewhere, LookUp, Request, requested
from bot.words.wording import Wording
from flows.cards import (
    Card,
    CommitmentCard,
    EnergyCard,
    FigureCard,
    FirmKindCard,
    FirmNameCard,
    IdentityCard,
    LadderCard,
    LevelCard,
    PlanCard,
    ProvisionalCard,
    QuestionCard,
    ResultCard,
    ReviewCard,
    WhatIfCard,
)
from flows.inputs import ChooseKind, Done, Figures, Fuels, NameFirm, Overview, Proposal, Propose, Rung, Skip, Submit
from flows.session import FirmKind
from scoring.editions import load_rubric
from scoring.rubric import Question

AROUND_A_RESULT = (ResultCard, ProvisionalCard, IdentityCard, PlanCard, WhatIfCard)
MOVES = {"park": PARK, "back": BACK, "help": HELP, "pause": PAUSE, "resume": RESUME}


def own_words(text: str, card: Card, words: Wording) -> Meant | Request | None:
    """The wish or the request behind a line that is in nobody's list of words for this card."""
    meant = intents(text)
    if not meant and (term := looked_up(text)):
        return LookUp(term)
    found = _here(text, meant, card, words)
    if found is not None:
        return found
    by_rule = ruled(text)
    move = next((action.wish for name, action in MOVES.items() if name in meant or name == by_rule), None)
    if move is not None:
        return move
    if "report" in meant or by_rule == "report":
        return Detail.PDF
    if "submit" in meant:
        return _submit(card)
    return _look(meant, card) or requested(text)


def _submit(card: Card) -> Meant | Elsewhere:
    """To the end of the walk; a commitment is made in so many words, or by its button."""
    if isinstance(card, CommitmentCard):
        return Elsewhere("commitment")
    return Submit() if isinstance(card, ReviewCard) else Overview()


def _look(meant: frozenset[str], card: Card) -> Detail | Elsewhere | None:
    wanted = next((detail for detail in (Detail.PLAN, Detail.POLICY) if detail.value in meant), None)
    return wanted and shown_or_told(wanted, card)


def shown_or_told(wanted: Detail, card: Card) -> Detail | Elsewhere:
    """A look at a result where there is one; elsewhere, where that is."""
    around = isinstance(card, AROUND_A_RESULT) or wanted in (*FILES, Detail.HISTORY, Detail.COMMANDS)
    return wanted if around else Elsewhere("result")


def _here(text: str, meant: frozenset[str], card: Card, words: Wording) -> Meant | None:
    """What answers this card."""
    match card:
        case FirmNameCard():
            return Skip() if "skip" in meant else _name(text)
        case FirmKindCard(kinds=kinds):
            return Skip() if "skip" in meant else _kind(text, kinds, words)
        case IdentityCard():
            return Done() if meant & {"skip", "report", "submit"} else None
        case LevelCard(scenario=scenario):
            level = level_named(text, scenario, words)
            return None if level is None else Propose((Proposal(scenario.id, level, text.strip()),))
        case LadderCard():
            return _on_the_ladder(text, meant, card)
        case QuestionCard() | FigureCard():
            return _of_question(text, card, words)
        case EnergyCard(fuel=None):
            amounts = fuels_said(text, load_rubric(words.rubric.id))
            return Fuels(card.figure, amounts.by_fuel, amounts.converted) if amounts else None
        case _:
            return None


def _name(text: str) -> NameFirm | None:
    name = firm_name(text)
    return NameFirm(name) if name and requested(text) is None else None


def _kind(text: str, kinds: Sequence[FirmKind], words: Wording) -> ChooseKind | None:
    """The one kind of firm whose name a line is a part of."""
    plain = bare(text)
    named = [kind for kind in kinds if len(plain) >= SHORTEST and plain in bare(words.text(f"kind.{kind.value}"))]
    return ChooseKind(named[0]) if len(named) == 1 else None


def _on_the_ladder(text: str, meant: frozenset[str], card: LadderCard) -> Rung | Propose | None:
    """Nearly is not fully: the level below, if the person agrees."""
    if "short" in meant:
        return Propose((Proposal(card.scenario.id, card.level - 1, text.strip()),))
    if "unmet" in meant:
        return Rung(met=False)
    return Rung(met=True) if "met" in meant else None


def _of_question(text: str, card: QuestionCard | FigureCard, words: Wording) -> Meant | None:
    question: Question = words.rubric.question[card.question.id]
    answer = share_band(text, question) or change(text, question)
    if answer is None and not isinstance(card, FigureCard):
        answer = None if question.figures else chosen(text, question, words)
    if answer:
        return Propose((Proposal(question.id, answer, text.strip()),))
    return _figures(text, question, card, words)


def _figures(text: str, question: Question, card: QuestionCard | FigureCard, words: Wording) -> Meant | None:
    """Named figures; amounts of fuels where energy is asked."""
    rule = question.figures
    if rule is None:
        return None
    rubric = load_rubric(words.rubric.id)
    known = card.known if isinstance(card, FigureCard) else {}
    asked = [name for name in rule.asks if name not in known] or rule.asks
    if named := figures_said(text, asked, rubric):
        return Figures(named)
    energy = [name for name in rule.asks if rubric.calculates(name)]
    amounts = fuels_said(text, rubric) if energy else None
    if not amounts:
        return None
    figure = card.figure if isinstance(card, FigureCard) and card.figure in energy else energy[0]
    return Fuels(figure, amounts.by_fuel, amounts.converted)
