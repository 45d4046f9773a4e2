"""What can go wrong with a database, each kind with a sentence a person can act on (`storage.<trouble>`)."""

import errno
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


class DamagedRowError(StorageError):
    """What is stored of one chat cannot be understood; the database itself is sound, and other chats are well."""

    def __init__(self, place: str) -> None:
        super().__init__(Trouble.CORRUPT, place)


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

SYSTEM = {errno.ENOSPC: Trouble.FULL, errno.EDQUOT: Trouble.FULL, errno.EROFS: Trouble.READ_ONLY}


def storage_error(error: sqlite3.Error, place: str) -> StorageError:
    """One of sqlite3's errors in our terms. One without a code comes of a broken row, which its text would quote."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return StorageError(Trouble.CORRUPT, place)
    trouble = CODES.get(code) or CODES.get(code & PRIMARY_CODE, Trouble.CORRUPT)
    return StorageError(trouble, place, str(error))


def system_error(error: OSError, place: str) -> StorageError:
    """One of the operating system's errors in our terms."""
    return StorageError(SYSTEM.get(error.errno or 0, Trouble.NO_ACCESS), place, str(error))
