"""JSON from anybody, decoded within bounds: exact numbers of a sensible length, no key twice, no endless nesting.

What is not to be had as it stands (a number beyond all sense, NaN, an object with a key twice) is decoded as `Spoilt`:
a value of no kind, so that whoever checks the data refuses it and names the place where it stands. No arithmetic is
ever done with such a number, nor is it written out in full.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scoring.errors import AnswersError, Fault, FaultCode

RECORD = 1 << 20
"""Bytes of a record at most; a whole answer file takes two thousand."""
LONGEST = 100
"""Characters of a number at most."""
SHORT = 40
FARTHEST = 30
"""Decimal places between a number's first digit and its point at most; figures need 15, and 12 behind the point."""


@dataclass(frozen=True, slots=True)
class Spoilt:
    """What stands in place of a value that cannot be taken; `key` is that which an object has twice."""

    code: FaultCode
    text: str
    key: str = ""

    def __str__(self) -> str:
        return self.text


def whole_number(text: str) -> int | Spoilt:
    """A number without point and exponent."""
    return int(text) if len(text) <= LONGEST else Spoilt(FaultCode.TOO_LARGE, text)


def decimal_number(text: str) -> Decimal | Spoilt:
    """A number with a point or an exponent, exactly as it is written."""
    try:
        value = Decimal(text)
    except ArithmeticError:  # 1e99999999999999999999, which even a Decimal cannot hold
        tiny = "e-" in text.lower()
    else:
        places = value.adjusted()
        if len(text) <= LONGEST and -FARTHEST <= places <= FARTHEST:
            return value
        tiny = places <= FARTHEST
    return Spoilt(FaultCode.TOO_PRECISE if tiny else FaultCode.TOO_LARGE, text)


def no_number(name: str) -> Spoilt:
    """NaN and Infinity, which are no JSON, but which many programs write."""
    return Spoilt(FaultCode.NOT_A_NUMBER, name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | Spoilt:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _doubled(pairs)


def _doubled(pairs: list[tuple[str, Any]]) -> Spoilt:
    counts = Counter(key for key, _ in pairs)
    key = next(key for key in counts if counts[key] > 1)
    return Spoilt(FaultCode.DOUBLED, key, key)


DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=decimal_number, parse_int=whole_number, parse_constant=no_number
)

KINDS = {
    "Expecting value": "value",
    "Expecting property name": "key",
    "Expecting ':'": "colon",
    "Expecting ','": "comma",
    "Illegal trailing comma": "trailing",
    "Unterminated string": "unterminated",
    "Invalid control character": "control",
    "Invalid \\": "escape",
    "Extra data": "extra",
}
"""How the sentences of Python's json begin, and what we call these faults; each has a text `json.<kind>`."""
OTHERWISE = "other"


def read_json(text: str | bytes) -> Any:
    """JSON with exact numbers: decimals stay decimals. Raises AnswersError if it is not JSON, or not to be read."""
    if len(text) > RECORD:
        raise too_long()
    try:
        return DECODER.decode(text if isinstance(text, str) else text.decode(json.detect_encoding(text)))
    except (ValueError, RecursionError) as error:
        raise not_json(error) from None


def not_json(error: ValueError | RecursionError, start: int = 0) -> AnswersError:
    """What is wrong with a record that begins at `start` of its text: where, counted from there, and of which kind."""
    if isinstance(error, RecursionError):
        return AnswersError([Fault("", FaultCode.TOO_DEEP)])
    if not isinstance(error, json.JSONDecodeError):
        return AnswersError([Fault("", FaultCode.NOT_TEXT)])
    line = error.doc.count("\n", start, error.pos) + 1
    column = error.pos - max(error.doc.rfind("\n", start, error.pos) + 1, start) + 1
    kind = next((kind for begins, kind in KINDS.items() if error.msg.startswith(begins)), OTHERWISE)
    details = {"line": str(line), "column": str(column), "kind": kind}
    return AnswersError([Fault("", FaultCode.NOT_JSON, details)])


def too_long() -> AnswersError:
    """The error for a record that is longer than any answer file."""
    return AnswersError([Fault("", FaultCode.RECORD_TOO_LONG, {"most": f"{RECORD >> 20} MiB"})])


def spoilt_fault(place: Sequence[str], spoilt: Spoilt) -> Fault:
    """The fault for a value that could not be taken, at its place."""
    where = [*place, short(spoilt.key)] if spoilt.code is FaultCode.DOUBLED else place
    return Fault(".".join(where), spoilt.code, {"given": short(spoilt.text)})


def short(text: str) -> str:
    """As much of it as a sentence can hold, in characters that can be written."""
    text = text if len(text) <= SHORT else text[: SHORT - 1] + "…"
    return text.encode("utf-8", "backslashreplace").decode()
