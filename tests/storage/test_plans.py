"""How PostgreSQL finds things does not depend on when it first looked: a plan made of empty tables is kept for long."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg import AsyncConnection

from storage.opening import open_store
from storage.postgres import outbox, state
from storage.postgres.horizon import LONG_AGO, URGENCIES
from storage.store import FORM
from tests.storage.support import grown

NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=1)
FEW, MANY = 20, 20_000
KEPT = 6
"""So often is a statement planned anew; then the plan stays."""
FULL = """
INSERT INTO shuping.outbox (window_name, reply, due, urgency, form)
SELECT 'telegram:' || n, '', %(now)s, 0, 1 FROM generate_series(1, %(many)s) AS n;
INSERT INTO shuping.claims (window_name, aside, holder, until)
SELECT 'telegram:' || n, false, 'me', %(later)s FROM generate_series(1, %(many)s) AS n;
INSERT INTO shuping.updates (channel, id, seen) SELECT 'telegram', n, %(now)s FROM generate_series(1, %(many)s) AS n;
INSERT INTO shuping.sights (window_name, dossier)
SELECT 'telegram:' || n, 'dossier ' || n FROM generate_series(1, %(many)s) AS n;
INSERT INTO shuping.sessions (dossier, id, revision, phase, answered, data, updated_at, form)
SELECT 'dossier ' || n, '', 0, '', 0, '{}', %(now)s, 1 FROM generate_series(1, %(many)s) AS n;
INSERT INTO shuping.windows (window_name, data, form)
SELECT 'telegram:' || n, '{}', 1 FROM generate_series(1, %(many)s) AS n;
INSERT INTO shuping.log (dossier, session, kind, item, at, by)
SELECT 'dossier ' || n, '', '', '', %(now)s, '' FROM generate_series(1, %(many)s) AS n
"""
EMPTY = "DELETE FROM shuping.outbox; DELETE FROM shuping.claims"
"""What was there can still be seen by who began before: it is not vacuumed away."""
REMINDERS = """
INSERT INTO shuping.outbox (window_name, dossier, reply, due, urgency, form)
SELECT 'telegram:' || n, 'dossier ' || n, '', %s, 4, 1 FROM generate_series(1, %s) AS n
"""
WINDOW = "telegram:77"
CALLS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "read": (state.READ, (WINDOW, None, "telegram", 77, 5)),
    "take": (outbox.TAKE, ("me", LATER, NOW, FORM, [WINDOW], [False])),
    "following": (outbox.FOLLOWING, ("me", NOW, FORM, WINDOW, False)),
    "delivered": (outbox.DELIVERED, (77, WINDOW, None, None, None, "me", NOW, FORM, False)),
    "confirm": (outbox.CONFIRM, ([77], [WINDOW], ["dossier 77"], [False], ["me"])),
    "moved": (
        "SELECT shuping.apply(%s)",
        ('{"window": "telegram:77", "locks": [], "mark": "", "asked": "dossier 77"}',),
    ),
    "apply": ("SELECT shuping.apply(%s)", ('{"window": "telegram:77", "form": 1, "locks": [], "removed": [77]}',)),
}


@pytest.fixture
async def connection(database: str) -> AsyncIterator[AsyncConnection]:
    """There are a few firms, and nothing waits, as far as PostgreSQL knows."""
    async with await open_store(database) as store:
        for number in range(FEW):
            await store.apply(f"terminal:{number}", grown)
    async with await AsyncConnection.connect(database, autocommit=True) as connection:
        await connection.execute("VACUUM ANALYZE")
        yield connection


@pytest.mark.parametrize("name", CALLS)
async def test_a_call_looks_at_few_pages_although_it_was_planned_when_there_was_nothing(
    connection: AsyncConnection, database: str, name: str
) -> None:
    call, values = CALLS[name]
    for _ in range(KEPT):
        await connection.execute(call.encode(), values)
    async with await AsyncConnection.connect(database, autocommit=True) as another:
        await another.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        await another.execute("SELECT 1 FROM shuping.outbox")
        await fill(database)
        assert await pages(connection, call, values) < 200


async def test_a_look_for_what_is_due_does_not_become_slow_by_how_much_there_is(
    connection: AsyncConnection, database: str
) -> None:
    rest = ([LONG_AGO] * URGENCIES, 256, None, FORM)
    earlier = ("me", NOW - timedelta(hours=1), *rest)
    for _ in range(KEPT):
        await connection.execute(outbox.HEADS, earlier)
    await fill(database)
    assert await pages(connection, outbox.HEADS, earlier) < 200
    await connection.execute(REMINDERS, (LATER, MANY))
    await connection.execute(REMINDERS, (NOW, 1))
    await connection.execute("VACUUM ANALYZE")
    assert await pages(connection, outbox.HEADS, ("me", NOW, *rest)) < 200


async def fill(database: str) -> None:
    async with await AsyncConnection.connect(database, autocommit=True) as connection:
        named = {"now": NOW, "later": LATER, "many": MANY}
        for statement in FULL.split(";\n"):
            await connection.execute(statement.encode(), named)
        await connection.execute(EMPTY)


async def pages(connection: AsyncConnection, call: str, values: tuple[Any, ...]) -> int:
    """How often a page is looked at."""
    explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {call}"
    row = await (await connection.execute(explained.encode(), values)).fetchone()
    assert row is not None
    plan = row[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
