"""HTTP for the webhook and for health: uvicorn, bounded, so that nobody who holds connections keeps others out.

A connection beyond the limit takes the place of the one that has owed us something for longest: Telegram sends a
request whole and at once, whoever holds places does not. What a process may have open (1,024 files on most systems)
is 256 calls to Telegram, 4 that fetch updates, 128 + 16 connections here, as many as `BACKLOG` twice while they are
taken in, and some dozens for the database, reports and the log: half of it.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import h11
import uvicorn
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.telegram.webhook import Receive, Send, respond

BACKLOG = 64
"""So many connections may wait to be taken in."""
IDLE_SECONDS = 5
GRACE_SECONDS = 2
OWED = (h11.IDLE, h11.SEND_BODY)
ANSWERABLE = (h11.IDLE, h11.SEND_RESPONSE)


class Connection(H11Protocol):
    """One of the webhook's `most` (Telegram is told to use 40).

    A clock runs while the other side owes us something: a request from its first byte to its last, or room for our
    answer. Trickling does not stop it; it starts anew only when a request was answered.
    """

    most = 128
    seconds = 10.0
    _clock: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        if len(self.connections) > self.most:
            self._make_room()
        self._watch()

    @override
    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    @override
    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_clock()

    @override
    def send_400_response(self, msg: str) -> None:
        """Whoever had an answer already, and then sends what is no HTTP, gets no second one."""
        if self.conn.our_state in ANSWERABLE:
            super().send_400_response(msg)
        else:
            self.transport.abort()

    @override
    def shutdown(self) -> None:
        """What is being answered is finished; what has not arrived comes again."""
        if self._clock:
            self.transport.abort()
        else:
            super().shutdown()

    def _make_room(self) -> None:
        """If nobody owes us anything, the newcomer itself has to go."""
        owing = {
            other: other._clock.when() for other in self.connections if isinstance(other, Connection) and other._clock
        }
        longest = min(owing, key=owing.__getitem__, default=self)
        self.connections.discard(longest)
        longest.transport.abort()

    def _watch(self) -> None:
        if self.conn.their_state not in OWED and not self.transport.get_write_buffer_size():
            self._stop_clock()
        elif self._clock is None:
            self._clock = self.loop.call_later(self.seconds, self.transport.abort)

    def _stop_clock(self) -> None:
        if self._clock:
            self._clock.cancel()
            self._clock = None


class HealthConnection(Connection):
    """One of the few that ask for health."""

    most = 16


@contextlib.asynccontextmanager
async def served(
    application: Any, address: str, connection: type[Connection] = Connection
) -> AsyncIterator[asyncio.Task[None]]:
    """Serve an ASGI application at "host:port" until left; the task that does. Raises OSError if it cannot be had."""
    config = uvicorn.Config(
        application,
        http=connection,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # what strangers send is no news
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]  # signals are ours
    serving = asyncio.create_task(server.serve([_bound(address)]))
    try:
        yield serving
    finally:
        server.should_exit = True
        await serving


def _bound(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host.strip("[]"), int(port)), family=family, backlog=BACKLOG)


class Health:
    """`/healthz`: 200 while `alive` says so, else 503; on an address of its own, whatever happens at the webhook."""

    def __init__(self, alive: Callable[[], bool]) -> None:
        self._alive = alive

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI
        """One HTTP request."""
        await respond(send, self._status(scope["method"], scope["path"]))

    def _status(self, method: str, path: str) -> int:
        if path != "/healthz":
            return 404
        if method not in ("GET", "HEAD"):
            return 405
        return 200 if self._alive() else 503
