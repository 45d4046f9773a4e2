"""Counting all that is stored, on a connection of its own: the one that writes goes on meanwhile.

One read transaction sees one moment. It keeps the write-ahead log from being emptied as long as it lasts, about a
second at 100,000 dossiers, and nothing else.
"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from storage.outbox import Urgency
from storage.stats import Depth, Sessions, Stats, Windows, summed

SESSIONS = """
SELECT phase, item, open, answered, count(*) FROM (
    SELECT json_extract(data, '$.phase') AS phase, json_extract(data, '$.item') AS item,
        json_extract(data, '$.finished_at') IS NULL AS open,
        (SELECT count(*) FROM json_each(data, '$.record.choices'))
            + (SELECT count(*) FROM json_each(data, '$.record.levels')) AS answered
    FROM sessions WHERE json_valid(data)
) WHERE typeof(phase) = 'text' GROUP BY phase, item, open, answered
"""
"""Few rows: a session stands at one of some dozens of items."""
GRADES = """
SELECT json_extract(data, '$.grade'), count(*) FROM assessments
WHERE number IN (SELECT max(number) FROM assessments GROUP BY dossier) AND json_valid(data)
AND json_type(data, '$.grade') = 'integer' GROUP BY 1
"""
WINDOWS = """
SELECT substr(window, 1, instr(window || ':', ':') - 1), count(*),
    sum(coalesce(json_extract(data, '$.blocked'), 0)), sum(NOT coalesce(json_extract(data, '$.reminders'), 1))
FROM windows WHERE json_valid(data) GROUP BY 1
"""
COUNT = "SELECT count(*) FROM outbox WHERE urgency = ?"
DUE = "SELECT count(*), min(due) FROM outbox WHERE urgency = ? AND due BETWEEN 0 AND ?"
"""Urgency for urgency, by the index."""
ASIDE = "SELECT count(*) FROM damaged"


def stats(path: str, now: datetime, busy_seconds: float) -> Stats:
    """Count. Raises sqlite3.Error."""
    address = f"{Path(path).absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=busy_seconds)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        connection.execute("BEGIN")
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
