"""Papers that were handed out."""

from datetime import UTC, datetime

from psycopg import AsyncConnection

from storage.issued import MOST_ISSUED, Issued
from storage.postgres.deletion import LOCK
from storage.postgres.state import reading

ISSUE = """
INSERT INTO shuping.issued (dossier, code, session, face, at)
SELECT dossier, %s, %s, %s, %s FROM shuping.sessions WHERE dossier = %s ON CONFLICT (code, dossier) DO NOTHING
"""
CUT = """
DELETE FROM shuping.issued WHERE dossier = %(dossier)s AND number <= (
    SELECT number FROM shuping.issued WHERE dossier = %(dossier)s ORDER BY number DESC LIMIT 1 OFFSET %(most)s
)
"""
STORED = "SELECT 1 FROM shuping.sessions WHERE dossier = %s"
FIND = "SELECT code, face::text, at, session FROM shuping.issued WHERE code = %s ORDER BY number LIMIT 1"
PAPERS = "SELECT code, face::text, at, session FROM shuping.issued WHERE dossier = %s ORDER BY number"


async def issue(connection: AsyncConnection, dossier: str, issued: Issued) -> bool:
    """Note a paper, and let the oldest of too many go, in a transaction; whether the dossier is stored."""
    await connection.execute(LOCK, ([dossier],))
    values = (issued.code, issued.session, issued.face, issued.at, dossier)
    if (await connection.execute(ISSUE, values)).rowcount:
        await connection.execute(CUT, {"dossier": dossier, "most": MOST_ISSUED})
        return True
    return await (await connection.execute(STORED, (dossier,))).fetchone() is not None


async def find(connection: AsyncConnection, code: str, place: str) -> Issued | None:
    """The paper with this code that was noted first. Raises DamagedRowError."""
    row = await (await connection.execute(FIND, (code,))).fetchone()
    with reading(place):
        return _issued(*row) if row else None


async def papers(connection: AsyncConnection, dossier: str, place: str) -> list[Issued]:
    """A dossier's papers, the oldest first. Raises DamagedRowError."""
    found = await (await connection.execute(PAPERS, (dossier,))).fetchall()
    with reading(place):
        return [_issued(*row) for row in found]


def _issued(code: str, face: str, at: datetime, session: str) -> Issued:
    return Issued(code, face, at.astimezone(UTC), session)
