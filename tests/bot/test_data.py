"""`shuping data`: what is stored of somebody on the terminal, its deletion with a receipt, and the end of keeping."""

import json
import re
import sqlite3
import sys
from datetime import UTC, datetime

import pexpect
import pytest

from bot.reports.export import stored_data
from storage.issued import Issued
from storage.memory import MemoryStore
from storage.store import Decision
from storage.window import Unconfirmed, Window
from tests.bot.child import COMMAND, Shuping, environment, sentence
from tests.bot.inside import Done
from tests.storage.support import begun

SAYS_DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")


def data(shuping: Shuping, *arguments: str, **more: str) -> Done:
    return shuping("data", *arguments, SHUPING_DATABASE_URL=shuping.database, **more)


def rows(shuping: Shuping) -> list[tuple[str]]:
    connection = sqlite3.connect(shuping.folder / "shuping.sqlite3")
    try:
        tables = ("sessions", "log", "assessments")
        statement = "SELECT window FROM {} JOIN sights USING (dossier)"
        return [row for table in tables for row in connection.execute(statement.format(table))]
    finally:
        connection.close()


def age(shuping: Shuping, name: str, moment: str) -> None:
    """Somebody was here last at that time."""
    with sqlite3.connect(shuping.folder / "shuping.sqlite3") as connection:
        connection.execute(
            """UPDATE sessions SET updated_at = ?, data = json_set(data, '$.updated_at', ?)
            WHERE dossier = (SELECT front FROM windows WHERE window = ?)""",
            (moment, moment, f"terminal:{name}"),
        )
    connection.close()


# export


def test_everything_stored_of_somebody_is_printed(shuping: Shuping) -> None:
    shuping.chat("", "示例厂", "A", "B", name="anna")
    shuping.chat("", "另一家", name="bert")
    done = data(shuping, "export", "--as", "anna")
    assert (done.status, done.err) == (0, "")
    stored = json.loads(done.out)
    assert set(stored) == {"window", "contact", "dossiers", "outbox"}
    assert stored["window"] == "terminal:anna"
    (dossier,) = stored["dossiers"]
    assert set(dossier) == {"session", "assessments", "log", "papers"}
    assert dossier["session"]["firm"]["name"] == "示例厂"
    assert [entry["by"] for entry in dossier["log"]] == ["anna"] * len(dossier["log"])
    assert dossier["log"]
    assert "另一家" not in done.out
    assert data(shuping, "export", "--as", "anna", "--database", shuping.database) == done


async def test_papers_that_were_handed_out_are_in_it_with_all_that_is_registered() -> None:
    at = datetime(2025, 3, 1, tzinfo=UTC)
    async with MemoryStore() as store:
        await store.apply("web:1", lambda _: Decision(dossier="d", session=begun()))
        await store.issue("d", Issued("7K3M9", '{"firm":"示例厂"}', at, "s1"))
        (dossier,) = (await stored_data(store, "web:1"))["dossiers"]
    told = {"code": "7K3M9", "at": "2025-03-01T00:00:00+00:00", "session": "s1", "face": {"firm": "示例厂"}}
    assert dossier["papers"] == [told]


async def test_addresses_are_in_it_and_what_was_mailed_to_them_is_not() -> None:
    until = datetime(2025, 3, 1, tzinfo=UTC)
    window = Window(email="anna@example.org", unconfirmed=Unconfirmed(address="a@b.cn", hash="secret", until=until))
    async with MemoryStore() as store:
        await store.apply("web:1", lambda _: Decision(dossier="d", window=window))
        stored = await stored_data(store, "web:1")
    assert stored["contact"]["email"] == "anna@example.org"
    assert stored["contact"]["unconfirmed"] == {"address": "a@b.cn", "until": "2025-03-01T00:00:00Z"}
    assert "secret" not in str(stored)


@pytest.mark.parametrize("command", [("export",), ("delete", "--yes")])
def test_where_nothing_is_stored_it_is_said(shuping: Shuping, command: tuple[str, ...]) -> None:
    shuping.chat("", name="anna")
    done = data(shuping, command[0], "--as", "nobody", *command[1:])
    assert (done.status, done.out, done.err) == (1, "", "shuping: 没有 nobody 的数据。\n")


@pytest.mark.parametrize("command", ["", "export", "delete --yes", "purge now", "sell --as anna"])
def test_a_wrong_command_line_is_refused(shuping: Shuping, command: str) -> None:
    sentence(data(shuping, *command.split()), "命令写得不对")


# delete


def test_a_script_deletes_with_a_receipt_in_the_persons_language(shuping: Shuping) -> None:
    shuping.chat("", "示例厂", "A", "B", name="anna", lang="en")
    shuping.chat("", name="bert")
    done = data(shuping, "delete", "--as", "anna", "--yes")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("Everything about anna was deleted (")
    assert SAYS_DATE.search(done.out)
    assert set(rows(shuping)) == {("terminal:bert",)}


def test_where_nobody_can_be_asked_nothing_is_deleted(shuping: Shuping) -> None:
    shuping.chat("", "示例厂", name="anna")
    before = rows(shuping)
    sentence(data(shuping, "delete", "--as", "anna"), "--yes")
    assert rows(shuping) == before


def test_what_is_stored_but_damaged_can_be_deleted(shuping: Shuping) -> None:
    shuping.chat("", "示例厂", name="anna")
    with sqlite3.connect(shuping.folder / "shuping.sqlite3") as connection:
        connection.execute("UPDATE sessions SET data = '{'")
    connection.close()
    assert data(shuping, "delete", "--as", "anna", "--yes").status == 0
    assert rows(shuping) == []


OTHER_ANSWERS = [
    pytest.param(answer, left, marks=pytest.mark.slow) for answer, left in (("Y", False), ("no", True), ("sure", True))
]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal")
@pytest.mark.parametrize(
    ("answer", "left"),
    [("yes", False), ("", True), *OTHER_ANSWERS],
)
def test_on_a_terminal_it_asks_in_the_persons_language(shuping: Shuping, answer: str, left: bool) -> None:
    shuping.chat("", "示例厂", name="anna", lang="en")
    command = [*COMMAND, "data", "delete", "--as", "anna", "--database", shuping.database]
    terminal = pexpect.spawn(
        command[0],
        command[1:],
        env=environment(shuping.folder),
        cwd=str(shuping.folder),
        encoding="utf-8",
        timeout=30,
    )
    terminal.expect_exact("Delete everything about you?")
    terminal.expect_exact("anything else keeps it:")
    terminal.sendline(answer)
    terminal.expect_exact("Nothing was deleted." if left else "Everything about anna was deleted")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    assert bool(rows(shuping)) is left


# purge


def test_who_left_long_ago_is_forgotten_and_counted(shuping: Shuping) -> None:
    for name in ("anna", "bert", "clara"):
        shuping.chat("", "示例厂", name=name)
    age(shuping, "anna", "2020-01-01T00:00:00Z")
    age(shuping, "bert", "2020-01-01T00:00:00Z")
    before = rows(shuping)
    counts = "没答完的评测 2 份，已完成的评测 0 份，数据全部清空的 2 人。\n"
    dry = data(shuping, "purge", "--dry-run")
    assert (dry.status, dry.out, rows(shuping)) == (0, f"将会删除：{counts}", before)
    done = data(shuping, "purge")
    assert (done.status, done.out) == (0, f"已删除：{counts}")
    assert set(rows(shuping)) == {("terminal:clara",)}
    assert "2" not in data(shuping, "purge").out


def test_the_operator_says_how_long(shuping: Shuping) -> None:
    shuping.chat("", "示例厂", name="anna")
    age(shuping, "anna", "2020-01-01T00:00:00Z")
    data(shuping, "purge", SHUPING_KEEP_UNFINISHED="forever")
    assert rows(shuping)
    data(shuping, "purge", SHUPING_KEEP_UNFINISHED="36500d")
    assert rows(shuping)
    data(shuping, "purge", SHUPING_KEEP_UNFINISHED="2s")
    assert rows(shuping) == []


# private


def test_what_the_command_makes_is_for_nobody_else(shuping: Shuping) -> None:
    shuping.chat("", name="anna")
    made = [path for path in shuping.folder.rglob("*") if path.is_file()]
    made += [shuping.folder / "deep" / "x.sqlite3"]
    shuping("chat", "--database", f"sqlite:///{made[-1]}")
    assert {path.name: path.stat().st_mode & 0o777 for path in made} == {path.name: 0o600 for path in made}
    assert made[-1].parent.stat().st_mode & 0o777 == 0o700
