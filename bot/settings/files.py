"""Files that settings come from: the operator's own file of variables, and a file for each secret.

Whoever writes the file of variables decides where the token is sent. So it is never looked for in the folder one
happens to stand in, and one that others could have written is refused.
"""

import errno
import os
import shlex
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from io import FileIO, StringIO
from pathlib import Path
from select import select
from time import monotonic

from dotenv import dotenv_values
from platformdirs import user_config_path

STATED = "SHUPING_ENV_FILE"
NAMES = ("shuping.env", ".env")
ROOT = 0
NO_WAIT = getattr(os, "O_NONBLOCK", 0)
LONGEST = 1 << 20
"""Bytes; nothing that belongs into a setting is as long."""
PATIENCE_SECONDS = 30.0
"""So long may a pipe say nothing: somebody may be typing a password at its other end."""


class FileTrouble(StrEnum):
    """What can be wrong with such a file; each has a sentence `settings.trouble.<value>` in the catalogues."""

    FOREIGN = "foreign"
    WRITABLE = "writable"
    TWICE = "twice"
    EMPTY = "empty"
    LONG = "long"
    SILENT = "silent"


class SettingsFileError(Exception):
    """A file that settings may not come from; `details` are the placeholders of the sentence."""

    def __init__(self, trouble: FileTrouble, **details: object) -> None:
        super().__init__(f"{trouble}: {details}")
        self.trouble, self.details = trouble, details


def env_file_in_use(stated: Path | None) -> Path | None:
    """The stated file (by option or SHUPING_ENV_FILE), else one in the user's configuration folder, if it is there."""
    if stated is None and (named := os.environ.get(STATED)):
        stated = Path(named)
    return stated.absolute() if stated else next(filter(_is_there, places()), None)


def places() -> tuple[Path, ...]:
    """Where the file is looked for unless one is stated."""
    folder = user_config_path("shuping", appauthor=False)
    return tuple(folder / name for name in NAMES)


def _is_there(path: Path) -> bool:
    """A folder that we may not look into has nothing for us."""
    with suppress(OSError):
        return path.exists()
    return False


def variables(env_file: Path | None) -> dict[str, str]:
    """Every variable, by its name in small letters: the environment before the file. What is empty is not given."""
    found = {**(_of_file(env_file) if env_file else {}), **os.environ}
    return {name.lower(): value for name, value in found.items() if value}


def _of_file(path: Path) -> dict[str, str]:
    """The variables of the file, to the letter: `$` and `${X}` mean nothing in it."""
    found = dotenv_values(stream=StringIO(_trusted_text(path)), interpolate=False)
    return {name: value for name, value in found.items() if value}


def _trusted_text(path: Path) -> str:
    """The text of a file that nobody but its owner can have written, who is us or root. What is opened is checked."""
    with _opened(path) as file:
        _refuse_others(os.fstat(file.fileno()), path)
        return _decoded(_content(file, path), path)


def _opened(path: Path) -> FileIO:
    """Whoever is to open the other end of a pipe is not waited for yet."""
    file = FileIO(path, opener=lambda name, flags: os.open(name, flags | NO_WAIT))
    if NO_WAIT:
        os.set_blocking(file.fileno(), True)
    return file


def _content(file: FileIO, path: Path) -> bytes:
    """All of a file that has an end, and not too far away."""
    content, deadline = b"", monotonic() + PATIENCE_SECONDS
    while len(content) <= LONGEST:
        _await(file, deadline, path)
        part = file.read(LONGEST + 1 - len(content))
        if not part:
            return content
        content += part
    raise SettingsFileError(FileTrouble.LONG, file=path, megabytes=LONGEST >> 20)


def _await(file: FileIO, deadline: float, path: Path) -> None:
    """A pipe has something to be read, or has ended."""
    if not stat.S_ISFIFO(os.fstat(file.fileno()).st_mode):
        return
    ready, _, _ = select([file], [], [], max(0.0, deadline - monotonic()))
    if not ready:
        raise SettingsFileError(FileTrouble.SILENT, file=path, seconds=int(PATIENCE_SECONDS))


def _refuse_others(status: os.stat_result, path: Path) -> None:
    if not hasattr(os, "geteuid") or stat.S_ISCHR(status.st_mode):  # /dev/null
        return
    if status.st_uid not in (ROOT, os.geteuid()):
        raise SettingsFileError(FileTrouble.FOREIGN, file=path)
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise SettingsFileError(FileTrouble.WRITABLE, file=path, command=shlex.join(["chmod", "600", str(path)]))


def _decoded(content: bytes, path: Path) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise OSError(errno.EILSEQ, os.strerror(errno.EILSEQ), str(path))
    return text


def secret_files(secrets: Sequence[str], given: Mapping[str, str]) -> dict[str, Path]:
    """SHUPING_X_FILE names the file that holds the secret SHUPING_X, as systemd and container runtimes hand it over."""
    found = {name: Path(given[f"shuping_{name}_file"]) for name in secrets if f"shuping_{name}_file" in given}
    for name in found:
        if f"shuping_{name}" in given:
            raise SettingsFileError(FileTrouble.TWICE, variable=f"SHUPING_{name.upper()}")
    return found


def secret(path: Path) -> str:
    """The secret in a file, without the end of the line."""
    with _opened(path) as file:
        found = _decoded(_content(file, path), path).rstrip("\r\n")
    if not found:
        raise SettingsFileError(FileTrouble.EMPTY, file=path)
    return found
