"""What can go wrong with a database, each kind with a sentence a person can act on (`storage.<trouble>`)."""

import errno
from enum import StrEnum


class Trouble(StrEnum):
    """Every kind of storage fault; each has a sentence in the catalogues."""

    MISSING = "missing"
    NEWER = "newer"
    NOT_OURS = "not_ours"
    CORRUPT = "corrupt"
    READ_ONLY = "read_only"
    FULL = "full"
    BUSY = "busy"
    NO_ACCESS = "no_access"
    CONFLICT = "conflict"
    BAD_URL = "bad_url"
    UNREACHABLE = "unreachable"
    CROWDED = "crowded"
    DENIED = "denied"
    ABSENT = "absent"
    ENCODING = "encoding"
    NO_DRIVER = "no_driver"
    BAD_TEXT = "bad_text"
    UNFINISHED = "unfinished"
    OLDER = "older"
    OLD_WORKERS = "old_workers"
    IN_USE = "in_use"
    OCCUPIED = "occupied"
    OTHER_COPY = "other_copy"
    SAME = "same"
    OPEN_FOLDER = "open_folder"
    BACKING_UP = "backing_up"
    BAD_BACKUP = "bad_backup"


PASSING = frozenset({Trouble.BUSY, Trouble.FULL, Trouble.UNREACHABLE, Trouble.CROWDED})
"""What may be over in a while, without anybody's changing a setting."""


class StorageError(Exception):
    """The store could not do its work; nothing of the transaction was written."""

    def __init__(self, trouble: Trouble, place: str, detail: str = "") -> None:
        super().__init__(f"{trouble}: {place}" + (f" ({detail})" if detail else ""))
        self.trouble = trouble
        self.place = place
        self.detail = detail


def is_newer(error: Exception) -> bool:
    """What would have to be read was written by a newer program: it is no damage, and waiting does not help here."""
    return isinstance(error, StorageError) and error.trouble is Trouble.NEWER


class DamagedRowError(StorageError):
    """What is stored of one window or dossier cannot be understood; the database is sound, and the others are well."""

    def __init__(self, place: str) -> None:
        super().__init__(Trouble.CORRUPT, place)


SYSTEM = {errno.ENOSPC: Trouble.FULL, errno.EDQUOT: Trouble.FULL, errno.EROFS: Trouble.READ_ONLY}


def system_error(error: OSError, place: str) -> StorageError:
    """One of the operating system's errors in our terms."""
    return StorageError(SYSTEM.get(error.errno or 0, Trouble.NO_ACCESS), place, str(error))
