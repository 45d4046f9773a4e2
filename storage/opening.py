"""From a database URL to a store: `sqlite:///path/to/file`, or `memory:`."""

import re
from pathlib import Path

from storage.errors import StorageError, Trouble
from storage.memory import MemoryStore
from storage.store import Store

SQLITE = "sqlite:///"
MEMORY = "memory:"
CREDENTIALS = re.compile("//[^/@]*@")


async def open_store(url: str) -> Store:
    """The store behind a URL. Raises StorageError if it cannot be used, or if the URL is not understood."""
    if url == MEMORY:
        return MemoryStore()
    if url.startswith(SQLITE) and len(url) > len(SQLITE):
        from storage.sqlite import open_sqlite

        return await open_sqlite(sqlite_path(url))
    raise StorageError(Trouble.BAD_URL, CREDENTIALS.sub("//***@", url))


def sqlite_path(url: str) -> Path:
    """The file that an SQLite URL names."""
    name = url.removeprefix(SQLITE)
    if name == ":memory:" or "\0" in name:  # to SQLite the first is no file, and would forget everything
        raise StorageError(Trouble.BAD_URL, url)
    try:
        return Path(name).expanduser()
    except RuntimeError:  # "~nobody"
        raise StorageError(Trouble.BAD_URL, url) from None
