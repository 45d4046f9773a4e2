"""Transactions on the plain connection, which run on its thread: alone, or several that share a commit.

One that raises is undone, and the others of its commit are not.
"""

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from storage.sqlite.outbox import Confirmed, confirm

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]


def transaction(
    confirmed: list[Confirmed], work: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection
) -> tuple[list[Confirmed] | None, T]:
    """One write lock, one sync; nothing at all if anything is raised. Gives what `_noted` does, too."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        busy = _noted(connection, confirmed) if confirmed else []
        outcome = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return busy, outcome


def _noted(connection: sqlite3.Connection, confirmed: list[Confirmed]) -> list[Confirmed] | None:
    """What `confirm` gives; None if it could not be noted, which is no trouble of whose transaction this is."""
    try:
        outcome = _undone_if_raised(connection, partial(confirm, confirmed=confirmed))
    except sqlite3.Error:
        connection.execute("BEGIN IMMEDIATE")
        return None
    return outcome if isinstance(outcome, list) else None


def alone(work: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection) -> T:
    """One work by itself: what it raises undoes the whole transaction."""
    try:
        return work(connection)
    except StopIteration:
        raise RuntimeError("StopIteration") from None  # as of any coroutine


def together(works: list[Work], connection: sqlite3.Connection) -> list[Any]:
    """All works; one that raises is undone, and its error is its outcome."""
    return [_undone_if_raised(connection, work) for work in works]


def _undone_if_raised(connection: sqlite3.Connection, work: Work) -> Any:
    connection.execute("SAVEPOINT work")
    try:
        outcome = work(connection)
    except Exception as error:
        if not connection.in_transaction:  # the whole transaction is gone: a full disk, a broken file
            raise
        connection.execute("ROLLBACK TO work")
        outcome = RuntimeError("StopIteration") if isinstance(error, StopIteration) else error  # as of any coroutine
    connection.execute("RELEASE work")
    return outcome


def nothing(_: sqlite3.Connection) -> None:
    """For a transaction that only notes what was confirmed."""
