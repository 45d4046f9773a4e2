"""Takes what people do: one window in order, different ones side by side; returns only when all is committed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from bot.delivery.channel import Channel
from bot.delivery.worker import Worker
from bot.dialogue.context import Context, Outside, Rules
from bot.dialogue.firms import hash_of
from bot.dialogue.messages import Followed, Message
from bot.dialogue.respond import respond
from bot.observing.observer import UNOBSERVED, Observer
from scoring.rubric import Rubric
from storage.errors import DamagedRowError, StorageError
from storage.store import Applied, Arrival, Decide, Decision, Store

LOG = logging.getLogger("shuping.intake")

FINISH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message with where it comes from: the channel's id of the update, an address, the language of the person.

    `acknowledge` tells the channel at once that it came, whatever comes of it.
    """

    update: int
    address: str
    language: str
    message: Message
    acknowledge: Callable[[], Awaitable[None]] | None = None


@dataclass
class Intake:
    """The way in of one channel."""

    store: Store
    channel: Channel
    worker: Worker
    outside: Outside
    rules: Rules
    rubric: Rubric
    observer: Observer = UNOBSERVED
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """For order alone: being right is the store's affair."""
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def take_all(self, arrived: Iterable[Incoming]) -> None:
        """A batch, each window's in order. Raises StorageError if anything could not be saved.

        What follows in a window after something that could not be saved is left alone, so that order is kept. The work
        goes on if its caller is cancelled; `finish` waits for it.
        """
        lines: dict[str, list[Incoming]] = {}
        for incoming in arrived:
            self.acknowledge(incoming)
            lines.setdefault(incoming.address, []).append(incoming)
        await asyncio.shield(self._start(self._take_lines(lines.values())))

    async def _take_lines(self, lines: Iterable[list[Incoming]]) -> None:
        outcomes = await asyncio.gather(*map(self._take_line, lines), return_exceptions=True)
        if error := next((outcome for outcome in outcomes if isinstance(outcome, BaseException)), None):
            raise error

    async def _take_line(self, line: Iterable[Incoming]) -> None:
        for incoming in line:
            await self.take(incoming)

    def begin(self, incoming: Incoming) -> "asyncio.Task[None]":
        """`take` one message, also should nobody wait for it any more."""
        return self._start(self.take(incoming))

    def acknowledge(self, incoming: Incoming) -> None:
        """A button's spinner is stopped at once, whatever comes of the tap."""
        if incoming.acknowledge:
            self._start(incoming.acknowledge())

    async def take(self, incoming: Incoming) -> None:
        """One message, applied once however often it comes. Raises StorageError if it could not be saved."""
        lock = self._locks.get(incoming.address) or asyncio.Lock()
        self._locks[incoming.address] = lock
        async with lock:
            try:
                await self._respond(incoming)
            except DamagedRowError:  # waiting would not mend it, and would hold up everybody else
                LOG.error("what is stored of somebody cannot be read; update %d is passed over", incoming.update)  # noqa: TRY400  # a sentence, not a traceback
            except StorageError:
                raise
            except Exception:
                LOG.exception("update %d could not be handled and is passed over", incoming.update)
                await self._apply(incoming, lambda _: Decision())

    async def _respond(self, incoming: Incoming) -> None:
        context = Context(
            window=self._window(incoming),
            language=incoming.language,
            now=self.outside.now(),
            fresh=self.outside.fresh(),
            rules=self.rules,
            manner=self.channel.manner,
            rubric=self.rubric,
        )
        with self.observer.update(self.channel.name) as update:
            update.came_to(await self._apply(incoming, lambda state: respond(incoming.message, state, context)))

    def _window(self, incoming: Incoming) -> str:
        return f"{self.channel.name}:{incoming.address}"

    async def _apply(self, incoming: Incoming, decide: Decide) -> Applied | None:
        """Commit, then send; what was stored, if it is anything new."""
        window, message = self._window(incoming), incoming.message
        arrival = Arrival(self.channel.name, incoming.update, self.outside.now())
        link = hash_of(message) if isinstance(message, Followed) else None
        asked = self.worker.moment()
        applied = await self.store.apply(window, decide, arrival, link=link, claim=self.worker.claim())
        if applied is None:  # it came twice; or was stored just now, and the connection lost that was to tell of it
            self.worker.look()
        else:
            self.worker.take_up(window, applied, asked)
        return applied

    def _start(self, work: Coroutine[Any, Any, None] | Awaitable[None]) -> asyncio.Task[None]:
        """Work that `finish` waits for."""
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # whoever still waits for the work is told; nobody else needs to know

    async def finish(self) -> None:
        """Let what was begun be stored, and acknowledgements arrive."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=FINISH_SECONDS)
