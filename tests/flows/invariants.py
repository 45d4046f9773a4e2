"""What holds of every session, whatever was said before."""

from typing import Any

from flows.cards import card_of, unanswered
from flows.identity import fault
from flows.phases import settled
from flows.recording import answers_of
from flows.session import (
    Climbing,
    Confirming,
    Entering,
    FirmFact,
    Fuelling,
    Phase,
    Picking,
    Proposing,
    Record,
    Session,
    Ticking,
)
from scoring.answers import check_answers
from tests.flows.driver import RUBRIC

FINISHED = (Phase.RESULT, Phase.RECHECK)


def is_final(session: Session) -> bool:
    """At a final result, or looking ahead from one, or at what papers tell."""
    beside = session.phase in (Phase.AIM, Phase.IDENTITY)
    return session.phase in FINISHED or (beside and session.finished_at is not None)


def hold(session: Session) -> None:
    """Assert all of them."""
    _record(session.record)
    _lists(session)
    _place(session)
    _drafts(session)
    card_of(RUBRIC, session)
    if session.baseline:
        _record(session.baseline.record)
        assert len(session.baseline.record.choices) + len(session.baseline.record.levels) == 31


def _record(record: Record) -> None:
    for item, letters in record.choices.items():
        question = RUBRIC.question[item]
        assert letters
        assert list(letters) == sorted(set(letters))
        assert set(letters) <= set(question.letters)
        assert len(letters) == 1 or (question.type == "multiple" and question.letters[0] not in letters)
    for item, level in record.levels.items():
        assert 0 <= level <= len(RUBRIC.scenario[item].levels)
    assert set(record.energy) <= set(record.figures)
    checked = check_answers(RUBRIC, exported(record))
    assert checked.choices == record.choices
    assert checked.levels == record.levels
    assert checked.figures == record.figures
    assert checked.derivations == answers_of(RUBRIC, record).derivations


def exported(record: Record) -> dict[str, Any]:
    """The record in the contract's shape."""
    return {
        "rubric": RUBRIC.id,
        "answers": {
            item: list(letters) if RUBRIC.question[item].type == "multiple" else letters[0]
            for item, letters in record.choices.items()
        },
        "figures": {name: list(value) if isinstance(value, tuple) else value for name, value in record.figures.items()},
        "scenarios": dict(record.levels),
    }


def _lists(session: Session) -> None:
    answered = {*session.record.choices, *session.record.levels}
    agenda, parked = set(session.agenda), set(session.parked)
    assert not parked & answered
    assert not agenda & parked
    assert set(unanswered(RUBRIC, session)) <= agenda | parked
    for listed in (session.agenda, session.parked, session.picked):
        assert list(listed) == [item for item in RUBRIC.items if item in listed]
    assert not (session.quick and session.baseline)
    if session.baseline is None and not is_final(session):
        assert not agenda & answered


def _place(session: Session) -> None:
    assert session.opened <= session.revision
    assert session.paper is None or session.phase is Phase.IDENTITY
    assert not any(fault(fact, session.firm.fact(fact) or "") for fact in FirmFact)
    assert len(set(session.trail)) == len(session.trail)
    assert set(session.trail) <= set(RUBRIC.items)
    if session.asking:
        assert session.item in (RUBRIC.question if session.phase is Phase.QUESTIONS else RUBRIC.scenario)
        assert session.item not in session.trail
    if session.phase is Phase.COMMITMENT or is_final(session):
        assert settled(RUBRIC, session)
    if is_final(session):
        assert (session.agenda, session.parked, session.drafts) == ((), (), {})
        assert session.finished_at
    else:
        assert session.finished_at is None


def _drafts(session: Session) -> None:
    for item, draft in session.drafts.items():
        match draft:
            case Climbing(met=met):
                assert 0 <= met < len(RUBRIC.scenario[item].levels)
            case Picking():
                assert item in RUBRIC.scenario
            case Ticking(letters=letters):
                question = RUBRIC.question[item]
                assert question.type == "multiple"
                assert list(letters) == sorted(set(letters) & set(question.letters))
                assert len(letters) <= 1 or question.letters[0] not in letters
            case Proposing(answer=answer, least=least, under=under):
                assert not isinstance(under, Proposing)
                assert isinstance(least, int) is (item in RUBRIC.scenario)
                assert answer is None or type(answer) is type(least)
            case Entering() | Fuelling() | Confirming():
                rule = RUBRIC.question[item].figures
                assert rule
                entering = draft if isinstance(draft, Entering) else draft.entering
                assert set(entering.energy) <= set(entering.values) <= set(rule.asks)
