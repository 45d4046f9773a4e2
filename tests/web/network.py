"""Between browsers and a page: a network that loses, repeats, swaps and cuts what it carries, by chance."""

import asyncio
import re
from collections import deque
from contextlib import suppress
from enum import Enum, auto
from random import Random
from typing import Self

LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
END = b"\r\n\r\n"
HELD_SECONDS = 0.05
"""So long at most waits what is to be overtaken, if nothing comes."""


class Fate(Enum):
    """What becomes of a request."""

    PASSED = auto()
    LOST = auto()
    """It never arrives."""
    CUT = auto()
    """Half of it arrives."""
    UNANSWERED = auto()
    """It arrives, and its answer does not."""
    TORN = auto()
    """Half of the answer comes back."""
    TWICE = auto()
    """It arrives once more after its answer."""
    TOGETHER = auto()
    """It arrives twice at once."""
    OVERTAKEN = auto()
    """It arrives after the next one."""
    HAUNTING = auto()
    """A copy of it arrives after the next one, when its sender has long gone on."""


HARMFUL = [fate for fate in Fate if fate is not Fate.PASSED]


class Network:
    """A proxy before the page at `server` ("host:port"), which may be down; a connection carries one request."""

    def __init__(self, server: str, chance: Random, harm: float = 0.5) -> None:
        """`harm`: how probable it is that a request does not simply pass; `planned`: what becomes of the next ones."""
        host, _, port = server.rpartition(":")
        self._server = host, int(port)
        self.chance, self.harm = chance, harm
        self.planned: deque[Fate] = deque()
        self._arrived = asyncio.Event()
        self._copies: set[asyncio.Task[bytes]] = set()

    async def __aenter__(self) -> Self:
        self._listening = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.close()
        await self.settle()

    @property
    def url(self) -> str:
        """Where browsers find the page."""
        return f"http://127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"

    async def settle(self) -> None:
        """Until nothing is on its way any more."""
        await asyncio.gather(*self._copies)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            writer.write(await self._carried(await _request(reader)))
            await writer.drain()
        writer.close()

    async def _carried(self, request: bytes) -> bytes:
        """What its sender gets to see."""
        match self._fate():
            case Fate.LOST:
                return b""
            case Fate.CUT:
                return await self._brought(request[: len(request) // 2], whole=False)
            case Fate.UNANSWERED:
                await self._brought(request)
                return b""
            case Fate.TORN:
                answer = await self._brought(request)
                return answer[: len(answer) // 2]
            case Fate.TWICE:
                await self._brought(request)
                return await self._brought(request)
            case Fate.TOGETHER:
                return (await asyncio.gather(self._brought(request), self._brought(request)))[-1]
            case Fate.OVERTAKEN:
                return await self._brought_late(request)
            case Fate.HAUNTING:
                self._copies.add(asyncio.create_task(self._brought_late(request)))
        return await self._brought(request)

    def _fate(self) -> Fate:
        if self.planned:
            return self.planned.popleft()
        return self.chance.choice(HARMFUL) if self.chance.random() < self.harm else Fate.PASSED

    async def _brought_late(self, request: bytes) -> bytes:
        arrived = self._arrived
        with suppress(TimeoutError):
            await asyncio.wait_for(arrived.wait(), HELD_SECONDS)
        return await self._brought(request)

    async def _brought(self, request: bytes, *, whole: bool = True) -> bytes:
        """To the page; its answer, if there is one."""
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(*self._server)
            try:
                writer.write(request)
                await writer.drain()
                if whole:
                    answer = await reader.read()
                    self._arrived.set()
                    self._arrived = asyncio.Event()
                    return answer
            finally:
                writer.close()
        return b""


async def _request(reader: asyncio.StreamReader) -> bytes:
    """A whole one."""
    head = await reader.readuntil(END)
    length = LENGTH.search(head)
    return head + (await reader.readexactly(int(length[1])) if length else b"")
