"""What the server answers: the shapes that the stock client reads, and every refusal, word for word."""

import asyncio
import io
import json
from typing import Any

import aiohttp
import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MenuButtonCommands,
    MenuButtonDefault,
    MenuButtonWebApp,
    ReplyKeyboardMarkup,
    WebAppInfo,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from tests.telegram.api import TelegramApi
from tests.telegram.conftest import Raw

UNCHANGED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
NO_ACTION = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
ROWS = 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'


def inline(*rows: list[tuple[str, str]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(text, callback_data=data) for text, data in row] for row in rows]
    )


async def test_the_bot_introduces_itself(api: TelegramApi, bot: Bot) -> None:
    me = await bot.get_me()
    assert me.is_bot
    assert me.username == api.world.me["username"]
    assert me.can_read_all_group_messages is False


async def test_a_message_is_sent_edited_and_deleted(api: TelegramApi, bot: Bot) -> None:
    ann = api.person("Ann", "en")
    ann.say("/start")
    sent = await bot.send_message(
        ann.id, "<b>Hello</b> &amp; welcome", parse_mode="HTML", reply_markup=inline([("Yes", "y"), ("No", "n")])
    )
    assert (sent.text, sent.chat.id, sent.from_user and sent.from_user.is_bot) == ("Hello & welcome", ann.id, True)
    shown = await ann.until("welcome")
    assert shown.labels == [["Yes", "No"]]
    assert shown.entities == [{"type": "bold", "offset": 0, "length": 5}]
    edited = await bot.edit_message_text("Bye", ann.id, sent.message_id)
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    assert (shown.text, shown.rows, shown.edits) == ("Bye", [], 1)
    assert shown.past[0][0] == "Hello & welcome"
    assert await bot.delete_message(ann.id, sent.message_id)
    assert shown.deleted
    assert shown not in ann.chat.seen


async def test_replies_and_other_keyboards(api: TelegramApi, bot: Bot) -> None:
    ann = api.person()
    said = ann.say("hi")
    sent = await bot.send_message(
        ann.id, "?", reply_to_message_id=said.id, reply_markup=ReplyKeyboardMarkup([["Left", "Right"]])
    )
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "hi"
    assert ann.press("Left").text == "Left"
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", ann.id, sent.message_id)
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(ann.id, "?", reply_to_message_id=999)


async def test_documents_and_photos(api: TelegramApi, bot: Bot) -> None:
    ann = api.person(started=True)
    sent = await bot.send_document(
        ann.id, io.BytesIO("结果".encode()), filename="结果.json", caption="<i>done</i>", parse_mode="HTML"
    )
    assert sent.document is not None
    assert sent.document.file_name == "结果.json"
    shown = ann.chat.last
    assert (shown.file.decode(), shown.text, shown.entities[0]["type"]) == ("结果", "done", "italic")
    assert bytes(await (await sent.document.get_file()).download_as_bytearray()).decode() == "结果"
    again = await bot.send_document(ann.id, sent.document.file_id)
    assert again.document == sent.document
    photo = await bot.send_photo(ann.id, b"png", reply_markup=inline([("ok", "1")]))
    assert photo.photo[0].width
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("x", ann.id, photo.message_id)
    assert await bot.edit_message_reply_markup(ann.id, photo.message_id, reply_markup=None)
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(ann.id, b"png", caption="x" * 1025)
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await bot.send_document(ann.id, b"")
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_document(ann.id, "nothing")


async def test_commands_by_language_and_scope(api: TelegramApi, bot: Bot) -> None:
    await bot.set_my_commands([BotCommand("start", "开始")], language_code="zh")
    await bot.set_my_commands([("help", "Help")], scope={"type": "all_private_chats"})  # type: ignore[arg-type]
    assert await bot.get_my_commands(language_code="zh") == (BotCommand("start", "开始"),)
    assert await bot.get_my_commands() == ()
    assert api.world.commands["all_private_chats", ""] == [{"command": "help", "description": "Help"}]
    await bot.delete_my_commands(language_code="zh")
    assert await bot.get_my_commands(language_code="zh") == ()
    await bot.set_my_description("D", language_code="en")
    await bot.set_my_name("N")
    assert (await bot.get_my_description("en")).description == "D"
    assert (await bot.get_my_name("en")).name == "N"
    ann = api.person("Ann", started=True)
    assert (await bot.get_chat(ann.id)).first_name == "Ann"
    assert await bot.send_chat_action(ann.id, "typing")
    assert ann.chat.actions == ["typing"]


async def test_the_button_beside_the_keyboard(bot: Bot, raw: Raw) -> None:
    assert isinstance(await bot.get_chat_menu_button(), MenuButtonCommands)
    page = MenuButtonWebApp("Open", WebAppInfo("https://example.org/tg"))
    await bot.set_chat_menu_button(menu_button=page)
    assert await bot.get_chat_menu_button() == page
    reason = "menu button Web App URL 'http://example.org' is invalid: Only HTTPS links are allowed"
    plain = {"type": "web_app", "text": "Open", "web_app": {"url": "http://example.org"}}
    assert await raw("setChatMenuButton", menu_button=plain) == (400, refused(reason))
    await bot.set_chat_menu_button(menu_button=MenuButtonDefault())
    assert isinstance(await bot.get_chat_menu_button(), MenuButtonCommands)


@pytest.mark.parametrize(
    ("commands", "reason"),
    [
        ([{"command": "Start", "description": "d"}], "BOT_COMMAND_INVALID"),
        ([{"command": "a-b", "description": "d"}], "BOT_COMMAND_INVALID"),
        ([{"command": "", "description": "d"}], "command must be non-empty"),
        ([{"command": "a" * 33, "description": "d"}], "command length must not exceed 32"),
        ([{"command": "a", "description": " "}], "command description must be non-empty"),
        ([{"command": "a", "description": "d" * 257}], "command description length must not exceed 256"),
        ([{"command": "a"}], "can't parse BotCommand: Can't find field \"description\""),
        ([{"command": "a", "description": "d"}] * 101, "BOT_COMMANDS_TOO_MUCH"),
        ({}, "expected an Array of BotCommand"),
    ],
)
async def test_bad_commands_are_refused(raw: Raw, commands: Any, reason: str) -> None:
    assert await raw("setMyCommands", commands=commands) == (400, refused(reason))


def refused(reason: str) -> dict[str, Any]:
    return {"ok": False, "error_code": 400, "description": f"Bad Request: {reason}"}


def button(**more: Any) -> dict[str, Any]:
    return {"reply_markup": {"inline_keyboard": [[{"text": "x", **more}]]}}


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "text must be non-empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "x" * 40000}, "text is too long"),
        ({"text": "\ud800"}, "strings must be encoded in UTF-8"),
        ({"text": "<q>", "parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "q" at byte offset 0'),
        ({"parse_mode": "Word"}, "unsupported parse_mode"),
        ({"chat_id": 7}, "chat not found"),
        ({"chat_id": "@nobody"}, "chat not found"),
        ({"chat_id": ""}, "chat_id is empty"),
        (button(callback_data="x" * 65), "BUTTON_DATA_INVALID"),
        (button(callback_data="中" * 22), "BUTTON_DATA_INVALID"),
        (button(callback_data=""), NO_ACTION),
        (button(), NO_ACTION),
        (button(text=" ", callback_data="1"), "inline keyboard button text must be non-empty"),
        (button(url="no where"), "inline keyboard button URL 'no where' is invalid: Wrong HTTP URL"),
        ({"reply_markup": []}, "object expected as reply markup"),
        ({"reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"reply_markup": {"inline_keyboard": {}}}, 'field "inline_keyboard" must be of type Array'),
        ({"reply_markup": {"inline_keyboard": [{"text": "x"}]}}, ROWS),
        ({"reply_markup": {"keyboard": [[{"text": ""}]]}}, "keyboard button text must be non-empty"),
        (
            {"reply_markup": {"inline_keyboard": [["x"]]}},
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object",
        ),
        (
            {"reply_markup": {"inline_keyboard": [[{"callback_data": "x"}]]}},
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            {"reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 5] * 21}},
            "reply markup is too long",
        ),
        (
            {"reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 9]}},
            "reply markup is too long",
        ),
    ],
)
async def test_bad_messages_are_refused(api: TelegramApi, raw: Raw, params: dict[str, Any], reason: str) -> None:
    chat = api.person(started=True)
    assert await raw("sendMessage", **({"chat_id": chat.id, "text": "x"} | params)) == (400, refused(reason))
    assert not chat.chat.messages


async def test_what_just_fits_is_taken(api: TelegramApi, bot: Bot) -> None:
    ann = api.person(started=True)
    await bot.send_message(ann.id, "😀" * 2048)
    await bot.send_message(ann.id, f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    await bot.send_message(ann.id, "x", reply_markup=inline(*[[("x", "中" * 21)] * 5] * 20))
    assert len(ann.chat.last.buttons) == 100


async def test_refused_edits_and_deletions(api: TelegramApi, bot: Bot) -> None:
    ann = api.person()
    said = ann.say("hi")
    keys = inline([("x", "x")])
    sent = await bot.send_message(ann.id, "<b>x</b>", parse_mode="HTML", reply_markup=keys)
    for wrong in (
        bot.edit_message_text("<b>x</b>", ann.id, sent.message_id, parse_mode="HTML", reply_markup=keys),
        bot.edit_message_reply_markup(ann.id, sent.message_id, reply_markup=keys),
    ):
        with pytest.raises(BadRequest) as caught:
            await wrong
        assert f"Bad Request: {caught.value.message[0].lower()}{caught.value.message[1:]}" == UNCHANGED
    await bot.edit_message_text("x", ann.id, sent.message_id, reply_markup=keys)  # bold no longer
    await bot.edit_message_text("x", ann.id, sent.message_id)  # and without its buttons
    for wrong, reason in (
        (bot.edit_message_text("x", ann.id, 999), "Message to edit not found"),
        (bot.edit_message_text("x", ann.id, said.id), "Message can't be edited"),
        (bot.delete_message(ann.id, 999), "Message to delete not found"),
    ):
        with pytest.raises(BadRequest, match=reason):
            await wrong
    ann.chat.messages[sent.message_id].date -= 49 * 3600
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(ann.id, sent.message_id)
    await bot.delete_message(ann.id, said.id)  # in private, also theirs
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(ann.id, said.id)


async def test_taps_are_answered_once_and_in_time(api: TelegramApi, bot: Bot, raw: Raw) -> None:
    ann = api.person(started=True)
    await bot.send_message(ann.id, "?", reply_markup=inline([("Yes", "y")]))
    tap = ann.tap("Yes")
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.answer_callback_query(tap.id, "x" * 201)
    assert await bot.answer_callback_query(tap.id, "noted", show_alert=True)
    assert (await tap.answered())["text"] == "noted"
    late = ann.tap("y")
    late.at -= 3600
    for query in (tap.id, late.id, "0"):
        status, answer = await raw("answerCallbackQuery", callback_query_id=query)
        assert (status, answer["description"]) == (400, OLD)


async def test_people_who_cannot_be_written_to(api: TelegramApi, bot: Bot) -> None:
    ann, bob = api.person(started=True), api.person()
    group = api.group("Team", ann, bob)
    ann.block()
    for wrong in (bot.send_message(ann.id, "x"), bot.send_chat_action(ann.id, "typing")):
        with pytest.raises(Forbidden, match="Forbidden: bot was blocked by the user"):
            await wrong
    bob.world.chats[bob.id] = bob.chat
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(bob.id, "x")
    group.remove_bot()
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(group.id, "x")
    ann.unblock()
    await bot.send_message(ann.id, "x")


async def test_wrong_tokens_methods_and_addresses(api: TelegramApi, raw: Raw) -> None:
    assert await raw("sendNothing") == (404, {"ok": False, "error_code": 404, "description": "Not Found"})
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=f"{api.url}/bot"):
            raise AssertionError
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{api.url}/bot1:wrong/getMe") as response:
            assert (response.status, (await response.json())["description"]) == (401, "Unauthorized")
        async with session.get(f"{api.url}/elsewhere") as response:
            assert response.status == 404


async def test_every_kind_of_body_is_read(api: TelegramApi) -> None:
    ann = api.person(started=True)
    address = f"{api.url}/bot{api.token}/SENDMESSAGE"
    params = {
        "chat_id": str(ann.id),
        "text": "100% «汉字»\\x + &",
        "reply_markup": json.dumps(button(url="t.me/x")["reply_markup"]),
    }
    form = aiohttp.FormData(params, quote_fields=False)
    form._is_multipart = True
    async with aiohttp.ClientSession() as session:
        for body in ({"data": params}, {"json": params}, {"params": params}, {"data": form}):
            async with session.post(address, **body) as response:
                assert (await response.json())["result"]["text"] == params["text"], body
        async with session.post(address, data="[", headers={"Content-Type": "application/json"}) as response:
            assert response.status == 400
    assert [message.labels for message in ann.chat.seen] == [[["x"]]] * 4


async def test_the_quick_way_in_and_the_slow_one_share_a_connection(api: TelegramApi) -> None:
    ann = api.person(started=True)
    start = f"/bot{api.token}/"
    body = json.dumps({"chat_id": ann.id, "text": "汉字"}).encode()
    kind = "Content-Type: application/json; charset=utf-8"
    post = (
        f"POST {start}sendMessage HTTP/1.1\r\nHost: x\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    )
    get = f"GET {start}getMe HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
    stream = post + post + get + post
    for at in range(0, len(stream), 37):
        writer.write(stream[at : at + 37])
        await asyncio.sleep(0)
    answers = []
    for _ in range(4):
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        answers.append(json.loads(await reader.readexactly(size))["result"])
    assert [answer.get("text") or answer["username"] for answer in answers] == [
        *("汉字", "汉字", api.world.me["username"], "汉字")
    ]
    writer.close()
    await writer.wait_closed()


async def test_calls_are_logged_and_counted(api: TelegramApi, bot: Bot) -> None:
    ann, bob = api.person(started=True), api.person(started=True)
    for number in range(5):
        await bot.send_message(ann.id, str(number))
    await bot.send_message(bob.id, "x")
    with pytest.raises(TelegramError):
        await bot.send_message(bob.id, "")
    assert [call.code for call in api.calls("sendMessage", chat=bob.id)] == [200, 400]
    assert api.calls("sendMessage")[0].result["text"] == "0"
    assert api.log.most_per_second >= api.log.most_per_chat(ann.id) == 5
    assert api.log.peak("sendMessage", chat=bob.id) == 1
    assert api.log.peak("sendMessage", chat=bob.id, ok=False) == 2
