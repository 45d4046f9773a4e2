"""The schema, step by step. A step never changes once released; each runs in one transaction with its record.

No process of an earlier version may run on the file meanwhile, nor afterwards: it does not look again.

The record is SQLite's own `user_version`; `application_id` tells our files from other people's.
"""

import sqlite3

from storage.errors import StorageError, Trouble

APPLICATION_ID = int.from_bytes(b"shup", "big")
COPYING_ID = int.from_bytes(b"shuc", "big")
"""In place of ours while a file is an unfinished copy, which no program may open, of whatever version it is."""
KIND = "(CASE WHEN json_valid(payload) THEN json_extract(payload, '$.kind') END)"
"""What a message of the outbox is; nothing for a damaged row."""

CARD = "(CASE WHEN json_valid(data) THEN json_extract(data, '$.card') END)"
"""The live card of how to reach somebody."""
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
        """,  # noqa: S608  # constants
        f"""
        UPDATE outbox SET key = 'report.json', payload = '{{"kind":"report","format":"json"}}'
        WHERE {KIND} = 'document'
        """,  # noqa: S608  # constants
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
    (
        # a firm is no longer a chat: every chat becomes a window with sight of one dossier
        """
        CREATE TABLE sights (
            number INTEGER PRIMARY KEY,
            window TEXT NOT NULL,
            dossier TEXT NOT NULL,
            UNIQUE (window, dossier)
        )
        """,
        "CREATE INDEX sights_of_dossier ON sights (dossier)",
        "INSERT INTO sights (window, dossier) SELECT chat, lower(hex(randomblob(16))) FROM sessions ORDER BY rowid",
        "ALTER TABLE contacts RENAME TO windows",
        "ALTER TABLE windows RENAME COLUMN chat TO window",
        "ALTER TABLE windows ADD COLUMN front TEXT",
        "INSERT OR IGNORE INTO windows (window, data) SELECT window, '{}' FROM sights",
        "UPDATE windows SET front = (SELECT dossier FROM sights WHERE sights.window = windows.window)",
        # a card is known by what its channel calls it
        f"UPDATE windows SET data = json_set(data, '$.card', CAST({CARD} AS TEXT)) WHERE typeof({CARD}) = 'integer'",  # noqa: S608  # constants
        "PRAGMA defer_foreign_keys = ON",
        "DELETE FROM log WHERE chat NOT IN (SELECT chat FROM sessions)",
        "DELETE FROM assessments WHERE chat NOT IN (SELECT chat FROM sessions)",
        *(
            statement
            for table in ("sessions", "log", "assessments")
            for statement in (
                f"ALTER TABLE {table} RENAME COLUMN chat TO dossier",
                f"UPDATE {table} SET dossier = (SELECT sights.dossier FROM sights WHERE window = {table}.dossier)",  # noqa: S608  # constants
            )
        ),
        "DROP INDEX log_of_chat",
        "CREATE INDEX log_of_dossier ON log (dossier)",
        "DROP INDEX assessments_of_chat",
        "CREATE INDEX assessments_of_dossier ON assessments (dossier)",
        # a message says what is meant, and is drawn when it is sent; a text that was drawn already is sent as it is
        "ALTER TABLE outbox ADD COLUMN dossier TEXT",
        "ALTER TABLE outbox ADD COLUMN part INTEGER NOT NULL DEFAULT 0",
        "UPDATE outbox SET dossier = (SELECT dossier FROM sights WHERE window = chat)",
        f"DELETE FROM outbox WHERE {KIND} IN ('card', 'reminder') AND dossier IS NULL",  # noqa: S608  # constants
        f"""
        UPDATE outbox SET key = 'recheck.' || dossier, payload = '{{"kind":"recheck"}}'
        WHERE {KIND} = 'text' AND key = 'recheck' AND dossier IS NOT NULL
        """,  # noqa: S608  # constants
        f"""
        UPDATE outbox SET payload = json_object('kind', 'prepared', 'message', json_extract(payload, '$.message'))
        WHERE {KIND} = 'text'
        """,  # noqa: S608  # constants
        f"""UPDATE outbox SET payload = '{{"kind":"card"}}' WHERE {KIND} = 'card'""",  # noqa: S608  # constants
        f"""
        UPDATE outbox SET key = 'file.' || json_extract(payload, '$.format'),
            payload = json_object('kind', 'file', 'format', json_extract(payload, '$.format'))
        WHERE {KIND} = 'report'
        """,  # noqa: S608  # constants
        f"""
        UPDATE outbox SET key = 'reminder.' || dossier, payload = (
            SELECT json_object('kind', 'reminder', 'session', id, 'revision', revision)
            FROM sessions WHERE sessions.dossier = outbox.dossier
        )
        WHERE {KIND} = 'reminder'
        """,  # noqa: S608  # constants
        f"""
        UPDATE outbox SET key = 'retire.' || json_extract(payload, '$.card'),
            payload = json_object('kind', 'retire', 'card', CAST(json_extract(payload, '$.card') AS TEXT))
        WHERE {KIND} = 'retirement'
        """,  # noqa: S608  # constants
        "ALTER TABLE outbox RENAME COLUMN chat TO window",
        "ALTER TABLE outbox RENAME COLUMN payload TO reply",
        "DROP INDEX outbox_of_chat",
        "CREATE INDEX outbox_of_window ON outbox (window)",
        "CREATE INDEX outbox_of_dossier ON outbox (dossier)",
        "ALTER TABLE damaged ADD COLUMN dossier TEXT",
        "UPDATE damaged SET dossier = (SELECT dossier FROM sights WHERE window = chat)",
        "ALTER TABLE damaged RENAME COLUMN chat TO window",
        "ALTER TABLE damaged RENAME COLUMN payload TO reply",
        "DROP INDEX damaged_of_chat",
        "CREATE INDEX damaged_of_window ON damaged (window)",
        "CREATE INDEX damaged_of_dossier ON damaged (dossier)",
        # channels count their updates each for itself
        "ALTER TABLE updates RENAME TO old_updates",
        """
        CREATE TABLE updates (
            channel TEXT NOT NULL,
            id INTEGER NOT NULL,
            seen REAL NOT NULL,
            PRIMARY KEY (channel, id)
        ) WITHOUT ROWID
        """,
        "INSERT INTO updates (channel, id, seen) SELECT 'telegram', id, seen FROM old_updates",
        "DROP TABLE old_updates",
        """
        CREATE TABLE claims (
            window TEXT NOT NULL,
            aside INTEGER NOT NULL,
            holder TEXT NOT NULL,
            until REAL NOT NULL,
            PRIMARY KEY (window, aside)
        ) WITHOUT ROWID
        """,
        "CREATE TABLE links (hash TEXT PRIMARY KEY, dossier TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID",
        "CREATE INDEX links_of_dossier ON links (dossier)",
        "DELETE FROM leases",
    ),
    (
        "ALTER TABLE links ADD COLUMN purpose TEXT NOT NULL DEFAULT 'window'",
        "ALTER TABLE links ADD COLUMN once INTEGER NOT NULL DEFAULT 1",
        # an echo comes before the buttons of old cards
        "UPDATE outbox SET urgency = urgency + 1 WHERE urgency >= 2 AND typeof(urgency) = 'integer'",
    ),
    (
        # from which window a link came, and a sight by it: it ends with the link of that window
        "ALTER TABLE links ADD COLUMN giver TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE sights ADD COLUMN giver TEXT NOT NULL DEFAULT ''",
    ),
    (
        # messages of the operator to very many, and who sent them
        """
        CREATE TABLE broadcasts (
            id TEXT PRIMARY KEY,
            by TEXT NOT NULL,
            channel TEXT NOT NULL,
            text TEXT NOT NULL,
            drafted REAL NOT NULL,
            progress TEXT NOT NULL DEFAULT 'draft',
            turn INTEGER,
            audience TEXT NOT NULL DEFAULT 'all',
            shown INTEGER NOT NULL DEFAULT 0,
            queued INTEGER NOT NULL DEFAULT 0,
            after TEXT NOT NULL DEFAULT ''
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE audit (
            number INTEGER PRIMARY KEY,
            at REAL NOT NULL,
            by TEXT NOT NULL,
            done TEXT NOT NULL,
            broadcast TEXT NOT NULL,
            digest TEXT NOT NULL,
            audience TEXT NOT NULL,
            count INTEGER NOT NULL
        )
        """,
    ),
    (
        # papers that were handed out, by their codes; the same one may be of several dossiers
        """
        CREATE TABLE issued (
            number INTEGER PRIMARY KEY,
            dossier TEXT NOT NULL REFERENCES sessions (dossier),
            code TEXT NOT NULL,
            session TEXT NOT NULL,
            face TEXT NOT NULL,
            at TEXT NOT NULL,
            UNIQUE (code, dossier)
        )
        """,
        "CREATE INDEX issued_of_dossier ON issued (dossier)",
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
        application = _pragma(connection, "application_id")
        ours = application == APPLICATION_ID
        empty = version == 0 and not _has_tables(connection)
        source = source_of(connection) if application == COPYING_ID else None
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    if source is not None:
        raise StorageError(Trouble.UNFINISHED, place, source)
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


def source_of(connection: sqlite3.Connection) -> str:
    """Of what a file is an unfinished copy."""
    (source,) = connection.execute("SELECT source FROM copying").fetchone()
    return str(source)


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
