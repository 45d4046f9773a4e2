"""The server of the page: whom it believes, and how long an answer may take."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bot.http.asgi import Receive, Send, respond
from bot.http.server import FILES, PageConnection, served
from tests.telegram.e2e.driver import free_port

MEGABYTES = 24 * 2**20
"""More than the system takes in advance for who does not read."""
PIECE = 65_536
SECONDS = 0.5


async def mirror(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Says who seems to ask, and how."""
    await respond(send, 200, json.dumps([scope["client"][0], scope["scheme"]]).encode())


async def flood(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """A long answer, piece by piece."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for left in range(MEGABYTES - PIECE, -1, -PIECE):
        await send({"type": "http.response.body", "body": b"x" * PIECE, "more_body": left > 0})


class Hasty(PageConnection):
    """Little patience, and a phone that takes what it is given in its time."""

    seconds = SECONDS
    pace = 2**20


@asynccontextmanager
async def server(application: Any, proxies: Sequence[str] = ()) -> AsyncIterator[int]:
    port = free_port()
    async with served(application, f"127.0.0.1:{port}", Hasty, proxies):
        yield port


async def asked(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that takes little in advance, with a request."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PIECE)
    one.settimeout(0)
    await asyncio.get_running_loop().sock_connect(one, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=one, limit=PIECE)
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    return reader, writer


@pytest.mark.parametrize(
    ("proxies", "told", "seen"),
    [
        ((), {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}, ["127.0.0.1", "http"]),
        (("10.0.0.0/8",), {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}, ["127.0.0.1", "http"]),
        (("127.0.0.1/32",), {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}, ["203.0.113.9", "https"]),
        (("127.0.0.0/8",), {"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}, ["203.0.113.9", "http"]),
        (("127.0.0.0/8", "10.0.0.0/8"), {"X-Forwarded-For": "203.0.113.9, 10.0.0.2"}, ["203.0.113.9", "http"]),
        (("127.0.0.1/32",), {}, ["127.0.0.1", "http"]),
    ],
    ids=["nobody", "another", "the proxy", "what a browser says itself", "two proxies", "a proxy that says nothing"],
)
async def test_only_a_proxy_that_is_named_is_believed(
    proxies: Sequence[str], told: dict[str, str], seen: list[str]
) -> None:
    async with (
        server(mirror, proxies) as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/", headers=told) as answer,
    ):
        assert await answer.json() == seen
        assert answer.headers["server"] == "shuping"


async def test_who_takes_a_long_answer_slowly_gets_it_whole() -> None:
    """Several patiences long; each piece that is taken buys time for the next."""
    async with server(flood) as port:
        reader, writer = await asked(port)
        taken, began = 0, asyncio.get_running_loop().time()
        while taken < MEGABYTES:
            piece = await asyncio.wait_for(reader.read(PIECE), 10)
            assert piece, taken
            taken += len(piece)
            await asyncio.sleep(3 * SECONDS * len(piece) / MEGABYTES)
        assert asyncio.get_running_loop().time() - began > 2 * SECONDS
        writer.transport.abort()


async def test_who_takes_nothing_of_a_long_answer_is_cut_off() -> None:
    """Else everybody who looks away in the middle of a report would hold a place for ever."""
    async with server(flood) as port:
        reader, writer = await asked(port)
        await reader.readexactly(1000)
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(4 * SECONDS)
        reader._transport.resume_reading()  # type: ignore[attr-defined]
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await asyncio.wait_for(reader.readexactly(MEGABYTES), 10)
        writer.transport.abort()


def test_as_many_files_as_the_limits_come_to_may_be_open() -> None:
    """A shell lets a process have 1,024, or less; in a process of its own, since it cannot be taken back."""
    look = (
        "import resource; hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]; "
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard)); "
        "from bot.http.server import allow_files; allow_files(); "
        "print(*resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    soft, hard = map(int, done.stdout.split())
    assert soft == (FILES if hard < 0 else min(FILES, hard))
