"""Each of the six alarms provoked once in workers that run: what Prometheus sees, what the log says, what people see.

How long it has to last before anybody is woken is held to in `tests/chain/test_alarms.py`.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.chain.test_watching import RULES
from tests.operating.watch import Prometheus, watching
from tests.postgres import SUPERUSER, Server
from tests.serving.conftest import Browser, Install, address_of, served
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.driver import Shuping, free_port

EXPRS = {rule["alert"]: str(rule["expr"]) for rule in RULES}
ALL_WELL = "sum(shuping_ready) == 2 and sum(shuping_leading) == 1 and min(shuping_telegram_reached) == 1"
PEOPLE, SLOW_SECONDS = 12, 1.5
SLOWNESS = {"AnswersAreSlow", "ClaimsAreLost"}
"""What these see need not be the doing of a test."""
FIRST_CLAIMS = """SELECT FROM shuping.claims WHERE ctid IN (SELECT min(ctid) FROM shuping.claims GROUP BY holder)
FOR UPDATE"""
"""Renewing stops at these; the lanes behind them can be looked at."""
pytestmark = pytest.mark.slow


@dataclass
class Watched:
    """Two workers on one database, and who watches them."""

    server: Server
    database: str
    telegram: TelegramApi
    workers: list[Shuping]
    prometheus: Prometheus

    async def rings(self, alarm: str) -> None:
        """Until what is wrong is seen."""
        await self.prometheus.until(EXPRS[alarm], within=60)

    async def is_calm(self, *, but: Collection[str] = SLOWNESS) -> None:
        """Until no alarm but some sees anything: a busy machine is slow indeed, and that is told of for minutes."""
        for alarm, expr in EXPRS.items():
            if alarm not in but:
                await self.prometheus.until_not(expr, within=90)

    @contextmanager
    def held(self, statement: str) -> Iterator[int]:
        """Somebody holds what a statement locks, as a transaction does that was forgotten; how many rows."""
        with psycopg.connect(self.server.url(self.database, user=SUPERUSER)) as connection:
            yield connection.execute(statement.encode()).rowcount

    def said(self, words: str) -> bool:
        """Whether a worker has written that down."""
        return any(words in worker.output for worker in self.workers)


@asynccontextmanager
async def watched(
    server: Server, database: str, telegram: TelegramApi, install: Install, folder: Path, **settings: str
) -> AsyncIterator[Watched]:
    """Two workers that are ready, one of which leads; nothing is wrong."""
    workers = []
    for _ in range(2):
        own = {"DATABASE_URL": server.url(database), "METRICS_LISTEN": f"127.0.0.1:{free_port()}", **settings}
        workers.append(await served(install("serve", LOG_LEVEL="WARNING", **own)))
    async with watching(folder / "watch", [worker.settings["METRICS_LISTEN"] for worker in workers]) as prometheus:
        await prometheus.until(ALL_WELL)
        fleet = Watched(server, database, telegram, workers, prometheus)
        await fleet.is_calm(but=())
        yield fleet


@pytest.fixture
def server() -> Iterator[Server]:
    """Of its own: it is stopped."""
    with Server(durable=True) as one:
        yield one


@pytest.fixture
async def fleet(server: Server, api: TelegramApi, install: Install, tmp_path: Path) -> AsyncIterator[Watched]:
    async with watched(server, server.create(), api, install, tmp_path) as fleet:
        yield fleet


async def test_nothing_is_sent(fleet: Watched) -> None:
    fault = fleet.telegram.faults.broken(method="sendMessage", count=-1)
    ann = fleet.telegram.person("Ann")
    ann.say("/start")
    await fleet.rings("NothingIsSent")
    assert fault.fired
    assert fleet.said("a message waits (NetworkError)")
    assert not [message for message in ann.chat.seen if message.outgoing], "nothing comes back"
    fleet.telegram.faults.clear()
    await ann.until(within=60)
    await fleet.is_calm()


async def test_telegram_is_out_of_reach(fleet: Watched, browser: Browser) -> None:
    await fleet.telegram.down()
    await fleet.rings("TelegramOutOfReach")
    assert fleet.said("Telegram cannot be reached; trying again.")
    assert "<form" in await browser.look(f"{address_of(fleet.workers[0])}/"), "the page goes on"
    await fleet.telegram.up()
    await fleet.is_calm()


async def test_the_database_refuses_work(fleet: Watched, browser: Browser) -> None:
    address = address_of(fleet.workers[0])
    await browser.look(f"{address}/")
    fleet.server.stop()
    await fleet.rings("StorageFails")
    await fleet.rings("WorkersAreMissing")
    await fleet.workers[0].until_says("the outbox waits for the database: unreachable", within=30)
    async with browser.session.get(f"{address}/") as answer:
        assert answer.status == 503
        assert "Traceback" not in await answer.text()
    fleet.server.start()
    await fleet.prometheus.until(ALL_WELL)
    assert "<form" in await browser.tap(address, "Begin"), "nobody had to start anything"


async def test_answers_are_slow(fleet: Watched, browser: Browser) -> None:
    address = address_of(fleet.workers[0])
    await browser.look(f"{address}/")
    await browser.tap(address, "Begin")
    await fleet.prometheus.until("sum(shuping_update_seconds_count) == 1")
    with fleet.held("LOCK TABLE shuping.sessions IN ACCESS EXCLUSIVE MODE"):
        tap = asyncio.create_task(browser.tap(address, "Skip"))
        await asyncio.wait([tap], timeout=SLOW_SECONDS)
        assert not tap.done()
    assert "<form" in await tap, "it is late, and it is there"
    await fleet.rings("AnswersAreSlow")


async def test_clocks_disagree(server: Server, api: TelegramApi, install: Install, tmp_path: Path) -> None:
    database = server.create()
    with psycopg.connect(server.url(database, user=SUPERUSER), autocommit=True) as connection:
        connection.execute("CREATE SCHEMA wrong")
        connection.execute("""CREATE FUNCTION wrong.clock_timestamp() RETURNS timestamptz LANGUAGE sql
            AS $$ SELECT pg_catalog.clock_timestamp() - interval '5 seconds' $$""")
        connection.execute("GRANT USAGE ON SCHEMA wrong TO PUBLIC")
    async with watched(server, database, api, install, tmp_path) as fleet:
        with psycopg.connect(server.url(database, user=SUPERUSER), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {database} SET search_path = wrong, pg_catalog".encode())
            connection.execute("""SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()""")
        await fleet.rings("ClaimsAreLost")


async def test_claims_are_lost(server: Server, api: TelegramApi, install: Install, tmp_path: Path) -> None:
    """They cannot be renewed for some seconds, while messages wait for their turn."""
    async with watched(server, server.create(), api, install, tmp_path, TELEGRAM_RATE="1") as fleet:
        for number in range(PEOPLE):
            api.person(f"Person {number}").say("/start")
        await api.called("sendMessage", 2)
        with fleet.held(FIRST_CLAIMS) as rows:
            assert rows >= 1
            await fleet.rings("ClaimsAreLost")
        for person in api.world.people.values():
            await person.until(within=60)


async def test_a_worker_is_missing(fleet: Watched, browser: Browser) -> None:
    leads = await fleet.prometheus.until("shuping_leading == 1")
    at = [worker.settings["METRICS_LISTEN"] for worker in fleet.workers].index(leads[0][0]["instance"])
    leader, other = fleet.workers[at], fleet.workers[1 - at]
    assert leader.process is not None
    leader.process.send_signal(signal.SIGKILL)
    await leader.ended()
    await fleet.rings("WorkersAreMissing")
    assert "<form" in await browser.look(f"{address_of(other)}/"), "people notice nothing"
    await fleet.prometheus.until("sum(shuping_leading) == 1")
    ann = fleet.telegram.person("Ann")
    ann.say("/start")
    await ann.until(within=30)
    await served(leader)
    await fleet.is_calm()
