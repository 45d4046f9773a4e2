"""Who does what only one process may."""

from psycopg import AsyncConnection

from storage.store import Lease

LEASE = "SELECT holder, beat FROM shuping.leases WHERE name = %s"
TAKE = "INSERT INTO shuping.leases (holder, beat, name) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
TAKE_OVER = "UPDATE shuping.leases SET holder = %s, beat = %s WHERE name = %s AND holder = %s AND beat = %s"
LET_GO = "DELETE FROM shuping.leases WHERE name = %s AND holder = %s AND beat = %s"


async def lease(connection: AsyncConnection, name: str) -> Lease | None:
    """Who holds a lease."""
    row = await (await connection.execute(LEASE, (name,))).fetchone()
    return Lease(*row) if row else None


async def hold(connection: AsyncConnection, name: str, holder: str, seen: Lease | None) -> Lease | None:
    """Take or keep a lease that is as it was seen."""
    mine = Lease(holder, seen.beat + 1 if seen else 0)
    values = (mine.holder, mine.beat, name)
    if seen is None:
        taken = await connection.execute(TAKE, values)
    else:
        taken = await connection.execute(TAKE_OVER, (*values, seen.holder, seen.beat))
    return mine if taken.rowcount == 1 else None
