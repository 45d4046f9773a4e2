"""What people see: chats and their messages; and how to wait for a change in them."""

import asyncio
import itertools
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.telegram.limits import Json

WITHIN = 20.0
"""Seconds, on a machine that is busy with other things; a bound that is proved stands in its test."""
LOOK_SECONDS = 0.25
T = TypeVar("T")


class NotSeenError(AssertionError):
    """What was waited for did not come; the message shows what there was instead."""


class Bell:
    """Wakes everyone who waits for a change."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def ring(self) -> None:
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for one in waiting:
                if not one.done():
                    one.set_result(None)

    async def wait(self, seconds: float) -> None:
        """Until the next ring, or so many seconds."""
        one: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(one)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await one


async def eventually(bell: Bell, look: Callable[[], T | None], within: float, failed: Callable[[], str]) -> T:
    """The first true thing that looking gives; NotSeenError after so many seconds.

    It looks whenever the bell rings, and now and then, since what another process has stored rings none.
    """
    deadline = time.monotonic() + within
    while not (seen := look()):
        left = deadline - time.monotonic()
        if left <= 0:
            raise NotSeenError(failed())
        await bell.wait(min(left, LOOK_SECONDS))
    return seen


@dataclass(slots=True, eq=False)
class Message:
    """One message in one chat, as it is now."""

    id: int
    chat: "Chat"
    sender: Json
    date: int
    outgoing: bool = False  # by the bot
    text: str = ""  # of the message, or its caption
    entities: list[Json] = field(default_factory=list)
    content: Json = field(default_factory=dict)  # of anything but text, as in the Bot API
    markup: Json | None = None  # the inline keyboard
    other_markup: Json | None = None  # a reply keyboard and the like, which the Bot API never shows again
    reply_to: "Message | None" = None
    extra: Json = field(default_factory=dict)
    file: bytes = b""
    edits: int = 0
    edit_date: int = 0
    deleted: bool = False
    revision: int = 0
    at: float = field(default_factory=time.monotonic)
    past: list[tuple[str, Json | None]] = field(default_factory=list)  # text and keyboard before each edit

    @property
    def rows(self) -> list[list[Json]]:
        """The buttons now."""
        return self.markup["inline_keyboard"] if self.markup else []

    @property
    def buttons(self) -> list[Json]:
        return list(itertools.chain.from_iterable(self.rows))

    @property
    def labels(self) -> list[list[str]]:
        return [[button["text"] for button in row] for row in self.rows]

    def button(self, wanted: str, *, stale: bool = False) -> Json | None:
        """The button with that label or callback data; stale: of any keyboard the message ever had."""
        keyboards = [self.markup, *((markup for _, markup in reversed(self.past)) if stale else ())]
        for markup in keyboards:
            for row in markup["inline_keyboard"] if markup else ():
                for button in row:
                    if wanted in (button["text"], button.get("callback_data"), keyed(button["text"])):
                        return dict(button)
        return None

    def json(self, *, quoted: bool = False) -> Json:
        """As the Bot API tells of it."""
        if self.deleted:
            return {"message_id": self.id, "chat": self.chat.json, "date": 0}
        out: Json = {"message_id": self.id, "from": self.sender, "chat": self.chat.json, "date": self.date}
        if not self.sender:
            out["sender_chat"] = self.chat.json
            del out["from"]
        if self.edit_date:
            out["edit_date"] = self.edit_date
        if self.reply_to is not None and not quoted and not self.reply_to.deleted:
            out["reply_to_message"] = self.reply_to.json(quoted=True)
        out.update(self.content)
        if self.text:
            out["caption" if self.content else "text"] = self.text
        if self.entities:
            out["caption_entities" if self.content else "entities"] = self.entities
        out.update(self.extra)
        if self.markup:
            out["reply_markup"] = self.markup
        return out

    def view(self) -> Json:
        """For people and for other processes: everything that a screen shows."""
        return {
            "id": self.id,
            "chat": self.chat.id,
            "from": self.sender.get("first_name", ""),
            "bot": self.outgoing,
            "text": self.text,
            "entities": self.entities,
            "rows": self.rows,
            "edits": self.edits,
            "deleted": self.deleted,
            "content": sorted(self.content),
            "revision": self.revision,
        }

    def draw(self) -> str:
        who = "bot" if self.outgoing else self.sender.get("first_name", "channel")
        state = "".join((" (deleted)" if self.deleted else "", f" (edited {self.edits}×)" if self.edits else ""))
        lines = [f"#{self.id} {who}{state}: {' '.join(sorted(self.content))}", *self.text.splitlines()]
        lines += ["  ".join(f"[{label}]" for label in row) for row in self.labels]
        return "\n    ".join(line for line in lines if line)


@dataclass(slots=True, eq=False)
class Chat:
    """One chat: private, a group, or a channel."""

    id: int
    json: Json
    ids: "itertools.count[int]"
    revisions: "itertools.count[int]"
    bell: Bell
    messages: dict[int, Message] = field(default_factory=dict)
    members: set[int] = field(default_factory=set)
    bot_status: str = "member"
    blocked: bool = False  # the bot, by the person
    started: bool = False  # the person spoke to the bot
    keyboard: Json | None = None  # the reply keyboard that stands below the chat
    actions: list[str] = field(default_factory=list)
    acted: int = 0  # the revision at the person's last action
    own_bell: Bell = field(default_factory=Bell)
    by_change: dict[int, Message] = field(default_factory=dict)  # the bot's, the last changed at the end

    @property
    def private(self) -> bool:
        return self.id > 0

    def changed(self, message: Message) -> None:
        message.revision = next(self.revisions)
        if message.outgoing:
            self.by_change.pop(message.id, None)
            self.by_change[message.id] = message
        self.own_bell.ring()
        self.bell.ring()

    def add(self, sender: Json, **fields: Any) -> Message:
        message = Message(next(self.ids), self, sender, int(time.time()), **fields)
        self.messages[message.id] = message
        if message.other_markup:
            shown = message.other_markup
            self.keyboard = None if shown.get("remove_keyboard") else shown if "keyboard" in shown else self.keyboard
        self.changed(message)
        return message

    def act(self) -> None:
        """A person does something here: what comes from now on may be the answer."""
        self.acted = next(self.revisions)

    @property
    def seen(self) -> list[Message]:
        """All that stands in the chat now."""
        return [message for message in self.messages.values() if not message.deleted]

    @property
    def last(self) -> Message:
        """The bot's newest message that stands in the chat."""
        for message in reversed(self.messages.values()):
            if message.outgoing and not message.deleted:
                return message
        raise NotSeenError(f"the bot has said nothing here\n{self.draw()}")

    @property
    def asking(self) -> Message:
        """The bot's newest message with buttons."""
        for message in reversed(self.messages.values()):
            if message.outgoing and message.markup and not message.deleted:
                return message
        raise NotSeenError(f"there are no buttons here\n{self.draw()}")

    def answers(self, since: int | None = None) -> list[Message]:
        """The bot's messages that came or changed since then (since the person's last action), newest change first."""
        floor = self.acted if since is None else since
        recent = itertools.takewhile(lambda message: message.revision > floor, reversed(self.by_change.values()))
        return [message for message in recent if not message.deleted]

    async def until(
        self,
        wanted: "Callable[[Message], object] | str" = "",
        *,
        within: float = WITHIN,
        since: int | None = None,
    ) -> Message:
        """The bot's message, new or edited since the person's last action, that is as wanted (or has that text)."""
        floor = self.acted if since is None else since
        test = (lambda message: wanted in message.text) if isinstance(wanted, str) else wanted
        return await eventually(
            self.own_bell,
            lambda: next((message for message in self.answers(floor) if test(message)), None),
            within,
            lambda: (
                f"nothing like {wanted!r} within {within} s (only what is past revision {floor} counts)\n" + self.draw()
            ),
        )

    def draw(self) -> str:
        """The whole chat, to read in a failure."""
        name = self.json.get("title") or self.json.get("first_name")
        lines = [f"--- chat {self.id} {name}{' (blocked)' if self.blocked else ''}", *map(Message.draw, self.seen)]
        if self.keyboard:
            lines.append(f"    below: {self.keyboard['keyboard']}")
        return "\n".join(lines)


@dataclass(slots=True, eq=False)
class Tap:
    """One press of a button."""

    id: str
    person: int
    data: str
    message: Message
    bell: Bell
    at: float = field(default_factory=time.monotonic)
    answer: Json | None = None  # what answerCallbackQuery said, with its time as "at"

    async def answered(self, within: float = WITHIN) -> Json:
        return await eventually(
            self.bell,
            lambda: self.answer,
            within,
            lambda: f"the tap {self.data!r} was not answered within {within} s\n{self.message.chat.draw()}",
        )


def keyed(label: str) -> str:
    """The key of a choice's button, with its mark: "B ✓" of "B 车间工控网 ✓"."""
    key, _, words = label.partition(" ")
    return f"{key} ✓" if words.endswith("✓") else key
