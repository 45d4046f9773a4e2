"""`shuping db check`: whatever is wrong with a database is said with its mending, and the mending mends it."""

import asyncio
import re
import shlex
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from bot.delivery.lease import holder_here
from storage.opening import open_store
from tests.bot.child import Shuping
from tests.bot.inside import Inside, Ran
from tests.bot.test_moving import GONE, hold
from tests.storage.test_copying import changing, fill
from tests.storage.test_copying import lived as live

CLEAN = "✓ schema: up to date\n✓ file and indexes: in order\n✓ who sees what: in order\n✓ what is stored: in order\n"
REST = "✓ messages: in order\n✓ work under way: in order\n"
COMMAND = re.compile(r"then: (.+)$", re.MULTILINE)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def url(request: pytest.FixtureRequest, tmp_path: Path, database: str) -> str:
    """A database with three people in it, in good order."""
    found = database if request.param == "PostgreSQL" else f"sqlite:///{tmp_path / 'a b.db'}"
    asyncio.run(fill(found, 3))
    return found


@pytest.fixture
def check(run: Inside, url: str) -> Callable[[], Ran]:
    return lambda: run("--lang", "en", "db", "check", "--database", url)


def faults(ran: Ran) -> list[str]:
    assert (ran.status, ran.err) == (1, "")
    return [line for line in ran.out.splitlines() if line.startswith("✗")]


def mend(ran: Ran, url: str) -> None:
    """Do what one is told to do."""
    for command in COMMAND.findall(ran.out):
        program, where, *rest = shlex.split(command)
        with changing(url) as change:
            for statement in rest[-1].split("; "):
                change(statement)
        assert (program, where) in (
            ("psql", "$SHUPING_DATABASE_URL"),
            ("sqlite3", url.removeprefix("sqlite:///")),
        )


def test_a_database_in_good_order(check: Callable[[], Ran]) -> None:
    ran = check()
    assert (ran.status, ran.out, ran.err) == (0, CLEAN + REST, "")


BY_CHANCE = ("set aside", "still have work", "dossier which is not there")
"""What chance does and a conversation does not: it shows people dossiers that nobody has begun."""


@pytest.mark.parametrize("seed", range(3))
def test_whatever_a_store_does_leaves_it_in_good_order(check: Callable[[], Ran], url: str, seed: int) -> None:
    asyncio.run(live(url, seed))
    told = [line for line in check().out.splitlines() if line.startswith("✗")]
    assert [line for line in told if not any(part in line for part in BY_CHANCE)] == []


def test_a_conversation_leaves_it_in_good_order(shuping: Shuping) -> None:
    shuping.chat("", "示例厂", "A", "B", "/firms", "/link", name="anna")
    shuping.chat("", name="bert")
    ran = shuping("--lang", "en", "db", "check", "--database", shuping.database)
    assert (ran.status, ran.out) == (0, CLEAN + REST)


STRAYS = {
    "windows that look at a dossier which is not there: 1 (telegram:1)": (
        "UPDATE sights SET dossier = 'nowhere' WHERE window = 'telegram:1'",
        "UPDATE windows SET front = 'nowhere' WHERE window = 'telegram:1'",
        "DELETE FROM log WHERE dossier = 'dossier 1'",
        "DELETE FROM sessions WHERE dossier = 'dossier 1'",
    ),
    "people of whom nothing but what they look at is stored: 1 (telegram:2)": (
        "DELETE FROM windows WHERE window = 'telegram:2'",
    ),
    "windows with a dossier in front that they may not see: 1 (telegram:1)": (
        "UPDATE windows SET front = 'dossier 2' WHERE window = 'telegram:1'",
    ),
    "dossiers that nobody sees, and so nobody can delete: 1 (dossier 0)": (
        "DELETE FROM sights WHERE window = 'telegram:0'",
        "UPDATE windows SET front = NULL WHERE window = 'telegram:0'",
    ),
    "lines of the answer log of no dossier: 1 (1)": (
        "DELETE FROM sessions WHERE dossier = 'dossier 0'",
        "DELETE FROM sights WHERE dossier = 'dossier 0'",
        "UPDATE windows SET front = NULL WHERE window = 'telegram:0'",
    ),
}


@pytest.mark.parametrize("told", STRAYS)
def test_rows_that_point_to_nothing_are_told_of_and_mended(check: Callable[[], Ran], url: str, told: str) -> None:
    with changing(url) as change:
        for statement in STRAYS[told]:
            change(statement if url.startswith("sqlite") else statement.replace("window =", "window_name ="))
    ran = check()
    assert faults(ran)[0].startswith(f"✗ who sees what: {told}. Make a backup, stop the bot, then: ")
    for _ in range(3):  # who has lost sight of one thing is seen to have lost another
        mend(ran, url)
        ran = check()
    assert ran.out == CLEAN + REST


@pytest.mark.parametrize(
    "damage",
    [
        """UPDATE sessions SET data = '{"phase": "nowhere", "record": {}}' WHERE dossier = 'dossier 1'""",
        """UPDATE windows SET data = '{"card": 7.5}' WHERE front = 'dossier 1'""",
        "UPDATE outbox SET urgency = 99 WHERE dossier = 'dossier 1'",
    ],
)
def test_rows_that_nobody_can_read_are_named(check: Callable[[], Ran], url: str, damage: str) -> None:
    table = damage.split()[1]
    key = {"sessions": "dossier 1", "windows": "telegram:1", "outbox": "2"}[table]
    with changing(url) as change:
        change(damage)
    (fault,) = faults(check())
    assert fault.startswith(f"✗ what is stored: rows that cannot be read: 1 ({table} {key}). Take them from a backup")


def test_messages_that_were_set_aside(check: Callable[[], Ran], url: str) -> None:
    async def aside() -> None:
        async with await open_store(url) as store:
            for queued in await store.waiting("telegram:1"):
                await store.set_aside(queued)

    asyncio.run(aside())
    ran = check()
    assert faults(ran)[0].startswith(
        "✗ messages: messages that nobody could make sense of, set aside: 1 (damaged, number 2)"
    )
    mend(ran, url)
    assert check().out == CLEAN + REST


WHOSE = ("of the dead", "of the living", "run out")


@pytest.mark.parametrize(
    ("holder", "seconds", "status"), [(GONE, 50, 1), (holder_here(), 50, 0), ("x/y/1/2", -1, 1)], ids=WHOSE
)
def test_claims_of_the_dead(check: Callable[[], Ran], url: str, holder: str, seconds: int, status: int) -> None:
    asyncio.run(hold(url, holder, datetime.now(UTC) + timedelta(seconds=seconds)))
    ran = check()
    dead = [line for line in ran.out.splitlines() if "still have work in their name" in line]
    assert len(dead) == status


def test_indexes_that_are_missing(check: Callable[[], Ran], url: str) -> None:
    with changing(url) as change:
        change("DROP INDEX log_of_dossier")
    assert faults(check()) == [
        "✗ file and indexes: not in the schema, or not as it should be: log_of_dossier. "
        "Copy everything to a new database: shuping db copy."
    ]


def test_an_index_that_postgres_could_not_finish(run: Inside, database: str) -> None:
    asyncio.run(fill(database, 2))
    with psycopg.connect(database, autocommit=True) as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("CREATE UNIQUE INDEX CONCURRENTLY broken ON shuping.log (session)")
    ran = run("--lang", "en", "db", "check", "--database", database)
    assert faults(ran)[0].startswith("✗ file and indexes: indexes that cannot be used: broken.")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An SQLite file with three people in it."""
    path = tmp_path / "file.db"
    asyncio.run(fill(f"sqlite:///{path}", 3))
    return path


@contextmanager
def bytes_of(file: Path) -> Iterator[None]:
    """What happens leaves every byte as it was, and nothing beside the file."""
    before = file.read_bytes()
    yield
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_it_changes_nothing(run: Inside, file: Path) -> None:
    with bytes_of(file):
        assert run("db", "check", "--database", f"sqlite:///{file}").status == 0


def test_a_file_that_is_damaged(run: Inside, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'log_of_dossier'").fetchone()
    with file.open("r+b") as opened:
        opened.seek(page * 4096 - 100)
        opened.write(b"\xff" * 100)
    fault = faults(run("--lang", "en", "db", "check", "--database", f"sqlite:///{file}"))[0]
    assert "Restore" in fault


@pytest.mark.parametrize(
    ("statement", "part"),
    [
        ("PRAGMA user_version = 3", "First run shuping db upgrade"),
        ("PRAGMA user_version = 99", "made by a newer shuping"),
        ("PRAGMA application_id = 1", "is not a shuping database"),
    ],
)
def test_a_file_of_another_version(run: Inside, file: Path, statement: str, part: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
    (fault,) = faults(run("--lang", "en", "db", "check", "--database", f"sqlite:///{file}"))
    assert part in fault


def test_what_is_not_there_is_not_looked_at(run: Inside, tmp_path: Path) -> None:
    ran = run("--lang", "en", "db", "check", "--database", f"sqlite:///{tmp_path / 'no.db'}")
    assert (ran.status, ran.out) == (2, "")
    assert "There is no database" in ran.err
