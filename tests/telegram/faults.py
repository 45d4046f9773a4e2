"""What goes wrong, by plan: refusals, broken servers, hangs, cut connections, latency; and the log of all calls."""

import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.telegram.limits import ApiError, Json, bad, forbidden, too_many

BAD_GATEWAY = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>"
Cut = Literal["before", "after"]


@dataclass(slots=True, eq=False)
class Fault:
    """Meets the next calls of that method (of any) in that chat (in any); so many, after letting some pass."""

    method: str | None = None
    chat: int | None = None
    count: int = 1
    skip: int = 0
    error: ApiError | None = None
    raw: bytes | None = None  # the body instead of JSON
    cut: Cut | None = None  # the connection, before or after the call is applied
    hang: float = 0.0  # seconds before the call is applied
    lag: float = 0.0  # seconds after it was applied, before the answer
    fired: int = 0

    def meets(self, method: str, chat: int) -> bool:
        if self.fired >= self.count or (self.chat is not None and self.chat != chat):
            return False
        if (method == "getupdates") if self.method is None else (self.method.lower() != method):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.fired += 1
        return True


@dataclass(slots=True)
class Faults:
    """The faults planned. Without a method named, all but getUpdates are met; count -1 is for ever."""

    latency: float = 0.0  # seconds, added to every call
    planned: list[Fault] = field(default_factory=list)

    def add(self, method: str | None = None, *, count: int = 1, **what: Any) -> Fault:
        fault = Fault(method, count=1 << 60 if count < 0 else count, **what)
        self.planned.append(fault)
        return fault

    def too_many(self, seconds: int = 1, method: str | None = None, **where: Any) -> Fault:
        return self.add(method, error=too_many(seconds), **where)

    def broken(self, code: int = 500, method: str | None = None, **where: Any) -> Fault:
        """An internal error (500, as JSON), or the gateway's own page (502)."""
        if code == 502:
            return self.add(method, error=ApiError(502, "Bad Gateway"), raw=BAD_GATEWAY, **where)
        return self.add(method, error=ApiError(code, "Internal Server Error"), **where)

    def blocked(self, method: str | None = None, **where: Any) -> Fault:
        return self.add(method, error=forbidden("bot was blocked by the user"), **where)

    def refuse(self, description: str, method: str | None = None, **where: Any) -> Fault:
        return self.add(method, error=bad(description.removeprefix("Bad Request: ")), **where)

    def hang(self, seconds: float, method: str | None = None, **where: Any) -> Fault:
        return self.add(method, hang=seconds, **where)

    def drop(self, when: Cut, method: str | None = None, **where: Any) -> Fault:
        """Cut the connection before or after the call is applied."""
        return self.add(method, cut=when, **where)

    def clear(self) -> None:
        self.planned.clear()
        self.latency = 0.0

    def match(self, method: str, chat: int) -> Fault | None:
        for fault in self.planned:
            if fault.meets(method, chat):
                if fault.fired >= fault.count:
                    self.planned.remove(fault)
                return fault
        return None


@dataclass(slots=True, eq=False)
class Call:
    """One call of the API, as it came and as it was answered."""

    method: str
    params: Json
    chat: int
    at: float  # of time.monotonic()
    code: int = 0  # 0 while it is under way; -1 when the connection was cut
    result: Any = None
    description: str = ""
    took: float = 0.0
    fault: Fault | None = None

    @property
    def ok(self) -> bool:
        return self.code == 200

    def draw(self) -> str:
        params = {name: value if len(str(value)) < 80 else f"{str(value)[:80]}…" for name, value in self.params.items()}
        return f"{self.at:.3f} {self.method} {params} -> {self.code} {self.description}"


@dataclass(slots=True)
class Window:
    """The most that ever happened within one second."""

    most: int = 0
    times: deque[float] = field(default_factory=deque)

    def add(self, at: float) -> None:
        times = self.times
        times.append(at)
        while times[0] <= at - 1.0:
            times.popleft()
        self.most = max(self.most, len(times))


@dataclass(slots=True)
class Log:
    """All calls (the last so many, where a limit is set), counted as they come; getUpdates is not counted."""

    calls: deque[Call] = field(default_factory=deque)
    totals: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    whole: Window = field(default_factory=Window)
    chats: dict[int, Window] = field(default_factory=dict)
    under_way: int = 0
    last: float = field(default_factory=time.monotonic)

    def begin(self, method: str, params: Json, chat: int) -> Call:
        call = Call(method, params, chat, time.monotonic())
        self.calls.append(call)
        self.totals[method] += 1
        if method != "getUpdates":
            self.under_way += 1
            self.whole.add(call.at)
            if chat:
                window = self.chats.get(chat)
                if window is None:
                    window = self.chats[chat] = Window()
                window.add(call.at)
        return call

    def end(self, call: Call, code: int, description: str = "") -> None:
        self.last = time.monotonic()
        call.code = code
        call.took = self.last - call.at
        if description:
            call.description = description
        if code != 200:
            self.errors[description or str(code)] += 1
        if call.method != "getUpdates":
            self.under_way -= 1

    def of(self, *methods: str, chat: int | None = None) -> list[Call]:
        """The calls of those methods (of all), in that chat (in all)."""
        wanted = {method.lower() for method in methods}
        return [
            call
            for call in self.calls
            if (not wanted or call.method.lower() in wanted) and (chat is None or call.chat == chat)
        ]

    @property
    def most_per_second(self) -> int:
        """The most calls in any one second, getUpdates apart."""
        return self.whole.most

    def most_per_chat(self, chat: int | None = None) -> int:
        """The most calls in any one second in that chat, or in the busiest."""
        windows = self.chats.values() if chat is None else [self.chats[chat]] if chat in self.chats else []
        return max((window.most for window in windows), default=0)

    def peak(self, *methods: str, chat: int | None = None, ok: bool = True) -> int:
        """The most calls of those methods in any one second; ok: only those that were not refused."""
        return peak(call.at for call in self.of(*methods, chat=chat) if call.ok or not ok)

    def draw(self, last: int = 12) -> str:
        shown = [call for call in self.calls if call.method != "getUpdates"][-last:]
        return "\n".join(["--- the last calls", *map(Call.draw, shown)])


def peak(times: Iterable[float]) -> int:
    window = Window()
    for at in times:
        window.add(at)
    return window.most
