"""One input, one transaction, synced to disk: the store beside plain sqlite3, and a thousand sessions beside a million.

The floor runs the very same statements with the same data on a file of the same size in one thread, and reads,
decides and writes sessions as the store does: what is left between them is the store itself. A second floor runs the
bare statements with all values ready.
"""

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from typing_extensions import override

from bench.table import Row, at_least_of
from bench.timing import Work, ratio_of, turns
from bench.walk import full_walk
from flows.session import Session
from storage.outbox import Outgoing, Urgency
from storage.sqlite.state import APPEND, LOAD, UPDATE
from storage.sqlite.store import SETTINGS, SqliteStore, open_sqlite
from storage.store import Arrival, Claim, Decision, LogEntry, State

FEW, MANY = 1_000, 1_000_000
SECONDS = 4.0
BATCH, ROUNDS = 25, 80
NOW = datetime.now(UTC)
"""Not the walk's own time: what has been idle for so long would be deleted."""
SESSION = full_walk()[35][0].but(started_at=NOW, updated_at=NOW)
TEXT, WHEN = SESSION.model_dump_json(), NOW.isoformat()
LINE = LogEntry(SESSION.id, "recorded", "q1", ("B",), ("B", "C"), NOW, "local")
LINE_VALUES = (SESSION.id, "recorded", "q1", '["B"]', '["B", "C"]', WHEN, "local")
NUMBERS = "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :count)"
FILL = (
    """
    INSERT INTO windows (window, front, data)
    SELECT printf('terminal:%07d', n), printf('%032x', n), '{}' FROM numbers
    """,
    "INSERT INTO sights (window, dossier) SELECT printf('terminal:%07d', n), printf('%032x', n) FROM numbers",
    """
    INSERT INTO sessions (dossier, id, revision, data, updated_at)
    SELECT printf('%032x', n), :id, :revision, :data, :updated_at FROM numbers
    """,
)
CARD, REMINDER = '{"kind":"card","notices":[]}', '{"kind":"reminder","session":"s","revision":7}'
LATER = NOW + timedelta(days=1)
CLAIM = Claim("bench", LATER)


def rows() -> Iterator[Row]:
    with TemporaryDirectory() as folder, asyncio.Runner() as runner:
        times = _times(Path(folder), runner)
    rates = {name: f"{BATCH / median(each):,.0f}/s" for name, each in times.items()}
    what = f"inputs stored and synced, {FEW:,} sessions"
    yield at_least_of(what, rates["few"], f"plain sqlite3: {rates['plain']}", ratio_of(times, "few", "plain"), 0.65)
    bare = f"{ratio_of(times, 'few', 'bare'):.2f}"
    yield Row("the same beside bare statements", rates["few"], f"no JSON: {rates['bare']}", bare)
    overwritten = f"{ratio_of(times, 'few', 'left'):.2f}"
    yield Row("the same beside rows left in free space", rates["few"], f"not overwritten: {rates['left']}", overwritten)
    tapped = f"{ratio_of(times, 'tap', 'few'):.2f}"
    yield Row("the same with update, claim and two messages", rates["tap"], "the one before confirmed", tapped)
    what = f"the same, {MANY:,} sessions"
    yield at_least_of(what, rates["many"], f"{FEW:,}: {rates['few']}", ratio_of(times, "many", "few"), 0.85)
    one, two = (median([of_processes(number) for _ in range(3)]) for number in (1, 2))
    yield Row("taps of two processes on one file", f"{two:,.0f}/s", f"of one: {one:,.0f}/s", f"{two / one:.2f}")


def _times(folder: Path, runner: asyncio.Runner) -> dict[str, list[float]]:
    files = {name: folder / f"{name}.sqlite3" for name in ("bare", "plain", "few", "left", "tap", "many")}
    for name, file in files.items():
        runner.run(fill(file, MANY if name == "many" else FEW))
    bare, plain = Bare(files["bare"]), Plain(files["plain"])
    few, left, tap, many = (runner.run(open_sqlite(files[name])) for name in ("few", "left", "tap", "many"))
    runner.run(left._hop(lambda database: database.execute("PRAGMA secure_delete = OFF")))
    updates = count()
    work: dict[str, Work] = {
        "bare": bare,
        "plain": plain,
        "few": lambda: runner.run(_inputs(few, FEW)),
        "left": lambda: runner.run(_inputs(left, FEW)),
        "tap": lambda: runner.run(_taps(tap, updates)),
        "many": lambda: runner.run(_inputs(many, MANY)),
    }
    try:
        return turns(work, ROUNDS)
    finally:
        bare.connection.close()
        plain.connection.close()
        for store in (few, left, tap, many):
            runner.run(store.close())


async def fill(file: Path, sessions: int) -> None:
    """A file of ours with so many sessions, written in one go."""
    await (await open_sqlite(file)).close()
    connection = sqlite3.connect(file)
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
    with connection:
        values = {"id": SESSION.id, "revision": SESSION.revision, "data": TEXT, "updated_at": WHEN, "count": sessions}
        for statement in FILL:
            connection.execute(f"{NUMBERS} {statement}", values)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def _numbers(sessions: int) -> list[int]:
    """Whose inputs come next."""
    chance = Random()  # noqa: S311  # no secrets
    return [chance.randrange(sessions) for _ in range(BATCH)]


def window_of(number: int) -> str:
    """Of the made-up person of this number."""
    return f"terminal:{number:07d}"


async def _inputs(store: SqliteStore, sessions: int) -> None:
    for number in _numbers(sessions):
        await store.apply(window_of(number), _decide)


async def _taps(store: SqliteStore, updates: Iterator[int]) -> None:
    for number in _numbers(FEW):
        arrival = Arrival("telegram", next(updates), NOW)
        applied = await store.apply(window_of(number), decide_tap, arrival, claim=CLAIM)
        assert applied is not None
        assert applied.due is not None
        store.confirm(applied.due.queued, CLAIM.holder, lambda: None)


def _decide(state: State) -> Decision:
    session = state.session
    assert session is not None
    return Decision(session=session.but(revision=session.revision + 1), log=(LINE,))


def decide_tap(state: State, now: datetime = NOW) -> Decision:
    """An answer: the session, a line of the log, the next card, and a reminder for later."""
    reminder = f"reminder.{state.dossier}"
    later = Outgoing(REMINDER, LATER, reminder, urgency=Urgency.REMINDER, unless_sooner=NOW)
    return replace(_decide(state), outbox=(Outgoing(CARD, now, "card"), later))


# several processes


def of_processes(number: int) -> float:
    """Taps a second that so many processes store together on one file."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bench.sqlite3"
        asyncio.run(fill(file, FEW))
        command = (sys.executable, "-m", "bench.storage_speed", str(file))
        children = [
            subprocess.Popen([*command, str(child)], stdout=subprocess.PIPE, text=True) for child in range(number)
        ]
        return sum(float(child.communicate()[0]) for child in children)


async def _tapping(file: Path, child: int) -> float:
    """Taps a second of this process, for a few seconds."""
    updates, done = count(child * 10**9), 0
    async with await open_sqlite(file) as store:
        await _taps(store, updates)
        began = perf_counter()
        while perf_counter() - began < SECONDS:
            await _taps(store, updates)
            done += BATCH
        return done / (perf_counter() - began)


class Bare:
    """The lower floor: nothing but the statements. One batch a call."""

    def __init__(self, file: Path) -> None:
        self.connection = sqlite3.connect(file, isolation_level=None)
        for setting in SETTINGS:
            self.connection.execute(setting)
        self._revisions: dict[str, int] = {}

    def __call__(self) -> None:
        for number in _numbers(FEW):
            self.connection.execute("BEGIN IMMEDIATE")
            _, dossier, text, *_ = self.connection.execute(LOAD, (window_of(number), None, None)).fetchone()
            self.input(dossier, text)
            self.connection.execute("COMMIT")

    def input(self, dossier: str, _: str) -> None:
        revision = self._revisions.get(dossier, SESSION.revision)
        self._revisions[dossier] = revision + 1
        self.write(dossier, revision, (SESSION.id, revision + 1, TEXT, WHEN), LINE_VALUES)

    def write(self, dossier: str, revision: int, values: tuple[object, ...], line: tuple[object, ...]) -> None:
        self.connection.execute(UPDATE, (*values, dossier, SESSION.id, revision))
        self.connection.execute(APPEND, (dossier, *line))


class Plain(Bare):
    """The floor: sessions come from JSON, are decided upon, and become JSON again."""

    @override
    def input(self, dossier: str, text: str) -> None:
        old = Session.model_validate_json(text)
        decision = _decide(State(dossier=dossier, session=old))
        assert decision.session is not None
        new, (entry,) = decision.session, decision.log
        letters = json.dumps(entry.before), json.dumps(entry.after)
        values = (new.id, new.revision, new.model_dump_json(), new.updated_at.isoformat())
        line = (entry.session, entry.kind, entry.item, *letters, entry.at.isoformat(), entry.by)
        self.write(dossier, old.revision, values, line)


if __name__ == "__main__":
    print(asyncio.run(_tapping(Path(sys.argv[1]), int(sys.argv[2]))))
