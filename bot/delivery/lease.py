"""Who does what only one process on a database may (poll, look after what is over): by a lease in the database itself.

The holder lets its beat grow. Whoever waits needs no clock in common with it: a beat that has not grown for a while, by
the waiter's own clock, is that of a process that died; one of this very machine is looked for among its processes, so
that a restart waits for nothing.
"""

import asyncio
import logging
import os
import platform
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from uuid import uuid4

from storage.errors import StorageError
from storage.store import Lease, Store

LOG = logging.getLogger("shuping.lease")

HOUSE, TELEGRAM = "house", "telegram"
"""Two leases: who looks after what is over, and who polls Telegram, or tells it where to post; the latter only of those
that have to do with it."""
BEAT_SECONDS = 2.0
DEAD_SECONDS = 8.0
LOOK_SECONDS = 0.5
SHY_SECONDS = 15.0
"""So long does who gave a lease away leave it to others."""
PROC = Path("/proc")


class LostError(Exception):
    """Somebody else has taken the lease; this process must leave it to them."""


def holder_here() -> str:
    """This process: its machine, its namespace of processes, its number, and when it began."""
    return "/".join((*_machine(), str(os.getpid()), _began(os.getpid()) or "?"))


def _machine() -> tuple[str, str]:
    """What tells whether a process number means anything here."""
    boot = space = "?"
    with suppress(OSError):
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    with suppress(OSError):
        space = str((PROC / "self/ns/pid").readlink())
    return f"{platform.node()}.{boot}".replace("/", ""), space


def _began(number: int) -> str | None:
    """When a process began, in ticks since the machine did; "" if it has ended, None if nobody lets us look."""
    try:
        state, *fields = (PROC / str(number) / "stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return None
    return "" if state in "ZX" else fields[18]


def is_gone(holder: str) -> bool:
    """It was a process of this machine, and has ended.

    Of other machines, and where processes are hidden from us, nobody can say.
    """
    node, space, process, began, *_ = [*holder.split("/"), *4 * [""]]
    if (node, space) != _machine() or began in ("?", "") or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)  # nothing is sent; it tells of hidden processes, too
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return _began(int(process)) not in (began, None)


class Ownership:
    """One lease, kept while `keep` runs."""

    def __init__(self, store: Store, name: str = HOUSE, clock: Callable[[], float] = monotonic) -> None:
        self._store, self._name, self._clock = store, name, clock
        self._holder = f"{holder_here()}/{uuid4().hex[:8]}"
        self._held: Lease | None = None
        self._changing = asyncio.Lock()
        self._beaten, self._shy_until = 0.0, float("-inf")
        self.gained, self.lost = asyncio.Event(), asyncio.Event()
        """One of them is set, for whoever has to begin or to end something."""
        self.lost.set()
        self.settled = asyncio.Event()
        """It is known whether it was ours at the first look."""

    @property
    def held(self) -> bool:
        """It is ours, as far as we know."""
        return self._held is not None

    @property
    def silent(self) -> float:
        """Seconds since the lease was renewed; 0 while there is none to be renewed."""
        return self._clock() - self._beaten if self._held else 0.0

    async def acquire(self, tell: Callable[[], None]) -> None:
        """Wait until the lease is ours; `tell` is told, once, that another process holds it.

        A database that is busy, or a disk that is full, passes.
        """
        seen, since, told = None, self._clock(), False
        while True:
            try:
                present = await self._store.lease(self._name)
                if present != seen:
                    seen, since = present, self._clock()
                if await self._take(seen, since):
                    return
                self.settled.set()
            except StorageError as error:
                LOG.error("the lease cannot be had yet: %s", error.trouble.value)  # noqa: TRY400  # a sentence, not a traceback
            else:
                if not told:
                    tell()
                    told = True
            await asyncio.sleep(LOOK_SECONDS)

    async def _take(self, seen: Lease | None, since: float) -> bool:
        if self._clock() < self._shy_until:
            return False
        dead = seen is None or is_gone(seen.holder) or self._clock() - since > DEAD_SECONDS
        return dead and await self._claim(seen)

    async def _claim(self, seen: Lease | None) -> bool:
        began = self._clock()
        self._keep(await self._store.hold(self._name, self._holder, seen) or await self._had(seen))
        if self._held:
            self._beaten = began
        return self._held is not None

    async def _had(self, seen: Lease | None) -> Lease | None:
        """It is ours all the same, if we were told of it over a connection that was lost, and the store tried again."""
        mine = Lease(self._holder, seen.beat + 1 if seen else 0)
        return mine if await self._store.lease(self._name) == mine else None

    def _keep(self, held: Lease | None) -> None:
        self._held = held
        present, past = (self.gained, self.lost) if held else (self.lost, self.gained)
        present.set()
        past.clear()
        if held:
            self.settled.set()

    async def keep(self) -> None:
        """Renew the lease until cancelled. Raises LostError if somebody else has it, or it was given away."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                if not await self._renewed():
                    raise LostError
            except StorageError as error:
                LOG.error("the lease cannot be renewed: %s", error.trouble.value)  # noqa: TRY400  # a sentence, not a traceback

    async def _renewed(self) -> bool:
        async with self._changing:
            return self._held is not None and await self._claim(self._held)

    async def keep_in_turn(self, tell: Callable[[], None]) -> None:
        """Whenever it can be had, keep it, until cancelled; `tell` is told when another process holds it."""
        while True:
            if not self.held:
                await self.acquire(tell)
            with suppress(LostError):
                await self.keep()

    async def give_away(self) -> None:
        """Leave it to another process, a newer one if possible, and do not ask for it again for a while."""
        self._shy_until = self._clock() + SHY_SECONDS
        await self.release()

    async def release(self) -> None:
        """Give it back, so that the next process need not wait."""
        async with self._changing:
            held = self._held
            self._keep(None)
            if held:
                with suppress(StorageError):
                    await self._store.let_go(self._name, held)


async def beats(look: Callable[[], Awaitable[Lease | None]], within: float = DEAD_SECONDS) -> bool:
    """Whether somebody holds the lease and is alive: its beat grows within so many seconds."""
    seen = await look()
    deadline = monotonic() + within
    while monotonic() < deadline:
        await asyncio.sleep(LOOK_SECONDS)
        present = await look()
        if present is not None and present != seen:
            return True
    return False
