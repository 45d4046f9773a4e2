"""Telegram as a channel: pages painted as messages, and taken to a chat through every kind of failure."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import InputFile
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.delivery.channel import Delivered, Gone, Later, Outcome, Refused
from bot.delivery.rate_limit import RateLimit
from bot.delivery.shared_rate import Draw
from bot.dialogue.context import Manner
from bot.dialogue.pages import CardPage, FilePage, Page, PreparedPage, RetiredPage, TextPage
from bot.logs import unquoted
from bot.reports.render import Kind
from bot.telegram.client import Client, odd_answers, seconds_of
from bot.telegram.render import Payload, card_message, live_text, text_messages
from bot.words.wording import Medium
from storage.outbox import Urgency

LOG = logging.getLogger("shuping.telegram")

UNCHANGED = "message is not modified"
TOKEN_WAIT = 60.0
"""Seconds until a token that is no longer accepted is tried again."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text; a card among them is edited where the live one is."""

    parameters: Payload
    card: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """A file."""

    page: FilePage


@dataclass(frozen=True, slots=True)
class Retirement:
    """A card that loses its buttons."""

    card: int


Part = Message | Upload | Retirement


class TelegramChannel:
    """See `bot.delivery.channel.Channel`; `rate` is the number of messages a second, 0 is no limit.

    `draw`: from where all processes together have their turns, as `Store.draw`.
    """

    name = "telegram"

    def __init__(self, client: Client, rate: float, draw: Draw | None = None) -> None:
        """The client is initialised: it knows its name."""
        home = f"https://t.me/{client.username}"
        self.manner = Manner(Medium.TAPPING, home=home)
        self._client, self._limit = client, RateLimit(rate, draw)

    def paint(self, page: Page) -> Sequence[Part]:
        """Messages within Telegram's limits."""
        match page:
            case CardPage():
                return (Message(card_message(page), card=True),)
            case TextPage(live=True):
                return (Message(live_text(page), card=True),)
            case TextPage():
                return [Message(message) for message in text_messages(page)]
            case FilePage():
                return (Upload(page),)
            case RetiredPage(card=card):
                return (Retirement(int(card)),)
            case PreparedPage(message=message):
                return (Message(message),)

    async def turn(self, address: str, urgency: Urgency) -> bool:
        """Wait for a place within Telegram's limits."""
        return await self._limit.turn(address, urgency)

    async def deliver(self, address: str, payload: Part, live: str | None) -> Outcome:
        """One call of the Bot API, or two where a card can no longer be edited."""
        try:
            with odd_answers():
                return await self._call(int(address), payload, live)
        except TelegramError as error:
            return _outcome_of(error)

    async def _call(self, chat: int, part: Part, live: str | None) -> Delivered:
        match part:
            case Message(parameters=parameters, card=True):
                if live is not None and await self._edited(chat, int(live), parameters):
                    return Delivered(harmless=True)
                return Delivered(str(await self._sent(chat, parameters)))
            case Message(parameters=parameters):
                await self._sent(chat, parameters)
            case Upload(page=page):
                await self._upload(chat, page)
            case Retirement(card=card):
                await self._retire(chat, card)
        return Delivered()

    async def _sent(self, chat: int, parameters: Payload) -> int:
        """The number of the message."""
        return int((await self._client.call("sendMessage", chat_id=chat, **parameters))["message_id"])

    async def _edited(self, chat: int, card: int, parameters: Payload) -> bool:
        """False if the message can no longer be edited: deleted, too old, or whatever else Telegram may say."""
        try:
            await self._client.call("editMessageText", chat_id=chat, message_id=card, **parameters)
        except BadRequest as error:
            LOG.debug("a card is not edited: %s", unquoted(error.message))
            return UNCHANGED in error.message.lower()
        return True

    async def _upload(self, chat: int, page: FilePage) -> None:
        """A picture is shown at once; anything else is a file."""
        file = InputFile(page.content, filename=page.name)
        if page.format == Kind.PICTURE:
            await self._client.send_photo(chat, file, caption=page.caption)
        else:
            await self._client.send_document(chat, file, caption=page.caption)

    async def _retire(self, chat: int, card: int) -> None:
        """An old card keeps its text and loses its buttons; one that is gone or too old has none that matter."""
        try:
            await self._client.call("editMessageReplyMarkup", chat_id=chat, message_id=card)
        except BadRequest as error:
            LOG.debug("an old card keeps its buttons: %s", unquoted(error.message))


def _outcome_of(error: TelegramError) -> Outcome:
    match error:
        case Forbidden():
            return Gone()
        case RetryAfter():
            return Later(seconds_of(error))
        case InvalidToken():
            LOG.error("Telegram no longer accepts the token; messages wait")
            return Later(TOKEN_WAIT)
        case BadRequest() | ChatMigrated():
            LOG.error("Telegram refused a message: %s", unquoted(error.message))
            return Refused()
        case _:
            LOG.warning("a message waits (%s)", type(error).__name__)
            return Later()
