"""The schema, step by step, each a file of SQL. A step never changes once released; each runs in one transaction.

Steps that *expand* add what older workers do not look at: whoever starts first takes them, while older ones still run.
Steps that *contract* take away what nothing but older workers needs: they wait for `shuping db upgrade`, and whatever
is older than they say cannot work on the database afterwards.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from psycopg import AsyncConnection

from storage.errors import StorageError, Trouble

FILE = re.compile(r"(?P<number>\d{4})_(?P<kind>expand|contract)_\w+\.sql")
LOCK = "shuping migrations"
BEGIN = """
DO $$ BEGIN
    IF to_regnamespace('shuping') IS NULL THEN
        CREATE SCHEMA shuping;
    END IF;
END $$;
CREATE TABLE IF NOT EXISTS shuping.meta (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version integer NOT NULL,
    oldest integer NOT NULL
);
INSERT INTO shuping.meta (version, oldest) VALUES (0, 0) ON CONFLICT DO NOTHING
"""
"""Who may make no schema may be given one: `IF NOT EXISTS` would ask for the right all the same."""
FOUND = "SELECT to_regclass('shuping.meta') IS NOT NULL, to_regnamespace('shuping') IS NOT NULL"
EMPTY = "SELECT NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'shuping'::regnamespace)"
PRESENT = "SELECT version, oldest FROM shuping.meta"
UNFINISHED = 2**31 - 1
"""The oldest of an unfinished copy: no program opens it, of whatever version; `shuping.copying` says of what it is."""
SOURCE = "SELECT source FROM shuping.copying LIMIT 1"


OLDER_WORKERS = """
SELECT DISTINCT concat_ws(' ', application_name, client_addr) FROM pg_stat_activity
WHERE datname = current_database() AND substring(application_name FROM '^shuping (\\d+)$')::integer < %s
AND (state <> 'idle' OR state_change > now() - interval '30 seconds') ORDER BY 1
"""
"""A pooler's connections keep the name of who had them last; who is alive has done something of late."""


class Kind(StrEnum):
    """What a step does to older workers: nothing, or their end."""

    EXPAND = "expand"
    CONTRACT = "contract"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the schema: its number, from 1 on, and what is run."""

    number: int
    kind: Kind
    sql: str


@dataclass(frozen=True, slots=True)
class Schema:
    """Which steps a database has taken: all up to `version`; programs that know fewer than `oldest` are too old."""

    version: int
    oldest: int


@cache
def steps() -> tuple[Step, ...]:
    """All steps, in their order."""
    names = sorted(entry.name for entry in (files(__package__) / "steps").iterdir() if FILE.fullmatch(entry.name))
    return tuple(_step(number, name) for number, name in enumerate(names, 1))


def _step(number: int, name: str) -> Step:
    found = FILE.fullmatch(name)
    if found is None or int(found["number"]) != number:
        raise AssertionError(f"a step is missing before {name}")
    return Step(number, Kind(found["kind"]), (files(__package__) / "steps" / name).read_text("utf-8"))


def worker_of(version: int) -> str:
    """How a program that knows so many steps calls itself to the server."""
    return f"shuping {version}"


async def upgrade(connection: AsyncConnection, place: str) -> tuple[int, int]:
    """Take all steps, those that contract, too; the version before, and after.

    Raises StorageError while programs are connected that know fewer steps, as far as the server lets us see them.
    """
    schema = await schema_of(connection, place) or Schema(0, 0)
    last = max((step.number for step in steps() if step.kind is Kind.CONTRACT), default=0)
    if schema.version < last:
        older = await (await connection.execute(OLDER_WORKERS, (last,))).fetchall()
        if older:
            raise StorageError(Trouble.OLD_WORKERS, place, ", ".join(worker for (worker,) in older))
    return await migrate(connection, place, contract=True)


async def schema_of(connection: AsyncConnection, place: str) -> Schema | None:
    """How far a database is; None if nothing of ours is there. Raises StorageError if it is not ours, or too new."""
    found = await (await connection.execute(FOUND)).fetchone()
    ours, taken = found or (False, False)
    if not ours:
        if taken and not await _is_empty(connection):
            raise StorageError(Trouble.NOT_OURS, place)
        return None
    row = await (await connection.execute(PRESENT)).fetchone()
    if row is None:
        raise StorageError(Trouble.NOT_OURS, place)
    schema = Schema(*row)
    if schema.oldest == UNFINISHED:
        source = await (await connection.execute(SOURCE)).fetchone()
        raise StorageError(Trouble.UNFINISHED, place, str(source[0]) if source else "")
    if schema.oldest > len(steps()):
        raise StorageError(Trouble.NEWER, place, f"{schema.oldest} > {len(steps())}")
    return schema


async def _is_empty(connection: AsyncConnection) -> bool:
    row = await (await connection.execute(EMPTY)).fetchone()
    return bool(row and row[0])


async def migrate(connection: AsyncConnection, place: str, *, contract: bool = False) -> tuple[int, int]:
    """Take the steps that are missing, up to the first that contracts, or all; the version before, and after.

    Of several that begin at once, one does it, and the others wait.
    """
    before = after = (await schema_of(connection, place) or Schema(0, 0)).version
    for step in steps():
        if step.number <= after:
            continue
        if step.kind is Kind.CONTRACT and not contract:
            break
        await _take(connection, step)
        after = step.number
    return before, after


async def _take(connection: AsyncConnection, step: Step) -> None:
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (LOCK,))
        await connection.execute(BEGIN)
        row = await (await connection.execute(PRESENT)).fetchone()
        if row is None or row[0] >= step.number:  # another process has been faster
            return
        await connection.execute(step.sql.encode())
        oldest = step.number if step.kind is Kind.CONTRACT else row[1]
        await connection.execute("UPDATE shuping.meta SET version = %s, oldest = %s", (step.number, oldest))
