"""What machines ask of us: whether we live, whether they should send anybody here, and in numbers how we are.

Served at an address of its own, whatever happens at the others; the first two also where a balancer is in front of us.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.http.asgi import JSON, Receive, Send, respond

Alive = Callable[[], bool]
Ready = Callable[[], Awaitable[Mapping[str, bool]]]
"""Of each thing that has to be so, whether it is."""
Metrics = Callable[[str], Awaitable[tuple[str, bytes]]]
"""From an `Accept` header to a type and a text."""

Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

HEALTHZ, READYZ, METRICS = "/healthz", "/readyz", "/metrics"


class Health:
    """`/healthz`, `/readyz`: 200 while it is so, else 503. `/metrics`, if there are any.

    `open_`: strangers may ask, too, and are told no more than yes or no; others, what is missing.
    """

    def __init__(
        self, alive: Alive, ready: Ready | None = None, metrics: Metrics | None = None, *, open_: bool = False
    ) -> None:
        self._alive, self._ready, self._metrics, self._open = alive, ready, metrics, open_

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:  # noqa: ARG002  # ASGI
        """One HTTP request."""
        await respond(send, *await self._answer(scope))

    async def _answer(self, scope: dict[str, Any]) -> tuple[int, bytes, str]:
        path = scope["path"]
        known = {HEALTHZ} | ({READYZ} if self._ready else set()) | ({METRICS} if self._metrics else set())
        if path not in known:
            return 404, b"", JSON
        if scope["method"] not in ("GET", "HEAD"):
            return 405, b"", JSON
        if path == METRICS and self._metrics:
            kind, text = await self._metrics(_accepts(scope))
            return 200, text, kind
        if path == READYZ and self._ready:
            return self._told(await self._ready())
        return (200 if self._alive() else 503), b"", JSON

    def _told(self, found: Mapping[str, bool]) -> tuple[int, bytes, str]:
        body = b"" if self._open else json.dumps(dict(found)).encode() + b"\n"
        return (200 if all(found.values()) else 503), body, JSON


class Beside:
    """An application, and at the same address whether a balancer should send anybody there."""

    def __init__(self, application: Application, health: Health) -> None:
        self._application, self._health = application, health

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """One HTTP request."""
        asked = scope["type"] == "http" and scope["path"] == READYZ
        await (self._health if asked else self._application)(scope, receive, send)


def _accepts(scope: dict[str, Any]) -> str:
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    return dict(headers).get(b"accept", b"").decode("latin-1")
