"""Messages to very many: what is ordered, the slices in which they are queued, and the record."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

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
from storage.sqlite.outbox import QUEUE
from storage.sqlite.reading import reader, sound

FIELDS = "id, by, channel, text, drafted, progress, audience, shown, queued, after"
FIND = f"SELECT {FIELDS} FROM broadcasts WHERE id = ?"  # noqa: S608  # constants
LATEST = f"SELECT {FIELDS} FROM broadcasts WHERE turn IS NOT NULL ORDER BY turn DESC LIMIT 1"  # noqa: S608  # constants
RUNNING = f"SELECT {FIELDS} FROM broadcasts WHERE progress = 'running' ORDER BY turn LIMIT 1"  # noqa: S608  # constants
STOPPABLE = f"SELECT {FIELDS} FROM broadcasts WHERE progress IN ('running', 'ended') ORDER BY turn"  # noqa: S608  # constants
REPLACE = "DELETE FROM broadcasts WHERE by = ? AND progress = 'draft'"
DRAFT = "INSERT INTO broadcasts (id, by, channel, text, drafted) VALUES (?, ?, ?, ?, ?)"
CONFIRM = """
UPDATE broadcasts SET progress = 'running', audience = ?, shown = ?,
    turn = (SELECT coalesce(max(turn), 0) + 1 FROM broadcasts)
WHERE id = ? AND by = ? AND progress = 'draft'
"""
DROP = "DELETE FROM broadcasts WHERE id = ? AND by = ? AND progress = 'draft'"
ADVANCE = "UPDATE broadcasts SET progress = ?, queued = ?, after = ? WHERE id = ?"
NOTE = "INSERT INTO audit (at, by, done, broadcast, digest, audience, count) VALUES (?, ?, ?, ?, ?, ?, ?)"
AUDIT = "SELECT at, by, done, broadcast, digest, audience, count FROM audit ORDER BY number"
FORGET = "DELETE FROM broadcasts WHERE progress <> 'running' AND drafted < ?"
SIGN = (
    "UPDATE audit SET by = :to WHERE by = :window",
    "DELETE FROM broadcasts WHERE by = :window AND :to = '' AND progress = 'draft'",
    "UPDATE broadcasts SET by = :to WHERE by = :window",
)

_OF_URGENCY = f"FROM outbox WHERE urgency = {int(Urgency.BROADCAST)}"
DUE = f"SELECT count(*) FROM (SELECT 1 {_OF_URGENCY} AND due <= ? LIMIT ?)"  # noqa: S608  # constants
WAITING = f"SELECT count(*) {_OF_URGENCY} AND key = ?"
WITHDRAW = f"DELETE {_OF_URGENCY} AND key = ?"
_SESSION, _WINDOW = sound("sessions.data"), sound("some.data")
UNFINISHED = f"""
coalesce(json_extract({_SESSION}, '$.phase'), 'welcome') <> 'welcome'
AND json_extract({_SESSION}, '$.finished_at') IS NULL AND coalesce(json_extract({_WINDOW}, '$.reminders'), 1)
"""
FINISHED = f"json_extract({_SESSION}, '$.finished_at') IS NOT NULL"
MEANT = {Audience.ALL: "1", Audience.UNFINISHED: UNFINISHED, Audience.FINISHED: FINISHED}
"""As `storage.broadcasts.is_meant` has it."""
TAKES = f"{_WINDOW} IS NOT NULL AND NOT coalesce(json_extract({_WINDOW}, '$.blocked'), 0)"
SLICES = {
    audience: f"""
    SELECT some.window, coalesce({TAKES} AND sessions.dossier IS NOT NULL AND {meant}, 0) FROM (
        SELECT window, front, data FROM windows WHERE window > ? AND window < ? ORDER BY window LIMIT ?
    ) AS some LEFT JOIN sessions ON sessions.dossier = some.front ORDER BY some.window
    """  # noqa: S608  # constants
    for audience, meant in MEANT.items()
}
COUNT = f"""
SELECT {", ".join(f"coalesce(sum({meant}), 0)" for meant in MEANT.values())}
FROM windows AS some JOIN sessions ON sessions.dossier = some.front
WHERE some.window > ? AND some.window < ? AND {TAKES}
"""  # noqa: S608  # constants


def order(connection: sqlite3.Connection, window: str, order: Order) -> None:
    """Carry out an order; one that comes too late does nothing."""
    match order:
        case Draft(id=id_, channel=channel, text=text, at=at):
            connection.execute(REPLACE, (window,))
            connection.execute(DRAFT, (id_, window, channel, text, at.timestamp()))
        case Confirm(id=id_, audience=audience, shown=shown, at=at):
            if connection.execute(CONFIRM, (audience, shown, id_, window)).rowcount == 1:
                confirmed = _broadcast(*connection.execute(FIND, (id_,)).fetchone())
                _note(connection, confirmed, at, window, Done.CONFIRMED, shown)
        case Drop(id=id_):
            connection.execute(DROP, (id_, window))
        case Stop(at=at):
            for row in connection.execute(STOPPABLE).fetchall():
                _stop(connection, _broadcast(*row), window, at)


def _stop(connection: sqlite3.Connection, broadcast: Broadcast, by: str, at: datetime) -> None:
    """What is queued already may still wait."""
    withdrawn = connection.execute(WITHDRAW, (key_of(broadcast.id),)).rowcount
    if broadcast.progress is Progress.ENDED and not withdrawn:
        return
    told = broadcast.queued - withdrawn
    connection.execute(ADVANCE, (Progress.STOPPED, told, "", broadcast.id))
    _note(connection, broadcast, at, by, Done.STOPPED, told)


def fan_out(
    connection: sqlite3.Connection, now: datetime, slice_: int, said: Callable[[Broadcast], str]
) -> Broadcast | None:
    """Queue the next slice of what runs; None if nothing does."""
    row = connection.execute(RUNNING).fetchone()
    if row is None:
        return None
    running, after = _broadcast(*row), row[-1]
    values = (after or f"{running.channel}:", f"{running.channel};", slice_)  # ";" comes after ":"
    rows = connection.execute(SLICES[running.audience], values).fetchall()
    message = (None, key_of(running.id), said(running), now.timestamp(), 0, 0, int(Urgency.BROADCAST))
    told = [(window, *message) for window, meant in rows if meant]
    connection.executemany(QUEUE, told)
    last, queued = len(rows) < slice_, running.queued + len(told)
    progress, after = (Progress.ENDED, "") if last else (Progress.RUNNING, rows[-1][0])
    connection.execute(ADVANCE, (progress, queued, after, running.id))
    if last:
        _note(connection, running, now, "", Done.ENDED, queued)
    return replace(running, queued=queued, progress=progress)


def present(connection: sqlite3.Connection, now: datetime, most: int) -> Broadcast | None:
    """What runs; with how much is on its way, if that is enough."""
    row = connection.execute(RUNNING).fetchone()
    if row is None:
        return None
    (due,) = connection.execute(DUE, (now.timestamp(), most)).fetchone()
    return replace(_broadcast(*row), waiting=due if due >= most else 0)


def _note(connection: sqlite3.Connection, broadcast: Broadcast, at: datetime, by: str, done: Done, count: int) -> None:
    values = (at.timestamp(), by, done, broadcast.id, digest_of(broadcast.text), broadcast.audience, count)
    connection.execute(NOTE, values)


def _broadcast(
    id_: str,
    by: str,
    channel: str,
    text: str,
    drafted: float,
    progress: str,
    audience: str,
    shown: int,
    queued: int,
    _after: str,
) -> Broadcast:
    moment = datetime.fromtimestamp(drafted, UTC)
    return Broadcast(id_, by, channel, text, moment, Progress(progress), Audience(audience), shown, queued)


def find(connection: sqlite3.Connection, id_: str | None) -> Broadcast | None:
    """This one, or the one that was confirmed last."""
    row = connection.execute(LATEST).fetchone() if id_ is None else connection.execute(FIND, (id_,)).fetchone()
    if row is None:
        return None
    (waiting,) = connection.execute(WAITING, (key_of(row[0]),)).fetchone()
    return replace(_broadcast(*row), waiting=waiting)


def recipients(path: str, channel: str, busy_seconds: float) -> dict[Audience, int]:
    """How many there are of each audience, on a connection of its own. Raises sqlite3.Error."""
    with closing(reader(path, busy_seconds)) as connection:
        row = connection.execute(COUNT, (f"{channel}:", f"{channel};")).fetchone()
    return dict(zip(MEANT, row, strict=True))


def audit(connection: sqlite3.Connection) -> list[Record]:
    """All that was done."""
    return [
        Record(datetime.fromtimestamp(at, UTC), by, Done(done), broadcast, digest, Audience(audience), count)
        for at, by, done, broadcast, digest, audience, count in connection.execute(AUDIT)
    ]


def sign(connection: sqlite3.Connection, window: str, to: str) -> None:
    """What was done there was done somewhere else; with "", nobody can tell where. A draft of nobody goes."""
    for statement in SIGN:
        connection.execute(statement, {"window": window, "to": to})
