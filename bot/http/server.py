"""HTTP for strangers: uvicorn, bounded, so that nobody who holds connections keeps others out.

A connection beyond the limit takes the place of the one that has owed us something for longest: whoever has something
to say sends a request whole and at once, whoever holds places does not. What a process may have open (`FILES`) is 256
calls to Telegram, 4 that fetch updates, 128 connections of the webhook, 16 that ask for health and 1,024 of the page,
as many as `BACKLOG` three times while they are taken in, and some dozens for the database, reports, mail and the log:
less than half of it.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Sequence
from typing import Any

import h11
import uvicorn
from typing_extensions import override
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.h11_impl import H11Protocol

BACKLOG = 64
"""So many connections may wait to be taken in."""
FILES = 4096
NAME = "shuping"
"""What we call ourselves, so that we are known for what we are to whoever looks for a free address."""
GRACE_SECONDS = 2
OWED = (h11.IDLE, h11.SEND_BODY)
ANSWERABLE = (h11.IDLE, h11.SEND_RESPONSE)


class Connection(H11Protocol):
    """One of at most so many (Telegram is told to use 40).

    A clock runs while the other side owes us something: a request from its first byte to its last, or room for our
    answer. Trickling does not stop it; it starts anew only when a request was answered, or when much of a long answer
    was taken. An answer may take as long as it takes at `pace` bytes a second. `idle`: seconds until the next request.
    """

    most = 128
    seconds = 10.0
    idle = 5
    pace = 16_384.0
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
    def pause_writing(self) -> None:
        """A long answer waits for room."""
        super().pause_writing()
        self._watch()

    @override
    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_clock()
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
        if self._clock and not self.transport.get_write_buffer_size():
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
        waiting = self.transport.get_write_buffer_size()
        if self.conn.their_state not in OWED and not waiting:
            self._stop_clock()
        elif self._clock is None:
            self._clock = self.loop.call_later(self.seconds + waiting / self.pace, self.transport.abort)

    def _stop_clock(self) -> None:
        if self._clock:
            self._clock.cancel()
            self._clock = None


class HealthConnection(Connection):
    """One of the few that ask for health."""

    most = 16


class PageConnection(Connection):
    """A browser's, or that of a proxy in front, which keeps it for the next person: never as long as we do.

    A phone at the edge of the network takes a report at 8 kB a second.
    """

    most = 1024
    seconds = 30.0
    idle = 20
    pace = 8_192.0


@contextlib.asynccontextmanager
async def served(
    application: Any, address: str, connection: type[Connection] = Connection, proxies: Sequence[str] = ()
) -> AsyncIterator[asyncio.Task[None]]:
    """Serve an ASGI application at "host:port" until left; the task that does. Raises OSError if it cannot be had.

    What `proxies` (addresses and networks) say of whom they speak for is believed, and what nobody else says.
    """
    config = uvicorn.Config(
        ProxyHeadersMiddleware(application, list(proxies)) if proxies else application,
        http=connection,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # what strangers send is no news
        access_log=False,
        proxy_headers=False,
        server_header=False,
        headers=[("server", NAME)],
        backlog=BACKLOG,
        timeout_keep_alive=connection.idle,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]  # signals are ours
    serving = asyncio.create_task(server.serve([listening_socket(address)]))
    try:
        yield serving
    finally:
        server.should_exit = True
        await serving


def listening_socket(address: str) -> socket.socket:
    """A socket at "host:port", whose connections send at once: a page follows its header without waiting to be
    acknowledged, which takes clients 40 ms. Raises OSError if it cannot be had.
    """
    host, port = host_and_port(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.create_server((host, port), family=family, backlog=BACKLOG)
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def host_and_port(address: str) -> tuple[str, int]:
    """ "[::1]:8000" as "::1" and 8000."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def allow_files() -> None:
    """Have the system let us open as many files as all limits together come to, if it does."""
    try:
        import resource
    except ImportError:  # not a system that counts them
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
