"""The outbox, and who has claimed what of it: rows are read, and what the rules of `storage.outbox` say is written."""

import logging
from collections.abc import Callable, Collection, Container, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from psycopg import AsyncConnection
from pydantic_core import to_json

from flows.session import CardRef
from storage.errors import DamagedRowError
from storage.outbox import (
    Added,
    Lane,
    Outgoing,
    Queued,
    Urgency,
    Waiting,
    postponed,
    queueing,
    silences,
)
from storage.postgres.horizon import Horizon, Since
from storage.postgres.state import reading, state_of
from storage.store import FORM, LONGEST_CLAIM, MOST_ECHOED, Claim, Due, Echo

LOGGER = logging.getLogger("shuping.storage")

Marked = tuple[Waiting, str | None]
"""What the rules look at, and the dossier that it is about."""

WAITING = """
SELECT number, key, extract(epoch FROM due)::float8, attempts, anew, urgency
FROM shuping.outbox WHERE window_name = %s ORDER BY number
"""
_OTHERS = """
SELECT windows.window_name FROM shuping.sights JOIN shuping.windows USING (window_name)
WHERE sights.dossier = %(dossier)s AND window_name <> %(window)s
AND split_part(window_name, ':', 1) = ANY (%(channels)s) AND NOT coalesce((data->>'blocked')::boolean, false)
AND {which}
ORDER BY window_name COLLATE "C" LIMIT %(most)s
"""
HEARING = _OTHERS.format(which="true")
"""The other windows of a dossier that can be told of it."""
SHOWING = _OTHERS.format(which="front = %(dossier)s AND data->>'card' IS NOT NULL")
"""Those of them in which it is to be seen."""
WAITING_IN = """
SELECT window_name, number, key, extract(epoch FROM due)::float8, attempts, anew, urgency, dossier
FROM unnest(%s::text[]) WITH ORDINALITY AS other (window_name, place) LEFT JOIN shuping.outbox USING (window_name)
ORDER BY place, number
"""
"""What waits in these windows; a row without number for one in which nothing does."""
MESSAGES = """
SELECT number, window_name, dossier, key, reply, due, attempts, anew, urgency, part
FROM shuping.outbox WHERE window_name = %s ORDER BY number
"""
HEADS = "SELECT * FROM shuping.heads(%s, %s, %s, %s, %s, %s)"
TAKE = "SELECT * FROM shuping.take(%s, %s, %s, %s, %s, %s)"
FOLLOWING = "SELECT * FROM shuping.following(%s, %s, %s, %s, %s)"
DELIVERED = "SELECT * FROM shuping.delivered(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
LEAVE = "SELECT shuping.leave(%s, %s, %s, %s, %s)"
UNCLAIM = "DELETE FROM shuping.claims WHERE window_name = %s AND aside = %s AND holder = %s"
QUEUE = "SELECT shuping.queue(%s, %s)"
LOCK = "SELECT shuping.hold_all(%s)"
DELETE = "DELETE FROM shuping.outbox WHERE number = ANY (%s) AND window_name = %s"
KNOWN = "number = %s AND (window_name = %s OR dossier = %s)"
"""A message that was claimed, by whatever name its window goes by now."""
PRESENT = f"SELECT window_name FROM shuping.outbox WHERE {KNOWN}"  # noqa: S608  # a constant
SILENCE = "DELETE FROM shuping.outbox WHERE window_name = %s"
MOVE = "UPDATE shuping.outbox SET due = %s, attempts = %s WHERE number = %s AND window_name = %s"
DEFER = f"UPDATE shuping.outbox SET due = %s, attempts = 0 WHERE {KNOWN}"  # noqa: S608  # a constant
ADVANCE = f"UPDATE shuping.outbox SET part = %s WHERE {KNOWN}"  # noqa: S608  # a constant
HASTEN = "UPDATE shuping.outbox SET due = %s WHERE urgency <> %s AND due > %s"
OUTLAST = "DELETE FROM shuping.claims WHERE until > %s"
SIGHT = "SELECT 1 FROM shuping.sights WHERE window_name = %s AND dossier = coalesce(%s, dossier) LIMIT 1"
RETURNED = "SELECT (data->>'returned')::timestamptz FROM shuping.windows WHERE window_name = %s"
BLOCK = """UPDATE shuping.windows SET data = data || '{"blocked": true}' WHERE window_name = %s"""
SET_ASIDE = """
INSERT INTO shuping.damaged (number, window_name, dossier, key, reply, due)
SELECT number, window_name, dossier, key, reply, due FROM shuping.outbox
WHERE number = %s AND window_name = %s
ON CONFLICT DO NOTHING
"""
DAMAGED = "SELECT count(*) FROM shuping.damaged"
FIRSTS = """
SELECT first, statement_timestamp() FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS known (since, place)
LEFT JOIN LATERAL (
    SELECT due AS first FROM shuping.outbox WHERE urgency = place - 1 AND due >= since ORDER BY due LIMIT 1
) AS firsts ON true ORDER BY place
"""
"""Of each urgency, when the first message falls due that waits; and when this was asked."""
CONFIRM = "SELECT shuping.confirm(%s, %s, %s, %s, %s)"
_MINE = """
WITH mine AS MATERIALIZED (
    SELECT window_name, aside FROM shuping.claims WHERE holder = %(holder)s ORDER BY window_name, aside FOR UPDATE
)
"""
"""Claims are locked in the one order in which everybody takes several."""
RENEW = f"""{_MINE}
UPDATE shuping.claims SET until = %(until)s
FROM mine WHERE claims.window_name = mine.window_name AND claims.aside = mine.aside AND holder = %(holder)s
"""  # noqa: S608  # constants
RELEASE = f"""{_MINE}
DELETE FROM shuping.claims USING mine
WHERE claims.window_name = mine.window_name AND claims.aside = mine.aside AND holder = %(holder)s
"""  # noqa: S608  # constants
HOLDERS = "SELECT DISTINCT holder FROM shuping.claims"


# what is written


def row_of(window: str, dossier: str | None, added: Added) -> dict[str, Any]:
    """What comes into the outbox, for `shuping.queue`."""
    outgoing, due, held, anew = added
    return {
        "window_name": window,
        "dossier": dossier,
        "key": outgoing.key,
        "reply": outgoing.reply,
        "due": datetime.fromtimestamp(due, UTC),
        "attempts": int(held),
        "anew": anew,
        "urgency": int(outgoing.urgency),
    }


async def put(connection: AsyncConnection, window: str, dossier: str | None, outbox: Sequence[Outgoing]) -> None:
    """Queue messages; the window is locked."""
    changes = queueing(await waiting(connection, window), outbox)
    await connection.execute(DELETE, (changes.removed, window))
    added = to_json([row_of(window, dossier, one) for one in changes.added]).decode()
    await connection.execute(QUEUE, (added, FORM))


async def waiting(connection: AsyncConnection, window: str) -> list[Waiting]:
    """What the rules look at."""
    return [Waiting(*row) for row in await (await connection.execute(WAITING, (window,))).fetchall()]


async def hearing(connection: AsyncConnection, window: str, dossier: str, echo: Echo) -> list[str]:
    """The other windows that can be told what becomes of a dossier."""
    return await _others(connection, HEARING, window, dossier, echo)


async def showing(connection: AsyncConnection, window: str, dossier: str, echo: Echo) -> list[tuple[str, list[Marked]]]:
    """The other windows in which a dossier is to be seen and is to be told of, each with what waits there."""
    return await waiting_in(connection, await _others(connection, SHOWING, window, dossier, echo))


async def waiting_in(connection: AsyncConnection, windows: Sequence[str]) -> list[tuple[str, list[Marked]]]:
    """What waits in each of these windows."""
    found: dict[str, list[Marked]] = {window: [] for window in windows}
    if windows:
        for window, *row, dossier in await (await connection.execute(WAITING_IN, (list(windows),))).fetchall():
            found[window] += [(Waiting(*row), dossier)] if row[0] is not None else []
    return list(found.items())


async def _others(connection: AsyncConnection, query: str, window: str, dossier: str, echo: Echo) -> list[str]:
    values = {"dossier": dossier, "window": window, "channels": sorted(echo.channels), "most": MOST_ECHOED}
    return [other for (other,) in await (await connection.execute(query, values)).fetchall()]


# what is read


def queued_of(
    number: int,
    window: str,
    dossier: str | None,
    key: str | None,
    reply: str,
    due: datetime,
    attempts: int,
    anew: bool,
    urgency: int,
    part: int,
) -> Queued:
    """A row as a message. Raises ValueError for an urgency that we do not know."""
    moment = due.astimezone(UTC)
    return Queued(number, window, dossier, key, reply, moment, attempts, anew, Urgency(urgency), part)


async def messages(connection: AsyncConnection, window: str) -> list[Queued]:
    """All that waits for a window."""
    return [queued_of(*row) for row in await (await connection.execute(MESSAGES, (window,))).fetchall()]


# claims


async def take_all(
    connection: AsyncConnection,
    claim: Claim,
    now: datetime,
    since: Since,
    limit: int,
    place: str,
    channels: Collection[str] | None = None,
    besides: Container[Lane] = (),
) -> list[Due]:
    """Claim lanes with something due, the most urgent first; all but some, or those of these channels."""
    named = None if channels is None else sorted(channels)
    values = (claim.holder, now, since, limit, named, FORM)
    heads = await (await connection.execute(HEADS, values)).fetchall()
    lanes = [lane for row in heads if (lane := Lane(*row)) not in besides]
    if not lanes:
        return []
    found = {due.queued.lane: due for due in await take(connection, lanes, claim, now, place)}
    return [found[lane] for lane in lanes if lane in found]


async def take(
    connection: AsyncConnection, lanes: Sequence[Lane], claim: Claim, now: datetime, place: str
) -> list[Due]:
    """Claim these lanes, and give the first message of each that nobody else has."""
    names, asides = [lane.window for lane in lanes], [lane.aside for lane in lanes]
    values = (claim.holder, claim.until, now, FORM, names, asides)
    found: list[Due] = []
    for row in await (await connection.execute(TAKE, values)).fetchall():
        found += await _due(connection, row, claim.holder, now, place)
    return found


async def following(connection: AsyncConnection, lane: Lane, now: datetime, holder: str, place: str) -> Due | None:
    """The next message of a lane that the holder has; without one, the claim ends."""
    row = await (await connection.execute(FOLLOWING, (holder, now, FORM, *lane))).fetchone()
    found = await _due(connection, row, holder, now, place) if row else []
    return found[0] if found else None


async def _due(connection: AsyncConnection, row: tuple[Any, ...], holder: str, now: datetime, place: str) -> list[Due]:
    """The message of a claimed lane; none if a newer program has to send it. What is damaged is set aside."""
    *message, data, front, session, dossiers, shared, form = row
    number, window, urgency = message[0], message[1], message[8]
    lane = Lane(window, urgency >= Urgency.RETIREMENT)
    if form > FORM:
        await connection.execute(UNCLAIM, (*lane, holder))
        return []
    try:
        with reading(place):
            return [Due(queued_of(*message), state_of(data, front, session, dossiers, shared=shared))]
    except DamagedRowError:
        LOGGER.error("a message cannot be read and is set aside (outbox, number %d)", number)  # noqa: TRY400  # a sentence, not a traceback
        await set_aside(connection, number, window)
        next_one = await following(connection, lane, now, holder, place)
        return [next_one] if next_one else []


async def next_due(connection: AsyncConnection, horizon: Horizon) -> datetime | None:
    """When the first message falls due; the next look begins there."""
    since = horizon.since
    rows = await (await connection.execute(FIRSTS, (since,))).fetchall()
    firsts = [first and first.astimezone(UTC) for first, _ in rows]
    horizon.looked(since, firsts, rows[0][1])
    return min(filter(None, firsts), default=None)


# what becomes of a message


def known(message: Queued) -> tuple[int, str, str | None]:
    """What it is known again by (`KNOWN`)."""
    return message.number, message.window, message.dossier


async def deliver(
    connection: AsyncConnection,
    message: Queued,
    now: datetime,
    holder: str,
    place: str,
    card: str | None,
    seen: CardRef | None,
) -> Due | None:
    """A message leaves the outbox, and what its window shows is noted; what follows."""
    noted = _noted(card, seen)
    values = (message.number, message.window, message.dossier, *noted, holder, now, FORM, message.lane.aside)
    row = await (await connection.execute(DELIVERED, values)).fetchone()
    found = await _due(connection, row, holder, now, place) if row else []
    return found[0] if found else None


async def leave(
    connection: AsyncConnection, message: Queued, owed: Outgoing, card: str | None, seen: CardRef | None
) -> None:
    """The same; and what is owed for it comes, unless what it was about was deleted meanwhile. In a transaction."""
    await connection.execute(LOCK, ([message.window],))
    values = (message.number, message.window, message.dossier, *_noted(card, seen))
    row = await (await connection.execute(LEAVE, values)).fetchone()
    waited = bool(row and row[0])
    sight = await connection.execute(SIGHT, (message.window, message.dossier))
    if waited or await sight.fetchone():
        await put(connection, message.window, message.dossier, (owed,))


def _noted(card: str | None, seen: CardRef | None) -> tuple[str | None, str | None]:
    """Both as JSON."""
    card_text, seen_text = (None if value is None else to_json(value).decode() for value in (card, seen))
    return card_text, seen_text


async def postpone(connection: AsyncConnection, message: Queued, until: datetime) -> None:
    """A message has to be sent again, and others wait with it. In a transaction."""
    window = await _locked(connection, message)
    for moved in postponed(await waiting(connection, window), message.number, until.timestamp()):
        due = datetime.fromtimestamp(moved.due, UTC)
        await connection.execute(MOVE, (due, moved.attempts, moved.number, window))


async def refused(connection: AsyncConnection, message: Queued, asked: datetime) -> bool:
    """Silence a window that takes no messages, and note it; false if the person has come back. In a transaction."""
    window = await _locked(connection, message)
    row = await (await connection.execute(RETURNED, (message.window,))).fetchone()
    returned = (row is not None and row[0] is not None and row[0] > asked) or window != message.window
    silenced = silences(await waiting(connection, message.window), message.number, returned=returned)
    await connection.execute(DELETE, ([message.number], window))
    if silenced:
        await connection.execute(SILENCE, (message.window,))
        await connection.execute(BLOCK, (message.window,))
    return silenced


async def _locked(connection: AsyncConnection, message: Queued) -> str:
    """What a message's window is called by now, or was, if the message is gone; it is locked under both names."""
    window = None
    while True:
        row = await (await connection.execute(PRESENT, known(message))).fetchone()
        present: str = row[0] if row else message.window
        if present == window:
            return present
        window = present
        await connection.execute(LOCK, ([message.window, window],))


async def give_up(connection: AsyncConnection, message: Queued) -> None:
    """Nobody can make sense of a message. In a transaction."""
    await set_aside(connection, message.number, await _locked(connection, message))


async def set_aside(connection: AsyncConnection, number: int, window: str) -> None:
    """Move a row out of everybody's way."""
    async with connection.transaction():
        await connection.execute(SET_ASIDE, (number, window))
        await connection.execute(DELETE, ([number], window))


async def hasten(connection: AsyncConnection, now: datetime) -> None:
    """A clock was set back: nothing but reminders waits for it, and no claim outlasts it. In a transaction."""
    await connection.execute(HASTEN, (now, int(Urgency.REMINDER), now))
    await connection.execute(OUTLAST, (now + LONGEST_CLAIM,))


async def renew(connection: AsyncConnection, claim: Claim) -> None:
    """All claims of the holder hold until then."""
    await connection.execute(RENEW.encode(), {"until": claim.until, "holder": claim.holder})


async def release(connection: AsyncConnection, holder: str) -> None:
    """All claims of a holder end."""
    await connection.execute(RELEASE.encode(), {"holder": holder})


class Confirmed(NamedTuple):
    """A message that has arrived; `left` is to be called if there is more in its lane."""

    queued: Queued
    holder: str
    left: Callable[[], None]


async def confirm(connection: AsyncConnection, confirmed: Sequence[Confirmed]) -> list[int]:
    """Messages that have arrived leave the outbox, and the claims on their lanes end; the places of those that stay."""
    values = (
        [one.queued.number for one in confirmed],
        [one.queued.window for one in confirmed],
        [one.queued.dossier for one in confirmed],
        [one.queued.lane.aside for one in confirmed],
        [one.holder for one in confirmed],
    )
    row = await (await connection.execute(CONFIRM, values)).fetchone()
    return [place - 1 for place in (row and row[0]) or ()]
