"""People at browsers who do anything at all, and the model of what the page is to make of it."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Protocol

import httpx

from bot.dialogue.context import Context, Fresh, Manner
from bot.dialogue.firms import hash_of
from bot.dialogue.messages import Followed, Message
from bot.dialogue.respond import respond
from bot.web.forms import Form
from bot.web.site import MANNER
from bot.web.talk import update_of
from bot.web.visitor import window_of
from flows.session import Session
from storage.memory import MemoryStore
from storage.store import Arrival, Decision, State, Store
from tests.delivery.site import RUBRIC, RULES
from tests.flows.driver import START
from tests.web.browser import Browser, Shown

WORDS = ("B", "BC", "a", "是", "否", "200 90", "稍后", "返回", "总览", "/resume", "12", "q5", "继续", "什么是PLC", "?")
SELDOM = (
    "/quick",
    "/firms new",
    "/firms 1",
    "/delete",
    "/recheck",
    "/language",
    "我们用ERP和MES，设备都联网了，做了等保",
)
RARE = ("/delete", "!language:")
"""Buttons of the menu; they would be pressed all the time."""
WAITS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""What our script waits, a hundred times as fast."""
OVERLOADED, LOST = 429, 403
Sent = dict[tuple[str, int], tuple[str, Message, Manner]]
"""What was said, by channel and id of its update: the window, the message, and how its channel speaks."""

Decided = Callable[[str, Decision], None]


class Somebody(Protocol):
    """Who does anything at all."""

    @property
    def window(self) -> str:
        """What they look through."""

    async def walk(self, acts: int) -> None:
        """So many things, one after the other."""


@dataclass
class Crowd:
    """People, and everything that any of them has said. `at`: what happens when so many things were done."""

    url: str
    chance: Random
    stack: AsyncExitStack
    people: list[Somebody] = field(default_factory=list)
    sent: Sent = field(default_factory=dict)
    refused: set[tuple[str, int]] = field(default_factory=set)
    """Forms of an earlier cookie, which may have been taken before it was given up."""
    at: dict[int, Callable[[], Awaitable[object]]] = field(default_factory=dict)
    acts: int = 0

    async def person(self) -> "Walker":
        """Somebody new."""
        browser = await self.stack.enter_async_context(Browser(self.url, scripted=self.chance.random() < 0.7))
        browser.client.headers["connection"] = "close"  # a connection carries one request
        walker = Walker(self, browser, Random(self.chance.random()))  # noqa: S311  # no secrets
        self.people.append(walker)
        return walker

    async def tab(self, walker: "Walker") -> "Walker":
        """The same person once more, with the same cookie."""
        other = await self.person()
        other.browser.client.cookies = walker.browser.client.cookies
        await other.look()
        return other

    async def begun(self) -> "Walker":
        """Somebody new, at the first question."""
        ann = await self.person()
        await ann.look()
        for label in ("▶ 开始", "跳过", "小微企业"):
            await ann.browser.press(label)
        return ann

    async def linked(self, walker: "Walker") -> "Walker":
        """Somebody with an assessment of their own, who has opened that of another one."""
        other = await self.begun()
        await other.look(f"/a/{walker.browser.token}")
        await other.browser.press("打开")
        return other

    async def walk(self, acts: int) -> None:
        """All do so many things, side by side."""
        await asyncio.gather(*(person.walk(acts) for person in self.people))

    async def acted(self) -> None:
        """Somebody is about to do something."""
        self.acts += 1
        if happens := self.at.get(self.acts):
            await happens()


@dataclass
class Walker:
    """Somebody who sends the same again until it is answered, as our script does, and as one reloads a page."""

    crowd: Crowd
    browser: Browser
    chance: Random
    past: list[Shown] = field(default_factory=list)

    @property
    def window(self) -> str:
        return window_of(self.browser.token)

    async def walk(self, acts: int) -> None:
        """So many things, one after the other."""
        for _ in range(acts):
            await self.crowd.acted()
            await self.act()

    async def act(self) -> None:
        """A tap, on an old page now and then, or a word, or a look at something else."""
        fresh = self.chance.random() < 0.85 or not self.past
        page = self.browser.page if fresh else self.chance.choice(self.past)
        said = self._said(page) if self.chance.random() < 0.9 else None
        if said is None:
            await self.look(self.chance.choice(["/", "/", *_details(page)]))
            return
        self.past.append(page)
        await self.say(said)
        if self.chance.random() < 0.1:  # as the button "back" and a second tap do
            await self.say(said)

    def _said(self, page: Shown) -> dict[str, str] | None:
        """Something that this page can say; None if it says nothing."""
        typing = [form.fields for form in page.forms if form.action == "/say" and "text" in form.fields]
        if typing and self.chance.random() < 0.2:
            words = SELDOM if self.chance.random() < 0.15 else WORDS
            return {**typing[0], "text": self.chance.choice(words)}
        taps = [
            {**page.forms[button.form].fields, button.name: button.value}
            for button in page.buttons
            if button.name and page.forms[button.form].action == "/say" and not button.value.startswith(RARE)
        ]
        return self.chance.choice(taps) if taps else None

    async def say(self, fields: dict[str, str]) -> None:
        """A form of the page, until there is an answer."""
        form = Form(fields)
        key = "web", update_of(form.own, *form.typed)
        if form.said:
            self.crowd.sent.setdefault(key, (self.window, form.said, MANNER))
        await self._until_answered(lambda: self.browser.post("/say", fields))
        if self.browser.answer.status_code == LOST:
            self.crowd.refused.add(key)
            await self.look()

    async def look(self, place: str = "/") -> None:
        """A page, until it is there."""
        await self._until_answered(lambda: self.browser.open(place))

    async def _until_answered(self, ask: Callable[[], Awaitable[object]]) -> None:
        tries = 0
        while not await self._is_answered(ask):
            await asyncio.sleep(WAITS[min(tries, len(WAITS) - 1)])
            tries += 1
        assert self.browser.answer.status_code in (httpx.codes.OK, LOST), self.browser.text

    async def _is_answered(self, ask: Callable[[], Awaitable[object]]) -> bool:
        try:
            await ask()
        except httpx.TransportError:
            return False
        answer = self.browser.answer
        if answer.status_code == OVERLOADED:
            await asyncio.sleep(float(answer.headers["retry-after"]))
        return answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR and answer.status_code != OVERLOADED


def _details(page: Shown) -> list[str]:
    return [button.href for button in page.buttons if button.href.startswith("/d/")]


# what was committed, and what it has to come to

WATCH = """
CREATE TABLE committed (number INTEGER PRIMARY KEY, channel TEXT, id INTEGER, seen REAL, session TEXT, dossier TEXT);
CREATE TRIGGER told AFTER INSERT ON updates BEGIN
    INSERT INTO committed (channel, id, seen) VALUES (new.channel, new.id, new.seen);
END;
CREATE TRIGGER begun AFTER INSERT ON sessions BEGIN
    UPDATE committed SET session = new.id, dossier = new.dossier WHERE number = (SELECT max(number) FROM committed);
END;
CREATE TRIGGER changed AFTER UPDATE OF id ON sessions BEGIN
    UPDATE committed SET session = new.id, dossier = new.dossier WHERE number = (SELECT max(number) FROM committed);
END;
"""
COMMITTED = "SELECT channel, id, seen, session, dossier FROM committed ORDER BY number"


@dataclass(frozen=True, slots=True)
class Commit:
    """An update that was applied, the ids that it found or made, and when it came."""

    key: tuple[str, int]
    at: datetime
    session: str
    dossier: str


def watch(file: Path) -> None:
    """Have the database note the order of its commits, in these commits themselves."""
    with closing(sqlite3.connect(file, timeout=10)) as connection:
        connection.executescript(WATCH)


def commits(file: Path) -> list[Commit]:
    """All since `watch`, in their order."""
    with closing(sqlite3.connect(file, timeout=10)) as connection:
        rows = connection.execute(COMMITTED).fetchall()
    return [
        Commit((channel, number), datetime.fromtimestamp(seen, UTC), session or "", dossier or "")
        for channel, number, seen, session, dossier in rows
    ]


async def begun_from(store: Store, windows: Sequence[str]) -> MemoryStore:
    """What is stored of some windows, in a store of the model's own."""
    model, copied = MemoryStore(), set()
    for window in dict.fromkeys(windows):
        state = await store.state(window)
        for dossier in [*state.dossiers, *filter(None, [state.dossier])]:
            session = None if dossier in copied else (await store.state(window, dossier)).session
            log = tuple(await store.log(dossier)) if session else ()
            decision = Decision(dossier, session, log, window=state.window)
            copied.add(dossier)
            await model.apply(window, lambda _, decision=decision: decision)  # type: ignore[misc]
    return model


async def played(
    model: MemoryStore, committed: Sequence[Commit], sent: Sent, decided: Decided = lambda _, __: None
) -> MemoryStore:
    """The pure conversation, applied once to each message, in the order of the commits; `decided` is told of each."""
    for commit in committed:
        window, message, manner = sent[commit.key]
        fresh = Fresh(commit.session, commit.dossier, "0" * 32, "ABCDEF")
        context = Context(window, "zh-Hans", commit.at, fresh, RULES, manner, RUBRIC)

        def decide(state: State, message: Message = message, context: Context = context) -> Decision:
            decision = respond(message, state, context)
            decided(context.window, decision)
            return decision

        link = hash_of(message) if isinstance(message, Followed) else None
        await model.apply(window, decide, Arrival(*commit.key, commit.at), link=link)
    return model


async def same(store: Store, model: Store, windows: Collection[str]) -> None:
    """All that is stored of these windows is what the model has, but for times: no answer more, none less."""
    for window in windows:
        shelf, played = await store.shelf(window), await model.shelf(window)
        assert [(dossier, _timeless(session)) for dossier, session in shelf] == [
            (dossier, _timeless(session)) for dossier, session in played
        ]
        for dossier, _ in shelf:
            lines, wanted = await store.log(dossier), await model.log(dossier)
            assert [replace(line, at=START) for line in lines] == [replace(line, at=START) for line in wanted]
            finished, expected = await store.history(dossier), await model.history(dossier)
            assert [one.model_copy(update={"finished_at": START}) for one in finished] == [
                one.model_copy(update={"finished_at": START}) for one in expected
            ]


def _timeless(session: Session) -> Session:
    return session.but(started_at=START, updated_at=START)
