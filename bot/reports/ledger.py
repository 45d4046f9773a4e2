"""What a batch has made in a folder, so that it can be interrupted and taken up again.

The line of a record is written before its files are: whatever ends the program in between, what it left is known to be
its own. A file that somebody changed since is not, and is left alone. In memory is only where each line begins.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from errno import EWOULDBLOCK
from fcntl import LOCK_EX, LOCK_NB, flock
from hashlib import file_digest, sha256
from pathlib import Path
from time import time
from typing import BinaryIO

from pydantic import ValidationError

from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.outcome import Row
from flows.session import Value

NAME = ".shuping-batch.jsonl"
LEFT_OVER = ".shuping-*.part"
LEFT_OVER_SECONDS = 60.0
"""What is unfinished for so long will never be finished: nobody writes a report for a minute."""
LONGEST = 1 << 20
"""Bytes of a line; ours have a thousandth of it."""
EMPTY = sha256(b"").hexdigest()
"""Of a file that a power cut left without what was written."""


class Made(Value):
    """The files of a record: their common stem, what they are made of, the day that they bear, a digest a kind."""

    stem: str
    key: str
    on: date
    files: Mapping[str, str]
    row: Row

    @property
    def names(self) -> list[str]:
        """Of its files."""
        return [f"{self.stem}.{kind}" for kind in self.files]


class Ledger:
    """What was made in a folder; see `opened_ledger`."""

    def __init__(self, folder: Path, lines: BinaryIO) -> None:
        self._folder, self._lines = folder, lines
        self._places: dict[str, int] = {}
        self._ours = {EMPTY}
        self._earlier: set[str] = set()
        lines.seek(0)
        line, place = b"\n", 0
        while more := lines.readline(LONGEST):
            line = more
            if made := _made(line):
                self._note(made, place)
                self._earlier.update(made.names)
            place += len(line)
        if not line.endswith(b"\n"):  # cut off, when the program was killed
            self._write(b"\n")

    def found(self, stem: str) -> Made | None:
        """What was last made under a name."""
        if stem not in self._places:
            return None
        self._lines.seek(self._places[stem])
        return _made(self._lines.readline(LONGEST))

    def add(self, made: Made) -> None:
        """Note what is about to be written. Raises OSError naming the file."""
        place = self._lines.seek(0, os.SEEK_END)
        self._write(made.model_dump_json().encode() + b"\n")
        self._note(made, place)

    def whole(self, name: str, digest: str) -> bool:
        """A file is there as it was made. Raises OSError."""
        return digest_of(self._folder / name) == digest

    def free(self, name: str) -> bool:
        """Nothing is there, or something that this batch has made. Raises OSError."""
        path = self._folder / name
        return not (path.exists() or path.is_symlink()) or digest_of(path) in self._ours

    def settle(self, names: Iterable[str]) -> None:
        """These are what their record says today, whoever made them when."""
        self._earlier.difference_update(names)

    def stale(self) -> list[str]:
        """What an earlier run left, and no record that was settled has any more, in order."""
        return sorted(name for name in self._earlier if (self._folder / name).exists())

    def _note(self, made: Made, place: int) -> None:
        self._places[made.stem] = place
        self._ours.update(made.files.values())

    def _write(self, content: bytes) -> None:
        try:
            self._lines.write(content)
            self._lines.flush()
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self._folder / NAME)) from None


@contextmanager
def opened_ledger(folder: Path) -> Iterator[Ledger]:
    """The ledger of a folder, for one program at a time. Raises ReportError if another has it, OSError."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    with os.fdopen(os.open(folder / NAME, flags, 0o600), "a+b") as lines:
        _lock(lines, folder)
        _sweep(folder)
        yield Ledger(folder, lines)


def _lock(lines: BinaryIO, folder: Path) -> None:
    try:
        flock(lines, LOCK_EX | LOCK_NB)
    except OSError as error:
        if error.errno == EWOULDBLOCK:
            raise ReportError(ReportTrouble.BATCH_BUSY, folder=folder) from None
        # some file systems of a network know no locks


def _sweep(folder: Path) -> None:
    """What a killed program could not finish."""
    for path in folder.glob(LEFT_OVER):
        if path.lstat().st_mtime < time() - LEFT_OVER_SECONDS:
            path.unlink(missing_ok=True)


def _made(line: bytes) -> Made | None:
    """None for a line that was cut off, or comes from another version."""
    try:
        return Made.model_validate_json(line)
    except ValidationError:
        return None


def digest_of(path: Path) -> str:
    """SHA-256 of a file in hexadecimal; "" if there is none, or something else. Raises OSError."""
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
