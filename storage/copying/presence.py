"""Who is at work on a database, as far as it says itself, of whatever version it is."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from storage.opening import POSTGRES, require_driver, without_credentials
from storage.store import Lease

Ask = Callable[[str, str, tuple[Any, ...]], Sequence[Sequence[Any]]]
"""The rows of a table that a statement finds; none if there is no such table."""


@dataclass(frozen=True, slots=True)
class Presence:
    """The leases that are held, by their names, and who has claims: those that hold by now, and those that have ended.

    Who is dead may still be among them. `connected` are alive, as far as the server tells.
    """

    leases: dict[str, Lease]
    claiming: frozenset[str]
    claimed: frozenset[str]
    connected: tuple[str, ...] = ()


NOBODY = Presence({}, frozenset(), frozenset())


def presence(url: str, now: datetime) -> Presence:
    """Who is at work; nobody where there is nothing. Raises StorageError."""
    return _of_postgres(url, now) if url.startswith(POSTGRES) else _of_sqlite(url, now)


def _of_sqlite(url: str, now: datetime) -> Presence:
    from storage.copying.opening import path_of
    from storage.copying.sqlite import in_our_terms
    from storage.sqlite.backup import connect_to_read

    path = path_of(url)
    if not _holds_anything(path):
        return NOBODY
    with in_our_terms(str(path)), closing(connect_to_read(path)) as connection:
        return _found(
            lambda table, statement, values: _ask_sqlite(connection, table, statement, values), now.timestamp()
        )


def _holds_anything(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _ask_sqlite(connection: sqlite3.Connection, table: str, statement: str, values: tuple[Any, ...]) -> list[Any]:
    there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return connection.execute(statement.format(table), values).fetchall() if there else []


def _of_postgres(url: str, now: datetime) -> Presence:
    place = without_credentials(url)
    require_driver(place)
    from storage.copying.postgres import connect
    from storage.postgres.errors import in_our_terms
    from storage.postgres.migrations import OLDER_WORKERS, steps

    with in_our_terms(place), closing(connect(url, place)) as connection:

        def ask(table: str, statement: str, values: tuple[Any, ...]) -> Sequence[Sequence[Any]]:
            there = connection.execute("SELECT to_regclass(%s)", (f"shuping.{table}",)).fetchone()
            if there is None or there[0] is None:
                return []
            qualified = statement.format(f"shuping.{table}").replace("?", "%s")
            return connection.execute(qualified.encode(), values).fetchall()

        connected = connection.execute(OLDER_WORKERS, (len(steps()) + 1,)).fetchall()
        return replace(_found(ask, now), connected=tuple(worker for (worker,) in connected))


def _found(ask: Ask, now: float | datetime) -> Presence:
    leases = ask("leases", "SELECT name, holder, beat FROM {}", ())
    claiming = ask("claims", "SELECT DISTINCT holder FROM {} WHERE until > ?", (now,))
    claimed = ask("claims", "SELECT DISTINCT holder FROM {} WHERE until <= ?", (now,))
    return Presence(
        {name: Lease(holder, beat) for name, holder, beat in leases},
        frozenset(holder for (holder,) in claiming),
        frozenset(holder for (holder,) in claimed),
    )
