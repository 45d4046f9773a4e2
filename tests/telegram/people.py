"""People: what they do in Telegram, and the updates that come of it."""

import itertools
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.telegram.entities import detect
from tests.telegram.limits import Json
from tests.telegram.views import WITHIN, Chat, Message, NotSeenError, Tap

if TYPE_CHECKING:
    from tests.telegram.world import World

RIGHTS = (
    *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats"),
    *("can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories"),
    *("can_edit_stories", "can_delete_stories", "can_post_messages", "can_edit_messages"),
)
TAPS = itertools.count(secrets.randbits(40) << 20)


@dataclass(slots=True, eq=False)
class Group:
    """A group, a supergroup or a channel."""

    world: "World"
    chat: Chat

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def owner(self) -> Json:
        """Whoever comes first."""
        return next((self.world.people[number].user for number in sorted(self.chat.members)), self.world.me)

    def add_bot(self, who: "Person") -> None:
        self.chat.members.add(who.id)
        self.chat.bot_status = "member"
        status = "administrator" if self.chat.json["type"] == "channel" else "member"
        membership(self.world, self.chat, who.user, "left", status)

    def remove_bot(self, who: "Person | None" = None) -> None:
        """Throw the bot out."""
        self.chat.bot_status = "kicked"
        membership(self.world, self.chat, who.user if who else self.owner, "member", "kicked")

    def post(self, text: str) -> Message:
        """A post of the channel itself."""
        message = self.chat.add({}, text=text, entities=detect(text))
        self.world.updates.push("channel_post", message.json(), self.chat.id)
        return message

    async def until(self, wanted: Callable[[Message], object] | str = "", **how: Any) -> Message:
        return await self.chat.until(wanted, **how)


@dataclass(slots=True, eq=False)
class Person:
    """Someone with Telegram. What they do is done at once; `until` waits for what the bot makes of it."""

    world: "World"
    user: Json
    chat: Chat  # the private one

    @property
    def id(self) -> int:
        return int(self.user["id"])

    @property
    def blocked(self) -> bool:
        return self.chat.blocked

    def _place(self, where: "Group | Chat | None") -> Chat:
        chat = where.chat if isinstance(where, Group) else where or self.chat
        self.world.chats.setdefault(chat.id, chat)
        if chat is self.chat:
            if chat.blocked:
                self.unblock()
            chat.started = True
        elif self.id not in chat.members:
            raise AssertionError(f"{self.user['first_name']} is not in the group {chat.json['title']}")
        chat.act()
        return chat

    def _sent(self, chat: Chat, message: Message) -> Message:
        if chat.private or not self.world.group_privacy or self._heard(message):
            self.world.updates.push("message", message.json(), chat.id)
        return message

    def _heard(self, message: Message) -> bool:
        """Whether a bot in privacy mode gets to hear this in a group."""
        to_bot = message.reply_to is not None and message.reply_to.outgoing
        name = f"@{self.world.me['username']}".lower()
        text = message.text.lower()
        command = any(entity["type"] == "bot_command" for entity in message.entities) and text.startswith("/")
        return to_bot or name in text or (command and "@" not in text.split()[0]) or "text" not in message.json()

    def say(self, text: str, where: "Group | None" = None, *, reply_to: Message | None = None) -> Message:
        chat = self._place(where)
        return self._sent(chat, chat.add(self.user, text=text, entities=detect(text), reply_to=reply_to))

    def send(self, where: "Group | None" = None, *, caption: str = "", **content: Any) -> Message:
        """Anything else, as the Bot API describes it: contact={…}, location={…}, dice={…}, poll={…}."""
        chat = self._place(where)
        return self._sent(chat, chat.add(self.user, text=caption, content=content))

    def document(self, name: str, data: bytes = b"data", mime: str = "", caption: str = "") -> Message:
        return self.send(caption=caption, **self.world.store("document", name, mime, data))

    def photo(self, data: bytes = b"jpeg", caption: str = "") -> Message:
        return self.send(caption=caption, **self.world.store("photo", "photo.jpg", "image/jpeg", data))

    def voice(self, data: bytes = b"opus") -> Message:
        return self.send(**self.world.store("voice", "voice.oga", "audio/ogg", data))

    def sticker(self, emoji: str = "👍") -> Message:
        sticker = self.world.store("sticker", "sticker.webp", "image/webp", b"webp")["sticker"]
        return self.send(sticker={**sticker, "emoji": emoji})

    def poll(self, question: str, *options: str) -> Message:
        return self.send(poll=described_poll(question, *options))

    def edit(self, message: Message, text: str) -> Message:
        """Change one's own earlier message."""
        if message.sender.get("id") != self.id:
            raise AssertionError("people edit their own messages only")
        chat = message.chat
        chat.act()
        message.past.append((message.text, None))
        message.text, message.entities = text, detect(text)
        message.edits += 1
        message.edit_date = int(time.time())
        chat.changed(message)
        self.world.updates.push("edited_message", message.json(), chat.id)
        return message

    def tap(
        self,
        wanted: str,
        message: Message | None = None,
        *,
        where: "Group | None" = None,
        stale: bool = False,
    ) -> Tap:
        """Press the button with that label or callback data, on the newest message with buttons or on that one.

        stale: also a button the message had once (the screen lagged behind), or any callback data at all.
        """
        message = message or (where.chat if where else self.chat).asking
        button = message.button(wanted, stale=stale)
        if button is None and not stale:
            raise NotSeenError(f"no button {wanted!r} on message #{message.id}\n{message.chat.draw()}")
        data = (button or {"callback_data": wanted}).get("callback_data")
        if data is None:
            raise NotSeenError(f"the button {wanted!r} of message #{message.id} sends nothing: {button}")
        self._place(message.chat)
        tap = Tap(str(next(TAPS)), self.id, data, message, self.world.bell)
        self.world.taps[tap.id] = tap
        query = {
            "id": tap.id,
            "from": self.user,
            "message": message.json(),
            "chat_instance": str(-message.chat.id),
            "data": data,
        }
        self.world.updates.push("callback_query", query, message.chat.id)
        return tap

    def press(self, label: str) -> Message:
        """A button of the reply keyboard below the chat, which just says its label."""
        rows = (self.chat.keyboard or {}).get("keyboard", [])
        if label not in [button["text"] for row in rows for button in row]:
            raise NotSeenError(f"no {label!r} below the chat\n{self.chat.draw()}")
        return self.say(label)

    def join(self, group: Group) -> Message:
        group.chat.members.add(self.id)
        return self.send(group, new_chat_participant=self.user, new_chat_member=self.user, new_chat_members=[self.user])

    def leave(self, group: Group) -> Message:
        message = self.send(group, left_chat_participant=self.user, left_chat_member=self.user)
        group.chat.members.discard(self.id)
        return message

    def block(self) -> None:
        """Stop and block the bot."""
        self.world.chats.setdefault(self.id, self.chat)
        self.chat.blocked = True
        membership(self.world, self.chat, self.user, "member", "kicked")

    def unblock(self) -> None:
        self.chat.blocked = False
        membership(self.world, self.chat, self.user, "kicked", "member")

    async def until(self, wanted: Callable[[Message], object] | str = "", **how: Any) -> Message:
        """The bot's message in the private chat, new or edited since this person's last action, that is as wanted."""
        return await self.chat.until(wanted, **how)

    async def ask(self, text: str, wanted: Callable[[Message], object] | str = "", within: float = WITHIN) -> Message:
        """Say something and wait for the answer."""
        self.say(text)
        return await self.chat.until(wanted, within=within)

    async def choose(
        self, wanted: str, then: Callable[[Message], object] | str = "", within: float = WITHIN
    ) -> Message:
        """Press a button and wait for the answer."""
        self.tap(wanted)
        return await self.chat.until(then, within=within)


def described_poll(question: str, *options: str) -> Json:
    """A poll as the Bot API describes it, in messages and in updates of its own."""
    return {
        "id": str(next(TAPS)),
        "question": question,
        "total_voter_count": 0,
        "is_closed": False,
        "options": [{"text": text, "voter_count": 0, "persistent_id": str(at)} for at, text in enumerate(options)],
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": True,
        "members_only": False,
    }


def membership(world: "World", chat: Chat, who: Json, before: str, after: str) -> None:
    """The bot's own standing in a chat changes."""

    def member(status: str) -> Json:
        more: dict[str, Json] = {"kicked": {"until_date": 0}, "administrator": dict.fromkeys(RIGHTS, True)}
        return {"user": world.me, "status": status, **more.get(status, {})}

    change: Json = {"chat": chat.json, "from": who, "date": int(time.time())}
    change |= {"old_chat_member": member(before), "new_chat_member": member(after)}
    world.updates.push("my_chat_member", change, chat.id)
