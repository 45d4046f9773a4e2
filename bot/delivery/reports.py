"""Files, reports and exports: made from what is stored when their turn comes, beside the conversation.

What makes them is imported for the first report, since most days of a bot have none.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import date, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

from bot.delivery.patience import insist
from bot.dialogue.commands import EXPORT
from bot.dialogue.context import Rules
from bot.dialogue.pages import FilePage, Page, TextPage
from bot.dialogue.reader import as_read
from bot.dialogue.replies import File
from bot.observing.observer import UNOBSERVED, Made, Observer, Report
from bot.reports.export import stored_file
from bot.reports.render import PACK, Kind
from bot.words.history import find_past
from bot.words.sections import Section
from bot.words.wording import Medium, Wording, words_of
from flows.session import Assessment, Session
from storage.outbox import Queued
from storage.store import State, Store

if TYPE_CHECKING:
    from bot.reports.pool import Pool
    from bot.reports.register import Handed

LOG = logging.getLogger("shuping.reports")

IN_HAND = 8
"""So many files are in memory at once, however many are asked for."""
QUEUE, MOST = 3, 100
"""With so many files before one's own, it is worth a word; with so many, waiting would take longer than people do."""
Tell = Callable[[Page], Awaitable[None]]
Drawn = tuple[Page, Sequence["Handed"]]
"""A file, or an apology; and the papers in it, to be noted before it is handed out."""


class Reports:
    """Makes files, and holds only a few at a time: they wait for their turn to be sent as wishes, not as megabytes."""

    largest = 50_000_000
    """Bytes of an export; Telegram takes no larger file."""

    def __init__(self, store: Store, rules: Rules, observer: Observer = UNOBSERVED) -> None:
        self._store, self._rules, self._observer = store, rules, observer
        self._places, self._exporting = asyncio.Semaphore(IN_HAND), asyncio.Semaphore(1)
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
    async def made(
        self, queued: Queued, wanted: File, medium: Medium, now: datetime, tell: Tell
    ) -> AsyncIterator[Page | None]:
        """A report, or the export ("json"), as things are now; None if all was deleted meanwhile.

        `tell` is told of a long queue, and of what cannot be printed. What cannot be made is an apology, since trying
        again would not mend it.
        """
        state = await insist(lambda: self._state(queued.window, queued.dossier))
        if state.session is None:
            yield None
            return
        words = words_of(state.session, medium)
        if self._asked >= MOST:
            self._observer.reported(wanted.format, Made.CROWDED, 0.0)
            yield apology(words.text("report.crowded"))
            return
        with self._waiting() as ahead:
            if lacking := await self._lacking(state, wanted, words):
                await tell(apology(lacking))
            if ahead >= QUEUE:
                await tell(apology(words.text("report.queue", ahead=ahead)))
            async with self._places:
                yield await insist(lambda: self._file(queued.window, queued.dossier, wanted, medium, now))

    async def _lacking(self, state: State, wanted: File, words: Wording) -> str:
        """What the file will not show of the firm, as it is now or was then; "" if nothing."""
        from bot.reports.lacking import told_before

        if wanted.format == EXPORT or state.session is None or state.dossier is None:
            return ""
        found = await insist(lambda: self._assessment(wanted, state))
        return told_before(found[0].firm, wanted.format, words.text) if found else ""

    async def _state(self, window: str, dossier: str | None) -> State:
        """What is stored, as this reader reads it: a file is in the language of the card where it was asked for."""
        return as_read(await self._store.state(window, dossier))

    async def at_once(self, window: str, dossier: str, wanted: File, medium: Medium, now: datetime) -> Page | None:
        """The same for whoever waits for it: None if there is nothing. Raises StorageError."""
        if self._asked >= MOST:
            self._observer.reported(wanted.format, Made.CROWDED, 0.0)
            state = await self._state(window, dossier)
            return apology(words_of(state.session, medium).text("report.crowded")) if state.session else None
        with self._waiting():
            async with self._places:
                return await self._file(window, dossier, wanted, medium, now)

    @contextmanager
    def _waiting(self) -> Iterator[int]:
        """One that is asked for; gives how many are before it."""
        self._asked += 1
        try:
            yield self._asked - 1
        finally:
            self._asked -= 1

    async def _file(self, window: str, dossier: str | None, wanted: File, medium: Medium, now: datetime) -> Page | None:
        state = await self._state(window, dossier)
        if state.session is None or state.dossier is None:
            return None
        words = words_of(state.session, medium)
        today = now.astimezone(self._rules.zone_of(state.window)).date()
        with self._observer.report(wanted.format) as observed:
            if wanted.format == EXPORT:
                return await self._export(window, words, today, observed)
            page, handed = await self._report(wanted, state, words, today, observed)
        return page if await self._noted(state.dossier, handed, now) else None

    async def _noted(self, dossier: str, handed: Sequence["Handed"], now: datetime) -> bool:
        """Papers are in the register before anybody has them; false if their dossier is gone. Raises StorageError."""
        if not handed:
            return True
        from bot.reports.register import register

        return await register(self._store, dossier, handed, now)

    async def _report(self, wanted: File, state: State, words: Wording, today: date, observed: Report) -> Drawn:
        from bot.reports.errors import ReportError
        from bot.reports.pool import Crowded

        found = await self._assessment(wanted, state)
        if found is None:
            observed.made = Made.NOTHING
            return apology(words.text("history.past.unknown" if wanted.past else "report.trouble.not_final")), ()
        try:
            made = self._pack if wanted.format == PACK else partial(self._paper, kind=Kind(wanted.format))
            return await made(*found, words, today)
        except ReportError as error:
            observed.made = Made.NOTHING
            return apology(words.text(f"report.trouble.{error.trouble.value}", **error.details)), ()
        except Crowded:
            observed.made = Made.CROWDED
            return apology(words.text("report.crowded")), ()
        except Exception:
            observed.made = Made.FAILED
            LOG.exception("a report (%s) could not be made", wanted.format)
            return apology(words.text("report.failed")), ()

    async def _assessment(self, wanted: File, state: State) -> tuple[Session, Sequence[Assessment]] | None:
        """What a file is of, and what came before it. A pack is of what was finished last; None if there is nothing."""
        from bot.reports.sources import before_it, finished_last, finished_session

        if state.session is None or state.dossier is None:
            raise AssertionError("a report is of a session")
        session, history = state.session, await self._store.history(state.dossier)
        if not wanted.past:
            return finished_last(session, history) if wanted.format == PACK else (session, history)
        entry = find_past(history, wanted.past)
        if entry is None:
            return None
        return finished_session(entry, session.language, session.firm), before_it(entry, history)

    async def _paper(
        self, session: Session, history: Sequence[Assessment], words: Wording, today: date, *, kind: Kind
    ) -> Drawn:
        from bot.reports.compose import compose
        from bot.reports.register import Handed
        from bot.reports.sources import paper_of_session

        issuer = self._rules.issuer
        paper = paper_of_session(session, history, today, address=issuer.address, zone=self._rules.zone)
        report = compose(paper, issuer.seal(paper))
        content = await self._pool.render(kind, report)
        caption = report.caption if kind is Kind.PICTURE else words.text(f"report.caption.{kind.value}")
        handed = () if kind is Kind.PICTURE else (Handed(session.id, paper, report),)  # a picture carries no code
        return FilePage(kind.value, content, f"shuping-{today}.{kind.value}", caption), handed

    async def _pack(self, session: Session, history: Sequence[Assessment], words: Wording, today: date) -> Drawn:
        """Its members are made one by one, so that others have their turn in between."""
        from bot.reports.pack import pack_of_session
        from bot.reports.register import handed_in

        pack = pack_of_session(session, history, today, issuer=self._rules.issuer, zone=self._rules.zone)
        made = {one.name: await self._pool.render(one.kind, one.content) for one in pack.drawn()}
        name = f"shuping-{pack.reports['after'].seal.number}.{PACK}"
        page = FilePage(PACK, pack.zipped(made), name, words.text(f"report.caption.{PACK}"))
        return page, handed_in(pack, session, history)

    async def _export(self, window: str, words: Wording, today: date, observed: Report) -> Page:
        """All that is stored about a person, of one person after the other, since it may be much."""
        async with self._exporting:
            content = await stored_file(self._store, window, self.largest)
        if content is None:
            observed.made = Made.TOO_LARGE
            return apology(words.text("mydata.too_much"))
        return FilePage(EXPORT, content, f"shuping-{today}.{EXPORT}", words.text("mydata"))


def apology(sentence: str) -> TextPage:
    """What is said in the place of a file that could not be made, or was not taken."""
    return TextPage((Section("", (sentence,)),))
