"""A backup of an SQLite file by SQLite itself, while others go on writing to it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from shutil import disk_usage

from storage.errors import StorageError, Trouble
from storage.sqlite.errors import storage_error
from storage.sqlite.migrations import version_of

BUSY_SECONDS = 5.0
PAGES = 4096
"""So many at a time (16 MB), so that Ctrl-C is heard."""
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"


def back_up_sqlite(source: Path, target: Path) -> None:
    """Write what is in the source now to the target, an empty file, and look whether it arrived.

    The source is only read, in one snapshot, so that nobody who writes makes it begin again. Raises StorageError.
    """
    try:
        with closing(connect_to_read(source)) as here:
            version_of(here, str(source))
            here.execute("BEGIN")
            _make_sure_of_room(here, target)
            with closing(sqlite3.connect(target, isolation_level=None)) as there:
                _copy(here, there, target)
                verify(there, target, counts(here))
            here.execute("ROLLBACK")
    except sqlite3.Error as error:
        raise storage_error(error, str(source)) from error


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing, and leaves nothing beside the file; one in `mode=ro` would leave an empty log.

    Raises StorageError: the file is not there.
    """
    if not path.exists():
        raise StorageError(Trouble.MISSING, str(path))
    try:
        address = f"{path.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=BUSY_SECONDS)
        connection.execute("PRAGMA query_only = ON")
    except sqlite3.Error as error:
        raise storage_error(error, str(path)) from error
    return connection


def _make_sure_of_room(here: sqlite3.Connection, target: Path) -> None:
    """Rather none at all than the last of the room on a disk that others need, too. Raises StorageError."""
    needed = here.execute("PRAGMA page_count").fetchone()[0] * here.execute("PRAGMA page_size").fetchone()[0]
    if disk_usage(target.parent).free < needed:
        raise StorageError(Trouble.FULL, str(target.parent))


def _copy(here: sqlite3.Connection, there: sqlite3.Connection, target: Path) -> None:
    try:
        here.execute(TABLES).fetchone()  # the snapshot begins
        here.backup(there, pages=PAGES)
        there.execute("PRAGMA journal_mode = DELETE")  # one file, and nothing beside it
        if _unclean(there):
            there.execute("PRAGMA temp_store = MEMORY")
            there.execute("VACUUM")
    except sqlite3.Error as error:
        raise storage_error(error, str(target)) from error


def _unclean(connection: sqlite3.Connection) -> bool:
    """Traces of deleted people are still to be taken out of the file."""
    there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'marks'").fetchone()
    return there is not None and connection.execute("SELECT 1 FROM marks").fetchone() is not None


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has."""
    tables = [table for (table,) in connection.execute(TABLES).fetchall()]
    return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}  # noqa: S608  # names of tables


def verify(connection: sqlite3.Connection, place: Path, expected: dict[str, int]) -> None:
    """A backup is sound and has all rows of these tables. Raises StorageError."""
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise StorageError(Trouble.BAD_BACKUP, str(place), str(found))
    present = counts(connection)
    if different := [table for table, rows in expected.items() if present.get(table) != rows]:
        raise StorageError(Trouble.BAD_BACKUP, str(place), ", ".join(different))
