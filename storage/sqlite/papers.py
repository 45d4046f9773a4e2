"""Papers that were handed out."""

import sqlite3
from datetime import datetime

from storage.issued import MOST_ISSUED, Issued
from storage.sqlite.state import reading

ISSUE = """
INSERT INTO issued (dossier, code, session, face, at)
SELECT dossier, ?, ?, ?, ? FROM sessions WHERE dossier = ? ON CONFLICT (code, dossier) DO NOTHING
"""
CUT = """
DELETE FROM issued WHERE dossier = ?
AND number <= (SELECT number FROM issued WHERE dossier = ? ORDER BY number DESC LIMIT 1 OFFSET ?)
"""
STORED = "SELECT 1 FROM sessions WHERE dossier = ?"
FIND = "SELECT code, face, at, session FROM issued WHERE code = ? ORDER BY number LIMIT 1"
PAPERS = "SELECT code, face, at, session FROM issued WHERE dossier = ? ORDER BY number"


def issue(connection: sqlite3.Connection, dossier: str, issued: Issued) -> bool:
    """Note a paper, and let the oldest of too many go; whether the dossier is stored."""
    values = (issued.code, issued.session, issued.face, issued.at.isoformat(), dossier)
    if connection.execute(ISSUE, values).rowcount:
        connection.execute(CUT, (dossier, dossier, MOST_ISSUED))
        return True
    return connection.execute(STORED, (dossier,)).fetchone() is not None


def find(connection: sqlite3.Connection, code: str, place: str) -> Issued | None:
    """The paper with this code that was noted first. Raises DamagedRowError."""
    row = connection.execute(FIND, (code,)).fetchone()
    with reading(place):
        return _issued(*row) if row else None


def papers(connection: sqlite3.Connection, dossier: str, place: str) -> list[Issued]:
    """A dossier's papers, the oldest first. Raises DamagedRowError."""
    found = connection.execute(PAPERS, (dossier,))
    with reading(place):
        return [_issued(*row) for row in found]


def _issued(code: str, face: str, at: str, session: str) -> Issued:
    return Issued(code, face, datetime.fromisoformat(at), session)
