"""Screens as Telegram messages: official texts in the body, short buttons below, within Telegram's limits."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from bot.dialogue.buttons import encode
from bot.dialogue.pages import CardPage, TextPage
from bot.screens import Choice, Screen
from bot.screens.parts import FIXED
from bot.screens.wishes import Detail, Wish
from bot.words.outcome import Outcome
from bot.words.paging import columns
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
WIDTHS = {8: 4, 6: 6, 4: 8, 3: 11, 2: 23}
"""So many buttons go side by side, on 360 px, if none is wider than so many columns; a full-width character has two."""
MANY = 15
"""So many choices need the room of the line above them."""
BAR_CELLS = 5
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


def live_text(page: TextPage) -> Payload:
    """Sections in the place of a card; they are of a page's length."""
    return text_messages(page)[-1]


def message(text: str, buttons: Keyboard | None = None) -> Payload:
    """A message in Telegram's HTML."""
    payload: Payload = {"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
    return {**payload, "reply_markup": {"inline_keyboard": buttons}} if buttons else payload


def _body(screen: Screen, progress: Progress | None) -> Iterator[str]:
    if screen.header:
        so_far = f"{bar(progress)} " if progress and progress.position else ""
        yield f"<i>{so_far}{html(screen.header)}</i>"
    yield f"<b>{html(screen.title)}</b>"
    yield from map(html, screen.body)
    if screen.choices and not screen.bare:
        if len(screen.choices) < MANY:
            yield ""
        yield from map(_choice, screen.choices)
    if screen.hint:
        yield f"<i>{html(screen.hint)}</i>"


def bar(progress: Progress) -> str:
    """How far, as a row of blocks."""
    full = (progress.total - progress.rest) * BAR_CELLS // progress.total
    return "▰" * full + "▱" * (BAR_CELLS - full)


def _choice(choice: Choice) -> str:
    mark = f"{MARK} " if choice.marked else ""
    return f"<b>{choice.key}</b> {mark}{html(choice.text)}"


def keyboard(screen: Screen, words: Wording, ref: CardRef, said: Container[Wish] = ()) -> Keyboard:
    """Choices, then what else can be done, but for what is `said` on the card already; last, what is on every card.

    Leaving needs no button: one just closes the phone.
    """
    choices = [
        _button(_label(choice, bare=screen.bare), encode(choice.wish, ref, words.rubric)) for choice in screen.choices
    ]
    actions = {
        action.name: _button(words.text(f"button.{action.name}"), encode(action.wish, ref, words.rubric))
        for action in screen.actions
        if not isinstance(action.wish, Pause) and action.wish not in said
    }
    fixed = [actions.pop(name) for name in FIXED if name in actions]
    return [*_rows(choices, f" {MARK}"), *_rows([*actions.values()]), *([fixed] if fixed else [])]


def _label(choice: Choice, *, bare: bool) -> str:
    """The key and short words; the words alone where they are all that there is."""
    words = (choice.label,) if bare else (choice.key, choice.label)
    return " ".join(filter(None, (*words, MARK if choice.marked else "")))


def _rows(buttons: Sequence[Button], mark: str = "") -> Keyboard:
    """As many side by side as there is room for, marked or not, in rows of much the same length."""
    widest = max((columns(button["text"].removesuffix(mark) + mark) for button in buttons), default=0)
    most = next((count for count, width in WIDTHS.items() if widest <= width), 1)
    rows = -(-len(buttons) // most)
    size = -(-len(buttons) // rows) if rows else 1
    return [list(buttons[start : start + size]) for start in range(0, len(buttons), size)]


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
