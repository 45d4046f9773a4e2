"""PostgreSQL: how it is reached, what can go wrong with a server, and how its schema grows."""

import asyncio
import hashlib
import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

import psycopg
import pytest
from psycopg import AsyncConnection

from bot.words.complaints import complaint
from locales import LANGUAGES
from storage.errors import StorageError, Trouble
from storage.opening import open_present, open_store, without_credentials
from storage.outbox import Urgency
from storage.postgres import migrations
from storage.postgres.migrations import Kind, Step, steps
from storage.postgres.store import PostgresStore, open_postgres
from storage.store import Arrival
from tests.pgbouncer import Bouncer
from tests.postgres import PASSWORD, SUPERUSER, Server
from tests.storage.support import (
    NOW,
    OTHER,
    WINDOW,
    assessment,
    begun,
    entry,
    everything,
    grown,
    just,
    message,
    opens,
    revisions,
    sends,
)

ROOT = Path(__file__).parents[2]
LATEST = len(steps())


def execute(url: str, *statements: str) -> None:
    """Another program's work."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


async def use(url: str) -> None:
    """Open the database, and use all that a store can do."""
    async with await open_store(url) as store:
        await everything(store)
        await store.apply(WINDOW, grown)


async def trouble_with(doing: Awaitable[object]) -> Trouble:
    """What is the matter."""
    with pytest.raises(StorageError) as caught:
        await doing
    return caught.value.trouble


# what can be wrong, and how it is told


@dataclass(frozen=True)
class Ground:
    """A server, and two of its databases: one that we have used, and an empty one."""

    server: Server
    used: str
    empty: str

    def on_used(self, *statements: str) -> str:
        """Somebody who may do anything did this."""
        execute(self.used.replace("shuping:", f"{SUPERUSER}:"), *statements)
        return self.used


@pytest.fixture
def ground(postgres: Server, postgres_url: str, database: str) -> Ground:
    return Ground(postgres, postgres_url, database)


Place = Callable[[Ground], str]
"""Breaks something; gives the URL to be used."""


def at(url: str) -> Place:
    return lambda _: url


def with_settings(settings: str) -> Place:
    return lambda ground: f"{ground.used}&options={settings}"


def foreign_schema(ground: Ground) -> str:
    execute(ground.empty, "CREATE SCHEMA shuping", "CREATE TABLE shuping.orders (id int)")
    return ground.empty


def without_rights(ground: Ground) -> str:
    ground.on_used("REVOKE ALL ON SCHEMA shuping FROM shuping", "ALTER SCHEMA shuping OWNER TO postgres")
    return ground.used


def read_only_and_empty(ground: Ground) -> str:
    name = ground.empty.split("@/")[1].split("?")[0]
    execute(
        ground.server.url("postgres", user=SUPERUSER), f"ALTER DATABASE {name} SET default_transaction_read_only = on"
    )
    return ground.empty


def without_table(ground: Ground) -> str:
    return ground.on_used("DROP TABLE shuping.log CASCADE")


CASES: dict[str, tuple[Trouble, Place]] = {
    "wrong password": (Trouble.DENIED, lambda ground: ground.used.replace(PASSWORD, f"{PASSWORD}7")),
    "no such user": (Trouble.DENIED, lambda ground: ground.used.replace("shuping:", "nobody:")),
    "no rights": (Trouble.DENIED, without_rights),
    "no such database": (Trouble.ABSENT, lambda ground: ground.server.url("nothing_here")),
    "no server at a socket": (Trouble.UNREACHABLE, at(f"postgresql://anna:{PASSWORD}@/x?host=/nowhere")),
    "no server at a port": (Trouble.UNREACHABLE, at(f"postgresql://anna:{PASSWORD}@127.0.0.1:1/x")),
    "no such host": (Trouble.UNREACHABLE, at(f"postgresql://anna:{PASSWORD}@nowhere.invalid/x")),
    "an @ in the password": (Trouble.UNREACHABLE, at(f"postgresql://anna:x@{PASSWORD}@nowhere.invalid/x")),
    "a / in the password": (Trouble.BAD_URL, at(f"postgresql://anna:x/{PASSWORD}@127.0.0.1/x")),
    "an unknown parameter": (Trouble.BAD_URL, lambda ground: f"{ground.used}&anything=1"),
    "a bracket too few": (Trouble.BAD_URL, at(f"postgresql://anna:{PASSWORD}@[::1/x")),
    "an unknown setting": (Trouble.BAD_URL, with_settings("-c%20anything%3D1")),
    "read-only": (Trouble.READ_ONLY, with_settings("-c%20default_transaction_read_only%3Don")),
    "read-only and empty": (Trouble.READ_ONLY, read_only_and_empty),
    "another program's": (Trouble.NOT_OURS, foreign_schema),
    "nothing noted": (Trouble.NOT_OURS, lambda ground: ground.on_used("DELETE FROM shuping.meta")),
    "a table is missing": (Trouble.NOT_OURS, without_table),
    "newer": (Trouble.NEWER, lambda ground: ground.on_used("UPDATE shuping.meta SET version = 99, oldest = 99")),
}


@pytest.mark.parametrize("case", CASES)
async def test_each_fault_is_named_in_every_language_and_tells_no_password(
    case: str, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.postgres.store.PATIENCE_SECONDS", 0.2)
    trouble, place = CASES[case]
    url = place(ground)
    with pytest.raises(StorageError) as caught:
        await use(url)
    error = caught.value
    assert error.trouble is trouble
    assert error.place == without_credentials(url)
    told = [str(error), *(complaint(error, language) or "" for language in LANGUAGES)]
    assert all(told)
    assert not [sentence for sentence in told if PASSWORD in sentence]


async def test_a_server_that_denies_says_why(ground: Ground) -> None:
    with pytest.raises(StorageError, match='password authentication failed for user "shuping"'):
        await open_store(ground.used.replace(PASSWORD, "guess"))


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
async def test_a_database_that_cannot_hold_chinese_is_refused(postgres: Server, encoding: str) -> None:
    with postgres.database(options=f"ENCODING {encoding} LOCALE 'C'") as url:
        with pytest.raises(StorageError, match=encoding) as caught:
            await open_store(url)
        assert caught.value.trouble is Trouble.ENCODING


async def test_what_is_set_for_other_programs_changes_no_text(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "GBK")
    async with await open_store(postgres_url) as store:
        await store.apply("terminal:东莞市精密五金厂🏭", grown)
        assert (await store.state("terminal:东莞市精密五金厂🏭")).session


async def test_a_server_without_free_connections_is_crowded() -> None:
    with Server(max_connections="8", superuser_reserved_connections="3") as server, ExitStack() as stack:
        url = server.url(server.create())
        for _ in range(5):
            stack.enter_context(psycopg.connect(url))
        assert await trouble_with(open_store(url)) is Trouble.CROWDED
        stack.close()
        await use(url)


async def test_who_only_looks_makes_nothing(database: str) -> None:
    assert await trouble_with(open_present(database)) is Trouble.MISSING
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT to_regnamespace('shuping')").fetchone() == (None,)
    await use(database)
    async with await open_present(database) as store:
        assert await revisions(store) == (1, [1])


# without the driver

WITHOUT = """\
import sys
sys.modules |= {"psycopg": None, "psycopg_pool": None}
from bot.cli.main import main
sys.exit(main())
"""


@pytest.mark.parametrize("url", ["postgresql://anna:p4ss-w0rd@db/shuping", "sqlite:///there.db"])
def test_without_the_extra_everything_else_works_and_one_is_told_what_to_install(url: str, tmp_path: Path) -> None:
    variables = {"SHUPING_DATABASE_URL": url, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WITHOUT, "doctor"]
    done = subprocess.run(
        command, env=os.environ | variables, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ("pip install 'shuping[postgres]'" in done.stdout) == url.startswith("postgres"), done
    assert "Traceback" not in done.stderr
    assert PASSWORD not in done.stdout + done.stderr


# connections and servers that go away


class Load:
    """Updates of several windows at once, each told of when it was acknowledged."""

    def __init__(self, store: PostgresStore, windows: int = 6) -> None:
        self.store, self.windows = store, [f"w{number}" for number in range(windows)]
        self.done: dict[str, int] = dict.fromkeys(self.windows, 0)
        self.troubles: set[Trouble] = set()
        self._updates = count(1)

    async def run(self, each: int) -> None:
        await asyncio.gather(*(self._grow(window, each) for window in self.windows))

    async def _grow(self, window: str, times: int) -> None:
        for _ in range(times):
            arrival = Arrival("telegram", next(self._updates), NOW)
            while not await self._tried(window, arrival):
                pass
            self.done[window] += 1

    async def _tried(self, window: str, arrival: Arrival) -> bool:
        """As Telegram does, with what was not acknowledged: what is known by then was written before."""
        try:
            await self.store.apply(window, grown, arrival)
        except StorageError as error:
            self.troubles.add(error.trouble)
            return False
        return True

    async def check(self) -> None:
        """Each update was written once, whatever happened."""
        assert self.troubles <= {Trouble.UNREACHABLE, Trouble.CROWDED, Trouble.BUSY}
        for window, times in self.done.items():
            assert await revisions(self.store, window) == (times, list(range(1, times + 1)))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[PostgresStore]:
    store = await open_postgres(url, "here")
    async with store:
        yield store


async def reaper(url: str, seed: int) -> None:
    """Cut connections of others, at random, some twenty a second, until cancelled."""
    chance = Random(seed)  # noqa: S311  # no secrets
    victims = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        while True:
            pids = [pid for (pid,) in await (await connection.execute(victims)).fetchall()]
            if pids:
                await connection.execute("SELECT pg_terminate_backend(%s)", (chance.choice(pids),))
            await asyncio.sleep(chance.choice([0.02, 0.05, 0.1]))


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)])
async def test_connections_that_are_cut_lose_and_double_nothing(
    postgres_url: str, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with opened(postgres_url) as store:
        load, reaping = Load(store), asyncio.create_task(reaper(postgres_url, seed))
        await load.run(each=15)
        reaping.cancel()
        await asyncio.gather(reaping, return_exceptions=True)
        await load.check()
    assert PASSWORD not in caplog.text


@pytest.fixture
def durable() -> Iterator[Server]:
    with Server(durable=True) as server:
        yield server


@pytest.mark.slow
async def test_a_server_that_dies_loses_nothing_that_was_acknowledged(durable: Server) -> None:
    async with opened(durable.url(durable.create())) as store:
        load = Load(store)
        running = asyncio.create_task(load.run(each=60))
        for _ in range(3):
            await asyncio.sleep(0.5)
            await asyncio.to_thread(durable.kill)
            await asyncio.to_thread(durable.start)
        await running
        await load.check()


@pytest.mark.slow
async def test_while_the_server_is_away_one_is_told_so_and_afterwards_all_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("storage.postgres.store.PATIENCE_SECONDS", 0.2)
    with Server(durable=True) as server:
        url = server.url(server.create())
        async with opened(url) as store:
            await store.apply(WINDOW, grown)
            server.stop()
            for _ in range(2):
                assert await trouble_with(store.apply(WINDOW, grown)) is Trouble.UNREACHABLE
            server.start()
            monkeypatch.setattr("storage.postgres.store.PATIENCE_SECONDS", 60)
            await store.apply(WINDOW, grown)
            assert await revisions(store) == (2, [1, 2])


async def test_who_waits_for_each_other_is_let_go_and_tries_again(postgres_url: str) -> None:
    """Two rows, taken in opposite order: the server ends one of both."""
    execute(
        postgres_url, "CREATE TABLE shuping.two (id text, n int)", "INSERT INTO shuping.two VALUES ('a', 0), ('b', 0)"
    )
    tries, met = count(1), asyncio.Barrier(2)

    async def both(connection: AsyncConnection, order: str) -> None:
        meets = next(tries) <= 2
        for row in order:
            await connection.execute("UPDATE shuping.two SET n = n + 1 WHERE id = %s", (row,))
            if meets and row == order[0]:
                await met.wait()

    async with opened(postgres_url) as store:
        await asyncio.gather(*(store._together(partial(both, order=order)) for order in ("ab", "ba")))
    assert next(tries) == 4, "one of both was tried again"
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT n FROM shuping.two").fetchall() == [(2,), (2,)]


@pytest.mark.slow
async def test_behind_a_bouncer_faults_have_the_same_names(pgbouncer: Bouncer, ground: Ground) -> None:
    url = pgbouncer.through(ground.used)
    assert await trouble_with(open_store(url.replace(PASSWORD, "guess"))) is Trouble.DENIED
    assert await trouble_with(open_store(pgbouncer.through(ground.server.url("nothing_here")))) is Trouble.ABSENT
    async with opened(url) as store:
        load, reaping = Load(store), asyncio.create_task(reaper(ground.used, 3))
        await load.run(each=10)
        reaping.cancel()
        await asyncio.gather(reaping, return_exceptions=True)
        await load.check()


# the schema

COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
WHERE table_schema = 'shuping' ORDER BY 1, 2
"""
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'shuping' ORDER BY 1"
FUNCTIONS = """
SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'shuping'::regnamespace ORDER BY 1, pronargs
"""
Schema = list[list[tuple[object, ...]]]


def schema(url: str) -> Schema:
    """All that migrations make."""
    with psycopg.connect(url) as connection:
        return [connection.execute(query).fetchall() for query in (COLUMNS, INDEXES, FUNCTIONS)]


def noted(url: str) -> tuple[int, int]:
    """The version of a database, and the oldest of the programs that may use it."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT version, oldest FROM shuping.meta").fetchone()
    assert row
    return row


def know(monkeypatch: pytest.MonkeyPatch, known: tuple[Step, ...]) -> None:
    """The program has these steps."""
    monkeypatch.setattr(migrations, "steps", lambda: known)


def added(kind: Kind, sql: str) -> Step:
    return Step(LATEST + 1, kind, sql)


async def take(url: str, known: tuple[Step, ...], monkeypatch: pytest.MonkeyPatch, *, contract: bool = False) -> None:
    """What a program with these steps does at its start; or, with `contract`, `shuping db upgrade`."""
    with monkeypatch.context() as patch:
        know(patch, known)
        async with await AsyncConnection.connect(url, autocommit=True) as connection:
            await migrations.migrate(connection, "here", contract=contract)


RELEASED = ("03ff58e564cd", "d79156ec9f2f", "d04576711e4c", "d0f9c9bec858")
"""The first digits of each released step's SHA-256."""


def test_a_released_step_never_changes() -> None:
    """Something must change? Append a step. Only a step that nobody has run yet may get another digest here."""
    digests = tuple(hashlib.sha256(step.sql.encode()).hexdigest()[:12] for step in steps())
    assert digests == RELEASED


PRESENT = """
SELECT table_name, string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns
WHERE table_schema = 'shuping' AND table_name <> 'meta' AND is_generated = 'NEVER' GROUP BY 1 ORDER BY 1
"""


def fill_as(old: str, full: str) -> None:
    """Put all that is in one database into another one, as far as its version knows of it."""
    with psycopg.connect(old) as into, psycopg.connect(full) as source:
        for table, columns in into.execute(PRESENT).fetchall():
            copied = f"COPY shuping.{table} ({columns})"
            with (
                source.cursor().copy(f"{copied} TO STDOUT") as rows,
                into.cursor().copy(f"{copied} FROM STDIN") as target,
            ):
                for row in rows:
                    target.write(row)


async def told(url: str) -> list[object]:
    """What a store has to tell."""
    async with await open_store(url) as store:
        return [
            await everything(store),
            await store.waiting(WINDOW),
            await store.state(OTHER),
            await store.lease("house"),
        ]


@pytest.mark.parametrize("version", range(1, LATEST))
async def test_every_earlier_version_comes_to_the_same_schema_and_keeps_its_data(
    database: str, postgres_url: str, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await open_store(postgres_url) as store:
        await store.apply(WINDOW, just(begun(), entry(1), finished=(assessment("a1"),)))
        await store.apply(
            WINDOW, sends(message("东莞市精密五金厂🏭", 1, "card"), message("file", urgency=Urgency.FILE))
        )
        await store.apply(OTHER, opens("d2", "another"))
        await store.hold("house", "me", None)
    await take(database, steps()[:version], monkeypatch)
    fill_as(database, postgres_url)
    assert noted(database) == (version, 0)
    assert await told(database) == await told(postgres_url)
    assert noted(database) == noted(postgres_url)
    assert schema(database) == schema(postgres_url)


async def test_all_who_start_at_once_find_one_schema(database: str, postgres_url: str) -> None:
    stores = await asyncio.gather(*(open_store(database) for _ in range(6)))
    await asyncio.gather(*(store.apply(WINDOW, grown) for store in stores))
    assert await revisions(stores[0]) == (6, list(range(1, 7)))
    for store in stores:
        await store.close()
    assert schema(database) == schema(postgres_url)


async def test_a_step_is_taken_wholly_or_not_at_all(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = added(Kind.EXPAND, "CREATE TABLE shuping.extra (a int); SELECT 1 / 0")
    before = schema(postgres_url)
    with pytest.raises(psycopg.errors.DivisionByZero):
        await take(postgres_url, (*steps(), broken), monkeypatch)
    assert (schema(postgres_url), noted(postgres_url)[0]) == (before, LATEST)


async def test_an_older_program_goes_on_while_a_newer_one_expands(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(postgres_url) as old:
        await old.apply(WINDOW, grown)
        await take(postgres_url, (*steps(), added(Kind.EXPAND, "ALTER TABLE shuping.log ADD remark text")), monkeypatch)
        assert noted(postgres_url) == (LATEST + 1, 0)
        await old.apply(WINDOW, grown)
    async with opened(postgres_url) as old:
        await old.apply(WINDOW, grown)
        assert await revisions(old) == (3, [1, 2, 3])


async def test_what_older_programs_need_goes_only_when_somebody_says_so(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await use(postgres_url)
    newer = (*steps(), added(Kind.CONTRACT, "ALTER TABLE shuping.sessions DROP COLUMN answered"))
    await take(postgres_url, newer, monkeypatch)
    assert noted(postgres_url) == (LATEST, 0)
    await use(postgres_url)
    await take(postgres_url, newer, monkeypatch, contract=True)
    assert noted(postgres_url) == (LATEST + 1, LATEST + 1)
    assert await trouble_with(open_store(postgres_url)) is Trouble.NEWER
