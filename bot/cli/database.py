"""`shuping db`: moving all that is stored to another database, looking it over, bringing it up to date."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.progress import told
from bot.delivery.presence import at_work
from bot.settings import load_settings
from bot.settings.files import secret
from locales import Catalogue, catalogue
from storage.copying.move import move
from storage.copying.opening import refuse_same, shown
from storage.copying.presence import presence
from storage.copying.run import Compared
from storage.errors import StorageError, Trouble
from storage.upgrade import upgrade

DONE, WRONG = 0, 1
FILE = "@"


def copy_database(parsed: argparse.Namespace, language: str) -> int:
    """Copy all from one database to another one. Status 1 if the copy is not equal. Raises StorageError."""
    text, source, target = catalogue(language), _url(parsed.source), _url(parsed.target)
    refuse_same(source, target)
    refuse_at_work(source)
    refuse_at_work(target)

    def begun(rows: int) -> None:
        sys.stderr.write(text("db.copy.resumed", rows=rows) + "\n")

    with told(text) as tell:
        compared = move(source, target, tell, begun)
    return _tell(compared, shown(target), text)


def _url(given: str) -> str:
    """As it is given, or out of a file, since a command line is no place for a password. Raises OSError."""
    return secret(Path(given.removeprefix(FILE))) if given.startswith(FILE) else given


def refuse_at_work(url: str) -> None:
    """Raises StorageError if somebody is at work on a database."""
    holder = asyncio.run(at_work(lambda: presence(url, datetime.now(UTC))))
    if holder is not None:
        raise StorageError(Trouble.IN_USE, shown(url), holder)


def upgrade_database(parsed: argparse.Namespace, language: str) -> int:
    """Bring a schema up to date, and tell from which version to which. Raises StorageError."""
    url, text = parsed.database or load_settings(parsed.env_file).database_url, catalogue(language)
    before, after = upgrade(url, lambda: refuse_at_work(url))
    said = text("db.upgrade.done", place=shown(url), before=before, after=after)
    if before == after:
        said = text("db.upgrade.current", place=shown(url), version=after)
    sys.stdout.write(f"{said}\n")
    return DONE


def _tell(compared: Sequence[Compared], target: str, text: Catalogue) -> int:
    """Each table, and what that comes to."""
    for table in compared:
        sys.stdout.write("".join(f"{line}\n" for line in _lines(table, text)))
    if not all(table.equal for table in compared):
        sys.stderr.write(f"shuping: {text('db.copy.differs', target=target)}\n")
        return WRONG
    rows = sum(table.rows[1] for table in compared)
    if any(table.unfit for table in compared):
        sys.stderr.write(f"shuping: {text('db.copy.partly', rows=rows, target=target)}\n")
        return WRONG
    sys.stdout.write(text("db.copy.done", rows=rows, target=target) + "\n")
    return DONE


def _lines(table: Compared, text: Catalogue) -> list[str]:
    here, there = table.rows
    if table.equal:
        lines = [text("db.copy.equal", table=table.table, rows=there, checksum=table.checksums[1])]
    else:
        lines = [text("db.copy.unequal", table=table.table, here=here, there=there, first=table.first or "?")]
    if table.unfit:
        lines.append(text("db.copy.unfit", table=table.table, rows=table.unfit, named="; ".join(table.named)))
    return lines
