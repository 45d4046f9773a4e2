"""One step of the conversation, and everything it makes us say and keep."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.dialogue.messages import Returned
from bot.dialogue.reminders import after
from bot.dialogue.replies import Card, Explained
from bot.dialogue.situation import Situation, card, file, say
from flows.events import (
    Event,
    Finished,
    FirmNamed,
    HelpAsked,
    PaperWanted,
    Parked,
    Paused,
    Recorded,
    Refused,
    Resumed,
    Stale,
    Withdrawn,
)
from flows.inputs import AnyInput
from flows.session import CardRef, Session
from flows.step import step
from flows.turn import Step
from storage.outbox import Outgoing
from storage.store import Decision, LogEntry

ABSENT = timedelta(hours=1)
"""Who says nothing for so long has been away."""


def advance(situation: Situation, given: AnyInput, ref: CardRef | None = None) -> Decision:
    """One step, and everything it makes us say. `ref`: the card that it answers, if it is not the present one.

    Progress moves the reminder and a result ends it, in the transaction of the answer.
    """
    session, context = situation.session, situation.context
    rubric = situation.words.rubric
    stepped = step(rubric, session, ref or session.ref, given, situation.now, context.fresh.session)
    then = situation.with_session(stepped.session)
    asked = next((event.item for event in stepped.events if isinstance(event, HelpAsked)), None)
    if asked is None:
        shown: tuple[Outgoing, ...] = (card(then, _card(then, stepped.events), below=situation.below),)
    else:
        shown = say(then, Explained(asked)).outbox
    later, cancelled = after(then, finished=any(isinstance(event, Finished) for event in stepped.events))
    papers = tuple(file(then, event.paper.value) for event in stepped.events if isinstance(event, PaperWanted))
    decision = recorded(stepped, session, situation.now, context.by)
    return replace(decision, outbox=(*shown, *papers, *later), cancelled=cancelled)


def _card(situation: Situation, events: Sequence[Event]) -> Card:
    """The card, with what happened, a line each; of several answers at once, how many."""
    told = [event for event in events if _tells(situation, event)]
    recorded = sum(isinstance(event, Recorded) for event in told)
    if recorded > 1:
        told = [event for event in told if not isinstance(event, Recorded)]
    lines = [line for event in told for line in _sentences(situation, event)]
    if recorded > 1:
        lines.insert(0, situation.words.text.count("event.recorded.several", recorded))
    warned = any(isinstance(event, Refused | Stale) for event in events)
    return Card(tuple(lines), warned=warned, paused=any(isinstance(event, Paused) for event in events))


def _tells(situation: Situation, event: Event) -> bool:
    """A tap too many on the live card is passed over in silence, unless what is seen was drawn for it alone.

    Nobody is welcomed back who was here.
    """
    match event:
        case Stale():
            return situation.below or situation.context.manner.attended
        case Resumed():
            if situation.context.manner.attended:
                return isinstance(situation.message, Returned)
            return situation.now - situation.session.updated_at >= ABSENT
        case _:
            return True


def _sentences(situation: Situation, event: Event) -> Iterator[str]:
    """What has happened; of a name also what papers cannot print of it, while it is easily changed."""
    if said := situation.words.event(event, situation.session):
        yield said
    if isinstance(event, FirmNamed) and (signs := situation.context.rules.lacking(event.name)):
        yield situation.words.text("event.lacking", signs=signs)


def recorded(stepped: Step, before: Session, now: datetime, by: str) -> Decision:
    """What a step leaves in the store: the session, the lines of the answer log, a finished assessment."""
    log = tuple(entry for event in stepped.events if (entry := _entry(event, before.id, now, by)))
    finished = tuple(event.assessment for event in stepped.events if isinstance(event, Finished))
    return Decision(session=stepped.session, log=log, finished=finished)


def _entry(event: Event, session: str, at: datetime, by: str) -> LogEntry | None:
    """The line of the answer log that an event leaves."""
    match event:
        case Recorded(item=item, before=before, after=after):
            return LogEntry(session, "recorded", item, before, after, at, by)
        case Parked(item=item, before=before):
            return LogEntry(session, "parked", item, before, None, at, by)
        case Withdrawn(item=item, before=before):
            return LogEntry(session, "withdrawn", item, before, None, at, by)
        case Finished():
            return LogEntry(session, "finished", "", None, None, at, by)
        case _:
            return None
