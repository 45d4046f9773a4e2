"""From a URL to a store: what is understood, what is allowed, and what the system says if it is not."""

import errno
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from storage.errors import StorageError, Trouble
from storage.opening import open_store, password_of, without_credentials
from storage.sqlite.errors import storage_error
from storage.sqlite.store import open_sqlite
from tests.storage.child import answer, child
from tests.storage.support import WINDOW, dump, grown, put

# URLs


@pytest.mark.parametrize(
    "url",
    [
        "",
        "memory",
        "memory://",
        "sqlite:",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///~nobody-of-this-name/shuping.db",
        "sqlite:////tmp/a\0b/shuping.db",
        "sqlite://host/shuping.db",
        "SQLITE:///shuping.db",
        "mysql://localhost/shuping",
        "postgresql://localhost/shuping?anything=1",
        "/var/shuping.db",
    ],
    ids=ascii,
)
async def test_a_url_that_is_not_understood_is_refused(url: str) -> None:
    with pytest.raises(StorageError) as caught:
        await open_store(url)
    assert (caught.value.trouble, caught.value.place) == (Trouble.BAD_URL, url)


def databases(folder: Path) -> list[str]:
    """All there are below a folder."""
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*.db"))


async def test_a_url_names_a_file_from_here_or_from_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for url in ("sqlite:///数评 ?#%20.db", "sqlite:///~/shuping.db", f"sqlite:///{tmp_path}/deep/er/shuping.db"):
        async with await open_store(url) as store:
            await store.apply(WINDOW, grown)
    assert databases(tmp_path) == ["deep/er/shuping.db", "home/shuping.db", "数评 ?#%20.db"]


# errors one by one


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        (sqlite3.SQLITE_CORRUPT, Trouble.CORRUPT),
        (sqlite3.SQLITE_CORRUPT_INDEX, Trouble.CORRUPT),
        (sqlite3.SQLITE_ERROR, Trouble.CORRUPT),
        (sqlite3.SQLITE_NOTADB, Trouble.NOT_OURS),
        (sqlite3.SQLITE_READONLY_DIRECTORY, Trouble.READ_ONLY),
        (sqlite3.SQLITE_FULL, Trouble.FULL),
        (sqlite3.SQLITE_IOERR_SHMSIZE, Trouble.FULL),  # what a disk with a few pages left really says
        (sqlite3.SQLITE_BUSY, Trouble.BUSY),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Trouble.BUSY),
        (sqlite3.SQLITE_LOCKED, Trouble.BUSY),
        (sqlite3.SQLITE_PROTOCOL, Trouble.BUSY),
        (sqlite3.SQLITE_CANTOPEN_ISDIR, Trouble.NO_ACCESS),
        (sqlite3.SQLITE_IOERR_READ, Trouble.NO_ACCESS),
        (sqlite3.SQLITE_PERM, Trouble.NO_ACCESS),
        (sqlite3.SQLITE_AUTH, Trouble.NO_ACCESS),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, Trouble.CONFLICT),
    ],
)
def test_sqlites_codes_are_told_apart(code: int, trouble: Trouble) -> None:
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorcode = code
    assert str(storage_error(error, "here")) == f"{trouble}: here (what SQLite says)"


@pytest.mark.parametrize(
    ("number", "trouble"),
    [(errno.ENOSPC, Trouble.FULL), (errno.EROFS, Trouble.READ_ONLY), (errno.EACCES, Trouble.NO_ACCESS)],
)
async def test_a_folder_that_cannot_be_made_is_named(
    path: Path, number: int, trouble: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StorageError) as caught:
        await open_sqlite(path)
    assert caught.value.trouble is trouble


# what only others than root are refused

RIGHTS: dict[tuple[int, int | None], str] = {
    (0o777, 0o666): "fine",
    (0o777, None): "fine",
    (0o777, 0o444): Trouble.READ_ONLY,
    (0o777, 0o000): Trouble.NO_ACCESS,
    (0o555, 0o666): Trouble.READ_ONLY,
    (0o555, None): Trouble.NO_ACCESS,
    (0o000, 0o666): Trouble.NO_ACCESS,
}
"""The modes of a folder and of the file in it, if there is one; and what comes of it."""


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that everyone may enter."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        Path(folder).chmod(0o755)
        yield Path(folder)
        for inner in Path(folder).iterdir():
            stack.callback(inner.chmod, 0o700)


def allow(file: Path, rights: tuple[int, int | None]) -> None:
    """Set the modes of the folder and of the file."""
    folder_mode, file_mode = rights
    if file_mode is not None:
        file.chmod(file_mode)
    file.parent.chmod(folder_mode)


async def test_missing_rights_are_named_and_lose_nothing(public: Path) -> None:
    files = {rights: public / str(number) / "shuping.db" for number, rights in enumerate(RIGHTS)}
    for rights, file in files.items():
        async with await open_sqlite(file) as store:
            await store.apply(WINDOW, grown)
        if rights[1] is None:
            file.unlink()
        allow(file, rights)
    with child("unprivileged", *files.values()) as process:
        outcomes = {rights: answer(process) for rights in files}
        assert process.wait() == 0
    assert outcomes == RIGHTS
    for rights, file in files.items():
        allow(file, (0o700, rights[1] and 0o600))
        assert file.exists() == (rights[1] is not None or outcomes[rights] == "fine")
        if rights[1] is not None:
            assert len(dump(file)) == (5 if outcomes[rights] == "fine" else 4)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://anna:secret@db/shuping", "postgresql://***@db/shuping"),
        ("postgresql//anna:secret@db", "postgresql//***@db"),
        ("postgresql:anna:secret@db", "postgresql:***@db"),
        ("sqlite://anna:secret@x", "sqlite://***@x"),
        ("anna:secret@db/shuping", "anna:***@db/shuping"),
        ("postgresql://anna:se/cr@et@db", "postgresql://***@db"),
        ("postgresql://anna:secret", "postgresql://***"),
        ("postgresql://anna:secret/shuping", "postgresql://***/shuping"),
        (
            "postgresql://db/x?user=anna&password=secret&sslmode=off",
            "postgresql://db/x?user=anna&password=***&sslmode=off",
        ),
        ("mysql://db;Pwd=secret;x=1", "mysql://db;Pwd=***;x=1"),
        ("https://db/?api_token=secret", "https://db/?api_token=***"),
        ("postgresql://localhost:5432/shuping", "postgresql://localhost:5432/shuping"),
    ],
)
def test_a_password_in_a_url_is_never_repeated(url: str, told: str) -> None:
    assert without_credentials(url) == told


# who may read


async def test_everything_that_is_made_is_for_nobody_else(tmp_path: Path) -> None:
    file = tmp_path / "some" / "where" / "shuping.db"
    before = os.umask(0)
    try:
        async with await open_sqlite(file) as store:
            await store.apply(WINDOW, grown)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "some").rglob("*")}
    finally:
        os.umask(before)
    assert modes == {"where": 0o700, "shuping.db": 0o600, "shuping.db-wal": 0o600, "shuping.db-shm": 0o600}
    assert stat.S_IMODE((tmp_path / "some").stat().st_mode) == 0o700


async def test_what_was_there_keeps_its_mode(path: Path) -> None:
    put(path, b"")
    allow(path, (0o750, 0o640))
    async with await open_sqlite(path) as store:
        await store.apply(WINDOW, grown)
    assert [stat.S_IMODE(place.stat().st_mode) for place in (path.parent, path)] == [0o750, 0o640]


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("postgresql://anna:p%40ss@db:5432/shuping", "p@ss"),
        ("postgresql://anna@db/shuping", None),
        ("postgresql://db/shuping?user=anna&password=p%40ss", "p@ss"),
        ("sqlite:////var/lib/shuping.sqlite3", None),
        ("postgresql://[db", None),
    ],
)
def test_the_password_of_an_address_is_known_to_whoever_hides_it(url: str, password: str | None) -> None:
    assert password_of(url) == password
