"""A backup of PostgreSQL as an SQLite file, out of one snapshot, while workers go on."""

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.copying.postgres import read_postgres
from storage.copying.run import Compared, Tell, copy
from storage.copying.sqlite import in_our_terms, write_sqlite
from storage.errors import StorageError, Trouble
from storage.opening import without_credentials
from storage.sqlite.backup import verify


def back_up_postgres(url: str, target: Path, tell: Tell) -> list[str]:
    """Write what is in the database now to the target, an empty file; the damaged rows that could not be written.

    Everything is read again and compared. Raises StorageError.
    """
    place = without_credentials(url)
    with closing(read_postgres(url, place, alone=False)) as source, closing(write_sqlite(target, place)) as copied:
        compared = copy(source, copied, tell)
    if different := [table.table for table in compared if not table.equal]:
        raise StorageError(Trouble.BAD_BACKUP, str(target), ", ".join(different))
    _close_up(target, compared)
    return [f"{table.table} {key}" for table in compared for key in table.named]


def _close_up(target: Path, compared: tuple[Compared, ...]) -> None:
    """One file, and nothing beside it; sound."""
    with in_our_terms(str(target)), closing(sqlite3.connect(target, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        verify(connection, target, {table.table: table.rows[1] for table in compared})
