"""What Telegram, or whoever stands between, may answer at the worst moment: it ends nothing and loses nothing."""

import asyncio
import json
from typing import Any

import pytest

from locales import catalogue
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.test_outbox import at_first_item, right
from tests.telegram.e2e.walking import card, say, tap
from tests.telegram.limits import ApiError, forbidden

PAGE = b"<html><body>Please log in to the network</body></html>"
ANSWERED = ApiError(200, "OK")


# bad answers


@pytest.mark.slow
async def test_an_edit_that_is_answered_by_a_page_is_made_again(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    ann = await at_first_item(api, bot)
    api.faults.add("editMessageText", chat=ann.id, error=ANSWERED, raw=PAGE)
    await tap(ann, "B", lambda message: message.button("B ✓"))
    await api.quiet()
    right(bot, ann)


@pytest.mark.slow
async def test_a_late_refusal_does_no_harm_to_who_has_come_back(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    ann = await at_first_item(api, bot)
    api.faults.add("editMessageText", chat=ann.id, hang=0.6, error=forbidden("bot was blocked by the user"))
    ann.tap("B", card(ann))
    await api.eventually(lambda: [call for call in api.calls("editMessageText", chat=ann.id) if call.code == 0])
    await say(ann, "BC", "第 2 项")
    await api.quiet()
    assert not bot.window(ann).blocked
    assert [payload["kind"] for payload in bot.waiting(ann)] == ["reminder"]
    right(bot, ann)


@pytest.mark.slow
async def test_updates_that_cannot_be_are_passed_over(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    who = {"id": 7, "is_bot": False, "first_name": "X"}
    message = {"message_id": 1, "date": 10**40, "chat": {"id": 7, "type": "private"}, "from": who, "text": "hi"}
    odd: list[Any] = [
        {"update_id": 2**64, "message": message},
        {"update_id": 10**40, "message": message},
        {"update_id": -1, "message": message},
        {"update_id": True},
        {"update_id": 1.5},
        {"no": "number"},
        *(None, 5, "text", [[]]),
        {"update_id": 1, "message": {**message, "chat": {"id": 2**70, "type": "private"}}},
        {"update_id": 2, "message": {**message, "message_id": 2**63}},
        {"update_id": 3, "message": {**message, "chat": {"id": "7", "type": "private"}}},
    ]
    for batch in (odd, odd[:1]):
        raw = json.dumps({"ok": True, "result": batch}).encode()
        api.faults.add("getUpdates", error=ANSWERED, raw=raw)
    ann = api.person("Ann")
    await say(ann, "/start", lambda message: message.rows)
    await api.eventually(lambda: not api.faults.planned)
    await say(ann, "hello", lambda message: message.rows)
    assert "Traceback" not in bot.output
    assert bot.rows("SELECT * FROM outbox WHERE window = 'telegram:7'") == []


@pytest.mark.slow
async def test_nothing_that_people_wrote_is_logged_by_whichever_library(api: TelegramApi, install: Install) -> None:
    """An answer that breaks off is logged whole by the library; what is refused may be quoted by Telegram."""
    bot = await install(LOG_LEVEL="DEBUG").start()
    api.faults.add("getUpdates", error=ANSWERED, raw='{"ok":true,"result":[{"message":{"text":"绝密精密厂'.encode())
    ann = await at_first_item(api, bot)
    api.faults.refuse('can\'t parse entities: unsupported start tag "绝密精密厂" at byte offset 7', "sendMessage")
    ann.say("绝密精密厂的答案")
    await api.quiet()
    await bot.until_says("refused a message")
    assert "绝密" not in bot.output
    assert "\\u7edd" not in bot.output
    assert str(ann.id) not in bot.output


@pytest.mark.slow
async def test_one_unauthorized_is_looked_at_twice(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    fault = api.faults.add("getUpdates", error=ApiError(401, "Unauthorized"))
    asked = len(api.calls("getMe"))
    await say(api.person("Ann"), "/start")
    await api.eventually(lambda: fault.fired and len(api.calls("getMe")) > asked, within=10)
    await say(api.person("Bob"), "/start")
    assert bot.running


@pytest.mark.slow
async def test_the_menu_is_not_waited_for(api: TelegramApi, install: Install) -> None:
    api.faults.too_many(600, "setMyCommands", count=-1)
    bot = await install().start()
    await say(api.person("Ann"), "/start")
    assert bot.running


async def test_commands_for_another_bot_are_not_ours(api: TelegramApi, install: Install) -> None:
    await install().start()
    ann = api.person("Ann")
    group = api.group("Team", ann)
    ann.say("/start@other_bot", group)
    ann.say("/start@SHUPING_test_bot", group)
    await group.until("https://t.me/shuping_test_bot")
    await api.quiet()
    assert len([message for message in group.chat.seen if message.outgoing]) == 1


# answers that are not Telegram's


ODD_UPDATES = [
    *(b"{}", b"[]", b"null", b"5", b'{"ok":true,"result":null}', b'{"ok":true,"result":5}'),
    b'{"ok":true,"result":' + b"[" * 5000,
    b"[" * 5000,
]


@pytest.mark.slow
async def test_answers_that_make_no_sense_end_nothing(api: TelegramApi, install: Install) -> None:
    """While updates are asked for: pages, other people's JSON, refusals in other words."""
    bot = await install().start()
    for raw in ODD_UPDATES:
        api.faults.add("getUpdates", error=ANSWERED, raw=raw)
    for code in (400, 401, 403, 404, 429):
        for raw in (PAGE, b"null", b'"text"', b'{"description":5}', b'{"ok":false,"parameters":[1]}'):
            api.faults.add("getUpdates", error=ApiError(code, "odd"), raw=raw)
    ann = api.person("Ann")
    ann.say("/start")
    await asyncio.sleep(1.0)
    assert bot.running, bot.output[-2000:]
    api.faults.clear()
    await ann.until(lambda message: message.rows, within=40)
    assert "Traceback" not in bot.output


@pytest.mark.parametrize("code", [403, *(pytest.param(code, marks=pytest.mark.slow) for code in (400, 404))])
async def test_a_page_is_no_refusal_of_telegrams(api: TelegramApi, install: Install, code: int) -> None:
    """A proxy that says 403 has not been blocked by anybody: the reply comes, and the reminder stays."""
    bot = await install().start()
    ann = await at_first_item(api, bot)
    api.faults.add("editMessageText", chat=ann.id, error=ApiError(code, "odd"), raw=PAGE)
    await tap(ann, "B", lambda message: message.button("B ✓"))
    await api.quiet()
    assert not bot.window(ann).blocked
    assert [payload["kind"] for payload in bot.waiting(ann)] == ["reminder"]


@pytest.mark.slow
@pytest.mark.parametrize("raw", [b"{}", b'{"ok":true,"result":[]}', b'{"ok":true,"result":{}}'])
async def test_an_odd_answer_damages_no_message(api: TelegramApi, install: Install, raw: bytes) -> None:
    bot = await install().start()
    ann = await at_first_item(api, bot)
    api.faults.add("sendMessage", chat=ann.id, error=ANSWERED, raw=raw)
    await say(ann, "B", "第 2 项")
    await api.quiet()
    assert bot.rows("SELECT count(*) FROM damaged") == [(0,)]
    right(bot, ann)


@pytest.mark.slow
async def test_a_start_among_pages(api: TelegramApi, install: Install) -> None:
    bot = install()
    for method, code in (
        ("getMe", 200),
        ("getMe", 404),
        ("getMe", 400),
        ("deleteWebhook", 401),
        ("deleteWebhook", 400),
    ):
        api.faults.add(method, error=ApiError(code, "odd"), raw=PAGE if code != 200 else b"{}")
    await bot.start()
    await bot.until_says("is ready")
    assert bot.running


@pytest.mark.slow
async def test_a_file_that_is_too_large_is_apologised_for(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    ann = await at_first_item(api, bot)
    api.faults.add("sendDocument", chat=ann.id, error=ApiError(413, "Request Entity Too Large"), raw=PAGE)
    ann.say("/mydata")
    await ann.until(catalogue("zh-Hans")("report.refused"))
    await api.quiet()
    assert [payload["kind"] for payload in bot.waiting(ann)] == ["reminder"]
