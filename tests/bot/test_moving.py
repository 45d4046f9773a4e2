"""`shuping db copy`: from one database to another one, by the command itself."""

import asyncio
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pexpect
import pytest

from bot.delivery.lease import Ownership, holder_here
from storage.copying.opening import shown
from storage.opening import open_store
from storage.outbox import Lane
from storage.postgres.migrations import steps
from storage.store import Claim, Decision
from tests.bot.child import COMMAND, Shuping, environment, sentence
from tests.bot.inside import Done
from tests.storage.support import message

GONE = "/".join((*holder_here().split("/")[:2], "4194304", "1"))
"""Somebody of this machine who is not alive: no process has such a number."""


@pytest.fixture
def filled(shuping: Shuping) -> Shuping:
    """A database with somebody in it."""
    shuping.chat("", "示例厂", "A", "B", name="anna")
    return shuping


def copy(shuping: Shuping, target: str, lang: str = "en") -> Done:
    return shuping("--lang", lang, "db", "copy", shuping.database, target)


def other(shuping: Shuping) -> str:
    return f"sqlite:///{shuping.folder / 'other.sqlite3'}"


def exported(shuping: Shuping, url: str) -> object:
    """All that is stored of somebody, but for the zones in which times are written."""
    return json.loads(shuping("data", "export", "--as", "anna", "--database", url).out)


def test_to_postgres_and_back(filled: Shuping, database: str) -> None:
    there = copy(filled, database)
    assert there.status == 0
    assert there.out.splitlines()[0].startswith("sessions: rows 1, the same on both sides (checksum ")
    assert there.out.splitlines()[-1].startswith("Everything has arrived and was compared")
    assert "copying log: 0 of" in there.err
    assert "p4ss-w0rd" not in there.out + there.err
    back = filled("--lang", "en", "db", "copy", database, other(filled))
    assert back.status == 0
    assert back.out.splitlines()[:-1] == there.out.splitlines()[:-1]
    assert exported(filled, other(filled)) == exported(filled, filled.database)
    assert exported(filled, database) == exported(filled, filled.database)


def test_a_url_with_a_password_comes_out_of_a_file(filled: Shuping, database: str) -> None:
    (filled.folder / "url").write_text(f"{database}\n", encoding="utf-8")
    assert copy(filled, "@url").status == 0
    assert filled("--lang", "en", "db", "copy", "@url", other(filled)).status == 0
    sentence(copy(filled, "@nothing"), "nothing")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal")
def test_on_a_terminal_a_bar_shows_how_far_it_is(filled: Shuping) -> None:
    command = [*COMMAND, "--lang", "en", "db", "copy", filled.database, other(filled)]
    run = environment(filled.folder, TERM="xterm-256color")
    screen = pexpect.run(" ".join(command), env=run, cwd=filled.folder, encoding="utf-8", timeout=60)
    assert "comparing audit" in screen
    assert "━" in screen
    assert "Everything has arrived" in screen


@contextmanager
def alive(url: str) -> Iterator[None]:
    """Somebody holds the lease of a database, and renews it."""
    ready, done = threading.Event(), threading.Event()

    async def live() -> None:
        async with await open_store(url) as store:
            ownership = Ownership(store)
            await ownership.acquire(lambda: None)
            keeping = asyncio.create_task(ownership.keep())
            ready.set()
            await asyncio.to_thread(done.wait)
            keeping.cancel()
            await ownership.release()

    thread = threading.Thread(target=lambda: asyncio.run(live()))
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize("where", ["source", "target"])
def test_not_while_the_bot_is_alive(filled: Shuping, where: str) -> None:
    url = filled.database if where == "source" else other(filled)
    with alive(url):
        told = sentence(copy(filled, other(filled)), "Somebody is at work on the database", "PID", "stop the bot")
        assert shown(url) in told
    assert copy(filled, other(filled)).status == 0


def test_not_while_a_worker_is_connected_that_holds_nothing(filled: Shuping, database: str) -> None:
    assert copy(filled, database).status == 0
    beside = Shuping(filled.folder, apart=True)

    async def look() -> Done:
        async with await open_store(database) as store:
            await store.state("web:1")
            return await asyncio.to_thread(beside, "--lang", "en", "db", "copy", database, other(filled))

    sentence(asyncio.run(look()), "Somebody is at work on the database postgresql://***", f"(shuping {len(steps())})")
    assert filled("db", "copy", database, other(filled)).status == 0


async def hold(url: str, holder: str, until: datetime) -> None:
    """A lease that nobody renews, and a claim."""
    async with await open_store(url) as store:
        await store.hold("house", holder, None)
        now = datetime.now(UTC)
        await store.apply("telegram:1", lambda _: Decision("d", outbox=(message("card"),)))
        await store.claim(Claim(holder, until), now, 1, Lane("telegram:1", aside=False))


@pytest.mark.parametrize(
    ("holder", "seconds", "status"),
    [
        pytest.param(holder_here(), 50, 2, id="alive"),
        pytest.param(GONE, 50, 0, id="dead"),
        pytest.param("elsewhere/x/1/1", -1, 0, id="run out", marks=pytest.mark.slow),
    ],
)
def test_claims_are_those_of_the_living(filled: Shuping, holder: str, seconds: float, status: int) -> None:
    asyncio.run(hold(filled.database, holder, datetime.now(UTC) + timedelta(seconds=seconds)))
    assert copy(filled, other(filled)).status == status


def test_it_says_that_it_goes_on_and_no_bot_opens_it_before(filled: Shuping) -> None:
    half = """
import sys
from storage.copying import run
from storage.copying.opening import read_from, shown, write_to
here, there = sys.argv[1:]
run._copy(read_from(here), write_to(there, shown(here)), run.TABLES[0], lambda _: None)
"""
    command = [sys.executable, "-c", half, filled.database, other(filled)]
    subprocess.run(command, env=environment(filled.folder), check=True)
    told = filled("--lang", "en", "chat", "--database", other(filled))
    sentence(told, "unfinished copy", "shuping.sqlite3")
    done = copy(filled, other(filled))
    assert done.status == 0
    assert done.err.startswith("Some is there already (rows: 1); going on after it.\n")


def test_a_copy_that_differs_is_told_of(filled: Shuping) -> None:
    half = """
import sys, sqlite3
from storage.copying import run
from storage.copying.opening import read_from, shown, write_to
here, there = sys.argv[1:]
writer = write_to(there, shown(here))
run._copy(read_from(here), writer, run.TABLES[0], lambda _: None)
writer._connection.execute("UPDATE sessions SET revision = revision + 1")
"""
    command = [sys.executable, "-c", half, filled.database, other(filled)]
    subprocess.run(command, env=environment(filled.folder), check=True)
    done = copy(filled, other(filled))
    assert done.status == 1
    assert done.out.startswith("sessions: rows 1 in the source, 1 in the copy; the first that differs: ")
    assert done.err.splitlines()[-1].startswith("shuping: The copy ")
    sentence(filled("--lang", "en", "chat", "--database", other(filled)), "unfinished copy")


@pytest.mark.parametrize(
    ("source", "target", "part"),
    [
        ("sqlite:///nothing.db", "sqlite:///x.db", "no database"),
        ("sqlite:///shuping.sqlite3", "sqlite:///./shuping.sqlite3", "Name two databases"),
        ("memory:", "sqlite:///x.db", "not understood"),
        ("sqlite:///shuping.sqlite3", "postgresql://me:secret@127.0.0.1:1/x", "***@127.0.0.1:1/x"),
    ],
)
def test_what_cannot_be_is_one_sentence(filled: Shuping, source: str, target: str, part: str) -> None:
    told = sentence(filled("--lang", "en", "db", "copy", source, target), part)
    assert "secret" not in told
    assert not (filled.folder / "x.db").exists()


def test_damaged_rows_stay_behind_with_status_1(filled: Shuping) -> None:
    with sqlite3.connect(filled.folder / "shuping.sqlite3") as connection:
        connection.execute("UPDATE log SET by = x'00' WHERE number = 1")
    connection.close()
    done = copy(filled, other(filled))
    assert done.status == 1
    assert "log: damaged, so left behind in the source: rows 1 (1)\n" in done.out
    assert "can be used" in done.err
    assert filled("data", "export", "--as", "anna", "--database", other(filled)).status == 0
