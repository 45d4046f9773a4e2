"""Databases of PostgreSQL for the scale benchmark: as many firms as are asked for, written by the server itself."""

from datetime import datetime

import psycopg

from bench.storage_speed import LATER, LINE, NOW, SESSION, TEXT
from bench.walk import full_walk
from bot.dialogue.replies import Reminder, written
from tests.postgres import SUPERUSER, Server

SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "4GB", "min_wal_size": "512MB", "jit": "off"}
"""A small server's; all that makes commits safe is as it comes."""
REMINDER = written(Reminder(SESSION.id, SESSION.revision))
FIRM = """
INSERT INTO shuping.windows (window_name, front, data, form)
SELECT {window}, lpad(to_hex(n), 32, '0'), '{{}}', 1 FROM generate_series(0, {count} - 1) AS n;
INSERT INTO shuping.sights (window_name, dossier)
SELECT {window}, lpad(to_hex(n), 32, '0') FROM generate_series(0, {count} - 1) AS n;
INSERT INTO shuping.sessions (dossier, id, revision, phase, item, answered, data, updated_at, form)
SELECT lpad(to_hex(n), 32, '0'), {id}, {revision}, {phase}, {item}, 20, {data}, {now}, 1
FROM generate_series(0, {count} - 1) AS n;
INSERT INTO shuping.outbox (window_name, dossier, key, reply, due, urgency, form)
SELECT {window}, lpad(to_hex(n), 32, '0'), 'reminder.' || lpad(to_hex(n), 32, '0'), {reminder}, {due}, 4, 1
FROM generate_series(0, {count} - 1) AS n;
"""
TERMINAL = "'terminal:' || lpad(n::text, 7, '0')"
TELEGRAM = "'telegram:' || 5000000001 + n"
"""The people of the Bot API that the tests have, from the first on."""
PAST = """
INSERT INTO shuping.log (dossier, session, kind, item, before, after, at, by)
SELECT lpad(to_hex(n), 32, '0'), {id}, 'recorded', 'q1', '["B"]', '["B", "C"]', {now}, '5000000001'
FROM generate_series(0, {count} - 1) AS n, generate_series(1, {lines}) AS line;
INSERT INTO shuping.assessments (id, dossier, finished_at, data)
SELECT lpad(to_hex(n), 32, '0'), lpad(to_hex(n), 32, '0'), {now}, {data} FROM generate_series(0, {count} - 1) AS n;
INSERT INTO shuping.updates (channel, id, seen)
SELECT 'telegram', n, {now} FROM generate_series(1, {count} * {updates}) AS n;
"""
SIZES = """
SELECT relname, pg_total_relation_size(oid) FROM pg_class
WHERE relnamespace = 'shuping'::regnamespace AND relkind = 'r'
"""


def fill(server: Server, url: str, firms: int, window: str = TERMINAL, due: datetime = LATER) -> None:
    """So many firms in the middle of their answers, each with a window and a reminder for later."""
    data = {"id": SESSION.id, "revision": SESSION.revision, "phase": str(SESSION.phase), "item": SESSION.item}
    data |= {"data": TEXT, "now": NOW, "count": firms, "reminder": REMINDER, "due": due}
    _run(url, FIRM, window, data)
    settle(server, url)


def fill_past(url: str, firms: int, lines: int, updates: int) -> None:
    """What an assessment leaves of each: its log, and what was finished."""
    finished = full_walk()[-1][0].model_dump_json()
    _run(
        url,
        PAST,
        "",
        {"id": LINE.session, "now": NOW, "count": firms, "lines": lines, "updates": updates, "data": finished},
    )


def _run(url: str, statements: str, window: str, values: dict[str, object]) -> None:
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET synchronous_commit = off")
        named = {name: f"%({name})s" for name in values}
        connection.execute(statements.format(window=window, **named).encode(), values)


def settle(server: Server, url: str) -> None:
    """Nothing of what was written is left to be done while somebody measures."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    with psycopg.connect(server.url(SUPERUSER, user=SUPERUSER), autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def sizes(url: str) -> dict[str, int]:
    """Bytes of each table on disk, with its indexes."""
    with psycopg.connect(url) as connection:
        return dict(connection.execute(SIZES).fetchall())
