"""What docs/operate.md says about starting everything by hand, done."""

import signal
import ssl

import aiohttp
import pytest

from tests.operating.machine import ByHand
from tests.operating.watch import Prometheus
from tests.serving.conftest import Browser
from tests.serving.test_proxies import HOST, Here
from tests.telegram.api import TOKEN, TelegramApi
from tests.telegram.e2e.walking import Plan as Walk
from tests.telegram.e2e.walking import begin_by_taps

pytestmark = pytest.mark.slow


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
