"""Copying to another database: all that can be read arrives, whatever happens, or it is said what does not."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, timedelta, timezone
from pathlib import Path
from random import Random

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.session import Assessment, Session
from storage.copying import run
from storage.copying.move import move
from storage.copying.opening import read_from, refuse_same, shown, write_to
from storage.copying.run import Compared, Step, compare
from storage.copying.side import Progress
from storage.copying.tables import TABLES
from storage.errors import StorageError, Trouble
from storage.opening import open_present, open_store
from storage.store import FORM, Decision, LogEntry
from storage.window import Window
from tests.pgbouncer import Bouncer
from tests.postgres import Server
from tests.storage.child import ROOT
from tests.storage.strategies import assessments, examples, moments, sessions, texts
from tests.storage.support import (
    NOW,
    WINDOW,
    begun,
    everything,
    grown,
    just,
    message,
    outside,
    put,
    sends,
    siblings,
    untouched,
)
from tests.storage.test_alike import Trial

NOT_COPIED = {"claims", "leases", "marks", "sqlite_sequence"}
"""Who is at work, what is still to be cleaned, and what SQLite keeps for itself."""

Both = tuple[str, str]


def sqlite(folder: Path, name: str) -> str:
    return f"sqlite:///{folder / name}"


@pytest.fixture(params=["to PostgreSQL", "to SQLite", "from PostgreSQL"])
def both(request: pytest.FixtureRequest, tmp_path: Path, postgres: Server) -> Iterator[Both]:
    """Where to copy from, and where to; there is nothing yet."""
    with postgres.database() as url:
        here, there = sqlite(tmp_path, "here.db"), sqlite(tmp_path, "there.db")
        yield {"to PostgreSQL": (here, url), "to SQLite": (here, there), "from PostgreSQL": (url, there)}[request.param]


def moved(source: str, target: str, tell: Callable[[Step], None] = lambda _: None) -> dict[str, Compared]:
    """Copy; what came of each table."""
    return {table.table: table for table in move(source, target, tell, lambda _: None)}


def is_copy(found: dict[str, Compared]) -> bool:
    return all(table.equal and not table.unfit for table in found.values())


def trouble(work: Callable[[], object]) -> Trouble:
    with pytest.raises(StorageError) as error:
        work()
    return error.value.trouble


async def lived(url: str, seed: int, steps: int = 60) -> None:
    """A database to which all kinds of things have happened."""
    async with await open_store(url) as store:
        trial = Trial(store, seed)
        for _ in range(steps):
            await trial.step()


async def fill(url: str, windows: int) -> None:
    """A database with people in it, of whom each has said something and waits for something."""
    async with await open_store(url) as store:
        for number in range(windows):
            decision = Decision(
                f"dossier {number}",
                begun(str(number)),
                (LogEntry("s1", "recorded", "q1", None, ("A",), NOW, "anna"),),
                window=Window(language="en", card="7"),
                outbox=(message("card", hours=number),),
            )
            await store.apply(f"telegram:{number}", decides_of(decision))


def decides_of(decision: Decision) -> Callable[[object], Decision]:
    return lambda _: decision


def rows(url: str) -> dict[str, list[object]]:
    """All that is in a database, in the normal form."""
    with closing(read_from(url)) as reader:
        return {table.name: list(reader.rows(table)) for table in TABLES}


@contextmanager
def changing(url: str) -> Iterator[Callable[[str], object]]:
    """A way to do something to a database behind everybody's back."""
    if url.startswith("sqlite"):
        with outside(Path(url.removeprefix("sqlite:///"))) as connection:
            yield connection.execute
    else:
        with psycopg.connect(url, autocommit=True, options="-c search_path=shuping") as connection:
            yield lambda statement: connection.execute(statement.encode())


def test_every_table_is_copied_or_known_to_be_of_no_account(path: Path) -> None:
    asyncio.run(fill(f"sqlite:///{path}", 0))
    with outside(path) as connection:
        found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        columns = {
            table.name: {row[1] for row in connection.execute(f"PRAGMA table_info({table.name})")} for table in TABLES
        }
    assert found == NOT_COPIED | {table.name for table in TABLES}
    assert columns == {table.name: {column.name for column in table.columns} for table in TABLES}


def test_every_column_of_postgres_is_copied_or_worked_out(database: str) -> None:
    asyncio.run(fill(database, 0))
    statement = """
        SELECT table_name, array_agg(replace(column_name, 'window_name', 'window')) FROM information_schema.columns
        WHERE table_schema = 'shuping' AND is_generated = 'NEVER' GROUP BY table_name
    """
    with psycopg.connect(database) as connection:
        found = {name: set(columns) for name, columns in connection.execute(statement)}
    assert found.keys() - {table.name for table in TABLES} == {"meta", "claims", "leases", "rates"}
    worked_out = {
        "sessions": {"number", "phase", "item", "answered", "finished_at", "form"},
        "windows": {"form"},
        "outbox": {"form"},
    }
    for table in TABLES:
        assert found[table.name] == {column.name for column in table.columns} | worked_out.get(table.name, set())


# all arrives


@pytest.mark.parametrize("seed", range(3))
def test_whatever_has_happened_arrives(both: Both, seed: int) -> None:
    source, target = both
    asyncio.run(lived(source, seed))
    assert is_copy(moved(source, target))
    assert rows(source) == rows(target)
    assert sum(map(len, rows(target).values())) > 5


def test_there_and_back_again_is_the_same_file(tmp_path: Path, database: str) -> None:
    here, there = sqlite(tmp_path, "here.db"), sqlite(tmp_path, "there.db")
    asyncio.run(lived(here, 5))
    moved(here, database)
    moved(database, there)
    assert rows(here) == rows(there)
    assert siblings(tmp_path / "here.db") == siblings(tmp_path / "there.db") == []
    for url in (here, there, database):
        with closing(read_from(url)) as reader:
            assert list(reader.faults()) == []


def test_a_pooler_may_stand_between(tmp_path: Path, database: str, pgbouncer: Bouncer) -> None:
    here, there, back = sqlite(tmp_path, "here.db"), pgbouncer.through(database), sqlite(tmp_path, "back.db")
    asyncio.run(fill(here, 5))
    assert is_copy(moved(here, there))
    assert is_copy(moved(there, back))
    assert rows(here) == rows(back)


@examples(10)
@given(
    session=sessions,
    finished=st.lists(assessments, max_size=2, unique_by=lambda one: one.id),
    said=texts.filter(lambda text: "\0" not in text),
    at=moments,
)
def test_what_people_said_arrives_to_the_letter(
    tmp_path_factory: pytest.TempPathFactory,
    postgres: Server,
    session: Session,
    finished: list[Assessment],
    said: str,
    at: object,
) -> None:
    line = LogEntry(said, "recorded", said, ("A", "B"), 3, session.started_at, said)
    folder = tmp_path_factory.mktemp("copied")
    here, back = sqlite(folder, "here.db"), sqlite(folder, "back.db")

    async def say() -> None:
        async with await open_store(here) as store:
            await store.apply(WINDOW, just(session, line, finished=tuple(finished)))
            await store.apply(WINDOW, sends(message(said, key=said)))

    async def heard(url: str) -> object:
        async with await open_store(url) as store:
            found, log, history = await everything(store)
            assert found is not None
            return found.model_dump_json(), log, history, await store.waiting(WINDOW)

    asyncio.run(say())
    with postgres.database() as there:
        assert is_copy(moved(here, there))
        assert is_copy(moved(there, back))
        assert asyncio.run(heard(there)) == asyncio.run(heard(here))
    assert asyncio.run(heard(back)) == asyncio.run(heard(here))


def test_times_stay_the_same_moment_whatever_zone_they_were_written_in(tmp_path: Path, database: str) -> None:
    here = sqlite(tmp_path, "here.db")
    moment = NOW.replace(microsecond=123457).astimezone(timezone(timedelta(hours=8)))

    async def say() -> None:
        async with await open_store(here) as store:
            await store.apply(WINDOW, just(begun(), LogEntry("s", "k", "q1", None, 1, moment, "anna"), dossier="d"))

    async def told() -> list[LogEntry]:
        async with await open_store(database) as store:
            return await store.log("d")

    asyncio.run(say())
    moved(here, database)
    (line,) = asyncio.run(told())
    assert (line.at, line.at.utcoffset()) == (moment, UTC.utcoffset(None))


def test_life_goes_on_in_the_copy(both: Both) -> None:
    source, target = both

    async def go_on() -> tuple[list[object], list[int]]:
        async with await open_store(target) as store:
            await store.apply(WINDOW, grown)
            await store.apply(WINDOW, sends(message("new")))
            _, log, _ = await everything(store)
            return [line.after for line in log], [queued.number for queued in await store.waiting(WINDOW)]

    asyncio.run(fill(source, 3))
    asyncio.run(grow(source, 3))
    with changing(source) as change:
        change("UPDATE outbox SET number = 1000 WHERE number = 3")
        if source.startswith("sqlite"):
            change("INSERT INTO damaged (number, window, reply, due) VALUES (2000, 'w', 'x', 0)")
        else:
            change("INSERT INTO damaged (number, window_name, reply, due) VALUES (2000, 'w', 'x', now())")
    moved(source, target)
    assert asyncio.run(go_on()) == ([1, 2, 3, 4], [2001])


async def grow(url: str, times: int) -> None:
    async with await open_store(url) as store:
        for _ in range(times):
            await store.apply(WINDOW, grown)


def test_who_is_at_work_is_not_copied(both: Both) -> None:
    source, target = both

    async def work() -> None:
        async with await open_store(source) as store:
            await store.hold("house", "me", None)

    async def leased() -> object:
        async with await open_present(target) as store:
            return await store.lease("house"), await store.holders()

    asyncio.run(work())
    moved(source, target)
    assert asyncio.run(leased()) == (None, set())


# interrupted


@pytest.mark.slow
def test_killed_anywhere_it_goes_on_where_it_was(both: Both) -> None:
    source, target = both
    asyncio.run(fill(source, 20))
    chance, killed, said = Random(1), 0, ""  # noqa: S311  # no secrets
    while not said:
        seconds = chance.uniform(0.001, 0.05 * (killed + 1))
        command = [sys.executable, "-m", "tests.storage.copier", source, target, str(seconds)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        said, killed = done.stdout, killed + 1
        assert done.returncode in (0, -signal.SIGALRM), done.stderr
    assert said == "equal"
    assert killed > 1
    assert rows(source) == rows(target)


class StoppedError(Exception):
    """Somebody has pulled the plug."""


def interrupted(source: str, target: str, table: str = "log") -> None:
    """Copy until rows of a table have come."""

    def stop(step: Step) -> None:
        if step.table == table and step.done:
            raise StoppedError

    with pytest.raises(StoppedError):
        moved(source, target, stop)


def test_an_unfinished_copy_is_opened_by_nobody(both: Both) -> None:
    source, target = both
    asyncio.run(fill(source, 3))
    interrupted(source, target)
    for _ in range(2):
        with pytest.raises(StorageError) as error:
            asyncio.run(fill(target, 1))
        assert (error.value.trouble, error.value.detail) == (Trouble.UNFINISHED, shown(source))
    assert trouble(lambda: read_from(target)) is Trouble.UNFINISHED
    assert is_copy(moved(source, target))
    asyncio.run(fill(target, 1))


def test_what_is_there_is_not_copied_again(both: Both) -> None:
    source, target = both
    asyncio.run(fill(source, 3))
    interrupted(source, target)
    steps: list[Step] = []
    moved(source, target, steps.append)
    begun_at = {step.table: step.done for step in reversed(steps) if not step.comparing}
    assert begun_at == {
        table.name: 3 if table.name in ("sessions", "windows", "sights", "log") else 0 for table in TABLES
    }


@pytest.mark.parametrize("tampered", [0, 1], ids=["source", "copy"])
def test_a_row_that_was_changed_between_two_runs_is_found(both: Both, tampered: int) -> None:
    source, target = both
    asyncio.run(fill(source, 3))
    interrupted(source, target)
    with changing(both[tampered]) as change:
        change("UPDATE sessions SET revision = 77 WHERE dossier = 'dossier 1'")
    found = moved(source, target)
    assert [(name, table.first) for name, table in found.items() if not table.equal] == [("sessions", "dossier 1")]
    assert found["sessions"].rows == (3, 3)
    assert len(set(found["sessions"].checksums)) == 2
    assert trouble(lambda: asyncio.run(fill(target, 1))) is Trouble.UNFINISHED


@pytest.mark.parametrize(("tampered", "counts"), [(0, (2, 3)), (1, (3, 2))], ids=["source", "copy"])
def test_a_row_that_is_gone_is_found(both: Both, tampered: int, counts: tuple[int, int]) -> None:
    source, target = both
    asyncio.run(fill(source, 3))
    interrupted(source, target)
    with changing(both[tampered]) as change:
        change("DELETE FROM log WHERE number = 2")
    found = moved(source, target)
    assert (found["log"].rows, found["log"].first, found["log"].equal) == (counts, "2", False)


def test_what_is_whole_already_is_found_to_be_so(both: Both) -> None:
    source, target = both
    asyncio.run(fill(source, 3))
    first = moved(source, target)
    assert moved(source, target) == first
    with changing(target) as change:
        change("UPDATE sessions SET revision = 77 WHERE dossier = 'dossier 1'")
    assert trouble(lambda: moved(source, target)) is Trouble.OCCUPIED


# refused


def test_a_database_that_holds_something_is_left_alone(both: Both) -> None:
    source, target = both
    asyncio.run(fill(source, 1))
    asyncio.run(fill(target, 2))
    before = rows(target)
    assert trouble(lambda: moved(source, target)) is Trouble.OCCUPIED
    assert rows(target) == before


def test_an_unfinished_copy_of_another_database_is_left_alone(both: Both, tmp_path: Path) -> None:
    source, target = both
    other = sqlite(tmp_path, "other.db")
    for url in (source, other):
        asyncio.run(fill(url, 1))
    interrupted(source, target)
    assert trouble(lambda: moved(other, target)) is Trouble.OTHER_COPY
    assert is_copy(moved(source, target))


def test_nobody_writes_to_the_source_meanwhile(both: Both) -> None:
    source, _ = both
    asyncio.run(fill(source, 1))
    with closing(read_from(source)), changing(source) as change:
        change("PRAGMA busy_timeout = 10" if source.startswith("sqlite") else "SET lock_timeout = 10")
        with pytest.raises((psycopg.errors.LockNotAvailable, sqlite3.OperationalError), match="lock"):
            change("UPDATE sessions SET revision = 8")


@pytest.mark.slow
def test_two_do_not_copy_to_the_same_database(both: Both, tmp_path: Path) -> None:
    source, target = both
    asyncio.run(fill(source, 3))
    with closing(read_from(source, alone=False)) as here, closing(write_to(target, shown(source))) as first:
        if target.startswith("sqlite"):
            assert trouble(lambda: write_to(target, shown(source))) is Trouble.BUSY
        else:
            with closing(write_to(target, shown(source))) as other:
                table = TABLES[0]
                run._copy(here, other, table, lambda _: None)
                (row, *_) = here.rows(table)
                assert trouble(lambda: first.write(table, [row], Progress(1, row[:1]))) is Trouble.BUSY


def test_the_same_database_is_no_copy(tmp_path: Path, database: str) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "here.db")
    assert trouble(lambda: refuse_same(sqlite(tmp_path, "here.db"), sqlite(tmp_path, "link.db"))) is Trouble.SAME
    assert trouble(lambda: refuse_same(database, database)) is Trouble.SAME


def test_a_source_that_is_not_there(both: Both, tmp_path: Path) -> None:
    source, _ = both
    assert trouble(lambda: read_from(source)) is Trouble.MISSING


@pytest.mark.parametrize("url", ["memory:", "sqlite:///", "mysql://x:secret@y/z"])
def test_what_is_no_database_of_ours(url: str) -> None:
    for way in (lambda: read_from(url), lambda: write_to(url, "x")):
        assert trouble(way) is Trouble.BAD_URL


def test_files_of_others_older_ones_and_newer_ones(path: Path, tmp_path: Path) -> None:
    source = f"sqlite:///{path}"
    put(tmp_path / "text.db", b"no database " * 100)
    with untouched(tmp_path / "text.db"):
        assert trouble(lambda: read_from(sqlite(tmp_path, "text.db"))) is Trouble.NOT_OURS
    asyncio.run(fill(source, 1))
    for version, expected in ((3, Trouble.OLDER), (99, Trouble.NEWER)):
        with changing(source) as change:
            change(f"PRAGMA user_version = {version}")
        assert trouble(lambda: read_from(source)) is expected


def test_rows_that_a_newer_program_wrote_are_for_newer_programs(tmp_path: Path, database: str) -> None:
    asyncio.run(fill(database, 2))
    with changing(database) as change:
        change(f"UPDATE sessions SET form = {FORM + 1} WHERE dossier = 'dossier 1'")  # noqa: S608
    assert trouble(lambda: moved(database, sqlite(tmp_path, "there.db"))) is Trouble.NEWER


# damage

DAMAGE = {
    "sessions": ("data = x'00'", "data = CAST(x'7bff' AS TEXT)", "data = '[]'", "revision = 1.5", "updated_at = 'x'"),
    "outbox": ("reply = x'00ff'", "key = CAST(x'ff' AS TEXT)", "due = -9e99", "attempts = 'x'", "part = 99999999999"),
    "windows": ("data = '{'", 'data = \'{"language": "a\\u0000b"}\'', "data = '{\"puzzled\": NaN}'"),
    "log": ("by = 'a' || char(0)", "at = '2025-03-01T08:30:00'", "after = '['", "item = x'00'"),
}


@pytest.mark.parametrize(("table", "change"), [(table, change) for table in DAMAGE for change in DAMAGE[table]])
def test_damaged_rows_stay_behind_and_are_named(path: Path, database: str, table: str, change: str) -> None:
    source = f"sqlite:///{path}"
    asyncio.run(fill(source, 3))
    names = {"sessions": "dossier 1", "windows": "telegram:1"}
    key = "dossier" if table == "sessions" else "window" if table == "windows" else "number"
    with changing(source) as execute:
        execute(f"UPDATE {table} SET {change} WHERE {key} = '{names.get(table, 2)}'")  # noqa: S608
    for target in (database, f"{source}.copy"):
        found = moved(source, target)
        assert all(one.equal for one in found.values())
        assert {name: one.named for name, one in found.items() if one.unfit} == {table: (names.get(table, "2"),)}
        assert found[table].rows == (2, 2)
        asyncio.run(grow(target, 1))


def test_an_hundred_times_as_much_takes_no_more_memory(path: Path, database: str) -> None:
    source = f"sqlite:///{path}"
    asyncio.run(fill(source, 20))
    with changing(source) as change:
        for _ in range(9):
            change(
                "INSERT INTO log (dossier, session, kind, item, at, by) "
                "SELECT dossier, session, kind, item, at, hex(randomblob(500)) FROM log"
            )
    tracemalloc.start()
    try:
        assert is_copy(moved(source, database))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 6_000_000 < 10_000_000 < path.stat().st_size


def test_two_sides_that_differ_everywhere_are_still_compared(tmp_path: Path) -> None:
    here, there = sqlite(tmp_path, "here.db"), sqlite(tmp_path, "there.db")
    asyncio.run(fill(here, 2))
    asyncio.run(fill(there, 3))
    with closing(read_from(here)) as ours, closing(read_from(there)) as theirs:
        found = compare(ours, theirs, TABLES[0], lambda _: None)
    assert (found.rows, found.first) == ((2, 3), "dossier 2")
