"""Pydantic's errors about data of a wrong shape, as faults: their kinds, since its sentences are English only."""

from typing import Any

from pydantic import ValidationError

from scoring.decoding import Spoilt, short, spoilt_fault
from scoring.errors import Fault, FaultCode

KINDS = {
    "missing": "missing",
    "extra": "extra",
    "dict": "object",
    "model": "object",
    "mapping": "object",
    "list": "list",
    "tuple": "list",
    "frozen": "list",
    "set": "list",
    "string_pattern_mismatch": "name",
    "string_too_long": "name",
    "string": "text",
    "int": "number",
    "float": "number",
    "decimal": "number",
    "fraction": "number",
    "finite": "number",
    "value": "number",
    "greater": "range",
    "less": "range",
    "literal": "choice",
    "enum": "choice",
    "too": "count",
}
"""By pydantic's type of error, or its first word; each kind has a text `shape.<kind>`."""
DIRECTIONS, OTHERWISE = "directions", "other"
MOST = 50


def shape_faults(error: ValidationError) -> list[Fault]:
    """Everything that is wrong, each with its place."""
    return [_fault(dict(entry)) for entry in error.errors(include_url=False)[:MOST]]


def _fault(entry: dict[str, Any]) -> Fault:
    place = [short(str(step)) for step in entry["loc"]]
    if isinstance(entry["input"], Spoilt):
        return spoilt_fault(place, entry["input"])
    kind = KINDS.get(entry["type"]) or KINDS.get(entry["type"].partition("_")[0], OTHERWISE)
    return Fault(".".join(place), FaultCode.SHAPE, {"kind": kind, "given": _given(kind, entry["input"])})


def _given(kind: str, value: Any) -> str:
    """What stands there; of what is missing or nested only that there is something."""
    if kind == "missing" or isinstance(value, dict | list):
        return "…"
    return short(str(value))
