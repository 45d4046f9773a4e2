"""One request of a browser, and the ways to answer it."""

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.dialogue.reader import as_read
from bot.web.assets import asset_path
from bot.web.forms import Form, form_of
from bot.web.guard import language_of
from bot.web.limits import client_key
from bot.web.painter import render
from bot.web.places import CARD, VERIFY
from bot.web.site import Site
from bot.web.visitor import Visitor, visitor_of
from bot.words.wording import Medium, Wording, wording
from locales import LANGUAGES

COOKIE = "shuping"
COOKIE_SECONDS = 400 * 86_400
"""The longest that browsers keep one."""
SCRIPT = "x-shuping"
"""The header by which our script says that it wants the new card alone."""
GO = "x-go"
"""The header of our answer that tells it where else to go."""


class LostError(Exception):
    """A form that is none of ours, or of a browser that has forgotten us."""


class CrowdedError(Exception):
    """Too much was asked for; `seconds` to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Visit:
    """A request, and who it is of."""

    def __init__(self, site: Site, request: Request) -> None:
        self.site, self.request = site, request
        self.visitor: Visitor = visitor_of(request.cookies.get(self.cookie), site.bot_token, site.outside.now())
        self._stranger = self.visitor
        self.language = language_of(request.headers.get("accept-language", ""))

    @property
    def secure(self) -> bool:
        """The browser came by https."""
        return bool(self.request.scope["scheme"] == "https")

    @property
    def cookie(self) -> str:
        """Its name; where it can be, one that no other host of the domain can set."""
        return f"__Host-{COOKIE}" if self.secure else COOKIE

    @property
    def scripted(self) -> bool:
        """Our script asks, and takes the card alone."""
        return SCRIPT in self.request.headers

    @property
    def led(self) -> bool:
        """Another site led here, as far as browsers tell."""
        return self.request.headers.get("sec-fetch-site") in ("cross-site", "same-site")

    @property
    def base(self) -> str:
        """The address of the page, as others reach it."""
        return self.site.url or str(self.request.base_url).rstrip("/")

    @cached_property
    def client(self) -> str:
        """Who asks, as far as their address tells."""
        return client_key(self.request.client.host if self.request.client else "")

    def limited(self, wait: float) -> None:
        """Raises CrowdedError if there is a wait."""
        if wait:
            raise CrowdedError(wait)

    def costs(self, more: int) -> None:
        """What is asked for is worth so many requests `more`. Raises CrowdedError."""
        if more:
            self.limited(self.site.limits.request(self.client, self.visitor.window, more))

    async def form(self) -> Form:
        """The form, if it is one that this browser was given. Raises LostError, TooLargeError."""
        form = await form_of(self.request)
        if not self.visitor.known or not self.visitor.is_own(form.own):
            raise LostError
        return form

    def words(self, language: str | None = None) -> Wording:
        """Of the page's own sentences."""
        return wording(language or self.language, self.site.rubric.id, Medium.PAGE)

    async def own_words(self) -> Wording:
        """The same, in the language of what is stored."""
        session = as_read(await self.site.store.state(self.visitor.window)).session
        return self.words(session.language if session else None)

    def page(self, template: str, status: int = 200, words: Wording | None = None, **values: Any) -> Response:
        """A page, with what every page has."""
        words = words or self.words()
        shell = {
            "words": words,
            "text": words.text,
            "form": self.visitor.form(),
            "asset": asset_path,
            "scripted": self.scripted,
            "languages": LANGUAGES,
            "back": CARD,
            "filing": self.site.filing,
        }
        response = HTMLResponse(render(template, **{**shell, **values}), status)
        self.remember(response)
        return response

    def remember(self, response: Response) -> None:
        """A browser that came without a cookie gets one; nothing is stored of it.

        A form that comes without one may be another site's, and the browser has its own all the same: it keeps that.
        Whoever checks a paper is nobody to us.
        """
        if self.request.url.path.startswith(VERIFY):
            return
        looked = self.request.method != "POST"
        if not self.visitor.known and (looked or self.visitor is not self._stranger):
            self.set_cookie(response, self.cookie, self.visitor.secret, COOKIE_SECONDS)

    def set_cookie(self, response: Response, name: str, value: str, seconds: int) -> None:
        """A cookie that scripts do not see.

        Inside Telegram's page for browsers we are in a frame, where a cookie has to be allowed, for that frame alone.
        """
        framed = self.secure and not self.visitor.keeps
        response.set_cookie(
            name, value, seconds, path="/", secure=self.secure, httponly=True, samesite="none" if framed else "lax"
        )
        if framed:
            response.headers["set-cookie"] += "; Partitioned"  # http.cookies knows it from Python 3.14 on

    def go(self, place: str) -> Response:
        """Elsewhere, by a fresh look."""
        there = {GO: place}
        response = Response(status_code=204, headers=there) if self.scripted else RedirectResponse(place, 303)
        self.remember(response)
        return response


Handler = Callable[[Visit], Awaitable[Response]]
