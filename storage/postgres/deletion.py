"""Deleting and moving, in transactions of several statements. What is deleted is gone from all tables at once; when its
last copies leave the server's files, its log and its backups is the server's affair (`docs/security.md`).
"""

from collections.abc import Iterable, Sequence

from psycopg import AsyncConnection
from pydantic_core import to_json

from flows.retention import Limits, Purged, Remains, remains
from flows.session import Session
from storage.errors import DamagedRowError
from storage.outbox import address_of
from storage.postgres.broadcasts import sign
from storage.postgres.state import columns_of, history, reading
from storage.store import FORM, Forgetting

LOCK = "SELECT shuping.hold_all(%s)"
SIGHTS = "SELECT dossier FROM shuping.sights WHERE window_name = %s ORDER BY number"
WINDOWS = "SELECT window_name FROM shuping.sights WHERE dossier = %s ORDER BY number"
OF_SIGHT = tuple(
    f"DELETE FROM shuping.{table} WHERE window_name = %s AND dossier = %s"  # noqa: S608  # constants
    for table in ("sights", "outbox", "damaged")
)
OF_WINDOW = tuple(
    f"DELETE FROM shuping.{table} WHERE window_name = %s"  # noqa: S608  # constants
    for table in ("windows", "outbox", "damaged", "claims")
)
"""The window itself first: whoever is queueing something for it is waited for there."""
OF_DOSSIER = tuple(
    f"DELETE FROM shuping.{table} WHERE dossier = %s"  # noqa: S608  # constants
    for table in ("links", "log", "issued", "assessments", "sessions")
)
DISOWN = "UPDATE shuping.log SET by = '' WHERE dossier = %s AND by = %s"
TURN = "UPDATE shuping.windows SET front = %s WHERE window_name = %s AND front = %s"
SEE = """
INSERT INTO shuping.sights (window_name, dossier, giver)
VALUES (%s, %s, coalesce((SELECT giver FROM shuping.links WHERE hash = %s), '')) ON CONFLICT DO NOTHING
"""
FRONT = """
INSERT INTO shuping.windows (window_name, front, data, form) VALUES (%s, %s, '{}', %s)
ON CONFLICT (window_name) DO UPDATE SET front = excluded.front
"""
STORED = " UNION ALL ".join(
    f"SELECT 1 FROM shuping.{table} WHERE window_name = %(to)s"  # noqa: S608  # constants
    for table in ("windows", "sights", "outbox", "claims", "damaged")
)
MOVE = "UPDATE shuping.windows SET window_name = %(to)s WHERE window_name = %(window)s"
MOVE_ALONG = (
    *(
        f"UPDATE shuping.{table} SET window_name = %(to)s WHERE window_name = %(window)s"  # noqa: S608  # constants
        for table in ("sights", "outbox", "claims", "damaged")
    ),
    """
    UPDATE shuping.log SET by = %(signs)s WHERE by = %(signed)s
    AND dossier IN (SELECT dossier FROM shuping.sights WHERE window_name = %(to)s)
    """,
)
GUESTS = """
WITH RECURSIVE guests (window_name, dossier) AS (
    SELECT guest.window_name, guest.dossier
    FROM shuping.sights AS own
    JOIN shuping.sights AS guest ON guest.dossier = own.dossier AND guest.giver = %(window)s
    WHERE own.window_name = %(to)s
    UNION
    SELECT guest.window_name, guest.dossier
    FROM guests JOIN shuping.sights AS guest ON guest.dossier = guests.dossier AND guest.giver = guests.window_name
)
SELECT window_name, dossier FROM guests WHERE window_name <> %(to)s
"""
"""Who has sight of what by a link of a window that is now called otherwise, or by a link of theirs, and so on."""
UNLINK_GIVEN = "DELETE FROM shuping.links WHERE dossier = %s AND giver = %s"
INHERIT = tuple(
    f"""
    UPDATE shuping.{table} SET giver = coalesce(
        (
            SELECT nullif(giver, %(window)s) FROM shuping.sights
            WHERE window_name = %(window)s AND dossier = %(dossier)s
        ), ''
    )
    WHERE dossier = %(dossier)s AND giver = %(window)s
    """  # noqa: S608  # constants
    for table in ("links", "sights")
)
"""Whoever leaves, their links and guests are those of whose guest they were."""
OVERDUE = """
SELECT number, dossier, (finished_at IS NULL AND updated_at < %(unfinished)s) OR coalesce(
    (SELECT min(finished_at) FROM shuping.assessments WHERE assessments.dossier = slice.dossier) < %(finished)s, false
)
FROM (
    SELECT number, dossier, finished_at, updated_at FROM shuping.sessions
    WHERE number > %(after)s ORDER BY number LIMIT %(slice)s
) AS slice ORDER BY number
"""
"""Number, dossier, and whether something may be over: most is not, and need not be read. No limit: nothing is.

Of a slice alone: `EXISTS` would let the server look through the assessments of all dossiers for each slice.
"""
SESSION = "SELECT data::text FROM shuping.sessions WHERE dossier = %s AND form <= %s"
PROMISED = "SELECT 1 FROM shuping.outbox WHERE dossier = %s AND key = %s LIMIT 1"
UNLOG = "DELETE FROM shuping.log WHERE dossier = %s AND session = ANY (%s)"
UNISSUE = "DELETE FROM shuping.issued WHERE dossier = %s AND session = ANY (%s)"
UNFINISH = "DELETE FROM shuping.assessments WHERE dossier = %s AND id = ANY (%s)"
SAVE = "SELECT shuping.save(%s, %s)"
FORGET_UPDATES = """
DELETE FROM shuping.updates WHERE ctid = ANY (ARRAY(SELECT ctid FROM shuping.updates WHERE seen < %s LIMIT 10000))
"""
"""A few at a time, since a flood may have left millions."""
FORGET_LINKS = "DELETE FROM shuping.links WHERE until <= %s"


async def show(connection: AsyncConnection, window: str, dossier: str, link: str | None) -> None:
    """A dossier comes to the front of a window, which has sight of it from now on, perhaps by the link of this hash."""
    await connection.execute(SEE, (window, dossier, link))
    await connection.execute(FRONT, (window, dossier, FORM))


async def locked(connection: AsyncConnection, *windows: str) -> list[str]:
    """Lock windows with all the dossiers that the first has sight of; gives these."""
    while True:
        dossiers = await _dossiers(connection, windows[0])
        await connection.execute(LOCK, ([*windows, *dossiers],))
        if await _dossiers(connection, windows[0]) == dossiers:
            return dossiers


async def lock_with_windows(connection: AsyncConnection, dossier: str, *names: str) -> None:
    """Lock a dossier with all windows that have sight of it, and what is named: what goes with it depends on them."""
    while True:
        windows = await _windows(connection, dossier)
        await connection.execute(LOCK, ([dossier, *windows, *names],))
        if await _windows(connection, dossier) == windows:
            return


async def _windows(connection: AsyncConnection, dossier: str) -> list[str]:
    return [window for (window,) in await (await connection.execute(WINDOWS, (dossier,))).fetchall()]


async def _dossiers(connection: AsyncConnection, window: str) -> list[str]:
    return [dossier for (dossier,) in await (await connection.execute(SIGHTS, (window,))).fetchall()]


async def forget(connection: AsyncConnection, window: str) -> int:
    """Delete all about a window, and the dossiers that nobody else has sight of; how many rows that were."""
    dossiers = await locked(connection, window)
    rows = 0
    for dossier in dossiers:
        rows += await _lose_sight(connection, window, dossier)
    return rows + await _forget_window(connection, window)


async def move(connection: AsyncConnection, window: str, to: str) -> bool:
    """Give a window another name, and end what came of the links that it gave, or do nothing if it cannot have it."""
    dossiers = await locked(connection, window, to)
    names = {"window": window, "to": to, "signed": address_of(window), "signs": address_of(to)}
    if await (await connection.execute(STORED, names)).fetchone():
        return False
    if (await connection.execute(MOVE, names)).rowcount == 0:
        return False
    for statement in MOVE_ALONG:
        await connection.execute(statement, names)
    await sign(connection, window, to)
    guests = await (await connection.execute(GUESTS, names)).fetchall()
    for dossier, giver in [*((dossier, window) for dossier in dossiers), *((about, guest) for guest, about in guests)]:
        await connection.execute(UNLINK_GIVEN, (dossier, giver))
    await connection.execute(LOCK, ([guest for guest, _ in guests],))
    for guest, dossier in guests:
        await _lose_sight(connection, guest, dossier)
    return True


async def forget_front(connection: AsyncConnection, window: str, dossier: str | None, what: Forgetting) -> None:
    """Delete what is in front of a window, or its sight of it; if nothing is, the window itself."""
    if dossier is None:
        await forget(connection, window)
    elif what is Forgetting.DOSSIER:
        await forget_dossier(connection, dossier)
    else:
        await _lose_sight(connection, window, dossier)


async def forget_dossier(connection: AsyncConnection, dossier: str) -> None:
    """Delete all about a dossier, whoever has sight of it; it is locked, with their windows."""
    for window in await _windows(connection, dossier):
        await _lose_sight(connection, window, dossier)
    await _delete(connection, OF_DOSSIER, dossier)  # nobody may have had sight of it


async def _lose_sight(connection: AsyncConnection, window: str, dossier: str) -> int:
    """Without any other dossier the window goes, too; and the dossier, if no other window has sight of it.

    In one that stays, the answers that were given there stay, and nobody can tell any more by whom.
    """
    for statement in INHERIT:
        await connection.execute(statement, {"window": window, "dossier": dossier})
    rows = await _delete(connection, OF_SIGHT, window, dossier)
    others = await _dossiers(connection, window)
    if not others:
        rows += await _forget_window(connection, window)
    else:
        await connection.execute(TURN, (others[-1], window, dossier))
    if not await _windows(connection, dossier):
        return rows + await _delete(connection, OF_DOSSIER, dossier)
    await connection.execute(DISOWN, (dossier, address_of(window)))
    return rows


async def _forget_window(connection: AsyncConnection, window: str) -> int:
    await sign(connection, window, "")
    return await _delete(connection, OF_WINDOW, window)


async def _delete(connection: AsyncConnection, statements: Iterable[str], *of: str) -> int:
    rows = 0
    for statement in statements:
        rows += (await connection.execute(statement, of)).rowcount
    return rows


async def overdue(
    connection: AsyncConnection, limits: Limits, after: int, most: int
) -> Sequence[tuple[int, str, bool]]:
    """The next rows of the sessions, each with whether something of its dossier may be over."""
    values = {"unfinished": limits.unfinished, "finished": limits.finished, "after": after, "slice": most}
    return await (await connection.execute(OVERDUE, values)).fetchall()


async def retain(
    connection: AsyncConnection, dossier: str, limits: Limits, promised: str, place: str, *, dry: bool
) -> Purged:
    """Delete what is over of a dossier; `dry`: count only. In a transaction. What is damaged is left alone."""
    await lock_with_windows(connection, dossier)
    try:
        row = await (await connection.execute(SESSION, (dossier, FORM))).fetchone()
        with reading(place):
            session = Session.model_validate_json(row[0]) if row else None
        past = await history(connection, dossier, place)
    except DamagedRowError:
        return Purged()
    if session is None:
        return Purged()
    left = remains(session, past, limits)
    if left.session is None:
        promise = await connection.execute(PROMISED, (dossier, f"{promised}.{dossier}"))
        if await promise.fetchone():
            return Purged()
    if not dry:
        await _keep(connection, dossier, session, left)
    return left.purged


async def _keep(connection: AsyncConnection, dossier: str, session: Session, left: Remains) -> None:
    if left.session is None:
        await forget_dossier(connection, dossier)
        return
    for statement in (UNLOG, UNISSUE, UNFINISH):
        await connection.execute(statement, (dossier, list(left.gone)))
    if left.session != session:
        old = {"old_id": session.id, "old_revision": session.revision}
        saved = to_json({**columns_of(dossier, left.session), **old}).decode()
        await connection.execute(SAVE, (saved, FORM))
