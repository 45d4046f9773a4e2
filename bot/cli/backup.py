"""`shuping backup`: a verified copy of the database into a folder, while the bot goes on."""

import argparse
import sys
from pathlib import Path

from platformdirs import user_data_path

from bot.settings import load_settings
from locales import Catalogue, catalogue
from storage.backup import Write, back_up
from storage.errors import StorageError, Trouble
from storage.opening import POSTGRES, SQLITE, require_driver, sqlite_path, without_credentials

FOLDER = "backups"
DONE, INCOMPLETE = 0, 1


def backup(parsed: argparse.Namespace, language: str) -> int:
    """Make one, print where it is, and let the oldest go. Status 1: damaged rows are not in it. Raises StorageError."""
    url, text = parsed.database or load_settings(parsed.env_file).database_url, catalogue(language)
    left: list[str] = []
    write = _of_postgres(url, text, left) if url.startswith(POSTGRES) else _of_sqlite(url)
    made = back_up(parsed.to or _folder(url), parsed.keep, write)
    sys.stdout.write(f"{made}\n")
    if left:
        sys.stderr.write(f"shuping: {text('backup.incomplete', rows='; '.join(left))}\n")
    return INCOMPLETE if left else DONE


def _folder(url: str) -> Path:
    """Beside an SQLite file; for what is elsewhere, among our own data."""
    if url.startswith(SQLITE):
        return sqlite_path(url).parent / FOLDER
    return user_data_path("shuping", appauthor=False) / FOLDER


def _of_sqlite(url: str) -> Write:
    """How a backup of a file, which is there, is written."""
    from storage.sqlite.backup import back_up_sqlite

    if not url.startswith(SQLITE) or len(url) == len(SQLITE):
        raise StorageError(Trouble.BAD_URL, without_credentials(url))
    path = sqlite_path(url)
    if not path.exists():
        raise StorageError(Trouble.MISSING, str(path))
    return lambda target: back_up_sqlite(path, target)


def _of_postgres(url: str, text: Catalogue, left: list[str]) -> Write:
    """How one of a database elsewhere is written; `left` gets the damaged rows that are not in it."""
    require_driver(without_credentials(url))
    from bot.cli.progress import bars
    from storage.copying.backup import back_up_postgres

    def write(target: Path) -> None:
        with bars(text) as tell:
            left.extend(back_up_postgres(url, target, tell))

    return write
