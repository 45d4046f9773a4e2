"""People in Telegram who go on as soon as they are answered, and what they were sent."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from typing_extensions import override

from bot.dialogue.buttons import SEPARATOR
from bot.dialogue.context import Manner
from bot.telegram.updates import act_of
from bot.words.wording import Medium
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.driver import CHAT
from tests.telegram.e2e.model import Told
from tests.telegram.e2e.walking import card
from tests.telegram.faults import Call, Log
from tests.telegram.people import Person
from tests.telegram.views import Message
from tests.web.crowd import Sent

MANNER = Manner(Medium.TAPPING)
ANSWERED_WITHIN = 60.0
BEGINNING = ("▶ 开始", "跳过", "小微企业")
WORDS = ("B", "BC", "a", "是", "12", "稍后", "返回", "继续", "?")
TEXTS = ("/delete", "还剩几题")
"""What is answered by a message of its own."""
LOOK, CHOICE = "D", "!"
"""What the data of buttons begins with that change nothing, or of which nobody wants to press any."""
SAYING = ("sendMessage", "editMessageText")
REMINDER = "评测还没做完"
HEAD, OWN = re.compile(r'"([^"|]{0,8})\|(\d+)\|'), re.compile(r'"(![^"]*)"')


class Heard(Log):
    """All calls; whoever waits for one in a chat is told of it."""

    @classmethod
    def of_api(cls, api: TelegramApi) -> "Heard":
        heard = cls()
        heard.said = defaultdict(list)
        heard.ears = {}
        api.log = heard
        return heard

    said: dict[int, list[Call]]
    """What was said in each chat, in the order in which it arrived."""
    ears: dict[int, "asyncio.Event"]

    @override
    def end(self, call: Call, code: int, description: str = "") -> None:
        super().end(call, code, description)
        if call.method in SAYING:
            self.said[call.chat].append(call)
            if ear := self.ears.get(call.chat):
                ear.set()

    async def answer(self, chat: int, known: int) -> None:
        """Until more than so many things were said there, reminders apart."""
        ear = self.ears[chat] = asyncio.Event()
        async with asyncio.timeout(ANSWERED_WITHIN):
            while not any(not is_reminder(call) for call in self.said[chat][known:]):
                await ear.wait()
                ear.clear()


def is_reminder(call: Call) -> bool:
    return REMINDER in call.params.get("text", "")


def version_of(call: Call) -> tuple[str, int] | None:
    """The session and the revision of the card that a call shows; None if it shows none."""
    found = HEAD.search(str(call.params.get("reply_markup", "")).replace("'", '"'))
    return (found[1], int(found[2])) if found else None


def text_of(call: Call) -> str | None:
    """What the first button below a text does, if it has any; None if the call says something else."""
    if call.method != "sendMessage" or is_reminder(call) or version_of(call):
        return None
    found = OWN.search(str(call.params.get("reply_markup", "")).replace("'", '"'))
    return found[1] if found else ""


@dataclass(repr=False)
class Town:
    """Telegram, and everything that anybody has said there."""

    api: TelegramApi
    told: Told
    heard: Heard
    sent: Sent = field(default_factory=dict)

    @classmethod
    def of(cls, api: TelegramApi) -> "Town":
        """Whatever is said from now on is noted."""
        return cls(api, Told.listen(api), Heard.of_api(api))

    def note(self) -> None:
        """What was said until now is what is to be answered."""
        for number, body in self.told.bodies.items():
            act = act_of({"update_id": number, **body})
            if number and act:
                self.sent["telegram", number] = f"{CHAT}{body['chat']}", act.message, MANNER


@dataclass(repr=False)
class Tapper:
    """Somebody who taps on whatever they see, or types; now and then they say two things at once."""

    town: Town
    person: Person
    chance: Random

    @property
    def window(self) -> str:
        return f"{CHAT}{self.person.id}"

    async def begin(self) -> None:
        """To the first question."""
        await self._do(lambda: self.person.say("/start"))
        for label in BEGINNING:
            await self._do(lambda label=label: self.person.tap(label, self.card, stale=True))  # type: ignore[misc]

    async def walk(self, acts: int) -> None:
        """So many things, one after the other."""
        for _ in range(acts):
            await self.act()

    async def act(self) -> None:
        """A tap, or a word, or several of these at once."""
        way = self.chance.random()
        await self._do(self._taps if way < 0.8 else self._says if way < 0.9 else self._asks)

    @property
    def card(self) -> Message:
        return card(self.person)

    def _taps(self) -> None:
        known = [button["callback_data"] for button in self.card.buttons]
        wanted = [data for data in known if data.split(SEPARATOR, 3)[-1][0] not in (LOOK, CHOICE)] or known
        for _ in range(1 + (self.chance.random() < 0.1)):  # twice, if nothing seems to happen
            self.person.tap(self.chance.choice(wanted), self.card, stale=True)

    def _says(self) -> None:
        self.person.say(self.chance.choice(WORDS))

    def _asks(self) -> None:
        for _ in range(3):
            self.person.say(self.chance.choice(TEXTS))

    async def _do(self, act: Callable[[], object]) -> None:
        """Do it, and wait until it is answered."""
        known = len(self.town.heard.said[self.person.id])
        act()
        await self.town.heard.answer(self.person.id, known)
