"""Where updates come from: our own polling loop. What was committed is confirmed, and nothing else."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Update
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.telegram.client import Client, odd_answers, seconds_of
from bot.telegram.updates import update_id_of
from storage.errors import StorageError, is_newer

LOG = logging.getLogger("shuping.polling")

KINDS = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]
LONG_POLL = 30
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
SECOND_LOOK = 2.0
UNCONFIRMED = 1.0
LONGEST_REFUSAL = 3600.0


Take = Callable[[list[Any]], Awaitable[None]]
"""Takes a batch of updates; raises StorageError if anything could not be saved."""


async def poll(client: Client, take: Take, complain: Callable[[str], None]) -> None:
    """Fetch and take updates until cancelled. Telegram drops an update only when a later offset asks for it.

    `complain` is told the name of a trouble when it begins ("conflict", "network", "storage", "newer"). Returns once an
    update is about what a newer program wrote; it stays with Telegram. Raises InvalidToken, which waiting cannot mend.
    """
    offset, pause, trouble = 0, FIRST_PAUSE, ""
    while True:
        try:
            updates = await client.fetch(offset, LONG_POLL, KINDS)
            await take(updates)
        except InvalidToken:
            await insist_on_token(client)
            continue
        except (TelegramError, StorageError) as error:
            if (name := name_of(error)) != trouble:
                complain(name)
            if is_newer(error):
                return
            trouble = name
            await asyncio.sleep(wait_after(error, pause))
            pause = min(LONGEST_PAUSE, pause * 2)
            continue
        numbers = [number for update in updates if (number := update_id_of(update)) is not None]
        if updates and not numbers:  # nothing can be confirmed, and the same would come again at once
            await asyncio.sleep(UNCONFIRMED)
        offset = max(numbers, default=offset - 1) + 1
        pause, trouble = FIRST_PAUSE, ""


async def insist_on_token(client: Client) -> None:
    """One "unauthorized" may be a mishap of Telegram's: raises InvalidToken only if a second look finds the same."""
    await asyncio.sleep(SECOND_LOOK)
    try:
        with odd_answers():
            await client.get_me()
    except InvalidToken:
        raise
    except TelegramError as error:
        LOG.debug("the token could not be looked at again: %s", type(error).__name__)


def name_of(error: Exception) -> str:
    """The kind of trouble, which has a sentence `serving.<name>`."""
    match error:
        case StorageError():
            return "newer" if is_newer(error) else "storage"
        case Conflict():
            return "conflict"
        case NetworkError() if not isinstance(error, BadRequest):
            return "network"
        case _:
            return "other"


def wait_after(error: Exception, pause: float) -> float:
    """Seconds until the next try: what Telegram asks for, else the pause."""
    return min(LONGEST_REFUSAL, seconds_of(error)) if isinstance(error, RetryAfter) else pause
