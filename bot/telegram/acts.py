"""What arrives from Telegram, reduced to what we act on.

The models name the fields of the Bot API that we read, and no others: most of an update is our own card, sent back.
"""

import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from telegram import Chat, ChatMember

LOG = logging.getLogger("shuping.acts")

PRIVATE = Chat.PRIVATE
GONE = (ChatMember.BANNED, ChatMember.LEFT)
LARGEST = 2**63 - 1
"""What a database keeps; Telegram's own numbers have 52 bits."""


class Choice(StrEnum):
    """Buttons that are no input of the conversation; their callback data is "!" and the value."""

    DELETE = "delete"
    KEEP = "keep"
    TOMORROW = "tomorrow"
    NEXT_WEEK = "next_week"
    NEVER = "never"
    REMIND = "remind"
    RECHECK_LATER = "recheck_later"
    COMPARE_LAST = "compare_last"


CHOICE_MARK = "!"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who it comes from; `chat` is the private chat's id."""

    update: int
    chat: int
    language: str | None


@dataclass(frozen=True, slots=True)
class Typed(Sender):
    """A text."""

    text: str


@dataclass(frozen=True, slots=True)
class Commanded(Sender):
    """A command without its slash, lower case, and what follows it."""

    name: str
    argument: str


@dataclass(frozen=True, slots=True)
class Tapped(Sender):
    """A button; `message` is the message it belongs to, None if Telegram no longer knows."""

    query: str
    data: str
    message: int | None


@dataclass(frozen=True, slots=True)
class Puzzling(Sender):
    """A sticker, photo, voice, edited message: nothing that can be an answer."""


@dataclass(frozen=True, slots=True)
class Membership(Sender):
    """The person blocked the bot, or came back."""

    blocked: bool


@dataclass(frozen=True, slots=True)
class InGroup(Sender):
    """Somebody sent a command in a group; `chat` is the group's id, `addressee` the bot it names, "" for any."""

    addressee: str


Act = Typed | Commanded | Tapped | Puzzling | Membership | InGroup


Number = Annotated[int, Field(strict=True, ge=-LARGEST, le=LARGEST)]


class _Chat(BaseModel):
    id: Number
    type: str


class _User(BaseModel):
    language_code: str | None = None


class _Message(BaseModel):
    message_id: Number
    chat: _Chat
    user: _User = Field(_User(), alias="from")
    text: str | None = None


class _Query(BaseModel):
    id: str
    user: _User = Field(alias="from")
    message: _Message | None = None
    data: str | None = None


class _Member(BaseModel):
    status: str


class _MemberChange(BaseModel):
    chat: _Chat
    user: _User = Field(alias="from")
    new_chat_member: _Member


UpdateId = Annotated[int, Field(strict=True, ge=0, le=LARGEST)]
_UPDATE_ID: TypeAdapter[int] = TypeAdapter(UpdateId)


class _Update(BaseModel):
    update_id: UpdateId
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _Query | None = None
    my_chat_member: _MemberChange | None = None


def update_id_of(data: Any) -> int | None:
    """The number of an update; None for what has none that can be."""
    try:
        return _UPDATE_ID.validate_python(data.get("update_id") if isinstance(data, dict) else None)
    except ValidationError:
        return None


def act_of(data: Any) -> Act | None:
    """The act in an update, as JSON; None for what is none of our business, or not in the form of the Bot API."""
    try:
        update = _Update.model_validate(data)
    except ValidationError as error:
        LOG.warning("an update has %d fields that are not understood; it is passed over", error.error_count())
        return None
    if update.callback_query:
        return _tapped(update.update_id, update.callback_query)
    if update.my_chat_member:
        return _membership(update.update_id, update.my_chat_member)
    if update.edited_message:
        return _puzzling(update.update_id, update.edited_message)
    return _spoken(update.update_id, update.message) if update.message else None


def _tapped(update: int, query: _Query) -> Act | None:
    message = query.message
    if message is None or message.chat.type != PRIVATE or query.data is None:
        return None
    return Tapped(update, message.chat.id, query.user.language_code, query.id, query.data, message.message_id)


def _membership(update: int, change: _MemberChange) -> Act | None:
    if change.chat.type != PRIVATE:
        return None
    return Membership(update, change.chat.id, change.user.language_code, change.new_chat_member.status in GONE)


def _puzzling(update: int, message: _Message) -> Act | None:
    return Puzzling(update, message.chat.id, message.user.language_code) if message.chat.type == PRIVATE else None


def _spoken(update: int, message: _Message) -> Act | None:
    chat, language, text = message.chat.id, message.user.language_code, message.text
    if message.chat.type != PRIVATE:
        return InGroup(update, chat, language, _name(text)[1]) if text and text.startswith("/") else None
    if text is None:
        return Puzzling(update, chat, language)
    if not text.startswith("/"):
        return Typed(update, chat, language, text)
    _, argument = [*text[1:].split(maxsplit=1), "", ""][:2]
    return Commanded(update, chat, language, _name(text)[0], argument.strip())


def _name(text: str) -> tuple[str, str]:
    """The name of a command, and the bot that it is for."""
    name, _, bot = next(iter(text[1:].split(maxsplit=1)), "").partition("@")
    return name.lower(), bot.lower()
