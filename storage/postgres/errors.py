"""PostgreSQL's errors in our terms."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors
from psycopg_pool import PoolTimeout

from storage.errors import StorageError, Trouble

KINDS: tuple[tuple[type[Exception], Trouble], ...] = (
    (errors.DiskFull, Trouble.FULL),
    (errors.OutOfMemory, Trouble.FULL),
    (errors.ReadOnlySqlTransaction, Trouble.READ_ONLY),
    (errors.InvalidPassword, Trouble.DENIED),
    (errors.InvalidAuthorizationSpecification, Trouble.DENIED),
    (errors.InsufficientPrivilege, Trouble.DENIED),
    (errors.InvalidCatalogName, Trouble.ABSENT),
    (errors.TooManyConnections, Trouble.CROWDED),
    (errors.AdminShutdown, Trouble.UNREACHABLE),
    (errors.CrashShutdown, Trouble.UNREACHABLE),
    (errors.CannotConnectNow, Trouble.UNREACHABLE),
    (errors.IdleInTransactionSessionTimeout, Trouble.BUSY),
    (errors.IntegrityError, Trouble.CONFLICT),
    (errors.UndefinedTable, Trouble.NOT_OURS),
    (errors.UndefinedColumn, Trouble.NOT_OURS),
    (errors.UndefinedFunction, Trouble.NOT_OURS),
    (errors.InvalidSchemaName, Trouble.NOT_OURS),
    (errors.UntranslatableCharacter, Trouble.BAD_TEXT),
    (errors.CharacterNotInRepertoire, Trouble.BAD_TEXT),
    (errors.DataCorrupted, Trouble.CORRUPT),
    (errors.IndexCorrupted, Trouble.CORRUPT),
    (psycopg.OperationalError, Trouble.BUSY),
)
"""The first that fits; what is left is a row that nobody can make sense of."""
ABSENT = re.compile(r'database "[^"]{0,63}" does not exist|no such database')
CROWDED = re.compile(r"too many (clients|connections)|remaining connection slots|no more connections")
BAD_URL = re.compile(r"invalid (port number|\w{1,40} value)|unrecognized configuration")
AWAY = re.compile(r"cannot connect to server|starting up|shutting down|in recovery|not yet accept")
WORDS = (
    (Trouble.ABSENT, ABSENT),
    (Trouble.CROWDED, CROWDED),
    (Trouble.BAD_URL, BAD_URL),
    (Trouble.UNREACHABLE, AWAY),
)
"""Why there is no connection, or none any more, the server says in words alone; pgbouncer says everything so."""
SAID = re.compile(r":\s\s(.+)")
"""What a server says, after how bad that is: in its own language."""
SSL = re.compile(r"SSL|certificate")
AGAIN = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    errors.IdleInTransactionSessionTimeout,
    errors.ReadOnlySqlTransaction,
)
"""Nothing was written, and trying again helps, soon. Who only reads for now may be about to take over from another."""


def storage_error(error: psycopg.Error, place: str) -> StorageError:
    """One of PostgreSQL's errors; only its code is told, since its text may quote what is stored."""
    if isinstance(error, PoolTimeout):
        return StorageError(Trouble.UNREACHABLE, place)
    if isinstance(error, psycopg.OperationalError) and (error.sqlstate or "08").startswith("08"):
        return _connection_error(str(error), place)
    if isinstance(error, psycopg.DataError) and error.sqlstate is None:  # a NUL, which the driver refuses by itself
        return StorageError(Trouble.BAD_TEXT, place)
    trouble = next((trouble for kind, trouble in KINDS if isinstance(error, kind)), Trouble.CORRUPT)
    known = error.diag.message_primary if trouble is Trouble.DENIED else None
    return StorageError(trouble, place, known or error.sqlstate or type(error).__name__)


def _connection_error(text: str, place: str) -> StorageError:
    """What is wrong with a connection. Of the text only what the server said is told: the rest quotes the URL."""
    said = SAID.search(text)
    for trouble, words in WORDS:
        if words.search(text):
            return StorageError(trouble, place)
    if said:
        return StorageError(Trouble.DENIED, place, said[1].strip())
    return StorageError(Trouble.DENIED, place, "SSL") if SSL.search(text) else StorageError(Trouble.UNREACHABLE, place)


@contextmanager
def in_our_terms(place: str) -> Iterator[None]:
    """PostgreSQL's errors come out as StorageError."""
    try:
        yield
    except psycopg.Error as error:
        raise storage_error(error, place) from None
