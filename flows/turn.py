"""One turn of the conversation: the session so far, the outside facts, and small ways to end the turn."""

from dataclasses import dataclass
from datetime import datetime

from flows.events import Event, Refusal, Refused
from flows.phases import moved
from flows.session import Draft, Fuelling, Session
from scoring.errors import Fault
from scoring.rubric import Rubric


@dataclass(frozen=True, slots=True)
class Step:
    """The outcome of an input: the session as it is now, and what happened."""

    session: Session
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What a handler works with: `fresh` is an id for a new session, should one begin."""

    rubric: Rubric
    session: Session
    now: datetime
    fresh: str

    def refuse(self, reason: Refusal, faults: tuple[Fault, ...] = ()) -> Step:
        """Nothing changes, and this is why."""
        return Step(self.session, (Refused(reason, faults),))

    def go(self, trigger: str, session: Session, *events: Event) -> Step:
        """Take a way of the table with this session, or refuse."""
        phase = moved(trigger, self.rubric, session)
        if phase is None:
            return self.refuse(Refusal.NOT_HERE)
        return Step(session if phase is session.phase else session.but(phase=phase), events)

    def draft(self, draft: Draft | None) -> Step:
        """Keep (or drop, if None) what has been begun at the present item."""
        return Step(with_draft(self.session, draft))


def with_draft(session: Session, draft: Draft | None) -> Session:
    """The session with this draft at its present item."""
    drafts = {item: kept for item, kept in session.drafts.items() if item != session.item}
    if draft is not None and session.item is not None:
        drafts[session.item] = draft
    amounts = {**session.amounts, draft.figure: draft.use} if isinstance(draft, Fuelling) else session.amounts
    return session.but(drafts=drafts, amounts=amounts)


def current_draft(session: Session) -> Draft | None:
    """What has been begun at the item on the screen."""
    return session.drafts.get(session.item or "") if session.asking else None
