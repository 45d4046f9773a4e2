"""Answer files as streams of records: one object, a JSON array, or lines; never more than one in memory."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any, BinaryIO

from scoring.answers import read_json
from scoring.errors import AnswersError, Fault, FaultCode

CHUNK = 1 << 16


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
    if lines:
        return Records(batch=True, entries=_lines(source))
    first = _first_line(source)
    if first.lstrip().startswith(b"["):
        return Records(batch=True, entries=_array(first, source))
    second = _first_line(source) if _is_json(first) else b""
    if second:
        return Records(batch=True, entries=_lines(chain((first, second), source)))
    return Records(batch=False, entries=iter((_decoded(first + source.read()),)))


def _first_line(source: BinaryIO) -> bytes:
    """The next line with anything on it; empty at the end."""
    return next((line for line in source if line.strip()), b"")


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _lines(source: Any) -> Iterator[Any]:
    return (_decoded(line) for line in source if line.strip())


def _decoded(text: bytes) -> Any:
    try:
        return read_json(text)
    except AnswersError as error:
        return error


class _Joined:
    """A first piece and the rest of a stream, as a file to read from."""

    def __init__(self, first: bytes, source: BinaryIO) -> None:
        self._first, self._source = first, source

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; the first piece comes first."""
        if self._first:
            piece, self._first = (self._first, b"") if size < 0 else (self._first[:size], self._first[size:])
            return piece
        return self._source.read(size)


def _array(first: bytes, source: BinaryIO) -> Iterator[Any]:
    """The elements of a JSON array by ijson, which reads arrays of any length in constant memory."""
    import ijson

    try:
        yield from (_whole_numbers(entry) for entry in ijson.items(_Joined(first, source), "item", buf_size=CHUNK))
    except ijson.JSONError as error:
        yield AnswersError([Fault("", FaultCode.NOT_JSON, {"reason": str(error)})])


def _whole_numbers(value: Any) -> Any:
    """ijson gives whole numbers as int and decimals as Decimal, as `read_json` does."""
    return value if not isinstance(value, Decimal) or value.is_finite() else str(value)
