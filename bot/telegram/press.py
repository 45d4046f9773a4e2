"""Reports on Telegram: made from what is stored when their turn comes, beside the conversation.

What makes them is imported for the first report, since most days of a bot have none.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from telegram import Bot, InputFile

from bot.reports.render import Kind
from bot.telegram.visit import Rules, zone_of
from bot.wording import Medium, wording
from locales import DEFAULT_LANGUAGE
from storage.store import Store

if TYPE_CHECKING:
    from bot.reports.pool import Pool

LOG = logging.getLogger("shuping.press")

QUEUE = 3
"""With so many reports before one's own, it is worth a word."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A report as a file."""

    kind: Kind
    content: bytes
    name: str
    caption: str

    async def send(self, bot: Bot, chat: int) -> None:
        """A picture is shown at once; anything else is a file. Raises TelegramError."""
        file = InputFile(self.content, filename=self.name)
        if self.kind is Kind.PICTURE:
            await bot.send_photo(chat, file, caption=self.caption)
        else:
            await bot.send_document(chat, file, caption=self.caption)


@dataclass(frozen=True, slots=True)
class Apology:
    """A sentence in the place of a report that could not be made."""

    text: str

    async def send(self, bot: Bot, chat: int) -> None:
        """Raises TelegramError."""
        await bot.send_message(chat, self.text)


Printed = Upload | Apology
Tell = Callable[[str], Awaitable[None]]


class Press:
    """Makes reports, a few at a time."""

    def __init__(self, store: Store, rules: Rules) -> None:
        self._store, self._rules = store, rules

    @cached_property
    def _pool(self) -> "Pool":
        from bot.reports.pool import Pool

        return Pool()

    async def close(self) -> None:
        """End what makes reports, if there ever were any."""
        if "_pool" in vars(self):
            await self._pool.close()

    async def print(self, chat: str, kind: Kind, now: datetime, tell: Tell) -> Printed | None:
        """The report of what is stored now; None if that was deleted. `tell` is told of a long queue.

        A report that cannot be made is an apology, since trying again would not mend it. Raises StorageError.
        """
        from bot.reports.pool import Crowded
        from bot.reports.sources import report_of_session

        state = await self._store.state(chat)
        if state.session is None:
            return None
        words = wording(state.session.language, Medium.TAPPING)
        today = now.astimezone(zone_of(state.contact, self._rules)).date()
        report = report_of_session(state.session, await self._store.history(chat), words, today)
        if self._pool.waiting >= QUEUE:
            await tell(words.text("report.queue", ahead=self._pool.waiting))
        try:
            content = await self._pool.render(kind, report)
        except Crowded:
            return Apology(words.text("report.crowded"))
        except Exception:
            LOG.exception("a report (%s) could not be made", kind.value)
            return Apology(words.text("report.failed"))
        caption = report.caption if kind is Kind.PICTURE else words.text(f"report.caption.{kind.value}")
        return Upload(kind, content, f"shuping-{today}.{kind.value}", caption)

    async def refused(self, chat: str) -> Apology:
        """Telegram did not take the file. Raises StorageError."""
        session = (await self._store.state(chat)).session
        words = wording(session.language if session else DEFAULT_LANGUAGE, Medium.TAPPING)
        return Apology(words.text("report.refused"))
