"""`shuping doctor` on the page and on mails: a free address, an address for phones, a server that takes us."""

import asyncio
import socket
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from bot.cli import reach
from bot.cli.advice import AdviceError, BrokenError
from bot.http.health import Health
from bot.http.server import served
from bot.settings import Settings
from locales import catalogue
from tests.bot.child import Shuping
from tests.telegram.e2e.driver import free_port
from tests.web.post import PASSWORD, USER, certificate, post_office

TEXT = catalogue("en")


def of(**given: str) -> Settings:
    return Settings.model_validate(given)


def test_nothing_is_looked_for_where_no_page_is_set_up() -> None:
    assert "not set up" in reach.page(TEXT, of())


def test_a_free_address() -> None:
    listen = f"127.0.0.1:{free_port()}"
    assert reach.page(TEXT, of(web_listen=listen)) == f"http://{listen} ({listen} is free)"


async def test_an_address_at_which_we_are() -> None:
    listen = f"127.0.0.1:{free_port()}"
    async with served(Health(lambda: True), listen):
        found = await asyncio.to_thread(reach.page, TEXT, of(web_listen=listen, web_url="https://example.org"))
    assert found == f"https://example.org (shuping is listening at {listen})"


def test_an_address_that_somebody_else_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "LOOK_SECONDS", 0.2)
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        listen = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(BrokenError) as broken:
            reach.page(TEXT, of(web_listen=listen))
    assert listen in broken.value.sentences[0]
    assert "SHUPING_WEB_LISTEN" in broken.value.sentences[0]


def test_an_address_of_another_machine() -> None:
    with pytest.raises(OSError, match=r"."):
        reach.page(TEXT, of(web_listen="192.0.2.1:8000"))


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("https://example.org", None),
        ("https://数评.example.org", None),
        ("http://192.168.1.5:8000", None),
        ("http://[fd00::5]:8000", None),
        ("http://example.org", "not encrypted"),
        ("http://203.0.113.5", None),
        ("http://8.8.8.8", "not encrypted"),
        ("http://localhost:8000", "only this machine"),
        ("https://127.0.0.1", "only this machine"),
        ("http://[::1]:8000", "only this machine"),
        ("http://0.0.0.0:8000", "only this machine"),
    ],
)
def test_the_public_address(url: str, advice: str | None) -> None:
    settings = of(web_url=url, web_listen=f"127.0.0.1:{free_port()}")
    if advice is None:
        assert str(settings.site) in reach.page(TEXT, settings)
        return
    with pytest.raises(AdviceError, match=r".") as told:
        reach.page(TEXT, settings)
    assert not isinstance(told.value, BrokenError)
    assert advice in told.value.sentences[0]


# metrics and traces


async def test_where_metrics_are() -> None:
    assert "not set up" in reach.metrics(TEXT, of())
    listen = f"127.0.0.1:{free_port()}"
    assert reach.metrics(TEXT, of(metrics_listen=listen)) == f"http://{listen}/metrics ({listen} is free)"
    async with served(Health(lambda: True), listen):
        found = await asyncio.to_thread(reach.metrics, TEXT, of(metrics_listen=listen))
    assert found == f"http://{listen}/metrics (shuping is listening at {listen})"


def test_an_address_for_metrics_that_somebody_else_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "LOOK_SECONDS", 0.2)
    with closing(socket.create_server(("127.0.0.1", 0))) as other, pytest.raises(BrokenError) as broken:
        reach.metrics(TEXT, of(metrics_listen=f"127.0.0.1:{other.getsockname()[1]}"))
    assert "SHUPING_METRICS_LISTEN" in broken.value.sentences[0]


def test_where_traces_go_without_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "off" in reach.tracing(TEXT, of())
    assert reach.tracing(TEXT, of(tracing="otlp")) == "by OTLP to http://localhost:4318/v1/traces"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "https://anna:geheim@traces.example.org/")
    assert reach.tracing(TEXT, of(tracing="otlp")) == "by OTLP to https://***@traces.example.org/v1/traces"


def test_traces_without_their_library(apart: Shuping) -> None:
    (apart.folder / "opentelemetry.py").write_text("", encoding="utf-8")  # hides the real one
    done = apart("doctor", SHUPING_TRACING="otlp", LANG="en_US.UTF-8")
    assert done.status == 1
    assert "pip install 'shuping[tracing]'" in done.out


# mails

MAILS = {"mail_from": "shuping@example.org", "web_url": "https://example.org"}


def test_who_sends_mails_is_told_and_no_server_asked() -> None:
    assert "not set up" in reach.mail(TEXT, of(), online=True)
    told = reach.mail(TEXT, of(smtp_url="smtp://anna:geheim@127.0.0.1:9", **MAILS), online=False)
    assert told == "from shuping@example.org by 127.0.0.1:9 (doctor --online asks the server)"


def test_a_server_that_is_not_there(shuping: Shuping) -> None:
    given = {f"SHUPING_{name.upper()}": value for name, value in MAILS.items()}
    listen = f"127.0.0.1:{free_port()}"
    given |= {"SHUPING_SMTP_URL": "smtp://anna:geheim@127.0.0.1:9", "SHUPING_WEB_LISTEN": listen, "LANG": "en_US.UTF-8"}
    given |= {"SHUPING_OPERATOR_NAME": "x", "SHUPING_OPERATOR_CONTACT": "y"}
    done = shuping("doctor", "--online", **given)
    assert done.status == 1
    (line,) = [line for line in done.out.splitlines() if not line.startswith("✓ ")]
    assert line.startswith("✗ mail: 127.0.0.1:9 cannot be reached")
    assert "geheim" not in done.out + done.err


async def test_a_server_that_takes_us(tmp_path: Path) -> None:
    async with post_office(certificate(tmp_path), encrypts=False) as post:
        login = f"{quote(USER)}:{quote(PASSWORD, safe='')}"
        settings = of(smtp_url=f"smtp://{login}@localhost:{post.port}", **MAILS)
        told = await asyncio.to_thread(reach.mail, TEXT, settings, online=True)
        assert told == f"from shuping@example.org by localhost:{post.port}, which takes them"
        assert (post.users, post.mails) == ([USER], [])


async def test_a_server_that_does_not_know_us(tmp_path: Path) -> None:
    async with post_office(certificate(tmp_path), encrypts=False) as post:
        settings = of(smtp_url=f"smtp://{quote(USER)}:geheim@localhost:{post.port}", **MAILS)
        with pytest.raises(BrokenError) as broken:
            await asyncio.to_thread(reach.mail, TEXT, settings, online=True)
    assert "SMTPAuthenticationError" in broken.value.sentences[0]
    assert "geheim" not in broken.value.sentences[0]
