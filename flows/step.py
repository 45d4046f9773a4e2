"""The way in: one input, one step."""

from datetime import datetime
from typing import assert_never

from flows.aiming import aim
from flows.energy_entry import enter_amount, finish_energy, work_out_energy
from flows.events import Refusal, Refused, Stale
from flows.firm import about_firm
from flows.identity import settle
from flows.inputs import (
    AimInput,
    AnyInput,
    Confirm,
    Done,
    EnergyInput,
    FirmInput,
    MoveInput,
    Numbers,
    OutcomeInput,
    Pause,
    ProposalInput,
    QuestionInput,
    ScenarioInput,
    Tick,
)
from flows.outcome import conclude, start_recheck
from flows.proposals import about_proposals, confirm_proposal
from flows.questions import answer_question, finish_ticking
from flows.quick import newly_settled
from flows.scenarios import answer_scenario
from flows.session import CardRef, Fuelling, Phase, Proposing, Session
from flows.turn import Step, Turn, current_draft
from flows.walking import move
from scoring.rubric import Rubric


def step(rubric: Rubric, session: Session, ref: CardRef, given: AnyInput, now: datetime, fresh: str) -> Step:
    """Apply an input to a session; pure: the same arguments always give the same step.

    `ref` is the card that the input answers, `now` its time, `fresh` an unused id, in case a new session begins.
    An input for a card that is gone, or one that is refused, leaves the session as it was, so that a late or
    repeated tap never changes another answer.
    """
    if _stale(session, ref, given):
        return Step(session, (Stale(),))
    outcome = _handle(Turn(rubric, session, now, fresh), given)
    if any(isinstance(event, Refused) for event in outcome.events):
        return Step(session, outcome.events)
    changed = _paused(outcome.session, paused=isinstance(given, Pause))
    if changed == session:
        return Step(session, outcome.events)
    settled = newly_settled(rubric, session, changed)
    return Step(_revised(session, changed, now), (*outcome.events, *settled))


def _paused(session: Session, *, paused: bool) -> Session:
    return session if session.paused is paused else session.but(paused=paused)


def _stale(session: Session, ref: CardRef, given: AnyInput) -> bool:
    """Ticks set a state, so that several may come from one card; anything else must know the present one."""
    if (ref.session, ref.card) != (session.id, session.card):
        return True
    if isinstance(given, Tick):
        return not session.opened <= ref.revision <= session.revision
    return ref.revision != session.revision


def _revised(old: Session, new: Session, now: datetime) -> Session:
    revision = old.revision + 1
    opened = new.opened if (old.id, old.card) == (new.id, new.card) else revision
    return new.but(revision=revision, opened=opened, updated_at=now)


def _handle(turn: Turn, given: AnyInput) -> Step:
    draft = current_draft(turn.session)
    match given:
        case Done():
            return _done(turn)
        case Confirm() if isinstance(draft, Proposing):
            return confirm_proposal(turn)
        case Numbers(values=values) if isinstance(draft, Fuelling):
            return enter_amount(turn, draft, values)
        case _ if isinstance(given, MoveInput):
            return move(turn, given)
        case _ if isinstance(given, FirmInput):
            return about_firm(turn, given)
        case _ if isinstance(given, QuestionInput):
            return answer_question(turn, given)
        case _ if isinstance(given, EnergyInput):
            return work_out_energy(turn, given)
        case _ if isinstance(given, ScenarioInput):
            return answer_scenario(turn, given)
        case _ if isinstance(given, ProposalInput):
            return about_proposals(turn, given)
        case _ if isinstance(given, OutcomeInput):
            return conclude(turn, given)
        case _ if isinstance(given, AimInput):
            return aim(turn, given)
        case _:
            assert_never(given)


def _done(turn: Turn) -> Step:
    """ "Done" closes whatever list is open."""
    session = turn.session
    if session.phase is Phase.RECHECK:
        return start_recheck(turn)
    if session.phase is Phase.IDENTITY:
        return settle(turn)
    question = turn.rubric.question.get(session.item or "")
    if session.phase is not Phase.QUESTIONS or question is None:
        return turn.refuse(Refusal.NOT_HERE)
    draft = current_draft(session)
    if isinstance(draft, Fuelling):
        return finish_energy(turn, question, draft)
    return finish_ticking(turn, question)
