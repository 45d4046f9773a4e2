"""The embedded store on real files: settings, other connections and processes, sudden death, the private hook."""

import asyncio
import inspect
import re
import sqlite3
import threading
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import aiosqlite
import pytest

import storage
from storage.errors import StorageError, Trouble
from storage.opening import open_store
from storage.outbox import Crowd, Urgency
from storage.sqlite import apply, deletion, outbox, papers, state
from storage.sqlite.state import APPEND
from storage.sqlite.store import SqliteStore, open_sqlite
from storage.store import CONFIRM_SECONDS, Arrival, Decision, Forgetting, State
from tests.storage.child import FOREVER, answer, child, go, rest
from tests.storage.support import (
    ME,
    NOW,
    OTHER,
    WINDOW,
    assessment,
    begun,
    decides,
    entry,
    everything,
    grown,
    just,
    message,
    nothing,
    outside,
    revisions,
    sends,
    siblings,
    taken,
)

STATEMENTS = 6
"""A transaction of `grown`: begin, load, save, append, commit; and once more for the time after."""


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    async with await open_sqlite(path) as store:
        yield store


# one file


async def test_all_survives_closing_and_opening(path: Path) -> None:
    url = f"sqlite:///{path}"
    async with await open_store(url) as store:
        await store.apply(WINDOW, just(begun(name="东莞精密🏭"), entry(1), finished=(assessment("a1"),)))
        before = await everything(store)
    async with await open_store(url) as store:
        assert await everything(store) == before
        await store.apply(WINDOW, grown)
    async with await open_store(url) as store:
        assert await revisions(store) == (1, [1, 1])


async def test_closing_leaves_one_file_and_may_be_repeated(path: Path) -> None:
    store = await open_sqlite(path)
    await store.apply(WINDOW, grown)
    assert siblings(path) == ["shuping.db-shm", "shuping.db-wal"]
    await store.close()
    await store.close()
    assert siblings(path) == []


async def test_a_closed_store_refuses_work(path: Path) -> None:
    store = await open_sqlite(path)
    await store.close()
    with pytest.raises(ValueError, match="closed"):
        await asyncio.wait_for(store.apply(WINDOW, grown), timeout=5)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)],
)
async def test_the_settings_are_really_on(path: Path, setting: str, value: object) -> None:
    for _ in ("a new file", "one from before"):
        async with await open_sqlite(path) as store:
            await store.apply(WINDOW, grown)
            assert await store._hop(lambda db: db.execute(f"PRAGMA {setting}").fetchone()) == (value,)


async def test_a_log_row_of_an_unknown_dossier_is_refused(store: SqliteStore) -> None:
    row = ("nobody", "s1", "recorded", "q1", None, "1", "2025-03-01T00:00:00+00:00", "anna")
    with pytest.raises(StorageError, match="FOREIGN KEY"):
        await store._hop(lambda db: db.execute(APPEND, row))
    assert await store.log("nobody") == []


async def test_the_transaction_is_rolled_back_before_the_next_begins(store: SqliteStore) -> None:
    await store.apply(WINDOW, grown)
    broken = just(begun(), entry(2, by="half a character \ud83c"))  # the session is written first, then this fails
    with pytest.raises(UnicodeEncodeError):
        await store.apply(WINDOW, broken)
    assert not await store._hop(lambda db: db.in_transaction)
    assert await revisions(store) == (1, [1])


async def test_what_was_deleted_is_on_the_disk_no_more(store: SqliteStore, path: Path) -> None:
    secret = "东莞绝密精密"  # noqa: S105  # a firm's name
    letter = message(secret)
    await store.apply(WINDOW, just(begun(name=secret), entry(1, by=secret)))
    await store.apply(WINDOW, sends(letter))
    assert any(secret.encode() in file.read_bytes() for file in path.parent.iterdir())
    await store.apply(WINDOW, decides(forgotten=Forgetting.DOSSIER))
    assert not any(secret.encode() in file.read_bytes() for file in path.parent.iterdir())


async def test_writes_that_come_during_a_commit_share_the_next_one(store: SqliteStore) -> None:
    commits = await counted(store)
    await asyncio.gather(*(store.apply(WINDOW, grown) for _ in range(21)))
    assert len(commits) == 2
    await store.apply(WINDOW, grown)
    assert len(commits) == 3


async def test_a_batch_of_updates_shares_one_commit(store: SqliteStore) -> None:
    commits = await counted(store)
    await asyncio.gather(*(store.apply(WINDOW, grown, Arrival("telegram", number, NOW)) for number in range(21)))
    assert len(commits) == 1
    assert await revisions(store) == (21, list(range(1, 22)))


async def counted(store: SqliteStore) -> list[str]:
    """A list that every commit from now on is added to."""
    commits: list[str] = []
    await store._hop(lambda db: db.set_trace_callback(lambda text: commits.append(text) if text == "COMMIT" else None))
    return commits


# others on the same file


async def test_two_stores_on_one_file_lose_nothing(path: Path) -> None:
    async with await open_sqlite(path) as one, await open_sqlite(path) as two:
        await asyncio.gather(*(store.apply(WINDOW, grown) for _ in range(100) for store in (one, two)))
        assert await everything(one) == await everything(two)
        assert await revisions(one) == (200, list(range(1, 201)))


async def test_two_processes_on_one_file_lose_nothing(path: Path) -> None:
    with child("grow", path, 100) as one, child("grow", path, 100) as two:
        acknowledged = [[int(answer(process)) for _ in range(100)] for process in (one, two)]
        assert one.wait() == two.wait() == 0
    assert sorted(acknowledged[0] + acknowledged[1]) == list(range(1, 201))
    async with await open_sqlite(path) as store:
        assert await revisions(store) == (200, list(range(1, 201)))


async def test_a_busy_file_is_reported_and_read_all_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.sqlite.store.BUSY_SECONDS", 0.05)
    async with await open_sqlite(path) as store:
        await store.apply(WINDOW, grown)
        with child("lock", path) as other:
            assert answer(other) == "locked"
            with pytest.raises(StorageError) as caught:
                await store.apply(WINDOW, grown)
            assert caught.value.trouble is Trouble.BUSY
            assert await revisions(store) == (1, [1])
            go(other)
            assert other.wait() == 0
        await store.apply(WINDOW, grown)
        assert await revisions(store) == (2, [1, 2])


async def test_a_lock_that_is_soon_gone_is_waited_for(store: SqliteStore, path: Path) -> None:
    with child("lock", path) as other:
        assert answer(other) == "locked"
        waiting = asyncio.ensure_future(store.apply(WINDOW, grown))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        go(other)
        await waiting
    assert await revisions(store) == (1, [1])


async def queue(path: Path, windows: int, each: int) -> None:
    """So many messages for each of so many windows."""
    async with await open_sqlite(path) as store:
        for number in range(windows):
            files = [message(f"{file}", urgency=Urgency.FILE) for file in range(each // 2)]
            answers = [message(f"{answer}") for answer in range(each // 2)]
            await store.apply(f"w{number}", sends(*files, *answers))


@pytest.mark.slow
async def test_processes_that_send_side_by_side_send_each_message_once(path: Path) -> None:
    windows, each = 30, 20
    await queue(path, windows, each)
    with ExitStack() as stack:
        crew = [stack.enter_context(child("send", path, holder, 8)) for holder in ("one", "two", "three")]
        sent = [list(map(int, rest(process).split())) for process in crew]
        assert [process.wait() for process in crew] == [0, 0, 0]
    assert Counter(number for numbers in sent for number in numbers) == Counter(range(1, windows * each + 1))
    assert all(sent), "else nobody was beside anybody"


@pytest.mark.slow
async def test_what_a_killed_process_had_claimed_is_taken_over_and_sent_twice_at_most(path: Path) -> None:
    windows, each = 10, 2 * Crowd.FILES
    await queue(path, windows, each)
    with child("send", path, "killed", 3) as killed, child("send", path, "other", 3) as other:
        sent = [int(answer(killed)) for _ in range(20)]
        killed.kill()
        sent += [*map(int, rest(killed).split()), *map(int, rest(other).split())]
        assert other.wait() == 0
    counts = Counter(sent)
    assert set(counts) == set(range(1, windows * each + 1))
    twice = [number for number, times in counts.items() if times > 1]
    assert set(counts.values()) <= {1, 2}
    assert len(twice) <= 3, "one in each lane that it had claimed"


# what was confirmed


@asynccontextmanager
async def confirmed(store: SqliteStore) -> AsyncIterator[None]:
    """A message was confirmed before what comes, and is found noted after it."""
    await store.apply(OTHER, sends(message("edit")))
    due = await taken(store, window=OTHER)
    assert due is not None
    store.confirm(due.queued, ME, nothing)
    yield
    await store.apply("third", grown)
    assert await store.waiting(OTHER) == []
    assert await store.holders() == set()


async def test_what_was_confirmed_is_noted_when_the_store_is_closed(path: Path) -> None:
    async with await open_sqlite(path) as store:
        await store.apply(WINDOW, sends(message("edit")))
        due = await taken(store)
        assert due is not None
        store.confirm(due.queued, ME, nothing)
    async with await open_sqlite(path) as store:
        assert await store.waiting(WINDOW) == []
        assert await store.holders() == set()


@pytest.mark.parametrize("kind", ["ABORT", "FAIL", "ROLLBACK"])
async def test_what_cannot_be_noted_is_nobody_elses_trouble_and_is_kept(store: SqliteStore, kind: str) -> None:
    trouble = f"CREATE TRIGGER trouble BEFORE DELETE ON outbox BEGIN SELECT RAISE({kind}, 'no'); END"
    async with confirmed(store):
        await store._hop(lambda db: db.execute(trouble))
        await store.apply(WINDOW, grown)
        await asyncio.gather(*(store.apply(WINDOW, grown) for _ in range(3)))
        assert await revisions(store) == (4, [1, 2, 3, 4])
        assert [queued.reply for queued in await store.waiting(OTHER)] == ["edit"]
        await store._hop(lambda db: db.execute("DROP TRIGGER trouble"))


async def test_what_was_confirmed_survives_a_transaction_that_fails(store: SqliteStore) -> None:
    def broken(_: State) -> Decision:
        raise ZeroDivisionError

    async with confirmed(store):
        with pytest.raises(ZeroDivisionError):
            await store.apply(WINDOW, broken)


async def test_what_was_confirmed_survives_a_busy_database(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sqlite.store.AGAIN_SECONDS", 0.01)
    await store._hop(lambda db: db.execute("PRAGMA busy_timeout = 20"))
    async with confirmed(store):
        with outside(path) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageError, match="busy"):
                await store.apply(WINDOW, grown)
            await asyncio.sleep(3 * CONFIRM_SECONDS)
            assert len(await store.waiting(OTHER)) == 1
            other.execute("ROLLBACK")


# a million that wait


def plan(database: sqlite3.Connection, statement: str) -> list[str]:
    """How SQLite goes about it."""
    values = [None] * statement.count("?") or dict.fromkeys(re.findall(r":(\w+)", statement))
    return [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {statement}", values)]


STATEMENTS_OF = {
    f"{module.__name__}.{name}": value
    for module in (apply, deletion, outbox, papers, state)
    for name, value in vars(module).items()
    if name.isupper()
    and name[0] != "_"
    and isinstance(value, str)
    and re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT)", value)
}
THOROUGH = {deletion.OVERDUE: "slice by slice", deletion.UNMARK: "when the file is written anew"}


@pytest.mark.parametrize("statement", STATEMENTS_OF.values(), ids=STATEMENTS_OF)
async def test_nothing_looks_through_all_that_is_stored(store: SqliteStore, statement: str) -> None:
    steps = await store._hop(lambda db: plan(db, statement))
    all_of = [
        step
        for step in steps
        if re.match(r"SCAN (outbox|sessions|log|assessments|issued|windows|sights|damaged)", step)
    ]
    assert not all_of or statement in (*THOROUGH, outbox.DAMAGED)


# sudden death


async def test_what_was_acknowledged_survives_a_kill(path: Path) -> None:
    last = 0
    for more in (40, 7, 1):
        with child("grow", path, FOREVER) as process:
            for _ in range(more):
                last = int(answer(process))
            process.kill()
            last = max([last, *map(int, rest(process).split())])
        async with await open_sqlite(path) as store:
            revision, told = await revisions(store)
        assert last <= revision <= last + 1
        assert told == list(range(1, revision + 1))


async def test_a_kill_between_two_statements_leaves_all_or_nothing(path: Path) -> None:
    files = [path.with_name(f"{number}.db") for number in range(1, STATEMENTS + 1)]
    for file in files:
        async with await open_sqlite(file) as store:
            await store.apply(WINDOW, grown)
    with child("die", *files) as process:
        assert [answer(process) for _ in files] == ["-9"] * STATEMENTS
    outcomes = []
    for file in files:
        async with await open_sqlite(file) as store:
            outcomes.append(await revisions(store))
    assert outcomes == [(1, [1])] * (STATEMENTS - 1) + [(2, [1, 2])]


# the private hook of aiosqlite; should it break, look at `SqliteStore._hop`


def private_of_aiosqlite() -> set[str]:
    names = set(dir(aiosqlite.Connection)) | set(vars(aiosqlite.Connection(lambda: sqlite3.connect(":memory:"), 1)))
    return {name for name in names if name.startswith("_") and not name.startswith("__")}


def test_one_line_of_storage_touches_what_is_private_to_aiosqlite() -> None:
    private = private_of_aiosqlite()
    assert {"_execute", "_conn"} <= private
    touched = {
        (file.name, number, attribute)
        for file in Path(storage.__path__[0], "sqlite").rglob("*.py")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        for attribute in re.findall(r"(?<=\.)_\w+", line)
        if attribute in private
    }
    assert {attribute for *_, attribute in touched} == {"_execute", "_conn"}
    assert len({(file, line) for file, line, _ in touched}) == 1


def test_the_hook_has_the_signature_we_know() -> None:
    hook = aiosqlite.Connection._execute
    assert inspect.iscoroutinefunction(hook)
    assert str(inspect.signature(hook)) == "(self, fn, *args, **kwargs)"
    assert isinstance(inspect.getattr_static(aiosqlite.Connection, "_conn"), property)


async def test_the_hook_behaves_as_we_know() -> None:
    async with aiosqlite.connect(":memory:", isolation_level=None) as database:

        async def hop(work: object) -> object:
            return await database._execute(work)  # type: ignore[no-untyped-call]

        assert type(database._conn) is sqlite3.Connection
        assert await hop(lambda: database._conn.execute("SELECT 7").fetchone()) == (7,)
        threads = set(await asyncio.gather(*(hop(threading.get_ident) for _ in range(5))))
        assert len(threads) == 1
        assert threads != {threading.get_ident()}
        order: list[int] = []
        await asyncio.gather(*(hop(lambda n=n: order.append(n)) for n in range(50)))
        assert order == list(range(50))
        error = KeyboardInterrupt()

        def fail() -> None:
            raise error

        with pytest.raises(KeyboardInterrupt) as caught:
            await hop(fail)
        assert caught.value is error
        assert await hop(lambda: "still there") == "still there"
    with pytest.raises(ValueError, match="closed"):
        await hop(lambda: None)


def test_the_file_is_a_plain_database_for_other_programs(path: Path) -> None:
    async def fill() -> None:
        async with await open_sqlite(path) as store:
            await store.apply(WINDOW, grown)

    asyncio.run(fill())
    with outside(path) as connection:
        assert connection.execute("SELECT window, revision FROM sessions JOIN sights USING (dossier)").fetchall() == [
            (WINDOW, 1)
        ]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
