"""The same from another process: POST /control/… with JSON, for benchmarks that drive many people."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.telegram.limits import Json, Params
from tests.telegram.updates import dumps
from tests.telegram.views import Message, NotSeenError

if TYPE_CHECKING:
    from tests.telegram.api import TelegramApi


class Control:
    """One method for each /control/NAME.

    person {id?, first_name?, language_code?, started?}     → {id}
    people {count, …}                                       → {ids}
    act {person, say | tap | block | unblock, message?, stale?, until?: {contains?, button?, edited?}, within?}
                                                            → {seconds, answered, message}: with until, when it came
    batch {acts: [act, …]}                                  → {results}, all at once; a failed one has "error"
    chat {id}                                               → {messages}
    stats {}                                                → counters
    fault {kind: too_many | broken | blocked | refuse | hang | drop, …}, latency {seconds}, clear {}
    hold {}, release {reverse?}, repeat {count}
    """

    def __init__(self, api: "TelegramApi") -> None:
        self.api = api
        table: list[Callable[[Params], Awaitable[Any]]] = [
            *(self.person, self.people, self.act, self.batch, self.chat, self.stats, self.fault, self.latency),
            *(self.clear, self.hold, self.release, self.repeat),
        ]
        self.table = {method.__name__: method for method in table}

    async def handle(self, name: str, params: Params) -> web.Response:
        method = self.table.get(name)
        if method is None:
            return web.Response(status=404, text=f"no /control/{name}: there are {', '.join(self.table)}")
        try:
            result = await method(params)
        except (NotSeenError, KeyError, TypeError) as error:
            return web.Response(status=409, body=dumps({"error": f"{type(error).__name__}: {error}"}))
        return web.Response(body=dumps(result), content_type="application/json")

    async def person(self, params: Params) -> Json:
        return {"id": self.api.person(**params).id}

    async def people(self, params: Params) -> Json:
        count = int(params.pop("count"))
        return {"ids": [self.api.person(**params).id for _ in range(count)]}

    async def act(self, params: Params) -> Json:
        who = self.api.world.people[int(params["person"])]
        began = time.monotonic()
        tap = None
        if "say" in params:
            who.say(params["say"])
        elif "tap" in params:
            message = who.chat.messages[int(params["message"])] if "message" in params else None
            tap = who.tap(params["tap"], message, stale=bool(params.get("stale")))
        elif "block" in params:
            who.block()
        elif "unblock" in params:
            who.unblock()
        seen = None
        if "until" in params:
            seen = await who.until(_test(params["until"] or {}), within=float(params.get("within", 10)))
        result: Json = {"seconds": time.monotonic() - began, "message": seen.view() if seen else None}
        if tap is not None:
            result["answered"] = tap.answer["at"] - began if tap.answer else None
        return result

    async def batch(self, params: Params) -> Json:
        async def one(act: Params) -> Json:
            try:
                return await self.act(act)
            except (NotSeenError, KeyError) as error:
                return {"error": f"{type(error).__name__}: {error}"}

        return {"results": await asyncio.gather(*map(one, params["acts"]))}

    async def chat(self, params: Params) -> Json:
        return {"messages": [message.view() for message in self.api.chat(int(params["id"])).messages.values()]}

    async def stats(self, _: Params) -> Json:
        log = self.api.log
        return {
            "totals": log.totals,
            "errors": log.errors,
            "under_way": log.under_way,
            "most_per_second": log.most_per_second,
            "most_per_chat": log.most_per_chat(),
            "unconfirmed": self.api.updates.count,
            "people": len(self.api.world.people),
        }

    async def fault(self, params: Params) -> Json:
        kind = params.pop("kind")
        if kind not in {"too_many", "broken", "blocked", "refuse", "hang", "drop"}:
            raise KeyError(kind)
        getattr(self.api.faults, kind)(**params)
        return {}

    async def latency(self, params: Params) -> Json:
        self.api.faults.latency = float(params["seconds"])
        return {}

    async def clear(self, _: Params) -> Json:
        self.api.faults.clear()
        return {}

    async def hold(self, _: Params) -> Json:
        self.api.updates.hold()
        return {}

    async def release(self, params: Params) -> Json:
        self.api.updates.release(reverse=bool(params.get("reverse")))
        return {}

    async def repeat(self, params: Params) -> Json:
        self.api.updates.repeat = int(params["count"])
        return {}


def _test(until: Json) -> Callable[[Message], bool]:
    def test(message: Message) -> bool:
        return (
            until.get("contains", "") in message.text
            and ("button" not in until or message.button(until["button"]) is not None)
            and ("edited" not in until or bool(message.edits) == until["edited"])
        )

    return test
