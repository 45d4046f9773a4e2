"""What a benchmark reports: rows of one table."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass

HEAD = ("what", "measured", "floor or limit", "ratio", "target", "ok")


@dataclass(frozen=True, slots=True)
class Row:
    """One line; all of it is text, ready to print."""

    what: str
    measured: str
    against: str = ""
    ratio: str = ""
    target: str = ""
    ok: str = ""


def at_most(what: str, seconds: float, limit: float) -> Row:
    """A duration and its limit."""
    share = seconds / limit
    return Row(what, duration(seconds), f"limit {duration(limit)}", f"{share:.2f}", "≤ 1", _ok(share <= 1))


def at_least(what: str, rate: float, limit: float) -> Row:
    """A rate and the least it may be."""
    share = rate / limit
    return Row(what, f"{rate:,.0f}/s", f"limit {limit:,.0f}/s", f"{share:.2f}", "≥ 1", _ok(share >= 1))


def at_least_of(what: str, measured: str, floor: str, ratio: float, least: float) -> Row:
    """Something beside its floor, as a ratio that may not be smaller."""
    return Row(what, measured, floor, f"{ratio:.2f}", f"≥ {least:.3g}", _ok(ratio >= least))


def at_most_of(what: str, measured: str, floor: str, ratio: float, most: float) -> Row:
    """Something beside its floor, as a ratio that may not be larger."""
    return Row(what, measured, floor, f"{ratio:.2f}", f"≤ {most:g}", _ok(ratio <= most))


def _ok(fine: bool) -> str:
    return "yes" if fine else "NO"


def duration(seconds: float) -> str:
    """Seconds in a readable unit."""
    for unit, name in ((1e-3, "µs"), (1.0, "ms")):
        if seconds < unit:
            return f"{seconds / unit * 1000:.3g} {name}"
    return f"{seconds:.2f} s"


def size(octets: int) -> str:
    """Bytes in a readable unit."""
    return f"{octets / 2**20:.1f} MiB"


def line(cells: Iterable[str], widths: Iterable[int]) -> str:
    """A row of a Markdown table, aligned for reading as it is."""
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def table(rows: list[Row]) -> str:
    """The whole table, in Markdown."""
    cells = [HEAD, *(astuple(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    rule = ["-" * width for width in widths]
    return "\n".join(line(row, widths) for row in (cells[0], rule, *cells[1:]))
