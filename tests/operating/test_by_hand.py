"""The commands of docs/operate.md by which everything is started by hand, as they stand there, block after block.

Other than there: folders, ports and names of hosts are of this test, `su` is left out, the proxy signs its certificate
itself, Telegram is ours, and Prometheus asks each second.
"""

import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psutil
import psycopg
import pytest

from tests.chain.places import OPERATING, ROOT, shell_of
from tests.operating.watch import Prometheus, hurried
from tests.postgres import SUPERUSER, USER, Server, programs
from tests.programs import program
from tests.serving.conftest import Browser
from tests.serving.test_proxies import HOST, Here
from tests.telegram.api import TOKEN, TelegramApi
from tests.telegram.e2e.driver import free_port
from tests.telegram.e2e.walking import Plan as Walk
from tests.telegram.e2e.walking import begin_by_taps

PORTS = (8001, 8002, 8081, 8082, 9101, 9102, 9090)
TELEGRAM = "149.154.160.0/20 91.108.4.0/22"
OWN = "admin off\n\tlocal_certs\n\tskip_install_trust\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1"
pytestmark = pytest.mark.slow


@dataclass
class ByHand:
    """A machine on which somebody types what stands in the guide."""

    folder: Path
    server: Server
    telegram: TelegramApi
    ports: dict[int, int] = field(default_factory=lambda: {port: free_port() for port in (*PORTS, 443, 80)})
    groups: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("etc/prometheus", "bin", "docs/deploy"):
            (self.folder / name).mkdir(parents=True)
        self._lay_out()
        shuping = self.folder / "bin" / "shuping"
        shuping.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m bot "$@"\n')
        shuping.chmod(0o755)

    def _lay_out(self) -> None:
        """The files of docs/deploy, at ports of ours."""
        there = self.folder / "docs" / "deploy"
        caddy = (ROOT / "docs" / "deploy" / "Caddyfile").read_text()
        caddy = caddy.replace("{\n\tservers", f"{{\n\t{OWN}\n\tservers", 1).replace(TELEGRAM, "127.0.0.1/32")
        (there / "Caddyfile").write_text(caddy)
        (there / "prometheus.yml").write_text(hurried((ROOT / "docs" / "deploy" / "prometheus.yml").read_text()))
        (there / "workers.yml").write_text(self._here((ROOT / "docs" / "deploy" / "workers.yml").read_text()))
        shutil.copyfile(ROOT / "docs" / "deploy" / "alerts.yml", there / "alerts.yml")

    def address(self, port: int) -> str:
        """Where is listened what the guide has at this port."""
        return f"127.0.0.1:{self.ports[port]}"

    def _here(self, text: str) -> str:
        """With folders, ports and hosts of ours."""
        text = re.sub(r"/etc/(shuping|prometheus)", rf"{self.folder}/etc/\1", text)
        text = text.replace("/var/lib/prometheus", f"{self.folder}/data").replace("su postgres -c", "sh -c")
        text = text.replace("127.0.0.1:5432/shuping", f"/shuping?host={self.server.folder}")
        for port in PORTS:
            text = text.replace(f"127.0.0.1:{port}", self.address(port))
        bot, page = f"http://{self.address(80)}", f"https://{HOST}:{self.ports[443]}"
        text = text.replace("https://bot.example.org", bot).replace(
            "SHUPING_BOT_HOST=bot.example.org", f"SHUPING_BOT_HOST={bot}"
        )
        return text.replace(f"SHUPING_HOST={HOST}", f"SHUPING_HOST={page}")

    def types(self, words: str, given: str = "") -> None:
        """The block of the guide in which these words are."""
        (block,) = (each for each in shell_of(OPERATING) if words in each)
        with (self.folder / "said.txt").open("ab") as said:
            shell = subprocess.Popen(
                ["sh", "-euc", self._here(block)],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
                text=True,
                start_new_session=True,
            )
        self.groups.append(shell.pid)
        shell.communicate(given, timeout=60)
        assert shell.returncode == 0, self.said

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.folder}/bin:{programs()[0]}:/usr/sbin:/usr/bin:/bin",
            "HOME": str(self.folder),
            "PGHOST": str(self.server.folder),
            "PGUSER": SUPERUSER,
            "SHUPING_TELEGRAM_API_URL": self.telegram.url,
        }

    @property
    def said(self) -> str:
        """All that was written to the screen."""
        return (self.folder / "said.txt").read_text()

    def listener(self, port: int) -> psutil.Process:
        """Who listens at what the guide has at this port."""
        mine = [one for group in self.groups for one in psutil.process_iter(["pid"]) if _group(one) == group]
        return next(
            one for one in mine if any(each.laddr.port == self.ports[port] for each in one.net_connections("tcp"))
        )

    def close(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            mine = [one for one in psutil.process_iter(["pid"]) if _group(one) in self.groups]
            for one in mine:
                one.send_signal(number)
            psutil.wait_procs(mine, timeout=15)


def _group(process: psutil.Process) -> int:
    try:
        return os.getpgid(process.pid)
    except ProcessLookupError:
        return -1


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramApi]:
    async with TelegramApi() as api:
        yield api


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as one:
        with psycopg.connect(one.url(SUPERUSER, user=SUPERUSER), autocommit=True) as connection:
            connection.execute(f"DROP ROLE {USER}")
        yield one


@pytest.fixture
def machine(tmp_path: Path, server: Server, telegram: TelegramApi) -> Iterator[ByHand]:
    for name in ("prometheus", "caddy"):
        program(name)
    machine = ByHand(tmp_path, server, telegram)
    yield machine
    machine.close()
    assert TOKEN.split(":")[1] not in machine.said


async def test_what_the_guide_says_runs_two_workers_behind_a_proxy_and_is_watched(machine: ByHand) -> None:
    machine.types("su postgres")
    machine.types("/etc/shuping/settings <<", TOKEN)
    machine.types("SHUPING_WEB_LISTEN=127.0.0.1:8001")
    machine.types("caddy run")
    machine.types("prometheus --config.file")
    prometheus = Prometheus(machine.address(9090))
    await prometheus.until("sum(shuping_ready) == 2 and sum(shuping_leading) == 1")
    assert not await prometheus.ask('ALERTS{alertstate="firing"}')
    await _somebody_writes(machine.telegram)
    await _somebody_looks(machine, prometheus)


async def _somebody_writes(telegram: TelegramApi) -> None:
    """By the proxy to a worker, and back."""
    assert telegram.updates.webhook is not None
    assert telegram.updates.webhook.url.endswith("/telegram")
    await begin_by_taps(telegram.person("Ann"), Walk())
    assert len(telegram.calls("setWebhook")) == 1


async def _somebody_looks(machine: ByHand, prometheus: Prometheus) -> None:
    """At the page, and goes on there while a worker ends."""
    address = f"https://{HOST}:{machine.ports[443]}"
    root = machine.folder / ".local" / "share" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    connector = aiohttp.TCPConnector(resolver=Here(), ssl=ssl.create_default_context(cafile=str(root)))
    async with aiohttp.ClientSession(connector=connector) as session:
        browser = Browser(session)
        await browser.look(f"{address}/")
        assert "<form" in await browser.tap(address, "Begin")
        machine.listener(8001).send_signal(signal.SIGTERM)
        await prometheus.until('sum(up{job="shuping"}) == 1 and sum(shuping_leading) == 1')
        assert "<form" in await browser.look(f"{address}/")
    (_, updates), *_ = await prometheus.until("sum(shuping_updates_total)")
    assert updates >= 1
