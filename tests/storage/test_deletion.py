"""Deleted means deleted: not a byte of a person stays in any file, whatever else went on before and meanwhile."""

import random
from pathlib import Path
from time import monotonic

import pytest

from flows.session import Firm
from storage.contact import Contact
from storage.outbox import Outgoing, Urgency
from storage.sqlite import migrations
from storage.sqlite.migrations import MIGRATIONS, migrate
from storage.sqlite.store import SqliteStore, open_sqlite
from storage.store import Arrival, Decision, State
from tests.storage.support import NOW, assessment, begun, entry, outside

ANN = "telegram:7310942588"
SECRET = "东莞绝密精密"  # noqa: S105  # a firm's name
TRACES = (SECRET.encode(), ANN.encode(), b"7310942588")


def found(path: Path) -> list[str]:
    """Where something of Ann still stands."""
    return [file.name for file in path.parent.iterdir() if any(trace in file.read_bytes() for trace in TRACES)]


async def visit(store: SqliteStore, chat: str, name: str, number: int, size: int) -> None:
    """One answer: a row rewritten at another length, a line of the log, a message sent, now and then a result."""

    def decide(state: State) -> Decision:
        session = (state.session or begun(chat)).but(
            id=f"{chat} {name}", firm=Firm(name=name + "·" * size), revision=number
        )
        finished = (assessment(f"{chat}/{number}").model_copy(update={"firm": Firm(name=name)}),)
        letter = Outgoing({"kind": "text", "text": f"{name} {chat}" * (1 + size // 40)}, NOW)
        line = entry(number, by=f"{name}{chat}")
        return Decision(session, (line,), finished if number % 7 == 0 else (), Contact(zone=name), (letter,))

    await store.apply(chat, decide, Arrival(abs(hash((chat, number))), NOW))
    queued = (await store.due(NOW, 1, chat))[0]
    await store.delivered(queued, NOW, card=number)


async def town(store: SqliteStore, seed: int) -> None:
    """Many people in any order, Ann among them, their rows pushing one another about."""
    chance = random.Random(seed)  # noqa: S311  # the same at every run
    chats = [f"telegram:{8_000_000_000 + number}" for number in range(60)] + [ANN] * 6
    for number in range(1, 400):
        chat = chance.choice(chats)
        await visit(
            store, chat, SECRET if chat == ANN else f"厂{chat}", number, chance.choice((0, 10, 900, 4000, 9000))
        )


@pytest.mark.parametrize("seed", range(6))
async def test_nothing_of_a_deleted_person_is_in_any_file(path: Path, seed: int) -> None:
    async with await open_sqlite(path) as store:
        await town(store, seed)
        assert found(path), "else this shows nothing"
        receipt = Outgoing({"kind": "text", "text": "deleted"}, NOW)
        await store.apply(ANN, lambda _: Decision(outbox=(receipt,), forgotten=True))
        assert (await store.state(ANN)).session is None
        (queued,) = await store.due(NOW, 9, ANN)
        await store.delivered(queued, NOW)
        assert found(path) == [], "while it is running"
        await visit(store, "telegram:8000000001", "厂", 1000, 10)
        assert found(path) == [], "after more traffic"
    assert found(path) == [], "after it was stopped"


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
    receipt = Outgoing({"kind": "text", "text": "deleted"}, NOW)
    store = await open_sqlite(path)
    await town(store, 3)
    await store.apply(ANN, lambda _: Decision(outbox=(receipt,), forgotten=True))
    await store.close()
    async with await open_sqlite(path) as store:
        assert await store.clean()
        (queued,) = await store.due(NOW, 9, ANN)
        assert await store.refused(queued, NOW)
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
        letter = Outgoing({"kind": "card"}, NOW, "card")
        await store.apply(ANN, lambda _: Decision(begun(ANN), contact=Contact(card=7), outbox=(letter,)))
        (on_its_way,) = await store.due(NOW, 1, ANN)
        receipt = Outgoing({"kind": "text", "text": SECRET}, NOW)
        await store.apply(ANN, lambda _: Decision(outbox=(receipt,), forgotten=True))
        owed = Outgoing({"kind": "retirement", "card": 7}, NOW, "retirement.7", urgency=Urgency.RETIREMENT)
        following = await store.delivered(on_its_way, NOW, 8, owed)
        assert following is not None
        await store.delivered(following, NOW)
        assert await store.due(NOW, 9, ANN) == []
        assert found(path) == []


async def test_who_was_only_greeted_is_in_no_file_after_the_next_tidying(path: Path) -> None:
    async with await open_sqlite(path) as store:
        await store.apply(ANN, lambda _: Decision(outbox=(Outgoing({"kind": "card"}, NOW, "card"),)))
        await store.delivered((await store.due(NOW, 1, ANN))[0], NOW, 8)
        await store.forget_updates(NOW)
        assert found(path) == []
