"""Reports as files in the folder where somebody talks: named after the firm, and never over what is there."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from flows.text import tidy

FORBIDDEN = frozenset('/\\:*?"<>|')
"""What some system does not take in a file's name."""
LONGEST = 180
"""Bytes of a name: with a number and an ending it stays below the 255 that file systems take."""
OURS = 0o600


def stem_of(firm: str | None, otherwise: str) -> str:
    """A firm's name as that of a file, or what stands for it: no folder, hidden file or option is made of it."""
    kept = "".join("-" if sign in FORBIDDEN else sign for sign in tidy(firm)).strip(" .-")
    return kept.encode()[:LONGEST].decode(errors="ignore").strip(" .-") or otherwise


def names(stem: str, ending: str) -> Iterator[str]:
    """示例厂.pdf, 示例厂-2.pdf and so on."""
    yield f"{stem}.{ending}"
    yield from (f"{stem}-{number}.{ending}" for number in count(2))


def free_name(folder: Path, stem: str, ending: str) -> str:
    """The first of the names that nothing has."""
    return next(name for name in names(stem, ending) if not os.path.lexists(folder / name))


def put_new(folder: Path, stem: str, ending: str, content: bytes) -> str:
    """Write a file that was not there, for its owner alone; its name.

    Raises OSError naming it, and leaves nothing then.
    """
    for name in names(stem, ending):
        path = folder / name
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OURS)
        except FileExistsError:
            continue
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(content)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise OSError(error.errno, error.strerror, name) from None
        return name
    raise AssertionError("numbers do not end")
