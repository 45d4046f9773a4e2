"""What holds for every answer: nothing foreign is loaded, nothing is kept on the way, nobody else frames us."""

from functools import lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from locales import DEFAULT_LANGUAGE, supported

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)
NOBODY, FRAMES = "'none'", "https://web.telegram.org"
"""Who may show us inside a page of theirs; Telegram's apps for phones and desktops show us by ourselves."""
HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
HSTS = (b"strict-transport-security", b"max-age=31536000")


class Guard:
    """Headers of every answer; `framed`: Telegram may show the page inside its own."""

    def __init__(self, app: ASGIApp, *, framed: bool = False) -> None:
        self._app = app
        policy = {"content-security-policy": POLICY + (FRAMES if framed else NOBODY)}
        self._headers = [(name.encode(), value.encode()) for name, value in (HEADERS | policy).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                added = [*self._headers, HSTS] if scope.get("scheme") == "https" else self._headers
                message["headers"] = [*message["headers"], *(header for header in added if header[0] not in own)]
            await send(message)

        await self._app(scope, receive, guarded)


@lru_cache(maxsize=1024)
def language_of(accepted: str) -> str:
    """The first language of the browser that is ours."""
    tags = (part.partition(";")[0].strip() for part in accepted[:200].split(","))
    return next((ours for tag in tags if tag and (ours := supported(tag))), DEFAULT_LANGUAGE)
