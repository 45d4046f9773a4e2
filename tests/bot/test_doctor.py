"""`shuping doctor`: what is wrong, what should be mended, and how; and never a secret."""

import sqlite3
from pathlib import Path

import pytest

from bot.reports.characters import FONTS
from bot.reports.keys import fingerprint
from bot.settings import SECRET
from tests.bot.child import Shuping
from tests.reports.keys import OPERATOR, pem, public_pem
from tools.fonts import cut

TOKEN = "4242:" + "x" * 35
NAMED = {"SHUPING_OPERATOR_NAME": "数评服务站", "SHUPING_OPERATOR_CONTACT": "help@example.org"}


def wrong(out: str) -> list[str]:
    """The lines that are not "all is well"."""
    return [line for line in out.splitlines() if not line.startswith("✓ ")]


def test_all_is_well(shuping: Shuping) -> None:
    done = shuping("doctor")
    assert (done.status, done.err) == (0, "")
    assert all(line.startswith("✓ ") for line in done.out.splitlines())
    assert str(shuping.folder) in done.out


def test_a_broken_database_is_found_and_the_rest_is_still_looked_at(shuping: Shuping) -> None:
    file = shuping.folder / "other.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    done = shuping("doctor", SHUPING_DATABASE_URL=f"sqlite:///{file}", LANG="en_US.UTF-8")
    assert (done.status, done.err) == (1, "")
    (line,) = [line for line in wrong(done.out) if line.startswith("✗")]
    assert line.startswith("✗ database: ")
    assert "Please choose another one" in line


def test_a_wrong_setting_is_found(shuping: Shuping) -> None:
    done = shuping("doctor", SHUPING_LOG_LEVEL="loud")
    assert done.status == 1
    assert "✗ 设置：" in done.out
    assert "SHUPING_LOG_LEVEL=loud" in done.out


def test_wrong_settings_are_told_once(shuping: Shuping) -> None:
    assert len(wrong(shuping("doctor", SHUPING_LOG_LEVEL="loud").out)) == 1
    done = shuping("--env-file", "missing", "doctor")
    assert (done.status, done.err, len(wrong(done.out))) == (1, "", 1)
    assert "missing" in done.out


# modes


def test_files_that_others_can_open_are_told_with_the_command_that_mends_it(shuping: Shuping) -> None:
    folder = shuping.folder / "a folder"
    file = folder / "x.sqlite3"
    url = {"SHUPING_DATABASE_URL": f"sqlite:///{file}", "LANG": "en_US.UTF-8"}
    assert wrong(shuping("doctor", **url).out) == []
    secret, settings = shuping.folder / "token", shuping.folder / "mine"
    secret.write_text(TOKEN, encoding="utf-8")
    settings.write_text(f"SHUPING_TELEGRAM_TOKEN_FILE={secret}\n", encoding="utf-8")
    for path, mode in ((folder, 0o755), (file, 0o640), (secret, 0o644), (settings, 0o644)):
        path.chmod(mode)
    done = shuping("--env-file", "mine", "doctor", **url, **NAMED)
    assert (done.status, done.err) == (0, "")
    lines = wrong(done.out)
    assert all(line.startswith("! who can read the files: ") for line in lines)
    commands = [line.partition("Mend it with: ")[2] for line in lines]
    assert commands == [
        f"chmod 600 '{file}'",
        f"chmod 600 {settings}",
        f"chmod 600 {secret}",
        f"chmod 700 '{folder}'",
    ]
    for path in (file, settings, secret):
        path.chmod(0o600)
    folder.chmod(0o700)
    assert wrong(shuping("--env-file", "mine", "doctor", **url, **NAMED).out) == []


@pytest.mark.parametrize("end", ["-wal", "-shm"])
def test_what_lies_beside_the_database_is_looked_at_too(shuping: Shuping, end: str) -> None:
    shuping.chat("")
    database = shuping.folder / "shuping.sqlite3"
    shuping.folder.chmod(0o700)
    holder = sqlite3.connect(database, isolation_level=None)
    holder.execute("UPDATE sessions SET revision = revision + 1")
    beside = Path(f"{database}{end}")
    beside.chmod(0o644)
    done = shuping("doctor", SHUPING_DATABASE_URL=shuping.database)
    holder.close()
    assert [f"chmod 600 {beside}" in line for line in wrong(done.out)] == [True]


def test_a_shared_folder_is_not_to_be_locked(shuping: Shuping) -> None:
    shared = shuping.folder / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    (line,) = wrong(shuping("doctor", SHUPING_DATABASE_URL=f"sqlite:///{shared}/x.sqlite3").out)
    assert "SHUPING_DATABASE_URL" in line
    assert "chmod" not in line


# a file that is no longer read


def test_settings_in_this_folder_are_said_to_be_ignored(shuping: Shuping) -> None:
    (shuping.folder / ".env").write_text("SHUPING_LOG_LEVEL=loud\n", encoding="utf-8")
    done = shuping("doctor", LANG="en_US.UTF-8")
    assert done.status == 0
    (line,) = wrong(done.out)
    assert line.startswith(f"! .env in this folder: {shuping.folder / '.env'} is not read")
    assert "shuping --env-file .env" in line
    (shuping.folder / ".env").chmod(0o600)
    (line,) = wrong(shuping("--env-file", ".env", "doctor").out)
    assert "SHUPING_LOG_LEVEL=loud" in line


def test_settings_of_another_program_are_nothing_to_tell(shuping: Shuping) -> None:
    (shuping.folder / ".env").write_text("DEBUG=1\n", encoding="utf-8")
    assert wrong(shuping("doctor").out) == []


# token and operator

NOBODY_LISTENS = {"SHUPING_TELEGRAM_API_URL": "http://127.0.0.1:9"}


def test_telegram_is_asked_only_if_told_to(shuping: Shuping) -> None:
    given = {"SHUPING_TELEGRAM_TOKEN": TOKEN, **NOBODY_LISTENS, **NAMED}
    assert (shuping("doctor", **given).status, wrong(shuping("doctor", **given).out)) == (0, [])
    done = shuping("doctor", "--online", **given)
    assert done.status == 1
    (line,) = wrong(done.out)
    assert "连不上 Telegram" in line


@pytest.mark.parametrize("token", ["no-token", "4242", f"{TOKEN} ", f"x{TOKEN}", "4242:short"])
def test_what_is_no_token_is_told_without_showing_it(shuping: Shuping, token: str) -> None:
    done = shuping("doctor", SHUPING_TELEGRAM_TOKEN=token, LANG="en_US.UTF-8", **NAMED)
    assert done.status == 1
    (line,) = wrong(done.out)
    assert line.startswith("✗ bot token: ")
    assert token not in done.out


@pytest.mark.parametrize("missing", NAMED)
def test_who_runs_the_bot_should_be_said(shuping: Shuping, missing: str) -> None:
    done = shuping("doctor", SHUPING_TELEGRAM_TOKEN=TOKEN, **{**NAMED, missing: ""})
    assert done.status == 0
    (line,) = wrong(done.out)
    assert line.startswith("! ")
    assert missing in line
    assert wrong(shuping("doctor").out) == []  # without a token nobody is told anything


# secrets


@pytest.mark.parametrize(
    "url",
    [
        "postgres//anna:secret@db/x",
        "postgresql://anna:secret@db/x",
        "sqlite://anna:secret@x",
        "anna:secret@db",
        "postgresql://db/x?user=anna&password=secret",
        "sqlite:///anna:secret@db",
    ],
)
def test_a_password_in_the_address_of_the_database_is_never_shown(shuping: Shuping, url: str) -> None:
    done = shuping("doctor", SHUPING_DATABASE_URL=url)
    assert "secret" not in done.out + done.err
    assert "数据库" in done.out


@pytest.mark.parametrize("url", ["https//anna:secret@api", "https://anna:secret@api:99999999", "x://anna:secret@api"])
def test_a_password_in_another_address_is_never_shown(shuping: Shuping, url: str) -> None:
    for name in ("TELEGRAM_API_URL", "WEBHOOK_URL"):
        done = shuping("doctor", **{f"SHUPING_{name}": url})
        assert done.status == 1
        assert "secret" not in done.out + done.err


@pytest.mark.parametrize("name", SECRET)
def test_secrets_are_never_shown(shuping: Shuping, name: str) -> None:
    done = shuping("doctor", **{f"SHUPING_{name.upper()}": "one of ours!"})
    assert "one of ours!" not in done.out + done.err


# the key that papers are signed with


def test_the_key_of_papers_is_told_by_its_fingerprint(shuping: Shuping) -> None:
    named = fingerprint(OPERATOR.public_key())
    done = shuping("doctor", SHUPING_SIGNING_KEY=pem(OPERATOR), LANG="en_US.UTF-8")
    assert f"✓ signature of reports: by the key whose public half has the fingerprint {named}" in done.out
    assert pem(OPERATOR).splitlines()[1] not in done.out
    wrong_key = shuping("doctor", SHUPING_SIGNING_KEY=public_pem(OPERATOR))
    assert wrong_key.status == 1
    assert "openssl genpkey -algorithm ed25519" in wrong_key.out


# fonts of the operator's own


def test_fonts_of_the_operators_own_are_named(shuping: Shuping) -> None:
    cut(FONTS / "NotoSansTC-Bold.ttf", shuping.folder / "own.ttf", frozenset("龍"))
    done = shuping("doctor", SHUPING_FONTS=str(shuping.folder), LANG="en_US.UTF-8")
    assert (done.status, "✓ fonts of your own: Noto Sans TC\n" in done.out) == (0, True)
    assert "fonts of your own" not in shuping("doctor", LANG="en_US.UTF-8").out


def test_a_folder_without_fonts_is_told(shuping: Shuping) -> None:
    (shuping.folder / "own.ttf").write_text("none")
    done = shuping("doctor", SHUPING_FONTS=str(shuping.folder), LANG="en_US.UTF-8")
    (line,) = wrong(done.out)
    assert line.startswith("✗ fonts of your own: There is no font in ")
    assert done.status == 1


def test_a_folder_of_fonts_that_is_not_there_is_told_wherever_it_matters(shuping: Shuping) -> None:
    done = shuping("doctor", SHUPING_FONTS="/nowhere/fonts", LANG="en_US.UTF-8")
    assert any("/nowhere/fonts" in line for line in wrong(done.out))
    for command in (("report", "-", "--png", "x.png"), ("chat",)):
        done = shuping(*command, given='{"answers": {}}', SHUPING_FONTS="/nowhere/fonts")
        assert (done.status, "/nowhere/fonts" in done.err) == (2, True)
