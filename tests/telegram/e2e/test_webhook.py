"""The webhook answers 200 only for what is committed, and lets nobody in but Telegram."""

import asyncio
import resource
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from itertools import cycle
from typing import Any

import psutil
import pytest

from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.driver import SECRET, Shuping, free_port, post, webhook
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
    for number in (1 << 63, 1 << 64, -1, 7.0, True, "7", None, [7], float("nan"), float("inf")):
        assert (await post(url, {**good, "update_id": number}, SECRET))[0] == 400, number
    assert (await post(url, b'{"update_id": 7, "message": ' + b"[" * 100_000, SECRET))[0] == 400
    assert (await post(url, b'{"update_id": ' + b"7" * 5000 + b"}", SECRET))[0] == 400
    strange = {"update_id": 6, "message": {"message_id": 1, "chat": "nobody"}}
    assert (await post(url, strange, SECRET))[0] == 200, "it would only come again"
    assert (await post(url.replace("/hook", "/healthz"), b"", method="GET"))[0] == 404, "health is asked elsewhere"
    ready = await post(url.replace("/hook", "/readyz"), b"", method="GET")
    assert ready == (200, b""), "but a balancer asks where it sends"
    assert bot.rows("SELECT * FROM sessions") == []
    status, answer = await post(url, good, SECRET)
    assert (status, answer) == (200, b"")
    assert bot.rows("SELECT id FROM updates") == [(7,)], "it is committed when it is answered"
    (trouble,) = bot.troubles
    assert "passed over" in trouble


MOST_FILES = 1024


@pytest.mark.slow
async def test_whoever_holds_connections_holds_up_nobody(api: TelegramApi, install: Install) -> None:
    """1,100 requests that never end, of every kind: updates are taken, health answers, and the bot can be stopped."""
    settings, health = webhook(), f"127.0.0.1:{free_port()}"
    url, ann = settings["WEBHOOK_URL"], api.person("Ann", started=True)
    bot = await install(**settings, HEALTH_LISTEN=health).start()
    assert bot.process is not None
    process = psutil.Process(bot.process.pid)
    process.rlimit(psutil.RLIMIT_NOFILE, (MOST_FILES, MOST_FILES))
    head = b"POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n"
    secret = f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n".encode()
    ways = (b"", head[:20], head, head + b"\r\n{", head + secret + b"\r\n{")
    async with held(settings["WEBHOOK_LISTEN"], ways, 1100), held(health, ways[:3], 100):
        for number in range(5):
            async with asyncio.timeout(2):
                assert (await post(f"http://{health}/healthz", b"", method="GET"))[0] == 200
                assert (await post(url, update(ann, number), SECRET))[0] == 200
        assert process.num_fds() < MOST_FILES / 4
        began = time.monotonic()
        assert await bot.stop() == 0
        assert time.monotonic() - began < 5
    assert bot.rows("SELECT count(*) FROM updates") == [(5,)]
    assert bot.troubles == []


@asynccontextmanager
async def held(address: str, ways: Sequence[bytes], number: int) -> AsyncIterator[None]:
    """So many connections, each with the beginning of a request."""
    host, _, port = address.rpartition(":")
    (soft, hard), writers = resource.getrlimit(resource.RLIMIT_NOFILE), []
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for _, way in zip(range(number), cycle(ways), strict=False):
        writers.append((await asyncio.open_connection(host, int(port)))[1])
        writers[-1].write(way)
    try:
        yield
    finally:
        for writer in writers:
            writer.transport.abort()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.slow
async def test_health_of_a_bot_that_polls(api: TelegramApi, install: Install) -> None:
    address = f"127.0.0.1:{free_port()}"
    await install(HEALTH_LISTEN=address).start()
    assert (await post(f"http://{address}/healthz", b"", method="GET"))[0] == 200
    assert (await post(f"http://{address}/hook", b"{}", SECRET))[0] == 404
    second = install(HEALTH_LISTEN=address)
    await second.spawn()
    assert await second.ended() == 1
    assert "Traceback" not in second.output
    assert second.output.splitlines()[-1].startswith("shuping: ")


async def test_an_address_for_health_that_cannot_be(install: Install) -> None:
    bot = install(HEALTH_LISTEN="127.0.0.1:99999")
    await bot.spawn()
    assert await bot.ended() == 2
    (line,) = bot.output.splitlines()
    assert "SHUPING_HEALTH_LISTEN=127.0.0.1:99999" in line


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
