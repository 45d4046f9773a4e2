"""Takes updates: one chat in order, different chats side by side; returns only when all is committed."""

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakValueDictionary

from telegram import Bot
from telegram.error import TelegramError

from bot.conversation import Outside
from bot.telegram import replies
from bot.telegram.acts import Act, InGroup, Tapped, act_of
from bot.telegram.client import odd_answers
from bot.telegram.commands import shows_archive
from bot.telegram.desk import decide
from bot.telegram.sender import CHAT, Sender
from bot.telegram.visit import Archive, Rules
from bot.words.wording import Medium, wording
from locales import DEFAULT_LANGUAGE, supported
from storage.errors import DamagedRowError, StorageError
from storage.outbox import Urgency
from storage.store import Arrival, Decide, Decision, Store

LOG = logging.getLogger("shuping.reception")

FINISH_SECONDS = 5.0


@dataclass
class Reception:
    """The way in for polling and webhook alike."""

    store: Store
    bot: Bot
    sender: Sender
    outside: Outside
    rules: Rules
    _locks: WeakValueDictionary[int, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def take_all(self, updates: Iterable[Any]) -> None:
        """A batch of updates, each chat's in order. Raises StorageError if anything could not be saved.

        What follows in a chat after an update that could not be saved is left alone, so that order is kept. The work
        goes on if its caller is cancelled; `finish` waits for it.
        """
        lines: dict[int, list[Act]] = {}
        for update in updates:
            if act := self._accept(update):
                lines.setdefault(act.chat, []).append(act)
        await asyncio.shield(self._start(self._take_lines(lines.values())))

    async def _take_lines(self, lines: Iterable[list[Act]]) -> None:
        outcomes = await asyncio.gather(*map(self._take_line, lines), return_exceptions=True)
        if error := next((outcome for outcome in outcomes if isinstance(outcome, BaseException)), None):
            raise error

    async def _take_line(self, acts: Iterable[Act]) -> None:
        for act in acts:
            await self._take(act)

    async def take(self, update: Any) -> None:
        """One update, applied once however often it comes. Raises StorageError if it could not be saved."""
        if act := self._accept(update):
            await self._take(act)

    def _accept(self, update: Any) -> Act | None:
        """What it is; a button's spinner is stopped at once, whatever comes of the tap."""
        act = act_of(update)
        if isinstance(act, Tapped):
            self._start(self._answer(act.query))
        return act

    async def _take(self, act: Act) -> None:
        lock = self._locks.get(act.chat) or asyncio.Lock()
        self._locks[act.chat] = lock
        async with lock:
            try:
                await self._act(act)
            except DamagedRowError:  # waiting would not mend it, and would hold up everybody else
                LOG.error("what is stored of a chat cannot be read; update %d is passed over", act.update)  # noqa: TRY400  # a sentence, not a traceback
            except StorageError:
                raise
            except Exception:
                LOG.exception("update %d could not be handled and is passed over", act.update)
                await self._apply(f"{CHAT}{act.chat}", act, lambda _: Decision())

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Work that `finish` waits for."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # whoever still waits for the work is told; nobody else needs to know

    async def _answer(self, query: str) -> None:
        try:
            with odd_answers():
                await self.bot.answer_callback_query(query)
        except TelegramError as error:
            LOG.debug("a tap was not acknowledged: %s", type(error).__name__)

    async def _act(self, act: Act) -> None:
        chat = f"{CHAT}{act.chat}"
        if isinstance(act, InGroup):
            await self._point_home(chat, act)
        else:
            await self._decide(chat, act)

    async def _decide(self, chat: str, act: Act) -> None:
        now, fresh = self.outside.now(), self.outside.fresh_id()
        archive = await self._archive(chat, act)
        await self._apply(chat, act, lambda state: decide(act, state, now, fresh, self.rules, archive))

    async def _apply(self, chat: str, act: Act, decide: Decide) -> None:
        """Commit, then send; what is to be sent later is left to the sender's clock."""
        arrival = Arrival(act.update, self.outside.now())
        applied = await self.store.apply(chat, decide, arrival)
        if applied is None:
            return
        if applied.due is not None:
            self.sender.wake(chat, applied.due)
        for outgoing in applied.decision.outbox:
            self.sender.take_up(chat, outgoing)

    async def _archive(self, chat: str, act: Act) -> Archive:
        if not shows_archive(act):
            return Archive()
        return Archive(tuple(await self.store.history(chat)))

    async def _point_home(self, chat: str, act: InGroup) -> None:
        """Private chats only: in a group there is just a link. What is said to another bot is not for us."""
        if act.addressee not in ("", self.bot.username.lower()):
            return
        language = (supported(act.language) if act.language else None) or DEFAULT_LANGUAGE
        text = wording(language, Medium.TAPPING).text("telegram.group", link=f"https://t.me/{self.bot.username}")
        message = replace(replies.text(text, self.outside.now()), urgency=Urgency.GREETING)
        await self._apply(chat, act, lambda _: Decision(outbox=(message,)))

    async def finish(self) -> None:
        """Let what was begun be stored, and acknowledgements arrive."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=FINISH_SECONDS)
