"""Who does what only one process may."""

import sqlite3

from storage.store import Lease

LEASE = "SELECT holder, beat FROM leases WHERE name = ?"
TAKE = "INSERT OR IGNORE INTO leases (holder, beat, name) VALUES (?, ?, ?)"
TAKE_OVER = "UPDATE leases SET holder = ?, beat = ? WHERE name = ? AND holder = ? AND beat = ?"
LET_GO = "DELETE FROM leases WHERE name = ? AND holder = ? AND beat = ?"


def lease(connection: sqlite3.Connection, name: str) -> Lease | None:
    """Who holds a lease."""
    row = connection.execute(LEASE, (name,)).fetchone()
    return Lease(*row) if row else None


def hold(connection: sqlite3.Connection, name: str, holder: str, seen: Lease | None) -> Lease | None:
    """Take or keep a lease that is as it was seen."""
    mine = Lease(holder, seen.beat + 1 if seen else 0)
    values = (mine.holder, mine.beat, name)
    if seen is None:
        taken = connection.execute(TAKE, values)
    else:
        taken = connection.execute(TAKE_OVER, (*values, seen.holder, seen.beat))
    return mine if taken.rowcount == 1 else None
