"""What is on the screen now: derived from the session alone, never from the input that led there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from flows.aiming import grades_above, planned_gap, raised, supposed_answers
from flows.energy_entry import energy_sum
from flows.events import AnswerValue
from flows.listing import AT_ONCE, NAMED, items_of_pages, lists
from flows.outcome import ANEW, changes, commits
from flows.phases import settled
from flows.progress import Progress, progress_of
from flows.proposals import amended, proposed
from flows.quick import offers_quick, settled_grade
from flows.recording import answers_of, complete_figures, item_answer, open_figures
from flows.scenarios import levels_met
from flows.session import (
    AimPage,
    Climbing,
    Confirming,
    Doubting,
    EnergySide,
    EnergyUse,
    Entering,
    Firm,
    FirmFact,
    FirmField,
    FirmKind,
    Fuelling,
    Goal,
    PaperKind,
    Phase,
    Proposing,
    Session,
    Ticking,
)
from flows.turn import current_draft
from scoring.energy import EnergyTotal
from scoring.errors import AnswersError
from scoring.figures import FigureValue, derive
from scoring.plan import Gap
from scoring.result import Result, assess
from scoring.rubric import Question, Rubric, Scenario
from scoring.sheet import load_sheet
from scoring.wishes import raisable

PROPOSALS_A_PAGE = 6
"""So many answers are agreed to at once: what a phone shows without scrolling."""


@dataclass(frozen=True, slots=True)
class WelcomeCard:
    """Hello, and which language?"""


@dataclass(frozen=True, slots=True)
class FirmNameCard:
    """What is the firm called?"""

    name: str | None


@dataclass(frozen=True, slots=True)
class FirmKindCard:
    """What kind of firm is it? `quick`: the quick order is worth offering."""

    kinds: tuple[FirmKind, ...]
    kind: FirmKind | None
    quick: bool


@dataclass(frozen=True, slots=True)
class QuestionCard:
    """A question with its options: `ticked` is what is marked, `answered` the answer on record, and `asks` the
    figures that would answer it, without those known already. `commits`: what is ticked may be committed to at once.
    """

    question: Question
    ticked: tuple[str, ...]
    answered: tuple[str, ...] | None
    asks: tuple[str, ...]
    progress: Progress
    commits: bool = False


@dataclass(frozen=True, slots=True)
class FigureCard:
    """A figure is asked; `known` are those typed or known from before."""

    question: Question
    figure: str
    known: Mapping[str, FigureValue]
    energy: bool
    progress: Progress


@dataclass(frozen=True, slots=True)
class ConfirmCard:
    """The option that the figures give, with its calculation."""

    question: Question
    option: str
    calculation: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class EnergyCard:
    """The energy calculator; `fuel` is the one whose amount is asked."""

    question: Question
    figure: str
    side: EnergySide
    use: EnergyUse
    fuel: str | None
    total: EnergyTotal | None
    progress: Progress


@dataclass(frozen=True, slots=True)
class DoubtCard:
    """What was typed can hardly be: which reading is meant?"""

    question: Question
    draft: Doubting
    progress: Progress


@dataclass(frozen=True, slots=True)
class LadderCard:
    """One level of a scenario: fully met? `answered` is the level on record."""

    scenario: Scenario
    level: int
    answered: int | None
    progress: Progress


@dataclass(frozen=True, slots=True)
class LevelCard:
    """All levels of a scenario, to take one at once."""

    scenario: Scenario
    answered: int | None
    progress: Progress


@dataclass(frozen=True, slots=True)
class ProposalCard:
    """What somebody said comes to this answer, for the item on the screen: is it right?

    `calculation` is there if figures give it; `raised` is the next higher level that the words may mean.
    """

    item: str
    draft: Proposing
    calculation: str | None
    raised: int | None
    progress: Progress


@dataclass(frozen=True, slots=True)
class ProposalsCard:
    """What somebody said comes to these answers; `items` are those shown now, `rest` how many come after them.

    `amended` is what one tap makes of each (None: it is crossed out).
    """

    items: Mapping[str, Proposing]
    amended: Mapping[str, AnswerValue | None]
    rest: int
    progress: Progress


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """Every answer, a page a dimension; the summary (page "") shows what is parked and open first.

    `quick`: the quick order is worth offering.
    """

    page: str
    pages: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, AnswerValue]
    parked: tuple[str, ...]
    open: tuple[str, ...]
    complete: bool
    quick: bool
    progress: Progress


@dataclass(frozen=True, slots=True)
class CommitmentCard:
    """The truthfulness commitment; `again`: of a re-check, where something else may have changed, too."""

    firm: str | None
    again: bool


@dataclass(frozen=True, slots=True)
class ProvisionalCard:
    """What the answers come to so far; `settled` is the grade, if none of the missing ones can change it.

    `identified`: what papers tell of the firm was asked.
    """

    missing: int
    settled: int | None
    identified: bool = False


@dataclass(frozen=True, slots=True)
class ResultCard:
    """The finished result; `identified`: what papers tell of the firm was asked."""

    identified: bool = False


@dataclass(frozen=True, slots=True)
class IdentityCard:
    """What papers tell of the firm; `fact` is what one types next, if any, and `paper` what is made then."""

    firm: Firm
    fact: FirmFact | None
    paper: PaperKind | None


@dataclass(frozen=True, slots=True)
class AnewCard:
    """Start a new assessment? The finished one stays."""


@dataclass(frozen=True, slots=True)
class RecheckCard:
    """What has changed? Events with their items, and lists of single items; or one of these lists, `list`.

    `picked` was marked, but not asked yet, with an earlier version.
    """

    changes: Mapping[str, tuple[str, ...]]
    lists: Mapping[str, tuple[str, ...]]
    list: str
    picked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanCard:
    """The plan to a grade: `grades` are those above the present one; no gap at the highest grade.

    `open` are the items that may be pinned. `list` is the one of the `lists` that is shown; "" is the summary.
    """

    gap: Gap | None
    grades: tuple[int, ...]
    goal: Goal
    open: tuple[str, ...]
    lists: Mapping[str, tuple[str, ...]]
    list: str


@dataclass(frozen=True, slots=True)
class WhatIfCard:
    """What if? `before` and `after` are the results with the real answers and with the supposed ones.

    `answers` are the supposed answers of all items, `raised` those that one more step would give (None: back to
    what is). `list` is the one of the `lists` that is shown; "" is the summary.
    """

    before: Result
    after: Result
    goal: Goal
    answers: Mapping[str, AnswerValue | None]
    raised: Mapping[str, AnswerValue | None]
    lists: Mapping[str, tuple[str, ...]]
    list: str


@dataclass(frozen=True, slots=True)
class PausedCard:
    """See you later."""

    progress: Progress


ItemCard = QuestionCard | FigureCard | ConfirmCard | EnergyCard | DoubtCard | LadderCard | LevelCard | ProposalCard
Card = (
    WelcomeCard
    | FirmNameCard
    | FirmKindCard
    | ItemCard
    | ProposalsCard
    | ReviewCard
    | CommitmentCard
    | ProvisionalCard
    | ResultCard
    | IdentityCard
    | AnewCard
    | RecheckCard
    | PlanCard
    | WhatIfCard
    | PausedCard
)


def card_of(rubric: Rubric, session: Session) -> Card:
    """The present card."""
    if session.paused:
        return PausedCard(progress_of(rubric, session))
    if session.asking and isinstance(draft := current_draft(session), Proposing):
        return _proposal_card(rubric, session, draft)
    match session.phase:
        case Phase.WELCOME | Phase.FIRM:
            return _opening(rubric, session)
        case Phase.QUESTIONS:
            return _question_card(rubric, session)
        case Phase.SCENARIOS:
            return _scenario_card(rubric, session)
        case Phase.PROPOSALS:
            return _proposals_card(rubric, session)
        case Phase.REVIEW:
            return _review_card(rubric, session)
        case Phase.PROVISIONAL | Phase.COMMITMENT | Phase.RESULT | Phase.RECHECK | Phase.IDENTITY:
            return _outcome_card(rubric, session)
        case Phase.AIM:
            aiming = _what_if_card if session.half is AimPage.WHAT_IF else _plan_card
            return aiming(rubric, session)
        case _:
            assert_never(session.phase)


def _opening(rubric: Rubric, session: Session) -> Card:
    if session.phase is Phase.WELCOME:
        return WelcomeCard()
    if session.page == FirmField.NAME:
        return FirmNameCard(session.firm.name)
    return FirmKindCard(tuple(FirmKind), session.firm.kind, offers_quick(rubric, session))


def _outcome_card(rubric: Rubric, session: Session) -> Card:
    match session.phase:
        case Phase.PROVISIONAL:
            return ProvisionalCard(len(unanswered(rubric, session)), settled_grade(rubric, session), session.identified)
        case Phase.COMMITMENT:
            return CommitmentCard(session.firm.name, session.baseline is not None)
        case Phase.RECHECK:
            return RecheckCard(changes(rubric.id), lists(rubric, NAMED), session.list, session.picked)
        case Phase.IDENTITY:
            return IdentityCard(session.firm, FirmFact(session.page) if session.page else None, session.paper)
        case _:
            return AnewCard() if session.page == ANEW else ResultCard(session.identified)


def _plan_card(rubric: Rubric, session: Session) -> PlanCard:
    sheet, record = load_sheet(session.rubric), session.record
    open_items = raisable(sheet, record.choices, record.levels)
    above = grades_above(sheet, record)
    return PlanCard(planned_gap(session), above, session.goal, open_items, lists(rubric, AT_ONCE), session.list)


def _what_if_card(rubric: Rubric, session: Session) -> WhatIfCard:
    sheet, supposed = load_sheet(session.rubric), session.goal.supposed
    return WhatIfCard(
        assess(sheet, answers_of(rubric, session.record)),
        assess(sheet, supposed_answers(rubric, session)),
        session.goal,
        {item: supposed.get(item, item_answer(session.record, item)) for item in rubric.items},
        {item: raised(rubric, session, item) for item in rubric.items},
        lists(rubric, AT_ONCE),
        session.list,
    )


def _question_card(rubric: Rubric, session: Session) -> Card:
    question = rubric.question[session.item or ""]
    progress = progress_of(rubric, session)
    draft = current_draft(session)
    match draft:
        case Entering():
            return _figure_card(rubric, session, question, draft)
        case Confirming(option=option, calculation=calculation):
            return ConfirmCard(question, option, calculation, progress)
        case Doubting():
            return DoubtCard(question, draft, progress)
        case Fuelling():
            total = _sum_so_far(rubric, draft.use)
            return EnergyCard(question, draft.figure, draft.side, draft.use, draft.fuel, total, progress)
        case _:
            answered = session.record.choices.get(question.id)
            ticked = draft.letters if isinstance(draft, Ticking) else answered or ()
            asks = tuple(open_figures(rubric, session.record, question.id, Entering()))
            return QuestionCard(question, ticked, answered, asks, progress, commits(session))


def _sum_so_far(rubric: Rubric, use: EnergyUse) -> EnergyTotal | None:
    """None while nothing is consumed, or less than was produced and recovered."""
    try:
        return energy_sum(rubric, use) if use.consumed else None
    except AnswersError:
        return None


def _figure_card(rubric: Rubric, session: Session, question: Question, entering: Entering) -> FigureCard:
    known = complete_figures(rubric, session.record, question.id, entering)
    asks = question.figures.asks if question.figures else ()
    figure = next(iter(open_figures(rubric, session.record, question.id, entering)), asks[0])
    return FigureCard(question, figure, known, rubric.calculates(figure), progress_of(rubric, session))


def _scenario_card(rubric: Rubric, session: Session) -> Card:
    scenario = rubric.scenario[session.item or ""]
    answered = session.record.levels.get(scenario.id)
    progress = progress_of(rubric, session)
    if isinstance(current_draft(session), Climbing):
        return LadderCard(scenario, levels_met(session, scenario) + 1, answered, progress)
    return LevelCard(scenario, answered, progress)


def _proposal_card(rubric: Rubric, session: Session, draft: Proposing) -> ProposalCard:
    item = session.item or ""
    question = rubric.question.get(item)
    derivation = derive(question, draft.figures) if question and draft.figures else None
    higher = amended(draft)
    return ProposalCard(
        item,
        draft,
        derivation.calculation if derivation else None,
        higher if isinstance(higher, int) and isinstance(draft.answer, int) else None,
        progress_of(rubric, session),
    )


def _proposals_card(rubric: Rubric, session: Session) -> ProposalsCard:
    waiting = proposed(rubric, session)
    drafts = {item: draft for item, draft in session.drafts.items() if isinstance(draft, Proposing)}
    items = {item: drafts[item] for item in waiting[:PROPOSALS_A_PAGE]}
    changed = {item: amended(draft) for item, draft in items.items()}
    return ProposalsCard(items, changed, len(waiting) - len(items), progress_of(rubric, session))


def _review_card(rubric: Rubric, session: Session) -> ReviewCard:
    answers = {item: answer for item in rubric.items if (answer := item_answer(session.record, item)) is not None}
    return ReviewCard(
        page=session.page,
        pages=items_of_pages(rubric),
        answers=answers,
        parked=session.parked,
        open=tuple(item for item in unanswered(rubric, session) if item not in session.parked),
        complete=settled(rubric, session),
        quick=offers_quick(rubric, session),
        progress=progress_of(rubric, session),
    )


def unanswered(rubric: Rubric, session: Session) -> tuple[str, ...]:
    """The items without an answer, parked ones too."""
    return tuple(item for item in rubric.items if item_answer(session.record, item) is None)
