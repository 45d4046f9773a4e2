"""The webhook answers 200 only for what is committed, and lets nobody in but Telegram."""

import asyncio
import sqlite3
import time
from contextlib import closing
from typing import Any

import pytest

from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.driver import SECRET, Shuping, post, webhook
from tests.telegram.e2e.walking import Plan, begin_by_taps, card
from tests.telegram.people import Person


def update(person: Person, number: int, text: str = "/start") -> dict[str, Any]:
    message = {"message_id": number, "date": 1, "chat": person.chat.json, "from": person.user, "text": text}
    return {"update_id": number, "message": message}


async def test_who_and_what_is_let_in(api: TelegramApi, install: Install) -> None:
    settings = webhook()
    bot = await install(**settings).start()
    url, ann = settings["WEBHOOK_URL"], api.person("Ann", started=True)
    good = update(ann, 7)
    assert (await post(url, good))[0] == 403
    assert (await post(url, good, "wrong"))[0] == 403
    assert (await post(url, good, SECRET[:-1]))[0] == 403
    assert (await post(url, b"x" * (1 << 21)))[0] == 403, "a stranger is turned away, not read"
    assert (await post(f"{url}/elsewhere", good, SECRET))[0] == 404
    assert (await post(url.replace("/hook", "/"), good, SECRET))[0] == 404
    assert (await post(url, b"", SECRET, method="GET"))[0] == 405
    assert (await post(url, b"x" * (1 << 21), SECRET))[0] == 413
    for body in (b"", b"{", b"[]", b"7", b'"x"', b"null", b"{}", b"\xff\xfe", b"[" * 100_000):
        assert (await post(url, body, SECRET))[0] == 400, body
    strange = {"update_id": 6, "message": {"message_id": 1, "chat": "nobody"}}
    assert (await post(url, strange, SECRET))[0] == 200, "it would only come again"
    assert (await post(url.replace("/hook", "/healthz"), b"", method="GET"))[0] == 200
    assert bot.rows("SELECT * FROM sessions") == []
    status, answer = await post(url, good, SECRET)
    assert (status, answer) == (200, b"")
    assert bot.rows("SELECT id FROM updates") == [(7,)], "it is committed when it is answered"
    (trouble,) = bot.troubles
    assert "passed over" in trouble


@pytest.mark.slow
async def test_what_the_program_tells_telegram(api: TelegramApi, install: Install) -> None:
    settings = webhook()
    await install(**settings).start()
    (call,) = api.calls("setWebhook")
    assert call.params["url"] == settings["WEBHOOK_URL"]
    assert call.params["secret_token"] == SECRET
    hook = api.updates.webhook
    assert hook is not None
    await install().start()
    assert api.updates.webhook is None, "a bot that polls takes the webhook away"


@pytest.mark.slow
async def test_without_a_secret_of_ones_own(api: TelegramApi, install: Install) -> None:
    settings = {**webhook(), "WEBHOOK_SECRET": ""}
    bot = await install(**settings).start()
    (call,) = api.calls("setWebhook")
    secret = call.params["secret_token"]
    assert len(secret) >= 32
    assert (await post(settings["WEBHOOK_URL"], update(api.person(), 1)))[0] == 403
    await begin_by_taps(api.person(), Plan())
    assert secret not in bot.output


def locked(bot: Shuping) -> sqlite3.Connection:
    """Another program that writes, and does not end its transaction."""
    connection = sqlite3.connect(bot.file, isolation_level=None, timeout=10)
    connection.execute("BEGIN IMMEDIATE")
    return connection


@pytest.mark.slow
async def test_what_cannot_be_stored_is_delivered_again(api: TelegramApi, install: Install) -> None:
    """The database is locked for longer than we wait: 503, and Telegram delivers again until it is stored."""
    bot = await install(**webhook()).start()
    ann = api.person("Ann")
    await begin_by_taps(ann, Plan())
    await api.quiet()
    with closing(locked(bot)):
        began = time.monotonic()
        tap = ann.tap("稍后", card(ann))
        await tap.answered()
        assert time.monotonic() - began < 2, "the button's spinner stops at once"
        hook = api.updates.webhook
        assert hook is not None
        await api.eventually(lambda: "503" in hook.last_error, within=10)
        assert bot.session(ann).parked == ()
    await ann.until("第 2 项", within=10)
    await api.quiet()
    assert bot.session(ann).parked == ("q1",)
    assert bot.output.count("never retrieved") == 0


@pytest.mark.slow
async def test_a_locked_database_while_polling(api: TelegramApi, install: Install) -> None:
    """Told in a sentence; order is kept; a message that was sent is not sent again while that cannot be noted."""
    bot = await install().start()
    ann = api.person("Ann")
    await begin_by_taps(ann, Plan())
    await api.quiet()
    api.faults.latency = 0.2
    ann.say("B")
    await api.eventually(lambda: bot.session(ann).item == "q2")
    with closing(locked(bot)):
        ann.say("C")
        ann.say("D")
        await bot.until_says("database", within=15)
        await asyncio.sleep(1)
    await ann.until("第 4 项", within=10)
    api.faults.latency = 0
    await api.quiet()
    choices = bot.session(ann).record.choices
    assert choices == {"q1": ("B",), "q2": ("C",), "q3": ("D",)}
    texts = [call.params["text"] for call in api.calls("sendMessage", chat=ann.id) if "第 2 项" in call.params["text"]]
    assert len(texts) == 1
