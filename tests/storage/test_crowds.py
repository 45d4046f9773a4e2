"""Where very many wait or are stored: nobody starves behind them, and no slice looks through all. On PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from psycopg import AsyncConnection

from storage.opening import open_store
from storage.outbox import Urgency
from storage.postgres.deletion import OVERDUE
from storage.store import Store
from tests.storage.support import ME, NOW, OTHER, claim, message, sends

MANY = 20_000
MAILS = """
INSERT INTO shuping.outbox (window_name, reply, due, urgency, form)
SELECT 'web:' || n, '', %s, %s, 1 FROM generate_series(1, %s) AS n
"""
FIRMS = """
INSERT INTO shuping.sessions (dossier, id, revision, phase, answered, data, updated_at, form)
SELECT n::text, n::text, 0, 'questions', 0, '{}', now(), 1 FROM generate_series(1, %s) AS n
"""
FINISHED = """
INSERT INTO shuping.assessments (dossier, id, finished_at, data)
SELECT n::text, n::text, now(), '{}' FROM generate_series(1, %s) AS n
"""


@pytest.fixture
async def outside(postgres_url: str) -> AsyncIterator[AsyncConnection]:
    async with await AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[Store]:
    async with await open_store(postgres_url) as opened:
        yield opened


async def test_what_one_channel_cannot_get_rid_of_holds_up_no_other(store: Store, outside: AsyncConnection) -> None:
    """A process that sends no mails comes to its own reminder, however many mails have waited for longer."""
    await outside.execute(MAILS, (NOW, Urgency.REMINDER, MANY))
    await store.apply(OTHER, sends(message("reminder", 1, urgency=Urgency.REMINDER)))
    (due,) = await store.claim(claim(ME, 2), NOW.replace(hour=NOW.hour + 2), 9, channels={"telegram"})
    assert due.queued.reply == "reminder"


async def test_a_slice_of_what_may_be_over_looks_through_no_table(store: Store, outside: AsyncConnection) -> None:
    await outside.execute(FIRMS, (MANY,))
    await outside.execute(FINISHED, (MANY,))
    await outside.execute("ANALYZE")
    values = {"unfinished": datetime.now(UTC), "finished": NOW, "after": MANY // 2, "slice": 200}
    explained = await outside.execute(f"EXPLAIN {OVERDUE}".encode(), values)
    plan = [line for (line,) in await explained.fetchall()]
    assert not [line for line in plan if "Seq Scan" in line], "\n".join(plan)
