"""How many calls a second the server takes: `python -m tests.telegram.speed`, best with two idle cores."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp

CALLS = 12_000
CONNECTIONS = 16
KEYS = {"inline_keyboard": [[{"text": f"选项 {at}", "callback_data": f"v1:answer:{at}"}] for at in range(6)]}
TEXT = f"<b>第 3 题</b> 企业是否已经实现设备联网？\n{'说明文字 ' * 20}&lt;参考&gt; <i>提示</i>"


class Client(asyncio.Protocol):
    """One connection that sends its requests one by one."""

    def __init__(self, requests: Iterator[bytes], done: "asyncio.Future[None]") -> None:
        self.requests = requests
        self.done = done
        self.buffer = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, _, body = self.buffer.partition(b"\r\n\r\n")
        if not body or len(body) < int(head.partition(b"Content-Length: ")[2].split(b"\r\n")[0]):
            return
        assert body.startswith(b'{"ok":true'), body
        self.buffer = b""
        request = next(self.requests, None)
        if request is not None:
            self.transport.write(request)
        else:
            self.transport.close()
            self.done.set_result(None)


def request(url: str, token: str, chat: int, number: int, kind: str) -> bytes:
    call = {"chat_id": chat, "text": f"{TEXT} {number}", "parse_mode": "HTML", "reply_markup": KEYS}
    json_body = kind == "json"
    body = (json.dumps(call) if json_body else urlencode(call | {"reply_markup": json.dumps(KEYS)})).encode()
    head = f"POST /bot{token}/sendMessage HTTP/1.1\r\nHost: {url.removeprefix('http://')}\r\n"
    return f"{head}Content-Type: application/{kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def cpu(process: int) -> float:
    """Seconds of processor time that a process has used (Linux)."""
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


async def measure(url: str, token: str, server: int, kind: str) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/control/people", json={"count": 100, "started": True}) as response,
    ):
        people = (await response.json())["ids"]
    calls = [request(url, token, people[number % 100], number, kind) for number in range(CALLS)]
    loop = asyncio.get_running_loop()
    host, port = url.removeprefix("http://").split(":")
    before, began = cpu(server), time.perf_counter()
    finished = []
    for at in range(CONNECTIONS):
        done = loop.create_future()
        finished.append(done)
        await loop.create_connection(partial(Client, iter(calls[at::CONNECTIONS]), done), host, int(port))
    await asyncio.gather(*finished)
    took, used = time.perf_counter() - began, cpu(server) - before
    sys.stdout.write(f"{kind}: {CALLS / took:.0f} calls/s, {used / CALLS * 1e6:.0f} µs of server CPU each\n")


def main() -> None:
    command = [sys.executable, "-m", "tests.telegram.api"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        for kind in ("json", "x-www-form-urlencoded"):
            asyncio.run(measure(said["url"], said["token"], process.pid, kind))
        process.terminate()


if __name__ == "__main__":
    main()
