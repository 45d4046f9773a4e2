"""What is copied: tables, their columns, and the one normal form in which rows of all kinds of database are equal.

In the normal form a time is whole microseconds since 1970, a flag 0 or 1, and JSON its text. Who is at work (claims,
leases) is not copied, nor is what every database works out for itself.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any, NamedTuple, NoReturn

from pydantic_core import from_json

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
EARLIEST = (datetime.min.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
LATEST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
UNREADABLE = (ValueError, TypeError, OverflowError, RecursionError)
"""What is raised over values that no row of ours has."""

Value = str | int | None
Row = tuple[Value, ...]


class Kind(Enum):
    """What a column holds, and so how each database keeps it."""

    TEXT = auto()
    NUMBER = auto()
    FLAG = auto()
    WRITTEN = auto()
    """A time that the embedded store keeps as text."""
    COUNTED = auto()
    """A time that the embedded store keeps as seconds."""
    WORDS = auto()
    """JSON that stays as it was written, to the letter."""
    FIELDS = auto()
    """JSON whose spelling is of no account."""
    SESSION = auto()
    """A session as JSON, out of which PostgreSQL keeps some more columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name in the embedded store; `bytes`: so long a number may be."""

    name: str
    kind: Kind = Kind.TEXT
    null: bool = False
    bytes: int = 8


@dataclass(frozen=True, slots=True)
class Table:
    """A table; rows are read and copied in the order of its key, texts by their bytes."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def key_of(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """What names a row."""
        return tuple(row[place] for place in self.places)

    @property
    def places(self) -> tuple[int, ...]:
        """Where the key stands in a row."""
        names = [column.name for column in self.columns]
        return tuple(names.index(name) for name in self.key)


class Unfit(NamedTuple):
    """A row that is damaged: no program can read it, and not every database could hold it."""

    table: str
    key: str


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


NUMBER = Column("number", Kind.NUMBER)
MESSAGE = (
    NUMBER,
    Column("window"),
    Column("dossier", null=True),
    Column("key", null=True),
    Column("reply"),
    Column("due", Kind.COUNTED),
)
TABLES = (
    Table(
        "sessions",
        ("dossier",),
        (
            *_texts("dossier", "id"),
            Column("revision", Kind.NUMBER),
            Column("data", Kind.SESSION),
            Column("updated_at", Kind.WRITTEN),
        ),
    ),
    Table("windows", ("window",), (Column("window"), Column("front", null=True), Column("data", Kind.FIELDS))),
    Table("sights", ("window", "dossier"), (*_texts("window", "dossier"), NUMBER, Column("giver"))),
    Table(
        "log",
        ("number",),
        (
            NUMBER,
            *_texts("dossier", "session", "kind", "item"),
            Column("before", Kind.WORDS, null=True),
            Column("after", Kind.WORDS, null=True),
            Column("at", Kind.WRITTEN),
            Column("by"),
        ),
    ),
    Table(
        "assessments",
        ("number",),
        (NUMBER, *_texts("id", "dossier"), Column("finished_at", Kind.WRITTEN), Column("data", Kind.WORDS)),
    ),
    Table(
        "issued",
        ("number",),
        (
            NUMBER,
            *_texts("dossier", "code", "session"),
            Column("face", Kind.WORDS),
            Column("at", Kind.WRITTEN),
        ),
    ),
    Table(
        "outbox",
        ("number",),
        (
            *MESSAGE,
            Column("attempts", Kind.NUMBER, bytes=4),
            Column("anew", Kind.FLAG),
            Column("urgency", Kind.NUMBER, bytes=2),
            Column("part", Kind.NUMBER, bytes=4),
        ),
    ),
    Table("damaged", ("number",), MESSAGE),
    Table("updates", ("channel", "id"), (Column("channel"), Column("id", Kind.NUMBER), Column("seen", Kind.COUNTED))),
    Table(
        "links",
        ("hash",),
        (
            *_texts("hash", "dossier"),
            Column("until", Kind.COUNTED),
            Column("purpose"),
            Column("once", Kind.FLAG),
            Column("giver"),
        ),
    ),
    Table(
        "broadcasts",
        ("id",),
        (
            *_texts("id", "by", "channel", "text"),
            Column("drafted", Kind.COUNTED),
            Column("progress"),
            Column("turn", Kind.NUMBER, null=True),
            Column("audience"),
            Column("shown", Kind.NUMBER, bytes=4),
            Column("queued", Kind.NUMBER, bytes=4),
            Column("after"),
        ),
    ),
    Table(
        "audit",
        ("number",),
        (
            NUMBER,
            Column("at", Kind.COUNTED),
            *_texts("by", "done", "broadcast", "digest", "audience"),
            Column("count", Kind.NUMBER, bytes=4),
        ),
    ),
)
"""In this order: what others point to comes first."""


# the normal form


def text(value: str) -> str:
    """What every database can hold as text. Raises ValueError."""
    if "\0" in value:
        raise ValueError("a text ends where it should not")
    value.encode()
    return value


def number(value: int, size: int = 8) -> int:
    """A whole number that fits into so many bytes. Raises OverflowError."""
    value.to_bytes(size, "big", signed=True)
    return value


def moment(microseconds: int) -> int:
    """A time that can be told. Raises OverflowError."""
    if not EARLIEST <= microseconds <= LATEST:
        raise OverflowError
    return microseconds


def moment_of(value: datetime) -> int:
    """A time in the normal form."""
    return (value - EPOCH) // MICROSECOND


def moment_at(microseconds: int) -> datetime:
    """A time out of the normal form."""
    return EPOCH + timedelta(microseconds=microseconds)


def words(value: str) -> str:
    """JSON, to the letter. Raises ValueError."""
    from_json(value, allow_inf_nan=False)
    return text(value)


def fields(value: str) -> str:
    """JSON, in one spelling. Raises ValueError."""
    read = json.loads(value, parse_float=_refuse, parse_constant=_refuse)
    spelt = json.dumps(read, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if "\\u0000" in spelt:
        raise ValueError("a text ends where it should not")
    return text(spelt)


def _refuse(_: str) -> NoReturn:
    raise ValueError("no number of ours")


def session(value: str) -> str:
    """A session as JSON, to the letter. Raises ValueError, TypeError."""
    told_of(value)
    return text(value)


class Told(NamedTuple):
    """What PostgreSQL keeps beside a session, to count and find it by."""

    phase: str
    item: str | None
    answered: int
    finished_at: datetime | None


def told_of(value: str) -> Told:
    """Out of a session as JSON. Raises ValueError, TypeError."""
    data = from_json(value, allow_inf_nan=False)
    if not isinstance(data, dict):
        raise ValueError("no session")
    phase, record = data.get("phase", "welcome"), data.get("record", {})
    item, finished = data.get("item"), data.get("finished_at")
    if not isinstance(phase, str) or not isinstance(record, dict):
        raise ValueError("no session")
    answered = sum(len(record.get(part) or ()) for part in ("choices", "levels"))
    at = None if finished is None else datetime.fromisoformat(finished)
    return Told(text(phase), None if item is None else text(item), answered, at)


Turn = Callable[[Any], Any]


def turns(table: Table, turn: dict[Kind, Turn]) -> tuple[Turn, ...]:
    """What turns each value of a row; nothing stays nothing where it may be."""
    return tuple(_turn(column, turn[column.kind]) for column in table.columns)


def _turn(column: Column, turn: Turn) -> Turn:
    if column.kind is Kind.NUMBER and column.bytes < NUMBER.bytes:
        size, inner = column.bytes, turn

        def turn(value: Any) -> Any:
            return number(inner(value), size)

    if not column.null:
        return turn
    return lambda value: None if value is None else turn(value)


def turned(turns: Sequence[Turn], row: Sequence[Any]) -> Row:
    """A row, each value turned. Raises one of `UNREADABLE`."""
    return tuple(turn(value) for turn, value in zip(turns, row, strict=True))
