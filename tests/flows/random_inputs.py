"""Inputs by chance: such as suit the present card, and any others; for the present card, and for others."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st

from flows.cards import (
    ConfirmCard,
    DoubtCard,
    EnergyCard,
    FigureCard,
    IdentityCard,
    LadderCard,
    LevelCard,
    PlanCard,
    ProposalCard,
    QuestionCard,
    ReviewCard,
    WhatIfCard,
    card_of,
)
from flows.inputs import (
    Agree,
    Aim,
    AimAt,
    Amend,
    Anew,
    Answer,
    AnyInput,
    Back,
    Browse,
    ChooseFuel,
    ChooseKind,
    ChooseLanguage,
    ChooseSide,
    ClearAim,
    Climb,
    Commit,
    Confirm,
    Discard,
    Done,
    EditFirm,
    EnterFigures,
    Figures,
    Fuels,
    Help,
    Identify,
    Jump,
    Keep,
    KeepRest,
    KeepTarget,
    NameFirm,
    Numbers,
    OpenEnergy,
    Overview,
    Park,
    Pause,
    Pick,
    PickLevel,
    Proposal,
    Propose,
    Provisional,
    Quick,
    Recheck,
    Resume,
    Rung,
    Skip,
    Submit,
    Suppose,
    TakeLevel,
    TakeReading,
    Tell,
    Tick,
    Want,
    Wanted,
)
from flows.session import AimPage, CardRef, EnergySide, FirmFact, FirmKind, PaperKind, Phase, Session
from scoring.rubric import Question
from tests.flows.driver import RUBRIC
from tests.flows.scenes import SAID

Given = tuple[CardRef, AnyInput]


class Chance(NamedTuple):
    """A number that picks among what suits the card; `junk` instead, if there is any; and which card it names."""

    pick: int
    junk: AnyInput | None
    aim: str


AMOUNTS: list[Any] = [0, 1, 2, 50, 100, 200, Decimal("1.5"), Decimal("99.9"), 10**15, Decimal("1e3")]
BAD: list[Any] = [-1, Decimal("NaN"), Decimal("-Infinity"), Decimal("1e-13"), 10**16, Decimal("sNaN")]
SERIES = [(100,), (50, 60), (1, 2, 3), (100, 200, 300), (0, 0, 9), (200, 90), (90, 200), (10, 20, 5, 5), (9, 9, 9, 9)]
NUMBERS: list[AnyInput] = [*(Numbers((value,)) for value in AMOUNTS), *(Numbers(values) for values in SERIES)]
JUMPS: list[AnyInput] = [Jump(item) for item in ("q1", "q2", "q3", "q11", "q12", "q13", "q14", "q15", "quality")]
MOVES: list[AnyInput] = [
    Back(),
    Overview(),
    Park(),
    Keep(),
    KeepRest(),
    Pause(),
    Resume(),
    Quick(),
    Help(),
    ChooseLanguage("en"),
    EditFirm(),
    *JUMPS,
    Propose(SAID),
    Propose(SAID[3:]),
]
TELLING: list[AnyInput] = [Propose(SAID), Propose(SAID[1:2]), Propose(SAID[3:])]
LOOKS: list[AnyInput] = [*(Aim(page) for page in AimPage), Identify(PaperKind.PDF)]
FACTS: list[AnyInput] = [
    *(Identify(fact=fact) for fact in FirmFact),
    *(Tell({fact: said}) for fact in FirmFact for said in ("91330200144153290E", "宁波", "", "x" * 61)),
    *4 * [Done()],
    Tell({FirmFact.REGION: "宁波", FirmFact.CONTACT: "张三"}, done=True),
    Skip(),
    Back(),
]
AIMS: list[AnyInput] = [
    *LOOKS,
    *(AimAt(grade) for grade in (1, 2, 3, 4)),
    *(Want(item, wanted) for item in ("q1", "q11", "quality", "energy") for wanted in Wanted),
    *(Suppose("q1", letters) for letters in (("B",), ("B", "C"), ("A",), None)),
    *(Suppose(item, level) for item in ("quality", "energy") for level in (0, 2, 4, None)),
    KeepTarget(),
    ClearAim(),
    Browse("operations.3"),
    Browse(""),
    Back(),
]
FUELS: list[AnyInput] = [ChooseFuel(fuel) for fuel in ("electricity", "heat", "other_fuel")]
PHASES: dict[Phase, list[AnyInput]] = {
    Phase.WELCOME: [ChooseLanguage("zh-Hans"), Quick()],
    Phase.FIRM: [
        NameFirm("示例厂"),
        *(ChooseKind(kind) for kind in FirmKind),
        Skip(),
        Skip(),
        Quick(),
    ],
    Phase.PROPOSALS: [
        *(Agree((item,)) for item in ("q2", "q6", "energy", "finance")),
        *(Amend("finance", level) for level in (1, 2, 3, None)),
        *(Discard((item,)) for item in ("q2", "q6")),
        Back(),
        *MOVES,
    ],
    Phase.PROVISIONAL: [*MOVES, *LOOKS, *TELLING],
    Phase.COMMITMENT: [*4 * [Commit()], Back(), Overview(), Jump("q5")],
    Phase.RESULT: [Recheck(), Recheck(), Anew(), Anew(), Back(), Help(), *LOOKS, *TELLING],
    Phase.RECHECK: [
        *3 * [Done()],
        *3 * [Browse("foundation")],
        Back(),
        *(Pick((item,), on) for item in RUBRIC.items for on in (True, True, False)),
    ],
}


RUNGS: list[AnyInput] = [Rung(True), Rung(False), PickLevel(), Climb()]
LEVELS: list[AnyInput] = [TakeLevel(level) for level in range(5)]
SIDES: list[AnyInput] = [ChooseSide(side) for side in EnergySide]
CLOSE: list[AnyInput] = [Done()]
ENDING: list[AnyInput] = [Submit(), Resume()]
PAGES: list[AnyInput] = [Provisional(), Overview("foundation"), Overview("operations")]
ENTER: list[AnyInput] = [EnterFigures(), OpenEnergy()]
YES: list[AnyInput] = [Confirm()]


NAMED: list[AnyInput] = [
    Figures({"machines": 50, "machines_digital": 20}),
    Figures({"revenue_last": 1000}),
    Fuels("energy_last", {"electricity": 40}),
    Fuels("energy_prev", {"electricity": Decimal("45.5"), "other_fuel": 3}, ("natural_gas",)),
]


def suitable(session: Session) -> Sequence[AnyInput]:
    """What a person may well do on the present card; answers more often than moves."""
    match card_of(RUBRIC, session):
        case QuestionCard(question=question):
            return [*_answers(question), *MOVES]
        case FigureCard():
            return [*2 * NUMBERS, OpenEnergy(), *NAMED, Answer(("B",)), *MOVES]
        case DoubtCard(draft=draft):
            return [*(TakeReading(place) for place in range(len(draft.readings))), *MOVES]
        case ProposalCard(item=item):
            return [*3 * YES, Amend(item, 2), Back(), *MOVES]
        case ConfirmCard():
            return [*12 * YES, *NUMBERS[:3], *MOVES]
        case EnergyCard():
            return [*2 * FUELS, *NAMED, *NUMBERS[:10], *6 * CLOSE, *SIDES, *MOVES]
        case LadderCard() | LevelCard():
            return [*5 * RUNGS, *LEVELS, *MOVES]
        case PlanCard() | WhatIfCard():
            return [*AIMS, *2 * MOVES]
        case IdentityCard():
            return [*2 * FACTS, *LOOKS, *MOVES]
        case ReviewCard():
            return [*4 * ENDING, *PAGES, *MOVES]
        case _:
            return PHASES.get(session.phase, MOVES)


def _answers(question: Question) -> list[AnyInput]:
    letters: list[AnyInput] = [Answer((letter,)) for letter in question.letters]
    if question.type == "multiple":
        ticks: list[AnyInput] = [Tick(letter, on) for letter in question.letters[:4] for on in (True, False)]
        return [*letters, *ticks, *4 * CLOSE]
    return [*letters, *2 * NUMBERS, *NAMED, *3 * ENTER] if question.figures else letters


def given_by(chance: Chance, session: Session, last: Given | None) -> Given:
    """The input that chance comes to at this session, and the card that it is for."""
    if chance.aim == "repeat" and last is not None:
        return last
    inputs = suitable(session)
    return _aimed(chance, session), chance.junk or inputs[chance.pick % len(inputs)]


def _aimed(chance: Chance, session: Session) -> CardRef:
    ref = session.ref
    match chance.aim:
        case "card":
            return replace(ref, card=f"q{chance.pick % 17}")
        case "earlier":
            return replace(ref, revision=session.revision - 1 - chance.pick % 3)
        case "opened":
            return replace(ref, revision=session.opened)
        case "later":
            return replace(ref, revision=session.revision + 1)
        case "session":
            return replace(ref, session="another")
        case _:
            return ref


_word = st.sampled_from(["", "A", "B", "Z", "q1", "q7", "energy", "heat", "en", "operations", "无", "\ud800"])
_words = st.lists(_word, max_size=3).map(tuple)
_numbers = st.lists(st.sampled_from([*AMOUNTS, *BAD]), max_size=5).map(tuple)
junk = st.one_of(
    *map(st.builds, (Back, Keep, Park, Help, Pause, Resume, Skip, EditFirm, Done, EnterFigures, Confirm)),
    *map(st.builds, (OpenEnergy, PickLevel, Climb, KeepRest, Submit, Provisional, Quick, Commit, Recheck, Anew)),
    *(st.builds(kind, _word) for kind in (Jump, Overview, Browse, ChooseLanguage, ChooseFuel)),
    st.builds(NameFirm, st.text(max_size=120)),
    st.builds(Identify, st.none() | st.sampled_from(PaperKind), st.none() | st.sampled_from(FirmFact)),
    st.builds(Tell, st.dictionaries(st.sampled_from(FirmFact), st.text(max_size=70)), st.booleans()),
    st.builds(ChooseKind, st.sampled_from(FirmKind)),
    st.builds(Answer, _words),
    st.builds(Tick, _word, st.booleans()),
    st.builds(Numbers, _numbers),
    st.builds(Numbers, _numbers),
    st.builds(ChooseSide, st.sampled_from(EnergySide)),
    st.builds(Rung, st.booleans()),
    st.builds(TakeLevel, st.integers(-1, 6)),
    st.builds(Pick, _words, st.booleans()),
    st.builds(Aim, st.sampled_from(AimPage)),
    st.builds(AimAt, st.integers(-1, 6)),
    st.builds(Want, _word, st.sampled_from(Wanted)),
    st.builds(Suppose, _word, st.none() | st.integers(-1, 6) | _words),
    *map(st.builds, (KeepTarget, ClearAim)),
    st.builds(Propose, st.lists(st.builds(Proposal, _word, st.integers(-1, 6) | _words, _word), max_size=3).map(tuple)),
    *(st.builds(kind, _words) for kind in (Agree, Discard)),
    st.builds(Amend, _word, st.none() | st.integers(-1, 6) | _words),
)
aims = st.sampled_from([*14 * ["present"], "repeat", "card", "earlier", "opened", "later", "session"])
chances = st.builds(Chance, st.integers(0, 9999), st.one_of(*5 * [st.none()], junk), aims)
