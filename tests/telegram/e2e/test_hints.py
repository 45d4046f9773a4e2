"""Names as people write them, groups where others read along, and updates that are none of our business."""

import asyncio

import pytest

from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Town
from tests.telegram.e2e.driver import SECRET, Shuping, post, webhook
from tests.telegram.e2e.walking import Plan, begin_by_taps, card, say, tap
from tests.telegram.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def at_first_item(town: Town) -> Person:
    ann = town.api.person("Ann")
    await begin_by_taps(ann, Plan())
    await town.api.quiet(0.12)
    return ann


@pytest.mark.parametrize("name", ["<b>&", "&lt;i&gt;</b>", "{name} %s", "a" * 100])
async def test_a_firm_is_called_what_it_is_called(town: Town, name: str) -> None:
    ann = town.api.person("Ann")
    await begin_by_taps(ann, Plan(firm=name))
    assert town.bot.session(ann).firm.name == name
    await say(ann, "总览")
    await tap(ann, "改企业信息", lambda message: f"现在填的是：{name}" in message.text)
    await town.api.quiet(0.12)
    assert town.bot.troubles == []


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
    assert town.bot.rows("SELECT * FROM windows WHERE window LIKE '%-%'") == []


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
