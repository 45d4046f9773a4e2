"""Updates on their way to the bot: the queue, long polling, and the webhook."""

import asyncio
import itertools
import json
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.telegram.limits import ApiError, Json

OTHERS = {"chat_member", "message_reaction", "message_reaction_count"}  # only sent when asked for
KINDS = {
    *("message", "edited_message", "channel_post", "edited_channel_post", "callback_query", "inline_query", "poll"),
    *("chosen_inline_result", "poll_answer", "my_chat_member", "chat_join_request", "shipping_query"),
    *("pre_checkout_query", "chat_boost", "removed_chat_boost", "business_connection", "business_message"),
    *("edited_business_message", "deleted_business_messages", "purchased_paid_media", *OTHERS),
}
OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
BY_WEBHOOK = "Conflict: terminated by setWebhook request"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
GATHER = 0.001  # as the real server waits for more updates before it answers a long poll


def dumps(value: Any) -> bytes:
    return ENCODER.encode(value).encode()


ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


@dataclass(slots=True, eq=False)
class Pending:
    """One update that the bot has not confirmed."""

    id: int
    chat: int
    body: bytes
    at: float
    copies: int = 1
    offered: int = 0  # how often it went out


@dataclass(slots=True)
class Updates:
    """All updates not yet confirmed, in the order in which they go out."""

    changed: Callable[[], None] = lambda: None
    queue: dict[int, Pending] = field(default_factory=dict)
    allowed: set[str] = field(default_factory=lambda: KINDS - OTHERS)
    webhook: "Webhook | None" = None
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(100_000_001))
    repeat: int = 0  # so many of the next updates go out twice, even when confirmed
    delays: list[float] = field(default_factory=list)  # seconds from the event to the first time it was offered
    keep_delays: bool = True
    _held: list[Pending] | None = None
    _replays: dict[int, Pending] = field(default_factory=dict)
    _disordered: bool = False
    _poller: "asyncio.Future[None] | None" = None

    def push(self, kind: str, payload: Json, chat: int) -> int:
        """A new update; 0 when the bot did not ask for such."""
        if kind not in self.allowed:
            return 0
        number = next(self.ids)
        body = dumps({"update_id": number, kind: payload})
        pending = Pending(number, chat, body, time.monotonic(), copies=2 if self.repeat > 0 else 1)
        self.repeat -= self.repeat > 0
        if self._held is not None:
            self._held.append(pending)
        else:
            self._go([pending])
        return number

    def allow(self, kinds: Any) -> None:
        """What allowed_updates says: nothing for no change, an empty list for the usual kinds."""
        if isinstance(kinds, list) and all(isinstance(kind, str) for kind in kinds):
            self.allowed = ({kind.lower() for kind in kinds} & KINDS) or KINDS - OTHERS

    def hold(self) -> None:
        """Keep all updates back from now on."""
        self._held = self._held or []

    def release(self, *, reverse: bool = False) -> None:
        """Let those held back go; reverse: the last first, which the real server does only with webhooks."""
        held, self._held = self._held or [], None
        self._disordered |= reverse
        self._go(reversed(held) if reverse else held)

    def _go(self, new: Iterable[Pending]) -> None:
        for pending in new:
            self.queue[pending.id] = pending
            if self.webhook is not None:
                self.webhook.add(pending)
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)

    @property
    def count(self) -> int:
        """How many went out (or may) and are not confirmed; those held back have not happened yet."""
        return len(self.queue) + len(self._replays)

    @property
    def polled(self) -> bool:
        """Whether a long poll waits now."""
        return self._poller is not None

    def confirm(self, offset: int) -> None:
        """All below the offset are done; a negative one leaves only so many."""
        if offset < 0:
            for number in list(self.queue)[:offset]:
                del self.queue[number]
        elif self.queue:
            entries: Iterable[Pending] = self.queue.values()
            if not self._disordered:
                entries = itertools.takewhile(lambda pending: pending.id < offset, entries)
            for pending in [pending for pending in entries if pending.id < offset]:
                self.done(pending)

    def done(self, pending: Pending) -> bool:
        """Forget an update; false when it was to go out once more."""
        self.queue.pop(pending.id, None)
        pending.copies -= 1
        if pending.copies > 0 and self.webhook is None:
            self._replays[pending.id] = pending
        self.changed()
        return pending.copies <= 0

    def drop(self) -> None:
        self.queue.clear()
        self._replays.clear()

    def offered(self, pending: Pending) -> None:
        pending.offered += 1
        if pending.offered == 1 and self.keep_delays:
            self.delays.append(time.monotonic() - pending.at)

    def _take(self, limit: int) -> list[bytes]:
        batch = [*self._replays.values(), *itertools.islice(self.queue.values(), limit)][:limit]
        self._replays.clear()
        for pending in batch:
            self.offered(pending)
        return [pending.body for pending in batch]

    def abort(self, why: str) -> None:
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(ApiError(409, why))

    async def poll(self, offset: int, limit: int, seconds: float) -> bytes:
        """getUpdates: the JSON list of its result."""
        if self.webhook is not None:
            raise ApiError(409, WEBHOOK_ACTIVE)
        self.confirm(offset)
        limit = limit if 1 <= limit <= 100 else 100
        batch = self._take(limit)
        if not batch and seconds > 0:
            self.abort(OTHER_POLLER)
            await self._wait(min(seconds, 50))
            batch = self._take(limit)
        return b"[" + b",".join(batch) + b"]"

    async def _wait(self, seconds: float) -> None:
        self._poller = poller = asyncio.get_running_loop().create_future()
        self.changed()
        try:
            async with asyncio.timeout(seconds):
                await poller
                await asyncio.sleep(GATHER)
        except TimeoutError:
            return
        finally:
            if self._poller is poller:
                self._poller = None


@dataclass(slots=True)
class Webhook:
    """Delivers by POST: in order within each chat, several chats at once, again until it is taken."""

    url: str
    updates: Updates
    secret: str = ""
    connections: int = 40
    patience: float = 0.05  # seconds before the second try; it doubles (the real server begins with one second)
    longest: float = 2.0
    timeout: float = 60.0
    reply: Callable[[Json], None] = lambda _: None
    last_error: str = ""
    last_error_date: int = 0
    _lanes: dict[int, deque[Pending]] = field(default_factory=dict)
    _ready: deque[int] = field(default_factory=deque)
    _workers: set["asyncio.Task[None]"] = field(default_factory=set)
    _tries: dict[int, int] = field(default_factory=dict)
    _session: aiohttp.ClientSession | None = None
    _closed: bool = False

    def start(self) -> None:
        self.updates.webhook = self
        for pending in list(self.updates.queue.values()):
            self.add(pending)

    async def close(self) -> None:
        self._closed = True
        self.updates.webhook = None
        workers = list(self._workers)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def add(self, pending: Pending) -> None:
        lane = self._lanes.get(pending.chat)
        if lane is not None:
            lane.append(pending)
            return
        self._lanes[pending.chat] = deque([pending])
        self._wake(pending.chat)

    def _wake(self, chat: int) -> None:
        if self._closed:
            return
        self._ready.append(chat)
        if len(self._workers) < self.connections:
            worker = asyncio.create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)

    async def _work(self) -> None:
        while self._ready and not self._closed:
            chat = self._ready.popleft()
            lane = self._lanes[chat]
            pending = lane[0]
            if pending.id in self.updates.queue:
                wait = await self._post(pending)
                if wait:
                    asyncio.get_running_loop().call_later(wait, self._wake, chat)
                    continue
                if not self.updates.done(pending):
                    self._ready.append(chat)
                    self.updates.queue[pending.id] = pending
                    continue
            lane.popleft()
            if lane:
                self._ready.append(chat)
            else:
                del self._lanes[chat]

    async def _post(self, pending: Pending) -> float:
        """Seconds to wait before the next try; nothing when it was taken."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.timeout))
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret
        self.updates.offered(pending)
        try:
            async with self._session.post(self.url, data=pending.body, headers=headers, ssl=False) as response:
                body = await response.read()
                if 200 <= response.status <= 299:
                    self._tries.pop(pending.id, None)
                    self._answer(body)
                    return 0
                after = float(response.headers.get("Retry-After", "0"))
                error = f"Wrong response from the webhook: {response.status} {response.reason}"
        except TimeoutError:
            after, error = 0, "Read timeout expired"
        except aiohttp.ClientError as failure:
            refused = isinstance(failure, aiohttp.ClientConnectorError)
            after, error = 0, "Connection refused" if refused else "Webhook connection closed"
        self.last_error, self.last_error_date = error, int(time.time())
        self.updates.changed()
        tries = self._tries[pending.id] = self._tries.get(pending.id, 0) + 1
        return after or min(self.patience * 2 ** (tries - 1), self.longest)

    def _answer(self, body: bytes) -> None:
        """A call in the answer to a webhook, as the real server takes it."""
        if not body.startswith(b"{"):
            return
        try:
            call = json.loads(body)
        except ValueError:
            return
        name = str(call.get("method", "")).lower()
        if name and name not in {"deletewebhook", "setwebhook"} and not name.startswith("get"):
            self.reply(call)
