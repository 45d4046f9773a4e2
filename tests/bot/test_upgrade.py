"""`shuping db upgrade`: from which version to which, and not under the feet of others."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from bot.delivery.lease import holder_here
from storage.opening import open_store
from storage.postgres import connecting, migrations
from storage.postgres.migrations import Kind, Step, steps
from storage.sqlite.migrations import MIGRATIONS
from tests.bot.inside import Inside
from tests.bot.test_moving import GONE


def made(path: Path, version: int) -> str:
    """A file as an earlier version left it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for number, step in enumerate(MIGRATIONS[:version], 1):
            for statement in step:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
    return f"sqlite:///{path}"


@pytest.mark.parametrize("version", [1, len(MIGRATIONS) - 1])
def test_a_file_of_an_earlier_version(run: Inside, tmp_path: Path, version: int) -> None:
    url = made(tmp_path / "old.db", version)
    ran = run("--lang", "en", "db", "upgrade", "--database", url)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == f"{tmp_path / 'old.db'}: from version {version} to version {len(MIGRATIONS)}.\n"
    again = run("--lang", "en", "db", "upgrade", "--database", url)
    assert again.out == f"{tmp_path / 'old.db'}: at version {len(MIGRATIONS)} already, nothing to be done.\n"


@pytest.mark.parametrize(("holder", "status"), [(holder_here(), 2), (GONE, 0)], ids=["alive", "gone"])
def test_a_file_that_somebody_uses(run: Inside, tmp_path: Path, holder: str, status: int) -> None:
    url = made(tmp_path / "old.db", len(MIGRATIONS) - 1)
    with sqlite3.connect(tmp_path / "old.db") as connection:
        connection.execute("INSERT INTO claims VALUES ('telegram:1', 0, ?, 9e9)", (holder,))
    connection.close()
    ran = run("--lang", "en", "db", "upgrade", "--database", url)
    assert ran.status == status
    assert ("Somebody is at work" in ran.err) is (status == 2)


def test_what_is_not_there_is_not_made(run: Inside, tmp_path: Path) -> None:
    ran = run("--lang", "en", "db", "upgrade", "--database", f"sqlite:///{tmp_path / 'no.db'}")
    assert (ran.status, list(tmp_path.iterdir())) == (2, [])
    assert "There is no database" in ran.err


def test_an_empty_postgres_gets_its_schema(run: Inside, database: str) -> None:
    ran = run("--lang", "en", "db", "upgrade", "--database", database)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.endswith(f": from version 0 to version {len(steps())}.\n")
    assert "p4ss-w0rd" not in ran.out
    assert "already" in run("--lang", "en", "db", "upgrade", "--database", database).out


@pytest.fixture
def contracting(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of before this program, which has one more step that takes something away."""

    async def make() -> None:
        async with await open_store(database):
            pass

    asyncio.run(make())
    later = (*steps(), Step(len(steps()) + 1, Kind.CONTRACT, "CREATE TABLE shuping.later ()"))
    for module in (migrations, connecting):
        monkeypatch.setattr(module, "steps", lambda: later)
    return database


def versions(url: str) -> object:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT version, oldest FROM shuping.meta").fetchone()


def test_steps_that_end_older_versions_are_taken_here_alone(run: Inside, contracting: str) -> None:
    async def begin() -> None:
        async with await open_store(contracting):
            pass

    before = len(steps())
    asyncio.run(begin())
    assert versions(contracting) == (before, 0)
    ran = run("--lang", "en", "db", "upgrade", "--database", contracting)
    assert ran.out.endswith(f": from version {before} to version {before + 1}.\n")
    assert versions(contracting) == (before + 1, before + 1)


def test_not_while_older_workers_are_connected(run: Inside, contracting: str) -> None:
    before = len(steps())
    with psycopg.connect(contracting, application_name=migrations.worker_of(before)):
        ran = run("--lang", "en", "db", "upgrade", "--database", contracting)
    assert ran.status == 2
    assert "Older versions are still at work on the database postgresql://***@/" in ran.err
    assert f"(shuping {before})" in ran.err
    assert versions(contracting) == (before, 0)
    with psycopg.connect(contracting, application_name=migrations.worker_of(before + 1)):
        assert run("--lang", "en", "db", "upgrade", "--database", contracting).status == 0


def test_a_worker_says_which_version_it_is_of(database: str) -> None:
    async def names() -> list[str]:
        async with await open_store(database) as store:
            await store.state("terminal:anna")
            with psycopg.connect(database) as connection:
                return [name for (name,) in connection.execute("SELECT application_name FROM pg_stat_activity")]

    assert f"shuping {len(steps())}" in asyncio.run(names())
