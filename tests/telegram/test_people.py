"""What people do, and the updates that come of it, as the stock client reads them."""

from datetime import timedelta

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ChatMemberStatus

from tests.telegram.api import TelegramApi
from tests.telegram.people import described_poll
from tests.telegram.views import NotSeenError

KEYS = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Yes", callback_data="y"), InlineKeyboardButton("No", callback_data="n")]]
)


async def last(bot: Bot) -> Update:
    """The newest update; all before are confirmed."""
    return (await bot.get_updates(offset=-1))[0]


async def test_messages_of_every_kind(api: TelegramApi, bot: Bot) -> None:
    ann = api.person("Ann", "pt-br", last_name="Lee", username="ann_lee")
    said = ann.say("/start now")
    message = (await last(bot)).message
    assert message
    assert message.from_user
    assert (message.from_user.full_name, message.from_user.language_code) == ("Ann Lee", "pt-br")
    assert (message.chat.type, message.chat.username) == ("private", "ann_lee")
    assert message.parse_entities(["bot_command"]).popitem()[1] == "/start"
    ann.edit(said, "/stop")
    edited = (await last(bot)).edited_message
    assert edited
    assert (edited.message_id, edited.text) == (said.id, "/stop")
    ann.photo(caption="see")
    update = await last(bot)
    assert update.message
    assert update.message.photo
    assert update.message.caption == "see"
    ann.sticker()
    assert getattr((await last(bot)).message, "sticker").emoji == "👍"  # noqa: B009
    ann.voice()
    assert getattr((await last(bot)).message, "voice").duration == timedelta(seconds=3)  # noqa: B009
    ann.document("a.txt", b"data")
    document = getattr((await last(bot)).message, "document")  # noqa: B009
    assert (document.file_name, document.mime_type) == ("a.txt", "text/plain")
    assert await (await document.get_file()).download_as_bytearray() == b"data"
    ann.send(location={"latitude": 1.0, "longitude": 2.0})
    assert getattr((await last(bot)).message, "location").longitude == 2  # noqa: B009
    ann.poll("?", "a", "b")
    assert getattr((await last(bot)).message, "poll").question == "?"  # noqa: B009
    api.update("poll", described_poll("?", "a", "b"))
    assert (await last(bot)).poll


async def test_taps_on_new_and_old_messages(api: TelegramApi, bot: Bot) -> None:
    ann = api.person("Ann", started=True)
    old = await bot.send_message(ann.id, "first", reply_markup=KEYS)
    await bot.send_message(ann.id, "second", reply_markup=KEYS)
    ann.tap("Yes")
    query = (await last(bot)).callback_query
    assert query
    assert query.message
    assert (query.data, getattr(query.message, "text")) == ("y", "second")  # noqa: B009
    assert getattr(query.message, "reply_markup") == KEYS  # noqa: B009
    shown = ann.chat.messages[old.message_id]
    taps = [ann.tap("n", shown) for _ in range(3)]
    assert len({tap.id for tap in taps}) == 3
    query = (await last(bot)).callback_query
    assert query
    assert query.message
    assert query.message.message_id == old.message_id
    await bot.edit_message_text("done", ann.id, old.message_id)
    with pytest.raises(NotSeenError, match="no button 'n'"):
        ann.tap("n", shown)
    assert ann.tap("No", shown, stale=True).data == "n"
    await bot.delete_message(ann.id, old.message_id)
    ann.tap("made up", shown, stale=True)
    query = (await last(bot)).callback_query
    assert query
    assert query.message
    assert not query.message.is_accessible


async def test_waiting_tells_what_there_was(api: TelegramApi, bot: Bot) -> None:
    ann = api.person("Ann", started=True)
    await bot.send_message(ann.id, "hello", reply_markup=KEYS)
    assert (await ann.until("hello")).labels == [["Yes", "No"]]
    ann.say("again")
    with pytest.raises(NotSeenError, match=r"(?s)nothing like 'hello'.*hello.*\[Yes\]  \[No\].*Ann.*again"):
        await ann.until("hello", within=0.05)
    assert await ann.until("hello", since=0)
    with pytest.raises(NotSeenError, match=r"(?s)not quiet.*1 updates not confirmed.*sendMessage"):
        await api.quiet(0.01, within=0.05)
    with pytest.raises(NotSeenError, match="2 × sendMessage was not so"):
        await api.called("sendMessage", 2, within=0.05)
    assert (await api.called("sendMessage"))[0].ok


async def test_blocking_and_unblocking(api: TelegramApi, bot: Bot) -> None:
    ann = api.person()
    ann.say("hi")
    ann.block()
    change = (await last(bot)).my_chat_member
    assert change
    assert change.new_chat_member.status == ChatMemberStatus.BANNED
    ann.say("back again")
    kinds = [next(iter(update.to_dict().keys() - {"update_id"})) for update in await bot.get_updates()]
    assert kinds == ["my_chat_member", "my_chat_member", "message"]
    assert not ann.blocked


async def test_groups_and_channels(api: TelegramApi, bot: Bot) -> None:
    ann, bob = api.person("Ann"), api.person("Bob")
    group = api.group("Team", ann)
    assert (await last(bot)).my_chat_member
    bob.join(group)
    joined = (await last(bot)).message
    assert joined
    assert joined.new_chat_members[0].first_name == "Bob"
    before = (await last(bot)).update_id
    bob.say("chatter", group)
    assert (await last(bot)).update_id == before  # privacy mode
    bob.say("/start@someone_else_bot", group)
    assert (await last(bot)).update_id == before
    bob.say(f"/start@{api.world.me['username']}", group)
    message = (await last(bot)).message
    assert message
    assert (message.chat.type, message.chat.title) == ("supergroup", "Team")
    await bot.send_message(group.id, "hello all")
    ours = await group.until("hello")
    bob.say("re", group, reply_to=ours)
    message = (await last(bot)).message
    assert message
    assert message.reply_to_message
    bob.leave(group)
    assert getattr((await last(bot)).message, "left_chat_member").first_name == "Bob"  # noqa: B009
    with pytest.raises(AssertionError, match="Bob is not in the group"):
        bob.say("x", group)
    channel = api.group("News", kind="channel")
    assert (await last(bot)).my_chat_member
    channel.post("posted")
    assert getattr((await last(bot)).channel_post, "text") == "posted"  # noqa: B009
    group.remove_bot()
    change = (await last(bot)).my_chat_member
    assert change
    assert change.new_chat_member.status == ChatMemberStatus.BANNED
