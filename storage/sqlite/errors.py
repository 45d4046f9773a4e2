"""sqlite3's errors in our terms."""

import sqlite3

from storage.errors import StorageError, Trouble

CODES = {
    sqlite3.SQLITE_CORRUPT: Trouble.CORRUPT,
    sqlite3.SQLITE_NOTADB: Trouble.NOT_OURS,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_CANTOPEN: Trouble.NO_ACCESS,
    sqlite3.SQLITE_PERM: Trouble.NO_ACCESS,
    sqlite3.SQLITE_AUTH: Trouble.NO_ACCESS,
    sqlite3.SQLITE_IOERR: Trouble.NO_ACCESS,
    sqlite3.SQLITE_IOERR_SHMSIZE: Trouble.FULL,
    sqlite3.SQLITE_PROTOCOL: Trouble.BUSY,
    sqlite3.SQLITE_CONSTRAINT: Trouble.CONFLICT,
}
PRIMARY_CODE = 0xFF
"""SQLite's extended codes keep the primary one in the low byte."""


def storage_error(error: sqlite3.Error, place: str) -> StorageError:
    """One of sqlite3's errors. One without a code comes of a broken row, which its text would quote."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return StorageError(Trouble.CORRUPT, place)
    trouble = CODES.get(code) or CODES.get(code & PRIMARY_CODE, Trouble.CORRUPT)
    return StorageError(trouble, place, str(error))
