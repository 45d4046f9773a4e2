"""Looking a database over: what is wrong with it, of what is which row, and how each is mended. Nothing is changed."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum

from flows.session import Assessment, Session
from storage.copying.opening import read_from
from storage.copying.run import SHOWN
from storage.copying.side import Reader
from storage.copying.tables import EPOCH, TABLES, UNREADABLE, Row, Table, Unfit
from storage.issued import Issued
from storage.outbox import Urgency
from storage.window import Window


class Area(StrEnum):
    """What is looked at together."""

    INTEGRITY = "integrity"
    PLACES = "places"
    ROWS = "rows"
    MESSAGES = "messages"


class Fault(StrEnum):
    """Everything that is found; each has a sentence in the catalogues that says how to mend it."""

    INTEGRITY = "integrity"
    MISSING = "missing"
    INVALID = "invalid"
    COLLATION = "collation"
    SIGHT_WITHOUT_DOSSIER = "sight_without_dossier"
    SIGHT_WITHOUT_WINDOW = "sight_without_window"
    FRONT_WITHOUT_SIGHT = "front_without_sight"
    DOSSIER_WITHOUT_SIGHT = "dossier_without_sight"
    LOG_WITHOUT_DOSSIER = "log_without_dossier"
    ASSESSMENT_WITHOUT_DOSSIER = "assessment_without_dossier"
    PAPER_WITHOUT_DOSSIER = "paper_without_dossier"
    UNREADABLE = "unreadable"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class Finding:
    """So many rows, or things, and the names of the first; `mend`: SQL that mends it, if that is all there is to do."""

    fault: Fault
    count: int
    named: tuple[str, ...]
    mend: str = ""


def _missing(table: str, other: str, column: str = "dossier") -> str:
    """What holds of rows that point to nothing."""
    return f"NOT EXISTS (SELECT 1 FROM {{{other}}} AS there WHERE there.{column} = {{{table}}}.{column})"  # noqa: S608  # ours


@dataclass(frozen=True, slots=True)
class Stray:
    """Rows that point to nothing: of which table, what is told of each, what holds of them, and what mends it."""

    fault: Fault
    table: str
    told: str
    where: str
    mend: str = ""

    @property
    def rows(self) -> str:
        """The end of a query for them."""
        return f"FROM {{{self.table}}} WHERE {self.where}"

    @property
    def mended(self) -> str:
        """SQL that mends them: they go, unless there is more to it."""
        return self.mend or f"DELETE {self.rows}"


NOT_SEEN = (
    "front IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {sights} AS seen "
    "WHERE seen.{window} = {windows}.{window} AND seen.dossier = {windows}.front)"
)
NEWEST = "(SELECT dossier FROM {sights} AS seen WHERE seen.{window} = {windows}.{window} ORDER BY number DESC LIMIT 1)"
TURN = f"UPDATE {{windows}} SET front = {NEWEST} WHERE {NOT_SEEN}"  # noqa: S608  # ours
FORGET = "; ".join(
    f"DELETE FROM {{{table}}} WHERE {_missing(table, 'sights')}"  # noqa: S608  # ours
    for table in ("links", "log", "issued", "assessments", "sessions")
)
STRAYS = (
    Stray(Fault.SIGHT_WITHOUT_DOSSIER, "sights", "{window}", _missing("sights", "sessions")),
    Stray(Fault.SIGHT_WITHOUT_WINDOW, "sights", "{window}", _missing("sights", "windows", "{window}")),
    Stray(Fault.FRONT_WITHOUT_SIGHT, "windows", "{window}", NOT_SEEN, TURN),
    Stray(Fault.DOSSIER_WITHOUT_SIGHT, "sessions", "dossier", _missing("sessions", "sights"), FORGET),
    Stray(Fault.LOG_WITHOUT_DOSSIER, "log", "number", _missing("log", "sessions")),
    Stray(Fault.ASSESSMENT_WITHOUT_DOSSIER, "assessments", "number", _missing("assessments", "sessions")),
    Stray(Fault.PAPER_WITHOUT_DOSSIER, "issued", "number", _missing("issued", "sessions")),
)


def check(url: str) -> Iterator[tuple[Area, list[Finding]]]:
    """Look at one thing after the other. Raises StorageError: it cannot be opened, or is not of this version."""
    with closing(read_from(url, alone=False)) as reader:
        yield Area.INTEGRITY, list(_integrity(reader))
        yield Area.PLACES, list(_strays(reader))
        yield Area.ROWS, list(_unreadable(reader))
        yield Area.MESSAGES, list(_set_aside(reader))


def _integrity(reader: Reader) -> Iterator[Finding]:
    found: dict[str, list[str]] = {}
    for fault, name in reader.faults():
        found.setdefault(fault, []).append(name)
    for fault, names in found.items():
        yield Finding(Fault(fault), len(names), tuple(names))


def _strays(reader: Reader) -> Iterator[Finding]:
    for stray in STRAYS:
        ((count,),) = reader.ask(f"SELECT count(*) {stray.rows}")
        if count:
            named = reader.ask(f"SELECT {stray.told} {stray.rows} ORDER BY {stray.told} LIMIT {SHOWN}")
            yield Finding(stray.fault, count, tuple(str(name) for (name,) in named), stray.mended)


def _unreadable(reader: Reader) -> Iterator[Finding]:
    """Rows of which nobody can make sense, table by table."""
    for table in TABLES:
        count = 0
        named: list[str] = []
        for row in reader.rows(table):
            if (key := _trouble(table, row)) is not None:
                count += 1
                named += [f"{table.name} {key}"] if len(named) < SHOWN else []
        if count:
            yield Finding(Fault.UNREADABLE, count, tuple(named))


def _trouble(table: Table, row: Row | Unfit) -> str | None:
    """The key of a row that cannot be read."""
    if isinstance(row, Unfit):
        return row.key
    values = dict(zip((column.name for column in table.columns), row, strict=True))
    try:
        match table.name:
            case "sessions":
                Session.model_validate_json(str(values["data"]))
            case "windows":
                Window.model_validate_json(str(values["data"]))
            case "assessments":
                Assessment.model_validate_json(str(values["data"]))
            case "issued":
                Issued(str(values["code"]), str(values["face"]), EPOCH, str(values["session"]))
            case "outbox":
                Urgency(int(str(values["urgency"])))
    except UNREADABLE:
        return ", ".join(map(str, table.key_of(row)))
    return None


def _set_aside(reader: Reader) -> Iterator[Finding]:
    ((count,),) = reader.ask("SELECT count(*) FROM {damaged}")
    if count:
        named = reader.ask(f"SELECT number FROM {{damaged}} ORDER BY number LIMIT {SHOWN}")  # noqa: S608  # ours
        yield Finding(Fault.SET_ASIDE, count, tuple(str(name) for (name,) in named), "DELETE FROM {damaged}")


def statement(mend: str, *, postgres: bool) -> str:
    """SQL as the tables and the column of windows are called in a kind of database."""
    schema, window = ("shuping.", "window_name") if postgres else ("", "window")
    return mend.format(window=window, **{table.name: f"{schema}{table.name}" for table in TABLES})
