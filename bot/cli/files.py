"""Files as a command line names them: "-" is standard input, or standard output."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import Any, BinaryIO

from bot.cli.foreign import by_name, look, look_at_archive, nothing_there
from bot.cli.parser import STDIO
from bot.reports.beginnings import LONGEST, ZIP
from bot.reports.filled import Filled
from scoring.decoding import RECORD, read_json
from scoring.errors import AnswersError


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """A file to read. Raises OSError naming it."""
    if file == STDIO:
        yield sys.stdin.buffer
    else:
        with Path(file).open("rb") as source:
            yield source


def read_file(file: str) -> Any:
    """The answers in a file of one record, JSON or a workbook of ours. Raises AnswersError, OSError."""
    return read_filled(file).answers


def read_filled(file: str) -> Filled:
    """The same with what a workbook tells of the firm. Raises AnswersError, OSError."""
    with opened(file) as source:
        start = source.read(LONGEST)
        look(start, source)
        if start.startswith(ZIP):
            return read_sheet(start, source)
        return Filled(read_record(start + source.read(RECORD + 1 - len(start)), file))


def read_record(content: bytes, file: str) -> Any:
    """The JSON in a file of this name. Raises AnswersError."""
    if not content.strip():
        raise nothing_there()
    try:
        return read_json(content)
    except AnswersError as error:
        raise by_name(error, file) from None


def read_sheet(start: bytes, source: BinaryIO) -> Filled:
    """What is filled in in a workbook whose first bytes have been read. Raises AnswersError, OSError."""
    from bot.reports.workbook.archive import LARGEST
    from bot.reports.workbook.reading import read_workbook

    content = start + source.read(LARGEST + 1)
    look_at_archive(content)
    return read_workbook(content)


def is_stream(target: str) -> bool:
    """Standard output, a device or a pipe: what is written there goes on, and nothing is replaced."""
    path = Path(target)
    return target == STDIO or (not path.is_symlink() and path.exists() and not path.is_file() and not path.is_dir())


def put(target: str, content: bytes) -> None:
    """The whole file appears at once, or not at all; only its owner can read it. Raises OSError naming it.

    It is written under a name that nobody can guess, as a file that was not there before, so that no link that somebody
    else put there is ever followed; a link at the target itself is replaced.
    """
    if target == STDIO:
        sys.stdout.buffer.write(content)
        return
    part: Path | None = None
    try:
        if is_stream(target):
            Path(target).write_bytes(content)
            return
        handle, name = mkstemp(prefix=".shuping-", suffix=".part", dir=Path(target).parent)  # O_EXCL, O_NOFOLLOW, 0600
        part = Path(name)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        part.replace(target)
    except OSError as error:
        if part:
            part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(target)) from None
