"""Start and stop: every hindrance is a clear sentence, what waiting can mend is tried again, SIGTERM ends all well."""

import asyncio
import signal
import socket
from contextlib import closing

import pytest

from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.driver import webhook
from tests.telegram.e2e.walking import Plan, begin_by_taps, card, say

WRONG = "4242:" + "wrong-token-0123456789"


@pytest.mark.slow
async def test_without_a_token(install: Install) -> None:
    bot = install(TELEGRAM_TOKEN="")
    await bot.spawn()
    assert await bot.ended() == 2
    assert bot.output.startswith("shuping: ")
    assert "SHUPING_TELEGRAM_TOKEN" in bot.output
    assert bot.output.count("\n") == 1


@pytest.mark.parametrize(
    "token",
    [WRONG, *(pytest.param(odd, marks=pytest.mark.slow) for odd in ("no token at all", "汉字"))],
    ids=["of another", "no token", "no ascii"],
)
async def test_with_a_wrong_token(install: Install, token: str) -> None:
    bot = install(TELEGRAM_TOKEN=token, LOG_LEVEL="WARNING")
    await bot.spawn()
    assert await bot.ended() == 2
    assert "SHUPING_TELEGRAM_TOKEN" in bot.output
    assert bot.output.count("\n") == 1
    assert token not in bot.output


@pytest.mark.slow
async def test_a_token_that_is_taken_back(api: TelegramApi, install: Install) -> None:
    """While the bot runs, Telegram no longer knows the token."""
    bot = await install().start()
    api.token = "4242:" + "another"
    api._prefix = f"/bot{api.token}/"
    await api.down()
    await api.up()
    assert await bot.ended(15) == 2
    assert "SHUPING_TELEGRAM_TOKEN" in bot.output


@pytest.mark.parametrize("by", ["polling", pytest.param("webhook", marks=pytest.mark.slow)])
async def test_telegram_cannot_be_reached(api: TelegramApi, install: Install, by: str) -> None:
    """It is told and tried again; once Telegram is there, all goes on."""
    await api.down()
    bot = install(**(webhook() if by == "webhook" else {}))
    await bot.spawn()
    await bot.until_says("Telegram cannot be reached")
    await api.up()
    await bot.until_says("ready")
    ann = api.person("Ann", "en")
    await say(ann, "/start", lambda message: message.rows)
    await api.down()
    await asyncio.sleep(0.2)
    await api.up()
    await say(ann, "hello", lambda message: message.rows)
    assert await bot.stop() == 0


@pytest.mark.slow
@pytest.mark.parametrize("method", ["getMe", "setMyCommands", "deleteWebhook", "setWebhook", "getUpdates"])
async def test_a_start_through_failures(api: TelegramApi, install: Install, method: str) -> None:
    bot = install(**(webhook() if method == "setWebhook" else {}))
    api.faults.broken(500, method)
    api.faults.broken(502, method)
    await bot.start()
    await bot.until_says("ready")
    await say(api.person(), "/start", lambda message: message.rows)
    assert bot.troubles == []


@pytest.mark.slow
async def test_told_to_stop_while_telegram_is_away(api: TelegramApi, install: Install) -> None:
    await api.down()
    bot = install()
    await bot.spawn()
    await bot.until_says("Telegram cannot be reached")
    assert await bot.stop(3) == 0


@pytest.mark.slow
async def test_a_second_poller(api: TelegramApi, install: Install) -> None:
    """One of the two is told by Telegram, says so, and goes on when the other is gone."""
    first = await install().start()
    second = await install().start()
    async with asyncio.timeout(10):
        while "another program" not in (first.output + second.output).lower():  # noqa: ASYNC110  # two processes
            await asyncio.sleep(0.05)
    assert await first.stop() == 0
    await say(api.person(), "/start", lambda message: message.rows)
    assert await second.stop() == 0


@pytest.mark.slow
@pytest.mark.parametrize("by", ["polling", "webhook"])
async def test_told_to_stop_in_the_middle_of_work(api: TelegramApi, install: Install, by: str) -> None:
    """What was taken is stored, what is being sent arrives, the rest waits for the next start."""
    bot = await install(**(webhook() if by == "webhook" else {})).start()
    people = [api.person(f"P{number}") for number in range(5)]
    for person in people:
        await begin_by_taps(person, Plan())
    await api.quiet()
    api.faults.latency = 0.3
    for person in people:
        person.tap("稍后", card(person))
    await asyncio.sleep(0.1)
    assert await bot.stop() == 0
    assert bot.troubles == []
    api.faults.clear()
    await bot.start()
    for person in people:
        await api.eventually(lambda person=person: "第 2 项" in card(person).text)  # type: ignore[misc]
        assert bot.session(person).parked == ("q1",)
    assert bot.troubles == []


@pytest.mark.slow
async def test_told_to_stop_while_everything_hangs(api: TelegramApi, install: Install) -> None:
    settings = webhook()
    bot = await install(**settings).start()
    ann = api.person()
    await begin_by_taps(ann, Plan())
    await api.quiet()
    api.faults.hang(60, "editMessageText")
    ann.tap("B", card(ann))
    await api.eventually(lambda: not api.faults.planned)
    host, port = settings["WEBHOOK_LISTEN"].split(":")
    with closing(socket.create_connection((host, int(port)))) as half:
        half.sendall(b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        await asyncio.sleep(0.2)
        assert await bot.stop(10) == 0
    assert "never retrieved" not in bot.output
    await bot.start()
    await ann.until(lambda message: message.button("B ✓"))


@pytest.mark.slow
async def test_an_interrupt_is_an_end_too(install: Install) -> None:
    bot = await install().start()
    assert bot.process is not None
    bot.process.send_signal(signal.SIGINT)
    assert await bot.ended() == 0


async def test_an_address_that_is_taken(install: Install) -> None:
    settings = webhook()
    host, port = settings["WEBHOOK_LISTEN"].split(":")
    with closing(socket.create_server((host, int(port)))):
        bot = install(**settings)
        await bot.spawn()
        assert await bot.ended() == 1, "it may be free again after a restart"
    assert "Traceback" not in bot.output
    assert bot.output.splitlines()[-1].startswith("shuping: ")


@pytest.mark.slow
async def test_a_webhook_address_that_telegram_does_not_take(api: TelegramApi, install: Install) -> None:
    """It would refuse it for ever, so the program says why and ends."""
    bot = install(**webhook())
    api.faults.refuse("bad webhook: An HTTPS URL must be provided for webhook", "setWebhook", count=-1)
    await bot.spawn()
    assert await bot.ended() == 2
    line = bot.output.splitlines()[-1]
    assert line.startswith("shuping: ")
    assert "https url must be provided" in line.lower()
    assert "SHUPING_WEBHOOK_URL" in line


@pytest.mark.parametrize(
    "address", ["nowhere", *(pytest.param(each, marks=pytest.mark.slow) for each in ("127.0.0.1:99999", "127.0.0.1"))]
)
async def test_an_address_that_cannot_be(install: Install, address: str) -> None:
    bot = install(**{**webhook(), "WEBHOOK_LISTEN": address})
    await bot.spawn()
    assert await bot.ended() == 2
    (line,) = bot.output.splitlines()
    assert f"SHUPING_WEBHOOK_LISTEN={address}" in line


async def test_a_wrong_secret_is_refused_by_name(install: Install) -> None:
    bot = install(**{**webhook(), "WEBHOOK_SECRET": "not a secret!"})
    await bot.spawn()
    assert await bot.ended() == 2
    assert "SHUPING_WEBHOOK_SECRET=***" in bot.output
    assert "not a secret!" not in bot.output


@pytest.mark.slow
async def test_a_busy_database_is_waited_for(install: Install) -> None:
    """Exit status 2 would end a service for good, and what is locked now is free in a minute."""
    bot = await install().start()
    await bot.stop()
    with bot.database() as other:
        other.execute("BEGIN EXCLUSIVE")
        await bot.spawn()
        await bot.until_says("the lease cannot be had yet: busy", within=20)
        other.execute("ROLLBACK")
    async with asyncio.timeout(20):
        while bot.output.count("is ready") < 2:  # noqa: ASYNC110  # another process writes it
            await asyncio.sleep(0.1)
    assert bot.running


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"no database at all" * 99, b"SQLite format 3\0" + b"x" * 4096])
async def test_a_database_that_cannot_be_used_may_be_mended(install: Install, content: bytes) -> None:
    bot = install()
    bot.file.write_bytes(content)
    await bot.spawn()
    assert await bot.ended() == 1
    assert bot.output.startswith("shuping: ")
    assert "Traceback" not in bot.output


@pytest.mark.slow
async def test_a_database_that_is_no_database_url_is_a_wrong_setting(install: Install) -> None:
    bot = install(DATABASE_URL="mysql://user:sesame@host/x")
    await bot.spawn()
    assert await bot.ended() == 2
    assert "sesame" not in bot.output
