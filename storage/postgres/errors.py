"""PostgreSQL's errors in our terms."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from storage.errors import StorageError, Trouble

KINDS: tuple[tuple[type[Exception], Trouble], ...] = (
    (errors.DiskFull, Trouble.FULL),
    (errors.OutOfMemory, Trouble.FULL),
    (errors.ReadOnlySqlTransaction, Trouble.READ_ONLY),
    (errors.InvalidPassword, Trouble.NO_ACCESS),
    (errors.InvalidAuthorizationSpecification, Trouble.NO_ACCESS),
    (errors.InsufficientPrivilege, Trouble.NO_ACCESS),
    (errors.InvalidCatalogName, Trouble.MISSING),
    (errors.IntegrityError, Trouble.CONFLICT),
    (errors.UndefinedTable, Trouble.NOT_OURS),
    (errors.UndefinedColumn, Trouble.NOT_OURS),
    (errors.UndefinedFunction, Trouble.NOT_OURS),
    (errors.InvalidSchemaName, Trouble.NOT_OURS),
    (errors.DataCorrupted, Trouble.CORRUPT),
    (errors.IndexCorrupted, Trouble.CORRUPT),
    (psycopg.OperationalError, Trouble.BUSY),
)
"""The first that fits; what is left is a row that nobody can make sense of."""
AGAIN = (errors.SerializationFailure, errors.DeadlockDetected)
"""Nothing was written, and trying again at once helps."""


def storage_error(error: psycopg.Error, place: str) -> StorageError:
    """One of PostgreSQL's errors; only its code is told, since its text may quote what is stored."""
    trouble = next((trouble for kind, trouble in KINDS if isinstance(error, kind)), Trouble.CORRUPT)
    return StorageError(trouble, place, error.sqlstate or type(error).__name__)


@contextmanager
def in_our_terms(place: str) -> Iterator[None]:
    """PostgreSQL's errors come out as StorageError."""
    try:
        yield
    except psycopg.Error as error:
        raise storage_error(error, place) from None
