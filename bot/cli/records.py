"""Answer files as streams of records: one object, a JSON array, or lines; never more than one in memory.

A record is an answer file of at most 1 MiB. One that is broken, too long or too deep is an error in its place, and what
comes after it is read all the same, without ever holding more of it than a record.
"""

import re
from codecs import BOM_UTF8, getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from json import JSONDecodeError
from typing import Any, BinaryIO

from bot.cli.files import read_record, read_sheet
from bot.cli.foreign import FIRST, look
from bot.reports.beginnings import LONGEST, ZIP
from bot.reports.filled import Filled
from scoring.decoding import DECODER, RECORD, not_json, too_long
from scoring.errors import AnswersError

LINES = (".jsonl", ".ndjson")
"""Endings of files that hold a record a line."""
CHUNK = 1 << 16
BINARY = FIRST | {ZIP[:1]}
"""How begins what may be no text."""
NEAR = 16
"""What ends so near the window's end may be cut off: no literal, escape or exponent's sign is longer."""
SIGN = re.compile(r"[^ \t\r\n]")
OUTSIDE = re.compile(r'["\[\]{},]')
"""What matters between strings, to somebody who only looks for the end of a broken record."""
STEPS = {"[": 1, "{": 1, "]": -1, "}": -1, ",": 0}
INSIDE = re.compile(r'["\n]|\\.', re.DOTALL)
"""What matters in a string: its end (which is a line's end at the latest), and escapes, which may hold a quote."""


@dataclass(frozen=True, slots=True)
class Records:
    """What an input holds: `batch` says whether results are printed one a line.

    An entry is decoded JSON, what a workbook holds, or the error that took its place.
    """

    batch: bool
    entries: Iterator[Any]


def read_records(source: BinaryIO, name: str = "") -> Records:
    """The records of an input, "" or the file of this name.

    A workbook is a record by itself, as is what can be no answers. Else "[" opens an array, and lines are told by the
    name, or by a first line that is a whole object with more after it.
    """
    start, lines = _start(source), name.endswith(LINES)
    if start in BINARY:
        start += source.read(LONGEST - 1)
        if (found := _binary(start, source)) is not None:
            return Records(batch=False, entries=iter((found,)))
    if start == b"[" and not lines:
        return Records(batch=True, entries=iter(_Elements(source)))
    rest = _lines(source, start)
    first = next(rest, b"")
    if lines:
        return Records(batch=True, entries=map(_decoded, chain((first,) if first else (), rest)))
    second = next(rest, None) if _whole(first) else None
    if second is not None:
        return Records(batch=True, entries=map(_decoded, chain((first, second), rest)))
    if isinstance(first, bytes):
        first += source.read(RECORD + 1)
    return Records(batch=False, entries=iter((_decoded(first, name),)))


def _binary(start: bytes, source: BinaryIO) -> Filled | AnswersError | None:
    """What a workbook holds, or why there are none; None for what may be text."""
    try:
        look(start, source)
        return read_sheet(start, source) if start.startswith(ZIP) else None
    except AnswersError as error:
        return error


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


def _lines(source: BinaryIO, start: bytes) -> Iterator[bytes | AnswersError]:
    """Every line that is not blank; of one that is too long, only the error. `start` has been read already."""
    while line := start + source.readline(RECORD + 1):
        start = b""
        if len(line) > RECORD:
            _to_line_end(source, line)
            yield too_long()
        elif not line.isspace():
            yield line


def _to_line_end(source: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = source.readline(CHUNK)


def _whole(line: bytes | AnswersError) -> bool:
    """A line that is a record by itself; one that is too long to be a part of one counts as such."""
    return isinstance(line, AnswersError) or not isinstance(_decoded(line), AnswersError)


def _decoded(line: bytes | AnswersError, name: str = "") -> Any:
    try:
        return line if isinstance(line, AnswersError) else read_record(line, name)
    except AnswersError as error:
        return error


class _Elements:
    """Reads an array whose "[" has been read through a window, so that one of any length takes constant memory."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._to_text = getincrementaldecoder("utf-8")("surrogateescape")  # spoils one record, not the rest
        self._window = ""
        self._position = 0

    def __iter__(self) -> Iterator[Any]:
        """The elements in order, or the errors in their places; after an error, on behind the next comma."""
        sign = "," if self._next_sign() != "]" else self._find(OUTSIDE)
        while sign == ",":
            element = self._element_or_error()
            yield element
            sign = self._find(SIGN)
            if sign not in (",", "]") and not isinstance(element, AnswersError):
                self._position -= len(sign)
                yield self._expected(",")
                sign = self._behind()
        if sign == "]" and self._next_sign():
            yield self._expected("")

    def _element_or_error(self) -> Any:
        self._next_sign()
        try:
            return self._element()
        except AnswersError as error:
            refused = error
        except (JSONDecodeError, RecursionError) as error:
            refused = not_json(error, self._position)
        if self._behind():
            self._position -= 1  # what ends it is not part of it
        return refused

    def _expected(self, sign: str) -> AnswersError:
        what = f"Expecting '{sign}'" if sign else "Extra data"
        return not_json(JSONDecodeError(what, self._window, self._position), self._position)

    def _next_sign(self) -> str:
        """The next character that is not blank, left in place; nothing at the end."""
        sign = self._find(SIGN)
        self._position -= len(sign)
        return sign

    def _find(self, wanted: re.Pattern[str]) -> str:
        """The next of what is wanted, and past it; nothing at the end."""
        while (found := wanted.search(self._window, self._position)) is None:
            self._position = len(self._window) - self._window.endswith("\\")  # half of an escape
            if not self._more(CHUNK):
                return ""
        self._position = found.end()
        return found[0]

    def _behind(self) -> str:
        """Skip the rest of something broken: to the "," behind it, or past the "]" of the array; nothing at the end.

        A text that has no end on its line has swallowed brackets, so that those before it count no more.
        """
        depth, inside = 0, False
        while sign := self._find(INSIDE if inside else OUTSIDE):
            if inside:
                inside = sign not in ('"', "\n")
                depth = 0 if sign == "\n" else depth
            elif sign == '"':
                inside = True
            elif depth == 0 and sign in ",]":
                break
            else:
                depth = max(0, depth + STEPS[sign])
        return sign

    def _element(self) -> Any:
        """The next value; while it may be cut off by the window's end, the window is made twice as wide."""
        while True:
            try:
                value, end = DECODER.raw_decode(self._window, self._position)
            except JSONDecodeError as error:
                cut = error.pos >= len(self._window) - NEAR or error.msg.startswith("Unterminated string")
                if not cut or not self._wider(len(self._window)):
                    raise
            else:
                if end - self._position > RECORD:
                    raise too_long()
                if end < len(self._window) - NEAR or not self._wider(CHUNK):
                    self._position = end
                    return value

    def _wider(self, size: int) -> bool:
        if len(self._window) - self._position > RECORD:
            raise too_long()
        return self._more(size)

    def _more(self, size: int) -> bool:
        """Widen the window, and drop what is done with; false at the end of the input."""
        read = self._source.read(max(size, CHUNK))
        more = self._to_text.decode(read, final=not read)
        if read:
            self._window, self._position = self._window[self._position :] + more, 0
        return bool(read)
