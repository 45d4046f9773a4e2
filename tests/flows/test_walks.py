"""Whole conversations, held against transcripts on file; the session is saved and reloaded between all inputs."""

from decimal import Decimal

from flows.cards import CommitmentCard, ConfirmCard, LevelCard, ProvisionalCard, ResultCard, ReviewCard
from flows.events import Finished, Refusal
from flows.inputs import (
    Answer,
    Back,
    ChooseFuel,
    ChooseKind,
    ChooseLanguage,
    Commit,
    Confirm,
    Done,
    EnterFigures,
    Help,
    Keep,
    NameFirm,
    Numbers,
    OpenEnergy,
    Overview,
    Park,
    Pause,
    Pick,
    Provisional,
    Recheck,
    Resume,
    Rung,
    Skip,
    Submit,
    Tick,
)
from flows.outcome import changes
from flows.session import FirmKind
from tests.flows.driver import RUBRIC, Walker, finished
from tests.flows.transcript import compare
from tests.scoring.standard import EMPTY_SHEET, FULL_SHEET, grade_of, score_of

LEVELS = {scenario: place % 5 for place, scenario in enumerate(RUBRIC.scenario)}


def letters_of(item: str) -> tuple[str, ...]:
    """The best for odd questions, the second option for even ones."""
    return FULL_SHEET[item] if int(item[1:]) % 2 else ("B",)


def test_letters_and_ladder() -> None:
    walker = Walker().begin(name="示例精密制造有限公司", kind=FirmKind.LITTLE_GIANT)
    for question in RUBRIC.questions:
        assert walker.session.item == question.id
        if question.type == "multiple":
            walker.tick(*letters_of(question.id))
        else:
            walker.say(Answer(letters_of(question.id)))
    for scenario, level in LEVELS.items():
        assert walker.session.item == scenario
        assert walker.climb(level) == 1 + min(level + 1, 4)
    assert isinstance(walker.card, CommitmentCard)
    (event,) = walker.say(Commit())
    assert isinstance(event, Finished)
    sheet = {item: letters_of(item) for item in RUBRIC.question}
    assert event.assessment.record.choices == sheet
    assert event.assessment.record.levels == LEVELS
    assert event.assessment.score == str(score_of(sheet))
    assert event.assessment.grade == grade_of(score_of(sheet), LEVELS)
    assert event.assessment.previous is None
    assert isinstance(walker.card, ResultCard)
    compare("letters_and_ladder", walker.lines)


def test_figures() -> None:
    walker = Walker().begin()
    walker.tick("B")
    walker.say(EnterFigures())
    walker.say(Numbers((200,)))
    walker.say(Numbers((90,)))
    walker.say(Confirm())
    walker.say(Numbers((40,)))  # the machines are known
    assert isinstance(walker.card, ConfirmCard)
    assert walker.card.calculation == "40 / 200 = 20%"
    walker.say(Confirm())
    walker.go("q11")
    walker.say(Numbers((120, 80, 100)))
    walker.say(Numbers((900, 1000, 1100)))
    walker.say(Confirm())
    walker.say(OpenEnergy())  # at q12
    walker.say(ChooseFuel("electricity"))
    walker.say(Numbers((310,)))
    walker.say(ChooseFuel("blast_furnace_gas"))
    walker.say(Numbers((Decimal("1.5"),)))
    walker.say(Done())
    walker.say(Numbers((400,)))  # both revenues are years of q11's
    assert isinstance(walker.card, ConfirmCard)
    assert walker.card.calculation == "(382.919 / 1100) / (400 / 1000) - 1 = -13.0%"
    walker.say(Confirm())
    assert walker.session.record.figures["energy_last"] == RUBRIC.energy_example.total  # type: ignore[union-attr]
    walker.say(Numbers((Decimal("97.5"), Decimal("98.1"))))
    walker.say(Confirm())
    walker.say(Numbers((55, 60)))  # q14: only the employees are missing
    walker.say(Confirm())
    walker.say(Numbers((800,)))
    walker.say(Numbers((760,)))
    walker.say(Confirm())
    walker.go("q4").fill().finish()
    assert walker.session.record.choices["q3"] == ("B",)
    compare("figures", walker.lines)


def test_parking_changing_and_provisional() -> None:
    walker = Walker().begin()
    walker.say(Park())
    walker.say(Help())
    walker.say(Answer(("A",)))
    walker.say(Back())
    walker.say(Answer(("E",)))  # q2 changed
    walker.say(Pause())
    walker.say(Resume())
    walker.go("quality")
    walker.say(Rung(met=True))
    walker.say(Back())
    walker.say(Rung(met=False))
    walker.say(Overview())
    assert walker.refused(Submit()) is Refusal.STILL_OPEN
    walker.say(Provisional())
    assert walker.card == ProvisionalCard(29, None)
    walker.say(Back())
    walker.say(Overview("operations"))
    walker.go("q3").fill()
    walker.say(Overview())
    assert isinstance(walker.card, ReviewCard)
    assert walker.card.parked == ("q1",)
    assert walker.card.open == ()
    assert walker.refused(Submit()) is Refusal.STILL_OPEN
    walker.say(Resume())  # nothing but the parked item is left
    walker.tick("A")
    walker.say(Back())
    walker.go("q5")
    walker.say(Keep())
    walker.finish()
    compare("parking", walker.lines)


def test_recheck_by_event() -> None:
    walker = finished()
    old = walker.session
    del walker.lines[:]
    walker.say(Recheck())
    assert walker.refused(Done()) is Refusal.NOTHING_PICKED
    items = changes(RUBRIC.id)["new_mes"]
    walker.say(Pick(items, on=True))
    asked = []
    while walker.session.asking:
        asked.append(walker.session.item)
        if isinstance(walker.card, LevelCard):
            assert walker.card.answered == 1
            walker.take(2)
        elif walker.session.item in ("q3", "q5"):
            walker.say(Keep())
        else:
            walker.tick("B", "C")
    assert tuple(asked) == items
    walker.say(Overview())  # something else has changed, too
    walker.go("q9").tick("B", "C")
    (event,) = walker.say(Commit())
    assert isinstance(event, Finished)
    assert event.assessment.previous == old.id != event.assessment.id
    assert walker.session.baseline is not None
    assert walker.session.baseline.record == old.record
    assert walker.session.baseline.finished_at == old.finished_at
    expected = {item: ("B", "C") if item in ("q4", "q9") else letters for item, letters in EMPTY_SHEET.items()}
    assert walker.session.record.choices == expected
    assert walker.session.firm == old.firm
    compare("recheck", walker.lines)


def test_start_anew() -> None:
    walker = finished()
    old = walker.session
    del walker.lines[:]
    walker.anew()
    assert walker.session.id != old.id
    assert walker.session.firm == old.firm
    assert walker.session.agenda == RUBRIC.items
    walker.say(NameFirm("  新\t厂 "))
    assert walker.session.firm.name == "新 厂"
    walker.say(ChooseKind(FirmKind.MICRO))
    walker.fill({"q1": "BCDE"}, level=2).finish()
    assert walker.session.baseline is None
    compare("anew", walker.lines)


def test_language_change() -> None:
    walker = Walker()
    walker.say(ChooseLanguage("en"))
    walker.say(ChooseLanguage("zh-Hans"))
    walker.say(Skip())
    walker.say(Skip())
    walker.say(Tick("B", on=True))
    before = walker.card
    walker.say(ChooseLanguage("en"))
    assert walker.card == before
    walker.say(Done())
    walker.go("quality")
    walker.say(Rung(met=True))
    before = walker.card
    walker.say(ChooseLanguage("zh-Hans"))
    assert walker.card == before
    assert walker.session.record.choices == {"q1": ("B",)}
    assert walker.session.language == "zh-Hans"
    compare("language", walker.lines)
