"""How fast to send, and who goes first: so many calls a second in all, about one a second to a chat after a burst.

Who is answering a card goes before first greetings, reminders and files, and a sixth of the places is kept for them: a
flood of strangers costs strangers. Where several hosts send, they share what there is (`bot.delivery.shared_rate`), and
each keeps to the limit by itself, too.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

from bot.delivery.shared_rate import Draw, SharedRate
from storage.outbox import Urgency

CHAT_BURST, CHAT_SECONDS = 3, 1.0
REMEMBERED = 10_000
"""So many chats are remembered, far more than can be written to in the seconds of a burst."""
KEPT = 6
"""One place in so many is kept for who is answering."""
MARGIN = 1.03
"""Calls take a little longer or shorter to arrive than those before them."""


class Places:
    """So many calls at once, each place free again after `seconds`, whether the call was answered or hangs."""

    def __init__(self, number: int, seconds: float) -> None:
        self._free, self._kept, self._seconds = number, number // KEPT, seconds
        self._waiting: list[tuple[Urgency, int, asyncio.Future[None]]] = []
        self._order = count()

    async def take(self, urgency: Urgency) -> bool:
        """Wait for a place, the most urgent first; gives whether that took any time."""
        if not self._waiting and self._fits(urgency):
            self._occupy()
            return False
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (urgency, next(self._order), turn))
        self._grant()
        await turn
        return True

    def _fits(self, urgency: Urgency) -> bool:
        return self._free > (0 if urgency is Urgency.ANSWER else self._kept)

    def _occupy(self) -> None:
        self._free -= 1
        asyncio.get_running_loop().call_later(self._seconds, self._leave)

    def _leave(self) -> None:
        self._free += 1
        self._grant()

    def _grant(self) -> None:
        while self._waiting and (self._waiting[0][2].done() or self._fits(self._waiting[0][0])):
            _, _, turn = heappop(self._waiting)
            if not turn.done():
                self._occupy()
                turn.set_result(None)


class RateLimit:
    """Gives turns. `rate` is a second's worth, of all processes that `draw` from one store; 0 is no limit at all.

    A place is free again a second after the call began, so that calls that hang hold up nobody.
    """

    def __init__(self, rate: float, draw: Draw | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        together = max(1, int(rate))
        self._places = Places(together, together / rate * MARGIN) if rate else None
        self._shared = SharedRate(draw, rate / MARGIN, together // KEPT, clock) if rate and draw else None
        self._chats: OrderedDict[str, float] = OrderedDict()

    async def turn(self, chat: str, urgency: Urgency = Urgency.ANSWER) -> bool:
        """Wait for a turn to send to this chat, and have it; gives whether that took any time."""
        if self._places is None:
            return False
        wait = 0.0 if urgency is Urgency.RETIREMENT else self._wait(chat)
        if wait > 0:
            await asyncio.sleep(wait)
        shared = self._shared is not None and await self._shared.take(urgency)
        return await self._places.take(urgency) or shared or wait > 0

    def _wait(self, chat: str) -> float:
        """Seconds until the chat's turn: each takes one, and a few may be taken in advance."""
        now = self._clock()
        used = max(now, self._chats.pop(chat, now))
        self._chats[chat] = used + CHAT_SECONDS
        if len(self._chats) > REMEMBERED:
            self._chats.popitem(last=False)
        return used - now - (CHAT_BURST - 1) * CHAT_SECONDS
