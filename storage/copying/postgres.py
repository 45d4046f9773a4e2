"""PostgreSQL as a side of a copy.

While it is a copy that is not finished, its schema says that no program is new enough for it, so that none opens it,
and the table `copying` says of what it is one, and how far it has come. No lock outlives its transaction, so that a
pooler may stand between.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection, Connection
from psycopg.conninfo import make_conninfo
from psycopg.errors import LockNotAvailable
from psycopg.sql import SQL, Composed, Identifier
from typing_extensions import override

from storage.copying.side import Progress, Reader, Writer
from storage.copying.tables import (
    TABLES,
    UNREADABLE,
    Column,
    Kind,
    Row,
    Table,
    Turn,
    Unfit,
    fields,
    moment_at,
    told_of,
    turned,
    turns,
)
from storage.errors import StorageError, Trouble
from storage.postgres.connecting import conninfo_of, refuse_encoding
from storage.postgres.errors import in_our_terms
from storage.postgres.migrations import UNFINISHED, migrate, schema_of, steps
from storage.store import FORM

AT_ONCE = 1000
"""Rows that come over at a time."""
RENAMED = {"window": "window_name"}
NUMBERED = {
    "sights": ("sights",),
    "log": ("log",),
    "assessments": ("assessments",),
    "issued": ("issued",),
    "outbox": ("outbox", "damaged"),
    "audit": ("audit",),
}
"""Tables that number their rows, and where the numbers are that were given out."""
PATIENT = (
    "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0"
)
SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
ALONE = "BEGIN ISOLATION LEVEL REPEATABLE READ"
INDEXES = """
SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE relnamespace = 'shuping'::regnamespace
"""
COLLATION = """
SELECT datname FROM pg_database WHERE datname = current_database()
AND datcollversion IS DISTINCT FROM pg_database_collation_actual_version(oid)
"""
"""The order of texts has changed with the server's system, and with it what an index should look like."""
COLLATION_SINCE = 15_00_00
MADE = re.compile(r"(?:CREATE (?:UNIQUE )?INDEX|(DROP INDEX)(?: IF EXISTS)?) (?:shuping\.)?(\w+)")
COPYING = """
CREATE TABLE shuping.copying (
    name text PRIMARY KEY, source text NOT NULL, rows bigint NOT NULL, last text, oldest integer NOT NULL
)
"""


def _as_it_is(value: object) -> object:
    return value


READ: dict[Kind, Turn] = {**dict.fromkeys(Kind, _as_it_is), Kind.FIELDS: fields}
WRITE: dict[Kind, Turn] = {
    **dict.fromkeys(Kind, _as_it_is),
    Kind.FLAG: bool,
    Kind.WRITTEN: moment_at,
    Kind.COUNTED: moment_at,
}


@dataclass(frozen=True, slots=True)
class More:
    """Columns that only this kind of database has, worked out of the row."""

    columns: tuple[str, ...]
    values: Callable[[Row], tuple[object, ...]]


def _of_session(row: Row) -> tuple[object, ...]:
    return (*told_of(str(row[DATA])), FORM)


DATA = [column.name for column in TABLES[0].columns].index("data")
FORMED = More(("form",), lambda _: (FORM,))
MORE = {
    "sessions": More(("phase", "item", "answered", "finished_at", "form"), _of_session),
    "windows": FORMED,
    "outbox": FORMED,
}


def _name(column: str) -> Identifier:
    return Identifier(RENAMED.get(column, column))


def _table(table: str) -> Identifier:
    return Identifier("shuping", table)


def _read_as(column: Column) -> Composed:
    """What is selected, so that it is in the normal form, or near it."""
    match column.kind:
        case Kind.WRITTEN | Kind.COUNTED:
            return SQL("(extract(epoch FROM {}) * 1000000)::bigint").format(_name(column.name))
        case Kind.FLAG:
            return SQL("{}::integer").format(_name(column.name))
        case Kind.WORDS | Kind.FIELDS | Kind.SESSION:
            return SQL("{}::text").format(_name(column.name))
        case _:
            return SQL("{}").format(_name(column.name))


def _keys(table: Table) -> Composed:
    """The key, texts by their bytes."""
    kinds = {column.name: column.kind for column in table.columns}
    parts = [
        SQL('{} COLLATE "C"').format(_name(name)) if kinds[name] is Kind.TEXT else SQL("{}").format(_name(name))
        for name in table.key
    ]
    return SQL(", ").join(parts)


class PostgresReader(Reader):
    """What is in a database, by a connection that has a transaction open."""

    def __init__(self, connection: Connection, place: str, end: Callable[[], None]) -> None:
        self._connection, self.place, self._end = connection, place, end

    @override
    def count(self, table: Table) -> int:
        with in_our_terms(self.place):
            row = self._connection.execute(SQL("SELECT count(*) FROM {}").format(_table(table.name))).fetchone()
        return int(row[0]) if row else 0

    @override
    def rows(self, table: Table, after: Row | None = None) -> Iterator[Row | Unfit]:
        readers = turns(table, READ)
        with in_our_terms(self.place), self._connection.cursor("copied") as cursor:
            cursor.itersize = AT_ONCE
            cursor.execute(_select(table, after), after)
            for raw in cursor:
                yield _read(table, readers, raw)

    @override
    def ask(self, query: str) -> list[Sequence[Any]]:
        names = {table.name: f"shuping.{table.name}" for table in TABLES}
        with in_our_terms(self.place):
            return list(self._connection.execute(query.format(window="window_name", **names).encode()).fetchall())

    @override
    def faults(self) -> Iterator[tuple[str, str]]:
        with in_our_terms(self.place):
            present: dict[str, Any] = dict(self._connection.execute(INDEXES).fetchall())
            newer = self._connection.info.server_version >= COLLATION_SINCE
            moved = self._connection.execute(COLLATION).fetchall() if newer else []
        for name in indexes():
            if name not in present:
                yield "missing", name
        for name, valid in sorted(present.items()):
            if not valid:
                yield "invalid", name
        for (name,) in moved:
            yield "collation", name

    @override
    def close(self) -> None:
        self._end()


def indexes() -> list[str]:
    """Those that the steps of the schema have made and left."""
    found: dict[str, None] = {}
    for step in steps():
        for dropped, name in MADE.findall(step.sql):
            found |= {name: None}
            if dropped:
                del found[name]
    return sorted(found)


def _select(table: Table, after: Row | None) -> Composed:
    keys = _keys(table)
    marks = SQL(", ").join([SQL("%s")] * len(table.key))
    return SQL("SELECT {columns} FROM {table} {where} ORDER BY {keys}").format(
        columns=SQL(", ").join(map(_read_as, table.columns)),
        table=_table(table.name),
        where=SQL("WHERE ({}) > ({})").format(keys, marks) if after else SQL(""),
        keys=keys,
    )


def _read(table: Table, readers: Sequence[Turn], raw: Sequence[object]) -> Row | Unfit:
    try:
        return turned(readers, raw)
    except UNREADABLE:
        return Unfit(table.name, ", ".join(map(str, table.key_of(raw))))


def _conninfo(url: str, place: str) -> str:
    """Not under the name of those who work on it."""
    return make_conninfo(conninfo_of(url, place), application_name="shuping db")


def connect(url: str, place: str) -> Connection:
    """A connection that prepares nothing, which a pooler would not allow. Raises StorageError."""
    with in_our_terms(place):
        connection = psycopg.connect(_conninfo(url, place), autocommit=True, prepare_threshold=None)
    try:
        refuse_encoding(connection, place)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_async(url: str, place: str) -> Awaitable[AsyncConnection]:
    """The same for what is written for a loop."""
    return AsyncConnection.connect(_conninfo(url, place), autocommit=True, prepare_threshold=None)


def read_postgres(url: str, place: str, *, alone: bool = True) -> PostgresReader:
    """A database to be copied; `alone`: nobody writes to it until the reader is closed.

    Raises StorageError: not there, not ours, newer, older, itself an unfinished copy, or being written to.
    """
    asyncio.run(_refuse_other_schema(url, place))
    connection = connect(url, place)
    try:
        with in_our_terms(place):
            connection.execute(ALONE if alone else SNAPSHOT)
            connection.execute(PATIENT)
            if alone:
                _lock(connection, place)
            _refuse_newer_rows(connection, place)
    except BaseException:
        connection.close()
        raise
    return PostgresReader(connection, place, connection.close)


async def _refuse_other_schema(url: str, place: str) -> None:
    """Columns that we do not know would be lost, and those that are missing cannot be read."""
    with in_our_terms(place):
        async with await connect_async(url, place) as connection:
            schema = await schema_of(connection, place)
    if schema is None:
        raise StorageError(Trouble.MISSING, place)
    if schema.version != len(steps()):
        older = schema.version < len(steps())
        detail = f"{schema.version} {'<' if older else '>'} {len(steps())}"
        raise StorageError(Trouble.OLDER if older else Trouble.NEWER, place, detail)


def _lock(connection: Connection, place: str) -> None:
    """Nobody writes from now on: the first statement of its transaction, so that its snapshot is of after it."""
    names = SQL(", ").join(_table(table.name) for table in TABLES)
    try:
        connection.execute(SQL("LOCK TABLE {} IN SHARE MODE NOWAIT").format(names))
    except LockNotAvailable:
        raise StorageError(Trouble.BUSY, place) from None


def _refuse_newer_rows(connection: Connection, place: str) -> None:
    """What a newer program wrote is for newer programs."""
    for table in MORE:
        row = connection.execute(SQL("SELECT max(form) FROM {}").format(_table(table))).fetchone()
        if row and row[0] is not None and row[0] > FORM:
            raise StorageError(Trouble.NEWER, place, f"{row[0]} > {FORM}")


class PostgresWriter(Writer):
    """A database that becomes a copy."""

    def __init__(self, connection: Connection, place: str) -> None:
        self._connection, self.place = connection, place

    @override
    def progress(self, table: Table) -> Progress:
        with in_our_terms(self.place):
            return self._progress(table, SQL(""))

    def _progress(self, table: Table, lock: SQL) -> Progress:
        statement = SQL("SELECT rows, last FROM shuping.copying WHERE name = %s {}").format(lock)
        row = self._connection.execute(statement, (table.name,)).fetchone()
        if row is None:
            raise StorageError(Trouble.CONFLICT, self.place)
        return Progress(row[0], row[1] and tuple(json.loads(row[1])))

    @override
    def write(self, table: Table, rows: Sequence[Row], progress: Progress) -> None:
        with in_our_terms(self.place), self._connection.transaction():
            self._refuse_others(table, progress.rows - len(rows))
            _write(self._connection, table, rows)
            self._connection.execute(
                "UPDATE shuping.copying SET rows = %s, last = %s WHERE name = %s",
                (progress.rows, json.dumps(progress.last), table.name),
            )

    def _refuse_others(self, table: Table, rows: int) -> None:
        """Somebody else who copies to the same database is at its row, or has come further."""
        try:
            present = self._progress(table, SQL("FOR UPDATE NOWAIT"))
        except LockNotAvailable:
            raise StorageError(Trouble.BUSY, self.place) from None
        if present.rows != rows:
            raise StorageError(Trouble.BUSY, self.place)

    @override
    def reader(self) -> Reader:
        with in_our_terms(self.place):
            self._connection.execute(SNAPSHOT)
            self._connection.execute(PATIENT)
        return PostgresReader(self._connection, self.place, self._end_reading)

    def _end_reading(self) -> None:
        with in_our_terms(self.place):
            self._connection.execute("ROLLBACK")

    @override
    def finish(self) -> None:
        with in_our_terms(self.place):
            for table in TABLES:
                self._connection.execute(SQL("ANALYZE {}").format(_table(table.name)))
            with self._connection.transaction():
                for name, numbered in NUMBERED.items():
                    self._connection.execute(_follow(name, numbered))
                self._connection.execute("DELETE FROM shuping.claims")
                self._connection.execute("DELETE FROM shuping.leases")
                self._connection.execute(
                    "UPDATE shuping.meta SET oldest = (SELECT min(copying.oldest) FROM shuping.copying)"
                )
                self._connection.execute("DROP TABLE shuping.copying")

    @override
    def close(self) -> None:
        self._connection.close()


def _follow(table: str, numbered: Sequence[str]) -> Composed:
    """What is numbered next comes after all that is there. (A sequence begins at 1.)"""
    numbers = SQL(" UNION ALL ").join(
        SQL("SELECT max(number) AS number FROM {}").format(_table(name)) for name in numbered
    )
    return SQL(
        "SELECT setval(pg_get_serial_sequence({}, 'number'), max(number)) FROM ({}) AS given HAVING max(number) > 0"
    ).format(f"shuping.{table}", numbers)


def _write(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    writers, more = turns(table, WRITE), MORE.get(table.name)
    names = [column.name for column in table.columns] + list(more.columns if more else ())
    statement = SQL("COPY {} ({}) FROM STDIN").format(_table(table.name), SQL(", ").join(map(_name, names)))
    with connection.cursor() as cursor, cursor.copy(statement) as copying:
        for row in rows:
            copying.write_row((*turned(writers, row), *(more.values(row) if more else ())))


def write_postgres(url: str, place: str, source: str) -> PostgresWriter:
    """A database to copy to from this source: empty, or an unfinished copy of it.

    Raises StorageError: it holds something else, or is in use.
    """
    connection = connect(url, place)
    try:
        with in_our_terms(place):
            if not _is_copy(connection):
                asyncio.run(_make(url, place))
            with connection.transaction():
                connection.execute("SELECT FROM shuping.meta FOR UPDATE")
                _mark(connection, place, source)
    except BaseException:
        connection.close()
        raise
    return PostgresWriter(connection, place)


def _is_copy(connection: Connection) -> bool:
    row = connection.execute("SELECT to_regclass('shuping.copying') IS NOT NULL").fetchone()
    return bool(row and row[0])


async def _make(url: str, place: str) -> None:
    async with await connect_async(url, place) as connection:
        await migrate(connection, place, contract=True)


def _mark(connection: Connection, place: str, source: str) -> None:
    """From now on it is a copy, if it has not been one before."""
    if _is_copy(connection):
        row = connection.execute("SELECT source FROM shuping.copying LIMIT 1").fetchone()
        present = str(row[0]) if row else ""
        if present != source:
            raise StorageError(Trouble.OTHER_COPY, place, present)
        return
    for table in TABLES:
        if connection.execute(SQL("SELECT 1 FROM {} LIMIT 1").format(_table(table.name))).fetchone():
            raise StorageError(Trouble.OCCUPIED, place)
    connection.execute(COPYING)
    for table in TABLES:
        connection.execute(
            "INSERT INTO shuping.copying (name, source, rows, oldest) SELECT %s, %s, 0, oldest FROM shuping.meta",
            (table.name, source),
        )
    connection.execute("UPDATE shuping.meta SET oldest = %s", (UNFINISHED,))
