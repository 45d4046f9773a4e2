"""A balancer without affinity: each request goes to the next worker, whoever it is from."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import Self

from tests.web.network import END, _request

BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
TRY_SECONDS = 2.0
SECONDS = 15.0
"""So long may an answer take; a worker that is frozen gives none."""


class Balancer:
    """Listens for requests, each on a connection of its own, and brings them to `servers` ("host:port") in turn.

    Who cannot be reached is passed over, and waited for if nobody can; what breaks off later is not tried again, since
    it may have been done.
    """

    def __init__(self, servers: Sequence[str]) -> None:
        self._servers = [server.rpartition(":")[::2] for server in servers]
        self._turn = 0

    async def __aenter__(self) -> Self:
        self._listening = await asyncio.start_server(self._connected, "127.0.0.1", 0, backlog=4096)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.close()

    @property
    def address(self) -> str:
        """Where it listens, as "host:port"."""
        return f"127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            writer.write(await self._carried(await _request(reader)) or BAD_GATEWAY)
            await writer.drain()
        writer.close()

    async def _carried(self, request: bytes) -> bytes:
        """The answer of the first who can be reached; nothing, if it broke off."""
        until = monotonic() + TRY_SECONDS
        while monotonic() < until:
            for _ in self._servers:
                self._turn += 1
                host, port = self._servers[self._turn % len(self._servers)]
                with suppress(OSError):
                    reader, writer = await asyncio.open_connection(host, int(port))
                    return await _exchanged(reader, writer, request)
            await asyncio.sleep(0.1)
        return b""


async def _exchanged(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    """One request, after whose answer the worker closes; nothing, if that is not whole."""
    line, _, rest = request.partition(b"\r\n")
    try:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(SECONDS):
                writer.write(line + b"\r\nConnection: close\r\n" + rest)
                answer = await reader.read(-1)
                return answer if END in answer else b""
    finally:
        writer.close()
    return b""
