"""The methods of the Bot API, on the world of chats."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.telegram.entities import formatted
from tests.telegram.limits import (
    ACTIONS,
    CAPTION,
    SLOW,
    TEXT,
    UNCHANGED,
    Json,
    Params,
    Upload,
    bad,
    commands,
    flag,
    forbidden,
    integer,
    keyboard,
    language,
    menu_button,
    scope,
    string,
    structure,
)
from tests.telegram.updates import Webhook
from tests.telegram.views import Chat, Message

if TYPE_CHECKING:
    from tests.telegram.world import World

DELETABLE = 48 * 3600
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
SECRET = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)
ANNOUNCED = {"name": 64, "description": 512, "short_description": 120}


class Methods:
    """Every method but getUpdates and the webhook's, which wait."""

    def __init__(self, world: "World") -> None:
        self.world = world
        table: list[Callable[[Params], Any]] = [
            *(self.getMe, self.sendMessage, self.editMessageText, self.editMessageReplyMarkup, self.deleteMessage),
            *(self.answerCallbackQuery, self.sendDocument, self.sendPhoto, self.setMyCommands, self.getMyCommands),
            *(self.setChatMenuButton, self.getChatMenuButton),
            *(self.deleteMyCommands, self.getChat, self.sendChatAction, self.getFile, self.getWebhookInfo),
        ]
        self.table: dict[str, Callable[[Params], Any]] = {method.__name__.lower(): method for method in table}
        self.names = {method.__name__.lower(): method.__name__ for method in table}
        for field in ANNOUNCED:
            title = "".join(map(str.capitalize, field.split("_")))
            self._announced(f"My{title}", field)

    def _announced(self, title: str, field: str) -> None:
        def set_text(params: Params) -> bool:
            text = string(params, field)
            if len(text) > ANNOUNCED[field]:
                raise bad(f"bot {field.replace('_', ' ')} is too long")
            self.world.announced[field, language(params)] = text
            return True

        def get_text(params: Params) -> Json:
            code = language(params)
            return {field: self.world.announced.get((field, code)) or self.world.announced.get((field, ""), "")}

        for verb, method in (("set", set_text), ("get", get_text)):
            self.table[f"{verb}{title}".lower()] = method
            self.names[f"{verb}{title}".lower()] = f"{verb}{title}"

    def chat(self, params: Params) -> Chat:
        value = params.get("chat_id")
        if value in (None, ""):
            raise bad("chat_id is empty")
        chat = self.world.chats.get(integer(params, "chat_id"))
        if chat is None and isinstance(value, str) and value.startswith("@"):
            names = (one for one in self.world.chats.values() if one.json.get("username") == value[1:])
            chat = next(names, None)
        if chat is None:
            raise bad("chat not found")
        if chat.bot_status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.json['type']} chat")
        if chat.bot_status == "left":
            raise forbidden(f"bot is not a member of the {chat.json['type']} chat")
        return chat

    def _writable(self, params: Params) -> Chat:
        chat = self.chat(params)
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if chat.private and not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def _found(self, chat: Chat, params: Params, what: str) -> Message:
        message = chat.messages.get(integer(params, "message_id"))
        if message is None or message.deleted:
            raise bad(f"message to {what} not found")
        return message

    def _editable(self, params: Params) -> Message:
        if params.get("chat_id") in (None, "") and integer(params, "message_id") == 0:
            raise bad("message identifier is not specified")
        message = self._found(self._writable(params), params, "edit")
        if not message.outgoing or message.other_markup is not None:
            raise bad("message can't be edited")
        return message

    def _text(self, params: Params) -> tuple[str, list[Json]]:
        if string(params, "text") == "":
            raise bad("message text is empty")
        text, entities = formatted(params, "text", "entities", TEXT, "message is too long")
        if not text:
            raise bad("text must be non-empty")
        return text, entities

    def _reply_to(self, chat: Chat, params: Params) -> Message | None:
        reply = structure(params, "reply_parameters", "reply parameters") or {}
        if not isinstance(reply, dict):
            raise bad("object expected as reply parameters")
        number = integer(reply, "message_id") or integer(params, "reply_to_message_id")
        target = chat.messages.get(number)
        if number and (target is None or target.deleted):
            if not flag(reply, "allow_sending_without_reply"):
                raise bad("message to be replied not found")
            return None
        return target

    def _send(self, params: Params, **fields: Any) -> Json:
        markup = keyboard(params)
        chat = self._writable(params)
        inline = markup is not None and "inline_keyboard" in markup
        options = structure(params, "link_preview_options", "link preview options")
        message = chat.add(
            self.world.me,
            outgoing=True,
            markup=markup if inline else None,
            other_markup=None if inline else markup,
            reply_to=self._reply_to(chat, params),
            extra={"link_preview_options": options} if options else {},
            **fields,
        )
        return message.json()

    def sendMessage(self, params: Params) -> Json:  # noqa: N802
        text, entities = self._text(params)
        return self._send(params, text=text, entities=entities)

    def sendDocument(self, params: Params) -> Json:  # noqa: N802
        return self._media("document", params)

    def sendPhoto(self, params: Params) -> Json:  # noqa: N802
        return self._media("photo", params)

    def _media(self, kind: str, params: Params) -> Json:
        described, data = self._file(kind, params)
        text, entities = formatted(params, "caption", "caption_entities", CAPTION, "message caption is too long")
        return self._send(params, text=text, entities=entities, file=data, content=described)

    def _file(self, kind: str, params: Params) -> tuple[Json, bytes]:
        value = params.get(kind)
        if isinstance(value, str) and value.startswith("attach://"):
            value = params.get(value.removeprefix("attach://"))
        if not value:
            raise bad(f"there is no {kind} in the request")
        if isinstance(value, Upload):
            if not value.data:
                raise bad("file must be non-empty")
            return self.world.store(kind, value.name, value.mime, value.data), value.data
        known = self.world.files.get(str(value))
        if known is None:
            raise bad("wrong file identifier/HTTP URL specified")
        return {kind: known.described}, known.data

    def _changed(self, message: Message, text: str, entities: list[Json], markup: Json | None) -> Json:
        if (message.text, message.entities, message.markup) == (text, entities, markup):
            raise bad(UNCHANGED)
        message.past.append((message.text, message.markup))
        message.text, message.entities, message.markup = text, entities, markup
        message.edits += 1
        message.edit_date = int(time.time())
        message.chat.changed(message)
        return message.json()

    def _inline(self, params: Params) -> Json | None:
        markup = keyboard(params)
        if markup is not None and "inline_keyboard" not in markup:
            raise bad("inline keyboard expected")
        return markup

    def editMessageText(self, params: Params) -> Json:  # noqa: N802
        text, entities = self._text(params)
        markup = self._inline(params)
        message = self._editable(params)
        if message.content:
            raise bad("there is no text in the message to edit")
        return self._changed(message, text, entities, markup)

    def editMessageReplyMarkup(self, params: Params) -> Json:  # noqa: N802
        markup = self._inline(params)
        message = self._editable(params)
        return self._changed(message, message.text, message.entities, markup)

    def deleteMessage(self, params: Params) -> bool:  # noqa: N802
        if params.get("chat_id") in (None, ""):
            raise bad("chat identifier is not specified")
        if not integer(params, "message_id"):
            raise bad("message identifier is not specified")
        chat = self.chat(params)
        message = self._found(chat, params, "delete")
        old = time.time() - message.date > DELETABLE
        if old or (not message.outgoing and not chat.private):
            raise bad("message can't be deleted")
        message.deleted = True
        chat.changed(message)
        return True

    def answerCallbackQuery(self, params: Params) -> bool:  # noqa: N802
        tap = self.world.taps.get(string(params, "callback_query_id"))
        if tap is None or tap.answer is not None or time.monotonic() - tap.at > self.world.tap_lifetime:
            raise bad(SLOW)
        if len(string(params, "text")) > 200:
            raise bad("MESSAGE_TOO_LONG")
        if string(params, "url"):
            raise bad("URL_INVALID")
        tap.answer = {
            "text": string(params, "text"),
            "show_alert": flag(params, "show_alert"),
            "cache_time": integer(params, "cache_time"),
            "at": time.monotonic(),
        }
        tap.bell.ring()
        return True

    def getMe(self, _: Params) -> Json:  # noqa: N802
        abilities = ("supports_inline_queries", "can_connect_to_business", "has_main_web_app", "has_topics_enabled")
        return {
            **self.world.me,
            "can_join_groups": True,
            "can_read_all_group_messages": not self.world.group_privacy,
            **dict.fromkeys(abilities, False),
        }

    def setMyCommands(self, params: Params) -> bool:  # noqa: N802
        self.world.commands[scope(params), language(params)] = commands(params)
        return True

    def getMyCommands(self, params: Params) -> list[Json]:  # noqa: N802
        return self.world.commands.get((scope(params), language(params)), [])

    def deleteMyCommands(self, params: Params) -> bool:  # noqa: N802
        self.world.commands.pop((scope(params), language(params)), None)
        return True

    def setChatMenuButton(self, params: Params) -> bool:  # noqa: N802
        self.world.menu_button = menu_button(params)
        return True

    def getChatMenuButton(self, _: Params) -> Json:  # noqa: N802
        return self.world.menu_button

    def getChat(self, params: Params) -> Json:  # noqa: N802
        return {**self.chat(params).json, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": GIFTS}

    def sendChatAction(self, params: Params) -> bool:  # noqa: N802
        action = string(params, "action")
        if action not in ACTIONS:
            raise bad("wrong parameter action in request")
        self._writable(params).actions.append(action)
        return True

    def getFile(self, params: Params) -> Json:  # noqa: N802
        name = string(params, "file_id")
        if not name:
            raise bad("file_id not specified")
        if name not in self.world.files:
            raise bad("wrong file_id or the file is temporarily unavailable")
        return {**self.world.files[name].brief, "file_path": f"documents/{name}"}

    def getWebhookInfo(self, _: Params) -> Json:  # noqa: N802
        webhook = self.world.updates.webhook
        info: Json = {
            "url": webhook.url if webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": self.world.updates.count,
        }
        if webhook is not None:
            info |= {"max_connections": webhook.connections, "ip_address": "127.0.0.1"}
            if webhook.last_error:
                info |= {"last_error_date": webhook.last_error_date, "last_error_message": webhook.last_error}
        return info

    def webhook(self, params: Params) -> Webhook | None:
        """What setWebhook asks for, checked; None to have none."""
        url, secret = string(params, "url"), string(params, "secret_token")
        if not url:
            return None
        parts = urlsplit(url if "://" in url else f"https://{url}")
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise bad("invalid webhook URL specified")
        if len(secret) > 256:
            raise bad("secret token is too long")
        if not SECRET.issuperset(secret):
            raise bad("secret token contains unallowed characters")
        if parts.hostname not in LOOPBACK:
            if parts.scheme != "https":
                raise bad("bad webhook: An HTTPS URL must be provided for webhook")
            if (parts.port or 443) not in {443, 80, 88, 8443}:
                raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        most = min(max(integer(params, "max_connections", 40), 1), 100)
        return Webhook(url, self.world.updates, secret, most)
