"""Reports that do something to the process that makes them, as soon as it has read them. Imports next to nothing."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from bot.reports.content import Report


class _Hostile:
    def __init__(self, does: Callable[..., object], *to: object) -> None:
        self._does, self._to = does, to

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._does, self._to


def hostile(does: Callable[..., object], *to: object) -> Report:
    """What a pool takes for a report: reading it calls the function."""
    return cast("Report", _Hostile(does, *to))


def hang() -> None:
    time.sleep(3600)


def stand_still() -> None:
    """Not even its own clock can end it."""
    os.kill(os.getpid(), signal.SIGSTOP)


def die() -> None:
    os._exit(7)


def die_once(mark: str, made: Report) -> Report:
    """Ends the first process that reads it; in the second it is a report."""
    if not Path(mark).exists():
        Path(mark).touch()
        die()
    return made


def babble(amount: int) -> None:
    """Writes to everything that is open, and more than a pipe holds."""
    for descriptor in range(3, 10):
        try:
            os.write(descriptor, b"\x01garbage" * amount)
        except OSError:
            continue


def shout(words: str) -> None:
    print(words, flush=True)  # noqa: T201  # as a library might
    os.write(1, words.encode())
    os.write(2, words.encode())
    raise ValueError(words)


def eat(size: int) -> Any:
    return bytearray(size)
