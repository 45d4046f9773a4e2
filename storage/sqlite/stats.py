"""Counting all that is stored, on a connection of its own: the one that writes goes on meanwhile.

One read transaction sees one moment. It keeps the write-ahead log from being emptied as long as it lasts, about a
second at 100,000 dossiers, and nothing else.
"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

from storage.outbox import Urgency
from storage.sqlite.reading import reader, sound
from storage.stats import Depth, Sessions, Stats, Windows, summed

SESSIONS = f"""
SELECT phase, item, open, answered, count(*) FROM (
    SELECT json_extract(data, '$.phase') AS phase, json_extract(data, '$.item') AS item,
        json_extract(data, '$.finished_at') IS NULL AS open,
        (SELECT count(*) FROM json_each(data, '$.record.choices'))
            + (SELECT count(*) FROM json_each(data, '$.record.levels')) AS answered
    FROM (SELECT {sound("data")} AS data FROM sessions LIMIT -1)
) WHERE typeof(phase) = 'text' GROUP BY phase, item, open, answered
"""  # noqa: S608  # constants
"""Few rows: a session stands at one of some dozens of items. The limit keeps SQLite from reading each four times."""
GRADES = f"""
SELECT grade, count(*) FROM (
    SELECT json_extract({sound("data")}, '$.grade') AS grade FROM assessments
    WHERE number IN (SELECT max(number) FROM assessments GROUP BY dossier)
) WHERE typeof(grade) = 'integer' GROUP BY grade
"""  # noqa: S608  # constants
WINDOWS = f"""
SELECT substr(window, 1, instr(window || ':', ':') - 1), count(*),
    sum(coalesce(json_extract(data, '$.blocked'), 0)), sum(NOT coalesce(json_extract(data, '$.reminders'), 1))
FROM (SELECT window, {sound("data")} AS data FROM windows) WHERE data IS NOT NULL GROUP BY 1
"""  # noqa: S608  # constants
COUNT = "SELECT count(*) FROM outbox WHERE urgency = ?"
DUE = "SELECT count(*), min(due) FROM outbox WHERE urgency = ? AND due BETWEEN 0 AND ?"
"""Urgency for urgency, by the index."""
ASIDE = "SELECT count(*) FROM damaged"


def stats(path: str, now: datetime, busy_seconds: float) -> Stats:
    """Count. Raises sqlite3.Error."""
    with closing(reader(path, busy_seconds)) as connection:
        (aside,) = connection.execute(ASIDE).fetchone()
        return summed(
            now,
            [
                Sessions(str(phase), item, bool(open_), *counts)
                for phase, item, open_, *counts in connection.execute(SESSIONS)
            ],
            dict(connection.execute(GRADES)),
            [Windows(*row) for row in connection.execute(WINDOWS)],
            [_depth(connection, urgency, now) for urgency in Urgency],
            aside,
        )


def _depth(connection: sqlite3.Connection, urgency: Urgency, now: datetime) -> Depth:
    (count,) = connection.execute(COUNT, (urgency,)).fetchone()
    due, oldest = connection.execute(DUE, (urgency, now.timestamp())).fetchone()
    return Depth(urgency, count, due, None if oldest is None else datetime.fromtimestamp(oldest, UTC))
