"""Reminders: put off, switched, promised; and what becomes of one when it falls due."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.dialogue.buttons import Choice, about, data_of
from bot.dialogue.context import Rules
from bot.dialogue.replies import Named, Recheck, Reminder, Text, written
from bot.dialogue.situation import Situation, show
from flows.quick import settled_grade
from flows.reminders import into_window, next_reminder
from flows.session import Phase, Session
from scoring.editions import known, load_rubric
from storage.outbox import Outgoing, Urgency
from storage.store import Decision, State

RECHECK_AFTER = timedelta(days=90)
WAITS = {Choice.TOMORROW: timedelta(days=1), Choice.NEXT_WEEK: timedelta(days=7)}
"""How long a choice puts off a reminder."""
PROMISED = "recheck"
"""What the key of a reminder begins with that somebody asked for; a dossier is kept for it."""
PUT_OFF, PROMISE = Named("reminders.put_off"), Named("reminder.recheck.promised")


def unfinished(session: Session) -> bool:
    """Somebody has begun, and is neither at a result nor where no answer can change the grade any more."""
    return session.begun and session.finished_at is None and not _settled(session)


def _settled(session: Session) -> bool:
    """The walk has stopped at a grade that is certain; whoever wants to go on, or to have a paper, knows that."""
    if session.phase not in (Phase.PROVISIONAL, Phase.IDENTITY) or session.rubric not in known():
        return False
    return settled_grade(load_rubric(session.rubric), session) is not None


def reminder_key(dossier: str) -> str:
    """Of the reminder of an unfinished assessment."""
    return f"reminder.{dossier}"


def recheck_key(dossier: str) -> str:
    """Of the reminder that somebody asked for after a result."""
    return f"{PROMISED}.{dossier}"


def reminder(session: Session, dossier: str, due: datetime, unless_sooner: datetime | None = None) -> Outgoing:
    """A reminder of an unfinished assessment; what it says is written when it falls due."""
    reply = written(Reminder(session.id, session.revision))
    return Outgoing(reply, due, reminder_key(dossier), urgency=Urgency.REMINDER, unless_sooner=unless_sooner)


def after(situation: Situation, *, finished: bool) -> tuple[tuple[Outgoing, ...], tuple[str, ...]]:
    """What a step leaves to be said later, and the keys of what is void by it.

    A reminder that waits already stays: when it falls due it looks at the session, and waits on if there was progress.
    So it is in other windows, too, where nobody is reminded in this one.
    """
    void = (reminder_key(situation.dossier),)
    if finished:
        choice = data_of(about(Choice.RECHECK_LATER, situation.dossier))
        offer = situation.outgoing(Text((Named("reminder.offer"),), (choice,)))
        return (offer,) if situation.reminds else (), void
    if not unfinished(situation.session):
        return (), void
    if not situation.reminds or not situation.window.reminders:
        return (), () if situation.state.shared else void  # others, who look at the same firm, keep theirs
    due = next_reminder(situation.context.rules.schedule, situation.zone, situation.now, situation.now)
    if due is None:
        return (), void
    moved = void if situation.state.shared else ()  # one reminder is enough, where the person is
    return (reminder(situation.session, situation.dossier, due, None if moved else situation.now),), moved


def put_off(situation: Situation, choice: Choice) -> Decision:
    """Later than it would be; said when the assessment would be deleted before that."""
    rules, session = situation.context.rules, situation.session
    due, kept = into_window(rules.schedule, situation.zone, situation.now + WAITS[choice]), rules.keep.unfinished
    said = [PUT_OFF]
    if kept and due >= session.updated_at + kept:
        said.append(Named("reminders.too_late", {"date": (session.updated_at + kept).date().isoformat()}))
    decision = show(situation, *said)
    if not unfinished(session):
        return decision
    return replace(decision, outbox=(*decision.outbox, reminder(session, situation.dossier, due)))


def switch(situation: Situation, *, on: bool) -> Decision:
    """Reminders on, or off: what waits is looked at when it falls due, and other windows keep theirs."""
    window = situation.window.model_copy(update={"reminders": on})
    decision = replace(show(situation, Named("reminders.on" if on else "reminders.off")), window=window)
    if not on:
        return decision
    following, cancelled = after(replace(situation, window=window), finished=False)
    return replace(decision, outbox=(*decision.outbox, *following), cancelled=cancelled)


def promise_recheck(situation: Situation) -> Decision:
    """In three months."""
    if not situation.known:  # an old button; what it was about is deleted
        return show(situation)
    decision = show(situation, PROMISE)
    return replace(decision, outbox=(*decision.outbox, _recheck(situation, situation.dossier)))


def _recheck(situation: Situation, dossier: str) -> Outgoing:
    due = into_window(situation.context.rules.schedule, situation.zone, situation.now + RECHECK_AFTER)
    return Outgoing(written(Recheck()), due, recheck_key(dossier), urgency=Urgency.REMINDER)


def elsewhere(situation: Situation, choice: str, dossier: str) -> tuple[Named, Outgoing] | None:
    """What is said at once and later of a firm that is not in front: its session will be looked at when that is due."""
    if choice == Choice.RECHECK_LATER:
        return PROMISE, _recheck(situation, dossier)
    if choice not in WAITS:
        return None
    due = into_window(situation.context.rules.schedule, situation.zone, situation.now + WAITS[Choice(choice)])
    reply = written(Reminder(session="", revision=0))
    return PUT_OFF, Outgoing(reply, due, reminder_key(dossier), urgency=Urgency.REMINDER)


# when one falls due


def is_void(reply: Reminder, state: State, rules: Rules, now: datetime) -> bool:
    """There was progress since, perhaps in another window, and not so long ago that it is time for one all the same."""
    session = state.session
    if session is None or (reply.session, reply.revision) == (session.id, session.revision):
        return False
    first = next_reminder(rules.schedule, rules.zone_of(state.window), session.updated_at, session.updated_at)
    return first is None or first > now


def following(state: State, dossier: str, rules: Rules, now: datetime) -> Outgoing | None:
    """The next reminder, counted from the last progress; None if there is nothing to be reminded of any more.

    Progress since has brought a sooner one.
    """
    session, window = state.session, state.window
    if session is None or window is None or window.blocked or not window.reminders or not unfinished(session):
        return None
    due = next_reminder(rules.schedule, rules.zone_of(window), session.updated_at, now)
    return reminder(session, dossier, due, now) if due else None
