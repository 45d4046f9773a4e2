"""An SQLite file as a side of a copy.

While it is a copy that is not finished, its `application_id` is not that of our files, so that no program opens it, and
the table `copying` says of what it is one, and how far it has come.
"""

import asyncio
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from typing_extensions import override

from storage.copying.side import Progress, Reader, Writer
from storage.copying.tables import (
    SECOND,
    TABLES,
    UNREADABLE,
    Kind,
    Row,
    Table,
    Turn,
    Unfit,
    fields,
    moment,
    moment_at,
    moment_of,
    number,
    session,
    text,
    turned,
    turns,
    words,
)
from storage.errors import StorageError, Trouble
from storage.sqlite.backup import BUSY_SECONDS, connect_to_read
from storage.sqlite.errors import storage_error
from storage.sqlite.migrations import APPLICATION_ID, COPYING_ID, MIGRATIONS, migrate, source_of, version_of
from storage.sqlite.store import open_sqlite

COPYING = """
CREATE TABLE copying (name TEXT PRIMARY KEY, source TEXT NOT NULL, rows INTEGER NOT NULL, last TEXT) WITHOUT ROWID
"""
SHOWN_FAULTS = 5
FOLLOWS = """
INSERT INTO sqlite_sequence (name, seq)
SELECT 'outbox', max(number) FROM (SELECT number FROM outbox UNION ALL SELECT number FROM damaged) HAVING count(*) > 0
"""
"""Numbers of messages that were set aside are theirs for good."""


def _decoded(value: object) -> str:
    """Text as the connection gives it, which no blob is. Raises TypeError, ValueError."""
    if not isinstance(value, bytearray):
        raise TypeError
    return text(value.decode())


def _number(value: object) -> int:
    if type(value) is not int:
        raise TypeError
    return number(value)


def _flag(value: object) -> int:
    if value not in (0, 1) or type(value) is not int:
        raise TypeError
    return value


def _written(value: object) -> int:
    read = moment_at(0).fromisoformat(_decoded(value))
    return moment(moment_of(read))


def _counted(value: object) -> int:
    if not isinstance(value, float | int):
        raise TypeError
    return moment(round(value * SECOND))


READ: dict[Kind, Turn] = {
    Kind.TEXT: _decoded,
    Kind.NUMBER: _number,
    Kind.FLAG: _flag,
    Kind.WRITTEN: _written,
    Kind.COUNTED: _counted,
    Kind.WORDS: lambda value: words(_decoded(value)),
    Kind.FIELDS: lambda value: fields(_decoded(value)),
    Kind.SESSION: lambda value: session(_decoded(value)),
}


def _as_it_is(value: Row) -> Row:
    return value


WRITE: dict[Kind, Turn] = {
    **dict.fromkeys(Kind, _as_it_is),
    Kind.WRITTEN: lambda value: moment_at(value).isoformat(),
    Kind.COUNTED: lambda value: value / SECOND,
}


class SqliteReader(Reader):
    """What is in a file, by a connection that has a transaction open."""

    def __init__(self, connection: sqlite3.Connection, place: str, *, own: bool = True) -> None:
        self._connection, self.place, self._own = connection, place, own

    @override
    def count(self, table: Table) -> int:
        with in_our_terms(self.place):
            (count,) = self._connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()  # noqa: S608  # our own
        return int(count)

    @override
    def rows(self, table: Table, after: Row | None = None) -> Iterator[Row | Unfit]:
        readers = turns(table, READ)
        with in_our_terms(self.place):
            cursor = self._connection.cursor()
            self._connection.text_factory = bytearray  # so that text that is no text is one row's trouble
            for raw in cursor.execute(_select(table, after), after or ()):
                yield _read(table, readers, raw)

    @override
    def ask(self, query: str) -> list[Sequence[Any]]:
        names = {table.name: table.name for table in TABLES}
        with in_our_terms(self.place):
            found = self._connection.execute(query.format(window="window", **names)).fetchall()
        return [[_shown(value) if isinstance(value, bytes | bytearray) else value for value in row] for row in found]

    @override
    def faults(self) -> Iterator[tuple[str, str]]:
        with in_our_terms(self.place):
            for (said,) in self._connection.execute(f"PRAGMA integrity_check({SHOWN_FAULTS})").fetchall():
                if said != "ok":
                    yield "integrity", _shown(said)
            present = _objects(self._connection, "table", "index")
        for name, made in sorted(_model("table", "index").items()):
            if present.get(name) != made:
                yield "missing", name

    @override
    def close(self) -> None:
        if self._own:
            self._connection.close()


def _objects(connection: sqlite3.Connection, *kinds: str) -> dict[str, str]:
    """What is in a schema, and how it was made, but for what comes along with a table."""
    found = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {_shown(name): _shown(made) for kind, name, made in found.fetchall() if _shown(kind) in kinds}


def _model(*kinds: str) -> dict[str, str]:
    """The same of a new database."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        migrate(model, "")
        return _objects(model, *kinds)


def _indexes() -> dict[str, str]:
    """What need not be kept in order while rows come: that would take most of the time."""
    return _model("index")


def _select(table: Table, after: Row | None) -> str:
    columns, key = ", ".join(column.name for column in table.columns), ", ".join(table.key)
    where = f" WHERE ({key}) > ({', '.join('?' * len(table.key))})" if after else ""
    return f"SELECT {columns} FROM {table.name}{where} ORDER BY {key}"  # noqa: S608  # our own


def _read(table: Table, readers: Sequence[Turn], raw: Sequence[object]) -> Row | Unfit:
    try:
        return turned(readers, raw)
    except UNREADABLE:
        return Unfit(table.name, ", ".join(map(_shown, table.key_of(raw))))


def _shown(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes | bytearray) else str(value)


@contextmanager
def in_our_terms(place: str) -> Iterator[None]:
    """sqlite3's errors come out as StorageError."""
    try:
        yield
    except sqlite3.Error as error:
        raise storage_error(error, place) from error


def read_sqlite(path: Path, *, alone: bool = True) -> SqliteReader:
    """A file to be copied; `alone`: nobody writes to it until the reader is closed.

    Raises StorageError: not there, not ours, newer, older, itself an unfinished copy, or being written to.
    """
    place = str(path)
    connection = connect_to_read(path)
    try:
        with in_our_terms(place):
            _refuse_older(version_of(connection, place), place)
            _begin(connection, alone=alone)
    except BaseException:
        connection.close()
        raise
    return SqliteReader(connection, place)


def _refuse_older(version: int, place: str) -> None:
    if version < len(MIGRATIONS):
        raise StorageError(Trouble.OLDER, place, f"{version} < {len(MIGRATIONS)}")


def _begin(connection: sqlite3.Connection, *, alone: bool) -> None:
    if alone:
        connection.execute("PRAGMA query_only = OFF")  # the lock of who writes; nothing is
    try:
        connection.execute("BEGIN IMMEDIATE" if alone else "BEGIN")
    except sqlite3.Error as error:
        if storage_error(error, "").trouble is not Trouble.READ_ONLY:
            raise
        connection.execute("BEGIN")  # nobody can write where we may not
    connection.execute("SELECT 1 FROM sqlite_master").fetchone()  # what is read is as it is now


class SqliteWriter(Writer):
    """A file that becomes a copy; nobody else can even look at it meanwhile."""

    def __init__(self, connection: sqlite3.Connection, place: str) -> None:
        self._connection, self.place = connection, place

    @override
    def progress(self, table: Table) -> Progress:
        statement = "SELECT rows, last FROM copying WHERE name = ?"
        with in_our_terms(self.place):
            rows, last = self._connection.execute(statement, (table.name,)).fetchone()
        return Progress(rows, last and tuple(json.loads(last)))

    @override
    def write(self, table: Table, rows: Sequence[Row], progress: Progress) -> None:
        writers = turns(table, WRITE)
        marks = ", ".join("?" * len(table.columns))
        columns = ", ".join(column.name for column in table.columns)
        statement = f"INSERT INTO {table.name} ({columns}) VALUES ({marks})"  # noqa: S608  # our own
        with in_our_terms(self.place), self._transaction():
            self._connection.executemany(statement, (turned(writers, row) for row in rows))
            values = (progress.rows, json.dumps(progress.last), table.name)
            self._connection.execute("UPDATE copying SET rows = ?, last = ? WHERE name = ?", values)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    @override
    def reader(self) -> Reader:
        return SqliteReader(self._connection, self.place, own=False)

    @override
    def finish(self) -> None:
        with in_our_terms(self.place):
            self._connection.execute("PRAGMA synchronous = FULL")
        with in_our_terms(self.place), self._transaction():
            self._connection.execute("DROP TABLE copying")
            for made in _indexes().values():
                self._connection.execute(made)
            for table in ("claims", "leases"):
                self._connection.execute(f"DELETE FROM {table}")  # noqa: S608  # our own
            self._connection.execute("DELETE FROM sqlite_sequence WHERE name = 'outbox'")
            self._connection.execute(FOLLOWS)
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")

    @override
    def close(self) -> None:
        self._connection.close()


def write_sqlite(path: Path, source: str) -> SqliteWriter:
    """A file to copy to from this source: made, or empty, or an unfinished copy of it.

    Raises StorageError: it holds something else, or is in use.
    """
    place = str(path)
    if not path.exists() or not _is_copy(path, place):
        asyncio.run(_make(path))
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    writer = SqliteWriter(connection, place)
    try:
        with in_our_terms(place):
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may take the last rows, with their progress
            with writer._transaction():
                _mark(connection, place, source)
    except BaseException:
        connection.close()
        raise
    return writer


async def _make(path: Path) -> None:
    async with await open_sqlite(path):
        pass


def _is_copy(path: Path, place: str) -> bool:
    with in_our_terms(place):
        connection = connect_to_read(path)
        try:
            return bool(connection.execute("PRAGMA application_id").fetchone()[0] == COPYING_ID)
        finally:
            connection.close()


def _mark(connection: sqlite3.Connection, place: str, source: str) -> None:
    """From now on it is a copy, if it has not been one before."""
    if connection.execute("PRAGMA application_id").fetchone()[0] == COPYING_ID:
        present = source_of(connection)
        if present != source:
            raise StorageError(Trouble.OTHER_COPY, place, present)
        return
    for table in TABLES:
        if connection.execute(f"SELECT 1 FROM {table.name} LIMIT 1").fetchone():  # noqa: S608  # our own
            raise StorageError(Trouble.OCCUPIED, place)
    for name in _indexes():
        connection.execute(f"DROP INDEX {name}")
    connection.execute(COPYING)
    values = [(table.name, source) for table in TABLES]
    connection.executemany("INSERT INTO copying (name, source, rows) VALUES (?, ?, 0)", values)
    connection.execute(f"PRAGMA application_id = {COPYING_ID}")
