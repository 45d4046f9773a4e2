"""Updates on their way in, by polling and webhook alike."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from telegram.error import TelegramError

from bot.delivery.intake import Incoming, Intake
from bot.dialogue.messages import InPublic
from bot.telegram.client import Client, odd_answers
from bot.telegram.updates import Act, act_of
from locales import DEFAULT_LANGUAGE, supported

LOG = logging.getLogger("shuping.reception")

SOON = 0.5
"""Seconds that a button may spin."""


class Reception:
    """Gives to the intake what is ours to answer."""

    def __init__(self, client: Client, intake: Intake) -> None:
        self._client, self._intake = client, intake

    async def take_all(self, updates: Iterable[Any]) -> None:
        """A batch of updates. Raises StorageError if anything could not be saved."""
        acts = [act for update in updates if (act := act_of(update)) and self._is_ours(act)]
        await self._intake.take_all([_incoming(act, self._acknowledgement(act)) for act in acts])

    async def take(self, update: Any) -> bytes:
        """One update; what is to be answered to who posted it. Raises StorageError if it could not be saved.

        A tap is acknowledged in the answer: that is a call less.
        """
        act = act_of(update)
        if act is None or not self._is_ours(act):
            return b""
        taking = self._intake.begin(_incoming(act))
        if act.query is None:
            await taking
            return b""
        late = not (await asyncio.wait({taking}, timeout=SOON))[0]
        if late:  # a button does not spin while a database is busy
            await self._answer(act.query)
        await taking
        return b"" if late else _acknowledged(act.query)

    def _is_ours(self, act: Act) -> bool:
        """What is said to another bot is not for us."""
        return not isinstance(act.message, InPublic) or act.addressee in ("", self._client.username.lower())

    def _acknowledgement(self, act: Act) -> Callable[[], Awaitable[None]] | None:
        query = act.query
        return None if query is None else lambda: self._answer(query)

    async def _answer(self, query: str) -> None:
        try:
            with odd_answers():
                await self._client.call("answerCallbackQuery", callback_query_id=query)
        except TelegramError as error:
            LOG.debug("a tap was not acknowledged: %s", type(error).__name__)


def _incoming(act: Act, acknowledge: Callable[[], Awaitable[None]] | None = None) -> Incoming:
    language = (supported(act.language) if act.language else None) or DEFAULT_LANGUAGE
    return Incoming(act.update, str(act.chat), language, act.message, acknowledge)


def _acknowledged(query: str) -> bytes:
    return json.dumps({"method": "answerCallbackQuery", "callback_query_id": query}).encode()
