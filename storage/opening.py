"""From a database URL to a store: `sqlite:///path/to/file`, `postgresql://…`, or `memory:`."""

import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from storage.errors import StorageError, Trouble
from storage.memory import MemoryStore
from storage.store import Store

SQLITE = "sqlite:///"
MEMORY = "memory:"
POSTGRES = ("postgresql://", "postgres://")
SCHEME = re.compile(r"(?:[A-Za-z][\w+.-]*(?=:|//))?[:/]*")
USER = re.compile(r".*@|[^/?#:@]+:(?=\d*[^\d/?#])[^/?#]*", re.DOTALL)
"""All up to the last @; or, where there is none, what looks like a name and a password rather than host and port."""
PARAMETER = re.compile(r"((?:pass|pwd|secret|token|key|auth|cred|sig)[\w.-]*=)[^&;#\s]*", re.IGNORECASE)
HIDDEN = "***"


async def open_store(url: str) -> Store:
    """The store behind a URL. Raises StorageError if it cannot be used, or if the URL is not understood."""
    if url == MEMORY:
        return MemoryStore()
    if url.startswith(SQLITE) and len(url) > len(SQLITE):
        from storage.sqlite.store import open_sqlite

        return await open_sqlite(sqlite_path(url))
    if url.startswith(POSTGRES):
        return await _open_postgres(url)
    raise StorageError(Trouble.BAD_URL, without_credentials(url))


async def open_present(url: str) -> Store:
    """The store behind a URL, for whoever only looks: nothing is made where there is none. Raises StorageError."""
    if url.startswith(SQLITE) and len(url) > len(SQLITE):
        path = sqlite_path(url)
        if not path.exists():
            raise StorageError(Trouble.MISSING, str(path))
    if url.startswith(POSTGRES):
        return await _open_postgres(url, make=False)
    return await open_store(url)


async def _open_postgres(url: str, *, make: bool = True) -> Store:
    place = without_credentials(url)
    require_driver(place)
    from storage.postgres.store import open_postgres

    return await open_postgres(url, place, make=make)


def require_driver(place: str) -> None:
    """PostgreSQL's driver is an extra. Raises StorageError."""
    try:
        import psycopg_pool  # noqa: F401  # it needs psycopg, and that the library of PostgreSQL
    except ImportError:
        raise StorageError(Trouble.NO_DRIVER, place) from None


def without_credentials(url: str) -> str:
    """A URL as it may be shown, however malformed: rather too little of it than a password."""
    start = SCHEME.match(url)
    begun = start.end() if start else 0
    rest = url[begun:]
    if user := USER.match(rest):
        rest = HIDDEN + ("@" if user[0].endswith("@") else "") + rest[user.end() :]
    return url[:begun] + PARAMETER.sub(rf"\1{HIDDEN}", rest)


def password_of(url: str) -> str | None:
    """The password in a URL, as it is sent; None if there is none to be found."""
    try:
        parts = urlsplit(url)
        found = parts.password
    except ValueError:
        return None
    return unquote(found) if found else parse_qs(parts.query).get("password", [None])[0]


def absolute(url: str) -> str:
    """The same store, wherever the URL is used."""
    return f"{SQLITE}{sqlite_path(url).absolute()}" if url.startswith(SQLITE) else url


def sqlite_path(url: str) -> Path:
    """The file that an SQLite URL names."""
    name = url.removeprefix(SQLITE)
    if name == ":memory:" or "\0" in name:  # to SQLite the first is no file, and would forget everything
        raise StorageError(Trouble.BAD_URL, without_credentials(url))
    try:
        return Path(name).expanduser()
    except RuntimeError:  # "~nobody"
        raise StorageError(Trouble.BAD_URL, without_credentials(url)) from None
