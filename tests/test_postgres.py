"""The PostgreSQL of the tests: quick to start, and nothing of it is left behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.postgres import Server

ROOT = Path(__file__).parents[1]
HOLDS = (
    "import sys; from tests.postgres import Server; s = Server(); print(s.folder, s.pid, flush=True); sys.stdin.read()"
)


def segments() -> str:
    """All shared memory of this machine."""
    return Path("/proc/sysvipc/shm").read_text()


def test_each_database_is_new(postgres: Server) -> None:
    for _ in range(2):
        with postgres.database() as url, psycopg.connect(url) as connection:
            connection.execute("CREATE SCHEMA shuping")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_it_starts_within_two_seconds() -> None:
    began = time.monotonic()
    with Server():
        assert time.monotonic() - began < 2


@pytest.mark.parametrize("how", [signal.SIGKILL, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_nothing_is_left_when_the_tests_are_killed(how: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDS], cwd=ROOT, stdin=-1, stdout=-1, stderr=-1, text=True) as tests:
        assert tests.stdout is not None
        folder, pid = tests.stdout.readline().split()
        server = psutil.Process(int(pid))
        guard, segment = server.parent(), f" {pid} "
        assert guard is not None
        assert segment in segments()
        tests.send_signal(how)
        tests.wait()
        psutil.wait_procs([server, guard], 10)
    assert not server.is_running()
    assert not Path(folder).exists()
    assert segment not in segments()


def test_what_was_committed_survives_a_power_cut() -> None:
    with Server(durable=True) as server:
        with psycopg.connect(server.url("postgres", user="postgres")) as connection:
            connection.execute("CREATE TABLE t AS SELECT 1 AS one")
        server.kill()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.url("postgres", user="postgres"))
        server.start()
        with psycopg.connect(server.url("postgres", user="postgres")) as connection:
            assert connection.execute("TABLE t").fetchone() == (1,)


def test_nothing_is_left_of_one_that_was_killed() -> None:
    with Server(durable=True) as server:
        segment = f" {server.pid} "
        assert segment in segments()
        server.kill()
    assert not server.folder.exists()
    assert segment not in segments()
