"""Who is there: a cookie that only its browser knows, and what follows from it.

The window of a browser is named by a hash of the cookie, so what is stored opens nothing. The same token is the link to
keep (`/a/<token>`): whoever has it has the window.
"""

import base64
import hmac
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from secrets import token_hex

from pydantic_core import from_json, to_json

from bot.web.mini_app import session_key, user_of

CHANNEL, TELEGRAM = "web", "telegram"
TOKEN = re.compile(r"[0-9a-f]{32}")
LONGEST_FLASH, LONGEST_SAID = 3500, 16_384
"""Characters of a cookie (browsers take 4,096 with its name and attributes), and bytes of what is packed in it."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser. `window` is what it looks through; `secret` is known to nobody else; `known`: it came with it."""

    window: str
    secret: str
    known: bool = True
    keeps: bool = True
    """Its secret is a link to keep."""

    @classmethod
    def fresh(cls) -> "Visitor":
        """A new one, which is told its cookie with the next answer."""
        token = token_hex(16)
        return cls(window_of(token), token, known=False)

    def form(self) -> str:
        """What each form of a page has to bring along: no other site can know it, and it is another one each time."""
        nonce = token_hex(8)
        return f"{nonce}.{self._signed(nonce.encode())[:32]}"

    def is_own(self, form: str) -> bool:
        """Whether a form is one that this browser was given."""
        nonce, _, signature = form.partition(".")
        return hmac.compare_digest(signature.encode(), self._signed(nonce.encode())[:32].encode())

    def flash(self, replies: Sequence[str]) -> str | None:
        """What is to be said after a redirect, as a cookie that nobody else can write; None if it is too long."""
        content = to_json(list(replies))
        packed = base64.urlsafe_b64encode(zlib.compress(content)).decode()
        value = f"{packed}.{self._signed(packed.encode())[:32]}"
        return value if len(value) <= LONGEST_FLASH and len(content) <= LONGEST_SAID else None

    def said(self, flash: str) -> list[str]:
        """What such a cookie says; nothing, if it is not ours.

        Who knows their own cookie can sign another one for themselves, so it is opened like anything from strangers.
        """
        packed, _, signature = flash.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signed(packed.encode())[:32].encode()):
            return []
        try:
            said = from_json(zlib.decompressobj().decompress(base64.urlsafe_b64decode(packed), LONGEST_SAID))
        except (ValueError, zlib.error):
            return []
        return [str(reply) for reply in said] if isinstance(said, list) else []

    def _signed(self, content: bytes) -> str:
        return hmac.digest(self.secret.encode(), content, "sha256").hex()


def window_of(token: str) -> str:
    """The name of a token's window."""
    return f"{CHANNEL}:{sha256(token.encode()).hexdigest()[:32]}"


def visitor_of(cookie: str | None, bot_token: str | None, now: datetime) -> Visitor:
    """The browser with this cookie; without one that is right, a new one."""
    if cookie and TOKEN.fullmatch(cookie):
        return Visitor(window_of(cookie), cookie)
    if cookie and bot_token and (user := user_of(cookie, now, session_key(bot_token))):
        return inside_telegram(user, cookie)
    return Visitor.fresh()


def inside_telegram(user: int, sign: str) -> Visitor:
    """Somebody in Telegram's app: the page looks through the window of their chat."""
    return Visitor(f"{TELEGRAM}:{user}", sign, keeps=False)
