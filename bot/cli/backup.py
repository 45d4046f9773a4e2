"""`shuping backup`: a verified copy of the database into a folder, while the bot goes on."""

import argparse
import sys
from functools import partial
from pathlib import Path

from platformdirs import user_data_path

from bot.settings import load_settings
from storage.backup import Write, back_up
from storage.errors import StorageError, Trouble
from storage.opening import SQLITE, sqlite_path, without_credentials

FOLDER = "backups"


def backup(parsed: argparse.Namespace, _: str) -> int:
    """Make one, print where it is, and let the oldest go. Raises StorageError."""
    url = parsed.database or load_settings(parsed.env_file).database_url
    write = _writing(url)
    made = back_up(parsed.to or _folder(url), parsed.keep, write)
    sys.stdout.write(f"{made}\n")
    return 0


def _folder(url: str) -> Path:
    """Beside an SQLite file; for what is elsewhere, among our own data."""
    if url.startswith(SQLITE):
        return sqlite_path(url).parent / FOLDER
    return user_data_path("shuping", appauthor=False) / FOLDER


def _writing(url: str) -> Write:
    """How a backup of this database, which is there, is written."""
    if url.startswith(SQLITE) and len(url) > len(SQLITE):
        from storage.sqlite.backup import back_up_sqlite

        path = sqlite_path(url)
        if not path.exists():
            raise StorageError(Trouble.MISSING, str(path))
        return partial(back_up_sqlite, path)
    raise StorageError(Trouble.BAD_URL, without_credentials(url))
