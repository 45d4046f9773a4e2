"""Backups of a database: files in a folder of their own, whole or not there, verified, the newest of them kept.

A backup is an SQLite file without anything beside it. Whoever can write to the folder could put links and files of
others there: what is written is a new file under a name that nobody can guess, and what is deleted is only what is
called as backups are, and is a file.
"""

import os
import re
import shlex
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkstemp
from time import sleep

from storage.errors import StorageError, Trouble, system_error

NAMED = re.compile(r"shuping-\d{8}T\d{6}Z\.sqlite3")
UNDONE = re.compile(r"\.shuping-\w+\.part(-wal|-shm|-journal)?")
OTHERS = stat.S_IRWXG | stat.S_IRWXO
NEXT_NAME_SECONDS = 0.05

Write = Callable[[Path], None]
"""Makes a backup of the file, which is there and empty. Raises StorageError, OSError."""


def back_up(folder: Path, keep: int, write: Write) -> Path:
    """The new backup; of all others in the folder the newest stay, so that there are `keep` with it.

    Raises StorageError: others can look into the folder, a backup is just being made there, the disk is full. Nothing
    but earlier backups is in the folder then.
    """
    place = str(folder)
    try:
        _make_private(folder)
        with _alone(folder):
            _tidy(folder)
            made = _written(folder, write)
            _rotate(folder, made, keep)
    except OSError as error:
        raise system_error(error, place) from error
    return made


def _make_private(folder: Path) -> None:
    """The folder is there, and ours alone."""
    for missing in reversed([parent for parent in (folder, *folder.parents) if not parent.exists()]):
        missing.mkdir(0o700, exist_ok=True)
    found = folder.stat()
    if not stat.S_ISDIR(found.st_mode):
        raise StorageError(Trouble.NO_ACCESS, str(folder))
    if os.name == "posix" and (found.st_mode & OTHERS or found.st_uid != os.geteuid()):
        raise StorageError(Trouble.OPEN_FOLDER, str(folder), _mended(folder, foreign=found.st_uid != os.geteuid()))


def _mended(folder: Path, *, foreign: bool) -> str:
    """The command that makes a folder ours alone."""
    path = shlex.quote(str(folder.absolute()))
    return f"chown {os.geteuid()} {path} && chmod 700 {path}" if foreign else f"chmod 700 {path}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time; who is killed holds nothing any more. Where files cannot be locked so, the names still differ."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise StorageError(Trouble.BACKING_UP, str(folder)) from None
    finally:
        os.close(handle)


def _tidy(folder: Path) -> None:
    """What somebody who was killed left behind; whoever is alive would hold the lock."""
    for file in folder.iterdir():
        if UNDONE.fullmatch(file.name) and _is_file(file):
            file.unlink()


def _written(folder: Path, write: Write) -> Path:
    """Under its name only once it is whole and on the disk."""
    handle, name = mkstemp(prefix=".shuping-", suffix=".part", dir=folder)  # O_EXCL, O_NOFOLLOW, 0600
    os.close(handle)
    part = Path(name)
    try:
        write(part)
        _sync(part)
        made = _unused_name(folder)
        part.rename(made)
    except BaseException:
        for end in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                Path(f"{part}{end}").unlink(missing_ok=True)
        raise
    _sync(folder)
    return made


def _unused_name(folder: Path) -> Path:
    """By the time, to the second; whatever has that name already, a link, say, is left alone."""
    while os.path.lexists(name := folder / f"shuping-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.sqlite3"):
        sleep(NEXT_NAME_SECONDS)
    return name


def _sync(path: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _rotate(folder: Path, made: Path, keep: int) -> None:
    """The oldest go, by their names; never the one that was just made, should the clock have been set back."""
    others = sorted(
        file for file in folder.iterdir() if NAMED.fullmatch(file.name) and _is_file(file) and file.name != made.name
    )
    for file in others[: max(0, len(others) - (keep - 1))]:
        file.unlink()


def _is_file(path: Path) -> bool:
    return stat.S_ISREG(path.lstat().st_mode)
