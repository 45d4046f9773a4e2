"""A real Prometheus that asks real workers each second, and answers what an alarm would see."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import yaml

from tests.chain.places import ALERTS, WATCH
from tests.programs import program
from tests.telegram.e2e.driver import free_port

LOOK_SECONDS = 0.2
QUICK = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}


def hurried(config: str) -> str:
    """The configuration, asking each second."""
    hurry: str = yaml.safe_dump({**yaml.safe_load(config), "global": QUICK})
    return hurry


class Prometheus:
    """Asked over HTTP."""

    def __init__(self, address: str) -> None:
        self._url = f"http://{address}"

    async def ask(self, expr: str) -> list[tuple[dict[str, str], float]]:
        """What an expression gives now: labels and values; nothing while Prometheus is not there yet."""
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{self._url}/api/v1/query?{urlencode({'query': expr})}") as answer,
            ):
                told: dict[str, Any] = json.loads(await answer.text())
        except (aiohttp.ClientError, ValueError):
            return []
        assert told["status"] == "success", told
        return [(each["metric"], float(each["value"][1])) for each in told["data"]["result"]]

    async def until(self, expr: str, within: float = 60.0) -> list[tuple[dict[str, str], float]]:
        """What it gives, once it gives anything."""
        async with asyncio.timeout(within):
            while True:
                if found := await self.ask(expr):
                    return found
                await asyncio.sleep(LOOK_SECONDS)

    async def until_not(self, expr: str, within: float = 60.0) -> None:
        """Until it gives nothing any more."""
        await self.until(f"absent({expr})", within)


def _lay_out(folder: Path, workers: Sequence[str]) -> None:
    folder.mkdir()
    (folder / "prometheus.yml").write_text(hurried((WATCH / "prometheus.yml").read_text()))
    (folder / "workers.yml").write_text(yaml.safe_dump([{"targets": list(workers)}]))
    shutil.copyfile(ALERTS, folder / "alerts.yml")


@asynccontextmanager
async def watching(folder: Path, workers: Sequence[str]) -> AsyncIterator[Prometheus]:
    """Prometheus with our files, asking these workers, in a new folder."""
    _lay_out(folder, workers)
    address = f"127.0.0.1:{free_port()}"
    options = [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    with (folder / "said.txt").open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            program("prometheus"), *options, f"--web.listen-address={address}", stdout=said, stderr=said
        )
    try:
        prometheus = Prometheus(address)
        await prometheus.until("vector(1)")
        yield prometheus
    finally:
        process.kill()
        await process.wait()
