"""What is no answer gets a friendly hint and the current card; what is none of our business gets nothing."""

import asyncio
from collections.abc import Callable

import pytest

from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Town
from tests.telegram.e2e.driver import SECRET, Shuping, post, webhook
from tests.telegram.e2e.walking import Plan, begin_by_taps, card, cards, say, tap
from tests.telegram.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="module")
ODD: dict[str, Callable[[Person], object]] = {
    "sticker": lambda ann: ann.sticker(),
    "photo": lambda ann: ann.photo(caption="B"),
    "voice": lambda ann: ann.voice(),
    "document": lambda ann: ann.document("answers.txt"),
    "contact": lambda ann: ann.send(contact={"phone_number": "1", "first_name": "x"}),
    "location": lambda ann: ann.send(location={"latitude": 1.0, "longitude": 2.0}),
    "dice": lambda ann: ann.send(dice={"emoji": "🎲", "value": 3}),
}


async def at_first_item(town: Town) -> Person:
    ann = town.api.person("Ann")
    await begin_by_taps(ann, Plan())
    await town.api.quiet(0.12)
    return ann


async def hinted(town: Town, ann: Person, act: Callable[[], object], hint: str) -> None:
    """The hint stands on the current card, which is now at the bottom; nothing else has changed."""
    before = town.bot.session(ann)
    act()
    shown = await ann.until(lambda message: hint in message.text and message.rows)
    await town.api.quiet(0.12)
    assert cards(ann) == [shown]
    assert shown is ann.chat.last
    assert "第 1 项" in shown.text
    assert town.bot.session(ann) == before
    assert town.bot.troubles == []


@pytest.mark.parametrize(
    "odd", [pytest.param(odd, marks=() if odd in ("sticker", "photo", "voice") else pytest.mark.slow) for odd in ODD]
)
async def test_only_text_and_buttons(town: Town, odd: str) -> None:
    ann = await at_first_item(town)
    await hinted(town, ann, lambda: ODD[odd](ann), "我只看得懂文字和按钮")


async def test_an_edited_message_is_no_second_answer(town: Town) -> None:
    ann = await at_first_item(town)
    said = ann.say("hm?")
    await ann.until("没看懂“hm?”")
    await hinted(town, ann, lambda: ann.edit(said, "B"), "我只看得懂文字和按钮")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("x" * 1001, "太长了"),
        ("汉" * 4096, "太长了"),
        ("🙂" * 30, "没看懂“🙂"),
        ("<b>&amp; [x](y) _*`</i>", "没看懂“<b>&amp; [x](y) _*`</i>”"),
        ("/nonsense", "没有这个命令"),
        ("/", "没有这个命令"),
        ("Z", "没有"),
        ("\u202e\u200b", "没看懂"),
        ("AB", "无"),
    ],
)
async def test_text_that_is_no_answer(town: Town, text: str, hint: str) -> None:
    ann = await at_first_item(town)
    await hinted(town, ann, lambda: ann.say(text), hint)


@pytest.mark.parametrize("name", ["<b>&", "&lt;i&gt;</b>", "{name} %s", "a" * 100])
async def test_a_firm_is_called_what_it_is_called(town: Town, name: str) -> None:
    ann = town.api.person("Ann")
    await begin_by_taps(ann, Plan(firm=name))
    assert town.bot.session(ann).firm.name == name
    await say(ann, "总览")
    shown = await tap(ann, "改企业信息", lambda message: "企业叫什么名字" in message.text)
    assert name in shown.text
    await town.api.quiet(0.12)
    assert town.bot.troubles == []


async def test_a_name_of_several_lines_or_too_long(town: Town) -> None:
    ann = town.api.person("Ann")
    await say(ann, "/start")
    ann.tap("1 ✓")
    await ann.until("企业叫什么名字")
    shown = await say(ann, "长" * 101, lambda message: message.rows)
    assert "企业叫什么名字" in shown.text
    await say(ann, "第一行\n第二行\t\x07厂")
    assert town.bot.session(ann).firm.name == "第一行 第二行 厂"


async def test_the_first_word_may_be_anything(town: Town) -> None:
    for first in (lambda ann: ann.say("BC"), lambda ann: ann.sticker(), lambda ann: ann.say("/result")):
        ann = town.api.person("Ann")
        first(ann)  # type: ignore[no-untyped-call]
        shown = await ann.until(lambda message: message.rows)
        assert "您好，我是数评" in shown.text
        assert "Telegram（服务器在境外）" in shown.text, "it says what becomes of the answers"
        await town.api.quiet(0.12)
        assert town.bot.about(ann) == {}, "nothing is stored before they begin"


@pytest.mark.parametrize("first", ["/start recheck", "/start q5", "/overview", "/recheck", "/resume"])
async def test_whoever_comes_by_a_link_is_welcomed_not_corrected(town: Town, first: str) -> None:
    shown = await say(town.api.person("Ann"), first)
    assert shown.text.startswith("您好，我是数评")


async def test_a_group_gets_a_link(town: Town) -> None:
    ann = town.api.person("Ann")
    group = town.api.group("Team", ann)
    ann.say("/start", group)
    answer = await group.until("https://t.me/shuping_test_bot")
    assert not answer.rows
    ann.say("what is this?", group, reply_to=answer)
    ann.join(group)
    await town.api.quiet(0.12)
    assert len([message for message in group.chat.seen if message.outgoing]) == 1
    assert town.bot.about(ann) == {}
    assert town.bot.rows("SELECT * FROM sessions WHERE chat LIKE '%-%'") == []


async def test_a_button_forwarded_to_a_group_is_ignored(town: Town) -> None:
    ann = await at_first_item(town)
    group = town.api.group("Team", ann)
    shown = card(ann)
    query = {"id": "1", "from": ann.user, "chat_instance": "1", "data": shown.buttons[0]["callback_data"]}
    before = town.bot.session(ann)
    town.api.update("callback_query", {**query, "inline_message_id": "x"})
    message = {**shown.json(), "chat": group.chat.json}
    town.api.update("callback_query", {**query, "id": "2", "message": message}, group.id)
    await town.api.quiet(0.12)
    assert town.bot.session(ann) == before
    assert town.bot.troubles == []


async def test_unknown_updates_are_ignored(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Over a webhook, whatever comes is taken and changes nothing."""
    async with TelegramApi() as api:
        settings = webhook()
        bot = await Shuping(api, tmp_path_factory.mktemp("odd"), settings).start()
        ann = api.person("Ann", started=True)
        channel = {"id": -1005, "type": "channel", "title": "News"}
        odd: list[dict[str, object]] = [
            {"channel_post": {"message_id": 1, "date": 1, "chat": channel, "text": "/start"}},
            {"edited_channel_post": {"message_id": 1, "date": 1, "chat": channel, "text": "B"}},
            {"poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0}},
            {"inline_query": {"id": "1", "from": ann.user, "query": "x", "offset": ""}},
            {"something_new": {"text": "B", "chat": {"id": ann.id, "type": "private"}}},
            {},
        ]
        try:
            for number, body in enumerate(odd):
                assert (await post(settings["WEBHOOK_URL"], {"update_id": number + 1, **body}, SECRET))[0] in (200, 400)
            await asyncio.sleep(0.3)
            assert api.calls("sendMessage") == []
            assert bot.rows("SELECT * FROM sessions") == []
            assert bot.troubles == []
        finally:
            await bot.kill()
