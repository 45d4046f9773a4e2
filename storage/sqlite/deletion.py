"""Deleting: every row, and, since rows leave copies behind, every byte of them in the file and in its log."""

import sqlite3
from collections.abc import Iterable
from datetime import UTC

from flows.retention import Limits, Purged, Remains, remains
from flows.session import Session
from storage.errors import DamagedRowError
from storage.outbox import address_of
from storage.sqlite.broadcasts import sign
from storage.sqlite.state import history, rename, save, session_of
from storage.store import Forgetting

MARK = "INSERT OR IGNORE INTO marks (name) VALUES ('unclean')"
MARKED = "SELECT 1 FROM marks WHERE name = 'unclean'"
UNMARK = """
DELETE FROM marks WHERE name = 'unclean' AND NOT EXISTS (
    SELECT 1 FROM outbox LEFT JOIN windows ON windows.window = outbox.window WHERE windows.window IS NULL
)
"""
"""Not while messages wait for people of whom nothing else is stored: receipts of deletions, that is, and greetings."""
SIGHTS = "SELECT dossier FROM sights WHERE window = ? ORDER BY number"
WINDOWS = "SELECT window FROM sights WHERE dossier = ?"
OF_SIGHT = (
    "DELETE FROM sights WHERE window = ? AND dossier = ?",
    "DELETE FROM outbox WHERE window = ? AND dossier = ?",
    "DELETE FROM damaged WHERE window = ? AND dossier = ?",
)
OF_WINDOW = (
    "DELETE FROM outbox WHERE window = ?",
    "DELETE FROM damaged WHERE window = ?",
    "DELETE FROM claims WHERE window = ?",
    "DELETE FROM windows WHERE window = ?",
)
OF_DOSSIER = (
    "DELETE FROM links WHERE dossier = ?",
    "DELETE FROM log WHERE dossier = ?",
    "DELETE FROM issued WHERE dossier = ?",
    "DELETE FROM assessments WHERE dossier = ?",
    "DELETE FROM sessions WHERE dossier = ?",
)
DISOWN = "UPDATE log SET by = '' WHERE dossier = ? AND by = ?"
TURN = "UPDATE windows SET front = ? WHERE window = ? AND front = ?"
OVERDUE = """
SELECT rowid, dossier, (instr(data, '"finished_at":null') > 0 AND updated_at < ?)
    OR EXISTS (SELECT 1 FROM assessments WHERE assessments.dossier = sessions.dossier AND finished_at < ?)
FROM sessions WHERE rowid > ? ORDER BY rowid LIMIT ?
"""
"""Rowid, dossier, and whether something may be over: a look at the text is enough, since most is not."""
PROMISED = "SELECT 1 FROM outbox WHERE dossier = ? AND key = ?"
UNLOG = "DELETE FROM log WHERE dossier = ? AND session = ?"
UNISSUE = "DELETE FROM issued WHERE dossier = ? AND session = ?"
UNFINISH = "DELETE FROM assessments WHERE dossier = ? AND id = ?"
GUESTS = """
WITH RECURSIVE guests (window, dossier) AS (
    SELECT guest.window, guest.dossier
    FROM sights AS own JOIN sights AS guest ON guest.dossier = own.dossier AND guest.giver = :window
    WHERE own.window = :to
    UNION
    SELECT guest.window, guest.dossier
    FROM guests JOIN sights AS guest ON guest.dossier = guests.dossier AND guest.giver = guests.window
)
SELECT window, dossier FROM guests WHERE window <> :to
"""
"""Who has sight of what by a link of a window that is now called otherwise, or by a link of theirs, and so on."""
UNLINK_GIVEN = "DELETE FROM links WHERE dossier = ? AND giver = ?"
INHERIT = tuple(
    f"""
    UPDATE {table} SET giver = coalesce(
        (SELECT nullif(giver, :window) FROM sights WHERE window = :window AND dossier = :dossier), ''
    )
    WHERE dossier = :dossier AND giver = :window
    """  # noqa: S608  # constants
    for table in ("links", "sights")
)
"""Whoever leaves, their links and guests are those of whose guest they were."""
FORGET_UPDATES = "DELETE FROM updates WHERE seen < ?"
FORGET_LINKS = "DELETE FROM links WHERE until <= ?"


def forget(connection: sqlite3.Connection, window: str) -> int:
    """Delete all about a window, and the dossiers that nobody else has sight of; how many rows that were.

    The connection overwrites where they stand, `clean` where they stood before.
    """
    connection.execute(MARK)
    dossiers = connection.execute(SIGHTS, (window,)).fetchall()
    rows = sum(_lose_sight(connection, window, dossier) for (dossier,) in dossiers)
    return rows + _forget_window(connection, window)


def move(connection: sqlite3.Connection, window: str, to: str) -> bool:
    """Give a window another name, and end what came of the links that it gave, or did nothing if it cannot have it."""
    if not rename(connection, window, to):
        return False
    connection.execute(MARK)
    sign(connection, window, to)
    guests = connection.execute(GUESTS, {"window": window, "to": to}).fetchall()
    given = [(dossier, window) for (dossier,) in connection.execute(SIGHTS, (to,))]
    connection.executemany(UNLINK_GIVEN, [*given, *((dossier, guest) for guest, dossier in guests)])
    for guest, dossier in guests:
        _lose_sight(connection, guest, dossier)
    return True


def forget_front(connection: sqlite3.Connection, window: str, dossier: str | None, what: Forgetting) -> None:
    """Delete what is in front of a window, or its sight of it; if nothing is, the window itself."""
    if dossier is None:
        forget(connection, window)
    elif what is Forgetting.DOSSIER:
        forget_dossier(connection, dossier)
    else:
        connection.execute(MARK)
        _lose_sight(connection, window, dossier)


def forget_dossier(connection: sqlite3.Connection, dossier: str) -> None:
    """Delete all about a dossier, whoever has sight of it."""
    connection.execute(MARK)
    for (window,) in connection.execute(WINDOWS, (dossier,)).fetchall():
        _lose_sight(connection, window, dossier)
    _delete(connection, OF_DOSSIER, dossier)  # nobody may have had sight of it


def _lose_sight(connection: sqlite3.Connection, window: str, dossier: str) -> int:
    """Without any other dossier the window goes, too; and the dossier, if no other window has sight of it.

    In one that stays, the answers that were given there stay, and nobody can tell any more by whom.
    """
    for statement in INHERIT:
        connection.execute(statement, {"window": window, "dossier": dossier})
    rows = _delete(connection, OF_SIGHT, window, dossier)
    others = connection.execute(SIGHTS, (window,)).fetchall()
    if not others:
        rows += _forget_window(connection, window)
    else:
        connection.execute(TURN, (*others[-1], window, dossier))
    if not connection.execute(WINDOWS, (dossier,)).fetchone():
        return rows + _delete(connection, OF_DOSSIER, dossier)
    connection.execute(DISOWN, (dossier, address_of(window)))
    return rows


def _forget_window(connection: sqlite3.Connection, window: str) -> int:
    sign(connection, window, "")
    return _delete(connection, OF_WINDOW, window)


def _delete(connection: sqlite3.Connection, statements: Iterable[str], *of: str) -> int:
    return sum(connection.execute(statement, of).rowcount for statement in statements)


def overdue(connection: sqlite3.Connection, limits: Limits, after: int, slice_: int) -> list[tuple[int, str, int]]:
    """The next rows of the sessions, each with whether something of its dossier may be over."""
    moments = [limit.astimezone(UTC).isoformat() if limit else "" for limit in (limits.unfinished, limits.finished)]
    return connection.execute(OVERDUE, (*moments, after, slice_)).fetchall()


def retain(
    connection: sqlite3.Connection, dossiers: Iterable[str], limits: Limits, promised: str, place: str, *, dry: bool
) -> Purged:
    """Delete what is over of these dossiers; `dry`: count only."""
    return sum((_retain(connection, dossier, limits, promised, place, dry=dry) for dossier in dossiers), Purged())


def _retain(
    connection: sqlite3.Connection, dossier: str, limits: Limits, promised: str, place: str, *, dry: bool
) -> Purged:
    try:
        session = session_of(connection, dossier, place)
        past = history(connection, dossier, place)
    except DamagedRowError:
        return Purged()
    if session is None:
        return Purged()
    left = remains(session, past, limits)
    if left.session is None and connection.execute(PROMISED, (dossier, f"{promised}.{dossier}")).fetchone():
        return Purged()
    if not dry:
        _keep(connection, dossier, session, left, place)
    return left.purged


def _keep(connection: sqlite3.Connection, dossier: str, session: Session, left: Remains, place: str) -> None:
    if left.session is None:
        forget_dossier(connection, dossier)
        return
    if left.gone:
        connection.execute(MARK)
    for statement in (UNLOG, UNISSUE, UNFINISH):
        connection.executemany(statement, [(dossier, gone) for gone in left.gone])
    save(connection, dossier, session, left.session, place)


def clean(connection: sqlite3.Connection) -> bool:
    """If people were deleted, write the file anew; whether that was to be done.

    Overwriting reaches a row where it stands; where pages were split and merged before, copies of it are left behind.
    """
    if not connection.execute(MARKED).fetchone():
        return False
    connection.execute("VACUUM")
    if empty_wal(connection):
        connection.execute(UNMARK)
        empty_wal(connection)
    return True


def empty_wal(connection: sqlite3.Connection) -> bool:
    """Take what was deleted out of the write-ahead log, too; false while another process is reading from it.

    Nobody is waited for: everybody else would wait as long.
    """
    (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(patience)}")
    return not busy
