"""Workers on one PostgreSQL that is started for them, what may happen to all of these, and what was committed."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg

from storage.outbox import Lane
from storage.postgres.store import PostgresStore, open_postgres
from tests.postgres import SUPERUSER, Server
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.driver import SECRET, Shuping, free_port
from tests.web.crowd import Commit
from tests.workers.balancer import Balancer

STARTS_WITHIN = 60.0
"""Seconds; several start at once, on a busy machine."""
STARTED = (("The page is at",), ("is ready", "Another shuping"))
WATCH = """
CREATE TABLE public.committed (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, txid xid8 DEFAULT pg_current_xact_id(),
    channel text, id bigint, seen timestamptz, session text, dossier text
);
CREATE INDEX committed_by_txid ON public.committed (txid);
CREATE FUNCTION public.told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.committed (channel, id, seen) VALUES (new.channel, new.id, new.seen);
    RETURN NULL;
END $$;
CREATE FUNCTION public.changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.committed SET session = new.id, dossier = new.dossier WHERE txid = pg_current_xact_id();
    RETURN NULL;
END $$;
CREATE TABLE public.reminded (number bigint, window_name text);
CREATE FUNCTION public.left_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.reminded VALUES (old.number, old.window_name);
    RETURN NULL;
END $$;
CREATE TRIGGER left_outbox AFTER DELETE ON shuping.outbox FOR EACH ROW
    WHEN (old.urgency = 4) EXECUTE FUNCTION public.left_outbox();
CREATE TRIGGER told AFTER INSERT ON shuping.updates FOR EACH ROW EXECUTE FUNCTION public.told();
CREATE TRIGGER changed AFTER INSERT OR UPDATE ON shuping.sessions FOR EACH ROW EXECUTE FUNCTION public.changed();
"""
"""Has the database note the order of its commits, in these commits themselves, and what becomes of reminders."""
REMINDED = "SELECT window_name, count(*) FROM public.reminded GROUP BY window_name"
COMMITTED = "SELECT channel, id, seen, session, dossier FROM public.committed ORDER BY number"
IN_HAND = """
SELECT DISTINCT window_name, aside, holder
FROM shuping.outbox JOIN shuping.claims USING (window_name, aside) WHERE due <= now()
"""
"""Lanes in which somebody sends: one message at a time."""
TERMINATE = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE application_name = 'shuping' AND datname = %s AND random() < %s
"""


@dataclass(repr=False)
class Crew:
    """`workers` on the database at `url`; `kills`: how many of them were killed.

    `in_hand`: how often a worker was stopped while it was at a lane: one message may have been sent, and not marked.
    """

    server: Server
    url: str
    store: PostgresStore
    workers: list[Shuping]
    kills: int = 0
    in_hand: Counter[Lane] = field(default_factory=Counter)

    async def watch(self) -> None:
        """Note from now on what is committed."""
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection:
            await connection.execute(WATCH)

    async def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection:
            return await (await connection.execute(statement.encode(), values)).fetchall()

    async def commits(self) -> list[Commit]:
        """All since `watch`, in their order."""
        return [
            Commit((channel, number), seen, session or "", dossier or "")
            for channel, number, seen, session, dossier in await self.rows(COMMITTED)
        ]

    async def reminders(self) -> Counter[str]:
        """How many reminders there were for each window, that were sent or are not wanted any more."""
        return Counter(dict(await self.rows(REMINDED)))

    async def waiting(self) -> int:
        """How many messages are not sent yet, those for later too."""
        return int((await self.rows("SELECT count(*) FROM shuping.outbox"))[0][0])

    async def leader(self, name: str = "telegram") -> Shuping | None:
        """Who has a lease."""
        holders = await self.rows("SELECT holder FROM shuping.leases WHERE name = %s", name)
        return next((worker for worker in self.workers for (holder,) in holders if _is(worker, holder)), None)

    # what may happen

    async def stop(self, worker: Shuping) -> None:
        """It stands still; what it was at is noted."""
        assert worker.process is not None
        worker.process.send_signal(signal.SIGSTOP)
        await _stopped(worker.process.pid)
        rows = await self.rows(IN_HAND)
        self.in_hand.update(Lane(window, aside) for window, aside, holder in rows if _is(worker, holder))

    async def pause(self, worker: Shuping, seconds: float) -> None:
        """It stands still for so long that others take over."""
        await self.stop(worker)
        await asyncio.sleep(seconds)
        assert worker.process is not None
        worker.process.send_signal(signal.SIGCONT)

    async def kill(self, worker: Shuping) -> None:
        """As a power cut does."""
        await self.stop(worker)
        await worker.kill()
        self.kills += 1

    async def replace(self, worker: Shuping) -> None:
        """It dies, and another process takes its place."""
        await self.kill(worker)
        known = len(worker.output)
        await worker.spawn()
        await serves(worker, known)

    async def cut(self, part: float = 1.0) -> None:
        """End so many of the workers' connections, from the database's side."""
        place = psycopg.conninfo.conninfo_to_dict(self.url)["dbname"]
        superuser = self.server.url(SUPERUSER, user=SUPERUSER)
        async with await psycopg.AsyncConnection.connect(superuser, autocommit=True) as connection:
            await connection.execute(TERMINATE, (place, part))

    async def crash(self, seconds: float = 0.0) -> None:
        """The server dies, and is there again after a while."""
        await asyncio.to_thread(self.server.kill)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self.server.start)


def _is(worker: Shuping, holder: str) -> bool:
    """A holder's name tells its process."""
    return worker.process is not None and holder.split("/")[2] == str(worker.process.pid)


async def _stopped(process: int) -> None:
    async with asyncio.timeout(5):
        while psutil.Process(process).status() != psutil.STATUS_STOPPED:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.001)


@asynccontextmanager
async def crew_of(
    number: int,
    api: TelegramApi,
    server: Server,
    folder: Path,
    settings: Mapping[str, str],
    *,
    hooked: bool,
    ahead: float = 0,
) -> AsyncIterator[tuple[Crew, Balancer]]:
    """So many workers that serve the page and Telegram, and the balancer before their page.

    `hooked`: Telegram posts what comes, through a balancer, too; otherwise one of them polls. The clock of the first is
    so many seconds `ahead`.
    """
    pages, hooks = ([f"127.0.0.1:{free_port()}" for _ in range(number)] for _ in range(2))
    async with AsyncExitStack() as stack:
        url = stack.enter_context(server.database())
        store = await stack.enter_async_context(await open_postgres(url, "the tests"))
        page, hook = [await stack.enter_async_context(Balancer(servers)) for servers in (pages, hooks)]
        common = {"DATABASE_URL": url, "LOG_LEVEL": "WARNING", **settings}
        if hooked:
            common |= {"WEBHOOK_URL": f"http://{hook.address}/hook", "WEBHOOK_SECRET": SECRET}
        workers = [
            Shuping(
                api,
                folder / f"worker{place}",
                {**common, "WEB_LISTEN": pages[place], **({"WEBHOOK_LISTEN": hooks[place]} if hooked else {})},
                ("serve",),
                module=("tests.workers.shifted", str(ahead)) if ahead and not place else ("bot",),
            )
            for place in range(number)
        ]
        crew = Crew(server, url, store, workers)
        try:
            await asyncio.gather(*(worker.spawn() for worker in workers))
            await asyncio.gather(*(serves(worker) for worker in workers))
            await crew.watch()
            yield crew, page
        finally:
            for worker in workers:
                if worker.process is not None and worker.running:
                    os.kill(worker.process.pid, signal.SIGCONT)
                await worker.kill()
    for worker in workers:
        assert "Traceback" not in worker.output, worker.output[-3000:]
        assert "never retrieved" not in worker.output


async def serves(worker: Shuping, known: int = 0) -> None:
    """Until the page is there, and Telegram's messages are taken, or somebody else takes them.

    `known`: so much had its earlier processes said.
    """
    async with asyncio.timeout(STARTS_WITHIN):
        while not all(any(words in worker.output[known:] for words in ways) for ways in STARTED):
            assert worker.running, worker.output[-3000:]
            await asyncio.sleep(0.05)
