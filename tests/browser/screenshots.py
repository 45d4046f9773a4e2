"""Pictures of every kind of card and page, in light and dark: `python -m tests.browser.screenshots FOLDER [--whole]`.

What a phone of 360×640 shows; with `--whole`, all that there is to scroll to.
"""

import argparse
import asyncio
from base64 import b64decode
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, Page

from flows.inputs import (
    AnyInput,
    ChooseFuel,
    Climb,
    EnterFigures,
    Numbers,
    OpenEnergy,
    Overview,
    Propose,
    Provisional,
    Tick,
)
from flows.session import FirmKind, Session
from tests.browser.chromium import Look, chromium
from tests.browser.gallery import AGREE, PAGES, Show
from tests.browser.person import Person
from tests.browser.server import Server, served_page
from tests.flows.driver import Walker
from tests.flows.scenes import SAID

SCALE, QUALITY = 1.5, 45
ANSWERS = {
    "q1": "BC",
    "q2": "C",
    "q3": "B",
    "q4": "GHN",
    "q5": "C",
    "q6": "BC",
    "q7": "BC",
    "q8": "D",
    "q9": "BC",
    "q10": "BD",
    "q11": "B",
    "q12": "C",
    "q13": "C",
    "q14": "C",
    "q15": "B",
}
LEVEL = 2
"""What a shop of some thirty people says, of each question and of every scenario."""


async def _greeting(person: Person, server: Server) -> None:
    """Somebody who has never been here."""
    await person.context.clear_cookies()
    await person.open()


def _at(item: str, *then: AnyInput) -> Session:
    """They have come so far, and did what follows."""
    walker = Walker().begin(name="示例五金厂", kind=FirmKind.MICRO)
    while walker.session.item != item and walker.session.asking:
        here = walker.session.item or ""
        if here in ANSWERS:
            walker.answer(*ANSWERS[here])
        else:
            walker.take(LEVEL)
    for given in then:
        walker.say(given)
    return walker.session


CARDS: dict[str, Callable[[], Session]] = {
    "single": lambda: _at("q8"),
    "multiple": lambda: _at("q10", Tick("B", on=True)),
    "figures": lambda: _at("q3", EnterFigures()),
    "confirming": lambda: _at("q2", EnterFigures(), Numbers((200, 90))),
    "energy": lambda: _at("q12", OpenEnergy(), ChooseFuel("electricity"), Numbers((30,))),
    "ladder": lambda: _at("quality", Climb()),
    "levels": lambda: _at("quality"),
    "proposals": lambda: _at("q6", Propose(SAID)),
    "review": lambda: _at("q10", Overview()),
    "provisional": lambda: _at("quality", Overview(), Provisional()),
    "commitment": lambda: _at(""),
}
AFTERWARDS = {"result": "", "plan": "Aplan", "what-if": "Awhat_if"}
"""From the result on, by what is tapped there."""
OTHERS = (
    "keep",
    "code to give",
    "code to type",
    "nothing there",
    "cookies lost",
    "check a paper",
    "paper known",
    "paper unknown",
)


async def take(browser: Browser, server: Server, folder: Path, look: Look, *, whole: bool) -> None:
    """A person for each picture."""
    shows = {**PAGES} if whole else {"welcome": _greeting, **_shows()}
    for name, show in shows.items():
        async with Person.met(browser, look, server.url, scale=SCALE) as person:
            await show(person, server)
            await person.page.evaluate("() => scrollTo(0, 0)")
            light = "dark" if look.dark else "light"
            (folder / f"{name.replace(' ', '-')}-{light}.webp").write_bytes(await picture(person.page, whole=whole))


def _shows() -> dict[str, Show]:
    cards = {name: partial(_card, made=made) for name, made in CARDS.items()}
    after = {name: partial(_after, tapped=tapped) for name, tapped in AFTERWARDS.items()}
    return {
        **cards,
        **after,
        "history": partial(_after, tapped="", then="/d/history"),
        **{name: PAGES[name] for name in OTHERS},
    }


async def _card(person: Person, server: Server, made: Callable[[], Session]) -> None:
    await person.become(await server.put(made().but(language=person.look.language)))
    await person.open()


async def _after(person: Person, server: Server, tapped: str, then: str = "") -> None:
    await _card(person, server, CARDS["commitment"])
    await person.tap(AGREE[person.look.language])
    if tapped:
        await person.do(tapped)
    if then:
        await person.open(then)


async def picture(page: Page, *, whole: bool) -> bytes:
    """As WebP."""
    session = await page.context.new_cdp_session(page)
    options = {"format": "webp", "quality": QUALITY, "captureBeyondViewport": whole}
    if whole:
        size = (await session.send("Page.getLayoutMetrics"))["cssContentSize"]
        options["clip"] = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
    return b64decode((await session.send("Page.captureScreenshot", options))["data"])


async def _main(folder: Path, language: str, *, whole: bool) -> None:
    with TemporaryDirectory() as here:
        async with chromium() as browser, served_page(Path(here) / "page.sqlite3") as server:
            for dark in (False, True):
                await take(browser, server, folder, Look(language=language, dark=dark), whole=whole)


def main() -> None:
    """Into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", default="zh-Hans", choices=sorted(AGREE))
    parser.add_argument("--whole", action="store_true")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(_main(given.folder, given.language, whole=given.whole))


if __name__ == "__main__":
    main()
