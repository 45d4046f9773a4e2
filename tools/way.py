"""The way of one update through the program, as it is: a tap is really taken, and what calls what is written down."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from bot.delivery.intake import Intake
from bot.delivery.reports import Reports
from bot.delivery.rules import rules_of
from bot.delivery.worker import Worker
from bot.dialogue.buttons import encode
from bot.dialogue.context import Outside
from bot.settings import Settings
from bot.telegram.channel import TelegramChannel
from bot.telegram.reception import Reception
from flows.inputs import Tick
from scoring.editions import current
from storage.memory import MemoryStore
from storage.store import State

OUTSIDE = "Telegram"
ROOMS = ("bot.telegram", "bot.delivery", "bot.dialogue", "bot.screens", "flows", "storage")
TOLD = ("flows.step", "storage.memory")
"""Of these rooms only what is the way; the rest of them is called from everywhere for small things."""
SMALL = ("fresh_ids", "needs_history", "needs_shelf", "release")
CHAT, CARD = 42, 7


class Calls:
    """Who calls what in another room, each once, in the order of the first time."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, str, str], None] = {}

    def note(self, frame: FrameType, event: str, _: Any) -> None:
        """As `sys.setprofile` tells it."""
        there, name = str(frame.f_globals.get("__name__", "")), frame.f_code.co_name
        if event != "call" or name.startswith(("_", "<")) or name in SMALL or not room(there):
            return
        here = room(self._caller(frame))
        if here and here != room(there):
            module = there.rpartition(".")[2].replace("memory", "store")
            self.seen.setdefault((here, room(there), f"{module}.{name}"))

    @staticmethod
    def _caller(frame: FrameType) -> str:
        """The nearest module of ours that calls; what the loop resumes was called by nobody."""
        back = frame.f_back
        while back is not None:
            name = str(back.f_globals.get("__name__", ""))
            if room(name):
                return name
            back = back.f_back
        return ""

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While this lasts."""
        sys.setprofile(self.note)
        try:
            yield
        finally:
            sys.setprofile(None)


class Line:
    """In the place of the client: takes every call."""

    username = "bot"

    def __init__(self, calls: Calls) -> None:
        self.calls = calls

    async def call(self, method: str, **_: Any) -> Any:
        """One call of the Bot API."""
        self.calls.seen.setdefault(("bot.telegram", OUTSIDE, method))
        return {"message_id": CARD}


def room(module: str) -> str:
    """The room of a module; "" for what is not told of."""
    found = next((name for name in ROOMS if module == name or module.startswith(f"{name}.")), "")
    return found if found.startswith("bot.") or module in TOLD else ""


def diagram() -> str:
    """A Mermaid sequence diagram."""
    lines = ["```mermaid", "sequenceDiagram", *(f"    participant {name}" for name in (OUTSIDE, *ROOMS))]
    lines.append(f"    {OUTSIDE}->>bot.telegram: callback_query")
    lines += [f"    {here}->>{there}: {what}" for here, there, what in asyncio.run(_tap()).seen]
    return "\n".join([*lines, "```", ""])


async def _tap() -> Calls:
    """Somebody ticks an option of the first question."""
    calls = Calls()
    line: Any = Line(calls)
    outside, rules, rubric = Outside(lambda: datetime(2025, 3, 3, 8, tzinfo=UTC)), rules_of(Settings()), current()
    store, channel = MemoryStore(), TelegramChannel(line, 0)
    worker = Worker(store, (channel,), outside, rules, rubric, Reports(store, rules))
    intake = Intake(store, channel, worker, outside, rules, rubric)
    reception = Reception(line, intake)

    async def take(number: int, update: dict[str, Any]) -> State:
        await reception.take_all([{"update_id": number, **update}])
        await intake.finish()
        await worker.finish()
        return await store.state(f"telegram:{CHAT}")

    for number, text in enumerate(("/start", "1", "跳过", "跳过")):
        state = await take(number, _said(text))
    if state.session is None:
        raise AssertionError("the way to the first question has changed")
    data = encode(Tick("B", on=True), state.session.ref, rubric)
    calls.seen.clear()
    with calls.listening():
        await take(9, _tapped(data))
    return calls


def _said(text: str) -> dict[str, Any]:
    return {"message": {"message_id": 1, "chat": {"id": CHAT, "type": "private"}, "text": text}}


def _tapped(data: str) -> dict[str, Any]:
    message = {"message_id": CARD, "chat": {"id": CHAT, "type": "private"}}
    return {"callback_query": {"id": "1", "from": {}, "message": message, "data": data}}
