"""Counting: the same numbers from every backend, with nobody named, while others write."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.session import Phase, Record, Session
from storage.opening import open_store
from storage.outbox import Urgency
from storage.stats import Stats
from storage.store import Decision, Store
from storage.window import Window
from tests.storage.support import HOUR, NOW, assessment, begun, decides, just, message, outside


def session_at(item: str | None, phase: Phase = Phase.QUESTIONS, answered: int = 0, **more: object) -> Session:
    """One that stands there, and has so many answers, a level among them if there are several."""
    choices = {f"q{number}": ("A",) for number in range(1, answered)}
    record = Record(choices=choices, levels={"product_design": 2} if answered else {})
    return begun().but(item=item, phase=phase, record=record, **more)


async def test_an_empty_store_counts_nothing(store: Store) -> None:
    assert await store.stats(NOW) == Stats(NOW)


async def test_sessions_are_counted_by_phase_and_unfinished_ones_by_item_and_by_answers(store: Store) -> None:
    sessions = (
        session_at(None, Phase.WELCOME),
        session_at(None, Phase.FIRM),
        session_at("q3", answered=2),
        session_at("q3", answered=2),
        session_at("product_design", Phase.SCENARIOS, answered=5),
        session_at("marketing", Phase.REVIEW, answered=7),
        session_at("q3", Phase.RESULT, answered=7, finished_at=NOW),
    )
    for number, session in enumerate(sessions):
        await store.apply(f"telegram:{number}", just(session.but(id=f"s{number}")))
    stats = await store.stats(NOW)
    assert (stats.dossiers, stats.unfinished) == (7, 5)
    assert stats.phases == {"welcome": 1, "firm": 1, "questions": 2, "scenarios": 1, "review": 1, "result": 1}
    assert stats.funnel == {"q3": 2, "product_design": 1}
    assert stats.answered == {0: 1, 2: 2, 5: 1, 7: 1}


async def test_of_each_dossier_the_newest_grade_counts(store: Store) -> None:
    for number, grades in enumerate([(0, 2), (2,), (1,), ()]):
        finished = tuple(
            assessment(f"{number}.{at}").model_copy(update={"grade": grade}) for at, grade in enumerate(grades)
        )
        await store.apply(f"telegram:{number}", just(begun(str(number)), finished=finished))
    stats = await store.stats(NOW)
    assert stats.grades == {2: 2, 1: 1}
    assert stats.finished == 3


async def test_windows_are_counted_by_channel_with_those_who_are_not_to_be_written_to(store: Store) -> None:
    windows = {
        "telegram:1": Window(),
        "telegram:2": Window(blocked=True),
        "telegram:3": Window(reminders=False, blocked=True),
        "web:1": Window(reminders=False),
    }
    for name, window in windows.items():
        await store.apply(name, lambda _, name=name, window=window: Decision(name, begun(name), window=window))  # type: ignore[misc]
    stats = await store.stats(NOW)
    assert stats.windows == {"telegram": 3, "web": 1}
    assert stats.blocked == {"telegram": 2}
    assert stats.silent == {"telegram": 1, "web": 1}


async def test_what_waits_is_counted_by_urgency_and_what_is_due_has_an_age(store: Store) -> None:
    assert (await store.stats(NOW)).oldest_due is None
    waiting = (
        message("a", -2),
        message("b", -1),
        message("c", 1),
        message("d", -3, urgency=Urgency.FILE),
        message("e", 5, urgency=Urgency.REMINDER),
    )
    await store.apply("telegram:1", decides(outbox=waiting))
    stats = await store.stats(NOW)
    assert stats.outbox == {Urgency.ANSWER: 3, Urgency.FILE: 1, Urgency.REMINDER: 1}
    assert stats.due == {Urgency.ANSWER: 2, Urgency.FILE: 1}
    assert stats.oldest == {Urgency.ANSWER: NOW - 2 * HOUR, Urgency.FILE: NOW - 3 * HOUR}
    assert stats.oldest_due == NOW - 3 * HOUR
    assert stats.oldest_due.tzinfo is UTC


async def test_what_was_set_aside_is_counted(store: Store) -> None:
    await store.apply("telegram:1", decides(outbox=(message("a"),)))
    (queued,) = await store.waiting("telegram:1")
    await store.set_aside(queued)
    stats = await store.stats(NOW)
    assert (stats.aside, stats.outbox) == (1, {})


# SQLite


async def test_damaged_rows_are_left_out_and_spoil_nothing(path: Path) -> None:
    async with await open_store(f"sqlite:///{path}") as store:
        for number in range(3):
            finished = (assessment(str(number)),)
            await store.apply(f"telegram:{number}", just(session_at("q1").but(id=str(number)), finished=finished))
        with outside(path) as connection:
            connection.execute("UPDATE sessions SET data = '{' WHERE id = '0'")
            connection.execute("""UPDATE sessions SET data = '{"phase":7}' WHERE id = '1'""")
            connection.execute("UPDATE assessments SET data = CAST(x'ff' AS TEXT) WHERE id = '0'")
            connection.execute("""UPDATE assessments SET data = '{"grade":"ten"}' WHERE id = '1'""")
            connection.execute("UPDATE windows SET data = '[' WHERE window = 'telegram:0'")
            connection.execute("INSERT INTO outbox (window, reply, due, urgency) VALUES ('telegram:1', 'x', -1e300, 0)")
            connection.execute("INSERT INTO outbox (window, reply, due, urgency) VALUES ('telegram:1', 'x', 'x', 0)")
            connection.execute("INSERT INTO outbox (window, reply, due, urgency) VALUES ('telegram:1', 'x', 0, 77)")
        stats = await store.stats(NOW)
    assert (stats.dossiers, stats.funnel, stats.grades) == (1, {"q1": 1}, {2: 1})
    assert stats.windows == {"telegram": 2}
    assert (stats.outbox, stats.oldest_due) == ({Urgency.ANSWER: 2}, None)


async def test_whoever_writes_does_not_wait_for_who_counts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A count that has begun, and is held up, sees one moment, and an answer is stored meanwhile."""
    begun_, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def held_up(*values: object) -> Stats:
        with sqlite3.connect(path) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sessions").fetchone()
            loop.call_soon_threadsafe(begun_.set)
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(30)
            (dossiers,) = reader.execute("SELECT count(*) FROM sessions").fetchone()
        reader.close()
        return Stats(datetime.now(UTC), dossiers)

    async with await open_store(f"sqlite:///{path}") as store:
        monkeypatch.setattr("storage.sqlite.store.stats", held_up)
        counting = asyncio.create_task(store.stats(NOW))
        await begun_.wait()
        await store.apply("telegram:1", just(begun()))
        assert (await store.state("telegram:1")).session is not None
        assert not counting.done()
        go_on.set()
        assert (await counting).dossiers == 0
