"""A phone on which somebody talks to the bot: taps by the words on buttons, types lines, and sees what a phone shows.

Nothing but the network is left out: the store is a real one, and messages are those that Telegram would be sent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from html import unescape
from itertools import count
from re import compile as pattern

from uniseg.wrap import tt_wrap

from bot.dialogue.context import Context, Fresh
from bot.dialogue.messages import Message, Pressed, Typed, commanded
from bot.dialogue.pages import (
    CardPage,
    FilePage,
    Page,
    RetiredPage,
    TextPage,
    View,
    needs_history,
    needs_shelf,
    page_of,
)
from bot.dialogue.replies import File, read
from bot.dialogue.respond import respond
from bot.telegram.render import Payload, card_message, live_text, text_messages
from bot.terminal.breaking import breakables
from bot.words.wording import Medium
from flows.session import Session
from scoring.editions import load_rubric
from storage.memory import MemoryStore
from storage.store import Decision, State
from tests.dialogue.support import RULES, TAPPING
from tests.flows.driver import START

RUBRIC = load_rubric("miit-2024")
WINDOW = "telegram:42"
COLUMNS = 40
"""Of a phone: twenty Chinese characters, or forty Latin ones, a line."""
LINES = 20
"""What a phone shows without scrolling."""
TAG = pattern(r"</?[a-z-]+>")


def plain(text: str) -> str:
    """A message without its markup."""
    return unescape(TAG.sub("", text))


def wrapped(text: str, columns: int = COLUMNS) -> list[str]:
    """The lines of a message on a phone."""
    return [part for line in text.split("\n") for part in _parts(line, columns)]


@cache  # most of what a phone shows, it shows again
def _parts(line: str, columns: int) -> Sequence[str]:
    return tuple(tt_wrap(line, columns, iter_breakables=breakables)) or ("",)


@dataclass
class Bubble:
    """A message of the bot's."""

    text: str
    rows: list[list[tuple[str, str]]]

    @property
    def labels(self) -> list[list[str]]:
        return [[label for label, _ in row] for row in self.rows]


@dataclass
class Phone:
    """One owner's; `language` is what the phone is set to. Taps and lines are counted, as costs."""

    language: str = "zh-Hans"
    store: MemoryStore = field(default_factory=MemoryStore)
    now: datetime = START + timedelta(days=1)
    taps: int = 0
    lines: int = 0
    bubbles: dict[str, Bubble] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    heard: list[str] = field(default_factory=list)
    """What was sent or edited by the last message, as references."""

    async def type(self, text: str) -> None:
        """Write a line, or a command."""
        self.lines += 1
        name, _, argument = text[1:].partition(" ")
        await self._give(commanded(name, argument) if text.startswith("/") else Typed(text))

    async def tap(self, label: str) -> None:
        """Press the button whose words begin so, of the newest message that has it."""
        self.taps += 1
        await self._give(Pressed(*self.button(label)))

    def button(self, label: str) -> tuple[str, str]:
        """The data of the button that `tap` presses, and the message it is on."""
        offered = [(data, reference, words) for reference, words, data in self._offered()]
        for fits in (str.__eq__, str.startswith, str.__contains__):
            for data, reference, words in offered:
                if fits(words, label):
                    return data, reference
        raise AssertionError(f"no button {label!r} among {[words for *_, words in offered]}")

    def _offered(self) -> Iterator[tuple[str, str, str]]:
        """Message, words and data of every button, those of the newest message first."""
        for reference in reversed(self.bubbles):
            for row in self.bubbles[reference].rows:
                for words, data in row:
                    yield reference, words, data

    async def session(self) -> Session:
        """What is stored."""
        session = (await self.store.state(WINDOW)).session
        assert session
        return session

    async def _give(self, message: Message) -> None:
        self.now += timedelta(seconds=20)
        self.heard = []
        number = next(self.numbers)
        fresh = Fresh(f"s{number}".ljust(32, "0"), f"d{number}".ljust(32, "0"), f"{number:032x}", f"{number:06}")
        context = Context(WINDOW, self.language, self.now, fresh, RULES, TAPPING, RUBRIC)
        said = Decision()

        def decide(state: State) -> Decision:
            nonlocal said
            said = respond(message, state, context)
            return replace(said, outbox=())

        applied = await self.store.apply(WINDOW, decide)
        assert applied
        for outgoing in said.outbox:
            if outgoing.due <= self.now:
                await self._send(outgoing.reply, applied.state, card=outgoing.key == "card", anew=outgoing.anew)

    async def _send(self, written: str, state: State, *, card: bool, anew: bool) -> None:
        reply = read(written)
        view = View(state, self.now, RULES, Medium.TAPPING, RUBRIC, live=card)
        if needs_history(reply) and state.dossier:
            view = replace(view, history=await self.store.history(state.dossier))
        if needs_shelf(reply):
            view = replace(view, shelf=await self.store.shelf(WINDOW))
        if isinstance(reply, File):
            self._show({"text": f"[{reply.format}]"})
            return
        page = page_of(reply, view)
        if page is None:
            return
        if isinstance(page, RetiredPage):
            self.bubbles[page.card].rows = []
            return
        live = state.window.card if state.window else None
        for payload in _payloads(page):
            if card and live in self.bubbles and not anew:
                self._edit(live, payload)
            else:
                reference = self._show(payload)
                if card:
                    await self._note(reference, live)

    async def _note(self, reference: str, before: str | None) -> None:
        """What was sent is the live card now, and the one before has no buttons any more."""
        await self.store.apply(
            WINDOW,
            lambda state: Decision(window=state.window and state.window.model_copy(update={"card": reference})),
        )
        if before in self.bubbles:
            self.bubbles[before].rows = []

    def _show(self, payload: Payload) -> str:
        reference = str(next(self.numbers))
        self.bubbles[reference] = _bubble(payload)
        self.heard.append(reference)
        return reference

    def _edit(self, reference: str, payload: Payload) -> None:
        self.bubbles[reference] = _bubble(payload)
        self.heard.append(reference)


def _payloads(page: Page) -> list[Payload]:
    match page:
        case CardPage():
            return [card_message(page)]
        case TextPage(live=True):
            return [live_text(page)]
        case TextPage():
            return text_messages(page)
        case FilePage(name=name, caption=caption):
            return [{"text": f"[{name}] {caption}"}]
        case _:
            raise TypeError(type(page).__name__)


def _bubble(payload: Payload) -> Bubble:
    rows = payload.get("reply_markup", {}).get("inline_keyboard", [])
    return Bubble(plain(payload["text"]), [[(one["text"], one["callback_data"]) for one in row] for row in rows])
