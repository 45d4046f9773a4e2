"""Whole conversations on the page, step by step beside the same ones on Telegram: both come to the same, every time."""

import pytest

from bot.dialogue.buttons import Choice, data_of, decode
from bot.web.places import place_of_wish
from flows.session import Session
from tests.browser.chromium import DESK, PATIENCE, Look
from tests.browser.conftest import Meet
from tests.browser.layout import layout_faults
from tests.browser.person import FIELD, Person
from tests.browser.server import Server
from tests.owners.phone import RUBRIC, WINDOW, Phone
from tests.owners.test_owners import DONE, script

LOOKS = (
    ("01_three_lines", Look()),
    ("01_three_lines", Look(scripts=False, font=200)),
    ("02_thumb_only", Look(font=200)),
    ("03_types_everything", Look(DESK)),
    ("03_types_everything", Look(scripts=False)),
    ("04_figures", Look(DESK, still=True)),
    ("05_does_not_know", Look(scripts=False, dark=True)),
    ("06_quick", Look(DESK, font=200)),
    ("07_upgrade", Look(DESK, scripts=False)),
    ("08_english", Look(language="en")),
    ("08_english", Look(DESK, language="en", scripts=False)),
    ("09_traditional", Look(DESK, language="zh-Hant", dark=True)),
    ("09_traditional", Look(language="zh-Hant", scripts=False)),
    ("10_changes_his_mind", Look()),
)


@pytest.mark.parametrize(("name", "look"), LOOKS, ids=str)
async def test_the_page_comes_to_the_same_as_telegram(meet: Meet, server: Server, name: str, look: Look) -> None:
    language, *steps = script(name)
    assert language == look.language
    phone, person = Phone(language), await meet(look)
    faults = []
    for step in steps:
        await _both(phone, person, step)
        told, seen = (await phone.store.state(WINDOW)).session, await server.session(await person.token())
        assert _place(seen) == _place(told), step
        faults += [f"{step}: {fault}" for fault in await layout_faults(person.page)]
    assert seen
    assert told
    assert (seen.phase, _answers(seen)) == (told.phase, _answers(told))
    assert seen.phase in DONE
    assert faults == []


async def _both(phone: Phone, person: Person, step: str) -> None:
    """The same on either."""
    if step == "/start":
        await phone.type(step)
        await person.open()
    elif step.startswith("["):
        data, _ = phone.button(step[1:-1])
        await phone.tap(step[1:-1])
        await _press(person, data)
    else:
        await phone.type(step)
        await _type(person, step, a_file=phone.bubbles[phone.heard[-1]].text.startswith("["))


async def _type(person: Person, line: str, *, a_file: bool) -> None:
    """A line, on the page of the card: longer looks have nothing to type in."""
    if not await person.page.locator(FIELD).count():
        await person.open()
    if not a_file:
        await person.type(line)
        return
    await person.write(line)
    async with person.page.expect_download(timeout=3 * PATIENCE):
        await person.press(person.send)


async def _press(person: Person, data: str) -> None:
    """The button that does what one of Telegram's does, wherever the page has it."""
    press = decode(data, RUBRIC)
    place = place_of_wish(press.wish) if press else None
    if place:
        await person.follow(place)
    elif data.startswith(data_of(Choice.HELP)):
        await person.press(person.page.locator("#card summary").first)  # it stands there, folded
    else:
        await person.do(data.rpartition("|")[2] if press else data.partition(":")[0])


def _place(session: Session | None) -> tuple[object, ...] | None:
    """Where somebody is."""
    return (session.phase, session.ref.card, session.revision, session.firm.name) if session else None


def _answers(session: Session) -> object:
    return session.record
