"""Turns that all processes share, by the clock of the server: a bucket that fills by so many a second."""

from psycopg import AsyncConnection

DRAW = """
WITH present AS (
    SELECT name, tokens, at, clock_timestamp() AS now, set_config('synchronous_commit', 'off', true)
    FROM shuping.rates WHERE name = %(name)s FOR UPDATE
), filled AS (
    SELECT name, now, least(
        greatest(%(rate)s, 1), tokens + %(rate)s * greatest(0, extract(epoch FROM now - at)::float8)
    ) AS tokens
    FROM present
), drawn AS (
    SELECT name, now, tokens, least(%(count)s, greatest(0, floor(tokens - %(kept)s))) AS count FROM filled
)
UPDATE shuping.rates SET tokens = drawn.tokens - drawn.count, at = drawn.now
FROM drawn WHERE rates.name = drawn.name
RETURNING drawn.count::integer
"""
"""Whoever comes at the same moment waits for the row, and reads it, and the clock, after that. It need not be on disk:
after a crash of the server, a second's worth may be given away once more. A clock that has been set back, or that of
another server, which has taken over, takes nothing away."""
FULL = """
INSERT INTO shuping.rates (name, tokens, at) VALUES (%(name)s, greatest(%(rate)s, 1), clock_timestamp())
ON CONFLICT DO NOTHING
"""
CLOCK = "SELECT clock_timestamp()"


async def draw(connection: AsyncConnection, name: str, count: int, rate: float, kept: int) -> int:
    """Take up to so many turns, and leave the last `kept`; how many there were."""
    values = {"name": name, "count": float(count), "rate": float(rate), "kept": float(kept)}
    while True:
        row = await (await connection.execute(DRAW, values)).fetchone()
        if row is not None:
            return int(row[0])
        await connection.execute(FULL, values)
