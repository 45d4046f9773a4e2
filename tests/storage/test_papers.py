"""Papers that were handed out: found by their codes, kept as long as what they are of: one suite for every backend."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path

import psycopg
import pytest

from flows.retention import Limits
from storage import issued as rules
from storage.checking import Area, Fault, Finding, check, statement
from storage.copying.move import move
from storage.errors import DamagedRowError
from storage.issued import LARGEST_FACE, LONGEST_CODE, Issued
from storage.opening import open_store, sqlite_path
from storage.store import Forgetting, Store
from tests.postgres import Server
from tests.storage.support import HOUR, NOW, OTHER, WINDOW, assessment, begun, decides, just, opens, outside
from tests.storage.test_purge import OLD, finish, sweep

CODE = "7K3M9-Q2W4E-R6T8Y"
FACE = '{"firm": "东莞精密🏭", "score": "12.50", "grade": 2}'
MOST = 3


def paper(code: str = CODE, session: str = "a1", face: str = FACE, hours: float = 0) -> Issued:
    return Issued(code, face, NOW + hours * HOUR, session)


@pytest.fixture
async def dossier(store: Store) -> str:
    """One that somebody has begun."""
    await store.apply(WINDOW, opens("d1"))
    return "d1"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, store: Store) -> int:
    """So few are kept of a dossier."""
    from storage import memory
    from storage.postgres import papers as postgres
    from storage.sqlite import papers as sqlite

    for module in (rules, memory, sqlite, postgres):
        monkeypatch.setattr(module, "MOST_ISSUED", MOST)
    return MOST


# found


async def test_a_paper_is_found_by_its_code_in_every_field(store: Store, dossier: str) -> None:
    moment = (NOW + timedelta(microseconds=123457)).astimezone(timezone(timedelta(hours=8)))
    issued = replace(paper(), at=moment)
    assert await store.issue(dossier, issued)
    assert await store.issued(CODE) == issued
    assert await store.papers(dossier) == [issued]


async def test_a_code_that_nobody_was_given_is_unknown(store: Store, dossier: str) -> None:
    await store.issue(dossier, paper())
    assert [await store.issued(code) for code in ("", CODE[:-1], CODE.lower(), f"{CODE}%", "'")] == [None] * 5
    assert await store.papers("nobody's") == []


async def test_papers_are_listed_in_the_order_in_which_they_were_handed_out(store: Store, dossier: str) -> None:
    given = [paper(code, hours=number) for number, code in enumerate(("C", "A", "B"))]
    for issued in given:
        assert await store.issue(dossier, issued)
    assert await store.papers(dossier) == given


async def test_the_same_paper_once_more_changes_nothing(store: Store, dossier: str) -> None:
    first = paper()
    for issued in (first, paper("OTHER"), paper(hours=1, face="{}")):
        assert await store.issue(dossier, issued)
    assert await store.issued(CODE) == first
    assert await store.papers(dossier) == [first, paper("OTHER")]


async def test_of_a_dossier_that_is_not_stored_nothing_is_noted(store: Store) -> None:
    assert not await store.issue("nobody's", paper())
    assert await store.issued(CODE) is None


@pytest.mark.usefixtures("few")
async def test_the_newest_are_kept_of_each_dossier(store: Store, dossier: str) -> None:
    await store.apply(OTHER, opens("d2"))
    await store.issue("d2", paper("theirs"))
    for number in range(MOST + 2):
        await store.issue(dossier, paper(f"{number}"))
    assert [issued.code for issued in await store.papers(dossier)] == ["2", "3", "4"]
    assert await store.issued("0") is None
    assert await store.issued("theirs")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: paper(""),
        lambda: paper("7" * (LONGEST_CODE + 1)),
        lambda: paper("编号"),
        lambda: paper("7\n"),
        lambda: paper("7\x00"),
        lambda: paper(face=json.dumps("数" * LARGEST_FACE)),
        lambda: paper(face="{"),
        lambda: paper(face="NaN"),
        lambda: paper(face='"\ud800"'),
    ],
)
def test_what_is_no_code_or_no_face_or_too_large_is_refused(wrong: Callable[[], Issued]) -> None:
    with pytest.raises(ValueError, match=r"code|face|parsing|surrogates|expected"):
        wrong()


# two workers


async def elsewhere(store: Store, url: str) -> Store:
    """Another worker's store of the same database."""
    return store if url == "memory:" else await open_store(url)


async def test_workers_that_hand_out_the_same_paper_at_once_note_it_once(store: Store, url: str, dossier: str) -> None:
    await store.apply(OTHER, opens("d2"))
    async with await elsewhere(store, url) as second:
        noted = [store.issue("d1", paper()), second.issue("d1", paper(hours=1)), second.issue("d2", paper())]
        noted += [worker.issue("d1", paper(f"{number}")) for number in range(10) for worker in (store, second)]
        assert all(await asyncio.gather(*noted))
        found = sorted(issued.code for issued in await second.papers("d1"))
        assert found == sorted([CODE, *map(str, range(10))])
        assert [issued.code for issued in await store.papers("d2")] == [CODE]


async def test_a_worker_that_deletes_leaves_no_paper_that_another_hands_out(
    store: Store, url: str, dossier: str
) -> None:
    """Whichever is first: what is handed out after it, is not."""
    async with await elsewhere(store, url) as second:
        handed = [second.issue(dossier, paper(f"{number}")) for number in range(20)]
        await asyncio.gather(*handed[:10], store.forget(WINDOW), *handed[10:])
        assert await second.papers(dossier) == []
        assert not await second.issue(dossier, paper())


# deleted


async def test_papers_go_with_their_dossier(store: Store, dossier: str) -> None:
    await store.issue(dossier, paper())
    await store.apply(WINDOW, decides(forgotten=Forgetting.DOSSIER))
    assert (await store.issued(CODE), await store.papers(dossier)) == (None, [])


async def test_papers_go_with_the_last_who_had_sight_of_them(store: Store, dossier: str) -> None:
    await store.apply(OTHER, decides(dossier=dossier))
    await store.issue(dossier, paper())
    await store.apply(WINDOW, decides(forgotten=Forgetting.SIGHT))
    assert await store.issued(CODE)
    before = await store.forget(OTHER)
    assert await store.issued(CODE) is None
    assert before >= 4  # the window, its sight, the session, the paper


async def test_the_same_paper_of_another_dossier_stays_when_one_is_deleted(store: Store, dossier: str) -> None:
    await store.apply(OTHER, opens("d2"))
    first, second = paper(), paper(hours=1, session="a2")
    assert await store.issue(dossier, first)
    assert await store.issue("d2", second)
    assert await store.issued(CODE) == first
    await store.forget(WINDOW)
    assert await store.issued(CODE) == second
    await store.forget(OTHER)
    assert await store.issued(CODE) is None


async def test_a_dossier_begun_anew_has_none_of_the_old_papers(store: Store, dossier: str) -> None:
    await store.issue(dossier, paper())
    await store.forget(WINDOW)
    await store.apply(WINDOW, opens(dossier))
    assert await store.papers(dossier) == []


async def test_papers_stay_with_the_dossier_when_a_window_is_called_otherwise(store: Store, dossier: str) -> None:
    await store.issue(dossier, paper())
    assert await store.move(WINDOW, "terminal:berta")
    assert await store.issued(CODE) == paper()


async def test_papers_end_with_the_assessment_that_they_are_of(store: Store) -> None:
    await finish(store, "a1", NOW - 9 * HOUR)
    await store.issue("d1", paper("old", "a1"))
    await finish(store, "a2", NOW + 48 * HOUR)
    await store.issue("d1", paper("new", "a2"))
    await sweep(store, OLD, dry=True)
    assert len(await store.papers("d1")) == 2
    await sweep(store, OLD)
    assert await store.papers("d1") == [paper("new", "a2")]


async def test_papers_of_what_was_never_finished_end_with_it(store: Store, dossier: str) -> None:
    await store.issue(dossier, paper())
    await sweep(store, Limits(unfinished=NOW + HOUR))
    assert await store.issued(CODE) is None


# moved, looked over, upgraded


@pytest.fixture(params=["to PostgreSQL", "to SQLite", "from PostgreSQL"])
def both(request: pytest.FixtureRequest, tmp_path: Path, postgres: Server) -> Iterator[tuple[str, str]]:
    """Where to copy from, and where to."""
    with postgres.database() as url:
        here, there = f"sqlite:///{tmp_path}/here.db", f"sqlite:///{tmp_path}/there.db"
        yield {"to PostgreSQL": (here, url), "to SQLite": (here, there), "from PostgreSQL": (url, there)}[request.param]


async def test_papers_are_copied_to_the_letter_and_more_come_after_them(both: tuple[str, str]) -> None:
    source, target = both
    async with await open_store(source) as store:
        await store.apply(WINDOW, opens("d1"))
        for code in ("A", "B"):
            await store.issue("d1", paper(code))
    await asyncio.to_thread(move, source, target, lambda _: None, lambda _: None)
    async with await open_store(target) as store:
        assert await store.papers("d1") == [paper("A"), paper("B")]
        await store.issue("d1", paper("C"))
        assert [issued.code for issued in await store.papers("d1")] == ["A", "B", "C"]


def change(url: str, how: str) -> None:
    """Somebody has done this by hand."""
    if url.startswith("sqlite"):
        with outside(sqlite_path(url)) as connection:
            connection.execute(how)
    else:
        with psycopg.connect(url, autocommit=True, options="-c search_path=shuping") as connection:
            connection.execute(how.encode())


async def looked_over(url: str, area: Area) -> list[Finding]:
    """What is wrong there, beside the loop."""
    return dict(await asyncio.to_thread(lambda: list(check(url))))[area]


ON_DISK = pytest.mark.parametrize("backend", ["sqlite", "postgres"], indirect=True)


@ON_DISK
async def test_a_face_that_cannot_be_read_is_damage_and_is_found(store: Store, url: str, dossier: str) -> None:
    await store.issue(dossier, paper())
    large = json.dumps("7" * LARGEST_FACE)
    change(url, f"UPDATE issued SET face = '{large}'")  # noqa: S608  # ours
    for reading in (store.issued(CODE), store.papers(dossier)):
        with pytest.raises(DamagedRowError):
            await reading
    found = await looked_over(url, Area.ROWS)
    assert [(finding.fault, finding.named) for finding in found] == [(Fault.UNREADABLE, ("issued 1",))]


@ON_DISK
async def test_papers_of_no_dossier_are_found_with_what_mends_it(store: Store, url: str, dossier: str) -> None:
    await store.issue(dossier, paper())
    change(url, "UPDATE issued SET dossier = 'nobody''s'")
    (finding,) = await looked_over(url, Area.PLACES)
    assert (finding.fault, finding.count) == (Fault.PAPER_WITHOUT_DOSSIER, 1)
    change(url, statement(finding.mend, postgres=not url.startswith("sqlite")))
    assert await looked_over(url, Area.PLACES) == []


@pytest.mark.parametrize(
    ("deletes", "left"),
    [
        ("DELETE FROM shuping.sessions WHERE dossier = 'd1'", []),
        ("DELETE FROM shuping.assessments WHERE id = 'a1'", ["of a2"]),
    ],
)
async def test_papers_go_even_if_a_worker_deletes_that_knows_of_none(
    postgres_url: str, deletes: str, left: list[str]
) -> None:
    async with await open_store(postgres_url) as store:
        done = (assessment("a1"), assessment("a2"))
        await store.apply(WINDOW, just(begun(), finished=done, dossier="d1"))
        for name in ("a1", "a2"):
            await store.issue("d1", paper(f"of {name}", name))
        change(postgres_url, deletes)
        assert [issued.code for issued in await store.papers("d1")] == left
