"""What must never happen in a browser that looks at the page, and what went over the wire."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, WebError

LOCAL = {"data", "blob", "about"}
"""Schemes that go nowhere."""


@dataclass
class Watch:
    """On one context: faults are complaints of its console, uncaught errors, broken policies and foreign requests."""

    context: BrowserContext
    origin: str
    faults: list[str] = field(default_factory=list)
    finished: list[Request] = field(default_factory=list)
    expected: tuple[str, ...] = ()
    """Parts of complaints that a test provokes, such as "status of 403"."""

    def __post_init__(self) -> None:
        self.context.on("console", self._console)
        self.context.on("weberror", self._error)
        self.context.on("request", self._request)
        self.context.on("requestfinished", self._finished)
        self.context.on("page", self._page)

    def expect(self, *parts: str) -> None:
        """From now on, complaints with any of these parts are the point of the test."""
        self.expected += parts

    async def weight(self, requests: Iterable[Request] | None = None) -> int:
        """Bytes that came over the wire, heads and bodies as they were sent; of all requests if none are named."""
        chosen = self.finished if requests is None else requests
        sizes = [await request.sizes() for request in chosen]
        return sum(each["responseHeadersSize"] + each["responseBodySize"] for each in sizes)

    def _finished(self, request: Request) -> None:
        self.finished.append(request)

    def _page(self, page: Page) -> None:
        page.on("crash", lambda _: self.faults.append("the page crashed"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complain(f"{message.type}: {message.text} ({message.location['url']})")

    def _error(self, error: WebError) -> None:
        self._complain(f"uncaught: {error.error}")

    def _complain(self, text: str) -> None:
        if not any(part in text for part in self.expected):
            self.faults.append(text)

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in LOCAL and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self._complain(f"a request to elsewhere: {request.url}")
