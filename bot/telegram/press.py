"""Files on Telegram, reports and exports: made from what is stored when their turn comes, beside the conversation.

What makes them is imported for the first report, since most days of a bot have none.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic_core import to_json
from telegram import Bot, InputFile

from bot.delivery.patience import insist
from bot.reports.export import stored_data
from bot.reports.render import Kind
from bot.telegram.replies import EXPORT
from bot.telegram.visit import Rules, zone_of
from bot.words.wording import Medium, Wording, wording
from flows.session import Assessment, Session
from locales import DEFAULT_LANGUAGE
from storage.outbox import Urgency
from storage.store import Store

if TYPE_CHECKING:
    from bot.reports.pool import Pool

LOG = logging.getLogger("shuping.press")

IN_HAND = 8
"""So many files are in memory at once, however many are asked for."""
QUEUE, MOST = 3, 100
"""With so many files before one's own, it is worth a word; with so many, waiting would take longer than people do."""
EVER, MANY = datetime.max.replace(tzinfo=UTC), 1000


@dataclass(frozen=True, slots=True)
class Upload:
    """A report as a file."""

    kind: Kind | None
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
    """Makes files, and holds only a few at a time: they wait for their turn to be sent as wishes, not as megabytes."""

    def __init__(self, store: Store, rules: Rules) -> None:
        self._store, self._rules = store, rules
        self._places = asyncio.Semaphore(IN_HAND)
        self._asked = 0

    @cached_property
    def _pool(self) -> "Pool":
        from bot.reports.pool import Pool

        return Pool()

    async def close(self) -> None:
        """End what makes reports, if there ever were any."""
        if "_pool" in vars(self):
            await self._pool.close()

    @asynccontextmanager
    async def printed(self, chat: str, kind: Kind | None, now: datetime, tell: Tell) -> AsyncIterator[Printed | None]:
        """A report, or without a kind the export, as things are now; None if all was deleted meanwhile.

        `tell` is told of a long queue. What cannot be made is an apology, since trying again would not mend it.
        """
        words = await insist(lambda: self._words(chat))
        if self._asked >= MOST:
            yield Apology(words.text("report.crowded"))
            return
        ahead, self._asked = self._asked, self._asked + 1
        try:
            if ahead >= QUEUE:
                await tell(words.text("report.queue", ahead=ahead))
            async with self._places:
                yield await insist(lambda: self._made(chat, kind, now))
        finally:
            self._asked -= 1

    async def _words(self, chat: str) -> Wording:
        session = (await self._store.state(chat)).session
        return wording(session.language if session else DEFAULT_LANGUAGE, Medium.TAPPING)

    async def _made(self, chat: str, kind: Kind | None, now: datetime) -> Printed | None:
        state = await self._store.state(chat)
        if state.session is None:
            return None
        words = wording(state.session.language, Medium.TAPPING)
        today = now.astimezone(zone_of(state.contact, self._rules)).date()
        if kind is None:
            return await self._export(chat, words, today)
        history = await self._store.history(chat)
        return await self._report(kind, state.session, history, words, today)

    async def _report(
        self, kind: Kind, session: Session, history: list[Assessment], words: Wording, today: date
    ) -> Printed:
        from bot.reports.pool import Crowded
        from bot.reports.sources import report_of_session

        try:
            report = report_of_session(session, history, words, today)
            content = await self._pool.render(kind, report)
        except Crowded:
            return Apology(words.text("report.crowded"))
        except Exception:
            LOG.exception("a report (%s) could not be made", kind.value)
            return Apology(words.text("report.failed"))
        caption = report.caption if kind is Kind.PICTURE else words.text(f"report.caption.{kind.value}")
        return Upload(kind, content, f"shuping-{today}.{kind.value}", caption)

    async def _export(self, chat: str, words: Wording, today: date) -> Upload:
        """All that is stored about a person; written beside the loop, since it may be long."""
        state, history, log = (
            await self._store.state(chat),
            await self._store.history(chat),
            await self._store.log(chat),
        )
        waiting = await self._store.due(EVER, MANY, chat)
        texts = [queued for queued in waiting if queued.urgency is not Urgency.FILE]
        content = await asyncio.to_thread(lambda: to_json(stored_data(chat, state, history, log, texts), indent=1))
        return Upload(None, content, f"shuping-{today}.{EXPORT}", words.text("mydata"))

    async def refused(self, chat: str) -> Apology:
        """Telegram did not take the file. Raises StorageError."""
        return Apology((await self._words(chat)).text("report.refused"))
