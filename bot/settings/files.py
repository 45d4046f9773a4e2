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
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from platformdirs import user_config_path

STATED = "SHUPING_ENV_FILE"
NAMES = ("shuping.env", ".env")
ROOT = 0


class FileTrouble(StrEnum):
    """What can be wrong with such a file; each has a sentence `settings.trouble.<value>` in the catalogues."""

    FOREIGN = "foreign"
    WRITABLE = "writable"
    TWICE = "twice"
    EMPTY = "empty"


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
    with path.open("rb") as file:
        _refuse_others(os.fstat(file.fileno()), path)
        return _decoded(file.read(), path)


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
    found = _decoded(path.read_bytes(), path).rstrip("\r\n")
    if not found:
        raise SettingsFileError(FileTrouble.EMPTY, file=path)
    return found
