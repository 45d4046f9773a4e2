"""A pgbouncer in front of the tests' PostgreSQL: whoever comes in shares a few connections, a transaction at a time."""

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Self
from urllib.parse import quote

import pytest

from tests.postgres import NOBODY, PASSWORD, SECONDS, SUPERUSER, USER, Server, as_root, guarded

CONNECTIONS = 3
"""So few of the server's connections are shared by all clients: nobody keeps one for long."""
CONFIGURATION = """\
[databases]
* = host={server}
[pgbouncer]
unix_socket_dir = {folder}
listen_addr =
listen_port = 5432
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 200
"""


class Bouncer:
    """Listens on a socket in its own folder; what is behind it are the databases of a server."""

    def __init__(self, server: Server) -> None:
        program = installed()
        self._server = server
        self.folder = Path(tempfile.mkdtemp(prefix="bouncer-"))
        settings = {"server": server.folder, "folder": self.folder, "connections": CONNECTIONS}
        configuration, users = self.folder / "pgbouncer.ini", self.folder / "users"
        configuration.write_text(CONFIGURATION.format(**settings))
        users.write_text(f'"{USER}" "{PASSWORD}"\n"{SUPERUSER}" "{PASSWORD}"\n')
        if as_root():
            for place in (self.folder, configuration, users):
                os.chown(place, NOBODY, NOBODY)
        self._guard = guarded(self.folder, [program, str(configuration)], self.folder / "log")
        self._await()

    def _await(self) -> None:
        until = time.monotonic() + SECONDS
        while not list(self.folder.glob(".s.PGSQL.*")):
            if self._guard.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.01)

    def through(self, url: str) -> str:
        """The same database of the server, behind the bouncer."""
        return url.replace(quote(str(self._server.folder), safe=""), quote(str(self.folder), safe=""))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._guard.communicate("", timeout=SECONDS)


def installed() -> str:
    """Where pgbouncer is. Without it the test is skipped; not so where CI is set, since there it has to be."""
    if found := shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin"):
        return found
    missing = "pgbouncer is not installed (Debian: apt-get install pgbouncer)"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)
