"""Schemas: every way up, atomic steps, and what is refused without a byte changed."""

import asyncio
import hashlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.session import Phase, Session, Ticking
from storage.errors import DamagedRowError, StorageError, Trouble
from storage.outbox import Urgency
from storage.sqlite import migrations
from storage.sqlite.migrations import MIGRATIONS, migrate, version_of
from storage.sqlite.store import open_sqlite
from storage.store import Arrival, Decision, Link, LogEntry, State
from storage.window import Window
from tests.examples import tries
from tests.storage.child import answer, child, go
from tests.storage.support import (
    NOW,
    OTHER,
    WINDOW,
    assessment,
    begun,
    everything,
    grown,
    message,
    outside,
    put,
    revisions,
    sends,
    untouched,
)

LATEST = len(MIGRATIONS)
DOSSIERS, ECHOES = 5, 6
"""From these versions on chats are windows that look at dossiers, and the other windows are told of changes."""
RELEASED = (
    "c1da2a20dab0",
    "64232e961afe",
    "4e623a84bef2",
    "2d13f45980b2",
    "5729bc9b3b91",
    "b25bf9f5071c",
    "78d3c7a685e0",
    "df7a993e59d7",
    "8fd2e66b6fdb",
)
"""The first digits of each released step's SHA-256."""
Schema = tuple[int, int, list[tuple[str, str, str]]]


def schema(path: Path) -> Schema:
    """All that migrations make: both numbers, and every table and index."""
    with outside(path) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        made = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
    return version, application, made


async def fill(path: Path) -> None:
    """Make a database with three revisions in it."""
    async with await open_sqlite(path) as store:
        for _ in range(3):
            await store.apply(WINDOW, grown)


async def trouble(path: Path) -> Trouble:
    """Why the file cannot be used: found at opening, or else at the first use."""
    with pytest.raises(StorageError) as caught:
        async with await open_sqlite(path) as store:
            await store.apply(WINDOW, grown)
    assert caught.value.place == str(path)
    return caught.value.trouble


@pytest.fixture
async def filled(path: Path) -> Path:
    """A database in use."""
    await fill(path)
    return path


@pytest.fixture
async def fresh(tmp_path: Path) -> Schema:
    """The schema of a new database."""
    async with await open_sqlite(tmp_path / "fresh.db"):
        pass
    return schema(tmp_path / "fresh.db")


# the way up


def test_a_released_step_never_changes() -> None:
    """Something must change? Append a step. Only a step that nobody has run yet may get another digest here."""
    digests = tuple(hashlib.sha256("\n".join(step).encode()).hexdigest()[:12] for step in MIGRATIONS)
    assert digests == RELEASED


def test_a_new_database_is_of_the_latest_version_and_carries_our_mark(fresh: Schema) -> None:
    version, application, made = fresh
    assert (version, application.to_bytes(4, "big")) == (LATEST, b"shup")
    assert {name for kind, name, _ in made if kind == "table"} == {
        "sessions",
        "log",
        "assessments",
        "windows",
        "sights",
        "links",
        "claims",
        "outbox",
        "updates",
        "damaged",
        "leases",
        "marks",
        "broadcasts",
        "audit",
        "issued",
        "sqlite_sequence",  # of the outbox
    }


@pytest.mark.parametrize("version", range(LATEST + 1))
async def test_every_earlier_version_comes_to_the_same_schema(
    tmp_path: Path, fresh: Schema, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "old.db"
    with outside(old) as connection, monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", MIGRATIONS[:version])
        migrate(connection, "old")
    assert schema(old)[0] == version
    await fill(old)
    assert schema(old) == fresh


async def test_a_later_step_runs_alone_and_keeps_the_data(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later = (*MIGRATIONS, ("ALTER TABLE log ADD COLUMN remark TEXT",), ("CREATE TABLE extra (a)",))
    monkeypatch.setattr(migrations, "MIGRATIONS", later)
    async with await open_sqlite(filled) as store:
        assert await revisions(store) == (3, [1, 2, 3])
        await store.apply(WINDOW, grown)
        assert await revisions(store) == (4, [1, 2, 3, 4])
    assert schema(filled)[0] == LATEST + 2
    monkeypatch.setattr(migrations, "MIGRATIONS", MIGRATIONS)
    assert await trouble(filled) is Trouble.NEWER


async def test_messages_queued_before_the_third_step_keep_their_place(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    with outside(path) as connection, monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", MIGRATIONS[:2])
        migrate(connection, "old")
        for payload in ('{"edit": false}', '{"edit": true}', "{}"):
            connection.execute("INSERT INTO outbox (chat, payload, due) VALUES (?, ?, 0)", (WINDOW, payload))
        connection.commit()
    async with await open_sqlite(path) as store:
        assert [queued.anew for queued in await store.waiting(WINDOW)] == [True, False, False]


async def test_an_empty_file_is_a_new_database(path: Path, fresh: Schema) -> None:
    put(path, b"")
    await fill(path)
    assert schema(path) == fresh


async def test_running_twice_is_harmless(filled: Path, fresh: Schema) -> None:
    with untouched(filled):
        for _ in range(2):
            async with await open_sqlite(filled) as store:
                assert await revisions(store) == (3, [1, 2, 3])
    assert schema(filled) == fresh


# from chats to dossiers and windows


ANN = OTHER
KNOWS_URGENCY = 4
TEXT = {"text": "<b>hello</b>", "reply_markup": {"inline_keyboard": [[{"text": "?", "callback_data": "!resume"}]]}}
WALKING = begun(ANN, name="东莞精密🏭").but(
    phase=Phase.QUESTIONS, item="q3", revision=7, drafts={"q3": Ticking(letters=("B",))}
)
OLD = (
    ("card", {"kind": "card", "message": TEXT}, "card", {"kind": "card"}),
    (None, {"kind": "text", "message": TEXT}, None, {"kind": "prepared", "message": TEXT}),
    (
        "reminder",
        {"kind": "reminder"},
        "reminder.DOSSIER",
        {"kind": "reminder", "session": WALKING.id, "revision": WALKING.revision},
    ),
    ("recheck", {"kind": "text", "message": TEXT}, "recheck.DOSSIER", {"kind": "recheck"}),
    ("report.pdf", {"kind": "report", "format": "pdf"}, "file.pdf", {"kind": "file", "format": "pdf"}),
    ("retirement.7", {"kind": "retirement", "card": 7}, "retire.7", {"kind": "retire", "card": "7"}),
)
"""Key and payload of a message as it waited before, and key and reply of it now."""


@contextmanager
def of_version(path: Path, version: int) -> Iterator[sqlite3.Connection]:
    """A database as an earlier version made it."""
    path.parent.mkdir(exist_ok=True)
    with outside(path) as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", MIGRATIONS[:version])
        migrate(connection, "old")
        yield connection


def keep_session(connection: sqlite3.Connection, chat: str, session: Session, data: str | None = None) -> None:
    moment = NOW.isoformat()
    row = (chat, session.id, session.revision, data or session.model_dump_json(), moment)
    connection.execute("INSERT INTO sessions (chat, id, revision, data, updated_at) VALUES (?, ?, ?, ?, ?)", row)
    line = (chat, session.id, "recorded", "q1", "2", "3", moment, "anna")
    statement = "INSERT INTO log (chat, session, kind, item, before, after, at, by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    connection.execute(statement, line)
    done = assessment(f"a of {chat}")
    statement = "INSERT INTO assessments (id, chat, finished_at, data) VALUES (?, ?, ?, ?)"
    connection.execute(statement, (done.id, chat, moment, done.model_dump_json()))


def keep_contact(connection: sqlite3.Connection, chat: str, data: str) -> None:
    connection.execute("INSERT INTO contacts (chat, data) VALUES (?, ?)", (chat, data))


def queue(connection: sqlite3.Connection, chat: str, key: str | None, payload: object, due: float = 5.0) -> None:
    text = payload if isinstance(payload, str) else json.dumps(payload)
    connection.execute("INSERT INTO outbox (chat, key, payload, due) VALUES (?, ?, ?, ?)", (chat, key, text, due))


@pytest.mark.parametrize("version", range(1, DOSSIERS))
async def test_every_chat_becomes_a_window_with_sight_of_its_own_dossier(path: Path, version: int) -> None:
    with of_version(path, version) as connection:
        for chat in (ANN, WINDOW):
            keep_session(connection, chat, WALKING)
    async with await open_sqlite(path) as store:
        mine, hers = await store.state(WINDOW), await store.state(ANN)
        for window, state in ((WINDOW, mine), (ANN, hers)):
            assert state == State(Window(), state.dossier, WALKING, (state.dossier or "",))
            line = LogEntry(WALKING.id, "recorded", "q1", 2, 3, NOW, "anna")
            assert await everything(store, window) == (WALKING, [line], [assessment(f"a of {window}")])
        assert all(re.fullmatch("[0-9a-f]{32}", state.dossier or "") for state in (mine, hers))
        assert mine.dossier != hers.dossier
        await store.apply(ANN, grown)
        assert (await store.state(ANN)).session == WALKING.but(revision=8)
        assert [line.after for line in await store.log(hers.dossier or "")] == [3, 8]
    with outside(path) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize("version", range(2, DOSSIERS))
async def test_contacts_become_windows_with_or_without_a_session(path: Path, version: int) -> None:
    with of_version(path, version) as connection:
        keep_session(connection, ANN, WALKING)
        keep_contact(connection, ANN, '{"language":"en","card":7,"returned":"2025-03-01T08:30:00Z"}')
        keep_contact(connection, "telegram:7", '{"card":null,"blocked":true}')
    async with await open_sqlite(path) as store:
        hers = await store.state(ANN)
        assert (hers.window, hers.session) == (Window(language="en", card="7", returned=NOW), WALKING)
        assert await store.state("telegram:7") == State(Window(blocked=True))


@pytest.mark.parametrize("version", range(2, DOSSIERS))
async def test_messages_that_wait_say_from_now_on_what_is_meant(path: Path, version: int) -> None:
    with of_version(path, version) as connection:
        keep_session(connection, ANN, WALKING)
        for number, (key, payload, *_) in enumerate(OLD, 1):
            queue(connection, ANN, key, payload, NOW.timestamp() + number)
        connection.execute("UPDATE outbox SET attempts = number")
        if version >= KNOWS_URGENCY:
            connection.execute("UPDATE outbox SET urgency = number % 5")
    async with await open_sqlite(path) as store:
        dossier = (await store.state(ANN)).dossier
        assert dossier
        found = await store.waiting(ANN)
        expected = [(key and key.replace("DOSSIER", dossier), reply) for *_, key, reply in OLD]
        assert [(one.key, json.loads(one.reply)) for one in found] == expected
        assert [int(one.urgency) for one in found] == (
            [1, 3, 4, 5, 0, 1] if version >= KNOWS_URGENCY else [0, 0, 4, 4, 5, 0]
        )
        for number, one in enumerate(found, 1):
            assert (one.number, one.dossier, one.attempts, one.part) == (number, dossier, number, 0)
            assert one.due == NOW + timedelta(seconds=number)


async def test_of_who_has_not_begun_only_what_was_written_for_them_is_kept(path: Path) -> None:
    with of_version(path, DOSSIERS - 1) as connection:
        keep_contact(connection, "telegram:7", "{}")
        for chat in (ANN, "telegram:7"):
            for key, payload, *_ in OLD:
                queue(connection, chat, key, payload)
    async with await open_sqlite(path) as store:
        for window in (ANN, "telegram:7"):
            found = [(one.key, json.loads(one.reply)["kind"]) for one in await store.waiting(window)]
            assert found == [(None, "prepared"), ("recheck", "prepared"), ("file.pdf", "file"), ("retire.7", "retire")]


async def test_updates_stay_known_and_what_was_set_aside_stays_aside(path: Path) -> None:
    with of_version(path, DOSSIERS - 1) as connection:
        keep_session(connection, ANN, WALKING)
        connection.execute("INSERT INTO updates (id, seen) VALUES (77, 5)")
        connection.execute("INSERT INTO damaged (number, chat, payload) VALUES (50, ?, x'00ff')", (ANN,))
        connection.execute("INSERT INTO outbox (number, chat, payload, due) VALUES (60, ?, '{}', 0)", (ANN,))
        connection.execute("DELETE FROM outbox")
    async with await open_sqlite(path) as store:
        assert await store.apply(ANN, grown, Arrival("telegram", 77, NOW)) is None
        assert await store.apply(ANN, grown, Arrival("web", 77, NOW)) is not None
        await store.apply(ANN, sends(message("next")))
        assert [one.number for one in await store.waiting(ANN)] == [61], "numbers never come again"
        assert await store.damaged() == 1
        await store.forget(ANN)
        assert await store.damaged() == 0


async def test_links_of_before_open_once_and_what_waits_keeps_its_urgency(path: Path) -> None:
    """An urgency has come between: that of echoes."""
    old = {0: Urgency.ANSWER, 1: Urgency.GREETING, 2: Urgency.RETIREMENT, 3: Urgency.REMINDER, 4: Urgency.FILE}
    with of_version(path, ECHOES - 1) as connection:
        connection.execute("INSERT INTO links (hash, dossier, until) VALUES ('hash', 'd1', ?)", (NOW.timestamp(),))
        statement = "INSERT INTO outbox (window, reply, due, urgency) VALUES (?, ?, 5, ?)"
        connection.executemany(statement, [(ANN, str(urgency), urgency) for urgency in (*old, "odd")])
    links: list[Link | None] = []

    def looks(state: State) -> Decision:
        links.append(state.link)
        return Decision()

    async with await open_sqlite(path) as store:
        found = {int(one.reply): one.urgency for one in await store.waiting(ANN)}
        assert found == old, "what is damaged stays so"
        await store.apply(OTHER, looks, link="hash")
    assert links == [Link("hash", "d1", NOW, "window", once=True)]


async def test_what_is_broken_stays_broken_in_its_place_and_harms_nobody(path: Path) -> None:
    with of_version(path, DOSSIERS - 1) as connection:
        keep_session(connection, "broken", WALKING, data="{")
        keep_session(connection, ANN, WALKING)
        keep_contact(connection, "broken", "{")
        keep_contact(connection, "odd", '{"card":{}}')
        for chat in ("broken", ANN):
            queue(connection, chat, "card", "{")
            queue(connection, chat, None, {"kind": "text", "message": TEXT})
    async with await open_sqlite(path) as store:
        for window in ("broken", "odd"):
            with pytest.raises(DamagedRowError):
                await store.apply(window, grown)
        assert (await store.state(ANN)).session == WALKING
        for window in ("broken", ANN):
            found = await store.waiting(window)
            assert [(one.key, one.reply[:10]) for one in found] == [("card", "{"), (None, '{"kind":"p')]
        assert await store.forget("broken") == 7


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "text", "card"]), inner),
    max_leaves=5,
)
OBJECTS = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["card", "text", "report", "reminder", "retirement", "document"]) | JSON,
        "message": JSON,
        "format": JSON,
        "card": JSON,
        "edit": JSON,
    },
)


@settings(max_examples=tries(60), deadline=None)
@given(
    version=st.integers(2, DOSSIERS - 1),
    payloads=st.lists(st.tuples(st.none() | st.sampled_from([key for key, *_ in OLD]), OBJECTS | JSON), max_size=4),
    contact=OBJECTS | JSON,
)
def test_whatever_old_rows_hold_the_way_up_is_open(
    version: int, payloads: list[tuple[str | None, object]], contact: object
) -> None:
    with (
        closing(sqlite3.connect(":memory:", isolation_level=None)) as connection,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(migrations, "MIGRATIONS", MIGRATIONS[:version])
        migrate(connection, "old")
        keep_session(connection, ANN, WALKING)
        keep_contact(connection, ANN, json.dumps(contact))
        for key, payload in payloads:
            queue(connection, ANN, key, json.dumps(payload))
        patch.setattr(migrations, "MIGRATIONS", MIGRATIONS)
        migrate(connection, "new")
        assert version_of(connection, "new") == LATEST
        replies = [json.loads(reply) for (reply,) in connection.execute("SELECT reply FROM outbox")]
        assert len(replies) <= len(payloads)


# a step that fails


@pytest.mark.parametrize("failing", range(4))
@pytest.mark.parametrize("start", ["new", "used"])
async def test_a_failing_statement_leaves_version_and_schema_as_they_were(
    path: Path, start: str, failing: int, fresh: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    if start == "used":
        await fill(path)
    statements = ["CREATE TABLE extra (a)", "ALTER TABLE log ADD COLUMN remark TEXT", "DELETE FROM log"]
    statements.insert(failing, "INSERT INTO nowhere VALUES (1)")
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, tuple(statements)))
        with pytest.raises(StorageError, match="nowhere"):
            await open_sqlite(path)
        assert schema(path) == fresh
    async with await open_sqlite(path) as store:
        assert await revisions(store) == ((3, [1, 2, 3]) if start == "used" else (0, []))


async def test_a_failing_first_step_leaves_an_empty_database(
    path: Path, fresh: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", ((*MIGRATIONS[0], "PRAGMA user_version = 1", "no SQL at all"),))
        with pytest.raises(StorageError):
            await open_sqlite(path)
        assert schema(path) == (0, 0, [])
    await fill(path)
    assert schema(path) == fresh


# what is refused


def alter(path: Path, *statements: str) -> None:
    """Another program's work."""
    with outside(path) as connection:
        for statement in statements:
            connection.execute(statement)


OTHERS = {
    "plain": ("CREATE TABLE places (a)", "INSERT INTO places VALUES (1)"),
    "with a version": ("CREATE TABLE places (a)", "PRAGMA user_version = 75"),
    "with a version and no table": ("PRAGMA user_version = 75",),
    "with our version": ("CREATE TABLE sessions (a)", f"PRAGMA user_version = {LATEST}"),
    "with another mark": ("CREATE TABLE places (a)", "PRAGMA application_id = 252006674"),
    "in WAL mode": ("PRAGMA journal_mode = WAL", "CREATE TABLE places (a)"),
}


@pytest.mark.parametrize("statements", OTHERS.values(), ids=OTHERS)
async def test_someone_elses_database_is_refused_untouched(path: Path, statements: tuple[str, ...]) -> None:
    put(path, b"")
    alter(path, *statements)
    with untouched(path):
        assert await trouble(path) is Trouble.NOT_OURS


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
@pytest.mark.parametrize("version", [LATEST + 1, 2**31 - 1])
async def test_a_newer_version_is_refused_untouched(filled: Path, version: int, mode: str) -> None:
    alter(filled, f"PRAGMA journal_mode = {mode}", f"PRAGMA user_version = {version}")
    with untouched(filled), pytest.raises(StorageError, match=f"{version} > {LATEST}") as caught:
        await open_sqlite(filled)
    assert caught.value.trouble is Trouble.NEWER


async def test_a_text_file_is_refused_untouched(path: Path) -> None:
    put(path, "我们的笔记\n".encode() * 500)
    with untouched(path):
        assert await trouble(path) is Trouble.NOT_OURS


@pytest.mark.parametrize("pages", [1, 2, 4])
async def test_a_truncated_database_is_refused_untouched(filled: Path, pages: int) -> None:
    with filled.open("r+b") as file:
        file.truncate(pages * 4096)
    with untouched(filled):
        assert await trouble(filled) is Trouble.CORRUPT


@pytest.mark.parametrize("start", [100, 4096])
async def test_an_overwritten_database_is_refused_untouched(filled: Path, start: int) -> None:
    with filled.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * 20_000)
    with untouched(filled):
        assert await trouble(filled) is Trouble.CORRUPT


# two at once


async def test_processes_that_migrate_at_once_all_succeed(tmp_path: Path, fresh: Schema) -> None:
    rounds, processes = 10, 3
    outcomes: Counter[str] = Counter()
    with ExitStack() as stack:
        openers = [stack.enter_context(child("open", tmp_path, rounds)) for _ in range(processes)]
        for _ in range(rounds):
            for opener in openers:
                go(opener)
            outcomes.update(map(answer, openers))
    assert outcomes == {"fine": rounds * processes}
    for number in range(rounds):
        assert schema(tmp_path / f"{number}.db") == fresh
        async with await open_sqlite(tmp_path / f"{number}.db") as store:
            assert await revisions(store) == (processes, list(range(1, processes + 1)))


async def test_stores_that_open_at_once_in_one_process_all_succeed(path: Path, fresh: Schema) -> None:
    stores = await asyncio.gather(*(open_sqlite(path) for _ in range(8)))
    await asyncio.gather(*(store.apply(WINDOW, grown) for store in stores))
    assert await revisions(stores[0]) == (8, list(range(1, 9)))
    await asyncio.gather(*(store.close() for store in stores))
    assert schema(path) == fresh


def test_a_step_done_by_a_faster_process_is_not_run_again(path: Path, fresh: Schema) -> None:
    put(path, b"")
    with outside(path) as connection:
        migrate(connection, "here")
        migrations._run(connection, LATEST)
    assert schema(path) == fresh


@pytest.mark.parametrize("moment", range(1, 6))
def test_a_schema_that_appears_while_we_look_is_no_strangers(path: Path, moment: int) -> None:
    put(path, b"")
    moments = count(1)
    with outside(path) as slow, outside(path) as fast:
        fast.execute("PRAGMA busy_timeout = 0")

        def meddle(_: str) -> None:
            if next(moments) == moment:
                with suppress(sqlite3.OperationalError):
                    migrate(fast, "fast")

        slow.set_trace_callback(meddle)
        assert version_of(slow, "slow") in (0, LATEST)


async def test_a_new_file_that_another_process_is_writing_is_waited_for(path: Path) -> None:
    put(path, b"")
    with child("lock", path) as other:
        assert answer(other) == "locked"
        opening = asyncio.ensure_future(open_sqlite(path))
        await asyncio.sleep(0.1)
        assert not opening.done()
        go(other)
        await (await opening).close()
