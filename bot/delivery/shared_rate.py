"""One limit for all processes on a store: turns are drawn from there a few at a time, and used up within a second.

So a draw serves several sends, and one that finds a turn in hand waits for no round trip. As many are drawn ahead as
were used within the last half second: who sends little keeps nothing from others. Who answers a card draws from all
there is, everybody else leaves the last few.
"""

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from heapq import heapify, heappop, heappush
from itertools import count

from storage.errors import StorageError
from storage.outbox import Urgency

LOG = logging.getLogger("shuping.rate")

IN_HAND_SECONDS = 1.0
AHEAD = 2
"""A turn is drawn ahead for so many that were used within a second."""
PART = 4
"""A draw takes a quarter of a second's worth at most, so that all processes come to theirs."""
LONGEST_LOOK = 0.25
"""So many seconds at most until it is asked again whether there are turns."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0
"""After the store did not answer."""

Draw = Callable[[int, float, int], Awaitable[int | None]]
"""Takes up to so many turns, at this rate, and leaves so many to others, as `Store.draw`."""
Clock = Callable[[], float]


class SharedRate:
    """Gives turns that all processes share, `rate` a second, the last `kept` of them only to answers."""

    def __init__(self, draw: Draw, rate: float, kept: int, clock: Clock = time.monotonic) -> None:
        self._answers, self._others = Line(draw, rate, 0, clock), Line(draw, rate, kept, clock)

    async def take(self, urgency: Urgency) -> bool:
        """Wait for a turn; gives whether it took longer than to ask for it."""
        line = self._answers if urgency is Urgency.ANSWER else self._others
        return await line.take(urgency)


class Line:
    """Those who leave the last `kept` turns to others: who waits, the most urgent first, and what is in hand."""

    def __init__(self, draw: Draw, rate: float, kept: int, clock: Clock = time.monotonic) -> None:
        self._draw, self._rate, self._kept, self._clock = draw, rate, kept, clock
        self._waiting: list[tuple[Urgency, int, asyncio.Future[bool]]] = []
        self._order = count()
        self._in_hand: deque[float] = deque()
        """When they were drawn."""
        self._used: deque[float] = deque()
        """When turns were used, within the last second."""
        self._alone = False
        self._drawing: asyncio.Task[None] | None = None

    async def take(self, urgency: Urgency) -> bool:
        """Wait for a turn; gives whether it took longer than to ask for it."""
        if self._alone:
            return False
        self._forget_what_is_over()
        if self._in_hand and not self._waiting:
            self._in_hand.popleft()
            self._used.append(self._clock())
            return False
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (urgency, next(self._order), turn))
        if self._drawing is None:
            self._drawing = asyncio.create_task(self._serve())
        return await turn

    def _forget_what_is_over(self) -> None:
        over = self._clock() - IN_HAND_SECONDS
        for times in (self._in_hand, self._used):
            while times and times[0] <= over:
                times.popleft()

    async def _serve(self) -> None:
        """Draw until nobody waits."""
        waited = False
        try:
            while waiting := self._still_waiting():
                if pause := await self._serve_some(waiting, waited=waited):
                    waited = True
                    await asyncio.sleep(pause)
        finally:
            self._drawing = None

    def _still_waiting(self) -> int:
        """How many wait; who gave up is forgotten."""
        self._waiting = [one for one in self._waiting if not one[2].done()]
        heapify(self._waiting)
        return len(self._waiting)

    async def _serve_some(self, waiting: int, *, waited: bool) -> float:
        """Draw once, for who waits and some ahead; gives for how many seconds it is no use to draw again."""
        self._forget_what_is_over()
        most, began = max(1, int(self._rate / PART)), self._clock()
        wanted = min(waiting + len(self._used) // AHEAD, most)
        drawn = await self._drawn(wanted)
        if drawn is None:
            self._alone, drawn = True, len(self._waiting)
        self._in_hand.extend([began] * self._grant(drawn, waited=waited))
        if drawn >= wanted or not self._waiting:
            return 0.0
        seconds = min(LONGEST_LOOK, min(len(self._waiting), most) / self._rate)
        return seconds * random.uniform(0.5, 1.5)  # noqa: S311  # so that no process always comes just after another

    async def _drawn(self, wanted: int) -> int | None:
        """What the store gives, as soon as it gives an answer: without one, nobody sends."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await self._draw(wanted, self._rate, self._kept)
            except StorageError as error:
                LOG.error("sending waits for the database: %s", error.trouble.value)  # noqa: TRY400  # a sentence, not a traceback
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    def _grant(self, turns: int, *, waited: bool) -> int:
        """Give turns to who waits; gives how many are left."""
        while turns and self._waiting:
            _, _, turn = heappop(self._waiting)
            if not turn.done():
                turns -= 1
                self._used.append(self._clock())
                turn.set_result(waited)
        return turns
