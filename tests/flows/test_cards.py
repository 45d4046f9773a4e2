"""What is on the screen: a card for every place, on which everything a person needs is possible."""

from typing import get_args

import pytest

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
    ItemCard,
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
    card_of,
    unanswered,
)
from flows.events import Refused, Stale
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
    Commit,
    Confirm,
    Discard,
    Done,
    EditFirm,
    EnterFigures,
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
from flows.listing import items_of_pages, review_pages
from flows.outcome import changes
from flows.progress import progress_of
from flows.session import AimPage, EnergySide, FirmFact, FirmKind, Phase
from tests.flows.driver import RUBRIC, Walker, finished, play
from tests.flows.scenes import SCENES, scene

ALWAYS: list[AnyInput] = [Help(), Pause(), Resume(), ChooseLanguage("zh-Hans")]
MOVING: list[AnyInput] = [*ALWAYS, Back(), Overview(), Jump("q15"), Jump("energy")]
ITEM: list[AnyInput] = [*MOVING, Park(), EditFirm()]
LETTER = Answer(("B",))
REVIEW: list[AnyInput] = [*MOVING, Overview("outcomes"), EditFirm()]

NEEDED: dict[str, tuple[type[Card], list[AnyInput]]] = {
    "welcome": (WelcomeCard, ALWAYS),
    "name": (FirmNameCard, [*MOVING, NameFirm("厂"), Skip()]),
    "kind": (FirmKindCard, [*MOVING, *(ChooseKind(kind) for kind in FirmKind), Skip()]),
    "single": (QuestionCard, [*ITEM, LETTER]),
    "answered": (QuestionCard, [*ITEM, LETTER, Keep()]),
    "multiple": (QuestionCard, [*ITEM, LETTER, Tick("B", True), Tick("A", True), Answer(("B", "C"))]),
    "figures": (QuestionCard, [*ITEM, LETTER, EnterFigures(), Numbers((5,))]),
    "energy": (QuestionCard, [*ITEM, LETTER, EnterFigures(), OpenEnergy()]),
    "entering": (FigureCard, [*ITEM, LETTER, Numbers((5,)), Numbers((5, 2))]),
    "confirming": (ConfirmCard, [*ITEM, LETTER, Confirm(), EnterFigures(), Numbers((100, 10))]),
    "doubting": (DoubtCard, [*ITEM, TakeReading(0), TakeReading(1), Numbers((5,))]),
    "fuels": (EnergyCard, [*ITEM, LETTER, *(ChooseFuel(fuel) for fuel in RUBRIC.fuel)]),
    "fuel": (EnergyCard, [*ITEM, Numbers((5,)), *(ChooseSide(side) for side in EnergySide)]),
    "proposed": (ProposalCard, [*ITEM, Confirm(), Amend("finance", 2), Rung(True), PickLevel()]),
    "proposed by figures": (ProposalCard, [*ITEM, LETTER, Confirm(), EnterFigures(), Numbers((100, 10))]),
    "proposals": (ProposalsCard, [*MOVING, Agree(("q2", "finance")), Amend("finance", None), Discard(("q6",))]),
    "ladder": (LadderCard, [*ITEM, Rung(True), Rung(False), PickLevel()]),
    "levels": (LevelCard, [*ITEM, *(TakeLevel(level) for level in range(5))]),
    "settled": (QuestionCard, [*ITEM, LETTER, Provisional(), Quick()]),
    "stopped": (ProvisionalCard, [*MOVING, Quick()]),
    "review": (ReviewCard, [*REVIEW, Provisional(), Quick()]),
    "full": (ReviewCard, [*REVIEW, Submit()]),
    "provisional": (ProvisionalCard, MOVING),
    "commitment": (CommitmentCard, [*MOVING, Commit()]),
    "result": (ResultCard, [*ALWAYS, Recheck(), Anew()]),
    "anew": (AnewCard, [*ALWAYS, Back(), Anew(), Recheck()]),
    "identity": (
        IdentityCard,
        [
            *ALWAYS,
            Done(),
            Skip(),
            Back(),
            *(Identify(fact=fact) for fact in FirmFact),
            Tell({FirmFact.CONTACT: "张三"}),
        ],
    ),
    "identity fact": (IdentityCard, [*ALWAYS, Back(), Skip(), Tell({FirmFact.CREDIT_CODE: ""}), Done()]),
    "identity so far": (IdentityCard, [*MOVING, Done(), Skip(), Quick()]),
    "recheck": (RecheckCard, [*ALWAYS, Back(), *(Pick((item,), True) for item in RUBRIC.items)]),
    "recheck list": (RecheckCard, [*ALWAYS, Back(), Browse("foundation"), Browse(""), Pick(("q1",), True)]),
    "again": (QuestionCard, [*ITEM, Tick("B", True), Done(), Keep(), KeepRest()]),
    "plan list": (PlanCard, [*ALWAYS, Back(), Browse("management"), KeepTarget(), Want("q1", Wanted.PINNED)]),
    "what_if list": (WhatIfCard, [*ALWAYS, Back(), Browse(""), Suppose("q1", ("B",))]),
    "plan": (
        PlanCard,
        [*ALWAYS, Back(), AimAt(4), Aim(AimPage.WHAT_IF), KeepTarget(), Recheck()],
    ),
    "plan so far": (PlanCard, [*ALWAYS, Back(), AimAt(1), ClearAim()]),
    "what_if": (WhatIfCard, [*ALWAYS, Back(), Suppose("quality", 1), Aim(AimPage.PLAN), ClearAim()]),
    "paused": (PausedCard, [*ALWAYS, Overview()]),
}


@pytest.mark.parametrize("name", SCENES)
def test_the_card_and_what_is_possible_on_it(name: str) -> None:
    session = scene(name)
    kind, ways = NEEDED[name]
    assert type(card_of(RUBRIC, session)) is kind
    for way in ways:
        done = play(session, way)
        assert not any(isinstance(event, Refused | Stale) for event in done.events), (way, done.events)


def test_every_card_has_a_scene() -> None:
    assert {kind for kind, _ in NEEDED.values()} == set(get_args(Card))
    assert set(NEEDED) == set(SCENES)


def test_lists_are_closed_where_they_were_opened() -> None:
    walker = Walker().begin()
    walker.say(Tick("B", on=True))
    walker.say(Done())
    walker.go("q12").say(OpenEnergy())
    walker.say(ChooseFuel("heat"))
    walker.say(Numbers((5,)))
    walker.say(Done())
    assert isinstance(walker.card, FigureCard)
    assert walker.card.known["energy_last"]


@pytest.mark.parametrize("item", RUBRIC.items)
def test_an_item_shows_its_own_card(item: str) -> None:
    card = Walker().begin().go(item).card
    assert isinstance(card, get_args(ItemCard))
    shown = card.question.id if isinstance(card, QuestionCard) else card.scenario.id
    assert shown == item


def test_the_review_shows_what_is_answered_parked_and_open() -> None:
    walker = Walker().begin()
    walker.say(Park())
    walker.say(Answer(("E",)))
    walker.go("quality").take(0)
    walker.say(Overview())
    card = walker.card
    assert isinstance(card, ReviewCard)
    assert card.parked == ("q1",)
    assert card.answers == {"q2": ("E",), "quality": 0}
    assert set(card.open) == set(RUBRIC.items) - {"q1", "q2", "quality"}
    assert not card.complete
    assert unanswered(RUBRIC, walker.session) == tuple(item for item in RUBRIC.items if item not in card.answers)


def test_the_pages_of_the_review_hold_every_item_once() -> None:
    pages = items_of_pages(RUBRIC)
    assert tuple(pages) == review_pages(RUBRIC)
    items = [item for page in pages.values() for item in page]
    assert items == list(RUBRIC.items)
    assert len(items) == len(set(items)) == 31
    walker = Walker().begin()
    for page in ("", *pages):
        walker.say(Overview(page))
        assert isinstance(walker.card, ReviewCard)
        assert (walker.card.page, walker.card.pages) == (page, pages)


def test_progress_of_a_first_walk() -> None:
    walker = Walker().begin()
    for done, item in enumerate(RUBRIC.items):
        progress = progress_of(RUBRIC, walker.session)
        assert (progress.position, progress.total) == (done + 1, 31)
        assert (progress.answered, progress.rest, progress.parked) == (done, 31 - done, 0)
        seconds = 25 * max(15 - done, 0) + 30 * min(31 - done, 16)
        assert 60 * (progress.minutes - 1) < seconds <= 60 * progress.minutes
        if item in RUBRIC.question:
            walker.say(Answer(("A",)))
        else:
            walker.say(Rung(met=False))
    progress = progress_of(RUBRIC, walker.session)
    assert (progress.answered, progress.rest, progress.minutes) == (31, 0, 0)


def test_progress_counts_parked_items_as_left() -> None:
    walker = Walker().begin()
    walker.say(Park())
    progress = progress_of(RUBRIC, walker.session)
    assert (progress.position, progress.answered, progress.rest, progress.parked) == (2, 0, 31, 1)


def test_progress_of_a_recheck_counts_what_is_asked_again() -> None:
    walker = finished()
    walker.say(Recheck())
    walker.say(Pick(("q5", "quality"), on=True))
    progress = progress_of(RUBRIC, walker.session)
    assert (progress.position, progress.answered, progress.rest, progress.minutes) == (5, 31, 2, 1)


def test_the_recheck_offers_events_with_their_items() -> None:
    card = card_of(RUBRIC, scene("recheck"))
    assert isinstance(card, RecheckCard)
    assert card.changes == changes(RUBRIC.id)
    assert set(card.changes) == {"new_erp", "new_mes", "new_machines", "security_work", "training"}


def test_a_card_derives_from_the_session_alone() -> None:
    for name in SCENES:
        session = scene(name)
        assert card_of(RUBRIC, session) == card_of(RUBRIC, session.model_copy(deep=True))
    assert {session.phase for session in map(scene, SCENES)} == set(Phase)
