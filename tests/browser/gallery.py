"""Every kind of card and page, each opened as somebody comes to it."""

from collections.abc import Awaitable, Callable
from secrets import token_hex

from bot.screens.wishes import FILES, Detail
from bot.web.forms import LARGEST_BODY
from flows.session import Phase
from tests.browser.person import FIELD, Person
from tests.browser.server import Server
from tests.flows.scenes import SCENES, scene

SWELL = "(field, length) => { field.removeAttribute('maxlength'); field.value = 'x'.repeat(length) }"
Show = Callable[[Person, Server], Awaitable[None]]
LOOKED_AT = {Detail.HELP: "q1", Detail.OFFICIAL: "quality", Detail.PAST: "1"}
"""What a detail is about, where it is about something."""
AGREE = {"zh-Hans": "我承诺", "zh-Hant": "我承諾", "en": "I commit"}


def card(name: str) -> Show:
    """A card, with all that it keeps folded."""

    async def show(person: Person, server: Server) -> None:
        await at_scene(person, server, name)
        await person.unfold()

    return show


def detail(wanted: Detail) -> Show:
    """A longer look, at an assessment that was just finished."""

    async def show(person: Person, server: Server) -> None:
        await finished(person, server)
        about = LOOKED_AT.get(wanted)
        await person.open(f"/d/{wanted}" + (f"?about={about}" if about else ""))

    return show


async def at_scene(person: Person, server: Server, name: str) -> None:
    """Somebody at a place of the conversation."""
    await person.become(await server.put(scene(name).but(language=person.look.language)))
    await person.open()


async def finished(person: Person, server: Server) -> None:
    """Somebody who has just committed to their answers; they may have been there before."""
    here = await server.session(await person.token())
    if here and here.phase is Phase.RESULT:
        return
    await at_scene(person, server, "commitment")
    await person.tap(AGREE[person.look.language])


async def _keep(person: Person, server: Server) -> None:
    await at_scene(person, server, "single")
    await person.open("/keep")
    await person.unfold()


async def _offered(person: Person, server: Server) -> None:
    await at_scene(person, server, "single")
    await person.open("/keep")
    await person.press(person.page.locator('form[action="/keep/code"] button'))
    await person.page.locator("main a.back[href='/keep']").wait_for()


async def _code(person: Person, server: Server) -> None:
    await person.open("/code")


async def _wrong_code(person: Person, server: Server) -> None:
    await person.open("/code")
    await person.page.locator("#code").fill("ABCDEF")
    await person.press(person.page.locator('form[action="/code"] button'))
    await person.page.locator("#wrong").wait_for()


async def _other_link(person: Person, server: Server) -> None:
    await at_scene(person, server, "single")
    await person.open(f"/a/{token_hex(16)}")


async def _missing(person: Person, server: Server) -> None:
    person.watch.expect("status of 404")
    await person.open("/nothing")


async def _lost(person: Person, server: Server) -> None:
    person.watch.expect("status of 403")
    await at_scene(person, server, "single")
    await person.context.clear_cookies()
    await person.press(person.page.locator("button.choice").first)
    await person.page.locator("main a[href='/']").wait_for()


async def _too_large(person: Person, server: Server) -> None:
    person.watch.expect("status of 413")
    await at_scene(person, server, "single")
    field = person.page.locator(FIELD)
    await field.evaluate(SWELL, LARGEST_BODY)
    await person.press(person.send)
    await person.page.locator("main a[href='/']").wait_for()


PAGES: dict[str, Show] = {
    **{name: card(name) for name in SCENES},
    **{f"detail {wanted}": detail(wanted) for wanted in Detail if wanted not in (*FILES, Detail.CARD)},
    "keep": _keep,
    "code to give": _offered,
    "code to type": _code,
    "wrong code": _wrong_code,
    "link of another": _other_link,
    "nothing there": _missing,
    "cookies lost": _lost,
    "too large": _too_large,
}
