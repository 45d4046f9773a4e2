"""The levels of a scenario: one of all, or one after the other up to the first "no"; standard, 三（二）, note 2."""

from flows.events import Refusal
from flows.inputs import Climb, PickLevel, Rung, ScenarioInput, TakeLevel
from flows.recording import record_level
from flows.session import Climbing, Phase, Picking, Proposing, Session
from flows.turn import Step, Turn, current_draft
from flows.walking import advance
from scoring.rubric import Scenario


def answer_scenario(turn: Turn, given: ScenarioInput) -> Step:
    """The inputs of the phase scenarios."""
    scenario = turn.rubric.scenario.get(turn.session.item or "")
    if turn.session.phase is not Phase.SCENARIOS or scenario is None:
        return turn.refuse(Refusal.NOT_HERE)
    match given:
        case Rung(met=met):
            return _climb(turn, scenario, met=met)
        case PickLevel():
            return turn.draft(Picking())
        case Climb():
            return turn.draft(Climbing(met=levels_met(turn.session, scenario)))
        case TakeLevel(level=level):
            return _take(turn, scenario, level)


def levels_met(session: Session, scenario: Scenario) -> int:
    """How far the ladder has been climbed; what is answered already starts where the firm stood, at the last rung."""
    draft = current_draft(session)
    if isinstance(draft, Climbing):
        return draft.met
    return min(session.record.levels.get(scenario.id, 0), len(scenario.levels) - 1)


def _climb(turn: Turn, scenario: Scenario, *, met: bool) -> Step:
    if isinstance(current_draft(turn.session), Picking):
        return turn.refuse(Refusal.NOT_HERE)
    reached = levels_met(turn.session, scenario) + met
    if met and reached < len(scenario.levels):
        return turn.draft(Climbing(met=reached))
    return _record(turn, scenario, reached)


def _take(turn: Turn, scenario: Scenario, level: int) -> Step:
    """Only with all levels on the screen, or just before: a level counts when every lower one is fully met."""
    if not isinstance(current_draft(turn.session), Picking | Proposing | None):
        return turn.refuse(Refusal.NOT_HERE)
    if not 0 <= level <= len(scenario.levels):
        return turn.refuse(Refusal.UNKNOWN_LEVEL)
    return _record(turn, scenario, level)


def _record(turn: Turn, scenario: Scenario, level: int) -> Step:
    session, events = record_level(turn.session, scenario.id, level)
    return advance(turn, session, *events)
