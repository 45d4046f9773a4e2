"""Who opened the page from inside Telegram: `initData` of a Mini App, verified, and the sign that remembers it.

https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app
"""

import hmac
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError

LARGEST = 4096
"""Bytes of `initData`; what Telegram sends has some 500."""
MOST_FIELDS = 32
SKEW = timedelta(minutes=1)
"""Telegram's clock may be ahead of ours by so much."""
SESSION_LASTS = timedelta(hours=12)
LONGEST_SESSION = 128


class MiniUser(BaseModel):
    """Who it is; what else Telegram tells of them is nobody's business."""

    model_config = ConfigDict(strict=True, frozen=True)

    id: int = Field(gt=0, lt=2**52)
    language_code: str | None = Field(default=None, max_length=35)


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def verify(init_data: str, token: str, now: datetime, max_age: timedelta = timedelta(hours=24)) -> MiniUser | None:
    """The person, if Telegram has signed all fields for the bot with this token, and not too long ago."""
    fields = _fields(init_data)
    if fields is None or not _is_signed(fields, token) or not _is_recent(fields.get("auth_date", ""), now, max_age):
        return None
    try:
        return MiniUser.model_validate_json(fields.get("user", ""))
    except ValidationError:
        return None


def _fields(init_data: str) -> dict[str, str] | None:
    """Each field once; None for what is no such form, or too large a one.

    What is signed is lines, so that a field with a line break could pass for two.
    """
    if len(init_data) > LARGEST or not init_data.isascii():
        return None
    try:
        pairs = parse_qsl(
            init_data, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return None
    fields = dict(pairs)
    is_plain = len(fields) == len(pairs) and not any("\n" in part for pair in pairs for part in pair)
    return fields if is_plain else None


def _is_signed(fields: dict[str, str], token: str) -> bool:
    """`signature` is for others, who have no token; for us it is a field like any other."""
    signed = "\n".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "hash")
    return _is_mac(fields.get("hash", ""), _mac(_mac(b"WebAppData", token), signed))


def _is_mac(given: str, right: bytes) -> bool:
    return hmac.compare_digest(given.encode(), right.hex().encode())


def _is_recent(auth_date: str, now: datetime, max_age: timedelta) -> bool:
    if not (auth_date.isascii() and auth_date.isdigit() and len(auth_date) <= 11):
        return False
    age = now.timestamp() - int(auth_date)
    return -SKEW.total_seconds() <= age <= max_age.total_seconds()


# the sign by which a browser is known afterwards


def session_key(token: str) -> bytes:
    """The key of signs, from the bot's token: a new token voids them all."""
    return _mac(token.encode(), "shuping mini app session 1")


def issue(user_id: int, now: datetime, key: bytes) -> str:
    """A sign that this is the person with this id, for `SESSION_LASTS`."""
    told = f"{user_id}.{int((now + SESSION_LASTS).timestamp())}"
    return f"{told}.{_mac(key, told).hex()}"


def user_of(value: str, now: datetime, key: bytes) -> int | None:
    """Whose sign this is; None if we did not issue it, or it is over."""
    told, _, mac = value.rpartition(".")
    if len(value) > LONGEST_SESSION or not value.isascii() or not _is_mac(mac, _mac(key, told)):
        return None
    user, _, until = told.partition(".")
    return int(user) if now.timestamp() < int(until) else None
