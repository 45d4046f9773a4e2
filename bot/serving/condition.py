"""How a process is: whether it lives and moves, and whether it should be asked. Monitors and balancers want to know.

That it answers at all shows that its event loop turns. What is looked up in the database is kept for a while, and is
looked up once at a time, however many ask.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from time import monotonic
from typing import Generic, TypeVar

from bot.delivery.lease import Ownership
from bot.delivery.worker import Worker
from storage.errors import StorageError
from storage.store import Store

T = TypeVar("T")

LEASE_SECONDS = 30.0
"""A lease that is held, and was not renewed for so long."""
LOOK_SECONDS = 90.0
"""The worker looks every 15 seconds at the latest, and tries each minute while the database does not answer."""
SENDING_SECONDS = 180.0
"""Something is being sent, and for so long nothing has got on: longer than any call, and than any report takes."""
KEPT_SECONDS = 1.0
PATIENCE_SECONDS = 2.0
ASKED_LATELY, LEAVE_SECONDS = 30.0, 5.0
"""Whoever has asked so lately whether to send people here is given so long to notice that we leave."""
NOBODY = "health:"
"""A window that is not there."""


class Kept(Generic[T]):
    """What a call gave, for some `seconds`, and for so many `times` as long as it took. One is under way at most.

    While the next one is, what the one before gave still counts for `meanwhile` seconds. None: the last one failed, or
    takes too long.
    """

    def __init__(
        self,
        call: Callable[[], Awaitable[T]],
        seconds: float,
        times: float = 0.0,
        meanwhile: float = 0.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._call, self._clock = call, clock
        self._seconds, self._times, self._meanwhile = seconds, times, meanwhile
        self._asking: asyncio.Task[None] | None = None
        self._asked = self._until = float("-inf")
        self._found: T | None = None

    async def get(self) -> T | None:
        """It, as fresh as that; waits for some seconds."""
        if self._asking is None or (self._asking.done() and self._clock() >= self._until):
            self._asked, self._asking = self._clock(), asyncio.create_task(self._ask())
        await asyncio.wait({self._asking}, timeout=PATIENCE_SECONDS)
        return self.last

    @property
    def last(self) -> T | None:
        """What was found last."""
        under_way = self._asking is not None and not self._asking.done()
        return None if under_way and self._clock() - self._asked >= self._meanwhile else self._found

    async def _ask(self) -> None:
        try:
            self._found = await self._call()
        except StorageError:
            self._found = None
        finally:
            now = self._clock()
            self._until = max(self._asked + self._seconds, now + self._times * (now - self._asked))

    async def close(self) -> None:
        """End what is under way."""
        if self._asking:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)


class Condition:
    """`telegram`: it is a part of this process, and has to be `reached` once. `stop`: we were told to end."""

    def __init__(
        self,
        store: Store,
        worker: Worker,
        ownerships: Collection[Ownership],
        stop: asyncio.Event,
        *,
        telegram: bool,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._worker, self._ownerships, self._stop, self.telegram = worker, ownerships, stop, telegram
        self._clock = clock
        self._database = Kept(lambda: _answers(store), KEPT_SECONDS, clock=clock)
        self._asked = float("-inf")
        self.reached = self.answers = False
        """Telegram has let us begin; it answers now."""

    @property
    def alive(self) -> bool:
        """It moves: the leases that it holds are renewed, it looks for what is due, what it sends gets on."""
        return (
            all(ownership.silent < LEASE_SECONDS for ownership in self._ownerships)
            and self._worker.silent < LOOK_SECONDS
            and self._worker.stuck < SENDING_SECONDS
        )

    async def ready(self) -> dict[str, bool]:
        """Of each thing without which nobody should be sent here, whether it is so."""
        self._asked = self._clock()
        await self._database.get()
        return self._found()

    def _found(self) -> dict[str, bool]:
        found = {"database": self._database.last is True, "staying": not self._stop.is_set()}
        return {**found, "telegram": self.reached} if self.telegram else found

    async def is_ready(self) -> bool:
        """The same, for whoever sends nobody here."""
        await self._database.get()
        return self.was_ready

    @property
    def was_ready(self) -> bool:
        """As far as was looked last."""
        return all(self._found().values())

    def heard(self, answered: bool) -> None:
        """Telegram was asked something."""
        self.answers = answered

    async def leave(self) -> None:
        """We were told to end: go on until those who send people here have noticed, if there are any."""
        if self._clock() - self._asked < ASKED_LATELY:
            await asyncio.sleep(LEAVE_SECONDS)

    async def close(self) -> None:
        """Ask nothing more."""
        await self._database.close()


async def _answers(store: Store) -> bool:
    """Raises StorageError."""
    await store.state(NOBODY)
    return True
