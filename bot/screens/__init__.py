"""A card as text and choices, the same for every channel: what is asked, the lettered options, what can be done."""

from typing import assert_never

from bot.screens.aim import plan_screen, what_if_screen
from bot.screens.opening import opening_screen
from bot.screens.outcome import outcome_screen, recheck_screen
from bot.screens.parts import Action, Choice, Screen
from bot.screens.proposals import proposal_screen, proposals_screen
from bot.screens.questions import question_screen
from bot.screens.review import review_screen
from bot.screens.scenarios import ladder_screen, levels_screen
from bot.words.wording import Wording
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

__all__ = ["Action", "Choice", "Screen", "screen_of"]


def screen_of(card: Card, words: Wording) -> Screen:
    """The screen of any card. Results are written by `bot.words.results`; here they have their actions only."""
    match card:
        case QuestionCard() | FigureCard() | ConfirmCard() | EnergyCard() | DoubtCard():
            return question_screen(card, words)
        case LadderCard():
            return ladder_screen(card, words)
        case LevelCard():
            return levels_screen(card, words)
        case ProposalCard():
            return proposal_screen(card, words)
        case ProposalsCard():
            return proposals_screen(card, words)
        case ReviewCard():
            return review_screen(card, words)
        case WelcomeCard() | FirmNameCard() | FirmKindCard() | IdentityCard() | PausedCard():
            return opening_screen(card, words)
        case CommitmentCard() | ProvisionalCard() | ResultCard() | AnewCard():
            return outcome_screen(card, words)
        case RecheckCard():
            return recheck_screen(card, words)
        case PlanCard():
            return plan_screen(card, words)
        case WhatIfCard():
            return what_if_screen(card, words)
        case _:
            assert_never(card)
