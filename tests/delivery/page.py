"""The page as a place. It answers at once: a request is a message, and what it comes to is the answer of the request.

So nothing that the contract says of sending is for it: no try, no wait, no claim, no card that is changed in its place.
What can go wrong on the way to a page is tried in `tests/web/test_faults.py`. All that is ever sent to its people are
mails, which are that channel's only deliveries.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from typing_extensions import override

from bot.delivery.intake import Intake
from bot.delivery.reports import Reports
from bot.delivery.rules import page_door
from bot.dialogue.context import Door, Outside
from bot.http.server import PageConnection, served
from bot.web.app import application
from bot.web.channel import WebChannel
from bot.web.site import Site as Page
from bot.web.visitor import window_of
from storage.store import Store
from tests.delivery.places import Person, Place, Planned, Seen
from tests.telegram.e2e.driver import free_port
from tests.web.browser import Browser, Shown
from tests.web.post import Post, post_office

EMAIL = "anna@example.org"


@dataclass
class PagePerson(Person):
    """Somebody with a browser; what they have seen are its pages, one after the other."""

    place: "PagePlace"
    browser: Browser
    looks: list[Shown] = field(default_factory=list)

    @property
    @override
    def window(self) -> str:
        return window_of(self.browser.token)

    @property
    @override
    def seen(self) -> list[Seen]:
        return [Seen(str(number), page.text, _buttons(page)) for number, page in enumerate(self.looks)]

    @property
    @override
    def tries(self) -> int:
        return self.place.post.tries

    @property
    def mails(self) -> list[str]:
        """What was mailed to them."""
        return [str(mail["Subject"]) for mail in self.place.post.to(EMAIL)]

    @override
    def plan(self, *planned: Planned) -> None:
        raise NotImplementedError("nothing is delivered to a page")

    @override
    async def say(self, text: str) -> None:
        """Typed below the card; a link is had by a button."""
        if text == "/link":
            await self.look("/keep")
            await self._show(self.browser.press("要返回码"))
            return
        if not any("text" in form.fields for form in self.browser.page.forms):
            await self.look()
        await self._show(self.browser.say(text))

    @override
    async def follow(self, token: str) -> None:
        await self.look(f"/a/{token}")
        await self._show(self.browser.press("打开"))

    @override
    async def tap(self, data: str, message: Seen) -> None:
        form = self.looks[int(message.id)].forms[0].fields["form"]
        await self._show(self.browser.post("/say", {"form": form, "do": data}))

    @override
    async def go(self, *, away: bool) -> None:
        raise NotImplementedError("nobody knows who has closed a page")

    async def begin(self) -> None:
        """To the first item."""
        await self.look()
        for label in ("▶ 开始", "跳过", "小微企业"):
            await self._show(self.browser.press(label))

    async def type_code(self, code: str) -> None:
        """The six letters of a link."""
        await self.look("/code")
        await self._show(self.browser.press("打开", code=code))

    async def look(self, path: str = "/") -> Seen:
        """At a page."""
        await self._show(self.browser.open(path))
        return self.seen[-1]

    async def _show(self, asked: Awaitable[Browser]) -> None:
        await asked
        self.looks.append(self.browser.page)


def _buttons(page: Shown) -> dict[str, str]:
    """The letter of a choice, the label of anything else."""
    found = {}
    for button in page.buttons:
        first, _, rest = button.label.partition(" ")
        if button.name == "do":
            found[first if rest and len(first) == 1 and first.isalnum() else button.label] = button.value
    return found


@dataclass
class PagePlace(Place):
    """The page of one process, at an address; and where its mails go."""

    store: Store
    address: str
    post: Post
    outside: Outside
    stack: AsyncExitStack

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    @property
    def door(self) -> Door:
        """What rules say of it."""
        return page_door(self.url)

    @override
    def channel(self) -> WebChannel:
        return WebChannel(self.store, self.post.mailer(), self.url, self.outside)

    @override
    def person(self) -> PagePerson:
        browser = Browser(self.url)
        self.stack.push_async_exit(browser)
        return PagePerson(self, browser)

    @override
    async def attend(self, intake: Intake) -> None:
        """Serve; what comes in passes by the intake, since nothing of it has to wait for its turn."""
        reports = Reports(intake.store, intake.rules)
        page = Page(
            intake.store, intake.rules, intake.rubric, intake.outside, reports, url=self.url, worker=intake.worker
        )
        async with served(application(page), self.address, PageConnection):
            await asyncio.Event().wait()

    @property
    @override
    def busy(self) -> bool:
        return False


@asynccontextmanager
async def page_place(store: Store, now: Callable[[], datetime], pair: tuple[Path, Path]) -> AsyncIterator[PagePlace]:
    """The page, before it is served, and a mail server with this certificate."""
    async with post_office(pair) as post, AsyncExitStack() as stack:
        yield PagePlace(store, f"127.0.0.1:{free_port()}", post, Outside(now), stack)
