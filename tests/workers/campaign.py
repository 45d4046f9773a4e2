"""A campaign: many firms at once, in Telegram and at the page, while workers and their database are harmed."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.web.crowd import Crowd
from tests.workers.crew import Crew
from tests.workers.people import BEGINNING, Tapper, Town

ON_THE_PAGE = 8
"""One in so many is at the page, the others are in Telegram."""
AT_ONCE = 64
ACTS = 3
"""So much does everybody do after they have begun."""
PAUSES = (3.0, 9.0)
"""Seconds between what happens."""
PAUSE_SECONDS = 12.0
"""Longer than a claim holds, and than a lease does."""
HARMS = ("worker", "worker", "leader", "some", "all", "server")
"""Who dies, which connections are cut."""


@dataclass(repr=False)
class Harm:
    """What happens to workers and to the database meanwhile, one after the other, of these `kinds`."""

    crew: Crew
    chance: Random
    kinds: Sequence[str]
    happened: Counter[str] = field(default_factory=Counter)

    async def go_on(self) -> None:
        """Until cancelled; what has begun is finished."""
        while True:
            await asyncio.sleep(self.chance.uniform(*PAUSES))
            happening = asyncio.create_task(self._happens(self.chance.choice(self.kinds)))
            try:
                await asyncio.shield(happening)
            except asyncio.CancelledError:
                await happening
                raise

    async def _happens(self, what: str) -> None:
        """Somebody dies or stands still, or some or all connections are cut, or the server crashes."""
        match what:
            case "worker":
                await self.crew.replace(self.chance.choice(self.crew.workers))
            case "leader":
                await self.crew.replace(await self.crew.leader() or self.crew.workers[0])
            case "pause":
                await self.crew.pause(self.chance.choice(self.crew.workers), PAUSE_SECONDS)
            case "some":
                await self.crew.cut(0.3)
            case "all":
                await self.crew.cut()
            case "server":
                await self.crew.crash(self.chance.uniform(0, 0.5))
        self.happened[what] += 1


@dataclass(repr=False)
class Campaign:
    """Everybody, and what they have said."""

    crew: Crew
    town: Town
    crowd: Crowd
    chance: Random
    tappers: list[Tapper] = field(default_factory=list)
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def run(self, firms: int, harms: Sequence[str] = HARMS) -> Counter[str]:
        """So many firms, while everything is harmed; gives what has happened, and how often."""
        harm = Harm(self.crew, Random(self.chance.random()), harms)  # noqa: S311  # no secrets
        harming = asyncio.create_task(harm.go_on())
        try:
            await asyncio.gather(*(self._one(number) for number in range(firms)))
        finally:
            harming.cancel()
            done = await asyncio.gather(harming, return_exceptions=True)
        if not isinstance(done[0], asyncio.CancelledError):
            raise AssertionError("what was to happen could not") from done[0]
        return harm.happened

    async def _one(self, number: int) -> None:
        chance = Random(self.chance.random())  # noqa: S311  # no secrets
        walk: Coroutine[Any, Any, None] = self._paging(number) if number % ON_THE_PAGE == 0 else self._tapping(chance)
        async with self.places:
            await walk

    async def _tapping(self, chance: Random) -> None:
        tapper = Tapper(self.town, self.town.api.person(), chance)
        self.tappers.append(tapper)
        await tapper.begin()
        await tapper.walk(ACTS)

    async def _paging(self, number: int) -> None:
        walker = await self.crowd.person()
        walker.browser.client.headers["x-forwarded-for"] = f"10.{number >> 8}.{number & 255}.1"
        await walker.look()
        for label in BEGINNING:
            await walker.say(walker.browser.filled(label)[1])
        await walker.walk(ACTS)
