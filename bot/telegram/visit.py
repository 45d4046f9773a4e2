"""One act at the desk, and the ways to answer it. Everything here is pure: a visit in, a decision out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.conversation import recorded, rubric_of
from bot.delivery.retention import Keep
from bot.screens.details import sections_of
from bot.screens.wishes import FILES, Comparison, Detail, Look
from bot.telegram import replies
from bot.telegram.acts import Act, Choice, Tapped
from bot.words.history import compared, history
from bot.words.results import Section
from bot.words.wording import Medium, Wording, wording
from flows.events import Event, Finished, HelpAsked, Stale
from flows.inputs import AnyInput
from flows.reminders import Schedule, next_reminder
from flows.session import Assessment, CardRef, Session
from flows.step import step
from storage.contact import Contact
from storage.outbox import Outgoing
from storage.store import Decision

FOR_EVER = Keep(None, None)


@dataclass(frozen=True, slots=True)
class Rules:
    """Settings that decisions depend on: when to remind, who runs this bot, and how long data stay."""

    schedule: Schedule
    zone: ZoneInfo
    operator: str | None = None
    contact: str | None = None
    keep: Keep = FOR_EVER


def zone_of(contact: Contact | None, rules: Rules) -> ZoneInfo:
    """The person's time zone, or the default one."""
    return ZoneInfo(contact.zone) if contact and contact.zone else rules.zone


@dataclass(frozen=True, slots=True)
class Archive:
    """What is stored besides the session; read only for the commands that show it."""

    history: tuple[Assessment, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is there, what is stored, and the time; `fresh` is an id for a new session."""

    act: Act
    session: Session
    contact: Contact
    words: Wording
    now: datetime
    fresh: str
    rules: Rules
    archive: Archive = Archive()
    known: bool = True
    """Something is stored of them: they have begun."""

    @property
    def below(self) -> bool:
        """The card goes below what was written or tapped last; a tap on the live card edits it in place."""
        return not (isinstance(self.act, Tapped) and self.act.message == self.contact.card)

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone."""
        return zone_of(self.contact, self.rules)

    def with_session(self, session: Session) -> "Visit":
        """The same visit after a step."""
        return replace(self, session=session, words=wording(session.language, Medium.TAPPING))


def show(visit: Visit, *notices: str) -> Decision:
    """The present card again, with a word on why."""
    return Decision(outbox=(_card(visit, notices, below=visit.below),))


def say(visit: Visit, *messages: Outgoing) -> Decision:
    """Messages, with the live card below them."""
    return Decision(outbox=(*messages, _card(visit, (), below=True)))


def _card(visit: Visit, notices: Sequence[str], *, below: bool) -> Outgoing:
    return replies.card(visit.session, visit.words, visit.now, notices, anew=below)


def apply(visit: Visit, given: AnyInput, ref: CardRef | None = None) -> Decision:
    """One step of the conversation, and everything it makes us say; without a `ref` it is for the present card."""
    session = visit.session
    stepped = step(rubric_of(session), session, ref or session.ref, given, visit.now, visit.fresh)
    after = visit.with_session(stepped.session)
    said = replies.texts([part for event in stepped.events for part in _help(after, event)], visit.now)
    shown = _card(after, _notices(after, stepped.events), below=bool(said) or visit.below)
    later, cancelled = reminders(after, stepped.events)
    decision = recorded(stepped, session, visit.now, str(visit.act.chat))
    return replace(decision, outbox=(*said, shown, *later), cancelled=cancelled)


def _notices(visit: Visit, events: Sequence[Event]) -> list[str]:
    """What happened, a line each; a tap too many on the live card is passed over in silence."""
    telling = [event for event in events if visit.below or not isinstance(event, Stale)]
    return [line for event in telling if (line := visit.words.event(event, visit.session))]


def _help(visit: Visit, event: Event) -> list[Section]:
    if not isinstance(event, HelpAsked):
        return []
    if event.item in visit.words.rubric.items:
        return [Section(title, tuple(text.split("\n"))) for title, text in visit.words.explanation(event.item)]
    return [commands_help(visit.words)]


def commands_help(words: Wording) -> Section:
    """What can be typed at any time."""
    return Section(words.text("help.commands"), tuple(words.text("help.commands.text").split("\n")))


def detail(visit: Visit, wanted: Look) -> Decision:
    """A longer part of a result, or of the history, on request; below the history a button compares the last two."""
    if isinstance(wanted, Detail) and wanted in FILES:
        return Decision(outbox=(replies.file(wanted, visit.now),))  # the card comes below it
    comparable = wanted is Detail.HISTORY and len(visit.archive.history) > 1
    buttons = [replies.button(visit.words, Choice.COMPARE_LAST)] if comparable else []
    return say(visit, *replies.texts(_sections(visit, wanted), visit.now, buttons))


def _sections(visit: Visit, wanted: Look) -> list[Section]:
    words = visit.words
    match wanted:
        case Detail.HISTORY:
            return history(visit.archive.history, words)
        case Detail.COMMANDS:
            return [commands_help(words)]
        case Comparison(numbers=numbers):
            return [compared(visit.archive.history, numbers, words)]
        case _:
            return sections_of(visit.session, wanted, words)


def reminders(visit: Visit, events: Sequence[Event]) -> tuple[tuple[Outgoing, ...], tuple[str, ...]]:
    """Progress moves the reminder and a result ends it, in the transaction of the answer."""
    if any(isinstance(event, Finished) for event in events):
        offer = replies.button(visit.words, Choice.RECHECK_LATER)
        return (replies.text(visit.words.text("reminder.offer"), visit.now, [offer]),), (replies.REMINDER,)
    if not visit.contact.reminders or not replies.unfinished(visit.session):
        return (), (replies.REMINDER,)
    due = next_reminder(visit.rules.schedule, visit.zone, visit.now, visit.now)
    return ((replies.reminder(due),) if due else ()), (replies.REMINDER,)
