"""What stands in the way of a conversation is told in one sentence: status 2, no traceback, nothing touched."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bot.child import Shuping, sentence
from tests.bot.inside import Inside


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where settings and data are looked for."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("SHUPING_DATABASE_URL", "SHUPING_LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def _garbage(file: Path) -> None:
    file.write_bytes(b"This is no database. " * 500)


def _damaged(file: Path) -> None:
    """A database of ours, of which all but the first page is overwritten."""
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))


def _newer(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()


def _foreign(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()


def _unreadable_session(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("""UPDATE sessions SET data = '{"id": "secret"}'""")
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "begun", "part"),
    [
        (_garbage, False, "不是数评的数据库"),
        (_foreign, False, "不是数评的数据库"),
        (_damaged, True, "损坏了"),
        (_unreadable_session, True, "损坏了"),
        (_newer, True, "更新版本"),
        (Path.mkdir, False, "打不开数据库"),
    ],
)
def test_a_database_that_cannot_be_used(
    run: Inside, folder: Path, spoil: Callable[[Path], None], begun: bool, part: str
) -> None:
    file = folder / "shuping.sqlite3"
    if begun:
        assert run("chat", "--database", f"sqlite:///{file}", given="\n\n\nB").status == 0
    spoil(file)
    before = file.read_bytes() if file.is_file() else b""
    told = sentence(run("chat", "--database", f"sqlite:///{file}", given="\n"), part, str(file))
    assert "secret" not in told
    assert (file.read_bytes() if file.is_file() else b"") == before


def test_nothing_else_is_written_when_the_process_ends(shuping: Shuping) -> None:
    (shuping.folder / "shuping.sqlite3").mkdir()
    sentence(shuping("chat", "--database", shuping.database, given="\n"), "打不开数据库")


@pytest.mark.parametrize("url", ["mysql://nowhere/x", "shuping.sqlite3", "sqlite:///", "sqlite:///:memory:"])
def test_an_address_that_is_not_understood(
    run: Inside, folder: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SHUPING_DATABASE_URL", url)
    sentence(run("chat", given="\n"), "数据库地址")
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_a_file(run: Inside, folder: Path) -> None:
    (folder / "file").touch()
    url = f"sqlite:///{folder}/file/shuping.sqlite3"
    sentence(run("chat", "--database", url, given="\n"), "打不开数据库")


@pytest.mark.parametrize("arguments", [(), ("--database", "memory:")])
def test_a_wrong_setting_is_named(
    run: Inside, folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("SHUPING_LOG_LEVEL", "loud")
    told = sentence(run("chat", *arguments, given="\n"), "SHUPING_LOG_LEVEL=loud")
    assert "DEBUG" in told
    assert list(folder.iterdir()) == []


def test_the_default_database_is_a_file_in_the_users_data_folder(run: Inside, folder: Path) -> None:
    assert run("chat", given="\n").status == 0
    assert (folder / "data" / "shuping" / "shuping.sqlite3").is_file()


def test_faults_are_told_in_the_language_asked_for(run: Inside) -> None:
    assert "is not understood" in sentence(run("chat", "--database", "x:", "--lang", "en"))
