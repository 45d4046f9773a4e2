"""Files on the phone, from picture to pack: made on request, sent like anything else, whatever Telegram answers."""

import io
from fractions import Fraction
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from bot.reports.pack import MANIFEST
from locales import catalogue
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.walking import Plan, begin_by_taps, card, say, walk_by_taps
from tests.telegram.people import Person
from tests.telegram.views import Message

TEXT = catalogue("zh-Hans")
MADE = 30.0
"""The first report starts a process; beside other tests that takes its time."""
MAGIC = {"png": b"\x89PNG", "pdf": b"%PDF-", "xlsx": b"PK", "zip": b"PK"}
METHOD = {"png": "sendPhoto", "pdf": "sendDocument", "xlsx": "sendDocument"}


async def at_provisional(api: TelegramApi, name: str = "Ann") -> Person:
    person = api.person(name)
    await begin_by_taps(person, Plan(firm="<b>&示例厂"))
    await say(person, "C")
    await say(person, "/result", lambda message: message.button(TEXT("button.pdf")))
    await say(person, "/firminfo", lambda message: message.button(TEXT("identity.fine")))
    await say(person, TEXT("identity.fine"), lambda message: message.button(TEXT("button.identity")))
    return person


async def ask(person: Person, kind: str) -> tuple[Message, bytes]:
    """Tap for a file and wait for it, and for the card below it."""
    person.tap(TEXT(f"button.{kind}"), card(person))
    return await arrived(person, kind)


async def arrived(person: Person, kind: str) -> tuple[Message, bytes]:
    message = await person.until(lambda seen: seen.file.startswith(MAGIC[kind]), within=MADE)
    await person.until(lambda seen: seen is card(person) and seen.id > message.id, within=MADE)
    return message, message.file


async def test_all_four_by_taps_after_a_whole_walk(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    ann, plan = api.person("Ann"), Plan()
    await walk_by_taps(ann, plan)
    (score,) = bot.rows("SELECT data ->> 'score' FROM assessments")[0]
    picture, content = await ask(ann, "png")
    assert "<b>&示例厂" in picture.text, "the caption says what the picture shows"
    assert len(content) <= 300_000
    ann.tap(TEXT("button.pdf"), card(ann))
    asked = await ann.until(lambda seen: seen is card(ann) and seen.button(TEXT("identity.make")))
    ann.tap(TEXT("identity.make"), asked)
    _, content = await arrived(ann, "pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "<b>&" in text
    assert f"{float(Fraction(score)):.2f}" in text
    _, content = await ask(ann, "xlsx")
    assert load_workbook(io.BytesIO(content)).sheetnames
    pack, content = await ask(ann, "zip")
    assert pack.text == TEXT("report.caption.zip")
    assert MANIFEST in ZipFile(io.BytesIO(content)).namelist()
    await api.quiet()
    assert bot.troubles == []
    assert bot.waiting(ann) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        ("broken", {"code": 502}),
        ("drop", {"when": "before"}),
        ("drop", {"when": "after"}),
    ],
    ids=["502", "cut before", "cut after"],
)
@pytest.mark.parametrize("kind", ["png", "pdf"])
async def test_an_upload_that_fails_is_made_and_sent_again(
    api: TelegramApi, install: Install, fault: tuple[str, dict[str, Any]], kind: str
) -> None:
    bot = await install().start()
    ann = await at_provisional(api)
    name, how = fault
    getattr(api.faults, name)(method=METHOD[kind], chat=ann.id, **how)
    await ask(ann, kind)
    await api.quiet()
    assert not api.faults.planned
    assert [payload["kind"] for payload in bot.waiting(ann)] == ["reminder"]


@pytest.mark.slow
async def test_a_report_survives_a_crash(api: TelegramApi, install: Install) -> None:
    """Killed while the file is on its way: it is made again."""
    bot = await install().start()
    ann = await at_provisional(api)
    api.faults.hang(4, "sendDocument", chat=ann.id)
    ann.tap(TEXT("button.pdf"), card(ann))
    await api.eventually(lambda: api.calls("sendDocument", chat=ann.id), within=MADE)
    await bot.kill()
    assert any(payload["kind"] == "file" for payload in bot.waiting(ann))
    await bot.start()
    await arrived(ann, "pdf")
