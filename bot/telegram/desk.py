"""What an act comes to: a pure decision from what is stored, to be written with its replies in one transaction."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.conversation import greets
from bot.dialogue.reading import read
from bot.screens import screen_of
from bot.screens.wishes import Comparison, Detail, Look
from bot.telegram import replies
from bot.telegram.acts import CHOICE_MARK, Act, Choice, Commanded, Membership, Tapped, Typed
from bot.telegram.callback_data import consent, decode, full
from bot.telegram.commands import COMMANDS, LONGEST_TEXT
from bot.telegram.visit import Archive, Rules, Visit, apply, detail, reminders, show
from bot.words.wording import Medium, wording
from flows.cards import card_of
from flows.inputs import ChooseLanguage
from flows.reminders import into_window
from flows.session import Phase, Session, new_session
from locales import DEFAULT_LANGUAGE, supported
from scoring.rubric import load_rubric
from storage.contact import Contact
from storage.outbox import Outgoing, Urgency
from storage.store import Decision, State

RECHECK_AFTER = timedelta(days=90)


def decide(act: Act, state: State, now: datetime, fresh: str, rules: Rules, archive: Archive) -> Decision:
    """The whole answer to an act: session, log, contact, messages, reminders."""
    language = (supported(act.language) if act.language else None) or DEFAULT_LANGUAGE
    if isinstance(act, Membership):
        moved = {"blocked": act.blocked} if act.blocked else {"blocked": False, "returned": now}
        known = state.contact and state.contact.model_copy(update=moved)
        return Decision(contact=known, silenced=act.blocked)
    if isinstance(act, Tapped) and _consents(act.data, state.session):
        return _forget(state, language, now)
    visit = _visit(act, state, language, now, fresh, rules, archive)
    decision = _answer(visit) if visit.known or _begins(visit) else show(visit)
    session = decision.session or visit.session
    if not visit.known and greets(session):
        return _unrecorded(visit, decision)
    contact = (decision.contact or visit.contact).model_copy(update={"language": session.language})
    return replace(decision, contact=contact, session=session, outbox=(*decision.outbox, *_retired(visit)))


def _visit(act: Act, state: State, language: str, now: datetime, fresh: str, rules: Rules, archive: Archive) -> Visit:
    """Who is there. A card that we do not know of may have been sent before it could be noted: it is the live one."""
    contact = state.contact or Contact(language=language)
    card = contact.card or (act.message if isinstance(act, Tapped) else None)
    contact = contact.model_copy(update={"blocked": False, "card": card})
    session = state.session or new_session(fresh, load_rubric(), contact.language or language, now)
    words = wording(session.language, Medium.TAPPING)
    return Visit(act, session, contact, words, now, fresh, rules, archive, known=state.session is not None)


def _begins(visit: Visit) -> bool:
    """A stranger's first words are answered with a greeting, unless they are what the greeting asks for."""
    match visit.act:
        case Tapped() | Commanded():
            return True
        case Typed(text=text) if len(text) <= LONGEST_TEXT and text.strip():
            card = card_of(visit.words.rubric, visit.session)
            return not isinstance(read(text, card, screen_of(card, visit.words), visit.words), Look | None)
        case _:
            return False


def _unrecorded(visit: Visit, decision: Decision) -> Decision:
    """Nothing is kept of who has not begun, but what has to be sent."""
    now = [message for message in decision.outbox if message.due <= visit.now]
    answers = (message if message.urgency.aside else replace(message, urgency=Urgency.GREETING) for message in now)
    tapped = visit.act.message if isinstance(visit.act, Tapped) else None
    retired = (replies.retirement(tapped, visit.now),) if tapped else ()
    return Decision(outbox=(*answers, *retired), cancelled=decision.cancelled)


def _retired(visit: Visit) -> tuple[Outgoing, ...]:
    """A tap on an old card takes its buttons away, whatever kept them there."""
    act = visit.act
    old = isinstance(act, Tapped) and act.message and visit.below and not act.data.startswith(CHOICE_MARK)
    return (replies.retirement(act.message, visit.now),) if old and isinstance(act, Tapped) and act.message else ()


def _consents(data: str, session: Session | None) -> bool:
    """To delete everything; once all is deleted, an old "yes" can do no more harm."""
    return data == consent(session) if session else data.startswith(f"{CHOICE_MARK}{Choice.DELETE}")


def _forget(state: State, language: str, now: datetime) -> Decision:
    """Everything goes; the receipt stays in the outbox until it has arrived. A second tap gets a second receipt."""
    words = wording(state.session.language if state.session else language, Medium.TAPPING)
    receipt = words.text("delete.receipt", at=f"{now:%Y-%m-%d %H:%M} UTC")
    return Decision(outbox=(replies.text(receipt, now),), forgotten=state != State())


def _answer(visit: Visit) -> Decision:
    match visit.act:
        case Tapped(data=data) if data.startswith(CHOICE_MARK):
            return _choose(visit, data.removeprefix(CHOICE_MARK))
        case Tapped(data=data):
            return _tap(visit, data)
        case Commanded(name=name, argument=argument):
            command = COMMANDS.get(name)
            return command(visit, argument) if command else show(visit, visit.words.text("telegram.unknown_command"))
        case Typed(text=text):
            return _type(visit, text)
        case _:
            return show(visit, visit.words.text("telegram.text_only"))


def _tap(visit: Visit, data: str) -> Decision:
    tap = decode(data, visit.words.rubric)
    if tap is None:
        return show(visit, visit.words.text("event.stale"))
    if isinstance(tap.wish, Detail):
        return detail(visit, tap.wish)
    greeted = not visit.known and tap.ref.card == Phase.WELCOME
    return apply(visit, tap.wish, visit.session.ref if greeted else full(tap.ref, visit.session))


def _type(visit: Visit, text: str) -> Decision:
    if len(text) > LONGEST_TEXT:
        return show(visit, visit.words.text("telegram.too_long"))
    card = card_of(visit.words.rubric, visit.session)
    match read(text, card, screen_of(card, visit.words), visit.words):
        case None:
            return show(visit, visit.words.text("telegram.not_understood", given=text.strip()[:40]))
        case Detail() | Comparison() as wanted:
            return detail(visit, wanted)
        case given:
            return apply(visit, given)


def _choose(visit: Visit, name: str) -> Decision:
    if name in (replies.RESUME, replies.RECHECK):
        return COMMANDS[name](visit, "")
    if name.startswith(replies.LANGUAGE) and not visit.known:
        spoken = supported(name.removeprefix(replies.LANGUAGE)) or visit.session.language
        return show(visit.with_session(visit.session.but(language=spoken)))
    if name.startswith(replies.LANGUAGE):
        return apply(visit, ChooseLanguage(name.removeprefix(replies.LANGUAGE)))
    choice = CHOICES.get(name)
    return choice(visit) if choice else show(visit, visit.words.text("event.stale"))


def _put_off(visit: Visit, wait: timedelta) -> Decision:
    due, kept = into_window(visit.rules.schedule, visit.zone, visit.now + wait), visit.rules.keep.unfinished
    said = [visit.words.text("reminders.put_off")]
    if kept and due >= visit.session.updated_at + kept:
        gone = (visit.session.updated_at + kept).date().isoformat()
        said.append(visit.words.text("reminders.too_late", date=gone))
    decision = show(visit, *said)
    if not replies.unfinished(visit.session):
        return decision
    return replace(decision, outbox=(*decision.outbox, replies.reminder(due)))


def _switch_reminders(visit: Visit, *, on: bool) -> Decision:
    contact = visit.contact.model_copy(update={"reminders": on})
    decision = show(visit, visit.words.text("reminders.on" if on else "reminders.off"))
    if not on:
        return replace(decision, contact=contact, cancelled=replies.REMINDERS)
    following, cancelled = reminders(replace(visit, contact=contact), ())
    return replace(decision, contact=contact, outbox=(*decision.outbox, *following), cancelled=cancelled)


def _promise_recheck(visit: Visit) -> Decision:
    if not visit.known:  # an old button; what it was about is deleted
        return show(visit)
    due = into_window(visit.rules.schedule, visit.zone, visit.now + RECHECK_AFTER)
    decision = show(visit, visit.words.text("reminder.recheck.promised"))
    return replace(decision, outbox=(*decision.outbox, replies.recheck_reminder(visit.words, due)))


def _keep(visit: Visit) -> Decision:
    return show(visit, visit.words.text("delete.kept"))


CHOICES: dict[str, Callable[[Visit], Decision]] = {
    Choice.TOMORROW: lambda visit: _put_off(visit, timedelta(days=1)),
    Choice.NEXT_WEEK: lambda visit: _put_off(visit, timedelta(days=7)),
    Choice.NEVER: lambda visit: _switch_reminders(visit, on=False),
    Choice.REMIND: lambda visit: _switch_reminders(visit, on=True),
    Choice.RECHECK_LATER: _promise_recheck,
    Choice.KEEP: _keep,
    Choice.COMPARE_LAST: lambda visit: detail(visit, Comparison()),
}
