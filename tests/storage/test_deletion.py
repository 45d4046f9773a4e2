"""Deleted means deleted: not a byte of a person stays in any file, whatever else went on before and meanwhile."""

import random
from pathlib import Path
from time import monotonic
from zlib import crc32

import pytest

from flows.retention import Limits
from flows.session import Firm
from storage.issued import Issued
from storage.outbox import Urgency
from storage.sqlite import migrations
from storage.sqlite.migrations import MIGRATIONS, migrate
from storage.sqlite.store import SqliteStore, open_sqlite
from storage.store import Arrival, Decide, Decision, Due, Forgetting, Link, State
from storage.window import Window
from tests.storage.support import (
    HOUR,
    ME,
    NOW,
    assessment,
    begun,
    claim,
    decides,
    entry,
    follows,
    message,
    nothing,
    outside,
    sends,
    taken,
)

ANN = "telegram:7310942588"
PAGE = "web:ann.7310942588"
"""Ann's second window."""
SECRET = "东莞绝密精密"  # noqa: S105  # a firm's name
HERS = "d-of-ann-7310942588"
TRACES = (SECRET.encode(), b"7310942588")
FORGOTTEN = decides(outbox=(message("deleted"),), forgotten=Forgetting.DOSSIER)


def found(path: Path) -> list[str]:
    """Where something of Ann still stands."""
    return [file.name for file in path.parent.iterdir() if any(trace in file.read_bytes() for trace in TRACES)]


def number_of(*parts: object) -> int:
    """A number that is the same at every run."""
    return crc32(repr(parts).encode())


async def visit(store: SqliteStore, window: str, name: str, number: int, size: int) -> None:
    """One answer: a row rewritten at another length, a line of the log, a message sent, now and then a result, and
    now and then a paper.
    """

    of_session, of_dossier = f"{window} {name}", HERS if window == ANN else f"d of {window}"

    def decide(state: State) -> Decision:
        session = (state.session or begun(window)).but(
            id=of_session, firm=Firm(name=name + "·" * size), revision=number
        )
        dossier = state.dossier or of_dossier
        finished = (assessment(f"{window}/{number}").model_copy(update={"firm": Firm(name=name)}),)
        letter = message(f"{name} {window}" * (1 + size // 40))
        line = entry(number, by=f"{name}{window}")
        link = Link(f"{number}", dossier, NOW)
        done = finished if number % 7 == 0 else ()
        return Decision(dossier, session, (line,), done, Window(zone=name), (letter,), links=(link,))

    await answered(store, await act(store, window, decide, number), number)
    if number % 4 == 0:
        assert await store.issue(of_dossier, Issued(f"{number}", f'"{name}"', NOW, of_session))


async def act(store: SqliteStore, window: str, decide: Decide, number: int = 0) -> Due:
    """An update; what it leaves to be said, claimed."""
    arrival = Arrival("telegram", number_of(window, number), NOW)
    applied = await store.apply(window, decide, arrival, claim=claim())
    assert applied is not None
    assert applied.due is not None
    return applied.due


async def answered(store: SqliteStore, due: Due, number: int) -> None:
    """It was said; some of it needs no haste to be noted."""
    if number % 3 == 0:
        store.confirm(due.queued, ME, nothing)
    else:
        await store.delivered(due.queued, NOW, ME, card=f"{number}")


async def town(store: SqliteStore, seed: int) -> None:
    """Many people in any order, Ann among them, their rows pushing one another about."""
    chance = random.Random(seed)  # noqa: S311  # the same at every run
    windows = [f"telegram:{8_000_000_000 + number}" for number in range(60)] + [ANN] * 6
    for number in range(1, 400):
        window, size = chance.choice(windows), chance.choice((0, 10, 900, 4000, 9000))
        await visit(store, window, SECRET if window == ANN else f"厂{window}", number, size)


@pytest.mark.parametrize("seed", range(6))
async def test_nothing_of_a_deleted_person_is_in_any_file(path: Path, seed: int) -> None:
    async with await open_sqlite(path) as store:
        await town(store, seed)
        assert found(path), "else this shows nothing"
        receipt = await act(store, ANN, FORGOTTEN)
        assert (await store.state(ANN)) == State()
        await store.delivered(receipt.queued, NOW, ME)
        assert await store.clean(), "pages were split, and left copies"
        assert found(path) == [], "while it is running"
        await visit(store, "telegram:8000000001", "厂", 1000, 10)
        assert found(path) == [], "after more traffic"
    assert found(path) == [], "after it was stopped"


@pytest.mark.parametrize("window", [ANN, PAGE])
async def test_nothing_of_a_firm_is_in_any_file_whichever_of_its_windows_deletes_it(path: Path, window: str) -> None:
    """The other window has messages waiting, one of them on its way, and a second firm that stays."""
    async with await open_sqlite(path) as store:
        await town(store, 7)
        await store.apply(ANN, decides(links=(Link("hash", HERS, NOW + HOUR),)))
        await store.apply(PAGE, lambda _: Decision("d2", begun("other")))
        await store.apply(PAGE, follows, link="hash")
        for one in (ANN, PAGE):
            await store.apply(one, sends(message(SECRET), message(SECRET, 9, "reminder", urgency=Urgency.REMINDER)))
        on_its_way = await taken(store, window=ANN if window == PAGE else PAGE)
        assert on_its_way is not None
        await store.apply(window, decides(forgotten=Forgetting.DOSSIER))
        await store.delivered(on_its_way.queued, NOW, ME, "8", message(SECRET))
        await store.forget(PAGE)
        assert found(path) == []


async def test_nothing_of_a_window_that_looks_away_is_in_any_file(path: Path) -> None:
    async with await open_sqlite(path) as store:
        await town(store, 8)
        await store.apply("telegram:8000000001", decides(links=(Link("hash", "d of telegram:8000000001", NOW + HOUR),)))
        await store.apply(ANN, follows, link="hash")
        await store.apply(ANN, lambda state: Decision(session=state.session, log=(entry(1, by="7310942588"),)))
        for _ in range(2):
            await store.apply(ANN, decides(forgotten=Forgetting.SIGHT))
        assert found(path) == []


async def test_nothing_of_what_was_kept_long_enough_is_in_any_file(path: Path) -> None:
    async with await open_sqlite(path) as store:
        await town(store, 9)
        after: int | None = 0
        while after is not None:
            after = (await store.purge(Limits(NOW + HOUR, NOW + HOUR), "recheck", after)).following
        await store.clean()
        assert found(path) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
async def test_nothing_of_many_who_delete_one_after_the_other(path: Path, seed: int) -> None:
    """Pages are split and merged between deletions, and copies of rows stay where nothing points to any more."""
    async with await open_sqlite(path) as store:
        await town(store, seed)
        for number in range(0, 60, 2):
            await store.forget(f"telegram:{8_000_000_000 + number}")
        await store.forget(ANN)
        assert await store.clean()
        assert found(path) == []
        assert [file for file in path.parent.iterdir() if b"telegram:8000000002" in file.read_bytes()] == []
        assert not await store.clean(), "it is clean"


async def test_what_a_reader_keeps_in_the_log_is_taken_out_when_it_has_gone(path: Path) -> None:
    """And nobody is waited for meanwhile."""
    async with await open_sqlite(path) as store:
        await town(store, 5)
        with outside(path) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM log").fetchone()
            began = monotonic()
            await store.forget(ANN)
            await store.clean()
            assert monotonic() - began < 2.0, "a busy timeout is five"
            reader.execute("COMMIT")
        assert await store.clean()
        assert found(path) == []


async def test_a_deletion_is_remembered_until_its_receipt_has_gone(path: Path) -> None:
    """By whichever process delivers it, or is told that the person takes no messages."""
    store = await open_sqlite(path)
    await town(store, 3)
    await store.apply(ANN, FORGOTTEN)
    await store.close()
    async with await open_sqlite(path) as store:
        assert await store.clean()
        receipt = await taken(store, window=ANN)
        assert receipt is not None
        assert await store.refused(receipt.queued, NOW)
        await store.following(receipt.queued.lane, NOW, ME)
        assert await store.clean()
        assert found(path) == []


async def test_nothing_of_a_forgotten_person_is_in_any_file(path: Path) -> None:
    async with await open_sqlite(path) as store:
        await town(store, 99)
        assert await store.forget(ANN) > 0
        assert found(path) == []


async def test_what_a_killed_process_left_in_the_log_is_taken_out_at_the_next_start(path: Path) -> None:
    store = await open_sqlite(path)
    await town(store, 1)
    copies = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    await store.close()
    for name, content in copies.items():  # as a power cut leaves them
        (path.parent / name).write_bytes(content)
    async with await open_sqlite(path) as store:
        await store.forget(ANN)
        assert found(path) == []


async def test_what_earlier_versions_deleted_without_overwriting_goes_with_the_first_start(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    with outside(path) as connection, monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", MIGRATIONS[:3])
        migrate(connection, "old")
        connection.execute("PRAGMA secure_delete = OFF")
        for number in range(50):
            connection.execute("INSERT INTO contacts (chat, data) VALUES (?, ?)", (f"{ANN}/{number}", SECRET * 50))
        connection.execute("DELETE FROM contacts")
    assert found(path) == [path.name]
    async with await open_sqlite(path):
        assert found(path) == []


async def test_a_card_that_was_on_its_way_leaves_nothing_behind_either(path: Path) -> None:
    """It arrives after the deletion, and a retirement of the card before it would be owed."""
    async with await open_sqlite(path) as store:
        card = message("card", key="card")
        on_its_way = await act(store, ANN, decides(dossier=HERS, session=begun(ANN), outbox=(card,)))
        await store.apply(ANN, decides(outbox=(message(SECRET),), forgotten=Forgetting.DOSSIER))
        assert await store.holders() == set(), "nobody is at what was deleted"
        owed = message("retire 7", key="retire.7", urgency=Urgency.RETIREMENT)
        assert await store.delivered(on_its_way.queued, NOW, ME, "8", owed) is None
        receipt = await taken(store, window=ANN)
        assert receipt is not None
        await store.delivered(receipt.queued, NOW, ME)
        assert await store.waiting(ANN) == []
        await store.clean()
        assert found(path) == []


async def test_who_was_only_greeted_is_in_no_file_after_the_next_tidying(path: Path) -> None:
    async with await open_sqlite(path) as store:
        greeting = await act(store, ANN, sends(message("hello", key="card")))
        await store.delivered(greeting.queued, NOW, ME, "8")
        await store.tidy(NOW, NOW)
        assert found(path) == []
