"""Other processes on the same database: `python -m tests.storage.child <what> …`, answering a line at a time."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from storage.errors import StorageError
from storage.sqlite.store import open_sqlite
from storage.store import Claim, Due, Store
from tests.storage.support import WINDOW, grown, nothing, outside

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FOREVER = 0
NOBODY = 65534


@contextmanager
def child(*arguments: object) -> "Iterator[subprocess.Popen[str]]":
    """One of the processes below; it is killed at the end, should it still run."""
    command = [sys.executable, "-m", "tests.storage.child", *map(str, arguments)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def answer(process: "subprocess.Popen[str]") -> str:
    """The next line a process says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def rest(process: "subprocess.Popen[str]") -> str:
    """All else it said. (`communicate` would forget what `answer` has read ahead.)"""
    assert process.stdout is not None
    return process.stdout.read()


def go(process: "subprocess.Popen[str]") -> None:
    """Let a process that waits do its next round."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


async def _grow(path: str, times: str) -> None:
    """Go on, revision by revision, and say each as soon as it is acknowledged."""
    async with await open_sqlite(Path(path)) as store:
        for _ in count() if int(times) == FOREVER else range(int(times)):
            applied = await store.apply(WINDOW, grown)
            _say(applied.decision.session.revision if applied and applied.decision.session else None)


def _die(*paths: str) -> None:
    """Have a process killed just before the first statement of a transaction, one before the second, and so on."""
    for statement, path in enumerate(paths, 1):
        process = os.fork()
        if process == 0:
            asyncio.run(_killed(path, statement))
        _, status = os.waitpid(process, 0)
        _say(os.waitstatus_to_exitcode(status))


async def _killed(path: str, statement: int) -> None:
    numbers = count(1)

    def killer(_: str) -> None:
        if next(numbers) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    store = await open_sqlite(Path(path))
    await store._hop(lambda connection: connection.set_trace_callback(killer))
    await store.apply(WINDOW, grown)
    os.kill(os.getpid(), signal.SIGKILL)


async def _open(folder: str, rounds: str) -> None:
    """Open one fresh file after another, each as soon as told to."""
    for number in range(int(rounds)):
        sys.stdin.readline()
        await _try(Path(folder) / f"{number}.db")


async def _unprivileged(*paths: str) -> None:
    """Try to go on in each file as a user who is not root."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    for path in paths:
        await _try(Path(path))


async def _try(path: Path) -> None:
    try:
        async with await open_sqlite(path) as store:
            await store.apply(WINDOW, grown)
    except StorageError as error:
        _say(error.trouble)
    else:
        _say("fine")


async def _send(path: str, holder: str, seconds: str) -> None:
    """Send all that waits, and say each as it is sent; claims hold for so long."""
    chance = Random(holder)  # noqa: S311  # no secrets
    async with await open_sqlite(Path(path)) as store:
        while await store.next_due():
            for due in await store.claim(_claim(holder, seconds), datetime.now(UTC), 3):
                await _drain(store, due, holder, chance)
            await asyncio.sleep(0.001)


def _claim(holder: str, seconds: str) -> Claim:
    return Claim(holder, datetime.now(UTC) + timedelta(seconds=float(seconds)))


async def _drain(store: Store, due: Due | None, holder: str, chance: Random) -> None:
    while due is not None:
        _say(due.queued.number)
        await asyncio.sleep(chance.choice([0, 0.001]))
        if chance.random() < 0.3:
            store.confirm(due.queued, holder, nothing)
            return
        due = await store.delivered(due.queued, datetime.now(UTC), holder)


def _lock(path: str) -> None:
    """Hold the write lock until told to let go."""
    with outside(Path(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        _say("locked")
        sys.stdin.readline()


WHAT: dict[str, Callable[..., Coroutine[None, None, None] | None]] = {
    "grow": _grow,
    "send": _send,
    "die": _die,
    "open": _open,
    "unprivileged": _unprivileged,
    "lock": _lock,
}

if __name__ == "__main__":
    work = WHAT[sys.argv[1]](*sys.argv[2:])
    if work is not None:
        asyncio.run(work)
