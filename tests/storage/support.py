"""Small decisions that the storage tests share, and a way to look at a database from outside."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.session import Assessment, Firm, Record, Session
from storage.store import Decide, Decision, LogEntry, State, Store

CHAT = "terminal:anna"
NOW = datetime(2025, 3, 1, 8, 30, tzinfo=UTC)


def begun(chat: str = CHAT, *, name: str | None = None) -> Session:
    """A session that has not got far."""
    return Session(
        id=f"session of {chat}", rubric="2024", language="zh", firm=Firm(name=name), started_at=NOW, updated_at=NOW
    )


def entry(number: int, by: str = "anna") -> LogEntry:
    """The line of the log that tells of this revision."""
    return LogEntry("s1", "recorded", "q1", number - 1, number, NOW + timedelta(seconds=number), by)


def assessment(name: str) -> Assessment:
    """A finished assessment with this id."""
    return Assessment(
        id=name,
        rubric="2024",
        firm=Firm(),
        record=Record(levels={"s1": 3}),
        score="5/2",
        grade=2,
        previous=None,
        started_at=NOW,
        finished_at=NOW,
    )


def grown(state: State) -> Decision:
    """Decide: begin at revision 1, or go one revision on; the log tells each revision."""
    session = state.session
    new = (session or begun()).but(revision=session.revision + 1 if session else 1)
    return Decision(new, (entry(new.revision),))


def just(session: Session | None, *log: LogEntry, finished: tuple[Assessment, ...] = ()) -> Decide:
    """Decide this, whatever there was."""
    return lambda _: Decision(session, log, finished)


async def everything(store: Store, chat: str = CHAT) -> tuple[Session | None, list[LogEntry], list[Assessment]]:
    """All that a store knows of a chat."""
    return (await store.state(chat)).session, await store.log(chat), await store.history(chat)


async def revisions(store: Store, chat: str = CHAT) -> tuple[int, list[object]]:
    """The revision a chat has `grown` to, and those its log tells of."""
    session = (await store.state(chat)).session
    return (session.revision if session else 0), [line.after for line in await store.log(chat)]


@contextmanager
def outside(path: Path) -> Iterator[sqlite3.Connection]:
    """Another program's connection to the file, which commits by itself."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def siblings(path: Path) -> list[str]:
    """What lies beside the file and belongs to it."""
    return sorted(other.name for other in path.parent.glob(f"{path.name}-*"))


def dump(path: Path) -> list[str]:
    """All that is in a database, for comparison; damaged text as bytes."""
    with outside(path) as connection:
        connection.text_factory = bytes
        tables = ("sessions", "log", "assessments")
        return [repr(row) for table in tables for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608


def put(path: Path, data: bytes) -> None:
    """Lay a file there."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


@contextmanager
def untouched(path: Path) -> Iterator[None]:
    """What happens to the file leaves every byte as it was, and nothing beside it."""
    before = path.read_bytes()
    yield
    assert path.read_bytes() == before
    assert siblings(path) == []
