"""The page with a worker and a mail server, on a database in a file; time passes when a test says so."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from itertools import count
from pathlib import Path

from bot.delivery.intake import Incoming, Intake
from bot.delivery.reports import Reports
from bot.delivery.rules import page_door
from bot.delivery.worker import Worker
from bot.dialogue.context import Outside
from bot.http.server import PageConnection, served
from bot.web.app import application
from bot.web.channel import WebChannel
from bot.web.site import Site
from bot.web.visitor import window_of
from flows.session import Session
from scoring.editions import load_rubric
from storage.opening import open_store
from storage.store import State
from tests.delivery.toy import Toy, meant
from tests.dialogue.support import NOW, RULES
from tests.web.browser import Browser
from tests.web.post import Post

LINK = re.compile(r"http://127\.0\.0\.1:\d+(/\S+)")
RUBRIC = load_rubric("miit-2024")


@dataclass
class Installation:
    """One process. `toy` is another channel, with an intake; `post` takes the mails."""

    url: str
    site: Site
    post: Post
    toy: Toy
    intake: Intake
    now: datetime = NOW
    running: "asyncio.Task[None] | None" = None
    _updates: "count[int]" = field(default_factory=count)

    @property
    def worker(self) -> Worker:
        assert self.site.worker
        return self.site.worker

    async def passes(self, **time: float) -> None:
        """Time passes, and whatever falls due meanwhile is sent."""
        self.now += timedelta(**time)
        await self.halt()
        self.running = asyncio.create_task(self.worker.run())
        async with asyncio.timeout(10):
            await asyncio.sleep(0)
            while self.worker._active or await self._is_due():  # noqa: ASYNC110  # two things
                await asyncio.sleep(0.005)

    async def _is_due(self) -> bool:
        due = await self.site.store.next_due()
        return due is not None and due <= self.now

    async def halt(self) -> None:
        if self.running:
            self.running.cancel()
            with suppress(asyncio.CancelledError):
                await self.running

    async def say(self, address: str, text: str) -> None:
        """Somebody says something at the other channel."""
        await self.intake.take(Incoming(next(self._updates), address, "zh-Hans", meant(text)))

    async def state(self, browser: Browser) -> State:
        """What is stored of a browser's window."""
        return await self.site.store.state(window_of(browser.token))

    async def session(self, browser: Browser) -> Session:
        session = (await self.state(browser)).session
        assert session
        return session


@asynccontextmanager
async def installation(file: Path, post: Post) -> AsyncIterator[Installation]:
    """The page is served, and its mails are sent."""
    async with await open_store(f"sqlite:///{file}") as store:
        address = f"127.0.0.1:{_free_port()}"
        url, outside, toy, mailer = f"http://{address}", Outside(lambda: here.now), Toy(), post.mailer()
        rules = replace(RULES, doors=[page_door(url)])
        reports = Reports(store, rules)
        worker = Worker(store, [WebChannel(store, mailer, url, outside), toy], outside, rules, RUBRIC, reports)
        site = Site(store, rules, RUBRIC, outside, reports, url=url, worker=worker, mailer=mailer)
        here = Installation(url, site, post, toy, Intake(store, toy, worker, outside, rules, RUBRIC))
        async with served(application(site), address, PageConnection):
            yield here
        await here.halt()
        await worker.finish()
        await reports.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def body(mail: EmailMessage, kind: str = "plain") -> str:
    """A mail's text of this kind ("plain", "html")."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def paths(mail: EmailMessage) -> list[str]:
    """Paths of the links in a mail, in their order, the same as text and as HTML."""
    found = LINK.findall(body(mail))
    assert found == re.findall(r'href="http://127\.0\.0\.1:\d+([^"]+)"', body(mail, "html"))
    return found
