"""Where settings come from, and where they must not come from."""

import os
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from pydantic import SecretStr

from bot.reports.signing import Issuer, issuer_of
from bot.settings import FILED, SECRET, Settings, SettingsError, files, load_settings, paper_settings
from bot.settings.files import FileTrouble, SettingsFileError
from bot.settings.wrong import Wrong
from tests.bot.child import Shuping, sentence
from tests.reports.keys import pem, public_pem

TOKEN = "4242:" + "x" * 35
NOBODY = 65534
MAILS = {"mail_from": "shuping@example.org", "web_url": "https://shuping.example.org"}
"""What mails need besides a server."""
KEY = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIOQ8hlYH4mrqWXqkz9oJdP5SmGWgCnP4/g2d7PXFQw6b
-----END PRIVATE KEY-----
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's configuration folder, in a world without any setting; we stand in another folder."""
    for name in [name for name in os.environ if name.startswith("SHUPING_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "config" / "shuping"
    folder.mkdir(parents=True)
    return folder


def written(file: Path, text: str, mode: int = 0o600) -> Path:
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


# the file of variables


def test_a_file_in_the_folder_one_stands_in_is_not_read(config: Path) -> None:
    written(Path(".env"), f"SHUPING_TELEGRAM_TOKEN={TOKEN}\nSHUPING_TELEGRAM_API_URL=https://evil.example.org\n")
    written(Path("shuping.env"), "SHUPING_LOG_LEVEL=DEBUG\n")
    assert load_settings() == Settings()
    assert load_settings().telegram_token is None


@pytest.mark.parametrize("name", ["shuping.env", ".env"])
def test_one_in_the_configuration_folder_is_read(config: Path, name: str) -> None:
    written(config / name, "SHUPING_LOG_LEVEL=DEBUG\n")
    assert load_settings().log_level == "DEBUG"


def test_a_stated_one_is_read_instead(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(config / "shuping.env", "SHUPING_LOG_LEVEL=DEBUG\nSHUPING_TELEGRAM_RATE=7\n")
    stated = written(Path("mine"), "SHUPING_LOG_LEVEL=INFO\n")
    assert (load_settings(stated).log_level, load_settings(stated).telegram_rate) == ("INFO", 30.0)
    monkeypatch.setenv("SHUPING_ENV_FILE", "mine")
    assert load_settings().log_level == "INFO"


def test_the_environment_comes_before_the_file(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(config / "shuping.env", "SHUPING_LOG_LEVEL=DEBUG\n")
    monkeypatch.setenv("SHUPING_LOG_LEVEL", "ERROR")
    assert load_settings().log_level == "ERROR"


@pytest.mark.parametrize("name", ["a$b", "${HOME}", "$HOME", "${SHUPING_TELEGRAM_RATE:-x}", "数评 ✓"])
def test_nothing_in_it_is_expanded(config: Path, name: str) -> None:
    written(config / "shuping.env", f"SHUPING_TELEGRAM_RATE=7\nSHUPING_OPERATOR_NAME={name}\n")
    assert load_settings().operator_name == name


def test_a_file_that_others_may_write_is_refused(config: Path) -> None:
    for mode in (0o660, 0o606, 0o622):
        written(config / "shuping.env", "SHUPING_LOG_LEVEL=DEBUG\n", mode)
        with pytest.raises(SettingsFileError) as refused:
            load_settings()
        assert refused.value.trouble is FileTrouble.WRITABLE


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_refused(config: Path) -> None:
    os.chown(written(Path("theirs"), "SHUPING_LOG_LEVEL=DEBUG\n"), NOBODY, NOBODY)
    with pytest.raises(SettingsFileError) as refused:
        load_settings(Path("theirs"))
    assert refused.value.trouble is FileTrouble.FOREIGN


def test_a_device_says_that_there_is_no_file(config: Path) -> None:
    written(config / "shuping.env", "SHUPING_LOG_LEVEL=DEBUG\n")
    assert load_settings(Path(os.devnull)).log_level == "WARNING"


def test_files_that_cannot_be_read_are_told_in_a_sentence(shuping: Shuping) -> None:
    broken, wide = shuping.folder / "broken", shuping.folder / "wide"
    written(wide, "SHUPING_LOG_LEVEL=DEBUG\n", 0o666)
    broken.write_bytes(b"SHUPING_LOG_LEVEL=\xff\n")
    written(shuping.folder / "nul", "SHUPING_TELEGRAM_TOKEN_FILE=a\0b\n")
    sentence(shuping("--env-file", "missing", "chat"), "missing")
    sentence(shuping("--env-file", ".", "chat"), "打不开")
    sentence(shuping("--env-file", "broken", "chat"), "broken")
    sentence(shuping("--env-file", "nul", "chat"), "nul")
    sentence(shuping("--env-file", "wide", "chat"), f"chmod 600 {wide}")
    sentence(shuping("chat", SHUPING_ENV_FILE="missing"), "missing")


@pytest.mark.parametrize("command", ["chat", "telegram", "report --session nobody --pdf x.pdf", "data purge"])
def test_every_command_knows_the_stated_file(shuping: Shuping, command: str) -> None:
    written(shuping.folder / "mine", "SHUPING_LOG_LEVEL=loud\n")
    sentence(shuping("--env-file", "mine", *command.split()), "SHUPING_LOG_LEVEL=loud")


# secrets


def test_every_secret_is_known_as_one() -> None:
    secrets = {name for name, field in Settings.model_fields.items() if SecretStr.__name__ in str(field.annotation)}
    assert set(SECRET) == secrets


@pytest.mark.parametrize("name", SECRET)
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_secret_may_come_from_a_file(config: Path, monkeypatch: pytest.MonkeyPatch, name: str, end: str) -> None:
    given = {"smtp_url": "smtps://a:secret@host", "signing_key": KEY.strip()}.get(name, "a-secret")
    file = config / "secret"
    file.write_bytes(f"{given}{end}".encode())
    for variable, value in {**MAILS, f"{name}_file": str(file)}.items():
        monkeypatch.setenv(f"SHUPING_{variable.upper()}", value)
    secret = getattr(load_settings(), name)
    assert secret.get_secret_value() == given


def test_the_address_of_the_database_may_come_from_a_file(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(config / "database_url", "sqlite:////somewhere/else.sqlite3\n")
    monkeypatch.setenv("SHUPING_DATABASE_URL", "")
    monkeypatch.setenv("SHUPING_DATABASE_URL_FILE", str(file))
    assert load_settings().database_url == "sqlite:////somewhere/else.sqlite3"
    monkeypatch.setenv("SHUPING_DATABASE_URL", "memory:")
    with pytest.raises(SettingsFileError):
        load_settings()


def test_the_file_of_variables_may_name_the_file_of_a_secret(config: Path) -> None:
    secret = written(config / "token", TOKEN)
    written(config / "shuping.env", f"SHUPING_TELEGRAM_TOKEN_FILE={secret}\n")
    token = load_settings().telegram_token
    assert token
    assert token.get_secret_value() == TOKEN


@pytest.mark.parametrize("in_file", [True, False])
def test_a_secret_given_twice_is_refused(config: Path, monkeypatch: pytest.MonkeyPatch, in_file: bool) -> None:
    secret = written(config / "token", TOKEN)
    if in_file:
        written(config / "shuping.env", f"SHUPING_TELEGRAM_TOKEN={TOKEN}\n")
    else:
        monkeypatch.setenv("SHUPING_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("SHUPING_TELEGRAM_TOKEN_FILE", str(secret))
    with pytest.raises(SettingsFileError) as refused:
        load_settings()
    assert refused.value.trouble is FileTrouble.TWICE
    assert TOKEN not in str(refused.value)


def test_files_of_secrets_that_cannot_be_are_told_in_a_sentence(shuping: Shuping) -> None:
    (shuping.folder / "binary").write_bytes(b"\xff\xfe")
    (shuping.folder / "empty").write_bytes(b"\n")
    for name in ("missing", "binary", "empty", "."):
        sentence(shuping("telegram", SHUPING_TELEGRAM_TOKEN_FILE=name), name)
    both = {"SHUPING_TELEGRAM_TOKEN": "one", "SHUPING_TELEGRAM_TOKEN_FILE": "two"}
    sentence(shuping("telegram", **both), "SHUPING_TELEGRAM_TOKEN_FILE")


ENDLESS = Path("/dev/zero")


def huge(folder: Path) -> Path:
    """Two gigabytes, of which nothing is on the disk."""
    file = folder / "huge"
    with file.open("wb") as content:
        content.truncate(2 << 30)
    return file


def pipe(folder: Path) -> Path:
    """One at whose other end is nobody."""
    file = folder / "pipe"
    os.mkfifo(file, 0o600)
    return file


@pytest.mark.skipif(not ENDLESS.exists(), reason="a system of another kind")
@pytest.mark.parametrize("name", [*FILED, "env"])
@pytest.mark.parametrize(
    ("made", "trouble"),
    [(lambda _: ENDLESS, FileTrouble.LONG), (huge, FileTrouble.LONG), (pipe, FileTrouble.SILENT)],
    ids=["a device without an end", "a very long file", "a pipe into which nobody writes"],
)
def test_a_file_without_an_end_is_given_up(
    config: Path, monkeypatch: pytest.MonkeyPatch, name: str, made: Callable[[Path], Path], trouble: FileTrouble
) -> None:
    """No file of settings or of a secret is waited for, or read, for ever."""
    monkeypatch.setattr(files, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setenv(f"SHUPING_{name.upper()}_FILE", str(made(config)))
    tracemalloc.start()
    try:
        with pytest.raises(SettingsFileError) as refused:
            load_settings()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.value.trouble is trouble
    assert peak < 16 << 20


def test_a_file_without_an_end_is_told_in_a_sentence(shuping: Shuping) -> None:
    for name in SECRET:
        sentence(shuping("telegram", **{f"SHUPING_{name.upper()}_FILE": str(huge(shuping.folder))}), "huge", "1 MB")


def test_a_secret_may_come_through_a_pipe_bit_by_bit(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `<(pass show token)` of a shell makes one."""
    reads, writes = os.pipe()
    monkeypatch.setenv("SHUPING_TELEGRAM_TOKEN_FILE", f"/dev/fd/{reads}")

    def write() -> None:
        with os.fdopen(writes, "w") as other:
            for letter in (*TOKEN, "\n"):
                other.write(letter)
                other.flush()

    with ThreadPoolExecutor() as pool:
        pool.submit(write)
        assert load_settings().telegram_token == SecretStr(TOKEN)
    os.close(reads)


# single settings


@pytest.mark.parametrize(
    ("given", "days"), [("2s", 2 / 86400), ("24h", 1), ("365d", 365), ("0.5d", 0.5), ("forever", None)]
)
def test_how_long_assessments_are_kept(
    config: Path, monkeypatch: pytest.MonkeyPatch, given: str, days: float | None
) -> None:
    monkeypatch.setenv("SHUPING_KEEP_UNFINISHED", given)
    monkeypatch.setenv("SHUPING_KEEP_FINISHED", given)
    settings = load_settings()
    assert settings.keep_unfinished == settings.keep_finished
    assert (settings.keep_finished and settings.keep_finished.total_seconds() / 86400) == days


def test_by_default_unfinished_ones_are_kept_a_year_and_finished_ones_until_deleted(config: Path) -> None:
    settings = load_settings()
    assert settings.keep_unfinished is not None
    assert (settings.keep_unfinished.days, settings.keep_finished) == (365, None)


@pytest.mark.parametrize("variable", ["KEEP_UNFINISHED", "KEEP_FINISHED", "REMIND_AFTER"])
@pytest.mark.parametrize("given", ["soon", "365", "-1d", "1y", "9" * 400 + "d", "36501d", "nan"])
def test_times_that_cannot_be_are_refused(
    config: Path, monkeypatch: pytest.MonkeyPatch, variable: str, given: str
) -> None:
    monkeypatch.setenv(f"SHUPING_{variable}", given)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert refused.value.variable == f"SHUPING_{variable}"


@pytest.mark.parametrize("given", ["0s", "0d"])
def test_nothing_is_deleted_at_once(config: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("SHUPING_KEEP_FINISHED", given)
    with pytest.raises(SettingsError):
        load_settings()


def told(monkeypatch: pytest.MonkeyPatch, **given: str) -> Settings:
    """The settings with these variables."""
    for name, value in given.items():
        monkeypatch.setenv(f"SHUPING_{name.upper()}", value)
    return load_settings()


@pytest.mark.parametrize(
    ("given", "site"),
    [
        ("https://shuping.example.org", "https://shuping.example.org"),
        ("https://shuping.example.org/", "https://shuping.example.org"),
        ("http://192.168.1.5:8000", "http://192.168.1.5:8000"),
        ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443"),
        ("https://数评.example.org", "https://xn--kdv266f.example.org"),
    ],
)
def test_the_page_has_an_address_of_its_own(
    config: Path, monkeypatch: pytest.MonkeyPatch, given: str, site: str
) -> None:
    settings = told(monkeypatch, web_url=given)
    assert settings.site == site
    assert settings.serves_page


@pytest.mark.parametrize("given", ["https://a.org/page", "https://a.org/?x=1", "https://a.org/#x", "https://u:p@a.org"])
def test_the_page_lies_below_no_path(config: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    with pytest.raises(SettingsError) as refused:
        told(monkeypatch, web_url=given)
    assert (refused.value.variable, refused.value.reason) == ("SHUPING_WEB_URL", Wrong.SITE)


@pytest.mark.parametrize(
    ("given", "proxies"),
    [
        (None, ("127.0.0.1/32", "::1/128")),
        ("none", ()),
        ("10.0.0.7", ("10.0.0.7/32",)),
        ("10.0.0.0/8, fd00::/8", ("10.0.0.0/8", "fd00::/8")),
    ],
)
def test_who_is_believed_to_speak_for_others(
    config: Path, monkeypatch: pytest.MonkeyPatch, given: str | None, proxies: tuple[str, ...]
) -> None:
    assert told(monkeypatch, **({"web_proxies": given} if given else {})).web_proxies == proxies


@pytest.mark.parametrize("given", ["*", "nginx", "10.0.0.1/8", "127.0.0.1,", "127.0.0.1;10.0.0.1", "None", "300.1.1.1"])
def test_no_name_and_no_everybody_is_believed(config: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    with pytest.raises(SettingsError) as refused:
        told(monkeypatch, web_proxies=given)
    assert refused.value.reason is Wrong.PROXIES


@pytest.mark.parametrize("given", ["京ICP备12345678号", "粤ICP备2024123456号-12", "沪ICP备1234号-1"])
def test_the_number_of_a_filing(config: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    assert told(monkeypatch, web_filing=given).web_filing == given


@pytest.mark.parametrize("given", ["12345678", "京公网安备 11010502030123号", "京ICP备12345678号<b>", "京ICP备号"])
def test_what_is_no_number_of_a_filing(config: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    with pytest.raises(SettingsError) as refused:
        told(monkeypatch, web_filing=given)
    assert refused.value.reason is Wrong.FILING


@pytest.mark.parametrize(
    ("given", "variable", "reason"),
    [
        ({"smtp_url": "mail"}, "SMTP_URL", Wrong.SMTP),
        ({"smtp_url": "smtp://a:secret@"}, "SMTP_URL", Wrong.SMTP),
        ({"smtp_url": "smtp://a:secret@h:0"}, "SMTP_URL", Wrong.SMTP),
        ({"smtp_url": "smtp://a:secret@h:x"}, "SMTP_URL", Wrong.SMTP),
        ({"smtp_url": "smtp://a:sec ret@h"}, "SMTP_URL", Wrong.SMTP),
        ({"smtp_url": "smtp://a:secret@h", "mail_from": ""}, "MAIL_FROM", Wrong.MAIL_FROM),
        ({"smtp_url": "smtp://a:secret@h", "mail_from": "shuping"}, "MAIL_FROM", Wrong.MAIL_FROM),
        ({"smtp_url": "smtp://a:secret@h", "mail_from": "a@b.org, c@d.org"}, "MAIL_FROM", Wrong.MAIL_FROM),
        ({"smtp_url": "smtp://a:secret@h", "mail_from": "a@b.org\nBcc: c@d.org"}, "MAIL_FROM", Wrong.MAIL_FROM),
        ({"smtp_url": "smtp://a:secret@h", "web_url": ""}, "WEB_URL", Wrong.MAIL_SITE),
    ],
)
def test_mails_need_a_server_a_sender_and_a_place_to_lead_to(
    config: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], variable: str, reason: Wrong
) -> None:
    with pytest.raises(SettingsError) as refused:
        told(monkeypatch, **{**MAILS, **given})
    assert (refused.value.variable, refused.value.reason) == (f"SHUPING_{variable}", reason)
    assert "ret@" not in str(refused.value)


def test_a_mail_server_is_told_without_its_password(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = told(monkeypatch, smtp_url="smtp://anna:geheim@mail.example.org", **MAILS)
    assert settings.smtp
    assert (settings.smtp.password, settings.smtp.port) == ("geheim", 587)
    assert "geheim" not in repr(settings) + str(settings.smtp)


@pytest.mark.parametrize(
    "given", ["https//anna:secret@api", "ftp://anna:secret@api", "https://anna:secret@api:99999999", "secret@"]
)
def test_a_wrong_address_is_told_without_its_password(
    config: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("SHUPING_TELEGRAM_API_URL", given)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "secret" not in str(refused.value)


# the key that papers are signed with


def test_a_signing_key_may_stand_in_the_file_of_variables(config: Path) -> None:
    written(config / "shuping.env", f'SHUPING_SIGNING_KEY="{KEY}"\n')
    assert issuer_of(load_settings()).public
    assert issuer_of(paper_settings()).public
    assert "MC4CAQ" not in repr(load_settings())


@pytest.mark.parametrize("kind", ["rsa", "locked", "public", "cut short"])
def test_what_is_no_signing_key_is_refused_and_not_told(
    config: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    given = {
        "rsa": pem(generate_private_key(65537, 2048)),
        "locked": pem(Ed25519PrivateKey.generate(), BestAvailableEncryption(b"secret")),
        "public": public_pem(Ed25519PrivateKey.generate()),
        "cut short": KEY[:80],
    }[kind]
    for load in (load_settings, paper_settings):
        monkeypatch.setenv("SHUPING_SIGNING_KEY", given)
        with pytest.raises(SettingsError) as refused:
            load()
        assert (refused.value.variable, refused.value.reason) == ("SHUPING_SIGNING_KEY", Wrong.SIGNING_KEY)
        assert given.splitlines()[1] not in str(refused.value)


def test_papers_depend_on_no_other_setting(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert issuer_of(paper_settings()) == Issuer()
    for variable, value in {"LOG_LEVEL": "loud", "WEB_URL": "https://shuping.example.org/"}.items():
        monkeypatch.setenv(f"SHUPING_{variable}", value)
    assert issuer_of(paper_settings()).address == "https://shuping.example.org"
