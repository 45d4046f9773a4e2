"""Keep, park and pause; the firm's own card; the re-check."""

from flows.cards import (
    CommitmentCard,
    FirmKindCard,
    PausedCard,
    QuestionCard,
    ReviewCard,
)
from flows.events import Finished, Parked, Refusal, Resumed
from flows.inputs import (
    Answer,
    Back,
    ChooseKind,
    ChooseLanguage,
    Commit,
    EditFirm,
    Help,
    Jump,
    Keep,
    NameFirm,
    Overview,
    Park,
    Pause,
    Pick,
    Recheck,
    Resume,
    Rung,
    Skip,
    Submit,
    Tick,
)
from flows.outcome import changes
from flows.session import FirmKind, Phase
from tests.flows.driver import RUBRIC, Walker, finished

LAST = RUBRIC.items[-1]


def at(item: str) -> Walker:
    return Walker().begin().go(item)


# keep, park, pause


def test_keep_goes_on_with_the_answer_as_it_is() -> None:
    walker = at("q5")
    assert walker.refused(Keep()) is Refusal.NOTHING_TO_KEEP
    walker.say(Answer(("B",)))
    walker.say(Back())
    walker.say(Keep())
    assert walker.session.item == "q6"
    walker.go("q1")
    walker.tick("B")
    walker.go("q1")
    walker.say(Tick("C", on=True))
    walker.say(Keep())
    assert walker.session.drafts == {}
    assert walker.session.record.choices == {"q1": ("B",), "q5": ("B",)}


def test_parked_is_neither_none_nor_no() -> None:
    walker = at("q1")
    walker.tick("B")
    walker.go("q1")
    assert walker.say(Park()) == (Parked("q1", ("B",)),)
    walker.go("quality")
    walker.say(Rung(met=True))
    assert walker.say(Park()) == (Parked("quality", None),)
    assert walker.session.parked == ("q1", "quality")
    assert walker.session.record.choices == {}
    assert walker.session.record.levels == {}
    assert "quality" not in walker.session.drafts
    walker.say(Overview())
    assert isinstance(walker.card, ReviewCard)
    assert walker.card.parked == ("q1", "quality")
    assert not {"q1", "quality"} & set(walker.card.open)
    assert not {"q1", "quality"} & set(walker.card.answers)


def test_parked_items_come_up_when_nothing_else_is_open() -> None:
    walker = Walker().begin()
    walker.say(Park())
    walker.go(LAST)
    walker.say(Park())
    assert walker.session.item == "q2"
    walker.fill()
    assert isinstance(walker.card, ReviewCard)
    assert walker.say(Resume()) == (Resumed(),)
    assert (walker.session.item, walker.session.agenda) == ("q1", ("q1", LAST))
    assert walker.session.parked == ()


def test_answering_a_parked_item() -> None:
    walker = at("q5")
    walker.say(Park())
    walker.go("q5")
    walker.say(Answer(("A",)))
    assert walker.session.parked == ()


def test_any_accepted_input_ends_the_pause() -> None:
    walker = at("q5")
    for given in (Jump("q5"), Help(), Resume(), ChooseLanguage("zh-Hans")):
        walker.say(Pause())
        assert isinstance(walker.card, PausedCard)
        walker.say(given)
        assert not isinstance(walker.card, PausedCard)
    walker.say(Pause())
    walker.refused(Submit())
    assert isinstance(walker.card, PausedCard)


def test_going_on_at_the_first_open_item() -> None:
    walker = at("q5")
    walker.say(Answer(("B",)))
    walker.say(Pause())
    walker.say(Resume())
    assert walker.session.item == "q1"
    walker.say(Overview())
    walker.say(Resume())
    assert walker.session.item == "q1"


# the firm, the re-check


def test_editing_the_firm_leads_back_to_the_open_item() -> None:
    walker = at("q1")
    walker.tick("B")
    walker.say(EditFirm())
    walker.say(NameFirm("新厂"))
    walker.say(ChooseKind(FirmKind.OTHER))
    assert walker.session.item == "q2"
    walker.fill()
    walker.say(Overview())
    walker.say(EditFirm())
    walker.say(Skip())
    assert isinstance(walker.card, FirmKindCard)
    assert walker.card.kind is FirmKind.OTHER
    walker.say(Skip())
    assert isinstance(walker.card, CommitmentCard)
    assert walker.session.firm.name == "新厂"


def test_the_map_of_changes_names_items() -> None:
    for items in changes(RUBRIC.id).values():
        assert items
        assert list(items) == [item for item in RUBRIC.items if item in items]


def test_a_finished_assessment_is_not_reopened() -> None:
    walker = finished()
    for given in (Jump("q5"), Overview(), EditFirm(), Park(), Submit(), Commit()):
        walker.refused(given)
    walker.say(Recheck())
    assert walker.refused(Jump("q5")) is Refusal.NOT_HERE


def test_the_commitment_closes_what_was_begun() -> None:
    walker = Walker().begin().fill().go("q1")
    walker.say(Tick("B", on=True))
    walker.finish()
    assert (walker.session.drafts, walker.session.trail) == ({}, ())
    assert walker.session.record.choices["q1"] == ("A",)


def test_a_recheck_of_a_recheck() -> None:
    walker = finished()
    for level in (2, 3):
        before = walker.session.id
        walker.say(Recheck())
        walker.say(Pick(("quality", "q8"), on=True))
        assert isinstance(walker.card, QuestionCard)
        walker.say(Answer(("C",)))
        walker.take(level)
        (event,) = walker.say(Commit())
        assert isinstance(event, Finished)
        assert event.assessment.previous == before
        assert event.assessment.finished_at == walker.session.finished_at == walker.now
    assert walker.session.phase is Phase.RESULT


def test_a_parked_item_of_a_recheck_stops_the_commitment() -> None:
    walker = finished()
    walker.say(Recheck())
    walker.say(Pick(("q8",), on=True))
    walker.say(Park())
    assert walker.refused(Submit()) is Refusal.STILL_OPEN
