"""Somebody with a browser: opens the page, taps by the words that are seen, types, and reads what comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from re import compile as pattern
from re import escape
from time import monotonic
from typing import Self

from playwright.async_api import Browser, BrowserContext, Locator, Page, Response

from bot.dialogue.buttons import CHOICE_MARK, SEPARATOR
from tests.browser.chromium import PATIENCE, Look, context_of, page_of
from tests.browser.watch import Watch

FORM = "main input[name=form]"
"""What each form brings along: another one with every answer of the server."""
COOKIE = "shuping"
BETWEEN_TAPS = 0.45
"""Seconds; the page takes what comes sooner for the second half of a double tap (page.js)."""
FIELD = "textarea[name=text], input[name=text]"


@dataclass
class Person:
    """One browser of somebody's. `taps` counts what was tapped and sent; a line that was typed is one, too."""

    look: Look
    context: BrowserContext
    page: Page
    watch: Watch
    taps: int = 0
    _rested: float = 0.0

    @classmethod
    @asynccontextmanager
    async def met(cls, browser: Browser, look: Look, url: str, *, scale: float = 1) -> AsyncIterator[Self]:
        """Somebody who has never been here; their browser is closed at the end. `scale`: pixels of a screen's pixel."""
        context = await context_of(browser, look, url, scale=scale)
        watch = Watch(context, url)
        try:
            yield cls(look, context, await page_of(context, look), watch)
        finally:
            await context.close()

    async def open(self, path: str = "/") -> Response:
        """Go to an address."""
        response = await self.page.goto(path)
        assert response
        return response

    async def token(self) -> str:
        """Their secret, which their own scripts cannot see; "" before they have one."""
        return next((each["value"] for each in await self.context.cookies() if each["name"] == COOKIE), "")

    async def become(self, token: str) -> None:
        """Theirs is the browser that has this token."""
        await self.context.add_cookies(
            [{"name": COOKIE, "value": token, "url": self.watch.origin, "httpOnly": True, "sameSite": "Lax"}]
        )

    def button(self, words: str) -> Locator:
        """The button, or link, whose words begin so; the last one, where several do: the newest stands below."""
        named = pattern(rf"^([A-Z] )?[^A-Za-z0-9一-鿿]*{escape(words)}")
        role = self.page.get_by_role("button", name=named).or_(self.page.get_by_role("link", name=named))
        return role.last

    async def tap(self, words: str) -> None:
        """Tap a button of a form by its words, and see what comes of it."""
        await self.answered(self.button(words))

    async def type(self, line: str) -> None:
        """Type a line, send it, and see what comes of it."""
        await self.write(line)
        await self.answered(self.send)

    async def write(self, line: str) -> None:
        """Type a line, and do not send it yet."""
        await self.page.locator(FIELD).fill(line)

    @property
    def send(self) -> Locator:
        """The button that sends a line."""
        return self.page.locator("button.send")

    async def do(self, what: str) -> None:
        """Tap the button that does this, by what its form says after the card that it is of."""
        match = "^" if what.startswith(CHOICE_MARK) else "$"
        data = what if what.startswith(CHOICE_MARK) else f"{SEPARATOR}{what}"
        await self.answered(self.page.locator(f'main button[name=do][value{match}="{data}"]').last)

    async def follow(self, place: str) -> None:
        """Tap a link, and see where it leads."""
        async with self.page.expect_navigation():
            await self.press(self.page.locator(f'a[href="{place}"]').last)
        self.taps += 1

    async def unfold(self) -> None:
        """Open all that is folded."""
        await self.page.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = true }")

    async def press(self, locator: Locator) -> None:
        """As a finger does it; or, on a desk, a keyboard where scripts run, and a mouse where not."""
        if self.look.touches:
            await self._tapped(locator)
        elif self.look.scripts:
            await locator.press("Enter")
        else:
            await locator.click()

    async def _tapped(self, locator: Locator) -> None:
        """Nobody taps twice in one place as fast as a double tap who does not mean one."""
        if self.look.scripts:
            await asyncio.sleep(max(0.0, self._rested - monotonic()))
        await locator.tap()
        self._rested = monotonic() + BETWEEN_TAPS

    async def answered(self, locator: Locator) -> None:
        """Press it, and see what comes of it: an answer of the server has forms with a number of their own."""
        before = await self.nonce()
        await self.press(locator)
        self.taps += 1
        await self.page.locator(f'{FORM}:not([value="{before}"])').first.wait_for(state="attached", timeout=PATIENCE)

    async def nonce(self) -> str:
        """The number of the forms that are shown."""
        return await self.page.locator(FORM).first.input_value()

    async def text(self) -> str:
        """All that is read on the page."""
        return await self.page.locator("main").inner_text()

    async def heading(self) -> str:
        """What the card is about."""
        return await self.page.locator("main h1").inner_text()
