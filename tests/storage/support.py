"""Small decisions that the storage tests share, and a way to look at a database from outside."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from flows.session import Assessment, Firm, Record, Session
from storage.outbox import Lane, Outgoing, Urgency
from storage.store import Claim, Decide, Decision, Due, LogEntry, State, Store

WINDOW = "terminal:anna"
OTHER = "telegram:42"
NOW = datetime(2025, 3, 1, 8, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
ME, YOU = "me", "you"
"""Two who send."""
TABLES = ("windows", "sights", "sessions", "log", "assessments")


def begun(of: str = WINDOW, *, name: str | None = None) -> Session:
    """A session that has not got far."""
    return Session(
        id=f"session of {of}", rubric="2024", language="zh", firm=Firm(name=name), started_at=NOW, updated_at=NOW
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
    return Decision(state.dossier or uuid4().hex, new, (entry(new.revision),))


def just(
    session: Session | None, *log: LogEntry, finished: tuple[Assessment, ...] = (), dossier: str | None = None
) -> Decide:
    """Decide this, whatever there was: in this dossier, or in the one in front, or in a new one."""
    return lambda state: Decision(dossier or state.dossier or uuid4().hex, session, log, finished)


def opens(dossier: str, name: str | None = None, **more: object) -> Decide:
    """Decide: begin a dossier, or, if there is one, bring it to the front."""

    def decide(state: State) -> Decision:
        session = None if dossier in state.dossiers else begun(dossier, name=name)
        return Decision(dossier, session, **more)  # type: ignore[arg-type]  # fields by name

    return decide


def decides(**fields: object) -> Decide:
    """Decide this, whatever there was."""
    return lambda _: Decision(**fields)  # type: ignore[arg-type]  # fields by name


def follows(state: State) -> Decision:
    """Decide: open what a link leads to, if there is one."""
    return Decision(state.link.dossier if state.link else None)


async def everything(store: Store, window: str = WINDOW) -> tuple[Session | None, list[LogEntry], list[Assessment]]:
    """All that a store knows of the dossier in front of a window."""
    state = await store.state(window)
    dossier = state.dossier or ""
    return state.session, await store.log(dossier), await store.history(dossier)


async def revisions(store: Store, window: str = WINDOW) -> tuple[int, list[object]]:
    """The revision that what is in front of a window has `grown` to, and those its log tells of."""
    session, log, _ = await everything(store, window)
    return (session.revision if session else 0), [line.after for line in log]


# messages


def message(
    reply: str,
    hours: float = 0,
    key: str | None = None,
    *,
    anew: bool = False,
    urgency: Urgency = Urgency.ANSWER,
) -> Outgoing:
    """One that says so, so many hours from now."""
    return Outgoing(reply, NOW + hours * HOUR, key, anew, urgency)


def sends(*messages: Outgoing, **more: object) -> Decide:
    """Decide to send these, and what else there is."""
    return decides(outbox=messages, **more)


async def waiting(store: Store, hours: float = 0, window: str = WINDOW) -> list[str]:
    """What waits for a window and is due in so many hours."""
    return [queued.reply for queued in await store.waiting(window) if queued.due <= NOW + hours * HOUR]


def claim(holder: str = ME, hours: float = 0, seconds: float = 8) -> Claim:
    """One that is made in so many hours, and lasts for so many seconds."""
    return Claim(holder, NOW + hours * HOUR + timedelta(seconds=seconds))


async def taken(
    store: Store, hours: float = 0, window: str = WINDOW, *, aside: bool = False, holder: str = ME
) -> Due | None:
    """The first message of a lane, claimed."""
    found = await store.claim(claim(holder, hours), NOW + hours * HOUR, 1, Lane(window, aside))
    return found[0] if found else None


async def turns(store: Store, hours: float = 0, limit: int = 9, holder: str = ME) -> list[str]:
    """What is to be sent next in each of all lanes, in the order in which they are served."""
    found = await store.claim(claim(holder, hours), NOW + hours * HOUR, limit)
    return [due.queued.reply for due in found]


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
        return [repr(row) for table in TABLES for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608


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


def nothing() -> None:
    """Nobody has to be told."""
