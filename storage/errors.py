"""What can go wrong with a database, each kind with a sentence a person can act on (`storage.<trouble>`)."""

import sqlite3
from enum import StrEnum


class Trouble(StrEnum):
    """Every kind of storage fault; each has a sentence in the catalogues."""

    NEWER = "newer"
    NOT_OURS = "not_ours"
    CORRUPT = "corrupt"
    READ_ONLY = "read_only"
    FULL = "full"
    BUSY = "busy"
    NO_ACCESS = "no_access"
    CONFLICT = "conflict"
    BAD_URL = "bad_url"


class StorageError(Exception):
    """The store could not do its work; nothing of the transaction was written."""

    def __init__(self, trouble: Trouble, place: str, detail: str = "") -> None:
        super().__init__(f"{trouble}: {place}" + (f" ({detail})" if detail else ""))
        self.trouble = trouble
        self.place = place
        self.detail = detail


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
}
PRIMARY_CODE = 0xFF
"""SQLite's extended codes keep the primary one in the low byte."""


def storage_error(error: sqlite3.Error, place: str) -> StorageError:
    """One of sqlite3's errors in our terms."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & PRIMARY_CODE
    return StorageError(CODES.get(code, Trouble.CORRUPT), place, str(error))
