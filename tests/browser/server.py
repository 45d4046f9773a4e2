"""The page, served on a port of this machine from a database of its own."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from secrets import token_hex

from bot.delivery.reports import Reports
from bot.delivery.rules import page_door
from bot.dialogue.context import Outside
from bot.http.server import PageConnection, served
from bot.web.app import application
from bot.web.site import Site
from bot.web.visitor import CHANNEL, window_of
from flows.events import AnswerValue
from flows.session import Session
from scoring.editions import load_rubric
from storage.opening import open_store
from storage.store import Arrival, Decision, LogEntry
from storage.window import Window
from tests.dialogue.support import RULES

BOT_TOKEN = "123456:of-a-bot-that-is-none"  # noqa: S105  # made for this
SAID = 2
"""So many answers were given just now."""
RUBRIC = load_rubric("miit-2024")


@dataclass
class Server:
    """Where the page is, and what it stands on. `ahead`: the clock of the page before that of this machine."""

    url: str
    site: Site
    ahead: timedelta = timedelta(0)
    _updates: "count[int]" = field(default_factory=lambda: count(1))

    async def session(self, token: str) -> Session | None:
        """What is in front of the browser with this token."""
        return (await self.site.store.state(window_of(token))).session

    async def put(self, session: Session, token: str | None = None) -> str:
        """Somebody is at this place of the conversation; their token."""
        token = token or token_hex(16)
        now = self.site.outside.now()
        session = session.but(id=token_hex(16), updated_at=now)  # nobody else's, and of this minute
        answers: list[tuple[str, AnswerValue]] = [*session.record.choices.items(), *session.record.levels.items()]
        log = tuple(
            LogEntry(session.id, "recorded", item, None, after, now, CHANNEL) for item, after in answers[-SAID:]
        )
        window = Window(language=session.language)
        decision = Decision(dossier=token_hex(16), session=session, log=log, window=window)
        arrival = Arrival(CHANNEL, next(self._updates), now)
        assert await self.site.store.apply(window_of(token), lambda _: decision, arrival)
        return token


@asynccontextmanager
async def served_page(file: Path) -> AsyncIterator[Server]:
    """The page on a database that is this file."""
    async with await open_store(f"sqlite:///{file}") as store:
        address = f"127.0.0.1:{free_port()}"
        url = f"http://{address}"
        rules = replace(RULES, doors=[page_door(url)])
        outside = Outside(lambda: datetime.now(UTC) + server.ahead)
        server = Server(url, Site(store, rules, RUBRIC, outside, Reports(store, rules), url=url, bot_token=BOT_TOKEN))
        async with served(application(server.site), address, PageConnection):
            yield server
        await server.site.reports.close()


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
