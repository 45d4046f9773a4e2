"""From the last answer to the result, and from the result on: commitment, re-check, a new start."""

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from flows.events import Event, Finished, Refusal
from flows.inputs import Anew, Commit, KeepRest, OutcomeInput, Pick, Provisional, Recheck, Submit
from flows.phases import settled
from flows.questions import finish_ticking
from flows.recording import item_answer
from flows.session import Assessment, Baseline, FirmField, Phase, Session, Ticking, new_session
from flows.turn import Step, Turn, current_draft
from flows.walking import keep, show_item
from scoring.editions import current
from scoring.rubric import Rubric
from scoring.sheet import load_sheet

DATA = Path(__file__).parent / "data"
ANEW = "anew"
"""The page of the result that asks whether to start a new assessment."""


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
            return turn.go("recheck", turn.session.but(picked=(), page="", paper=None))
        case Pick(items=items, on=on):
            return _pick(turn, items, on=on)
        case KeepRest():
            return _keep_rest(turn)
        case Anew():
            return _anew(turn)


def _submit(turn: Turn) -> Step:
    if turn.session.phase is Phase.REVIEW and not settled(turn.rubric, turn.session):
        return turn.refuse(Refusal.STILL_OPEN)
    return turn.go("submit", turn.session.but(page=""))


def _preview(turn: Turn) -> Step:
    if turn.session.phase is Phase.REVIEW and settled(turn.rubric, turn.session):
        return turn.refuse(Refusal.ALL_ANSWERED)
    return turn.go("preview", turn.session.but(page="", paper=None))


def _commit(turn: Turn) -> Step:
    if commits(turn.session):
        done = _keep_rest(turn)
        return _committed(replace(turn, session=done.session), *done.events)
    return _committed(turn)


def _committed(turn: Turn, *events: Event) -> Step:
    session = turn.session.but(agenda=(), drafts={}, trail=(), finished_at=turn.now)
    if turn.session.phase is not Phase.COMMITMENT:
        return turn.refuse(Refusal.NOT_HERE)
    return turn.go("commit", session, *events, Finished(_assessment(turn, session)))


def commits(session: Session) -> bool:
    """Something is ticked at the last item of a re-check: one tap may end the ticking and commit to it."""
    draft = current_draft(session)
    ticked = isinstance(draft, Ticking) and bool(draft.letters)
    waiting = {*session.agenda, *session.parked} - {session.item}
    return ticked and session.baseline is not None and not waiting


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
    marked = session.but(picked=tuple(item for item in turn.rubric.items if item in wanted))
    return start_recheck(replace(turn, session=marked)) if on else Step(marked)


def _keep_rest(turn: Turn) -> Step:
    """Nothing else has changed: on to the commitment, or to what has no answer any more."""
    session = turn.session
    if not session.asking or session.baseline is None:
        return turn.refuse(Refusal.NOT_HERE)
    session = session.but(agenda=tuple(item for item in session.agenda if item_answer(session.record, item) is None))
    turn = replace(turn, session=session)
    question = turn.rubric.question.get(session.item or "")
    begun = isinstance(current_draft(session), Ticking)
    return finish_ticking(turn, question) if question and begun else keep(turn)


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
        baseline=Baseline(
            id=old.id,
            record=old.record,
            finished_at=old.finished_at or old.updated_at,
            started_at=old.started_at,
            before=old.baseline and old.baseline.model_copy(update={"before": None}),
        ),
    )


def _anew(turn: Turn) -> Step:
    """Asked for once, it is asked back; then it begins, by the edition that assessments begin with today."""
    if turn.session.phase is not Phase.RESULT:
        return turn.refuse(Refusal.NOT_HERE)
    if turn.session.page != ANEW:
        return Step(turn.session.but(page=ANEW))
    return turn.go("anew", _successor(turn, current()).but(phase=Phase.RESULT, page=FirmField.NAME.value))


def _successor(turn: Turn, rubric: Rubric) -> Session:
    """A fresh session for the same firm; revisions go on, so that old cards stay stale."""
    old = turn.session
    return new_session(turn.fresh, rubric, old.language, turn.now).but(
        firm=old.firm,
        goal=old.goal_in(rubric.id),
        identified=old.identified,
        revision=old.revision,
        opened=old.opened,
    )
