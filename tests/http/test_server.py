"""The server under strangers: who sends slowly, halfway or nonsense takes nobody's place but his own."""

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.http.asgi import Receive, Send, respond
from bot.http.health import Health
from bot.http.server import Connection, listening_socket, served
from tests.telegram.e2e.driver import free_port

SECONDS = 0.6
GOOD = b"POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
STRANGE = GOOD.replace(b"/hook", b"/strange")
SLOW = GOOD.replace(b"/hook", b"/slow")
HEAD = GOOD[:-2]
OK = b"HTTP/1.1 200 OK"


class Few(Connection):
    """Four connections, and less patience."""

    most = 4
    seconds = SECONDS


@dataclass
class Application:
    """Like the webhook: turns strangers away without reading; answers what is `/slow` when it is told to."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    begun: int = 0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["path"] == "/strange" or scope["method"] != "POST":
            return await respond(send, 404)
        while (message := await receive()).get("more_body"):
            pass
        if message["type"] == "http.disconnect":
            return None
        if scope["path"] == "/slow":
            self.begun += 1
            await self.go.wait()
        return await respond(send, 200)


@dataclass
class Client:
    """One connection, byte by byte."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self) -> bytes:
        """The status line of the next answer; nothing if the connection was closed instead."""
        try:
            async with asyncio.timeout(10):
                return (await self.reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")[0]
        except (EOFError, OSError):
            return b""

    async def closed(self) -> bool:
        """The server closes it, soon."""
        try:
            async with asyncio.timeout(10 * SECONDS):
                await self.reader.read()
        except TimeoutError:
            return False
        except OSError:
            return True
        return True

    async def open(self) -> bool:
        """It is not closed for a moment."""
        await asyncio.sleep(0.05)
        return not self.reader.at_eof()


@dataclass
class Place:
    """A server, and those who call."""

    application: Application
    port: int
    serving: asyncio.Task[None]
    clients: list[Client] = field(default_factory=list)

    async def client(self, data: bytes = b"") -> Client:
        self.clients.append(Client(*await asyncio.open_connection("127.0.0.1", self.port)))
        self.clients[-1].send(data)
        await asyncio.sleep(0.02)
        return self.clients[-1]

    async def asked(self, data: bytes = GOOD) -> bytes:
        return await (await self.client(data)).answer()

    def leave(self) -> None:
        for client in self.clients:
            client.writer.transport.abort()

    async def busy(self, number: int) -> list[Client]:
        """So many whose requests are being worked on."""
        clients = [await self.client(SLOW) for _ in range(number)]
        async with asyncio.timeout(10):
            while self.application.begun < number:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return clients


@asynccontextmanager
async def opened() -> AsyncIterator[Place]:
    port, application = free_port(), Application()
    async with served(application, f"127.0.0.1:{port}", Few) as serving:
        yield Place(application, port, serving)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with opened() as there:
        yield there
        there.application.go.set()
        there.leave()


@pytest.mark.parametrize(
    ("begun", "rest"),
    [(b"", HEAD), (HEAD, b"{"), (STRANGE[:-2], b"{"), (GOOD, HEAD)],
    ids=["header", "body", "body after the answer", "second request"],
)
async def test_who_trickles_is_cut_off(place: Place, begun: bytes, rest: bytes) -> None:
    """A byte now and then buys no time: five patiences long, and the request would still not be whole."""
    client, sent = await place.client(begun), 0
    for byte in rest[:-1] * 50:
        client.send(bytes([byte]))
        sent += 1
        await asyncio.sleep(SECONDS / 10)
        if client.reader.at_eof() or client.writer.is_closing():
            break
    assert sent < 20
    assert await place.asked() == OK


async def test_who_sends_whole_requests_is_kept(place: Place) -> None:
    """Each request has its own time: one connection lives longer than one request may."""
    client = await place.client()
    for _ in range(6):
        client.send(HEAD)
        await asyncio.sleep(SECONDS / 3)
        client.send(b"{}")
        assert (await client.answer()) == OK


async def test_an_idle_connection_is_closed(place: Place) -> None:
    assert await (await place.client()).closed()
    used = await place.client(GOOD)
    assert (await used.answer()) == OK
    assert await used.closed()


async def test_time_is_for_sending_not_for_our_work(place: Place) -> None:
    """Whose request is whole waits for the answer as long as it takes."""
    (client,) = await place.busy(1)
    await asyncio.sleep(2 * SECONDS)
    place.application.go.set()
    assert (await client.answer()) == OK


async def test_a_newcomer_takes_the_place_of_who_owes_longest(place: Place) -> None:
    (working,) = await place.busy(1)
    first, second, third = [await place.client(part) for part in (HEAD[:9], HEAD, b"")]
    newcomer = await place.client(HEAD)
    assert await first.closed()
    assert all([await client.open() for client in (working, second, third, newcomer)])
    assert await place.asked() == OK
    assert await second.closed()
    place.application.go.set()
    assert (await working.answer()) == OK


@pytest.mark.slow
async def test_hundreds_who_hold_on_do_not_hinder_others(place: Place) -> None:
    """At no time are more taken in than there are places, and every good request among them is answered."""
    for number in range(200):
        await place.client(HEAD[: number % len(HEAD)])
        if number % 20 == 19:
            assert await place.asked() == OK


async def test_if_all_are_being_served_the_newcomer_has_to_go(place: Place) -> None:
    clients = await place.busy(4)
    assert await place.asked() == b""
    place.application.go.set()
    assert all([(await client.answer()) == OK for client in clients])
    assert await place.asked() == OK


@pytest.mark.slow
async def test_who_does_not_read_answers_is_cut_off(place: Place) -> None:
    """Requests without end, and a reader that never looks: what we would have to keep for it is bounded by its time."""
    client = await place.client()
    client.reader._transport.pause_reading()  # type: ignore[attr-defined]
    for _ in range(2000):
        client.send(STRANGE * 100)
        await asyncio.sleep(0)
        if client.writer.is_closing():
            break
    async with asyncio.timeout(60 * SECONDS):
        while not client.writer.is_closing():
            client.send(STRANGE)
            await asyncio.sleep(SECONDS / 10)
    assert await place.asked() == OK


NONSENSE = {
    "bytes": bytes(range(256)),
    "nothing": b"\0" * 1000,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x17" * 500,
    "lines": b"\r\n" * 1000,
    "version": GOOD.replace(b"1.1", b"9.9"),
    "http2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "length": GOOD.replace(b": 2", b": -2"),
    "lengths": GOOD.replace(b"Host", b"Content-Length: 7\r\nHost"),
    "no host": GOOD.replace(b"Host: a\r\n", b""),
    "header": GOOD.replace(b"Host", b"X: " + b"x" * 1_000_000 + b"\r\nHost"),
    "headers": GOOD.replace(b"Host", b"X: x\r\n" * 100_000 + b"Host"),
    "path": GOOD.replace(b"/hook", b"/" + b"x" * 1_000_000),
    "chunk": GOOD.replace(b"Content-Length: 2", b"Transfer-Encoding: chunked") + b"zz",
    "chunk after the answer": STRANGE.replace(b"Content-Length: 2", b"Transfer-Encoding: chunked") + b"zz",
    "upgrade": GOOD.replace(b"Host", b"Connection: Upgrade\r\nUpgrade: websocket\r\nHost"),
    "connect": b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
}


SOME_NONSENSE = ("version", "chunk", "path")


@pytest.mark.parametrize(
    "nonsense",
    [
        pytest.param(sent, id=name, marks=() if name in SOME_NONSENSE else pytest.mark.slow)
        for name, sent in NONSENSE.items()
    ],
)
async def test_nonsense_does_no_harm(place: Place, nonsense: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """It is refused and closed, or waits for its time to end; nobody writes a line about it."""
    caplog.set_level(logging.WARNING)
    clients = [await place.client(nonsense) for _ in range(3)]
    assert await place.asked() == OK
    assert all([await client.closed() for client in clients])
    assert caplog.records == []


@pytest.mark.parametrize("large", ["header", "headers", "path"])
async def test_too_large_a_header_is_refused(place: Place, large: str) -> None:
    """Whether the answer still reaches who goes on sending is up to his system."""
    assert await place.asked(NONSENSE[large]) in (b"HTTP/1.1 400 Bad Request", b"")


async def test_the_end_waits_for_answers_and_not_for_requests() -> None:
    """What is being worked on is answered; what has not arrived is dropped at once."""
    async with opened() as place:
        (working,) = await place.busy(1)
        half = [await place.client(part) for part in (b"", HEAD[:9], HEAD)]
        asyncio.get_running_loop().call_later(0.5, place.application.go.set)
        began = time.monotonic()
    assert time.monotonic() - began < 3
    assert place.serving.done()
    assert (await working.answer()) == OK
    assert all([await client.closed() for client in half])
    place.leave()


async def test_health() -> None:
    port, well = free_port(), [True]
    async with served(Health(lambda: well[-1]), f"[::1]:{port}", Few):

        async def asked(line: bytes) -> bytes:
            client = Client(*await asyncio.open_connection("::1", port))
            client.send(line + b" HTTP/1.1\r\nHost: a\r\n\r\n")
            status = await client.answer()
            client.writer.transport.abort()
            return status[9:12]

        assert [await asked(line) for line in (b"GET /healthz", b"HEAD /healthz")] == [b"200", b"200"]
        assert [await asked(line) for line in (b"GET /", b"POST /healthz")] == [b"404", b"405"]
        well.append(False)
        assert await asked(b"GET /healthz") == b"503"


@pytest.mark.parametrize("here", ["127.0.0.1", "[::1]"])
def test_what_follows_is_sent_without_waiting_until_what_came_before_is_acknowledged(here: str) -> None:
    """Whoever asks acknowledges the header of a page 40 ms later, in the hope of more to say with it."""
    with (
        closing(listening_socket(f"{here}:0")) as listening,
        socket.create_connection(listening.getsockname()[:2]),
        closing(listening.accept()[0]) as connection,
    ):
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
