"""The outbox, and who has claimed what of it: rows are read, and what the rules of `storage.outbox` say is written."""

import json
import logging
import sqlite3
from collections.abc import Callable, Collection, Container, Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import index, itemgetter
from typing import NamedTuple

from flows.session import CardRef
from storage.errors import DamagedRowError
from storage.outbox import (
    Added,
    Head,
    Lane,
    Outgoing,
    Queued,
    Queueing,
    Urgency,
    Waiting,
    echoing,
    in_turn,
    postponed,
    queueing,
    silences,
)
from storage.sqlite.state import NO_DOSSIER, UNREADABLE, load, note, window_of
from storage.store import LONGEST_CLAIM, MOST_ECHOED, Claim, Decision, Due, Echo

LOGGER = logging.getLogger("shuping.storage")

ASIDE = int(Urgency.RETIREMENT)
"""From here on messages stand by themselves."""
LATER = ", ".join(str(int(urgency)) for urgency in Urgency if urgency is not Urgency.REMINDER)

WAITING = f"""
SELECT number, key, CAST(due AS REAL), CAST(attempts AS INTEGER), CAST(anew AS INTEGER), CAST(urgency AS INTEGER)
FROM outbox WHERE window = ? AND (urgency < {ASIDE} OR number = ? OR key IN (SELECT value FROM json_each(?)))
ORDER BY number
"""  # noqa: S608  # a number
"""To the rules a damaged row is one like others. Of what stands aside, hundreds may wait that are of no account."""
_OTHERS = f"""
SELECT windows.window AS other FROM sights JOIN windows ON windows.window = sights.window
WHERE sights.dossier = :dossier AND sights.window <> :window
AND substr(windows.window, 1, instr(windows.window || ':', ':') - 1) IN (SELECT value FROM json_each(:channels))
AND json_valid(data) AND NOT coalesce(json_extract(data, '$.blocked'), 0) AND {{which}}
ORDER BY windows.window LIMIT {MOST_ECHOED}
"""  # noqa: S608  # a number
HEARING = _OTHERS.format(which="1")
"""The other windows of a dossier that can be told of it."""
SHOWING = _OTHERS.format(which="front = :dossier AND json_extract(data, '$.card') IS NOT NULL")
"""Those of them in which it is to be seen."""
ECHOED = f"""
SELECT other, number, key, CAST(due AS REAL), CAST(attempts AS INTEGER), CAST(anew AS INTEGER), CAST(urgency AS INTEGER)
FROM ({SHOWING}) LEFT JOIN outbox ON outbox.window = other AND (urgency < {ASIDE} OR key = :key)
ORDER BY other, number
"""  # noqa: S608  # our own parts
"""The same, each with what the rules look at of what waits there."""
QUEUE = """
INSERT INTO outbox (window, dossier, key, reply, due, attempts, anew, urgency) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
DELETE = "DELETE FROM outbox WHERE number = ?"
KNOWN = "number = ? AND (window = ? OR dossier = ?)"
"""A message that was claimed, by whatever name its window goes by now."""
PRESENT = f"SELECT window FROM outbox WHERE {KNOWN}"  # noqa: S608  # a constant
ARRIVED = f"DELETE FROM outbox WHERE {KNOWN}"  # noqa: S608  # a constant
SILENCE = "DELETE FROM outbox WHERE window = ?"
CANCEL = "DELETE FROM outbox WHERE key = ? AND (window = ? OR dossier = ?)"
MOVE = "UPDATE outbox SET due = ?, attempts = ? WHERE number = ?"
DEFER = f"UPDATE outbox SET due = ?, attempts = 0 WHERE {KNOWN}"  # noqa: S608  # a constant
ADVANCE = f"UPDATE outbox SET part = ? WHERE {KNOWN}"  # noqa: S608  # a constant
HASTEN = f"UPDATE outbox SET due = ? WHERE urgency IN ({LATER}) AND due > ?"  # noqa: S608  # numbers
SEEN = "SELECT 1 FROM sights WHERE window = ? AND dossier = coalesce(?, dossier)"
SET_ASIDE = """
INSERT OR REPLACE INTO damaged (number, window, dossier, key, reply, due)
SELECT number, window, dossier, key, reply, due FROM outbox WHERE number = ?
"""
DAMAGED = "SELECT count(*) FROM damaged"
QUEUED = "SELECT number, window, dossier, key, reply, due, attempts, anew, urgency, part FROM outbox WHERE window = ?"
FIRST_DUE = f"{QUEUED} AND due <= ? AND (urgency >= {ASIDE}) = ? ORDER BY number LIMIT 1"
ALL = f"{QUEUED} ORDER BY number"
LONGEST_DUE = " UNION ALL ".join(
    f"SELECT * FROM (SELECT number, window, urgency, due FROM outbox WHERE urgency = {int(urgency)} AND due <= :now "  # noqa: S608  # constants
    "ORDER BY due LIMIT 8192)"
    for urgency in Urgency
)
"""By the index, since few are due of very many that wait; and not all, should very many be due at once."""
HEADS = f"""
SELECT window, urgency, min(due), min(number) FROM ({LONGEST_DUE}) AS longest
WHERE NOT EXISTS (
    SELECT 1 FROM claims WHERE claims.window = longest.window AND aside = (urgency >= {ASIDE})
    AND holder <> :holder AND until > :now
) AND (
    :channels IS NULL
    OR substr(window, 1, instr(window || ':', ':') - 1) IN (SELECT value FROM json_each(:channels))
)
GROUP BY window, urgency
"""  # noqa: S608  # constants
NEXT_DUE = "SELECT min(due) FROM ({})".format(  # noqa: S608  # constants
    " UNION ALL ".join(f"SELECT min(due) AS due FROM outbox WHERE urgency = {int(urgency)}" for urgency in Urgency)  # noqa: S608  # constants
)
"""By the index, urgency for urgency."""

CLAIM = """
INSERT INTO claims (window, aside, holder, until) VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE holder = excluded.holder OR until <= ?
"""
CLAIMED = "SELECT 1 FROM claims WHERE window = ? AND aside = ? AND holder = ? AND until > ?"
LEAVE = "DELETE FROM claims WHERE window = ? AND aside = ?"
LEAVE_IF_DONE = f"""
{LEAVE} AND holder = ? AND NOT EXISTS (
    SELECT 1 FROM outbox WHERE outbox.window = claims.window AND (urgency >= {ASIDE}) = aside AND due <= until
)
"""  # noqa: S608  # constants
OUTLAST = "DELETE FROM claims WHERE until > ?"
RENEW = "UPDATE claims SET until = ? WHERE holder = ?"
RELEASE = "DELETE FROM claims WHERE holder = ?"
HOLDERS = "SELECT DISTINCT holder FROM claims"


def decide(connection: sqlite3.Connection, window: str, dossier: str | None, decision: Decision) -> Queued | None:
    """What a decision takes out of the outbox, and what it adds; the first of the answers, if none waited before."""
    if decision.silenced:
        connection.execute(SILENCE, (window,))
    for key in decision.cancelled:
        connection.execute(CANCEL, (key, window, dossier))
    return put(connection, window, dossier, decision.outbox) if decision.outbox else None


def put(connection: sqlite3.Connection, window: str, dossier: str | None, outbox: Sequence[Outgoing]) -> Queued | None:
    """Queue messages; the first of the answers, if none waited before."""
    keys = [outgoing.key for outgoing in outbox if outgoing.key]
    waiting = _waiting(connection, window, keys=keys)
    changes = queueing(waiting, outbox)
    added = _carry_out(connection, window, dossier, changes)
    removed = set(changes.removed)
    if any(not one.aside and one.number not in removed for one in waiting):
        return None
    return next((queued for queued in added if not queued.urgency.aside), None)


def echo(connection: sqlite3.Connection, window: str, dossier: str, echo: Echo) -> bool:
    """Queue an echo for the windows of a dossier; whether there was any to be queued."""
    values, echoed = _told("" if echo.here else window, dossier, echo), False
    for other, rows in groupby(connection.execute(ECHOED, values).fetchall(), itemgetter(0)):
        waiting = [Waiting(*row[1:]) for row in rows if row[1] is not None]
        changes = echoing(waiting, echo.outgoing, echo.now)
        _carry_out(connection, other, dossier, changes)
        echoed = echoed or bool(changes.added)
    return echoed


def hearing(connection: sqlite3.Connection, window: str, dossier: str, echo: Echo) -> list[str]:
    """The other windows that can be told what becomes of a dossier."""
    return [other for (other,) in connection.execute(HEARING, _told(window, dossier, echo))]


def _told(window: str, dossier: str, echo: Echo) -> dict[str, str | None]:
    """Of which dossier, and who is not to be told."""
    channels = json.dumps(sorted(echo.channels))
    return {"dossier": dossier, "window": window, "channels": channels, "key": echo.outgoing.key}


def _carry_out(connection: sqlite3.Connection, window: str, dossier: str | None, changes: Queueing) -> list[Queued]:
    """What comes into the outbox."""
    for number in changes.removed:
        connection.execute(DELETE, (number,))
    return [_add(connection, window, dossier, added) for added in changes.added]


def _add(connection: sqlite3.Connection, window: str, dossier: str | None, added: Added) -> Queued:
    outgoing, due, held, anew = added
    values = (window, dossier, outgoing.key, outgoing.reply, due, held, anew, int(outgoing.urgency))
    number = connection.execute(QUEUE, values).lastrowid or 0
    moment = datetime.fromtimestamp(due, UTC)
    return Queued(number, window, dossier, outgoing.key, outgoing.reply, moment, int(held), anew, outgoing.urgency)


def _waiting(connection: sqlite3.Connection, window: str, number: int = 0, keys: Sequence[str] = ()) -> list[Waiting]:
    """What the rules look at: answers, the message of this number, and those of these keys."""
    return [Waiting(*row) for row in connection.execute(WAITING, (window, number, json.dumps(keys)))]


def _queued(
    number: int,
    window: str,
    dossier: str | None,
    key: str | None,
    reply: str,
    due: float,
    attempts: int,
    anew: int,
    urgency: int,
    part: int,
) -> Queued:
    """A row as a message. Raises one of `UNREADABLE` if it is damaged."""
    "".join((window, dossier or "", key or "", reply)).encode()
    moment, counts = datetime.fromtimestamp(due, UTC), (index(attempts), bool(anew), Urgency(urgency), index(part))
    return Queued(number, window, dossier, key, reply, moment, *counts)


def messages(connection: sqlite3.Connection, window: str) -> list[Queued]:
    """All that waits for a window, but for what is damaged."""
    found = []
    for row in connection.execute(ALL, (window,)).fetchall():
        try:
            found.append(_queued(*row))
        except UNREADABLE:
            continue
    return found


# claims


def take(
    connection: sqlite3.Connection, lane: Lane, claim: Claim, now: datetime, place: str, first: Due | None = None
) -> Due | None:
    """Claim a lane and give its first message, if there is one and nobody else has it; `first`, if it is known."""
    values = (*lane, claim.holder, claim.until.timestamp(), now.timestamp())
    if connection.execute(CLAIM, values).rowcount != 1:
        return None
    return first if first and first.queued.due <= now else _first(connection, lane, now, place)


def take_all(
    connection: sqlite3.Connection,
    claim: Claim,
    now: datetime,
    limit: int,
    place: str,
    channels: Collection[str] | None = None,
    besides: Container[Lane] = (),
) -> list[Due]:
    """Claim lanes with something due, the most urgent first; all but some, or those of these channels."""
    named = None if channels is None else json.dumps(sorted(channels))
    values = {"now": now.timestamp(), "holder": claim.holder, "channels": named}
    rows = connection.execute(HEADS, values).fetchall()
    found: list[Due] = []
    for head in in_turn(Head(*row) for row in rows):
        if len(found) == limit:
            break
        if head.lane in besides:
            limit -= 1
            continue
        try:
            due = take(connection, head.lane, claim, now, place)
        except UNREADABLE:  # not even whom it is for
            _complain(connection, head.number)
        else:
            found += [due] if due else []
    return found


def following(connection: sqlite3.Connection, lane: Lane, now: datetime, holder: str, place: str) -> Due | None:
    """The next message of a lane that the holder has; without one, the claim ends."""
    claimed = connection.execute(CLAIMED, (*lane, holder, now.timestamp())).fetchone()
    return _first(connection, lane, now, place) if claimed else None


def _first(connection: sqlite3.Connection, lane: Lane, now: datetime, place: str) -> Due | None:
    """The first message due in a claimed lane; without one, the claim ends."""
    while row := connection.execute(FIRST_DUE, (lane.window, now.timestamp(), lane.aside)).fetchone():
        try:
            message = _queued(*row)
            state = load(connection, lane.window, place, message.dossier or NO_DOSSIER)
        except (*UNREADABLE, DamagedRowError):
            _complain(connection, row[0])
        else:
            return Due(message, state)
    connection.execute(LEAVE, lane)
    return None


def _complain(connection: sqlite3.Connection, number: int) -> None:
    LOGGER.error("a message cannot be read and is set aside (outbox, number %d)", number)
    set_aside(connection, number)


# what becomes of a message


def known(message: Queued) -> tuple[int, str, str | None]:
    """What it is known again by (`KNOWN`)."""
    return message.number, message.window, message.dossier


def deliver(
    connection: sqlite3.Connection,
    message: Queued,
    card: str | None = None,
    owed: Outgoing | None = None,
    seen: CardRef | None = None,
) -> None:
    """A message leaves the outbox; what is owed for it comes, unless what it was about was deleted meanwhile."""
    waited = connection.execute(ARRIVED, known(message)).rowcount
    if card is not None:
        note(connection, message.window, "card", card)
    if seen is not None and waited:
        note(connection, message.window, "seen", seen)
    if owed is not None and (waited or connection.execute(SEEN, (message.window, message.dossier)).fetchone()):
        put(connection, message.window, message.dossier, (owed,))


class Confirmed(NamedTuple):
    """A message that has arrived; `left` is to be called if there is more in its lane."""

    message: Queued
    holder: str
    left: Callable[[], None]


def confirm(connection: sqlite3.Connection, confirmed: Iterable[Confirmed]) -> list[Confirmed]:
    """Messages that have arrived leave the outbox, and the claims on their lanes end; those whose lanes have more."""
    busy = []
    for one in confirmed:
        connection.execute(ARRIVED, known(one.message))
        if connection.execute(LEAVE_IF_DONE, (*one.message.lane, one.holder)).rowcount == 0:
            busy.append(one)
    return busy


def postpone(connection: sqlite3.Connection, message: Queued, until: datetime) -> None:
    """A message has to be sent again, and others wait with it."""
    for (window,) in connection.execute(PRESENT, known(message)).fetchall():
        for moved in postponed(_waiting(connection, window, message.number), message.number, until.timestamp()):
            connection.execute(MOVE, (moved.due, moved.attempts, moved.number))


def refused(connection: sqlite3.Connection, message: Queued, asked: datetime, place: str) -> bool:
    """Silence a window that takes no messages, and note it; false if the person has come back since it was asked."""
    window = window_of(connection, message.window, place)
    returned = window is not None and window.returned is not None and window.returned > asked
    moved = any(name != message.window for (name,) in connection.execute(PRESENT, known(message)))
    waiting = _waiting(connection, message.window, message.number)
    silenced = silences(waiting, message.number, returned=returned or moved)
    connection.execute(ARRIVED, known(message))
    if silenced:
        connection.execute(SILENCE, (message.window,))
        note(connection, message.window, "blocked", value=True)
    return silenced


def give_up(connection: sqlite3.Connection, message: Queued) -> None:
    """Nobody can make sense of a message."""
    if connection.execute(PRESENT, known(message)).fetchone():
        set_aside(connection, message.number)


def set_aside(connection: sqlite3.Connection, number: int) -> None:
    """Move a row out of everybody's way."""
    connection.execute(SET_ASIDE, (number,))
    connection.execute(DELETE, (number,))


def hasten(connection: sqlite3.Connection, now: datetime) -> None:
    """A clock was set back: nothing but reminders waits for it, and no claim outlasts it."""
    connection.execute(HASTEN, (now.timestamp(), now.timestamp()))
    connection.execute(OUTLAST, ((now + LONGEST_CLAIM).timestamp(),))
