"""What arrives from Telegram, reduced to what we act on."""

from dataclasses import dataclass
from enum import StrEnum

from telegram import Chat, ChatMember, Message, Update

PRIVATE = Chat.PRIVATE


class Choice(StrEnum):
    """Buttons that are no input of the conversation; their callback data is "!" and the value."""

    DELETE = "delete"
    KEEP = "keep"
    TOMORROW = "tomorrow"
    NEXT_WEEK = "next_week"
    NEVER = "never"
    REMIND = "remind"
    RECHECK_LATER = "recheck_later"


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
    """Somebody spoke to the bot in a group; `chat` is the group's id."""


Act = Typed | Commanded | Tapped | Puzzling | Membership | InGroup


def act_of(update: Update) -> Act | None:
    """The act in an update; None for what is none of our business."""
    if query := update.callback_query:
        message = query.message
        if message is None or message.chat.type != PRIVATE or query.data is None:
            return None
        return Tapped(
            update.update_id, message.chat.id, query.from_user.language_code, query.id, query.data, message.message_id
        )
    if member := update.my_chat_member:
        if member.chat.type != PRIVATE:
            return None
        gone = member.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
        return Membership(update.update_id, member.chat.id, member.from_user.language_code, gone)
    if update.edited_message:
        return _puzzling(update.update_id, update.edited_message)
    return _spoken(update.update_id, update.message) if update.message else None


def _puzzling(update: int, message: Message) -> Act | None:
    return Puzzling(update, message.chat.id, _language(message)) if message.chat.type == PRIVATE else None


def _language(message: Message) -> str | None:
    return message.from_user.language_code if message.from_user else None


def _spoken(update: int, message: Message) -> Act | None:
    chat, language, text = message.chat.id, _language(message), message.text
    if message.chat.type != PRIVATE:
        return InGroup(update, chat, language) if text and text.startswith("/") else None
    if text is None:
        return Puzzling(update, chat, language)
    if not text.startswith("/"):
        return Typed(update, chat, language, text)
    name, argument = [*text[1:].split(maxsplit=1), "", ""][:2]
    return Commanded(update, chat, language, name.partition("@")[0].lower(), argument.strip())
