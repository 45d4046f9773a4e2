"""The line to Telegram: python-telegram-bot's Bot, which also gives updates as they came."""

from typing import Any

from telegram import Bot

Json = dict[str, Any]


class Line(Bot):
    """`get_updates` builds objects of whole messages, keyboards included, of which we read four fields.

    That was a sixth of the work for a tap, so updates are fetched by the method below, through the same request
    object and with the same errors.
    """

    async def fetch(self, offset: int, seconds: int, kinds: list[str]) -> list[Json]:
        """Updates from an offset on, waiting so long for the first. Raises TelegramError."""
        asked = {"offset": offset, "timeout": seconds, "allowed_updates": kinds}
        updates: list[Json] = await self._post("getUpdates", asked, read_timeout=float(seconds))
        return updates
