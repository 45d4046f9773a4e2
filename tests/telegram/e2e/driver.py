"""A command that serves, as a child process: started, watched, ended, killed, started again on the same database."""

import asyncio
import io
import json
import os
import re
import signal
import socket
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.telegram.channel import TelegramChannel
from flows.session import Session
from storage.window import Window
from tests.telegram.api import TelegramApi
from tests.telegram.people import Person

ROOT = Path(__file__).parents[3]
CHAT = f"{TelegramChannel.name}:"
"""What the windows of this channel are called."""
SIGHTED = "dossier IN (SELECT dossier FROM sights WHERE window = ?)"
SECRET = "webhook-secret_" + "0123456789"
TROUBLE = re.compile(r"^.* (?:WARNING|ERROR|CRITICAL) .*$|^Traceback.*$|.*never retrieved.*", re.MULTILINE)
START_WITHIN, END_WITHIN = 60.0, 30.0
"""Seconds, on a machine that is busy with other things; a bound that is proved stands in its test."""


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _variable(name: str) -> str:
    """Settings are ours, but for those of the libraries for traces."""
    return name if name.startswith("OTEL_") else f"SHUPING_{name}"


def webhook() -> dict[str, str]:
    """Settings for a bot that listens."""
    address = f"127.0.0.1:{free_port()}"
    return {"WEBHOOK_URL": f"http://{address}/hook", "WEBHOOK_LISTEN": address, "WEBHOOK_SECRET": SECRET}


async def post(url: str, body: Any, secret: str = "", **how: Any) -> tuple[int, bytes]:
    """Status and answer of what Telegram (or somebody else) posts; a body that is no bytes is sent as JSON."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
    data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    async with (
        aiohttp.ClientSession() as session,
        session.request(how.pop("method", "POST"), url, data=data, headers=headers, **how) as response,
    ):
        return response.status, await response.read()


@dataclass
class Shuping:
    """One installation: its settings and its database; at most one process at a time."""

    api: TelegramApi
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ("telegram",)
    module: tuple[str, ...] = ("bot",)
    """What is run, with its own arguments."""
    process: asyncio.subprocess.Process | None = None
    known: dict[int, set[str]] = field(default_factory=dict)
    """The dossiers that people had sight of."""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.settings = {
            "TELEGRAM_TOKEN": self.api.token,
            "TELEGRAM_API_URL": self.api.url,
            "TELEGRAM_RATE": "0",
            "LOG_LEVEL": "DEBUG",
            **self.settings,
        }

    @property
    def file(self) -> Path:
        return self.folder / "shuping.sqlite3"

    @property
    def output(self) -> str:
        """All that all its runs have written."""
        path = self.folder / "output.txt"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @property
    def troubles(self) -> list[str]:
        """Warnings, errors and tracebacks."""
        return TROUBLE.findall(self.output)

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.returncode is None

    async def spawn(self) -> None:
        """A new process; not waited for."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "LC_ALL": "en_US.UTF-8",
            "SHUPING_DATABASE_URL": f"sqlite:///{self.file}",
            **{_variable(name): value for name, value in self.settings.items() if value},
        }
        with (self.folder / "output.txt").open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", *self.module, *self.command),
                env=environment,
                cwd=self.folder,
                stdout=output,
                stderr=output,
            )

    async def start(self) -> "Shuping":
        """A new process that takes updates."""
        before = self._takings()
        await self.spawn()
        async with asyncio.timeout(START_WITHIN):
            while self.running and self._takings() == before:  # noqa: ASYNC110  # also one that dies
                await asyncio.sleep(0.02)
        assert self.running, self.output[-3000:]
        return self

    def _takings(self) -> int:
        """How often a process of it began to take updates, or fetched some."""
        return (
            self.output.count(" is ready.") if self.settings.get("WEBHOOK_URL") else self.api.log.totals["getUpdates"]
        )

    async def until_says(self, words: str, within: float = START_WITHIN) -> None:
        """Until that stands in its output."""
        async with asyncio.timeout(within):
            while words not in self.output:
                assert self.running, self.output[-3000:]
                await asyncio.sleep(0.05)

    async def ended(self, within: float = START_WITHIN) -> int:
        """Its exit status, also of one that has only begun to start."""
        assert self.process is not None
        async with asyncio.timeout(within):
            return await self.process.wait()

    async def stop(self, within: float = END_WITHIN) -> int:
        """End it politely; the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return await self.ended(within)

    async def kill(self) -> None:
        """End it as a power cut does."""
        if self.process is not None and self.running:
            self.process.kill()
            await self.process.wait()

    # what is stored

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.file, timeout=10)) as connection:
            yield connection

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.database() as connection:
            return connection.execute(statement, values).fetchall()

    def change(self, statement: str, *values: Any) -> None:
        with self.database() as connection, connection:
            connection.execute(statement, values)

    def session(self, person: Person) -> Session:
        statement = "SELECT sessions.data FROM sessions JOIN windows ON front = dossier WHERE window = ?"
        ((data,),) = self.rows(statement, f"{CHAT}{person.id}")
        return Session.model_validate_json(data)

    def window(self, person: Person) -> Window:
        ((data,),) = self.rows("SELECT data FROM windows WHERE window = ?", f"{CHAT}{person.id}")
        return Window.model_validate_json(data)

    def dossiers(self, person: Person) -> list[str]:
        """All that the person has sight of."""
        rows = self.rows("SELECT dossier FROM sights WHERE window = ? ORDER BY number", f"{CHAT}{person.id}")
        found = [dossier for (dossier,) in rows]
        self.known.setdefault(person.id, set()).update(found)
        return found

    def waiting(self, person: Person) -> list[dict[str, Any]]:
        """The replies that wait for a person, those for later too."""
        rows = self.rows("SELECT reply FROM outbox WHERE window = ? ORDER BY number", f"{CHAT}{person.id}")
        return [json.loads(reply) for (reply,) in rows]

    def about(self, person: Person) -> dict[str, int]:
        """How many rows there are about a person, or a dossier that they had sight of, in each table that has any."""
        self.dossiers(person)
        names = {str(person.id), *self.known[person.id]}
        found = {}
        with self.database() as connection:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                rows = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608  # names of our own
                if count := sum(any(name in str(row) for name in names) for row in rows):
                    found[table] = count
        return found
