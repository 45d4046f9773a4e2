"""Bringing the schema of a database up to date, whatever kind it is."""

import asyncio
from collections.abc import Callable
from contextlib import closing

from storage.copying.opening import path_of
from storage.opening import POSTGRES, require_driver, without_credentials


def upgrade(url: str, refuse_at_work: Callable[[], None]) -> tuple[int, int]:
    """The version before, and after; `refuse_at_work` raises where nobody may be at work. Raises StorageError.

    An SQLite file may be used by nobody meanwhile, since who has it open does not look at its version again.
    """
    if url.startswith(POSTGRES):
        return asyncio.run(_postgres(url))
    return _sqlite(url, refuse_at_work)


def _sqlite(url: str, refuse_at_work: Callable[[], None]) -> tuple[int, int]:
    from storage.copying.sqlite import in_our_terms
    from storage.sqlite.backup import connect_to_read
    from storage.sqlite.migrations import MIGRATIONS, version_of
    from storage.sqlite.store import open_sqlite

    async def open_once() -> None:
        async with await open_sqlite(path):
            pass

    path = path_of(url)
    with in_our_terms(str(path)), closing(connect_to_read(path)) as connection:
        version = version_of(connection, str(path))
    if version < len(MIGRATIONS):
        refuse_at_work()
        asyncio.run(open_once())
    return version, len(MIGRATIONS)


async def _postgres(url: str) -> tuple[int, int]:
    place = without_credentials(url)
    require_driver(place)
    from storage.copying.postgres import connect_async
    from storage.postgres.errors import in_our_terms
    from storage.postgres.migrations import upgrade as upgraded

    with in_our_terms(place):
        async with await connect_async(url, place) as connection:
            return await upgraded(connection, place)
