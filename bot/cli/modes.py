"""Who else may read or write the files that hold answers and secrets, and the command that mends it."""

import os
import shlex
import stat
from collections.abc import Iterable
from pathlib import Path

from locales import Catalogue

OTHERS = stat.S_IRWXG | stat.S_IRWXO
WRITABLE = stat.S_IWGRP | stat.S_IWOTH


def too_wide(text: Catalogue, database: Path | None, others: Iterable[Path]) -> list[str]:
    """A sentence for each of these files that somebody else may read, and for the folder of the database."""
    files = [*_of_database(database), *others]
    wide = [text("doctor.modes.wide", command=_command(0o600, file), file=file) for file in files if _is_wide(file)]
    folder = _about_folder(text, database.parent) if database else ""
    return [*wide, folder] if folder else wide


def _of_database(database: Path | None) -> list[Path]:
    """The file, and those that SQLite puts beside it."""
    return [Path(f"{database}{end}") for end in ("", "-wal", "-shm", "-journal")] if database else []


def _about_folder(text: Catalogue, folder: Path) -> str:
    """A folder that is shared, such as /tmp, is not to be locked: the database has to move."""
    if not _is_wide(folder):
        return ""
    mode = _mode(folder)
    shared = mode & stat.S_ISVTX or not _is_ours(folder)
    if not shared:
        return text("doctor.modes.folder", file=folder, command=_command(0o700, folder))
    return text("doctor.modes.shared", file=folder) if mode & WRITABLE else ""


def _mode(path: Path) -> int:
    """Nothing for what is not there, or where modes mean nothing."""
    try:
        return path.stat().st_mode if os.name == "posix" else 0
    except OSError:
        return 0


def _is_wide(path: Path) -> bool:
    return bool(_mode(path) & OTHERS)


def _is_ours(path: Path) -> bool:
    return path.stat().st_uid == os.geteuid()


def _command(mode: int, path: Path) -> str:
    return f"chmod {mode:o} {shlex.quote(str(path.absolute()))}"
