"""How fast to send: so many messages a second in all, and about one a second to a chat after a short burst."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

CHAT_BURST, CHAT_SECONDS = 3, 1.0
REMEMBERED = 10_000
"""So many chats are remembered, far more than can be written to in the seconds of a burst."""


class Pace:
    """Gives turns in the order in which they are asked for. `rate` is a second's worth; 0 is no limit at all.

    A place is free again a second after the answer to the message that took it, so that Telegram, however long
    calls are under way, never sees more than a second's worth in a second.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        together = max(1, int(rate))
        self._seconds = together / rate if rate else 0.0
        self._places = asyncio.Semaphore(together)
        self._chats: OrderedDict[str, float] = OrderedDict()

    @asynccontextmanager
    async def turn(self, chat: str) -> AsyncIterator[bool]:
        """Wait for a turn to send to this chat, and have it; gives whether that took any time."""
        if not self._seconds:
            yield False
            return
        wait = self._wait(chat)
        if wait > 0:
            await asyncio.sleep(wait)
        full = self._places.locked()
        await self._places.acquire()
        try:
            yield wait > 0 or full
        finally:
            asyncio.get_running_loop().call_later(self._seconds, self._places.release)

    def _wait(self, chat: str) -> float:
        """Seconds until the chat's turn: each takes one, and a few may be taken in advance."""
        now = self._clock()
        used = max(now, self._chats.pop(chat, now))
        self._chats[chat] = used + CHAT_SECONDS
        if len(self._chats) > REMEMBERED:
            self._chats.popitem(last=False)
        return used - now - (CHAT_BURST - 1) * CHAT_SECONDS
