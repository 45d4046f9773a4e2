"""What arrives from Telegram, reduced to what we act on.

The models name the fields of the Bot API that we read, and no others: most of an update is our own card, sent back.
"""

import logging
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from telegram import Chat, ChatMember

from bot.delivery.rules import LINK_MARK
from bot.dialogue.messages import PUZZLING, Followed, InPublic, Membership, Message, Pressed, Puzzling, Typed, commanded

LOG = logging.getLogger("shuping.updates")

PRIVATE = Chat.PRIVATE
GONE = (ChatMember.BANNED, ChatMember.LEFT)
LARGEST = 2**63 - 1
"""What a database keeps; Telegram's own numbers have 52 bits."""


@dataclass(frozen=True, slots=True)
class Act:
    """A message with the update's number, the chat's, and the language of the profile.

    `query` is to be answered so that a button stops spinning; `addressee` is the bot that a command in a group names,
    "" for any.
    """

    update: int
    chat: int
    language: str | None
    message: Message
    query: str | None = None
    addressee: str = ""


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
    voice: Any = None
    photo: Any = None
    sticker: Any = None
    document: Any = None


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
        return _private(update.update_id, update.edited_message, Puzzling("edited"))
    return _spoken(update.update_id, update.message) if update.message else None


def _tapped(update: int, query: _Query) -> Act | None:
    message = query.message
    if message is None or query.data is None:
        return None
    return _private(update, message, Pressed(query.data, str(message.message_id)), query)


def _private(update: int, message: _Message, said: Message, query: _Query | None = None) -> Act | None:
    if message.chat.type != PRIVATE:
        return None
    user = query.user if query else message.user
    return Act(update, message.chat.id, user.language_code, said, query.id if query else None)


def _membership(update: int, change: _MemberChange) -> Act | None:
    if change.chat.type != PRIVATE:
        return None
    blocked = change.new_chat_member.status in GONE
    return Act(update, change.chat.id, change.user.language_code, Membership(blocked))


def _spoken(update: int, message: _Message) -> Act | None:
    text = message.text
    if message.chat.type != PRIVATE:
        if not (text and text.startswith("/")):
            return None
        return Act(update, message.chat.id, message.user.language_code, InPublic(), addressee=_name(text)[1])
    return _private(update, message, _puzzling(message) if text is None else _said(text))


def _puzzling(message: _Message) -> Puzzling:
    """What came instead of a text."""
    return Puzzling(next((name for name in PUZZLING if getattr(message, name, None)), ""))


def _said(text: str) -> Message:
    if not text.startswith("/"):
        return Typed(text)
    _, argument = [*text[1:].split(maxsplit=1), "", ""][:2]
    name, payload = _name(text)[0], argument.strip()
    if name == "start" and payload.startswith(LINK_MARK):
        return Followed(payload.removeprefix(LINK_MARK))
    return commanded(name, payload)


def _name(text: str) -> tuple[str, str]:
    """The name of a command, and the bot that it is for."""
    name, _, bot = next(iter(text[1:].split(maxsplit=1)), "").partition("@")
    return name.lower(), bot.lower()
