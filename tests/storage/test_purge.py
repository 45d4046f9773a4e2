"""What is over goes, slice by slice, and what is left is sound: one suite, run against every backend."""

from dataclasses import replace
from datetime import datetime, timedelta

import psycopg
import pytest

from flows.retention import Limits, Purged
from flows.session import Phase, Session
from storage.opening import SQLITE, sqlite_path
from storage.store import LogEntry, State, Store
from storage.window import Window
from tests.storage.support import (
    NOW,
    OTHER,
    WINDOW,
    assessment,
    begun,
    decides,
    entry,
    everything,
    just,
    message,
    opens,
    outside,
    waiting,
)

DAY = timedelta(days=1)
PROMISED = "recheck"
SLICE = 20
IDLE = Limits(unfinished=NOW + DAY)
OLD = Limits(finished=NOW + DAY)


async def swept(store: Store, limits: Limits, *, dry: bool = False) -> list[Purged]:
    """What each slice did."""
    found, after = [], 0
    while True:
        one = await store.purge(limits, PROMISED, after, dry=dry)
        found.append(one.purged)
        if one.following is None:
            return found
        after = one.following


async def sweep(store: Store, limits: Limits, *, dry: bool = False) -> Purged:
    return sum(await swept(store, limits, dry=dry), Purged())


def line(session: str) -> LogEntry:
    return replace(entry(1), session=session)


def at_result(name: str, moment: datetime = NOW) -> Session:
    return begun().but(id=name, phase=Phase.RESULT, finished_at=moment, updated_at=moment)


async def finish(store: Store, name: str, moment: datetime = NOW, dossier: str = "d1") -> None:
    """An assessment, its lines, and the session at its result."""
    done = assessment(name).model_copy(update={"finished_at": moment})
    await store.apply(WINDOW, just(at_result(name, moment), line(name), finished=(done,), dossier=dossier))


async def queue(store: Store, key: str, window: str = WINDOW) -> None:
    """Something for much later."""
    await store.apply(window, decides(window=Window(), outbox=(message(key, 90 * 24, key),)))


async def kept(store: Store, window: str = WINDOW) -> list[str]:
    return await waiting(store, 1000 * 24, window)


async def test_without_limits_everything_stays(store: Store) -> None:
    await finish(store, "a1")
    await store.apply(WINDOW, just(begun(), entry(1)))
    before = await everything(store)
    assert await sweep(store, Limits()) == Purged()
    assert await everything(store) == before


async def test_who_never_finished_and_is_long_idle_is_forgotten_wholly(store: Store) -> None:
    await store.apply(WINDOW, just(begun(), entry(1), dossier="d1"))
    await queue(store, "reminder.d1")
    assert await sweep(store, IDLE) == Purged(unfinished=1, dossiers=1)
    assert (await store.state(WINDOW), await store.log("d1"), await kept(store)) == (State(), [], [])


async def test_of_several_dossiers_only_those_go_that_are_over_wherever_they_are_seen(store: Store) -> None:
    for dossier, idle in (("d1", NOW), ("d2", NOW + 9 * DAY), ("d3", NOW)):
        await store.apply(WINDOW, just(begun(dossier).but(updated_at=idle), dossier=dossier))
        await queue(store, f"reminder.{dossier}")
    await store.apply(OTHER, opens("d4"))
    await store.apply(OTHER, decides(dossier="d1"))
    await queue(store, "reminder.d1", OTHER)
    assert await sweep(store, IDLE) == Purged(unfinished=3, dossiers=3)
    state = await store.state(WINDOW)
    assert (state.dossier, state.dossiers, await kept(store)) == ("d2", ("d2",), ["reminder.d2"])
    assert (await store.state(OTHER), await kept(store, OTHER)) == (State(), [])


async def test_who_was_there_lately_is_left_alone(store: Store) -> None:
    await store.apply(WINDOW, just(begun(), entry(1)))
    assert await sweep(store, Limits(unfinished=NOW)) == Purged()
    assert await everything(store) == (begun(), [entry(1)], [])


async def test_of_a_re_check_left_lying_only_the_re_check_goes(store: Store) -> None:
    await finish(store, "a1")
    await store.apply(WINDOW, just(begun(name="新厂名").but(id="s2", revision=7), line("s2")))
    await queue(store, "recheck.d1")
    assert await sweep(store, IDLE) == Purged(unfinished=1)
    session, log, history = await everything(store)
    assert session is not None
    assert (session.id, session.phase, session.revision, session.finished_at) == ("a1", Phase.RESULT, 8, NOW)
    assert (session.record, session.firm) == (history[0].record, history[0].firm)
    assert log == [line("a1")]
    assert (await store.state(WINDOW)).window == Window()
    assert await kept(store) == ["recheck.d1"]


async def test_a_finished_assessment_is_kept_until_it_is_deleted(store: Store) -> None:
    await finish(store, "a1")
    before = await everything(store)
    assert await sweep(store, IDLE) == Purged()
    assert await everything(store) == before


async def test_finished_ones_go_after_their_own_time_and_with_the_last_the_dossier(store: Store) -> None:
    await finish(store, "a1")
    await finish(store, "a2", NOW + 5 * DAY)
    assert await sweep(store, OLD) == Purged(finished=1)
    session, log, history = await everything(store)
    assert (session and session.id, log, [one.id for one in history]) == ("a2", [line("a2")], ["a2"])
    assert await sweep(store, Limits(finished=NOW + 6 * DAY)) == Purged(finished=1, dossiers=1)
    assert await everything(store) == (None, [], [])


async def test_who_is_answering_again_keeps_that_when_the_old_result_goes(store: Store) -> None:
    await finish(store, "a1")
    again = begun().but(id="s2", updated_at=NOW + 2 * DAY)
    await store.apply(WINDOW, just(again, line("s2")))
    assert await sweep(store, Limits(NOW + DAY, NOW + DAY)) == Purged(finished=1)
    assert await everything(store) == (again, [line("s2")], [])


async def test_a_promised_reminder_is_kept_and_with_it_what_it_is_about(store: Store) -> None:
    await finish(store, "a1")
    await queue(store, "recheck.d1")
    before = await everything(store)
    assert await sweep(store, OLD) == Purged()
    assert await everything(store) == before
    assert await kept(store) == ["recheck.d1"]


async def test_a_reminder_promised_in_any_window_keeps_its_dossier_and_no_other(store: Store) -> None:
    await finish(store, "a1", dossier="d1")
    await finish(store, "a2", dossier="d2")
    await store.apply(OTHER, decides(dossier="d1"))
    await queue(store, "recheck.d1", OTHER)
    assert await sweep(store, OLD) == Purged(finished=1, dossiers=1)
    assert (await store.state(WINDOW)).dossiers == ("d1",)


async def test_a_dry_run_counts_and_leaves_everything(store: Store) -> None:
    await finish(store, "a1")
    await store.apply("another", just(begun("another"), entry(1)))
    before = [await everything(store, window) for window in (WINDOW, "another")]
    expected = Purged(unfinished=1, finished=1, dossiers=2)
    assert await sweep(store, Limits(NOW + DAY, NOW + DAY), dry=True) == expected
    assert [await everything(store, window) for window in (WINDOW, "another")] == before
    assert await sweep(store, Limits(NOW + DAY, NOW + DAY)) == expected


@pytest.mark.parametrize("dry", [True, False])
async def test_a_call_looks_at_a_slice_and_the_calls_together_at_all(
    store: Store, dry: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("storage.memory", "storage.sqlite.store", "storage.postgres.store"):
        monkeypatch.setattr(f"{module}.SLICE", SLICE)
    windows = [f"window {number}" for number in range(2 * SLICE + 5)]
    for number, window in enumerate(windows):
        idle = NOW if number % 3 else NOW + 9 * DAY
        await store.apply(window, just(begun(window).but(updated_at=idle)))
    slices = await swept(store, IDLE, dry=dry)
    assert len(slices) == 3
    assert all(one.dossiers <= SLICE for one in slices)
    assert sum(slices, Purged()).dossiers == len([number for number in range(len(windows)) if number % 3])
    left = [window for window in windows if (await store.state(window)).session]
    assert left == (windows if dry else windows[::3])


def damage(url: str, dossier: str) -> None:
    """What is stored of a session is no session any more."""
    if url.startswith(SQLITE):
        with outside(sqlite_path(url)) as connection:
            connection.execute("""UPDATE sessions SET data = '{"finished_at":null' WHERE dossier = ?""", (dossier,))
        return
    with psycopg.connect(url) as server:
        server.execute("""UPDATE shuping.sessions SET data = '{"finished_at":null}' WHERE dossier = %s""", (dossier,))


@pytest.mark.parametrize("backend", ["sqlite", "postgres"])  # nothing in memory can be damaged
async def test_one_damaged_row_keeps_nobody_else(store: Store, url: str) -> None:
    for window in ("one", WINDOW, "two"):
        await store.apply(window, just(begun(window), dossier=f"of {window}"))
    damage(url, f"of {WINDOW}")
    assert await sweep(store, IDLE) == Purged(unfinished=2, dossiers=2)
