"""Where the contract of channels is tried: people at a channel, whichever it is, and what goes wrong there by plan."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count

import pytest
from typing_extensions import override

from bot.delivery.channel import Channel, Gone, Later, Outcome
from bot.delivery.intake import Intake
from bot.delivery.rules import LINK_MARK
from bot.dialogue.messages import Membership, Message, Pressed
from bot.telegram.channel import TelegramChannel
from bot.telegram.client import Client
from bot.telegram.polling import poll
from bot.telegram.reception import Reception
from bot.telegram.request import AiohttpRequest
from tests.delivery.toy import MANNER, Toy, meant, take
from tests.telegram import people
from tests.telegram.api import TelegramApi
from tests.telegram.faults import Fault
from tests.telegram.limits import ApiError, bad, forbidden, too_many
from tests.telegram.views import keyed

Planned = Outcome | float | None
"""What meets a delivery: an outcome, so many seconds of delay before it arrives, or nothing."""
SENDING = ("sendMessage", "editMessageText", "editMessageReplyMarkup", "sendDocument", "sendPhoto")
NOT_TAKEN = "message is too long"


@dataclass(frozen=True)
class Seen:
    """A message as it stands before somebody now, with the data of its buttons by label."""

    id: str
    text: str
    buttons: Mapping[str, str] = field(default_factory=dict)
    edits: int = 0
    file: bytes = b""

    @property
    def is_card(self) -> bool:
        """It has buttons of a card."""
        return any("|" in data for data in self.buttons.values())


class Person(ABC):
    """Somebody at a channel. What they do is done at once; what comes of it comes later."""

    @property
    @abstractmethod
    def window(self) -> str:
        """The name of their window."""

    @property
    @abstractmethod
    def seen(self) -> list[Seen]:
        """All that stands before them, in its order."""

    @property
    @abstractmethod
    def tries(self) -> int:
        """How many times something was to be delivered to them."""

    @abstractmethod
    def plan(self, *planned: Planned) -> None:
        """What meets the next deliveries to them, one after the other."""

    @abstractmethod
    async def say(self, text: str) -> None:
        """A text, or a command."""

    @abstractmethod
    async def follow(self, token: str) -> None:
        """The address that a link is."""

    @abstractmethod
    async def tap(self, data: str, message: Seen) -> None:
        """A button, although it may be gone from there."""

    @abstractmethod
    async def go(self, *, away: bool) -> None:
        """Take no messages from now on, or take them again."""

    async def press(self, label: str, on: Seen | None = None) -> None:
        """The newest button with this label, or that of a message as it was."""
        found = on or next(one for one in reversed(self.seen) if label in one.buttons)
        await self.tap(found.buttons[label], found)

    @property
    def texts(self) -> list[str]:
        """What stands before them to be read."""
        return [one.text for one in self.seen]

    @property
    def cards(self) -> list[Seen]:
        """What looks like a live card; there should be one."""
        return [one for one in self.seen if one.is_card]

    @property
    def arrived(self) -> int:
        """How many messages and edits have arrived."""
        return sum(1 + one.edits for one in self.seen)


class Place(ABC):
    """A channel with people at it; `open` from its first to its last use."""

    @abstractmethod
    def channel(self) -> Channel:
        """The channel as one process has it."""

    @abstractmethod
    def person(self) -> Person:
        """Somebody new."""

    @abstractmethod
    async def attend(self, intake: Intake) -> None:
        """Take what people do, until cancelled."""

    @property
    @abstractmethod
    def busy(self) -> bool:
        """Something that people did has not been taken yet, or something is on its way to them."""


def _key(button: Mapping[str, str]) -> str:
    """The letter of a choice, the label of anything else."""
    label = button["text"]
    return keyed(label).removesuffix(" ✓") if len(label.partition(" ")[0]) == 1 and label[0].isalnum() else label


# the toy


@dataclass
class ToyPerson(Person):
    place: "ToyPlace"
    address: str

    @property
    @override
    def window(self) -> str:
        return f"{self.place.toy.name}:{self.address}"

    @property
    @override
    def seen(self) -> list[Seen]:
        lines = enumerate(self.place.toy.lists[self.address])
        return [Seen(str(number), line.text, line.buttons, line.edits, line.file) for number, line in lines]

    @property
    @override
    def tries(self) -> int:
        return len(self.place.toy.tries[self.address])

    @override
    def plan(self, *planned: Planned) -> None:
        self.place.toy.planned[self.address].extend(planned)

    @override
    async def say(self, text: str) -> None:
        await self._do(meant(text))

    @override
    async def follow(self, token: str) -> None:
        await self.say(f"open {token}")

    @override
    async def tap(self, data: str, message: Seen) -> None:
        await self._do(Pressed(data, message.id))

    @override
    async def go(self, *, away: bool) -> None:
        await self._do(Membership(away))

    async def _do(self, message: Message) -> None:
        assert self.place.intake
        await take(self.place.intake, next(self.place.updates), self.address, message)


@dataclass
class ToyPlace(Place):
    toy: Toy = field(default_factory=Toy)
    intake: Intake | None = None
    updates: "count[int]" = field(default_factory=lambda: count(1))

    @override
    def channel(self) -> Toy:
        return replace(self.toy)

    @override
    def person(self) -> ToyPerson:
        return ToyPerson(self, f"person {next(self.updates)}")

    @override
    async def attend(self, intake: Intake) -> None:
        self.intake = intake
        await asyncio.Event().wait()

    @property
    @override
    def busy(self) -> bool:
        return False


def silent_place() -> ToyPlace:
    """A channel that never speaks first."""
    return ToyPlace(Toy("silent", replace(MANNER, reminds=False)))


@asynccontextmanager
async def toy_place() -> AsyncIterator[ToyPlace]:
    yield ToyPlace()


# Telegram


class OnDelivery(Fault):
    """Meets whatever is delivered, and no acknowledgement of a tap."""

    def meets(self, method: str, chat: int) -> bool:
        return method in map(str.lower, SENDING) and super().meets(method, chat)


def _error(planned: Outcome) -> ApiError:
    match planned:
        case Later(seconds=None):
            return ApiError(500, "Internal Server Error")
        case Later(seconds=float() as seconds):
            return too_many(int(seconds))
        case Gone():
            return forbidden("bot was blocked by the user")
        case _:
            return bad(NOT_TAKEN)


@dataclass
class TelegramPerson(Person):
    api: TelegramApi
    person: people.Person

    @property
    @override
    def window(self) -> str:
        return f"{TelegramChannel.name}:{self.person.id}"

    @property
    @override
    def seen(self) -> list[Seen]:
        messages = (message for message in self.person.chat.seen if message.outgoing)
        return [
            Seen(
                str(message.id),
                message.text,
                {_key(button): button["callback_data"] for button in message.buttons},
                message.edits,
                message.file,
            )
            for message in messages
        ]

    @property
    @override
    def tries(self) -> int:
        return len(self.api.calls(*SENDING, chat=self.person.id))

    @override
    def plan(self, *planned: Planned) -> None:
        for one in planned:
            fault = OnDelivery(chat=self.person.id)
            if isinstance(one, float):
                fault.hang = one
            elif one is not None:
                fault.error = _error(one)
            self.api.faults.planned.append(fault)

    @override
    async def say(self, text: str) -> None:
        self.person.say(text)

    @override
    async def follow(self, token: str) -> None:
        self.person.say(f"/start {LINK_MARK}{token}")

    @override
    async def tap(self, data: str, message: Seen) -> None:
        self.person.tap(data, self.person.chat.messages[int(message.id)], stale=True)

    @override
    async def go(self, *, away: bool) -> None:
        if away:
            self.person.block()
        else:
            self.person.unblock()


@dataclass
class TelegramPlace(Place):
    api: TelegramApi
    client: Client

    @override
    def channel(self) -> TelegramChannel:
        return TelegramChannel(self.client, rate=0)

    @override
    def person(self) -> TelegramPerson:
        return TelegramPerson(self.api, self.api.person(started=True))

    @override
    async def attend(self, intake: Intake) -> None:
        await poll(self.client, Reception(self.client, intake).take_all, lambda _: None)

    @property
    @override
    def busy(self) -> bool:
        return bool(self.api.updates.count or self.api.log.under_way)


@asynccontextmanager
async def telegram_place() -> AsyncIterator[TelegramPlace]:
    """Telegram's own client in this process, against the strict server, over HTTP."""
    async with TelegramApi() as api, AsyncExitStack() as stack:
        stack.enter_context(pytest.MonkeyPatch.context()).setenv("PTB_TIMEDELTA", "true")
        sending, polling = (AiohttpRequest(connections=64, seconds=5.0) for _ in range(2))
        client = Client(api.token, api.url, sending, polling)
        await client.initialize()
        stack.push_async_callback(client.shutdown)
        yield TelegramPlace(api, client)


PLACES = {"toy": toy_place, "telegram": telegram_place}
"""Channels that send. The page answers at once: see `tests/delivery/page.py`."""
