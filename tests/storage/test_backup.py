"""Backups: whole or not there, of one moment while others write, seen by nobody else, the newest kept."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psycopg
import pytest

from storage.backup import back_up
from storage.copying.backup import back_up_postgres
from storage.errors import StorageError, Trouble
from storage.opening import open_store
from storage.sqlite.backup import back_up_sqlite, counts, verify
from storage.sqlite.store import open_sqlite
from tests.postgres import Server
from tests.storage.child import FOREVER, NOBODY, ROOT, answer, child
from tests.storage.support import WINDOW, dump, grown, outside, revisions, siblings

OLD = "shuping-20240101T00000{}Z.sqlite3"


@pytest.fixture
async def file(path: Path) -> Path:
    """One with a few answers in it, that nobody has open."""
    async with await open_sqlite(path) as store:
        for _ in range(3):
            await store.apply(WINDOW, grown)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where backups go; it is not there yet, nor is the one above it."""
    return tmp_path / "far" / "backups"


def make(file: Path, folder: Path, keep: int = 7) -> Path:
    return back_up(folder, keep, partial(back_up_sqlite, file))


def trouble(work: Callable[[], object]) -> Trouble:
    with pytest.raises(StorageError) as error:
        work()
    return error.value.trouble


async def test_it_holds_what_the_database_holds_and_is_one_file(file: Path, folder: Path) -> None:
    made = make(file, folder)
    assert siblings(made) == siblings(file) == []
    assert dump(made) == dump(file)
    async with await open_sqlite(made) as store:
        assert await revisions(store) == (3, [1, 2, 3])


def test_nobody_else_can_read_it(file: Path, folder: Path) -> None:
    umask = os.umask(0)
    try:
        made = make(file, folder)
    finally:
        os.umask(umask)
    modes = [path.stat().st_mode & 0o777 for path in (made, folder, folder.parent)]
    assert modes == [0o600, 0o700, 0o700]


async def test_it_is_of_one_moment_while_others_write(path: Path, folder: Path) -> None:
    async with await open_sqlite(path):
        pass
    with child("grow", path, FOREVER) as writer:
        for _ in range(10):
            answer(writer)
        made = [make(path, folder) for _ in range(2)]
    found = []
    for backup in (*made, path):
        async with await open_sqlite(backup) as store:
            revision, told = await revisions(store)
        assert told == list(range(1, revision + 1))
        found.append(revision)
    assert 10 <= found[0] <= found[1] <= found[2]


def test_traces_of_deleted_people_that_are_still_in_the_file_do_not_come_along(file: Path, folder: Path) -> None:
    with outside(file) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("CREATE TABLE trace (a)")
        connection.execute("INSERT INTO trace VALUES ('SECRET' || hex(zeroblob(5000)))")
        connection.execute("DROP TABLE trace")
        connection.execute("INSERT INTO marks VALUES ('unclean')")
    assert b"SECRET" in file.read_bytes()
    assert b"SECRET" not in make(file, folder).read_bytes()


# what is kept


def test_the_newest_are_kept(file: Path, folder: Path) -> None:
    folder.mkdir(0o700, parents=True)
    for number in range(4):
        (folder / OLD.format(number)).touch(0o600)
    made = make(file, folder, keep=3)
    assert sorted(file.name for file in folder.iterdir()) == [OLD.format(2), OLD.format(3), made.name]
    again = make(file, folder, keep=1)
    assert list(folder.iterdir()) == [again]


def test_what_was_just_made_stays_though_the_clock_was_set_back(file: Path, folder: Path) -> None:
    folder.mkdir(0o700, parents=True)
    (folder / "shuping-29990101T000000Z.sqlite3").touch(0o600)
    assert list(folder.iterdir()) != [made := make(file, folder, keep=1)]
    assert list(folder.iterdir()) == [made]


def test_links_folders_and_what_others_put_there_are_left_alone(file: Path, folder: Path) -> None:
    folder.mkdir(0o700, parents=True)
    precious = folder.parent / "precious"
    precious.write_text("precious")
    (folder / OLD.format(1)).symlink_to(precious)
    (folder / ".shuping-x.part").symlink_to(precious)
    (folder / OLD.format(2)).mkdir()
    (folder / "shuping-20240101T000000Z.sqlite3.old").touch()
    (folder / "notes.txt").touch()
    before = set(folder.iterdir())
    made = make(file, folder, keep=1)
    assert set(folder.iterdir()) == {*before, made}
    assert precious.read_text() == "precious"
    assert not made.is_symlink()


def test_a_folder_that_is_a_link_is_the_one_that_it_leads_to(file: Path, folder: Path) -> None:
    folder.mkdir(0o700, parents=True)
    link = folder.parent / "link"
    link.symlink_to(folder)
    assert make(file, link).resolve().parent == folder.resolve()


# what goes wrong


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o777, 0o1777])
def test_a_folder_that_others_can_use_is_refused_with_its_mending(file: Path, folder: Path, mode: int) -> None:
    folder.mkdir(parents=True)
    folder.chmod(mode)
    with pytest.raises(StorageError) as error:
        make(file, folder)
    assert (error.value.trouble, error.value.detail) == (Trouble.OPEN_FOLDER, f"chmod 700 {folder}")
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give a folder away")
def test_a_folder_of_somebody_else_is_refused_with_its_mending(file: Path, folder: Path) -> None:
    folder.mkdir(0o700, parents=True)
    os.chown(folder, NOBODY, NOBODY)
    with pytest.raises(StorageError) as error:
        make(file, folder)
    assert error.value.detail == f"chown 0 {folder} && chmod 700 {folder}"


def test_a_backup_that_lacks_rows_is_thrown_away(file: Path, folder: Path) -> None:
    def lossy(part: Path) -> None:
        back_up_sqlite(file, part)
        with outside(part) as connection, outside(file) as source:
            expected = counts(source)
            connection.execute("DELETE FROM log")
            verify(connection, part, expected)

    with pytest.raises(StorageError) as error:
        back_up(folder, 7, lossy)
    assert (error.value.trouble, error.value.detail) == (Trouble.BAD_BACKUP, "log")
    assert list(folder.iterdir()) == []


def test_two_at_once(file: Path, folder: Path) -> None:
    def meanwhile(part: Path) -> None:
        assert trouble(lambda: make(file, folder)) is Trouble.BACKING_UP
        back_up_sqlite(file, part)

    made = back_up(folder, 7, meanwhile)
    assert list(folder.iterdir()) == [made]
    assert dump(make(file, folder)) == dump(made)


def test_a_file_where_the_folder_should_be(file: Path, folder: Path) -> None:
    folder.parent.mkdir()
    folder.touch()
    assert trouble(lambda: make(file, folder)) is Trouble.NO_ACCESS


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("PRAGMA user_version = 99", Trouble.NEWER),
        ("PRAGMA application_id = 1", Trouble.NOT_OURS),
    ],
)
def test_what_is_not_ours_is_not_backed_up(file: Path, folder: Path, statement: str, expected: Trouble) -> None:
    kept = make(file, folder)
    with outside(file) as connection:
        connection.execute(statement)
    assert trouble(lambda: make(file, folder, keep=1)) is expected
    assert list(folder.iterdir()) == [kept]


def test_a_backup_of_a_damaged_file_is_thrown_away_and_those_of_before_stay(file: Path, folder: Path) -> None:
    kept = make(file, folder)
    with outside(file) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'log_of_dossier'").fetchone()
    with file.open("r+b") as opened:
        opened.seek((page - 1) * 4096 + 2000)
        opened.write(b"\xff" * 2000)
    assert trouble(lambda: make(file, folder, keep=1)) in (Trouble.BAD_BACKUP, Trouble.CORRUPT)
    assert list(folder.iterdir()) == [kept]


def test_what_somebody_who_was_killed_left_is_tidied_up(file: Path, folder: Path) -> None:
    def killed(part: Path) -> None:
        part.write_bytes(b"half")
        Path(f"{part}-journal").touch()
        os.kill(os.getpid(), signal.SIGKILL)

    process = os.fork()
    if process == 0:
        back_up(folder, 7, killed)
    os.waitpid(process, 0)
    assert len(list(folder.iterdir())) == 2
    made = make(file, folder)
    assert list(folder.iterdir()) == [made]


IN_A_SMALL_ROOM = """
mount -t tmpfs -o size=64k,mode=700 none "$1" || exit 77
"$2" -m bot --lang en backup --database "$3" --to "$1" 2>&1
echo "$? $(ls -A "$1" | wc -l)"
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs a disk of its own")
def test_a_full_disk(file: Path, folder: Path) -> None:
    folder.mkdir(0o700, parents=True)
    command = [
        "unshare",
        "-rm",
        "sh",
        "-c",
        IN_A_SMALL_ROOM,
        "sh",
        str(folder),
        sys.executable,
        f"sqlite:///{file}",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("no disk of its own can be had")
    said, ended = done.stdout.splitlines()
    assert said.startswith("shuping: The disk is full")
    assert ended == "2 0"


def test_a_file_that_may_not_grow_any_further_leaves_nothing(file: Path, folder: Path) -> None:
    limit = f"ulimit -f 40; {sys.executable} -m bot --lang en backup --database sqlite:///{file} --to {folder}"
    done = subprocess.run(["sh", "-c", limit], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("shuping: ")
    assert list(folder.iterdir()) == []


# of PostgreSQL


async def test_one_of_postgres_is_a_file_that_opens_and_goes_on(database: str, folder: Path) -> None:
    async with await open_store(database) as store:
        for _ in range(3):
            await store.apply(WINDOW, grown)
    made = await asyncio.to_thread(make_of_postgres, database, folder)
    assert siblings(made) == []
    assert made.stat().st_mode & 0o777 == 0o600
    async with await open_sqlite(made) as store:
        await store.apply(WINDOW, grown)
        assert await revisions(store) == (4, [1, 2, 3, 4])


async def test_one_of_postgres_is_of_one_moment_while_others_write(database: str, folder: Path) -> None:
    async with await open_store(database) as store:
        await store.apply(WINDOW, grown)
        making = asyncio.create_task(asyncio.to_thread(make_of_postgres, database, folder))
        while not making.done():
            await store.apply(WINDOW, grown)
        last, _ = await revisions(store)
    async with await open_sqlite(making.result()) as store:
        revision, told = await revisions(store)
    assert told == list(range(1, revision + 1))
    assert 1 <= revision <= last
    assert last > 1


def make_of_postgres(url: str, folder: Path) -> Path:
    def write(part: Path) -> None:
        assert back_up_postgres(url, part, lambda _: None) == []

    return back_up(folder, 7, write)


def test_postgres_that_is_not_there(folder: Path, postgres: Server) -> None:
    for url, expected in (
        (postgres.url("nowhere"), Trouble.ABSENT),
        ("postgresql://127.0.0.1:1/x", Trouble.UNREACHABLE),
    ):
        assert trouble(partial(make_of_postgres, url, folder)) is expected
    assert list(folder.iterdir()) == []


async def test_damaged_rows_of_postgres_are_named(database: str, folder: Path) -> None:
    async with await open_store(database) as store:
        for _ in range(3):
            await store.apply(WINDOW, grown)
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE shuping.log SET after = '1e999' WHERE number = 2")
        connection.execute("UPDATE shuping.windows SET data = '[0.5]'")
    left: list[str] = []

    def write(part: Path) -> None:
        left.extend(back_up_postgres(database, part, lambda _: None))

    await asyncio.to_thread(back_up, folder, 7, write)
    assert left == ["windows terminal:anna"]
