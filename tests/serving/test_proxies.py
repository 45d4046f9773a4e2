"""The page behind the proxies of `docs/deploy`, where they are installed: whoever comes by https is known to."""

import asyncio
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.chain.places import CADDY, PROXY
from tests.serving.conftest import Browser, Install, served
from tests.telegram.e2e.driver import Shuping, free_port

HOST = "shuping.example.org"
NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{ access_log off; include {folder}/shuping.conf; {temporary} }}
"""
pytestmark = pytest.mark.slow


def certificate(folder: Path, host: str = HOST) -> tuple[Path, Path]:
    made = folder / f"{host}.crt", folder / f"{host}.key"
    names = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *names, "-out", made[0], "-keyout", made[1]]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    return made


def nginx(folder: Path, page: Shuping, port: int) -> list[str]:
    """The command that runs nginx by our file, at other ports."""
    certificate(folder, "bot.example.org")
    here = re.sub("/etc/nginx|/var/log/nginx", str(folder), PROXY.read_text())
    here = here.replace("127.0.0.1:8000", page.settings["WEB_LISTEN"]).replace("listen 443", f"listen 127.0.0.1:{port}")
    (folder / "shuping.conf").write_text(here.replace("listen 80;", f"listen 127.0.0.1:{free_port()};"))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, temporary=temporary))
    return ["nginx", "-c", f"{folder}/nginx.conf"]


def caddy(folder: Path, page: Shuping, port: int) -> list[str]:
    """The command that runs Caddy by our file, with a certificate of ours, at another port."""
    crt, key = folder / f"{HOST}.crt", folder / f"{HOST}.key"
    here = CADDY.read_text().replace("127.0.0.1:8000", page.settings["WEB_LISTEN"]).partition("{$SHUPING_BOT_HOST")[0]
    here = here.replace("{\n\tservers", "{\n\tadmin off\n\tauto_https disable_redirects\n\tservers", 1)
    here = here.replace(
        f"{{$SHUPING_HOST:{HOST}}} {{", f"https://{HOST}:{port} {{\n\tbind 127.0.0.1\n\ttls {crt} {key}", 1
    )
    (folder / "Caddyfile").write_text(here)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]


PROXIES = {"nginx": nginx, "caddy": caddy}


@asynccontextmanager
async def behind(name: str, folder: Path, page: Shuping) -> AsyncIterator[tuple[Browser, str]]:
    """A browser that comes by the proxy, and the address that it comes to."""
    program = shutil.which(name, path="/usr/sbin:/usr/bin")
    if program is None:
        pytest.skip(f"{name} is not installed here")
    crt, _ = certificate(folder)
    port = free_port()
    _, *options = PROXIES[name](folder, page, port)
    with (folder / "said.txt").open("wb") as said:
        proxy = await asyncio.create_subprocess_exec(
            program, *options, env={"HOME": str(folder)}, stdout=said, stderr=said
        )
    resolver = Here()
    connector = aiohttp.TCPConnector(resolver=resolver, ssl=ssl.create_default_context(cafile=str(crt)))
    try:
        async with aiohttp.ClientSession(connector=connector) as session:
            await _listens(port, proxy, folder)
            yield Browser(session), f"https://{HOST}:{port}"
    finally:
        proxy.terminate()
        await proxy.wait()


class Here(aiohttp.abc.AbstractResolver):
    """Every name is this machine's."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        return [
            {
                "hostname": host,
                "host": "127.0.0.1",
                "port": port,
                "family": family or socket.AF_INET,
                "proto": 0,
                "flags": 0,
            }
        ]

    async def close(self) -> None:
        """Nothing is held."""


async def _listens(port: int, proxy: asyncio.subprocess.Process, folder: Path) -> None:
    async with asyncio.timeout(20):
        while True:
            assert proxy.returncode is None, (folder / "said.txt").read_text()
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.transport.abort()
                return


@pytest.mark.parametrize("name", PROXIES)
async def test_who_comes_by_https_goes_on_by_it(install: Install, tmp_path: Path, name: str) -> None:
    page = await served(install("web", TELEGRAM_TOKEN="", WEB_URL=f"https://{HOST}"))
    async with behind(name, tmp_path, page) as (browser, address):
        await browser.look(f"{address}/")
        cookies = {cookie.key: cookie for cookie in browser.session.cookie_jar}
        assert cookies["__Host-shuping"]["secure"]
        card = await browser.tap(address, "Begin")
        assert "<form" in card
        assert page.rows("SELECT count(*) FROM sessions") == [(1,)]
        async with browser.session.get(f"{address}/") as answer:
            assert "max-age" in answer.headers["strict-transport-security"]
    assert await page.stop() == 0
    assert page.troubles == []


@pytest.mark.parametrize("name", PROXIES)
async def test_what_is_too_long_does_not_reach_us(install: Install, tmp_path: Path, name: str) -> None:
    page = await served(install("web", TELEGRAM_TOKEN=""))
    async with (
        behind(name, tmp_path, page) as (browser, address),
        browser.session.post(f"{address}/say", data={"text": "x" * 100_000}) as answer,
    ):
        assert answer.status in (413, 502), "Caddy breaks off in the middle"
    assert await page.stop() == 0
