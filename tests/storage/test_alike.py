"""Whatever is done, in whatever order, stores answer alike: the simple one is the specification of the others."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest

from flows.retention import Limits
from flows.session import CardRef
from storage.errors import StorageError
from storage.issued import Issued
from storage.memory import MemoryStore
from storage.opening import open_store
from storage.outbox import Lane, Outgoing, Queued, Urgency
from storage.store import Applied, Arrival, Claim, Decision, Due, Echo, Forgetting, Link, State, Store
from storage.window import Window
from tests.storage.support import ME, NOW, YOU, assessment, begun, entry, nothing

T = TypeVar("T")
Way = Callable[[], Awaitable[object]]
FLIP = (True, False)

WINDOWS, DOSSIERS = ("telegram:1", "telegram:2", "telegram:3", "web:1"), ("d1", "d2", "d3")
NAMES = (*WINDOWS, "web:2")
"""With one that nothing goes to until a window is called so."""
KEYS = ("card", "file.pdf", *(f"recheck.{dossier}" for dossier in DOSSIERS))
MINUTE = timedelta(minutes=1)
STEPS = 150


class Trial:
    """A store to which things happen by chance; what has been claimed of it is remembered."""

    def __init__(self, store: Store, seed: int) -> None:
        self.store, self.chance = store, Random(seed)  # noqa: S311  # the same for every store
        self.now, self.number = NOW, 0
        self.found: list[Queued] = []
        self.numbers: dict[int, int] = {}

    def one(self, *choices: T) -> T:
        return self.chance.choice(choices)

    def rarely(self, choices: Sequence[T]) -> T | None:
        return self.one(None, None, None, *choices)

    async def step(self) -> object:
        """One thing; gives what came of it, an answer or the kind of an error."""
        self.number += 1
        ways = [self.act, self.take, self.follow, self.deal, self.keep_house, self.issue]
        does = self.chance.choices(ways, [9, 5, 2, 7, 2, 2])[0]
        try:
            answer = await does()
        except (StorageError, ValueError) as error:
            return does.__name__, type(error), str(getattr(error, "trouble", ""))
        self.found += [due.queued for due in dues(answer)]
        return does.__name__, self.told(answer)

    def told(self, answer: object) -> object:
        """The same, with messages numbered as they were seen: a number may be given and never come to anybody."""
        match answer:
            case Queued():
                return self.numbered(answer)
            case Due(queued):
                return replace(answer, queued=self.numbered(queued))
            case Applied(due=Due() as due):
                return replace(answer, due=replace(due, queued=self.numbered(due.queued)))
            case list():
                return [self.told(one) for one in answer]
        return answer

    def numbered(self, queued: Queued) -> Queued:
        return replace(queued, number=self.numbers.setdefault(queued.number, len(self.numbers)))

    async def act(self) -> object:
        window, link, claimed = (
            self.one(*WINDOWS, *WINDOWS, *NAMES),
            self.one(None, "h1", "h2"),
            self.one(None, self.claim(ME)),
        )
        arrival = self.one(None, Arrival("telegram", self.number, self.now))
        decide = partial(self.decide, self.chance.random())
        recent = self.one(0, 0, 2)
        return await self.store.apply(window, decide, arrival, link=link, claim=claimed, recent=recent)

    def decide(self, seed: float, state: State) -> Decision:
        chance, self.chance = self.chance, Random(seed)  # noqa: S311  # what others draw does not depend on it
        answers, finished_at = self.one(*FLIP), self.one(None, self.now)
        dossier = state.link.dossier if state.link and self.one(*FLIP) else self.rarely(DOSSIERS)
        forgotten = self.one(*[None] * 8, *Forgetting)
        seen = state.session if dossier in (None, state.dossier) and not forgotten else None
        new = (seen or begun(f"{self.number}")).but(revision=self.number, updated_at=self.now, finished_at=finished_at)
        done = assessment(f"{self.number}").model_copy(update={"finished_at": self.now})
        decision = Decision(
            dossier,
            new if answers else None,
            (entry(self.number, by=self.one("1", "2")),),
            (done,) if finished_at else (),
            self.rarely([Window(card=str(self.number)), Window(returned=self.now + self.one(-1, 1) * MINUTE)]),
            tuple(self.message() for _ in range(self.one(0, 1, 2))),
            tuple(self.chance.sample(KEYS, self.one(0, 0, 1))),
            silenced=self.chance.random() < 0.1,
            forgotten=forgotten,
            links=tuple(self.link() for _ in range(self.one(0, 0, 0, 1, 2))),
            echo=self.rarely(
                [Echo(self.message(), frozenset(self.one(["telegram"], ["web"])), self.now, self.one(*FLIP))]
            ),
        )
        self.chance = chance
        return decision

    def link(self) -> Link:
        until = self.now + 3 * MINUTE
        return Link(self.one("h1", "h2"), self.one(*DOSSIERS), until, self.one("window", "mail"), self.one(*FLIP))

    def message(self) -> Outgoing:
        due = self.now + self.one(-1, 0, 0, 0, 1, 5) * MINUTE
        flags = self.one(*FLIP), self.one(*Urgency), self.one(None, self.now - MINUTE, self.now)
        return Outgoing(f"{self.number}", due, self.one(None, *KEYS), *flags)

    def claim(self, holder: str) -> Claim:
        return Claim(holder, self.now + MINUTE)

    def lane(self) -> Lane:
        return Lane(self.one(*NAMES), self.one(*FLIP))

    async def take(self) -> object:
        claim, limit = self.claim(self.one(ME, YOU)), self.one(1, 2, 9)
        lane, channels = self.rarely([self.lane()]), self.rarely([["web", "telegram"], ["telegram"]])
        return await self.store.claim(claim, self.now, limit, lane, channels, self.rarely([{self.lane()}]) or ())

    async def follow(self) -> object:
        return await self.store.following(self.lane(), self.now, self.one(ME, YOU))

    async def deal(self) -> object:
        """With one of the messages that were claimed of late, still there or not."""
        if not self.found:
            return None
        queued, holder, later = self.one(*self.found[-9:]), self.one(ME, YOU), self.now + self.one(1, 2) * MINUTE
        ways: list[Way] = [
            lambda: self.store.delivered(queued, self.now, holder, self.rarely(["7"]), self.rarely([self.message()])),
            lambda: self.store.delivered(queued, self.now, holder, seen=CardRef("s", "item", self.number)),
            lambda: self.confirm(queued, holder),
            lambda: self.store.postpone(queued, later),
            lambda: self.store.defer(queued, later),
            lambda: self.store.advanced(queued, self.number),
            lambda: self.store.refused(queued, self.now),
            lambda: self.store.set_aside(queued),
        ]
        return await self.one(*ways)()

    async def confirm(self, queued: Queued, holder: str) -> None:
        self.store.confirm(queued, holder, nothing)
        await self.store.renew(Claim("nobody", NOW))

    async def issue(self) -> object:
        """A paper of what is there, or of something else."""
        dossier, code = self.one(*DOSSIERS), self.one("A", "B", "C")
        history = await self.store.history(dossier)
        session = self.one("nobody's", *(done.id for done in history[:2]))
        noted = await self.store.issue(dossier, Issued(code, f'"{self.number}"', self.now, session))
        return noted, await self.store.issued(self.one("A", "B", "C"))

    async def keep_house(self) -> object:
        self.now += self.one(0, 1, 1) * MINUTE
        limits = Limits(self.rarely([self.now - 2 * MINUTE]), self.rarely([self.now - 4 * MINUTE]))
        dry = self.one(*FLIP)
        ways: list[Way] = [
            lambda: self.store.hasten(self.now - 2 * MINUTE),
            lambda: self.store.renew(self.claim(ME)),
            lambda: self.store.release(YOU),
            lambda: self.store.forget(self.one(*NAMES)),
            lambda: self.store.move(self.one(*NAMES), self.one(*NAMES)),
            lambda: self.store.tidy(self.now, self.now),
            lambda: self.store.stats(self.now),
            lambda: self.store.recipients("telegram"),
            lambda: self.store.purge(limits, "recheck", dry=dry),
        ]
        return await self.one(*ways)()

    async def everything(self) -> list[object]:
        """All that can be read."""
        found: list[object] = [await self.store.next_due(), await self.store.damaged(), await self.store.holders()]
        for window in NAMES:
            found += [await self.store.state(window, dossier) for dossier in (None, *DOSSIERS)]
            found += [await self.store.shelf(window), *await self.store.waiting(window)]
        for dossier in DOSSIERS:
            found += [await self.store.log(dossier, last) for last in (None, 0, 2)]
            found += [await self.store.history(dossier), await self.store.papers(dossier)]
        return [self.told(one) for one in found]


def dues(answer: object) -> list[Due]:
    """The messages in an answer."""
    answer = answer.due if isinstance(answer, Applied) else answer
    return [due for due in (answer if isinstance(answer, list) else [answer]) if isinstance(due, Due)]


SEEDS = [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 60))]


async def compare(url: str, seed: int) -> None:
    """Do the same by chance to both, and compare all that comes of it."""
    async with MemoryStore() as memory, await open_store(url) as other:
        simple, trial = Trial(memory, seed), Trial(other, seed)
        for _ in range(STEPS):
            assert await trial.step() == await simple.step()
            assert await trial.everything() == await simple.everything()


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_store_on_disk_answers_as_one_in_memory(path: Path, seed: int) -> None:
    await compare(f"sqlite:///{path}", seed)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 30))])
async def test_a_server_answers_as_one_in_memory(postgres_url: str, seed: int) -> None:
    await compare(postgres_url, seed)
