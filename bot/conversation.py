"""One person's conversation over a store, the same for every channel: lock, load, step, save, and only then speak."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flows.events import Event, Finished, Parked, Recorded, Withdrawn
from flows.inputs import AnyInput, Resume
from flows.session import Phase, Session, new_session
from flows.step import step
from flows.turn import Step
from locales import DEFAULT_LANGUAGE
from scoring.rubric import Rubric, load_rubric
from storage.store import Decision, LogEntry, State, Store


@dataclass(frozen=True, slots=True)
class Outside:
    """What the conversation needs from the world: the time, and ids that nobody has."""

    now: Callable[[], datetime]
    fresh_id: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A chat in a store; `by` is who is answering."""

    store: Store
    chat: str
    by: str
    outside: Outside

    async def open(self, language: str, *, insist: bool) -> tuple[Session, tuple[Event, ...]]:
        """Begin, or come back to the first open item; `insist` changes the language of a session under way."""
        now, fresh = self.outside.now(), self.outside.fresh_id()
        events: tuple[Event, ...] = ()
        opened = new_session(fresh, load_rubric(), language, now)

        def decide(state: State) -> Decision:
            nonlocal events, opened
            if state.session is None:
                return Decision()
            session = state.session
            if insist and session.language != language:
                session = session.but(language=language, revision=session.revision + 1)
            if session.phase in (Phase.WELCOME, Phase.RESULT, Phase.AIM) and not session.paused:
                opened = session
                return Decision(session)
            outcome = step(rubric_of(session), session, session.ref, Resume(), now, fresh)
            opened, events = outcome.session, outcome.events
            return Decision(opened)

        await self.store.apply(self.chat, decide)
        return opened, events

    async def send(self, given: AnyInput, shown: Session) -> tuple[Session, tuple[Event, ...]]:
        """Apply an input to the card that was `shown`, which is checked against the session as it is stored now.

        Of somebody who has not begun nothing is stored: then it is checked against that greeting.
        """
        now, fresh = self.outside.now(), self.outside.fresh_id()
        outcome: tuple[Session, tuple[Event, ...]] | None = None

        def decide(state: State) -> Decision:
            nonlocal outcome
            greeted = shown if greets(shown) else new_session(fresh, load_rubric(), DEFAULT_LANGUAGE, now)
            session = state.session or greeted
            stepped = step(rubric_of(session), session, shown.ref, given, now, fresh)
            outcome = stepped.session, stepped.events
            if state.session is None and greets(stepped.session):
                return Decision()
            return recorded(stepped, session, now, self.by)

        await self.store.apply(self.chat, decide)
        if outcome is None:
            raise AssertionError("a store always asks for a decision")
        return outcome


def greets(session: Session) -> bool:
    """The person has not said to begin."""
    return session.phase is Phase.WELCOME and not session.quick


def recorded(stepped: Step, before: Session, now: datetime, by: str) -> Decision:
    """What a step leaves in the store: the session, the lines of the answer log, a finished assessment."""
    log = tuple(_entries(stepped.events, before.id, now, by))
    finished = tuple(event.assessment for event in stepped.events if isinstance(event, Finished))
    return Decision(stepped.session, log, finished)


def rubric_of(session: Session) -> Rubric:
    """A session keeps the edition that it began with."""
    return load_rubric(edition=session.rubric)


def _entries(events: tuple[Event, ...], session: str, at: datetime, by: str) -> list[LogEntry]:
    """The lines of the answer log that events leave."""
    entries = []
    for event in events:
        match event:
            case Recorded(item=item, before=before, after=after):
                entries.append(LogEntry(session, "recorded", item, before, after, at, by))
            case Parked(item=item, before=before):
                entries.append(LogEntry(session, "parked", item, before, None, at, by))
            case Withdrawn(item=item, before=before):
                entries.append(LogEntry(session, "withdrawn", item, before, None, at, by))
            case Finished():
                entries.append(LogEntry(session, "finished", "", None, None, at, by))
            case _:
                pass
    return entries
