"""Messages for the outbox: the live card, texts, files, reminders. Payloads say what the sender has to do."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from html import escape

from bot.screens import Screen, screen_of
from bot.screens.wishes import Detail
from bot.telegram.acts import CHOICE_MARK, Choice
from bot.telegram.render import Button, Payload, bar, card_payload, message, pages, sections_text
from bot.words.results import Section, gap, headline, result_of
from bot.words.target import target
from bot.words.wording import Wording
from flows.cards import Card, CommitmentCard, PlanCard, ProvisionalCard, ResultCard, WhatIfCard, card_of
from flows.progress import Progress, progress_of
from flows.session import Phase, Session
from storage.outbox import Outgoing, Urgency


class Kind(StrEnum):
    """What the sender does with a payload."""

    CARD = "card"
    TEXT = "text"
    REPORT = "report"
    REMINDER = "reminder"
    RETIREMENT = "retirement"


CARD, REMINDER, RECHECK = "card", "reminder", "recheck"
"""Keys: an unsent message of the same key is superseded."""
REMINDERS = (REMINDER, RECHECK)
EXPORT = "json"
"""All that is stored about a person, beside the kinds of report."""
RESUME, LANGUAGE = "resume", "language:"
"""A language may be chosen at any time, so its button names no card."""
FINISHED = (ResultCard, CommitmentCard, PlanCard, WhatIfCard)
"""Cards without a bar: nothing is on its way."""


def card(session: Session, words: Wording, now: datetime, notices: Sequence[str], *, anew: bool) -> Outgoing:
    """The live card: edited where it is, or sent anew, below everything else."""
    greets = session.phase is Phase.WELCOME
    payload = {"kind": Kind.CARD, "message": card_message(session, words, notices)}
    return Outgoing(payload, now, CARD, anew, Urgency.GREETING if greets else Urgency.ANSWER)


def retirement(card: int, now: datetime) -> Outgoing:
    """An old card loses its buttons, sooner or later: two with live buttons would puzzle anybody."""
    return Outgoing(
        {"kind": Kind.RETIREMENT, "card": card}, now, f"{Kind.RETIREMENT}.{card}", urgency=Urgency.RETIREMENT
    )


def card_message(session: Session, words: Wording, notices: Sequence[str] = ()) -> Payload:
    """The present card as a message."""
    shown = card_of(words.rubric, session)
    screen = screen_of(shown, words)
    if isinstance(shown, ResultCard | ProvisionalCard):
        screen = _with_result(screen, session, words, provisional=isinstance(shown, ProvisionalCard))
    progress = None if isinstance(shown, FINISHED) else _progress(shown, session, words)
    return card_payload(screen, words, session, progress, notices)


def _progress(shown: Card, session: Session, words: Wording) -> Progress:
    """Most cards know it already."""
    known: Progress | None = getattr(shown, "progress", None)
    return known or progress_of(words.rubric, session)


def _with_result(screen: Screen, session: Session, words: Wording, *, provisional: bool) -> Screen:
    """Grade, score and what is missing, on the card itself; plan and proof open on request."""
    result = result_of(session.record, words)
    summary = headline(result, words, session.firm.name, provisional=provisional)
    missing = gap(result, words)
    sure = (screen.title,) if provisional else ()
    aims = [line for part in target(session, words) for line in ("", part.title, *part.lines)]
    body = (*sure, *summary.lines, "", missing.title, *missing.lines, *aims)
    more = tuple(action for action in screen.actions if action.wish is not Detail.GAP)  # it is on the card already
    return Screen(summary.title, body=body, hint=screen.hint, actions=more)


def texts(sections: Sequence[Section], now: datetime, buttons: Sequence[Button] = ()) -> list[Outgoing]:
    """Sections as messages within Telegram's limit, buttons below the last; none for none."""
    if not sections:
        return []
    *before, last = pages(sections_text(sections))
    return [*(text(page, now) for page in before), text(last, now, buttons)]


def text(html: str, now: datetime, buttons: Sequence[Button] = ()) -> Outgoing:
    """A message that is no card."""
    return Outgoing({"kind": Kind.TEXT, "message": message(html, [list(buttons)] if buttons else None)}, now)


def languages(words: Wording, offered: Sequence[str], now: datetime) -> Outgoing:
    """The choice of a language."""
    buttons = [
        {
            "text": words.text(f"language.{language}"),
            "callback_data": f"{CHOICE_MARK}{LANGUAGE}{language}",
        }
        for language in offered
    ]
    return text(words.text("command.language"), now, buttons)


def button(words: Wording, choice: Choice) -> Button:
    """A button for one of our own choices."""
    return {"text": words.text(f"button.choice.{choice.value}"), "callback_data": f"{CHOICE_MARK}{choice.value}"}


def file(wanted: str, now: datetime) -> Outgoing:
    """A report or an export, made when its turn comes; asked for twice at once, it comes once."""
    return Outgoing({"kind": Kind.REPORT, "format": wanted}, now, f"{Kind.REPORT}.{wanted}", urgency=Urgency.FILE)


def reminder(due: datetime) -> Outgoing:
    """A reminder of an unfinished assessment; what it says is written when it falls due."""
    return Outgoing({"kind": Kind.REMINDER}, due, REMINDER, urgency=Urgency.REMINDER)


def reminder_message(session: Session, words: Wording, kept: timedelta | None = None) -> Payload:
    """How much is left, who waits, and three ways to put it off; the button goes on at the open item.

    `kept`: it is the last one, and the assessment is deleted after so long.
    """
    progress = progress_of(words.rubric, session)
    lines = [words.text("reminder.title"), words.text.count("reminder.left", progress.rest, minutes=progress.minutes)]
    if session.parked:
        lines.append(words.text("review.parked", items=words.items(session.parked)))
    if kept:
        until = (session.updated_at + kept).date().isoformat()
        lines.append(words.text("reminder.kept", date=until))
    rows = [
        [{"text": words.text("button.resume"), "callback_data": f"{CHOICE_MARK}{RESUME}"}],
        [button(words, choice) for choice in (Choice.TOMORROW, Choice.NEXT_WEEK, Choice.NEVER)],
    ]
    html = "\n".join([f"<b>{escape(lines[0])}</b>", bar(progress), *(escape(line, quote=False) for line in lines[1:])])
    return message(html, rows)


def recheck_reminder(words: Wording, due: datetime) -> Outgoing:
    """The reminder that somebody asked for after a result."""
    rows = [[{"text": words.text("button.recheck"), "callback_data": f"{CHOICE_MARK}{RECHECK}"}]]
    html = escape(words.text("reminder.recheck"), quote=False)
    payload = {"kind": Kind.TEXT, "message": message(html, rows)}
    return Outgoing(payload, due, RECHECK, urgency=Urgency.REMINDER)


def unfinished(session: Session) -> bool:
    """Somebody has begun, and is not at a result."""
    return session.begun and session.finished_at is None
