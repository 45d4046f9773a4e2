"""The schema, step by step. A step never changes once released; each runs in one transaction with its record.

The record is SQLite's own `user_version`; `application_id` tells our files from other people's.
"""

import sqlite3

from storage.errors import StorageError, Trouble

APPLICATION_ID = int.from_bytes(b"shup", "big")
KIND = "(CASE WHEN json_valid(payload) THEN json_extract(payload, '$.kind') END)"
"""What a message of the outbox is; nothing for a damaged row."""

OVERWRITES = 4
"""From this version on, deleted rows are overwritten where they stood."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE sessions (
            chat TEXT PRIMARY KEY,
            id TEXT NOT NULL,
            revision INTEGER NOT NULL,
            data TEXT NOT NULL,
            updated_at TEXT NOT NULL
        )
        """,
        """
        CREATE TABLE log (
            number INTEGER PRIMARY KEY,
            chat TEXT NOT NULL REFERENCES sessions (chat),
            session TEXT NOT NULL,
            kind TEXT NOT NULL,
            item TEXT NOT NULL,
            before TEXT,
            after TEXT,
            at TEXT NOT NULL,
            by TEXT NOT NULL
        )
        """,
        "CREATE INDEX log_of_chat ON log (chat)",
        """
        CREATE TABLE assessments (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            chat TEXT NOT NULL REFERENCES sessions (chat),
            finished_at TEXT NOT NULL,
            data TEXT NOT NULL
        )
        """,
        "CREATE INDEX assessments_of_chat ON assessments (chat)",
        f"PRAGMA application_id = {APPLICATION_ID}",
    ),
    (
        "CREATE TABLE contacts (chat TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID",
        """
        CREATE TABLE outbox (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            chat TEXT NOT NULL,
            key TEXT,
            payload TEXT NOT NULL,
            due REAL NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0
        )
        """,
        "CREATE INDEX outbox_of_chat ON outbox (chat)",
        "CREATE INDEX outbox_by_due ON outbox (due)",
        "CREATE TABLE updates (id INTEGER PRIMARY KEY, seen REAL NOT NULL)",
    ),
    (
        "ALTER TABLE outbox ADD COLUMN anew INTEGER NOT NULL DEFAULT 0",
        "UPDATE outbox SET anew = 1 WHERE json_extract(payload, '$.edit') = 0",
    ),
    (
        "ALTER TABLE outbox ADD COLUMN urgency INTEGER NOT NULL DEFAULT 0",
        f"UPDATE outbox SET urgency = 4 WHERE {KIND} IN ('report', 'document')",  # noqa: S608  # our own part
        "UPDATE outbox SET urgency = 3 WHERE key IN ('reminder', 'recheck')",
        # an export was a whole file in its row, the exports before it included; now a file is wanted, not stored
        f"""
        DELETE FROM outbox WHERE {KIND} = 'document'
        AND number NOT IN (SELECT max(number) FROM outbox WHERE {KIND} = 'document' GROUP BY chat)
        """,  # noqa: S608
        f"""
        UPDATE outbox SET key = 'report.json', payload = '{{"kind":"report","format":"json"}}'
        WHERE {KIND} = 'document'
        """,  # noqa: S608
        "DROP INDEX outbox_by_due",
        "CREATE INDEX outbox_by_urgency ON outbox (urgency, due, chat)",
        """
        CREATE TABLE damaged (
            number INTEGER PRIMARY KEY,
            chat TEXT NOT NULL,
            key TEXT,
            payload BLOB,
            due REAL
        )
        """,
        "CREATE INDEX damaged_of_chat ON damaged (chat)",
        "CREATE TABLE marks (name TEXT PRIMARY KEY) WITHOUT ROWID",
        "CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, beat INTEGER NOT NULL) WITHOUT ROWID",
    ),
)


def migrate(connection: sqlite3.Connection, place: str) -> None:
    """Bring a database up to date, unless `version_of` refuses it.

    Versions that did not overwrite what they deleted left it in free pages: such a file is written anew, once.
    """
    version = version_of(connection, place)
    if 0 < version < OVERWRITES:
        connection.execute("VACUUM")
    for number in range(version + 1, len(MIGRATIONS) + 1):
        _run(connection, number)


def version_of(connection: sqlite3.Connection, place: str) -> int:
    """The schema's version; a database that is newer than this program, or is not ours, is refused untouched.

    All is read in one transaction, since another process may just be making the schema.
    """
    connection.execute("BEGIN")
    try:
        version = _pragma(connection, "user_version")
        ours = _pragma(connection, "application_id") == APPLICATION_ID
        empty = version == 0 and not _has_tables(connection)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    if not (ours or empty):
        raise StorageError(Trouble.NOT_OURS, place)
    if version > len(MIGRATIONS):
        raise StorageError(Trouble.NEWER, place, f"{version} > {len(MIGRATIONS)}")
    return version


def _run(connection: sqlite3.Connection, number: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _pragma(connection, "user_version") < number:  # another process may have been faster
            for statement in MIGRATIONS[number - 1]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
