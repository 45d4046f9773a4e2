"""Messages to very many: what is ordered, the slices in which they are queued, and the record."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from psycopg import AsyncConnection

from storage.broadcasts import (
    Audience,
    Broadcast,
    Confirm,
    Done,
    Draft,
    Drop,
    Order,
    Progress,
    Record,
    Stop,
    digest_of,
    key_of,
)
from storage.outbox import Urgency
from storage.store import FORM

FIELDS = "id, by, channel, text, drafted, progress, audience, shown, queued, after"
_SELECT = f"SELECT {FIELDS} FROM shuping.broadcasts"  # noqa: S608  # constants
FIND = f"{_SELECT} WHERE id = %s"
LATEST = f"{_SELECT} WHERE turn IS NOT NULL ORDER BY turn DESC LIMIT 1"
RUNNING = f"{_SELECT} WHERE progress = 'running' ORDER BY turn LIMIT 1"
HOLD = "SELECT shuping.hold_all('{}')"
"""What is held is not held for long, should this process stop."""
STOPPABLE = f"{_SELECT} WHERE progress IN ('running', 'ended') ORDER BY turn FOR UPDATE"
REPLACE = "DELETE FROM shuping.broadcasts WHERE by = %s AND progress = 'draft'"
DRAFT = "INSERT INTO shuping.broadcasts (id, by, channel, text, drafted) VALUES (%s, %s, %s, %s, %s)"
CONFIRM = """
UPDATE shuping.broadcasts SET progress = 'running', audience = %s, shown = %s,
    turn = (SELECT coalesce(max(turn), 0) + 1 FROM shuping.broadcasts)
WHERE id = %s AND by = %s AND progress = 'draft'
"""
DROP = "DELETE FROM shuping.broadcasts WHERE id = %s AND by = %s AND progress = 'draft'"
ADVANCE = "UPDATE shuping.broadcasts SET progress = %s, queued = %s, after = %s WHERE id = %s"
NOTE = """
INSERT INTO shuping.audit (at, by, done, broadcast, digest, audience, count) VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
AUDIT = "SELECT at, by, done, broadcast, digest, audience, count FROM shuping.audit ORDER BY number"
FORGET = "DELETE FROM shuping.broadcasts WHERE progress <> 'running' AND drafted < %s"
SIGN = (
    "UPDATE shuping.audit SET by = %(to)s WHERE by = %(window)s",
    "DELETE FROM shuping.broadcasts WHERE by = %(window)s AND %(to)s = '' AND progress = 'draft'",
    "UPDATE shuping.broadcasts SET by = %(to)s WHERE by = %(window)s",
)
_OF_URGENCY = f"FROM shuping.outbox WHERE urgency = {int(Urgency.BROADCAST)}"
DUE = f"SELECT count(*) FROM (SELECT {_OF_URGENCY} AND due <= %s LIMIT %s) AS people"  # noqa: S608  # constants
WAITING = f"SELECT count(*) {_OF_URGENCY} AND key = %s"
WITHDRAW = f"DELETE {_OF_URGENCY} AND key = %s"
MEANT = {
    Audience.ALL: "true",
    Audience.UNFINISHED: (
        "finished_at IS NULL AND phase <> 'welcome' AND coalesce((people.data->>'reminders')::boolean, true)"
    ),
    Audience.FINISHED: "finished_at IS NOT NULL",
}
"""As `storage.broadcasts.is_meant` has it."""
TAKES = "NOT coalesce((people.data->>'blocked')::boolean, false) AND sessions.dossier IS NOT NULL"
_BETWEEN = """window_name COLLATE "C" > %(after)s AND window_name COLLATE "C" < %(end)s"""
SLICES = {
    audience: f"""
    WITH people AS MATERIALIZED (
        SELECT window_name, front, data FROM shuping.windows WHERE {_BETWEEN}
        ORDER BY window_name COLLATE "C" LIMIT %(slice)s FOR KEY SHARE
    ), queued AS (
        INSERT INTO shuping.outbox (window_name, key, reply, due, urgency, form)
        SELECT window_name, %(key)s, %(reply)s, %(due)s, {int(Urgency.BROADCAST)}, {FORM}
        FROM people JOIN shuping.sessions ON sessions.dossier = front WHERE {TAKES} AND {meant}
        ORDER BY window_name COLLATE "C"
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM queued), count(*), max(window_name COLLATE "C") FROM people
    """  # noqa: S608  # constants
    for audience, meant in MEANT.items()
}
"""How many are told, of how many that were looked at, and the last of these.

Nobody is deleted meanwhile: whoever deletes a window waits for this, and takes its messages afterwards.
"""
COUNT = f"""
SELECT {", ".join(f"count(*) FILTER (WHERE {meant})" for meant in MEANT.values())}
FROM shuping.windows AS people JOIN shuping.sessions ON sessions.dossier = front WHERE {_BETWEEN} AND {TAKES}
"""  # noqa: S608  # constants


async def order(connection: AsyncConnection, window: str, order: Order) -> None:
    """Carry out an order; one that comes too late does nothing. In a transaction."""
    match order:
        case Draft(id=id_, channel=channel, text=text, at=at):
            await connection.execute(REPLACE, (window,))
            await connection.execute(DRAFT, (id_, window, channel, text, at))
        case Confirm(id=id_, audience=audience, shown=shown, at=at):
            if (await connection.execute(CONFIRM, (audience, shown, id_, window))).rowcount == 1:
                confirmed = await find(connection, id_)
                if confirmed:
                    await _note(connection, confirmed, at, window, Done.CONFIRMED, shown)
        case Drop(id=id_):
            await connection.execute(DROP, (id_, window))
        case Stop(at=at):
            for row in await (await connection.execute(STOPPABLE.encode())).fetchall():
                await _stop(connection, _broadcast(*row), window, at)


async def _stop(connection: AsyncConnection, broadcast: Broadcast, by: str, at: datetime) -> None:
    """What is queued already may still wait."""
    withdrawn = (await connection.execute(WITHDRAW.encode(), (key_of(broadcast.id),))).rowcount
    if broadcast.progress is Progress.ENDED and not withdrawn:
        return
    told = broadcast.queued - withdrawn
    await connection.execute(ADVANCE, (Progress.STOPPED, told, "", broadcast.id))
    await _note(connection, broadcast, at, by, Done.STOPPED, told)


async def fan_out(
    connection: AsyncConnection, now: datetime, slice_: int, most: int, said: Callable[[Broadcast], str]
) -> Broadcast | None:
    """Queue the next slice of what runs, unless enough waits; None if nothing runs. In a transaction."""
    if await _row(connection, RUNNING) is None:  # most of the time; nothing is locked for it
        return None
    await connection.execute(HOLD)
    row = await _row(connection, f"{RUNNING} FOR UPDATE")
    if row is None:
        return None
    running, after = _broadcast(*row), row[-1]
    (due,) = await _row(connection, DUE, (now, most)) or (0,)
    if due >= most:
        return replace(running, waiting=due)
    values = {**_range(running.channel, after), "slice": slice_, "key": key_of(running.id), "due": now}
    statement = SLICES[running.audience]
    told, looked_at, last = await _row(connection, statement, {**values, "reply": said(running)}) or (0, 0, None)
    ended, queued = looked_at < slice_, running.queued + told
    progress, after = (Progress.ENDED, "") if ended else (Progress.RUNNING, last)
    await connection.execute(ADVANCE, (progress, queued, after, running.id))
    if ended:
        await _note(connection, running, now, "", Done.ENDED, queued)
    return replace(running, queued=queued, progress=progress)


def _range(channel: str, after: str = "") -> dict[str, str]:
    """The names of a channel's windows: ";" comes after ":"."""
    return {"after": after or f"{channel}:", "end": f"{channel};"}


async def _note(
    connection: AsyncConnection, broadcast: Broadcast, at: datetime, by: str, done: Done, count: int
) -> None:
    values = (at, by, done, broadcast.id, digest_of(broadcast.text), broadcast.audience, count)
    await connection.execute(NOTE, values)


def _broadcast(
    id_: str,
    by: str,
    channel: str,
    text: str,
    drafted: datetime,
    progress: str,
    audience: str,
    shown: int,
    queued: int,
    _after: str,
) -> Broadcast:
    moment = drafted.astimezone(UTC)
    return Broadcast(id_, by, channel, text, moment, Progress(progress), Audience(audience), shown, queued)


async def find(connection: AsyncConnection, id_: str | None) -> Broadcast | None:
    """This one, or the one that was confirmed last."""
    row = await _row(connection, LATEST) if id_ is None else await _row(connection, FIND, (id_,))
    if row is None:
        return None
    (waiting,) = await _row(connection, WAITING, (key_of(row[0]),)) or (0,)
    return replace(_broadcast(*row), waiting=waiting)


async def recipients(connection: AsyncConnection, channel: str) -> dict[Audience, int]:
    """How many there are of each audience."""
    counts = await _row(connection, COUNT, _range(channel)) or ()
    return dict(zip(MEANT, counts, strict=True))


async def audit(connection: AsyncConnection) -> list[Record]:
    """All that was done."""
    return [
        Record(at.astimezone(UTC), by, Done(done), broadcast, digest, Audience(audience), count)
        for at, by, done, broadcast, digest, audience, count in await (await connection.execute(AUDIT)).fetchall()
    ]


async def sign(connection: AsyncConnection, window: str, to: str) -> None:
    """What was done there was done somewhere else; with "", nobody can tell where. A draft of nobody goes."""
    for statement in SIGN:
        await connection.execute(statement.encode(), {"window": window, "to": to})


async def _row(connection: AsyncConnection, statement: str, values: Any = None) -> Any:
    return await (await connection.execute(statement.encode(), values)).fetchone()
