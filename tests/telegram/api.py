"""The server: HTTP around the methods. `python -m tests.telegram.api --port N` runs it alone, for benchmarks."""

import argparse
import asyncio
import gc
import itertools
import json
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import unquote

from aiohttp import web

from tests.telegram.bodies import JSON_TYPE, cut, from_form, from_json, given, make_request, refusal
from tests.telegram.control import Control
from tests.telegram.faults import Call, Fault, Faults, Log
from tests.telegram.front import Answer, Front
from tests.telegram.limits import ApiError, Json, Params, flag, integer, string, structure
from tests.telegram.methods import Methods
from tests.telegram.people import Group, Person
from tests.telegram.updates import BY_WEBHOOK, dumps
from tests.telegram.views import WITHIN, Chat, NotSeenError, eventually
from tests.telegram.world import World

TOKEN = "4242:" + "shuping-test-token-0123456789_AbCdE"
HOST = "127.0.0.1"
WAITING = {"getupdates": "getUpdates", "setwebhook": "setWebhook", "deletewebhook": "deleteWebhook"}
T = TypeVar("T")


class TelegramApi:
    """One bot's Telegram: `async with TelegramApi() as api`, then api.url, api.token, api.person(), …"""

    def __init__(self, token: str = TOKEN, port: int = 0, *, control: bool = False, log: int | None = None) -> None:
        self.token = token
        self.port = port
        self.world = World()
        self.faults = Faults()
        self.log = Log(deque(maxlen=log))
        self.methods = Methods(self.world)
        self.updates = self.world.updates
        self.updates.changed = self.world.bell.ring
        self.control = Control(self) if control else None
        self._prefix = f"/bot{token}/"
        self._server: web.Server | None = None
        self._socket: asyncio.Server | None = None
        self._fronts: set[Front] = set()
        self._background: set[asyncio.Task[web.Response]] = set()

    @property
    def url(self) -> str:
        """What SHUPING_TELEGRAM_API_URL is to be."""
        return f"http://{HOST}:{self.port}"

    async def __aenter__(self) -> "TelegramApi":
        await self.up()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.down()
        if self.updates.webhook is not None:
            await self.updates.webhook.close()

    async def up(self) -> None:
        """Listen (again, on the same port)."""
        loop = asyncio.get_running_loop()
        server = self._server = web.Server(self._handle, request_factory=make_request, access_log=None)
        self._socket = await loop.create_server(
            lambda: Front(self._prefix, self._now, server, self._fronts), HOST, self.port, backlog=4096
        )
        self.port = self._socket.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Telegram is away: nothing listens, every connection is cut."""
        if self._socket is not None and self._server is not None:
            self._socket.close()
            for front in list(self._fronts):
                front.close()
            for connection in self._server.connections:
                connection.force_close()
            await self._server.shutdown(0.05)
            self._socket = self._server = None

    # People and what they see

    def person(self, first_name: str = "", language_code: str = "zh-hans", **more: Any) -> Person:
        """Someone new (id=…, started=True where the bot may write first)."""
        return self.world.person(first_name, language_code, **more)

    def group(self, title: str = "Group", *members: Person, kind: str = "supergroup") -> Group:
        return self.world.group(title, *members, kind=kind)

    def update(self, kind: str, payload: Json, chat: int = 0) -> int:
        """Any update at all."""
        return self.updates.push(kind, payload, chat)

    def chat(self, number: int) -> Chat:
        return self.world.chats[number]

    def calls(self, *methods: str, chat: int | None = None) -> list[Call]:
        return self.log.of(*methods, chat=chat)

    async def eventually(self, look: Callable[[], T | None], within: float = WITHIN, what: str = "it") -> T:
        """The first true thing that looking gives; looks again after every change and every call."""
        return await eventually(
            self.world.bell, look, within, lambda: f"{what} was not so in {within} s\n{self.draw()}"
        )

    async def called(self, method: str, count: int = 1, within: float = WITHIN) -> list[Call]:
        """Until that method was called so often and answered."""

        def look() -> list[Call]:
            calls = [call for call in self.calls(method) if call.code]
            return calls if len(calls) >= count else []

        return await self.eventually(look, within, f"{count} × {method}")

    async def polled(self, within: float = 10.0) -> None:
        """Until the bot asks for updates (or has set its webhook)."""
        await self.eventually(
            lambda: self.updates.webhook or self.log.totals["getUpdates"], within, "the bot asked for updates"
        )

    async def quiet(self, seconds: float = 0.25, within: float = 10.0) -> None:
        """Until all updates are confirmed and nothing was called for so long."""
        deadline = time.monotonic() + within
        while True:
            now = time.monotonic()
            rest = seconds - (now - self.log.last)
            if rest <= 0 and not self.log.under_way and not self.updates.count:
                return
            if now > deadline:
                raise NotSeenError(f"not quiet for {seconds} s within {within} s\n{self.draw()}")
            await asyncio.sleep(min(max(rest, 0.005), 0.05))

    def draw(self) -> str:
        """Every chat and the last calls, to read in a failure."""
        chats = itertools.islice(self.world.chats.values(), 5)
        waiting = f"--- {self.updates.count} updates not confirmed"
        return "\n".join([*(chat.draw() for chat in chats), waiting, self.log.draw()])

    # HTTP

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path, _, query = request.raw_path.partition("?")
        if "%" in path:
            path = unquote(path)
        try:
            if path.startswith(self._prefix):
                params = await given(request, query)
                return await self._call(path[len(self._prefix) :], params, request)
            return await self._elsewhere(path, request, query)
        except ApiError as error:
            return refusal(error)

    async def _elsewhere(self, path: str, request: web.BaseRequest, query: str) -> web.Response:
        if self.control is not None and path.startswith("/control/"):
            return await self.control.handle(path.removeprefix("/control/"), await given(request, query))
        file = path.removeprefix(f"/file{self._prefix}documents/")
        if file != path and file in self.world.files:
            return web.Response(body=self.world.files[file].data)
        token = path.removeprefix("/bot").partition("/")[0] if path.startswith("/bot") else ""
        if token.partition(":")[0].isdigit() and ":" in token and token != self.token:
            raise ApiError(401, "Unauthorized")
        raise ApiError(404, "Not Found")

    def _now(self, method: str, is_form: bool, body: bytes) -> Answer | None:
        """The answer to a call that neither waits nor is met by a fault; None leaves it to _handle."""
        key = method.lower()
        name = self.methods.names.get(key)
        if name is None or self.faults.planned or self.faults.latency:
            return None
        try:
            params = from_form(body) if is_form else from_json(body)
            call = self.log.begin(name, params, self._chat(params))
        except ApiError as error:
            return Answer(error.code, dumps(error.json()))
        try:
            answer = Answer(200, self._apply(key, params, call))
            self.log.end(call, 200)
        except ApiError as error:
            self.log.end(call, error.code, error.description)
            answer = Answer(error.code, dumps(error.json()))
        self.world.bell.ring()
        return answer

    async def _call(self, method: str, params: Params, request: web.BaseRequest | None) -> web.Response:
        key = method.lower()
        name = self.methods.names.get(key) or WAITING.get(key)
        if name is None:
            raise ApiError(404, "Not Found")
        chat = self._chat(params)
        call = self.log.begin(name, params, chat)
        fault = self.faults.match(key, chat) if self.faults.planned else None
        try:
            if fault is not None or self.faults.latency:
                await self._before(call, fault, request)
            body = await self._wait(key, params) if key in WAITING else self._apply(key, params, call)
            if fault is not None:
                await self._after(fault, request)
            self.log.end(call, 200)
            return web.Response(body=body, headers=JSON_TYPE)
        except ApiError as error:
            self.log.end(call, error.code, error.description)
            return refusal(error, fault.raw if fault is not None else None)
        except (asyncio.CancelledError, ConnectionError) as cut:
            self.log.end(call, -1, str(cut) or "cancelled")
            if isinstance(cut, ConnectionError):
                return web.Response()
            raise
        finally:
            self.world.bell.ring()

    def _chat(self, params: Params) -> int:
        if "chat_id" in params:
            return integer(params, "chat_id")
        tap = self.world.taps.get(string(params, "callback_query_id")) if "callback_query_id" in params else None
        return tap.message.chat.id if tap else 0

    def _apply(self, key: str, params: Params, call: Call) -> bytes:
        call.result = self.methods.table[key](params)
        return b'{"ok":true,"result":' + dumps(call.result) + b"}"

    async def _before(self, call: Call, fault: Fault | None, request: web.BaseRequest | None) -> None:
        call.fault = fault
        pause = self.faults.latency + (fault.hang if fault is not None else 0)
        if pause:
            await asyncio.sleep(pause)
        if fault is not None:
            if fault.error is not None:
                raise fault.error
            if fault.cut == "before":
                cut(request)

    async def _after(self, fault: Fault, request: web.BaseRequest | None) -> None:
        if fault.lag:
            await asyncio.sleep(fault.lag)
        if fault.cut == "after":
            cut(request)

    async def _wait(self, key: str, params: Params) -> bytes:
        if key == "getupdates":
            self._allow(params)
            seconds = min(max(float(string(params, "timeout") or 0), 0), 50)
            batch = await self.updates.poll(integer(params, "offset"), integer(params, "limit", 100), seconds)
            return b'{"ok":true,"result":' + batch + b"}"
        webhook = self.methods.webhook(params) if key == "setwebhook" else None
        old = self.updates.webhook
        if old is not None:
            await old.close()
        if flag(params, "drop_pending_updates"):
            self.updates.drop()
        if webhook is not None:
            self._allow(params)
            self.updates.abort(BY_WEBHOOK)
            webhook.reply = self._reply
            webhook.start()
        done = "was set" if webhook else "was deleted" if old else "is already deleted"
        return dumps({"ok": True, "result": True, "description": f"Webhook {done}"})

    def _allow(self, params: Params) -> None:
        if "allowed_updates" in params:
            self.updates.allow(structure(params, "allowed_updates", "allowed updates"))

    def _reply(self, call: Json) -> None:
        """A call that came as the answer to a webhook; what it gives, nobody learns."""
        method = str(call.pop("method"))
        task = asyncio.create_task(self._call(method, call, None))
        self._background.add(task)
        task.add_done_callback(self._background.discard)


async def serve(token: str, port: int, log: int) -> None:
    """Alone, until told to end."""
    gc.set_threshold(100_000, 20, 20)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with TelegramApi(token, port, control=True, log=log) as api:
        api.updates.keep_delays = False
        sys.stdout.write(json.dumps({"url": api.url, "token": api.token}) + "\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--log", type=int, default=20_000, help="how many calls to remember")
    options = parser.parse_args()
    asyncio.run(serve(options.token, options.port, options.log))


if __name__ == "__main__":
    main()
