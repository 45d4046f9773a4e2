"""Schemas: every way up, atomic steps, and what is refused without a byte changed."""

import asyncio
import hashlib
import sqlite3
from collections import Counter
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path

import pytest

from storage.errors import StorageError, Trouble
from storage.sqlite import migrations
from storage.sqlite.migrations import MIGRATIONS, migrate, version_of
from storage.sqlite.store import open_sqlite
from tests.storage.child import answer, child, go
from tests.storage.support import CHAT, NOW, grown, outside, put, revisions, untouched

LATEST = len(MIGRATIONS)
RELEASED = ("c1da2a20dab0", "64232e961afe", "4e623a84bef2", "2d13f45980b2")
"""The first digits of each released step's SHA-256."""
Schema = tuple[int, int, list[tuple[str, str, str]]]


def schema(path: Path) -> Schema:
    """All that migrations make: both numbers, and every table and index."""
    with outside(path) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        made = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
    return version, application, made


async def fill(path: Path) -> None:
    """Make a database with three revisions in it."""
    async with await open_sqlite(path) as store:
        for _ in range(3):
            await store.apply(CHAT, grown)


async def trouble(path: Path) -> Trouble:
    """Why the file cannot be used: found at opening, or else at the first use."""
    with pytest.raises(StorageError) as caught:
        async with await open_sqlite(path) as store:
            await store.apply(CHAT, grown)
    assert caught.value.place == str(path)
    return caught.value.trouble


@pytest.fixture
async def filled(path: Path) -> Path:
    """A database in use."""
    await fill(path)
    return path


@pytest.fixture
async def fresh(tmp_path: Path) -> Schema:
    """The schema of a new database."""
    async with await open_sqlite(tmp_path / "fresh.db"):
        pass
    return schema(tmp_path / "fresh.db")


# the way up


def test_a_released_step_never_changes() -> None:
    """Something must change? Append a step. Only a step that nobody has run yet may get another digest here."""
    digests = tuple(hashlib.sha256("\n".join(step).encode()).hexdigest()[:12] for step in MIGRATIONS)
    assert digests == RELEASED


def test_a_new_database_is_of_the_latest_version_and_carries_our_mark(fresh: Schema) -> None:
    version, application, made = fresh
    assert (version, application.to_bytes(4, "big")) == (LATEST, b"shup")
    assert {name for kind, name, _ in made if kind == "table"} == {
        "sessions",
        "log",
        "assessments",
        "contacts",
        "outbox",
        "updates",
        "damaged",
        "leases",
        "marks",
        "sqlite_sequence",  # of the outbox
    }


@pytest.mark.parametrize("version", range(LATEST + 1))
async def test_every_earlier_version_comes_to_the_same_schema(
    tmp_path: Path, fresh: Schema, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "old.db"
    with outside(old) as connection, monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", MIGRATIONS[:version])
        migrate(connection, "old")
    assert schema(old)[0] == version
    await fill(old)
    assert schema(old) == fresh


async def test_a_later_step_runs_alone_and_keeps_the_data(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later = (*MIGRATIONS, ("ALTER TABLE log ADD COLUMN remark TEXT",), ("CREATE TABLE extra (a)",))
    monkeypatch.setattr(migrations, "MIGRATIONS", later)
    async with await open_sqlite(filled) as store:
        assert await revisions(store) == (3, [1, 2, 3])
        await store.apply(CHAT, grown)
        assert await revisions(store) == (4, [1, 2, 3, 4])
    assert schema(filled)[0] == LATEST + 2
    monkeypatch.setattr(migrations, "MIGRATIONS", MIGRATIONS)
    assert await trouble(filled) is Trouble.NEWER


async def test_messages_queued_before_the_third_step_keep_their_place(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    with outside(path) as connection, monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", MIGRATIONS[:2])
        migrate(connection, "old")
        for payload in ('{"edit": false}', '{"edit": true}', "{}"):
            connection.execute("INSERT INTO outbox (chat, payload, due) VALUES (?, ?, 0)", (CHAT, payload))
        connection.commit()
    async with await open_sqlite(path) as store:
        assert [queued.anew for queued in await store.due(NOW, 9, CHAT)] == [True, False, False]


async def test_an_empty_file_is_a_new_database(path: Path, fresh: Schema) -> None:
    put(path, b"")
    await fill(path)
    assert schema(path) == fresh


async def test_running_twice_is_harmless(filled: Path, fresh: Schema) -> None:
    with untouched(filled):
        for _ in range(2):
            async with await open_sqlite(filled) as store:
                assert await revisions(store) == (3, [1, 2, 3])
    assert schema(filled) == fresh


# a step that fails


@pytest.mark.parametrize("failing", range(4))
@pytest.mark.parametrize("start", ["new", "used"])
async def test_a_failing_statement_leaves_version_and_schema_as_they_were(
    path: Path, start: str, failing: int, fresh: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    if start == "used":
        await fill(path)
    statements = ["CREATE TABLE extra (a)", "ALTER TABLE log ADD COLUMN remark TEXT", "DELETE FROM log"]
    statements.insert(failing, "INSERT INTO nowhere VALUES (1)")
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, tuple(statements)))
        with pytest.raises(StorageError, match="nowhere"):
            await open_sqlite(path)
        assert schema(path) == fresh
    async with await open_sqlite(path) as store:
        assert await revisions(store) == ((3, [1, 2, 3]) if start == "used" else (0, []))


async def test_a_failing_first_step_leaves_an_empty_database(
    path: Path, fresh: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", ((*MIGRATIONS[0], "PRAGMA user_version = 1", "no SQL at all"),))
        with pytest.raises(StorageError):
            await open_sqlite(path)
        assert schema(path) == (0, 0, [])
    await fill(path)
    assert schema(path) == fresh


# what is refused


def alter(path: Path, *statements: str) -> None:
    """Another program's work."""
    with outside(path) as connection:
        for statement in statements:
            connection.execute(statement)


OTHERS = {
    "plain": ("CREATE TABLE places (a)", "INSERT INTO places VALUES (1)"),
    "with a version": ("CREATE TABLE places (a)", "PRAGMA user_version = 75"),
    "with a version and no table": ("PRAGMA user_version = 75",),
    "with our version": ("CREATE TABLE sessions (a)", f"PRAGMA user_version = {LATEST}"),
    "with another mark": ("CREATE TABLE places (a)", "PRAGMA application_id = 252006674"),
    "in WAL mode": ("PRAGMA journal_mode = WAL", "CREATE TABLE places (a)"),
}


@pytest.mark.parametrize("statements", OTHERS.values(), ids=OTHERS)
async def test_someone_elses_database_is_refused_untouched(path: Path, statements: tuple[str, ...]) -> None:
    put(path, b"")
    alter(path, *statements)
    with untouched(path):
        assert await trouble(path) is Trouble.NOT_OURS


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
@pytest.mark.parametrize("version", [LATEST + 1, 2**31 - 1])
async def test_a_newer_version_is_refused_untouched(filled: Path, version: int, mode: str) -> None:
    alter(filled, f"PRAGMA journal_mode = {mode}", f"PRAGMA user_version = {version}")
    with untouched(filled), pytest.raises(StorageError, match=f"{version} > {LATEST}") as caught:
        await open_sqlite(filled)
    assert caught.value.trouble is Trouble.NEWER


async def test_a_text_file_is_refused_untouched(path: Path) -> None:
    put(path, "我们的笔记\n".encode() * 500)
    with untouched(path):
        assert await trouble(path) is Trouble.NOT_OURS


@pytest.mark.parametrize("pages", [1, 2, 4])
async def test_a_truncated_database_is_refused_untouched(filled: Path, pages: int) -> None:
    with filled.open("r+b") as file:
        file.truncate(pages * 4096)
    with untouched(filled):
        assert await trouble(filled) is Trouble.CORRUPT


@pytest.mark.parametrize("start", [100, 4096])
async def test_an_overwritten_database_is_refused_untouched(filled: Path, start: int) -> None:
    with filled.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * 20_000)
    with untouched(filled):
        assert await trouble(filled) is Trouble.CORRUPT


# two at once


async def test_processes_that_migrate_at_once_all_succeed(tmp_path: Path, fresh: Schema) -> None:
    rounds, processes = 10, 3
    outcomes: Counter[str] = Counter()
    with ExitStack() as stack:
        openers = [stack.enter_context(child("open", tmp_path, rounds)) for _ in range(processes)]
        for _ in range(rounds):
            for opener in openers:
                go(opener)
            outcomes.update(map(answer, openers))
    assert outcomes == {"fine": rounds * processes}
    for number in range(rounds):
        assert schema(tmp_path / f"{number}.db") == fresh
        async with await open_sqlite(tmp_path / f"{number}.db") as store:
            assert await revisions(store) == (processes, list(range(1, processes + 1)))


async def test_stores_that_open_at_once_in_one_process_all_succeed(path: Path, fresh: Schema) -> None:
    stores = await asyncio.gather(*(open_sqlite(path) for _ in range(8)))
    await asyncio.gather(*(store.apply(CHAT, grown) for store in stores))
    assert await revisions(stores[0]) == (8, list(range(1, 9)))
    await asyncio.gather(*(store.close() for store in stores))
    assert schema(path) == fresh


def test_a_step_done_by_a_faster_process_is_not_run_again(path: Path, fresh: Schema) -> None:
    put(path, b"")
    with outside(path) as connection:
        migrate(connection, "here")
        migrations._run(connection, LATEST)
    assert schema(path) == fresh


@pytest.mark.parametrize("moment", range(1, 6))
def test_a_schema_that_appears_while_we_look_is_no_strangers(path: Path, moment: int) -> None:
    put(path, b"")
    moments = count(1)
    with outside(path) as slow, outside(path) as fast:
        fast.execute("PRAGMA busy_timeout = 0")

        def meddle(_: str) -> None:
            if next(moments) == moment:
                with suppress(sqlite3.OperationalError):
                    migrate(fast, "fast")

        slow.set_trace_callback(meddle)
        assert version_of(slow, "slow") in (0, LATEST)


async def test_a_new_file_that_another_process_is_writing_is_waited_for(path: Path) -> None:
    put(path, b"")
    with child("lock", path) as other:
        assert answer(other) == "locked"
        opening = asyncio.ensure_future(open_sqlite(path))
        await asyncio.sleep(0.1)
        assert not opening.done()
        go(other)
        await (await opening).close()
