"""Browsers with scripts, as lean as can be: each is a cookie and the last card; connections are kept and shared."""

import asyncio
import re
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from secrets import token_hex
from urllib.parse import quote

END = b"\r\n\r\n"
LENGTH = re.compile(rb"content-length: (\d+)")
FORM = re.compile(rb'name="form" value="([^"]+)"')
CHOICE = re.compile(rb'class="way choice" name="do" value="([^"]+)"(?: aria-pressed="(\w+)")?')
FIRST = re.compile(rb'class="way first" name="do" value="([^"]+)"')
HEAD = "Host: bench\r\nAccept-Encoding: gzip\r\nAccept-Language: zh-CN\r\n"
OK = b"200"


class Line:
    """One connection to a server, for one request after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.received = self.sent = 0

    async def ask(self, seat: "Seat", method: str, path: str, body: str = "", extra: str = "") -> bytes:
        """The page that is answered, unpacked."""
        given = f"{method} {path} HTTP/1.1\r\n{HEAD}{seat.head}{extra}"
        if body:
            given += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        request = f"{given}\r\n{body}".encode()
        self._writer.write(request)
        head = await self._reader.readuntil(END)
        length = LENGTH.search(head)
        answer = await self._reader.readexactly(int(length[1])) if length else b""
        self.sent, self.received = self.sent + len(request), self.received + len(head) + len(answer)
        if head.split(b" ", 2)[1] != OK:
            raise RuntimeError(head.decode())
        return zlib.decompress(answer, 31) if b"content-encoding: gzip" in head else answer

    def close(self) -> None:
        self._writer.close()


@asynccontextmanager
async def line_to(address: str) -> AsyncIterator[Line]:
    """An open connection."""
    host, _, port = address.rpartition(":")
    line = Line(*await asyncio.open_connection(host, int(port)))
    try:
        yield line
    finally:
        line.close()


@dataclass
class Seat:
    """Somebody with a browser, at an address of their own. `next`: what they would say to the card before them."""

    token: str
    number: int
    next: str = ""
    taps: int = 0

    @property
    def head(self) -> str:
        """What their browser sends along."""
        octets = (self.number & 255, self.number >> 8 & 255, self.number >> 16 & 255)  # no neighbours
        return f"Cookie: shuping={self.token}\r\nX-Forwarded-For: 10.{'.'.join(map(str, octets))}\r\n"

    async def look(self, on: Line) -> bytes:
        """The first load."""
        return self._read(await on.ask(self, "GET", "/"))

    async def tap(self, on: Line) -> bytes:
        """Answer the card; the next one."""
        page = await on.ask(self, "POST", "/say", self.next, "x-shuping: 1\r\n")
        self.taps += 1
        return self._read(page)

    def _read(self, page: bytes) -> bytes:
        """Tick something, then go on; or choose."""
        form, choices, first = FORM.search(page), CHOICE.findall(page), FIRST.search(page)
        if form is None:
            raise RuntimeError(page.decode())
        ticked = any(marked == b"true" for _, marked in choices)
        said = (
            first[1] if first and (ticked or not choices) else choices[min(1, len(choices) - 1)][0] if choices else b""
        )
        self.next = f"form={form[1].decode()}&do={quote(said.decode())}" if said else ""
        return page


def seats(count: int) -> list[Seat]:
    """So many strangers."""
    return [Seat(token_hex(16), number) for number in range(count)]
