"""The webhook: a small ASGI application that answers 200 only after the update is committed."""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from bot.telegram.acts import update_id_of
from bot.telegram.reception import Reception
from storage.errors import StorageError

LOG = logging.getLogger("shuping.webhook")

SECRET_HEADER = b"x-telegram-bot-api-secret-token"
LARGEST_BODY = 1 << 20

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Webhook:
    """Takes updates at `path` from who knows the secret."""

    def __init__(self, reception: Reception, path: str, secret: str) -> None:
        self._reception, self._path, self._secret = reception, path, secret.encode()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """One HTTP request."""
        if scope["type"] == "http":
            await respond(send, await self._status(scope, receive))

    async def _status(self, scope: dict[str, Any], receive: Receive) -> int:
        if scope["path"] != self._path:
            return 404
        if scope["method"] != "POST":
            return 405
        given = dict(scope["headers"]).get(SECRET_HEADER, b"")
        if not hmac.compare_digest(given, self._secret):
            return 403
        body = await _body(receive)
        return 413 if body is None else await self._take(body)

    async def _take(self, body: bytes) -> int:
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return 400
        if update_id_of(update) is None:
            return 400
        try:
            await self._reception.take(update)
        except StorageError as error:
            LOG.error("an update waits: %s", error.trouble.value)  # noqa: TRY400  # a sentence, not a traceback
            return 503
        return 200


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


async def respond(send: Send, status: int) -> None:
    """Answer with a status and nothing else."""
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
