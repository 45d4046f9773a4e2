"""Everything that can go wrong: the right trouble, nothing lost, nothing told that is nobody's business."""

import sqlite3
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.errors import StorageError, Trouble
from storage.opening import open_present, open_store
from storage.sqlite.store import SqliteStore, open_sqlite
from storage.store import Decision, Store
from tests.storage.support import (
    WINDOW,
    assessment,
    begun,
    dump,
    entry,
    everything,
    grown,
    just,
    outside,
    put,
    revisions,
)

PRIVATE = "机密工厂"
PLENTY = 2**30

Break = Callable[[Path], Awaitable[object]]


async def fill(path: Path) -> None:
    """A database that holds a secret wherever one can be."""
    async with await open_sqlite(path) as store:
        finished = assessment("a1").model_copy(update={"previous": PRIVATE})
        await store.apply(WINDOW, just(begun(name=PRIVATE), entry(1, by=PRIVATE), finished=(finished,)))


def alter(path: Path, *statements: str) -> None:
    """Another program's work."""
    with outside(path) as connection:
        for statement in statements:
            connection.execute(statement)


async def use(path: Path) -> None:
    """Open the file, and use all that a store can do."""
    async with await open_sqlite(path) as store:
        await everything(store)
        await store.apply(WINDOW, grown)


@asynccontextmanager
async def pragma(path: Path, during: str, after: str) -> AsyncIterator[SqliteStore]:
    """An open store under a setting of its own connection."""
    async with await open_sqlite(path) as store:
        await store._hop(lambda connection: connection.execute(f"PRAGMA {during}"))
        yield store
        await store._hop(lambda connection: connection.execute(f"PRAGMA {after}"))


def bulky(session: object) -> Decision:
    """More than fits into the pages there are."""
    return Decision(None, begun(name=f"{PRIVATE} " * 10_000), (entry(1, by=PRIVATE),), (assessment("a2"),))


# the ways to break it


def altered(*statements: str) -> Break:
    async def broken(path: Path) -> None:
        alter(path, *statements)
        await use(path)

    return broken


async def truncated(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(8192)
    await use(path)


async def a_text_file(path: Path) -> None:
    put(path, PRIVATE.encode() * 1000)
    await use(path)


async def locked(path: Path) -> None:
    async with await open_sqlite(path) as store:
        with outside(path) as other:
            other.execute("BEGIN IMMEDIATE")
            await store.apply(WINDOW, grown)


async def locked_at_opening(path: Path) -> None:
    with outside(path) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        await open_sqlite(path)


async def query_only(path: Path) -> None:
    async with pragma(path, "query_only = 1", "query_only = 0") as store:
        await store.apply(WINDOW, grown)


async def no_page_left(path: Path) -> None:
    async with pragma(path, "max_page_count = 1", f"max_page_count = {PLENTY}") as store:
        await store.apply(WINDOW, bulky)


async def a_folder(path: Path) -> None:
    await use(path.parent)


async def below_a_file(path: Path) -> None:
    await use(path / "deeper" / "shuping.db")


async def finished_again(path: Path) -> None:
    async with await open_sqlite(path) as store:
        await store.apply("another", just(begun(name=PRIVATE), finished=(assessment("a1"),)))


async def not_there(path: Path) -> None:
    await open_present(f"sqlite:///{path.with_name('none.db')}")


async def a_bad_url(path: Path) -> None:
    await open_store(f"mysql://{path}")


@dataclass(frozen=True)
class Case:
    """A way to break it, and what it is to be called."""

    trouble: Trouble
    broken: Break
    name: str


CASES = [
    Case(Trouble.NEWER, altered("PRAGMA user_version = 99"), "newer"),
    Case(Trouble.NOT_OURS, altered("PRAGMA application_id = 7"), "not_ours"),
    Case(Trouble.NOT_OURS, a_text_file, "a_text_file"),
    Case(Trouble.CORRUPT, truncated, "truncated"),
    Case(Trouble.CORRUPT, altered("UPDATE sessions SET data = replace(data, '{', '')"), "session_no_json"),
    Case(Trouble.CORRUPT, altered("UPDATE sessions SET data = json_set(data, '$.page', json('[7]'))"), "session_odd"),
    Case(Trouble.CORRUPT, altered("UPDATE sessions SET data = CAST(x'ff' || data AS TEXT)"), "session_no_utf8"),
    Case(Trouble.CORRUPT, altered("UPDATE windows SET data = '{'"), "window_no_json"),
    Case(Trouble.CORRUPT, altered("UPDATE windows SET data = json_set(data, '$.card', 7)"), "window_odd"),
    Case(Trouble.CORRUPT, altered("UPDATE assessments SET data = '[' || data"), "assessment_no_json"),
    Case(Trouble.CORRUPT, altered("UPDATE log SET before = '[' || by"), "log_no_json"),
    Case(Trouble.CORRUPT, altered("UPDATE log SET at = by"), "log_no_time"),
    Case(Trouble.CORRUPT, altered("UPDATE log SET by = CAST(x'ff' || by AS TEXT)"), "log_no_utf8"),
    Case(Trouble.CORRUPT, altered("ALTER TABLE log RENAME COLUMN item TO thing"), "another_schema"),
    Case(Trouble.READ_ONLY, query_only, "query_only"),
    Case(Trouble.FULL, no_page_left, "no_page_left"),
    Case(Trouble.BUSY, locked, "locked"),
    Case(Trouble.BUSY, locked_at_opening, "locked_at_opening"),
    Case(Trouble.NO_ACCESS, a_folder, "a_folder"),
    Case(Trouble.NO_ACCESS, below_a_file, "below_a_file"),
    Case(Trouble.CORRUPT, altered("UPDATE sessions SET revision = 99"), "another_revision"),
    Case(Trouble.CORRUPT, altered("UPDATE sessions SET id = 'another'"), "another_session"),
    Case(Trouble.CONFLICT, finished_again, "finished_again"),
    Case(Trouble.BAD_URL, a_bad_url, "a_bad_url"),
    Case(Trouble.MISSING, not_there, "not_there"),
]
SERVERS = {
    Trouble.UNREACHABLE,
    Trouble.CROWDED,
    Trouble.DENIED,
    Trouble.ABSENT,
    Trouble.ENCODING,
    Trouble.NO_DRIVER,
    Trouble.BAD_TEXT,
}
"""What befalls only a server: see `test_postgres.py`."""
COPIES = {
    Trouble.UNFINISHED,
    Trouble.OLDER,
    Trouble.IN_USE,
    Trouble.OLD_WORKERS,
    Trouble.OCCUPIED,
    Trouble.OTHER_COPY,
    Trouble.SAME,
    Trouble.OPEN_FOLDER,
    Trouble.BACKING_UP,
    Trouble.BAD_BACKUP,
}
"""What befalls only who upgrades, copies or keeps a backup: see `test_backup.py` and the commands of `db`."""


def test_every_trouble_has_a_case() -> None:
    assert {case.trouble for case in CASES} | SERVERS | COPIES == set(Trouble)


@contextmanager
def losing_nothing(path: Path) -> Iterator[None]:
    """There are as many rows as before, wherever SQLite can still read the file."""
    before = dump(path)
    yield
    with outside(path) as connection:
        try:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        except sqlite3.DatabaseError:
            return
    assert len(dump(path)) == len(before)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_each_fault_is_named_loses_nothing_and_tells_no_secret(
    case: Case, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sqlite.store.BUSY_SECONDS", 0.05)
    await fill(path)
    with losing_nothing(path), pytest.raises(StorageError) as caught:
        await case.broken(path)
    error = caught.value
    assert error.trouble is case.trouble
    assert str(path.parent) in error.place
    assert str(error).startswith(f"{case.trouble}: {error.place}")
    shown = "".join(traceback.format_exception(error))
    assert not [secret for secret in (PRIVATE, ascii(PRIVATE)[1:-1], WINDOW) if secret in shown]


# after an error


@pytest.mark.parametrize(
    ("during", "after", "trouble"),
    [
        ("max_page_count = 1", f"max_page_count = {PLENTY}", Trouble.FULL),
        ("query_only = 1", "query_only = 0", Trouble.READ_ONLY),
    ],
)
async def test_nothing_leaks_out_of_a_failed_decision_and_the_store_goes_on(
    path: Path, during: str, after: str, trouble: Trouble
) -> None:
    await fill(path)
    async with pragma(path, during, after) as store:
        before = await everything(store)
        for _ in range(3):
            with pytest.raises(StorageError) as caught:
                await store.apply(WINDOW, bulky)
            assert caught.value.trouble is trouble
            assert await everything(store) == before
    async with await open_sqlite(path) as store:
        assert await everything(store) == before
        await store.apply(WINDOW, bulky)
        session, log, history = await everything(store)
        assert (session, len(log), len(history)) == (bulky(None).session, 2, 2)


async def fill_up(store: Store) -> None:
    """Small answers until one is refused."""
    while True:
        await store.apply(WINDOW, grown)


async def test_a_full_disk_keeps_what_it_took_and_takes_more_once_there_is_space(path: Path) -> None:
    await fill(path)
    async with pragma(path, "max_page_count = 1", f"max_page_count = {PLENTY}") as store:
        with pytest.raises(StorageError, match="full"):
            await fill_up(store)
        before = await everything(store)
    async with await open_sqlite(path) as store:
        assert await everything(store) == before
        revision, told = await revisions(store)
        assert told == list(range(1, 2)) + list(range(1, revision + 1))
        await store.apply(WINDOW, grown)
        assert await revisions(store) == (revision + 1, [*told, revision + 1])
