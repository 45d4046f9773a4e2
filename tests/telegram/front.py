"""The quick way in: calls that are answered at once skip aiohttp's machinery; all the rest is handed to it.

A connection starts here. The first request that is anything but a plain POST of JSON or of a form to a method that
does not wait moves the whole connection to aiohttp, for good.
"""

import asyncio
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple, cast

from aiohttp import web

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)")
KIND = re.compile(rb"\r\ncontent-type: *(application/json|application/x-www-form-urlencoded) *(?:;[^\r]*)?(?:\r|$)")
ODD = re.compile(rb"\r\n(?:transfer-encoding|expect|upgrade|content-encoding|connection: *close)")
LONGEST_HEAD = 1 << 14
LONGEST = 1 << 20
STATUS = {status.value: f"{status.value} {status.phrase}".encode() for status in HTTPStatus}


class Answer(NamedTuple):
    code: int
    body: bytes


class Plain(NamedTuple):
    """The head of a request that can be answered here."""

    method: str
    form: bool
    start: int
    end: int


Now = Callable[[str, bool, bytes], Answer | None]


class Front(asyncio.Protocol):
    """One connection, until it is handed over."""

    def __init__(self, prefix: str, now: Now, server: web.Server, connections: "set[Front]") -> None:
        self._start = f"POST {prefix}".encode()
        self._now = now
        self._server = server
        self._connections = connections
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        self._connections.discard(self)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        while buffer:
            end = buffer.find(b"\r\n\r\n")
            if end < 0 and len(buffer) < LONGEST_HEAD:
                break
            plain = self._read(buffer, end)
            if plain is None:
                self._hand_over(buffer)
                return
            if len(buffer) < plain.end:
                break
            answer = self._now(plain.method, plain.form, buffer[plain.start : plain.end])
            if answer is None:
                self._hand_over(buffer)
                return
            self._write(answer)
            buffer = buffer[plain.end :]
        self._buffer = buffer

    def _read(self, buffer: bytes, end: int) -> Plain | None:
        line = buffer.find(b" HTTP/1.1\r\n", len(self._start))
        if end < 0 or not 0 < line < end or not buffer.startswith(self._start):
            return None
        method = buffer[len(self._start) : line]
        head = buffer[line:end].lower()
        length, kind = LENGTH.search(head), KIND.search(head)
        if not method.isalpha() or length is None or kind is None or ODD.search(head):
            return None
        size = int(length[1])
        if size > LONGEST:
            return None
        return Plain(method.decode(), kind[1] != b"application/json", end + 4, end + 4 + size)

    def _write(self, answer: Answer) -> None:
        assert self._transport is not None
        head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        self._transport.write(head % (STATUS[answer.code], len(answer.body)) + answer.body)

    def _hand_over(self, buffer: bytes) -> None:
        assert self._transport is not None
        self._connections.discard(self)
        handler = self._server()
        self._transport.set_protocol(handler)
        handler.connection_made(self._transport)
        handler.data_received(buffer)
