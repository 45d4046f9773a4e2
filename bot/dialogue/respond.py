"""What a message comes to: a pure decision from what is stored, to be written with its replies in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.dialogue import operator, reminders
from bot.dialogue.buttons import (
    BROADCAST,
    CHOICE_MARK,
    FIRM,
    LANGUAGE,
    RECHECK,
    RESUME,
    Choice,
    decode,
    full,
    is_consent,
    knows_of_others,
    on_this,
)
from bot.dialogue.commands import COMMANDS, LONGEST_TEXT, Command, resume
from bot.dialogue.context import Context
from bot.dialogue.deletion import ask_delete, delete, leave
from bot.dialogue.firms import follow, switch_firm
from bot.dialogue.messages import (
    Commanded,
    Filled,
    Followed,
    InPublic,
    Membership,
    Message,
    Pressed,
    Puzzling,
    Returned,
    Typed,
)
from bot.dialogue.papers import look
from bot.dialogue.reader import as_read
from bot.dialogue.reading import read
from bot.dialogue.replies import Card, Compared, Named, Text, written
from bot.dialogue.requests import grant, puzzled, tell
from bot.dialogue.situation import (
    CARD,
    Situation,
    refuse,
    retirement,
    say,
    show,
    stale,
    told_elsewhere,
)
from bot.dialogue.steps import advance
from bot.screens import screen_of
from bot.screens.wishes import Comparison, Detail, Leaf, Look, Meant
from bot.understanding.requests import Request
from bot.words.wording import Medium, words_at_hand
from flows.cards import FirmNameCard, card_of
from flows.inputs import ChooseLanguage, Done, Help, Park, Propose, Tell
from flows.session import CardRef, FirmFact, Phase, Session, new_session
from locales import supported
from scoring.editions import load_rubric
from storage.outbox import Outgoing, Urgency
from storage.store import Decision, State
from storage.window import Window

DESCRIBES = 3
"""Who speaks of so many items describes their factory."""


def respond(message: Message, state: State, context: Context) -> Decision:
    """The whole answer to a message: dossier, session, log, window, replies, reminders."""
    match message:
        case Membership(blocked=blocked):
            return _moved(state, context, blocked=blocked)
        case InPublic():
            home = Named("in_public", {"link": context.manner.home})
            reply = written(Text((home,), language=context.language))
            return Decision(outbox=(Outgoing(reply, context.now, urgency=Urgency.GREETING),))
        case _:
            situation = _situation(message, as_read(state), context)
            if situation.session.rubric == situation.words.rubric.id or _says_nothing_of_an_edition(message):
                return _answered(situation)
            return show(situation)  # why there is nothing to be seen


def _moved(state: State, context: Context, *, blocked: bool) -> Decision:
    """Who blocked us is not written to; when they came back tells old refusals from new ones."""
    moved = {"blocked": True} if blocked else {"blocked": False, "returned": context.now}
    return Decision(window=state.window and state.window.model_copy(update=moved), silenced=blocked)


def _situation(message: Message, state: State, context: Context) -> Situation:
    """Who is there. A card that we do not know of may have been sent before it could be noted: it is the live one."""
    window = state.window or Window(language=context.language)
    live = window.card or (message.card if isinstance(message, Pressed) else None)
    window = window.model_copy(update={"blocked": False, "card": live})
    language = window.language or context.language
    session = state.session or new_session(context.fresh.session, context.rubric, language, context.now)
    words = words_at_hand(session, context.rubric.id, context.manner.medium)
    return Situation(message, state, context, session, window, words)


def _says_nothing_of_an_edition(message: Message) -> bool:
    """It can be heard while the edition of the firm in front is not here: another firm is wanted, or this one to go."""
    match message:
        case Commanded(name=name):
            return name in ("firms", "delete", "link", "privacy")
        case Pressed(data=data):
            return data.removeprefix(CHOICE_MARK).startswith((FIRM, Choice.DELETE, Choice.LEAVE))
        case _:
            return isinstance(message, Followed)


def _answered(situation: Situation) -> Decision:
    """The answer, and what is noted with it."""
    decision = _answer(situation) if _is_heard(situation) else show(situation)
    if decision.forgotten:
        return decision
    session = decision.session or situation.session
    if not situation.known and decision.dossier is None and greets(session):
        return _unrecorded(situation, decision)
    window = decision.window or situation.window.model_copy(update={"puzzled": 0})
    here = decision.dossier in (None, situation.dossier)
    marked = {"language": _language(situation, session, here=here), "seen": _seen(situation, decision, session)}
    window = window.model_copy(update=marked)
    return replace(
        decision,
        dossier=decision.dossier or situation.dossier,
        session=session if here else decision.session,
        window=window,
        outbox=(*decision.outbox, *_retired(situation)),
        echo=told_elsewhere(situation, Card()) if here and session != situation.state.session else None,
    )


def _language(situation: Situation, session: Session, *, here: bool) -> str | None:
    """What is read here from now on; who has just come to a firm that others had before reads what these chose."""
    return session.language if here or situation.state.window else None


def _seen(situation: Situation, decision: Decision, session: Session) -> CardRef | None:
    """The card that is before this window once all is sent; which one another firm's will be is not known here.

    A page says of itself which card it shows, and what it shows is not what stands in a chat behind it.
    """
    if decision.dossier not in (None, situation.dossier) and decision.session is None:
        return None
    if situation.context.manner.medium is Medium.PAGE:
        return situation.window.seen
    shown = any(message.key == CARD for message in decision.outbox)
    return session.ref if shown else situation.window.seen


def _is_heard(situation: Situation) -> bool:
    """A stranger's first words are answered with a greeting, unless they are what the greeting asks for."""
    if situation.known or situation.context.manner.attended:
        return True
    match situation.message:
        case Pressed() | Filled() | Commanded() | Returned() | Followed():
            return True
        case Typed(text=text) if len(text) <= LONGEST_TEXT and text.strip():
            meant = _meant(situation, text)
            return meant is not None and not isinstance(meant, Look | Request)
        case _:
            return False


def greets(session: Session) -> bool:
    """The person has not said to begin."""
    return session.phase is Phase.WELCOME and not session.quick


def _unrecorded(situation: Situation, decision: Decision) -> Decision:
    """Nothing is kept of who has not begun, but what has to be sent."""
    now = [message for message in decision.outbox if message.due <= situation.now]
    answers = (message if message.urgency.aside else replace(message, urgency=Urgency.GREETING) for message in now)
    edited = any(message.key == CARD and not message.anew for message in now)
    pressed = situation.message.card if isinstance(situation.message, Pressed) and not edited else None
    retired = (retirement(pressed, situation.now),) if pressed else ()
    return Decision(outbox=(*answers, *retired), order=decision.order)


def _retired(situation: Situation) -> tuple[Outgoing, ...]:
    """A tap on an old card takes its buttons away, whatever kept them there."""
    match situation.message:
        case Pressed(data=data, card=str() as card) if situation.below and not data.startswith(CHOICE_MARK):
            return (retirement(card, situation.now),)
        case _:
            return ()


def _answer(situation: Situation) -> Decision:
    match situation.message:
        case Pressed(data=data) if data.startswith(CHOICE_MARK):
            return _choose(situation, data.removeprefix(CHOICE_MARK))
        case Pressed(data=data):
            return _press(situation, data)
        case Filled(data=data, facts=facts):
            return _fill(situation, data, facts)
        case Commanded(name=name, argument=argument):
            command = COMMANDS.get(name) or (OPERATORS.get(name) if _operates(situation) else None)
            return command(situation, argument) if command else refuse(situation, Named("unknown_command"))
        case Typed(text=text, ref=ref):
            return _type(situation, text, ref)
        case Returned(language=language):
            return _welcome_back(situation, language)
        case Followed():
            return follow(situation)
        case Puzzling(what=what) if what:
            return tell(situation, Named(f"puzzling.{what}"))
        case _:
            return refuse(situation, Named("text_only"))


def _operates(situation: Situation) -> bool:
    """Whoever runs this is known by their chat alone."""
    return situation.context.window in situation.context.rules.admins


def _press(situation: Situation, data: str) -> Decision:
    press = decode(data, situation.words.rubric)
    if press is None:
        return refuse(situation, stale())
    ref = full(press.ref, situation.session)
    if isinstance(press.wish, Detail | Leaf):
        elsewhere = situation.known and ref.session != situation.session.id  # another firm's, it may be
        return refuse(situation, stale()) if elsewhere else look(situation, press.wish)
    greeted = not situation.known and press.ref.card == Phase.WELCOME
    return advance(situation, press.wish, None if greeted else ref)


def _fill(situation: Situation, data: str, facts: Mapping[str, str]) -> Decision:
    """A form is taken as a whole, by the button that says so; by any other, it is as if nothing had been typed."""
    press = decode(data, situation.words.rubric)
    if press is None or not isinstance(press.wish, Done):
        return _press(situation, data)
    told = {fact: facts[fact.value] for fact in FirmFact if fact.value in facts}
    return advance(situation, Tell(told, done=True), full(press.ref, situation.session))


def _type(situation: Situation, text: str, ref: CardRef | None) -> Decision:
    if len(text) > LONGEST_TEXT:
        return refuse(situation, Named("too_long"))
    match _meant(situation, text):
        case None:
            card = card_of(situation.words.rubric, situation.session)
            return puzzled(situation, text, card, screen_of(card, situation.words).hint)
        case request if isinstance(request, Request):
            return grant(situation, request)
        case Detail() | Leaf() as wanted:
            return look(situation, wanted)
        case Comparison(numbers=numbers):
            return say(situation, Compared(numbers))
        case given:
            seen = ref or situation.window.seen  # what is typed is meant for that, also if somebody else went on
            return advance(situation, given, seen if situation.known else None)


def _meant(situation: Situation, text: str) -> Meant | Request | None:
    """What speaks of several items is a description, whatever card is there; of one or two only where nothing else is
    meant by it, and a firm's name may be called after what it does.
    """
    card = card_of(situation.words.rubric, situation.session)
    meant = read(text, card, screen_of(card, situation.words), situation.words)
    proposals = situation.context.interpreter.interpret(text, load_rubric(situation.words.rubric.id))
    enough = DESCRIBES if meant else 2 if isinstance(card, FirmNameCard) else 1
    return Propose(proposals) if len(proposals) >= enough else meant


def _welcome_back(situation: Situation, language: str | None) -> Decision:
    """Where the person left off, in the language that was asked for."""
    session = situation.session
    if language and language != session.language:
        changed = session.but(language=language, revision=session.revision + 1)
        situation = situation.with_session(changed)
    decision = resume(situation, "")
    return decision if decision.session else replace(decision, session=situation.session)


def _choose(situation: Situation, name: str) -> Decision:
    if name.startswith(LANGUAGE):
        return _speak(situation, name.removeprefix(LANGUAGE))
    if name.startswith(FIRM):
        return switch_firm(situation, name.removeprefix(FIRM))
    if name.startswith(BROADCAST) and _operates(situation):
        return operator.decide(situation, name.removeprefix(BROADCAST))
    if name.startswith((Choice.DELETE, Choice.LEAVE)):
        return _forget(situation, name)
    wanted, (name, _, dossier) = name, name.partition(":")
    if name in WAYS_OUT:
        still = wanted == on_this(name, situation.session)
        return advance(situation, WAYS_OUT[name]) if still else refuse(situation, stale())
    if dossier and not situation.dossier.startswith(dossier) and name != Choice.NEVER:
        return _choose_elsewhere(situation, name, dossier)
    choice = CHOICES.get(name)
    return choice(situation) if choice else refuse(situation, stale())


def _choose_elsewhere(situation: Situation, name: str, wanted: str) -> Decision:
    """A choice that is of another firm: that one comes to the front."""
    decision = switch_firm(situation, wanted)
    later = reminders.elsewhere(situation, name, decision.dossier) if decision.dossier else None
    if later is None:
        return decision
    said, reminder = later
    shown = Outgoing(written(Card((said,))), situation.now, CARD, anew=True)
    return replace(decision, outbox=(shown, reminder))


def _speak(situation: Situation, language: str) -> Decision:
    """A language may be chosen at any time; of who has not begun it is not noted."""
    if situation.known:
        return advance(situation, ChooseLanguage(language))
    spoken = supported(language) or situation.session.language
    return show(situation.with_session(situation.session.but(language=spoken)))


def _forget(situation: Situation, name: str) -> Decision:
    """Only what was asked about when the button was shown, not what was begun after that.

    Who is the last that has sight of it cannot leave it to others: that would delete it. Who was asked before others
    had sight of it is asked again: they would lose it too.
    """
    if not is_consent(name, situation.state.session):
        return refuse(situation, stale())
    if name.startswith(Choice.DELETE):
        return delete(situation) if knows_of_others(name) or not situation.state.shared else ask_delete(situation)
    return ask_delete(situation) if situation.known and not situation.state.shared else leave(situation)


OPERATORS: dict[str, Command] = {"stats": operator.statistics, "broadcast": operator.broadcast}
"""Commands of whoever runs this, that stand in no menu."""
CHOICES: dict[str, Callable[[Situation], Decision]] = {
    RESUME: lambda situation: resume(situation, ""),
    RECHECK: lambda situation: COMMANDS[RECHECK](situation, ""),
    Choice.TOMORROW: lambda situation: reminders.put_off(situation, Choice.TOMORROW),
    Choice.NEXT_WEEK: lambda situation: reminders.put_off(situation, Choice.NEXT_WEEK),
    Choice.NEVER: lambda situation: reminders.switch(situation, on=False),
    Choice.REMIND: lambda situation: reminders.switch(situation, on=True),
    Choice.RECHECK_LATER: reminders.promise_recheck,
    Choice.KEEP: lambda situation: show(situation, Named("delete.kept")),
    Choice.COMPARE_LAST: lambda situation: say(situation, Compared()),
}
WAYS_OUT: dict[str, Help | Park] = {Choice.HELP: Help(), Choice.LATER: Park()}
"""Of who was not understood."""
