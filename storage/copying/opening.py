"""From database URLs to the two sides of a copy."""

from pathlib import Path

from storage.copying.side import Reader, Writer
from storage.errors import StorageError, Trouble
from storage.opening import POSTGRES, SQLITE, require_driver, sqlite_path, without_credentials


def read_from(url: str, *, alone: bool = True) -> Reader:
    """What is behind a URL, to be copied; `alone`: nobody writes to it meanwhile. Raises StorageError."""
    if url.startswith(POSTGRES):
        require_driver(without_credentials(url))
        from storage.copying.postgres import read_postgres

        return read_postgres(url, without_credentials(url), alone=alone)
    from storage.copying.sqlite import read_sqlite

    return read_sqlite(path_of(url), alone=alone)


def write_to(url: str, source: str) -> Writer:
    """What is behind a URL, to be copied to from this source, which is shown. Raises StorageError."""
    if url.startswith(POSTGRES):
        require_driver(without_credentials(url))
        from storage.copying.postgres import write_postgres

        return write_postgres(url, without_credentials(url), source)
    from storage.copying.sqlite import write_sqlite

    return write_sqlite(path_of(url), source)


def path_of(url: str) -> Path:
    """The file behind a URL. Raises StorageError if it is none of a file."""
    if not url.startswith(SQLITE) or len(url) == len(SQLITE):
        raise StorageError(Trouble.BAD_URL, without_credentials(url))
    return sqlite_path(url)


def shown(url: str) -> str:
    """How a database is called, wherever one stands, and without a password. Raises StorageError."""
    return without_credentials(url) if url.startswith(POSTGRES) else str(path_of(url).resolve())


def refuse_same(here: str, there: str) -> None:
    """Raises StorageError if both are one database, as far as their names tell."""
    if shown(here) == shown(there):
        raise StorageError(Trouble.SAME, shown(here))
