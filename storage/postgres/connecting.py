"""Connections: how one is made, whether it still is one, and work that is done on it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from storage.errors import StorageError, Trouble
from storage.postgres.migrations import steps, worker_of

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]

DEFAULTS = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""How soon a server is given up that does not answer, unless the URL says otherwise."""
NO_PORT = re.compile(r"[^\d,]")


def refuse_encoding(connection: AsyncConnection | psycopg.Connection, place: str) -> None:
    """Any text has to find room. Raises StorageError."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StorageError(Trouble.ENCODING, place, encoding or "")


def conninfo_of(url: str, place: str) -> str:
    """How to connect: what the URL states, and what it leaves open. Raises StorageError."""
    try:
        stated = conninfo_to_dict(url)
    except (psycopg.ProgrammingError, ValueError):
        raise StorageError(Trouble.BAD_URL, place) from None
    if NO_PORT.search(str(stated.get("port", ""))):  # a password with a / in it
        raise StorageError(Trouble.BAD_URL, place)
    ours: dict[str, Any] = {"application_name": worker_of(len(steps())), **DEFAULTS}
    if "," in str(stated.get("host", "")):
        ours["target_session_attrs"] = "read-write"  # of several servers, the one that takes what is written
    return make_conninfo(url, **{**ours, **stated, "client_encoding": "UTF8"})


def cancellation() -> Callable[[], None]:
    """Raises CancelledError if the task was cancelled since: the pool keeps that to itself while it gives a connection,
    as does `wait_for` before Python 3.12, and whoever has to end would never do so.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0

    def heed() -> None:
        if task and task.cancelling() > before:
            raise asyncio.CancelledError

    return heed


async def was_cut(connection: AsyncConnection) -> bool:
    """Whether a connection was ended while nobody used it: that costs no round trip, and then it is had from the pool
    no more. The last word of a server may be read before its end is.
    """
    try:
        for _ in range(2):
            connection.pgconn.consume_input()
    except psycopg.OperationalError:
        await connection.close()
        return True
    return False


async def done(work: Work[T], connection: AsyncConnection) -> T:
    """Where nothing can be written, another server may have taken over, and is asked for anew."""
    try:
        return await work(connection)
    except psycopg.errors.ReadOnlySqlTransaction:
        await connection.close()
        raise
