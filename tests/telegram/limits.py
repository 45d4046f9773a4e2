"""What Telegram refuses, and how it says so: parameters, keyboards, commands."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Json = dict[str, Any]
Params = dict[str, Any]

TEXT = 4096
CAPTION = 1024
RAW_TEXT = 1 << 15
MARKUP = 10 * 1024
SLOW = "query is too old and response timeout expired or query ID is invalid"
UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
URL = re.compile(r"(?i)(https?://)?(localhost|[\w-]+(\.[\w-]+)+)(:\d+)?([/?#]\S*)?|(tg|ton|tonsite):\S+")
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"([a-z]{2})?")
PLAIN_SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
CHAT_SCOPES = {"chat", "chat_administrators", "chat_member"}
ACTIONS = {
    *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "record_audio"),
    *("upload_audio", "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"),
    *("pick_up_location", "cancel"),
}
BUTTON_ACTIONS = (
    *("url", "callback_data", "callback_game", "pay", "switch_inline_query", "switch_inline_query_chosen_chat"),
    *("switch_inline_query_current_chat", "login_url", "web_app", "copy_text"),
)


class ApiError(Exception):
    """An answer with ok = false."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def json(self) -> Json:
        answer: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


@dataclass(slots=True)
class Upload:
    """A file that came in a multipart body."""

    name: str
    mime: str
    data: bytes


def bad(what: str) -> ApiError:
    return ApiError(400, f"Bad Request: {what}")


def forbidden(what: str) -> ApiError:
    return ApiError(403, f"Forbidden: {what}")


def too_many(seconds: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def utf16(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def integer(params: Params, name: str, default: int = 0) -> int:
    """A number, given as one or as its digits."""
    value = params.get(name)
    if value is None or value == "":
        return default
    try:
        return int(value)
    except (TypeError, ValueError):
        return default


def string(params: Params, name: str) -> str:
    value = params.get(name)
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def flag(params: Params, name: str) -> bool:
    return string(params, name).strip().lower() in {"true", "yes", "1"}


def structure(params: Params, name: str, what: str) -> Any:
    """A parameter that is JSON, in a JSON body or as a string of it; None when it is missing or empty."""
    value = params.get(name)
    if isinstance(value, str):
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {what} JSON object") from None
    return value


def keyboard(params: Params) -> Json | None:
    """The reply markup, checked; None for none and for an empty one."""
    value = params.get("reply_markup")
    if isinstance(value, str):
        return _parsed_keyboard(value)
    return None if value is None else _keyboard(value)


@lru_cache(4096)
def _parsed_keyboard(value: str) -> Json | None:
    return _keyboard(structure({"": value}, "", "reply keyboard markup")) if value else None


def _keyboard(value: Any) -> Json | None:
    if not isinstance(value, dict):
        raise bad("object expected as reply markup")
    for name in ("keyboard", "inline_keyboard"):
        if not isinstance(value.get(name, []), list):
            raise bad(f'field "{name}" must be of type Array')
    if value.get("keyboard"):
        return _reply_keyboard(value)
    if value.get("inline_keyboard"):
        return _inline_keyboard(value)
    return value if value.get("remove_keyboard") or value.get("force_reply") else None


def _inline_keyboard(value: Json) -> Json | None:
    where = 'field "inline_keyboard" of the InlineKeyboardMarkup'
    rows = _rows(value["inline_keyboard"], where, _inline_button)
    _size(rows, 100, 8)
    return {"inline_keyboard": rows} if rows else None


def _reply_keyboard(value: Json) -> Json | None:
    rows = _rows(value["keyboard"], 'field "keyboard"', _reply_button)
    _size(rows, 300, 12)
    placeholder = value.get("input_field_placeholder")
    if placeholder is not None and not isinstance(placeholder, str):
        raise bad('field "input_field_placeholder" must be of type String')
    return {**value, "keyboard": rows} if rows else None


def _rows(rows: list[Any], where: str, check: Callable[[Any], Json]) -> list[list[Json]]:
    checked = []
    for row in rows:
        if not isinstance(row, list):
            raise bad(f"{where} must be an Array of Arrays")
        if row:
            checked.append([check(button) for button in row])
    return checked


def _size(rows: list[list[Json]], total: int, wide: int) -> None:
    count = 0
    for row in rows:
        count += len(row)
        if len(row) > wide:
            raise bad("reply markup is too long")
    if count > total:
        raise bad("reply markup is too long")
    if count > 20 and len(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()) > MARKUP:
        raise bad("reply markup is too long")


def _inline_button(button: Any) -> Json:
    failed = "can't parse inline keyboard button"
    if not isinstance(button, dict):
        raise bad(f"{failed}: InlineKeyboardButton must be an Object")
    text = _label(button, failed, "inline keyboard button text must be non-empty")
    action = next((name for name in BUTTON_ACTIONS if button.get(name) not in (None, "")), "")
    data = button.get("callback_data")
    if action == "callback_data":
        if not isinstance(data, str):
            raise bad(f'{failed}: Field "callback_data" must be of type String')
        if len(data.encode()) > 64:
            raise bad("BUTTON_DATA_INVALID")
    elif not action:
        raise bad(f"{failed}: Text buttons are unallowed in the inline keyboard")
    elif action == "url" and not URL.fullmatch(str(button["url"])):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if button.get("style") not in (None, "", "primary", "danger", "success"):
        raise bad(f"{failed}: invalid button style specified")
    return {"text": text, **{name: value for name, value in button.items() if name != "text" and value is not None}}


def _reply_button(button: Any) -> Json:
    failed = "can't parse keyboard button"
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad(f"{failed}: KeyboardButton must be a String or an Object")
    _label(button, failed, "keyboard button text must be non-empty")
    return button


def _label(button: Json, failed: str, empty: str) -> str:
    text = button.get("text")
    if text is None:
        raise bad(f'{failed}: Can\'t find field "text"')
    if not isinstance(text, str):
        raise bad(f'{failed}: Field "text" must be of type String')
    if not text.strip():
        raise bad(empty)
    return text


def commands(params: Params) -> list[Json]:
    """The list of setMyCommands, checked."""
    value = structure(params, "commands", "commands")
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad("expected an Array of BotCommand")
    if len(value) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    return [_command(command) for command in value]


def _command(value: Any) -> Json:
    failed = "can't parse BotCommand"
    if not isinstance(value, dict):
        raise bad(f"{failed}: expected an Object")
    for name in ("command", "description"):
        if name not in value:
            raise bad(f'{failed}: Can\'t find field "{name}"')
        if not isinstance(value[name], str):
            raise bad(f'{failed}: Field "{name}" must be of type String')
    command = value["command"].strip().removeprefix("/")
    description = value["description"].strip()
    _within(command, 32, "command")
    _within(description, 256, "command description")
    if not COMMAND.fullmatch(command):
        raise bad("BOT_COMMAND_INVALID")
    return {"command": command, "description": description}


def _within(text: str, limit: int, what: str) -> None:
    if not text:
        raise bad(f"{what} must be non-empty")
    if len(text) > limit:
        raise bad(f"{what} length must not exceed {limit}")


def language(params: Params) -> str:
    code = string(params, "language_code")
    if not LANGUAGE.fullmatch(code):
        raise bad("invalid language code specified")
    return code


def menu_button(params: Params) -> Json:
    """The button of setChatMenuButton, checked."""
    value = structure(params, "menu_button", "menu button") or {"type": "default"}
    if not isinstance(value, dict):
        raise bad("object expected as menu button")
    match value.get("type"):
        case "default" | "commands":
            return {"type": "commands"}
        case "web_app":
            url = str((value.get("web_app") or {}).get("url", ""))
            if not str(value.get("text", "")).strip():
                raise bad("menu button text must be non-empty")
            if not url.startswith("https://"):
                raise bad(f"menu button Web App URL '{url}' is invalid: Only HTTPS links are allowed")
            return {"type": "web_app", "text": value["text"], "web_app": {"url": url}}
        case _:
            raise bad("can't parse menu button: MenuButton has unsupported type")


def scope(params: Params) -> str:
    """The scope of commands as a key."""
    value = structure(params, "scope", "BotCommandScope")
    if value is None:
        return "default"
    if not isinstance(value, dict):
        raise bad("can't parse BotCommandScope: BotCommandScope must be an Object")
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in PLAIN_SCOPES | CHAT_SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    if kind in PLAIN_SCOPES:
        return kind
    if not value.get("chat_id"):
        raise bad("can't parse BotCommandScope: Empty chat_id specified")
    return f"{kind}:{value['chat_id']}:{value.get('user_id', '')}"
