"""What holds for every answer: nothing foreign is loaded, nothing is kept on the way, nobody else frames us."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from locales import DEFAULT_LANGUAGE, supported

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)
NOBODY, FRAMES = "'none'", "https://web.telegram.org"
"""Who may show us inside a page of theirs; Telegram's apps for phones and desktops show us by ourselves."""
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
HSTS = "max-age=31536000"


class Guard:
    """Headers of every answer; `framed`: Telegram may show the page inside its own."""

    def __init__(self, app: ASGIApp, *, framed: bool = False) -> None:
        self._app = app
        self._headers = HEADERS | {"content-security-policy": POLICY + (FRAMES if framed else NOBODY)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
                if scope.get("scheme") == "https":
                    headers["strict-transport-security"] = HSTS
            await send(message)

        await self._app(scope, receive, guarded)


def language_of(accepted: str) -> str:
    """The first language of the browser that is ours."""
    tags = (part.partition(";")[0].strip() for part in accepted[:200].split(","))
    return next((ours for tag in tags if tag and (ours := supported(tag))), DEFAULT_LANGUAGE)
