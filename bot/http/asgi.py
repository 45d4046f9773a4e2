"""The least of ASGI, for what needs no framework."""

from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


JSON = "application/json"


async def respond(send: Send, status: int, body: bytes = b"", kind: str = JSON) -> None:
    """Answer with a status, and with a body, if there is any."""
    headers = [(b"content-length", str(len(body)).encode())]
    if body:
        headers.append((b"content-type", kind.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
