"""Counting all that is stored: by the columns alone, so that no session is read."""

from datetime import UTC, datetime
from typing import Any

from psycopg import AsyncConnection

from storage.outbox import Urgency
from storage.stats import Depth, Sessions, Stats, Windows, summed

SESSIONS = """
SELECT phase, item, finished_at IS NULL, answered, count(*) FROM shuping.sessions GROUP BY 1, 2, 3, 4
"""
GRADES = """
SELECT grade, count(*) FROM (
    SELECT DISTINCT ON (dossier) grade FROM shuping.assessments ORDER BY dossier, number DESC
) AS newest WHERE grade IS NOT NULL GROUP BY 1
"""
WINDOWS = """
SELECT split_part(window_name, ':', 1), count(*),
    count(*) FILTER (WHERE (data->>'blocked')::boolean), count(*) FILTER (WHERE NOT (data->>'reminders')::boolean)
FROM shuping.windows GROUP BY 1
"""
OUTBOX = """
SELECT urgency, count(*), count(*) FILTER (WHERE due <= %(now)s), min(due) FILTER (WHERE due <= %(now)s)
FROM shuping.outbox WHERE urgency = ANY (%(known)s) GROUP BY 1
"""
ASIDE = "SELECT count(*) FROM shuping.damaged"


async def stats(connection: AsyncConnection, now: datetime) -> Stats:
    """Count. In a transaction that sees one moment."""
    ((aside,),) = await _rows(connection, ASIDE)
    outbox = await _rows(connection, OUTBOX, {"now": now, "known": [int(urgency) for urgency in Urgency]})
    return summed(
        now,
        [Sessions(*row) for row in await _rows(connection, SESSIONS)],
        dict(await _rows(connection, GRADES)),
        [Windows(*row) for row in await _rows(connection, WINDOWS)],
        [_depth(*row) for row in outbox],
        aside,
    )


def _depth(urgency: int, count: int, due: int, oldest: datetime | None) -> Depth:
    return Depth(Urgency(urgency), count, due, oldest and oldest.astimezone(UTC))


async def _rows(connection: AsyncConnection, statement: str, values: dict[str, Any] | None = None) -> list[Any]:
    return await (await connection.execute(statement.encode(), values)).fetchall()
