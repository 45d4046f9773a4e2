"""A connection of its own for whoever counts over all that is stored, so that nobody who writes waits for it."""

import sqlite3
from pathlib import Path


def sound(column: str) -> str:
    """JSON, or nothing where it is damaged: conditions side by side are not looked at in their order."""
    return f"(CASE WHEN json_valid({column}) THEN {column} END)"


def reader(path: str, busy_seconds: float) -> sqlite3.Connection:
    """It can only read, and sees what one moment was like. Raises sqlite3.Error."""
    address = f"{Path(path).absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=busy_seconds)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    connection.execute("BEGIN")
    return connection
