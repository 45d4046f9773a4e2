"""A whole channel, as small as one can be: it shows what it takes to bring another one."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.delivery.channel import Delivered, Outcome
from bot.delivery.intake import Incoming, Intake
from bot.dialogue.buttons import encode
from bot.dialogue.context import Manner
from bot.dialogue.messages import Commanded, Followed, Message, Typed
from bot.dialogue.pages import CardPage, FilePage, Page, PreparedPage, RetiredPage, TextPage
from bot.words.wording import Medium
from flows.inputs import Pause
from storage.outbox import Urgency

MANNER = Manner(Medium.TAPPING, home="toy")
LINES = 8  # so many go in one part of a message


@dataclass
class Line:
    """What stands in somebody's list: a text, its buttons as data by label, how often it was changed."""

    text: str
    buttons: dict[str, str] = field(default_factory=dict)
    card: bool = False
    file: bytes = b""
    retires: int | None = None
    edits: int = 0


@dataclass
class Toy:
    """A list for each person. What is planned meets their next deliveries: an outcome, or so many seconds of delay."""

    name: str = "toy"
    manner: Manner = MANNER
    lists: defaultdict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    planned: defaultdict[str, deque[Outcome | float | None]] = field(default_factory=lambda: defaultdict(deque))
    tries: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def paint(self, page: Page) -> Sequence[Line]:
        match page:
            case CardPage():
                return (_card(page),)
            case TextPage(sections=sections, buttons=rows):
                lines = [line for section in sections for line in (section.title, *section.lines) if line]
                size = len(lines) if page.live else LINES
                parts = [Line("\n".join(lines[at : at + size]), card=page.live) for at in range(0, len(lines), size)]
                parts[-1].buttons = {button.label: button.data for row in rows for button in row}
                return parts
            case FilePage(content=content, caption=caption):
                return (Line(caption, file=content),)
            case RetiredPage(card=card):
                return (Line("", retires=int(card)),)
            case PreparedPage(message=message):
                return (Line(message["text"]),)

    async def turn(self, address: str, urgency: Urgency) -> bool:  # noqa: ARG002  # nobody has to wait
        return False

    async def deliver(self, address: str, payload: Line, live: str | None) -> Outcome:
        shown, fault = self.lists[address], self.planned[address].popleft() if self.planned[address] else None
        self.tries[address].append(payload.text)
        if isinstance(fault, float):
            await asyncio.sleep(fault)
        elif fault is not None:
            return fault
        if payload.retires is not None:
            shown[payload.retires].buttons = {}
        elif payload.card and live is not None:
            shown[int(live)] = Line(payload.text, payload.buttons, card=True, edits=shown[int(live)].edits + 1)
            return Delivered(harmless=True)
        else:
            shown.append(payload)
        return Delivered(str(len(shown) - 1) if payload.card else None)


def _card(page: CardPage) -> Line:
    screen, label, ref, rubric = page.screen, page.words.text, page.session.ref, page.words.rubric
    result = (page.outcome.summary.title,) if page.outcome else ()
    told = [*page.notices, screen.header, screen.title, *result, *screen.body, *(one.text for one in screen.choices)]
    wishes = {choice.key: choice.wish for choice in screen.choices}
    wishes |= {label(f"button.{one.name}"): one.wish for one in screen.actions if not isinstance(one.wish, Pause)}
    return Line("\n".join(told), {key: encode(wish, ref, rubric) for key, wish in wishes.items()}, card=True)


async def take(intake: Intake, update: int, address: str, message: Message) -> None:
    """The way in."""
    await intake.take(Incoming(update, address, "zh-Hans", message))


def meant(text: str) -> Message:
    if text.startswith("open "):
        return Followed(text.removeprefix("open "))
    return Commanded(*text[1:].split(maxsplit=1)) if text.startswith("/") else Typed(text)
