"""Answer files as streams of records: one object, a JSON array, or lines; never more than one in memory."""

import json
import re
from codecs import BOM_UTF8, getincrementaldecoder
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any, BinaryIO

from scoring.answers import read_json
from scoring.errors import AnswersError, Fault, FaultCode

CHUNK = 1 << 16
NEAR = 16
"""What ends so near the window's end may be cut off: no literal, escape or exponent's sign is longer."""
SIGN = re.compile(r"[^ \t\r\n]")


@dataclass(frozen=True, slots=True)
class Records:
    """What an input holds: `batch` says whether results are printed one a line.

    An entry is decoded JSON, or the error that took its place.
    """

    batch: bool
    entries: Iterator[Any]


def read_records(source: BinaryIO, *, lines: bool) -> Records:
    """The records of an input. `lines`: it is known to be JSON Lines, by its name.

    Without that, "[" opens an array; lines are told by a first line that is a whole object with more after it.
    """
    start = _start(source)
    if start == b"[" and not lines:
        return Records(batch=True, entries=_array(source))
    first = start + source.readline() if start else b""
    if lines:
        return Records(batch=True, entries=_lines(chain((first,), source)))
    second = next((line for line in source if line.strip()), b"") if _is_json(first) else b""
    if second:
        return Records(batch=True, entries=_lines(chain((first, second), source)))
    return Records(batch=False, entries=iter((_decoded(first + source.read()),)))


def _start(source: BinaryIO) -> bytes:
    """What the input begins with, after a byte order mark and blank space: a byte, or nothing at the end."""
    byte = source.read(1)
    if byte == BOM_UTF8[:1]:
        mark = byte + source.read(len(BOM_UTF8) - 1)
        if mark != BOM_UTF8:
            return mark
        byte = source.read(1)
    while byte.isspace():
        byte = source.read(1)
    return byte


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _lines(source: Iterable[bytes]) -> Iterator[Any]:
    return (_decoded(line) for line in source if line.strip())


def _decoded(text: bytes) -> Any:
    try:
        return read_json(text)
    except AnswersError as error:
        return error


def _array(source: BinaryIO) -> Iterator[Any]:
    """The elements of an array whose "[" has been read; what is broken ends it, as an error."""
    try:
        yield from _Elements(source)
    except json.JSONDecodeError as error:
        yield _not_json(error.msg)  # its position is one in the window
    except ArithmeticError:  # 1e99999999999999999999
        yield _not_json("an exponent is out of range")
    except (ValueError, RecursionError) as error:
        yield _not_json(str(error))


def _not_json(reason: str) -> AnswersError:
    return AnswersError([Fault("", FaultCode.NOT_JSON, {"reason": reason})])


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


class _Elements:
    """Reads an array through a window, so that an array of any length takes constant memory."""

    decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant)

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._to_text = getincrementaldecoder("utf-8")("surrogateescape")  # spoils one record, not the rest
        self._window = ""
        self._position = 0

    def __iter__(self) -> Iterator[Any]:
        """The elements in order. ValueError (JSONDecodeError among them), ArithmeticError, RecursionError."""
        if self._next_sign() == "]":
            self._position += 1
        else:
            yield self._element()
            while self._sign(",]") == ",":
                yield self._element()
        if self._next_sign():
            raise json.JSONDecodeError("Extra data", self._window, self._position)

    def _sign(self, allowed: str) -> str:
        sign = self._next_sign()
        if not sign or sign not in allowed:
            raise json.JSONDecodeError("Expecting ',' or ']'", self._window, self._position)
        self._position += 1
        return sign

    def _next_sign(self) -> str:
        """The next character that is not blank, left in place; nothing at the end."""
        while (found := SIGN.search(self._window, self._position)) is None:
            self._position = len(self._window)
            if not self._more(CHUNK):
                return ""
        self._position = found.start()
        return found[0]

    def _element(self) -> Any:
        """The next value; while it may be cut off by the window's end, the window is made twice as wide."""
        self._next_sign()
        while True:
            try:
                value, end = self.decoder.raw_decode(self._window, self._position)
            except json.JSONDecodeError as error:
                cut = error.pos >= len(self._window) - NEAR or error.msg.startswith("Unterminated string")
                if not cut or not self._more(len(self._window)):
                    raise
            else:
                if end < len(self._window) - NEAR or not self._more(CHUNK):
                    self._position = end
                    return value

    def _more(self, size: int) -> bool:
        """Widen the window, and drop what is done with; false at the end of the input."""
        read = self._source.read(max(size, CHUNK))
        more = self._to_text.decode(read, final=not read)
        if read:
            self._window, self._position = self._window[self._position :] + more, 0
        return bool(read)
