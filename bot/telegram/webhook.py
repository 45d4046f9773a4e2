"""The webhook: a small ASGI application that answers 200 only after the update is committed."""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from bot.http.asgi import Receive, Send, respond
from bot.telegram.updates import update_id_of
from storage.errors import StorageError

LOG = logging.getLogger("shuping.webhook")

SECRET_HEADER = b"x-telegram-bot-api-secret-token"
LARGEST_BODY = 1 << 20

Take = Callable[[Any], Awaitable[bytes]]
"""Takes one update and gives what Telegram is to be answered; raises StorageError if it could not be saved."""


class Webhook:
    """Takes updates at `path` from who knows the secret."""

    def __init__(self, take: Take, path: str, secret: str) -> None:
        self._take, self._path, self._secret = take, path, secret.encode()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """One HTTP request."""
        if scope["type"] == "http":
            await respond(send, *await self._answer(scope, receive))

    async def _answer(self, scope: dict[str, Any], receive: Receive) -> tuple[int, bytes]:
        if scope["path"] != self._path:
            return 404, b""
        if scope["method"] != "POST":
            return 405, b""
        given = dict(scope["headers"]).get(SECRET_HEADER, b"")
        if not hmac.compare_digest(given, self._secret):
            return 403, b""
        body = await _body(receive)
        return (413, b"") if body is None else await self._taken(body)

    async def _taken(self, body: bytes) -> tuple[int, bytes]:
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return 400, b""
        if update_id_of(update) is None:
            return 400, b""
        try:
            return 200, await self._take(update)
        except StorageError as error:
            LOG.error("an update waits: %s", error.trouble.value)  # noqa: TRY400  # a sentence, not a traceback
            return 503, b""


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None if it is too large, or breaks off."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            return None
        if not message.get("more_body"):
            return bytes(body)
