"""Where updates come from: our own polling loop. What was committed is confirmed, and nothing else."""

import asyncio
import logging
from collections.abc import Callable

from telegram import Update
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.telegram.line import Line
from bot.telegram.reception import Reception
from storage.errors import StorageError

LOG = logging.getLogger("shuping.intake")

KINDS = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]
LONG_POLL = 30
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0


async def poll(line: Line, reception: Reception, complain: Callable[[str], None]) -> None:
    """Fetch and take updates until cancelled. Telegram drops an update only when a later offset asks for it.

    `complain` is told the name of a trouble when it begins ("conflict", "network", "storage"). Raises
    InvalidToken, which waiting cannot mend.
    """
    offset, pause, trouble = 0, FIRST_PAUSE, ""
    while True:
        try:
            updates = await line.fetch(offset, LONG_POLL, KINDS)
            await reception.take_all(updates)
        except InvalidToken:
            raise
        except (TelegramError, StorageError) as error:
            if (name := name_of(error)) != trouble:
                complain(name)
            trouble = name
            await asyncio.sleep(_wait(error, pause))
            pause = min(LONGEST_PAUSE, pause * 2)
            continue
        offset = max((update["update_id"] for update in updates), default=offset - 1) + 1
        pause, trouble = FIRST_PAUSE, ""


def name_of(error: Exception) -> str:
    """The kind of trouble, which has a sentence `telegram.trouble.<name>`."""
    match error:
        case StorageError():
            return "storage"
        case Conflict():
            return "conflict"
        case NetworkError() if not isinstance(error, BadRequest):
            return "network"
        case _:
            return "other"


def _wait(error: Exception, pause: float) -> float:
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return float(wait if isinstance(wait, int) else wait.total_seconds())
    return pause
