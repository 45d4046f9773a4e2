"""A machine on which somebody types the commands of docs/operate.md, as they stand there, block after block.

Other than there: folders, ports and names of hosts are of this test, `su` is left out, the proxy signs its certificate
itself, Telegram is ours, and Prometheus asks each second.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.chain.places import OPERATING, ROOT, shell_of
from tests.operating.watch import hurried
from tests.postgres import SUPERUSER, Server, programs
from tests.serving.test_proxies import HOST
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.driver import free_port

PORTS = (8001, 8002, 8081, 8082, 9101, 9102, 9090)
TELEGRAM = "149.154.160.0/20 91.108.4.0/22"
OWN = "admin off\n\tlocal_certs\n\tskip_install_trust\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1"


@dataclass
class ByHand:
    """A machine on which somebody types what stands in the guide."""

    folder: Path
    server: Server
    telegram: TelegramApi
    ports: dict[int, int] = field(default_factory=lambda: {port: free_port() for port in (*PORTS, 443, 80)})
    groups: list[int] = field(default_factory=list)
    page: str = ""
    """The address of the page; by https, unless stated."""

    def __post_init__(self) -> None:
        self.page = self.page or f"https://{HOST}:{self.ports[443]}"
        for name in ("etc/prometheus", "bin", "docs/deploy"):
            (self.folder / name).mkdir(parents=True)
        self._lay_out()
        self.install(ROOT)

    def install(self, code: Path) -> None:
        """From now on, `shuping` is this version."""
        shuping = self.folder / "bin" / "shuping"
        shuping.write_text(f'#!/bin/sh\nPYTHONPATH={code} exec {sys.executable} -m bot "$@"\n')
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
        bot = f"http://{self.address(80)}"
        text = text.replace("https://bot.example.org", bot).replace(
            "SHUPING_BOT_HOST=bot.example.org", f"SHUPING_BOT_HOST={bot}"
        )
        text = text.replace(f"https://{HOST}", self.page)
        return text.replace(f"SHUPING_HOST={HOST}", f"SHUPING_HOST={self.page}")

    def types(self, words: str, given: str = "") -> None:
        """The block of the guide in which these words are."""
        (block,) = (each for each in shell_of(OPERATING) if words in each)
        self._run(block, given)

    def starts(self, number: int) -> None:
        """The worker of this number, by the command of the guide."""
        (block,) = (each for each in shell_of(OPERATING) if "SHUPING_WEB_LISTEN=127.0.0.1:8001" in each)
        (command,) = (
            each for each in re.findall(r"SHUPING_WEB_LISTEN.*?&\n", block, re.DOTALL) if f":800{number}" in each
        )
        self._run(command)

    def _run(self, block: str, given: str = "") -> None:
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
