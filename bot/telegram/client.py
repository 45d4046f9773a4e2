"""The way to Telegram: python-telegram-bot's Bot, which also gives updates as they came."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TelegramError

from bot.telegram.request import AiohttpRequest

Json = dict[str, Any]
ODD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What the library raises over JSON that is not what Telegram answers."""


@contextmanager
def odd_answers() -> Iterator[None]:
    """An answer that makes no sense is trouble of the network: tried again, and no end of anything."""
    try:
        yield
    except TelegramError:
        raise
    except ODD as error:
        raise NetworkError(f"an answer that makes no sense ({type(error).__name__})") from None


class Client(Bot):
    """python-telegram-bot's methods build objects of whole messages, keyboards included, of which we read nothing.

    That was a fifth of the work for a tap; so what a tap needs is called by name, through the same request objects and
    with the same errors.
    """

    def __init__(self, token: str, base_url: str, sending: AiohttpRequest, polling: AiohttpRequest) -> None:
        super().__init__(
            token,
            base_url=f"{base_url}/bot",
            base_file_url=f"{base_url}/file/bot",
            request=sending,
            get_updates_request=polling,
        )
        self._sending, self._polling = sending, polling

    async def enter(self) -> None:
        """Be ready to call; nothing is asked yet."""
        await self._sending.initialize()
        await self._polling.initialize()

    async def leave(self) -> None:
        """No more calls."""
        await self._sending.shutdown()
        await self._polling.shutdown()

    @property
    def heard(self) -> tuple[float, bool]:
        """When the last call ended, by `time.monotonic`, and whether Telegram answered it."""
        return max(self._sending.heard, self._polling.heard)

    async def call(self, method: str, **parameters: Any) -> Any:
        """A method of the Bot API; its result as JSON. Raises TelegramError."""
        return await self._sending.call(f"{self.base_url}/{method}", parameters)

    async def fetch(self, offset: int, seconds: int, kinds: list[str]) -> list[Json]:
        """Updates from an offset on, waiting so long for the first. Raises TelegramError."""
        asked = {"offset": offset, "timeout": seconds, "allowed_updates": kinds}
        with odd_answers():
            updates = await self._polling.call(f"{self.base_url}/getUpdates", asked, float(seconds))
        if not isinstance(updates, list):
            raise NetworkError("an answer that is no list of updates")
        return updates


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks us to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
