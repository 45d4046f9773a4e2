"""Every kind of card and page, each opened as somebody comes to it."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from secrets import token_hex

from typing_extensions import override

from bot.screens.wishes import FILES, Detail
from bot.web.forms import LARGEST_BODY
from bot.web.limits import Limit
from bot.web.visitor import window_of
from flows.session import Phase
from scoring.errors import MissingEditionError
from storage.errors import DamagedRowError, StorageError, Trouble
from storage.issued import Issued
from storage.memory import MemoryStore
from storage.store import State
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
    assert (await person.open("/nothing")).status == 404


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


async def _crowd(person: Person, server: Server) -> None:
    person.watch.expect("status of 429")
    limits = server.site.limits
    server.site.limits = replace(limits, requests_by_client=Limit(1e-3, 1))
    server.site.limits.requests_by_client.take("127.0.0.1")
    assert (await person.open()).status == 429
    server.site.limits = limits


class _Broken(MemoryStore):
    """A store of which nothing can be had."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    @override
    async def state(self, window: str, dossier: str | None = None) -> State:
        raise self._error


def _broken(error: Exception, status: int) -> Show:
    async def show(person: Person, server: Server) -> None:
        person.watch.expect(f"status of {status}")
        store = server.site.store
        server.site.store = _Broken(error)
        assert (await person.open()).status == status
        server.site.store = store

    return show


async def _inside_telegram(person: Person, server: Server) -> None:
    await person.open("/tg")


async def _mail(person: Person, server: Server) -> None:
    await person.open("/m/nothing")


PAPER = "7K3M9-Q2W4E-R6T8Y"
FACE = {
    "number": "20261130-7K3M9Q",
    "code": PAPER,
    "firm": "东莞市长安镇示例精密五金模具制造有限公司",
    "credit_code": "91441900MA4UK2JE7X",
    "on": "2026-11-30",
    "edition": "《中小企业数字化水平评测指标（2024年版）》",
    "grade": "二级",
    "score": "48.50",
    "status": "",
    "language": "zh-Hans",
    "program": "1.0.0",
}


def _checked(code: str) -> Show:
    """What is said of a paper's code; one paper was handed out."""

    async def show(person: Person, server: Server) -> None:
        token = await server.put(scene("single"))
        dossier = (await server.site.store.state(window_of(token))).dossier or ""
        issued = Issued(PAPER, json.dumps(FACE), server.site.outside.now(), "s1")
        assert await server.site.store.issue(dossier, issued)
        await person.open("/verify")
        await person.page.locator("#code").fill(code)
        async with person.page.expect_navigation():
            await person.press(person.page.locator("form[action='/verify'] button"))
        await person.page.locator("#said").wait_for()

    return show


async def _check(person: Person, server: Server) -> None:
    await person.open("/verify")


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
    "too many": _crowd,
    "not saved": _broken(StorageError(Trouble.FULL, "here"), 503),
    "damaged": _broken(DamagedRowError("of these tests"), 500),
    "edition gone": _broken(MissingEditionError("miit-2020", []), 503),
    "broken": _broken(RuntimeError("of these tests"), 500),
    "check a paper": _check,
    "paper known": _checked(PAPER.lower()),
    "paper unknown": _checked("00000-00000-00000"),
    "no code of a paper": _checked("20261130-7K3M9Q"),
    "inside telegram": _inside_telegram,
    "link of a mail": _mail,
}
