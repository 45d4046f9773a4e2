"""From the last answer to the result, and from the result on: commitment, re-check, a new start."""

import json
from functools import lru_cache
from pathlib import Path

from flows.events import Finished, Refusal
from flows.inputs import Anew, Commit, OutcomeInput, Pick, Provisional, Recheck, Submit
from flows.phases import settled
from flows.session import Assessment, Baseline, FirmField, Phase, Session, new_session
from flows.turn import Step, Turn
from flows.walking import show_item
from scoring.editions import current
from scoring.rubric import Rubric
from scoring.sheet import load_sheet

DATA = Path(__file__).parent / "data"


def conclude(turn: Turn, given: OutcomeInput) -> Step:
    """The inputs of the review, the commitment, the result and the re-check."""
    match given:
        case Submit():
            return _submit(turn)
        case Provisional():
            return _preview(turn)
        case Commit():
            return _commit(turn)
        case Recheck():
            return turn.go("recheck", turn.session.but(picked=(), page=""))
        case Pick(items=items, on=on):
            return _pick(turn, items, on=on)
        case Anew():
            return _anew(turn)


def _submit(turn: Turn) -> Step:
    if turn.session.phase is Phase.REVIEW and not settled(turn.rubric, turn.session):
        return turn.refuse(Refusal.STILL_OPEN)
    return turn.go("submit", turn.session.but(page=""))


def _preview(turn: Turn) -> Step:
    if turn.session.phase is Phase.REVIEW and settled(turn.rubric, turn.session):
        return turn.refuse(Refusal.ALL_ANSWERED)
    return turn.go("preview", turn.session.but(page=""))


def _commit(turn: Turn) -> Step:
    session = turn.session.but(agenda=(), drafts={}, trail=(), finished_at=turn.now)
    if turn.session.phase is not Phase.COMMITMENT:
        return turn.refuse(Refusal.NOT_HERE)
    return turn.go("commit", session, Finished(_assessment(turn, session)))


def _assessment(turn: Turn, session: Session) -> Assessment:
    """The finished assessment; its score and grade follow the edition's own rule."""
    sheet = load_sheet(turn.rubric.id)
    tally = sheet.tally(session.record.choices, session.record.levels)
    return Assessment(
        id=session.id,
        rubric=session.rubric,
        firm=session.firm,
        record=session.record,
        score=str(sheet.exact(tally.points)),
        grade=tally.grade,
        previous=session.baseline.id if session.baseline else None,
        started_at=session.started_at,
        finished_at=turn.now,
    )


# re-check


@lru_cache
def changes(rubric: str) -> dict[str, tuple[str, ...]]:
    """What may have happened in a firm, and the items that it may change; of most editions nobody has said so."""
    maps = json.loads((DATA / "changes.json").read_text(encoding="utf-8"))
    return {name: tuple(items) for name, items in maps.get(rubric, {}).items()}


def _pick(turn: Turn, items: tuple[str, ...], *, on: bool) -> Step:
    session = turn.session
    if session.phase is not Phase.RECHECK:
        return turn.refuse(Refusal.NOT_HERE)
    if not set(items) <= set(turn.rubric.items):
        return turn.refuse(Refusal.UNKNOWN_ITEM)
    wanted = {*session.picked, *items} if on else set(session.picked).difference(items)
    return Step(session.but(picked=tuple(item for item in turn.rubric.items if item in wanted)))


def start_recheck(turn: Turn) -> Step:
    """A new session with all answers of the old one, of which only the picked items are asked again."""
    old = turn.session
    if not old.picked:
        return turn.refuse(Refusal.NOTHING_PICKED)
    return show_item(turn, successor_of(turn, old.picked), old.picked[0])


def successor_of(turn: Turn, agenda: tuple[str, ...]) -> Session:
    """The session of a re-check: all answers of the finished one, of which only these items are asked again."""
    old = turn.session
    return _successor(turn, turn.rubric).but(
        phase=Phase.RECHECK,
        record=old.record,
        agenda=agenda,
        baseline=Baseline(id=old.id, record=old.record, finished_at=old.finished_at or old.updated_at),
    )


def _anew(turn: Turn) -> Step:
    """By the edition that assessments begin with today."""
    session = _successor(turn, current()).but(phase=Phase.RESULT, page=FirmField.NAME.value)
    if turn.session.phase is not Phase.RESULT:
        return turn.refuse(Refusal.NOT_HERE)
    return turn.go("anew", session)


def _successor(turn: Turn, rubric: Rubric) -> Session:
    """A fresh session for the same firm; revisions go on, so that old cards stay stale."""
    old = turn.session
    return new_session(turn.fresh, rubric, old.language, turn.now).but(
        firm=old.firm, goal=old.goal_in(rubric.id), revision=old.revision, opened=old.opened
    )
