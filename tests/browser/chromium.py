"""Debian's chromium: where it is, what it needs, and pages opened in it as somebody's phone or desk would."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

PATH = Path(os.environ.get("SHUPING_CHROMIUM", "/usr/bin/chromium"))
NEEDED = (
    f"These tests drive a real browser, and there is none at {PATH}: run `apt-get install chromium fonts-noto-cjk`, "
    "or set SHUPING_CHROMIUM to the path of another Chromium."
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
)
PATIENCE = 30_000
"""Milliseconds until what was waited for counts as missing."""
PHONE = (360, 640)
DESK = (1280, 800)
"""CSS pixels across and down."""
PLAIN_FONT = 16
"""Pixels of a letter in a browser whose owner has changed nothing."""


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at the page: what their browser does, and what they have set in it."""

    size: tuple[int, int] = PHONE
    language: str = "zh-Hans"
    scripts: bool = True
    dark: bool = False
    still: bool = False
    """Asks for less motion."""
    font: int = 100
    """Per cent, as the browser's own setting has it."""

    @property
    def touches(self) -> bool:
        """On a phone."""
        return self.size == PHONE

    def __str__(self) -> str:
        """For the name of a test."""
        said = [
            "{}x{}".format(*self.size),
            self.language,
            "scripts" if self.scripts else "no scripts",
            *["dark"] * self.dark,
            *["still"] * self.still,
            *[f"{self.font} %"] * (self.font != 100),
        ]
        return ", ".join(said)


def is_here() -> bool:
    """Whether there is a browser."""
    return PATH.exists()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser; raises FileNotFoundError, which says what is needed, where there is none."""
    if not is_here():
        raise FileNotFoundError(NEEDED)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=PATH, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


async def context_of(browser: Browser, look: Look, url: str, *, scale: float = 1) -> BrowserContext:
    """Cookies, cache and settings of one person."""
    context = await browser.new_context(
        base_url=url,
        viewport={"width": look.size[0], "height": look.size[1]},
        is_mobile=look.touches,
        has_touch=look.touches,
        device_scale_factor=scale,
        java_script_enabled=look.scripts,
        locale=look.language,
        color_scheme="dark" if look.dark else "light",
        reduced_motion="reduce" if look.still else "no-preference",
    )
    context.set_default_timeout(PATIENCE)
    return context


async def page_of(context: BrowserContext, look: Look) -> Page:
    """A page of theirs, with letters as large as they want them."""
    page = await context.new_page()
    if look.font != 100:
        session = await context.new_cdp_session(page)
        pixels = PLAIN_FONT * look.font // 100
        await session.send("Page.setFontSizes", {"fontSizes": {"standard": pixels, "fixed": pixels}})
    return page


def main() -> int:
    """Whether the tests can run here; 1, and a sentence, if not."""
    if is_here():
        return 0
    sys.stderr.write(NEEDED + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
