"""The PostgreSQL of the tests: quick to start, and nothing of it is left behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.pgbouncer import CONNECTIONS, Bouncer, installed
from tests.postgres import Server

ROOT = Path(__file__).parents[1]
HOLDS = (
    "import signal, sys; from tests.postgres import Server; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "s = Server(); print(s.folder, s.pid, flush=True); sys.stdin.read()"
)


def segments() -> str:
    """All shared memory of this machine."""
    return Path("/proc/sysvipc/shm").read_text()


def runs(process: psutil.Process) -> bool:
    """One that has ended may still be listed where nobody has looked after it."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_each_database_is_new(postgres: Server) -> None:
    for _ in range(2):
        with postgres.database() as url, psycopg.connect(url) as connection:
            connection.execute("CREATE SCHEMA shuping")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_a_bouncer_shares_few_connections_among_many(postgres: Server, pgbouncer: Bouncer) -> None:
    with postgres.database() as url, ExitStack() as stack:
        clients = [stack.enter_context(psycopg.connect(pgbouncer.through(url), autocommit=True)) for _ in range(9)]
        for client in clients:
            client.prepare_threshold = None
        servers = [client.execute("SELECT pg_backend_pid()").fetchone() for client in clients]
        assert len(set(servers)) <= CONNECTIONS


def test_without_a_bouncer_one_is_told_unless_it_has_to_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install pgbouncer"):
        installed()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install pgbouncer"):
        installed()


def test_it_takes_no_more_than_two_seconds_to_start_and_end() -> None:
    """Of the processor: how long that takes is up to what else the machine has to do."""
    before = used()
    with Server():
        pass
    assert 0 < used() - before < 2


def used() -> float:
    """Seconds that programs which this process started, and has seen end, have worked for."""
    times = os.times()
    return times.children_user + times.children_system


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


def test_a_server_does_not_outlive_who_guards_it() -> None:
    with Server() as server:
        process = psutil.Process(server.pid)
        guard = process.parent()
        assert guard is not None
        guard.kill()
        until = time.monotonic() + 10
        while runs(process) and time.monotonic() < until:
            time.sleep(0.01)
        assert not runs(process)
    assert not server.folder.exists()


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
