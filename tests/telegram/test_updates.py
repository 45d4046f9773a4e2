"""How updates reach the bot: long polling, conflicts, the webhook; and what can go wrong with them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from telegram import Bot, Update
from telegram.error import BadRequest, Conflict, NetworkError, RetryAfter, TimedOut
from telegram.ext import Application, MessageHandler, filters

from tests.telegram.api import TelegramApi
from tests.telegram.conftest import Raw

WORD = "s3cret"
OTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


async def texts(bot: Bot, **how: Any) -> list[str]:
    return [update.message.text or "" for update in await bot.get_updates(**how) if update.message]


async def test_offsets_confirm_and_limits_limit(api: TelegramApi, bot: Bot) -> None:
    ann = api.person()
    for number in range(5):
        ann.say(str(number))
    first = await bot.get_updates(limit=2)
    assert [update.message.text for update in first if update.message] == ["0", "1"]
    assert await texts(bot) == ["0", "1", "2", "3", "4"]
    assert await texts(bot, offset=first[1].update_id + 1) == ["2", "3", "4"]
    assert await texts(bot, offset=-1) == ["4"]
    assert await texts(bot) == ["4"]


async def test_a_long_poll_ends_with_the_first_update(api: TelegramApi, bot: Bot) -> None:
    ann = api.person()
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    assert not poll.done()
    ann.say("hi")
    assert len(await asyncio.wait_for(poll, 2)) == 1
    began = time.monotonic()
    assert await bot.get_updates(offset=-1, timeout=1) != ()
    assert await bot.get_updates(offset=2**31 - 1, timeout=1) == ()
    assert 0.9 < time.monotonic() - began < 3


async def test_a_second_poller_throws_the_first_out(api: TelegramApi, bot: Bot, raw: Raw) -> None:
    first = asyncio.create_task(raw("getUpdates", timeout=20))
    await api.eventually(lambda: api.updates.polled)
    second = asyncio.create_task(bot.get_updates(timeout=20))
    assert await first == (409, {"ok": False, "error_code": 409, "description": OTHER})
    api.person().say("hi")
    assert len(await second) == 1


async def test_only_the_kinds_asked_for_are_kept(api: TelegramApi, bot: Bot) -> None:
    ann = api.person()
    await bot.get_updates(allowed_updates=["callback_query"])
    ann.say("unheard")
    assert await bot.get_updates() == ()
    await bot.get_updates(allowed_updates=[])
    ann.say("heard")
    assert await texts(bot) == ["heard"]


@asynccontextmanager
async def receiver(answer: Callable[[web.BaseRequest], Awaitable[web.Response]]) -> AsyncIterator[str]:
    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


async def test_the_webhook_gets_all_in_order_until_it_takes_them(api: TelegramApi, bot: Bot) -> None:
    got: list[str] = []
    failures = iter([500, 503, 302])

    async def answer(request: web.BaseRequest) -> web.Response:
        assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == WORD
        update = Update.de_json(await request.json(), bot)
        assert update.message
        status = next(failures, 200)
        got.append(f"{update.message.text} {status}")
        return web.Response(status=status)

    ann = api.person()
    ann.say("early")
    async with receiver(answer) as url:
        await bot.set_webhook(url, secret_token=WORD, max_connections=1)
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        for number in range(3):
            ann.say(str(number))
        await api.quiet(0.05)
        assert got == ["early 500", "early 503", "early 302", "early 200", "0 200", "1 200", "2 200"]
        info = await bot.get_webhook_info()
        assert (info.url, info.pending_update_count, info.max_connections) == (url, 0, 1)
        assert str(info.last_error_message).startswith("Wrong response from the webhook: ")
        await bot.delete_webhook()
    ann.say("later")
    assert await texts(bot) == ["later"]


async def test_chats_are_delivered_side_by_side_but_each_in_order(api: TelegramApi, bot: Bot) -> None:
    got: list[str] = []
    gate = asyncio.Event()

    async def answer(request: web.BaseRequest) -> web.Response:
        message = (await request.json())["message"]
        if message["from"]["first_name"] == "Slow":
            await gate.wait()
        got.append(message["text"])
        return web.json_response({"method": "sendMessage", "chat_id": message["chat"]["id"], "text": "taken"})

    slow, fast = api.person("Slow"), api.person("Fast")
    async with receiver(answer) as url:
        await bot.set_webhook(url)
        slow.say("s1")
        slow.say("s2")
        fast.say("f1")
        await fast.until("taken")
        assert got == ["f1"]
        gate.set()
        await slow.until("taken")
        await api.quiet(0.05)
        assert got == ["f1", "s1", "s2"]
        poll = asyncio.create_task(bot.delete_webhook(drop_pending_updates=True))
        assert await poll


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"url": "ftp://127.0.0.1"}, "invalid webhook URL specified"),
        ({"url": "http://example.org/x"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://example.org:8080/"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": "http://127.0.0.1:1", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "http://127.0.0.1:1", "secret_token": "a" * 257}, "secret token is too long"),
    ],
)
async def test_bad_webhooks_are_refused(raw: Raw, params: dict[str, str], reason: str) -> None:
    status, answer = await raw("setWebhook", **params)
    assert (status, answer["description"]) == (400, f"Bad Request: {reason}")


async def test_setting_a_webhook_ends_the_poll(api: TelegramApi, raw: Raw) -> None:
    poll = asyncio.create_task(raw("getUpdates", timeout=20))
    await api.eventually(lambda: api.updates.polled)
    assert (await raw("setWebhook", url="http://127.0.0.1:1/"))[1]["description"] == "Webhook was set"
    assert (await poll)[1]["description"] == "Conflict: terminated by setWebhook request"
    api.person().say("hi")
    await api.eventually(lambda: api.updates.webhook and api.updates.webhook.last_error)
    assert (await raw("getWebhookInfo"))[1]["result"]["last_error_message"] == "Connection refused"
    assert (await raw("deleteWebhook"))[1]["description"] == "Webhook was deleted"


async def test_updates_twice_late_and_out_of_order(api: TelegramApi, bot: Bot) -> None:
    ann = api.person()
    api.updates.repeat = 1
    ann.say("twice")
    (first,) = await bot.get_updates()
    ann.say("once")
    second = await bot.get_updates(offset=first.update_id + 1)
    assert [update.update_id - first.update_id for update in second] == [0, 1]
    assert await bot.get_updates(offset=second[-1].update_id + 1) == ()
    api.updates.hold()
    ann.say("1")
    ann.say("2")
    assert await bot.get_updates() == ()
    api.updates.release(reverse=True)
    assert await texts(bot) == ["2", "1"]


async def test_refusals_by_plan(api: TelegramApi, bot: Bot) -> None:
    ann, bob = api.person(started=True), api.person(started=True)
    api.faults.too_many(7, "sendMessage", chat=ann.id)
    api.faults.refuse("message to edit not found", "editMessageText")
    api.faults.broken(502, "sendMessage", chat=bob.id, skip=1)
    await bot.send_message(bob.id, "x")
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(ann.id, "x")
    assert caught.value.retry_after == timedelta(seconds=7)
    await bot.send_message(ann.id, "x")
    with pytest.raises(NetworkError, match="502"):
        await bot.send_message(bob.id, "x")
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("y", ann.id, ann.chat.last.id)
    api.faults.broken(500, count=2)
    for _ in range(2):
        with pytest.raises(NetworkError, match="Internal Server Error"):
            await bot.send_message(bob.id, "x")
    assert len(bob.chat.seen) == 1
    assert api.log.errors["Too Many Requests: retry after 7"] == 1


async def test_cut_connections_hangs_and_latency(api: TelegramApi, bot: Bot) -> None:
    ann = api.person(started=True)
    api.faults.drop("before", "sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(ann.id, "lost")
    assert not ann.chat.seen
    api.faults.drop("after", "sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(ann.id, "applied")
    assert ann.chat.last.text == "applied"
    api.faults.hang(0.6, "sendMessage")
    with pytest.raises(TimedOut):
        await bot.send_message(ann.id, "slow", read_timeout=0.2)
    await ann.until("slow")
    api.faults.latency = 0.1
    began = time.monotonic()
    await bot.get_me()
    assert time.monotonic() - began >= 0.1


async def test_telegram_goes_away_and_comes_back(api: TelegramApi, bot: Bot) -> None:
    ann = api.person()
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await api.eventually(lambda: api.updates.polled)
    await api.down()
    with pytest.raises(NetworkError):
        await poll
    with pytest.raises(NetworkError):
        await bot.get_me()
    ann.say("meanwhile")
    await api.up()
    assert await texts(bot) == ["meanwhile"]


async def test_a_stock_application_talks(api: TelegramApi) -> None:
    async def echo(update: Update, _: Any) -> None:
        assert update.effective_message
        await update.effective_message.reply_text(f"<{update.effective_message.text}>")

    builder = Application.builder().token(api.token).base_url(f"{api.url}/bot")
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    async with application:
        assert application.updater
        await application.updater.start_polling(poll_interval=0)
        await application.start()
        people = [api.person() for _ in range(20)]
        for person in people:
            person.say("hi")
        await asyncio.gather(*(person.until("<hi>") for person in people))
        await api.quiet(0.1)
        await application.updater.stop()
        await application.stop()


async def test_from_another_process(api: TelegramApi, bot: Bot) -> None:
    async with aiohttp.ClientSession() as session:

        async def control(name: str, **params: Any) -> Any:
            async with session.post(f"{api.url}/control/{name}", json=params) as response:
                assert response.status == 200, await response.text()
                return await response.json()

        ids = (await control("people", count=2, language_code="en"))["ids"]
        acting = asyncio.create_task(
            control("batch", acts=[{"person": one, "say": "hi", "until": {"contains": "ho"}} for one in ids])
        )
        for update in await bot.get_updates(timeout=5):
            assert update.message
            await update.message.reply_text("ho")
        results = (await acting)["results"]
        assert [result["message"]["text"] for result in results] == ["ho", "ho"]
        assert (await control("stats"))["totals"]["sendMessage"] == 2
        assert len((await control("chat", id=ids[0]))["messages"]) == 2


async def test_the_webhook_may_get_an_update_twice(api: TelegramApi, bot: Bot) -> None:
    got: list[str] = []

    async def answer(request: web.BaseRequest) -> web.Response:
        got.append((await request.json())["message"]["text"])
        return web.Response()

    ann = api.person()
    async with receiver(answer) as url:
        await bot.set_webhook(url)
        api.updates.repeat = 1
        ann.say("1")
        ann.say("2")
        await api.quiet(0.1)
        assert got == ["1", "1", "2"]
        assert (await bot.get_webhook_info()).pending_update_count == 0
        await bot.delete_webhook()
