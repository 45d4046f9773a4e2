"""Screens as Telegram messages: official texts in the body, short buttons below, within Telegram's limits."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from bot.dialogue.buttons import encode
from bot.dialogue.pages import CardPage, TextPage
from bot.screens import Choice, Screen
from bot.screens.wishes import Detail, Wish
from bot.words.outcome import Outcome
from bot.words.sections import Section
from bot.words.wording import Wording
from flows.inputs import Pause
from flows.progress import Progress
from flows.session import CardRef
from flows.text import inert_lines

TEXT_LIMIT = 4096
"""UTF-16 code units of a message, after its entities are parsed."""
SAID = (Detail.GAP,)
"""What is missing stands on the result's card itself."""
CHOICES_A_ROW = 8
ACTIONS_A_ROW = 3
BAR_CELLS = 12
MARK = "✓"

Button = dict[str, str]
Keyboard = list[list[Button]]
Payload = dict[str, Any]
"""Parameters of a Bot API call that sends or edits a message."""


def html(text: str) -> str:
    """Text inside Telegram's HTML, safe to show."""
    return escape(inert_lines(text), quote=False)


def length(text: str) -> int:
    """The length that Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def card_message(page: CardPage) -> Payload:
    """The live card: what has just happened, progress, the question, its options and buttons."""
    screen = page.screen if page.outcome is None else _with_outcome(page.screen, page.outcome)
    parts = [
        *(f"<i>{html(notice)}</i>" for notice in page.notices),
        *_body(screen, None if page.fixed else page.progress),
    ]
    text = "\n".join(parts)
    if page.outcome and page.outcome.changes and length(text) > TEXT_LIMIT:  # they stand in the history, too
        return card_message(replace(page, outcome=replace(page.outcome, changes=None)))
    return message(text, keyboard(page.screen, page.words, page.session.ref, said=SAID if page.outcome else ()))


def _with_outcome(screen: Screen, outcome: Outcome) -> Screen:
    """Grade, score and what is missing, on the card itself; plan and proof open on request."""
    sure = (screen.title,) if screen.title and outcome.provisional else ()
    parts = (*filter(None, (outcome.changes,)), outcome.missing, *outcome.goal)
    more = [line for part in parts for line in ("", part.title, *part.lines)]
    return replace(
        screen, title=outcome.summary.title, header="", body=(*sure, *outcome.summary.lines, *more), choices=()
    )


def text_messages(page: TextPage) -> list[Payload]:
    """Sections as messages within Telegram's limit, buttons below the last; none for none."""
    *before, last = pages(sections_text(page.sections, page.progress))
    rows = [[_button(button.label, button.data) for button in row] for row in page.buttons]
    return [*map(message, before), message(last, rows)]


def message(text: str, buttons: Keyboard | None = None) -> Payload:
    """A message in Telegram's HTML."""
    payload: Payload = {"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
    return {**payload, "reply_markup": {"inline_keyboard": buttons}} if buttons else payload


def _body(screen: Screen, progress: Progress | None) -> Iterator[str]:
    if screen.header:
        yield f"<i>{html(screen.header)}</i>"
    if progress and progress.position:
        yield bar(progress)
    yield f"<b>{html(screen.title)}</b>"
    yield from map(html, screen.body)
    if screen.choices:
        yield ""
        yield from map(_choice, screen.choices)
    if screen.hint:
        yield f"\n<i>{html(screen.hint)}</i>"


def bar(progress: Progress) -> str:
    """How far, as a row of blocks."""
    full = (progress.total - progress.rest) * BAR_CELLS // progress.total
    return "▰" * full + "▱" * (BAR_CELLS - full)


def _choice(choice: Choice) -> str:
    mark = f"{MARK} " if choice.marked else ""
    return f"<b>{choice.key}</b>  {mark}{html(choice.text)}"


def keyboard(screen: Screen, words: Wording, ref: CardRef, said: Container[Wish] = ()) -> Keyboard:
    """Letters and numbers in rows, then what else can be done, but for what is `said` on the card already.

    Leaving needs no button: one just closes the phone.
    """
    choices = [
        _button(f"{choice.key} {MARK}" if choice.marked else choice.key, encode(choice.wish, ref, words.rubric))
        for choice in screen.choices
    ]
    actions = [
        _button(words.text(f"button.{action.name}"), encode(action.wish, ref, words.rubric))
        for action in screen.actions
        if not isinstance(action.wish, Pause) and action.wish not in said
    ]
    width = _row_width(len(choices))
    return [*_rows(choices, width), *_rows(actions, ACTIONS_A_ROW)]


def _row_width(count: int) -> int:
    """Rows of much the same length: five letters are one row, fifteen are two of eight and seven."""
    rows = -(-count // CHOICES_A_ROW)
    return -(-count // rows) if rows else 1


def _rows(buttons: Sequence[Button], width: int) -> Keyboard:
    return [list(buttons[start : start + width]) for start in range(0, len(buttons), width)]


def _button(text: str, data: str) -> Button:
    return {"text": text, "callback_data": data}


def sections_text(sections: Sequence[Section], progress: Progress | None = None) -> str:
    """Parts of a result, an explanation, or a few sentences without a title; a bar below the first title."""
    titled = [[f"<b>{html(section.title)}</b>"] if section.title else [] for section in sections]
    if progress:
        titled[0].append(bar(progress))
    parts = ([*title, *map(html, section.lines)] for title, section in zip(titled, sections, strict=True))
    return "\n\n".join(map("\n".join, parts))


def pages(text: str) -> list[str]:
    """A long text in messages, broken between lines; every line carries its own markup."""
    found, page = [], ""
    for line in text.split("\n"):
        longer = f"{page}\n{line}" if page else line
        if length(longer) > TEXT_LIMIT:
            found.append(page)
            longer = line
        page = longer
    return [*found, page]
