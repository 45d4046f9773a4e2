"""What is answered to somebody who asks for something in passing; the card stays where it is."""

from dataclasses import replace

from bot.dialogue import reminders
from bot.dialogue.buttons import Choice, data_of, on_this
from bot.dialogue.replies import Line, Named, Text
from bot.dialogue.situation import Situation, refuse, show
from bot.dialogue.steps import advance
from bot.screens.parts import progress_line
from bot.understanding.requests import Elsewhere, Happened, HowFar, LookUp, Request, Tomorrow, Toward, Verdict
from bot.words.wording import Wording
from flows.cards import (
    Card,
    ConfirmCard,
    FigureCard,
    FirmNameCard,
    IdentityCard,
    LadderCard,
    ProposalCard,
    QuestionCard,
)
from flows.inputs import Aim, AimAt, Overview, Pause, Pick, Provisional, Recheck
from flows.outcome import changes
from flows.progress import progress_of
from flows.session import AimPage, Phase
from storage.store import Decision

SHOWN = 40
"""Characters of what was not understood that are said back."""
PATIENCE = 2
"""After so many lines in a row that were not understood, help is offered."""


def tell(situation: Situation, *lines: Line, buttons: tuple[str, ...] = ()) -> Decision:
    """A few lines; the live card stays where it is. Who sees all at once, or has none yet, sees it with them."""
    if situation.context.manner.attended or not situation.known:
        return show(situation, *lines)
    return Decision(outbox=(situation.outgoing(Text(lines, buttons)),))


def grant(situation: Situation, request: Request) -> Decision:
    """What is asked for, or where it can be had."""
    match request:
        case HowFar():
            return tell(
                situation, progress_line(progress_of(situation.words.rubric, situation.session), situation.words)
            )
        case Tomorrow():
            return _tomorrow(situation)
        case LookUp(term=term):
            return tell(situation, *_explained(term, situation.words))
        case Toward(grade=grade):
            return _toward(situation, grade)
        case Verdict():
            return _verdict(situation)
        case Happened(event=event):
            return _happened(situation, event)
        case Elsewhere(where=where):
            return tell(situation, Named(f"elsewhere.{where}"))


def _tomorrow(situation: Situation) -> Decision:
    """A pause, and the reminder is for tomorrow."""
    decision = advance(situation, Pause())
    later = reminders.put_off(situation.with_session(decision.session or situation.session), Choice.TOMORROW)
    reminder = tuple(message for message in later.outbox if message.due > situation.now)
    kept = tuple(message for message in decision.outbox if message.due <= situation.now)
    if not situation.reminds:
        return decision
    return replace(decision, outbox=(*kept, *reminder))


def _explained(term: str, words: Wording) -> tuple[Line, ...]:
    """The best that the glossary and the help have."""
    found = words.look_up(term)[:1]
    lines = tuple(f"{heading}\n{text}" for heading, text in found)
    return lines or (Named("look_up.none", {"term": term[:SHOWN]}),)


def _toward(situation: Situation, grade: int | None) -> Decision:
    """The plan, to that grade."""
    session = situation.session
    if session.phase not in (Phase.RESULT, Phase.PROVISIONAL, Phase.AIM, Phase.IDENTITY):
        return tell(situation, Named("elsewhere.result"))
    opened = advance(situation, Aim(AimPage.PLAN))
    if grade is None or opened.session is None:
        return opened
    there = situation.with_session(opened.session)
    aimed = advance(there, AimAt(grade))
    return aimed if aimed.session != opened.session else opened


def _verdict(situation: Situation) -> Decision:
    """The result, or what it comes to so far; the card says how much is open."""
    phase = situation.session.phase
    if phase is Phase.RESULT:
        return show(situation)
    if phase is Phase.PROVISIONAL:
        return advance(situation, Provisional())
    reviewed = advance(situation, Overview())
    if reviewed.session is None or reviewed.session.phase is not Phase.REVIEW:
        return tell(situation, Named("elsewhere.result"))
    return replace(advance(situation.with_session(reviewed.session), Provisional()), log=reviewed.log)


def _happened(situation: Situation, event: str) -> Decision:
    """The re-check of the items of the event; as long as no answer has changed, one step back leaves it."""
    items = changes(situation.session.rubric).get(event, ())
    session = situation.session
    if not items or session.phase not in (Phase.RESULT, Phase.AIM, Phase.IDENTITY, Phase.RECHECK):
        return tell(situation, Named("elsewhere.change"))
    if session.phase is not Phase.RECHECK:
        opened = advance(situation, Recheck())
        if opened.session is None or opened.session.phase is not Phase.RECHECK:
            return opened
        situation = situation.with_session(opened.session)
    return advance(situation, Pick(items, on=True))


# not understood


def puzzled(situation: Situation, text: str, card: Card, hint: Line) -> Decision:
    """One short line that names what would be understood; the second time in a row, a way out."""
    said = text.strip()[:SHOWN]
    times = situation.window.puzzled + 1
    if not said:
        return refuse(situation, hint)
    if situation.context.manner.attended:
        return refuse(situation, Named("not_understood", {"given": said, "hint": str(hint)}))
    asked = situation.session.asking
    lines = (
        _what_would_be(card, said, situation.words),
        *((Named("not_understood.again"),) if times >= PATIENCE and asked else ()),
    )
    ways = (Choice.HELP, Choice.LATER) if times >= PATIENCE and asked else ()
    buttons = tuple(data_of(on_this(way, situation.session)) for way in ways)
    window = situation.window.model_copy(update={"puzzled": times})
    return replace(tell(situation, *lines, buttons=buttons), window=window)


def _what_would_be(card: Card, said: str, words: Wording) -> Named:
    match card:
        case QuestionCard(question=question) | FigureCard(question=question) if question.figures:
            example = words.text(f"not_understood.example.{question.figures.rule}")
            return Named("not_understood.figures", {"given": said, "example": example})
        case QuestionCard():
            return Named("not_understood.question", {"given": said})
        case LadderCard():
            return Named("not_understood.ladder", {"given": said})
        case ConfirmCard() | ProposalCard():
            return Named("not_understood.yes", {"given": said})
        case FirmNameCard():
            return Named("not_understood.name", {"given": said})
        case IdentityCard():
            return Named("not_understood.identity", {"given": said})
        case _:
            return Named("not_understood.tapping", {"given": said})
