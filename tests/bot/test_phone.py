"""Cards as a phone shows them: 20 lines of 20 full-width characters, buttons for a thumb, the taps of a walk."""

import html
import re
from typing import Any

import pytest

from bot.dialogue.buttons import decode, full
from bot.dialogue.pages import CardPage, card_page
from bot.dialogue.replies import Card
from bot.screens.wishes import Detail, Leaf
from bot.telegram.render import card_message
from bot.words.paging import LINES, columns, height
from bot.words.wording import Medium, wording
from flows.inputs import Answer, Commit, Done, Skip, TakeLevel, Tick
from flows.session import Phase, Session
from locales import LANGUAGES
from tests.bot.support import sessions
from tests.flows.driver import RUBRIC, Walker

EVERY = pytest.mark.parametrize("language", LANGUAGES)
RESULTS = {"stopped", "provisional"}
"""Results so far, of which English tells in some lines more."""
ROW = ("back", "park", "help", "overview")
PIXELS, COLUMN, PADDING = 360, 7, 8
"""Of a narrow phone, of half a full-width character on a button, and what goes off to both sides of a button."""


def page_of(session: Session, language: str) -> CardPage:
    words = wording(language, RUBRIC.id, Medium.TAPPING)
    return card_page(session.but(language=language), words, Card())


def shown(session: Session, language: str) -> tuple[list[str], list[list[dict[str, str]]]]:
    """The lines of a card, and its rows of buttons."""
    message = card_message(page_of(session, language))
    text = html.unescape(re.sub(r"<[^>]+>", "", message["text"]))
    return text.split("\n"), message.get("reply_markup", {"inline_keyboard": []})["inline_keyboard"]


@EVERY
def test_every_card_is_seen_at_once(language: str) -> None:
    tall = {}
    for name, session in sessions().items():
        lines, _ = shown(session, language)
        if (total := sum(map(height, lines))) > LINES and not (language == "en" and name in RESULTS):
            tall[name] = total
    assert tall == {}


@EVERY
def test_no_button_is_wider_than_its_place(language: str) -> None:
    for name, session in sessions().items():
        for row in shown(session, language)[1]:
            room = PIXELS // len(row) - 2 * PADDING
            for button in row:
                assert columns(button["text"]) * COLUMN <= max(room, 46), (name, button["text"])


@EVERY
def test_the_same_four_stand_in_the_last_row_of_every_item(language: str) -> None:
    words = wording(language, RUBRIC.id, Medium.TAPPING)
    row = [words.text(f"button.{name}") for name in ROW]
    for name, session in sessions().items():
        if session.asking and not session.paused:
            assert [button["text"] for button in shown(session, language)[1][-1]] == row, name


@EVERY
def test_what_is_answered_is_ticked_and_what_waits_is_not(language: str) -> None:
    parked = Walker().begin()
    parked.answer("B")
    session = parked.session.but(phase=Phase.REVIEW, page="foundation", parked=("q2",), agenda=RUBRIC.items[2:])
    lines, _ = shown(session, language)
    assert [line[0] for line in lines if "✓" in line] == ["1"]


class Thumb:
    """Somebody who only taps what is on the card."""

    def __init__(self) -> None:
        self.walker, self.taps = Walker(), 0

    def tap(self, wish: Any) -> None:
        rows = shown(self.walker.session, "zh-Hans")[1]
        presses = [press for row in rows for button in row if (press := decode(button["callback_data"], RUBRIC))]
        (found,) = (press for press in presses if press.wish == wish)
        assert full(found.ref, self.walker.session) == self.walker.session.ref
        assert not isinstance(found.wish, Detail | Leaf)
        self.walker.say(found.wish)
        self.taps += 1


def of_level_two(thumb: Thumb) -> None:
    """A shop with a network, some security, software for most of its business, and rules for it."""
    picked = {"q1": "C", "q4": "GN", "q6": "BC", "q7": "BC", "q9": "C", "q10": "B"}
    single = {"q2": "D", "q3": "C", "q5": "D", "q8": "D", "q11": "B", "q12": "C", "q13": "C", "q14": "C", "q15": "B"}
    session = thumb.walker.session
    if session.item in picked:
        for letter in picked[session.item]:
            thumb.tap(Tick(letter, on=True))
        thumb.tap(Done())
    elif session.item in single:
        thumb.tap(Answer((single[session.item],)))
    else:
        thumb.tap(TakeLevel(2))


def test_a_shop_of_level_two_is_done_in_forty_four_taps() -> None:
    thumb = Thumb()
    begin = shown(thumb.walker.session, "zh-Hans")[1][0][0]
    press = decode(begin["callback_data"], RUBRIC)
    assert press
    thumb.tap(press.wish)
    thumb.tap(Skip())
    thumb.tap(Skip())
    while thumb.walker.session.asking:
        of_level_two(thumb)
    thumb.tap(Commit())
    assert thumb.walker.session.phase is Phase.RESULT
    page = page_of(thumb.walker.session, "zh-Hans")
    assert page.outcome
    assert "二级" in page.outcome.summary.title
    assert thumb.taps <= 44
