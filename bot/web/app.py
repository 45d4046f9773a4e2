"""The addresses of the page, and what each of them does."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.dialogue.messages import Followed, Message
from bot.dialogue.pages import CardPage, TextPage
from bot.dialogue.replies import Card, Reply, read, written
from bot.web import talk
from bot.web.assets import asset, asset_path
from bot.web.forms import TooLargeError, form_of
from bot.web.guard import Guard, language_of
from bot.web.painter import card_view, environment, render, turns, ways_of
from bot.web.places import CARD, reply_at
from bot.web.site import Site
from bot.web.visitor import TOKEN, Visitor, visitor_of, window_of
from bot.words.wording import Medium, Wording, wording
from locales import LANGUAGES
from storage.errors import StorageError

LOG = logging.getLogger("shuping.web")

COOKIE, FLASH = "shuping", "said"
COOKIE_SECONDS = 400 * 86_400
"""The longest that browsers keep one."""
FLASH_SECONDS = 60
SCRIPT = "x-shuping"
"""The header by which our script says that it wants the new card alone."""
GO = "x-go"
"""The header of our answer that tells it where else to go."""

Handler = Callable[["Visit"], Awaitable[Response]]


class Visit:
    """One request of a browser."""

    def __init__(self, site: Site, request: Request) -> None:
        self.site, self.request = site, request
        self.visitor: Visitor = visitor_of(request.cookies.get(self.cookie))
        self.language = language_of(request.headers.get("accept-language", ""))

    @property
    def secure(self) -> bool:
        """The browser came by https."""
        return self.request.url.scheme == "https"

    @property
    def cookie(self) -> str:
        """Its name; where it can be, one that no other host of the domain can set."""
        return f"__Host-{COOKIE}" if self.secure else COOKIE

    @property
    def scripted(self) -> bool:
        """Our script asks, and takes the card alone."""
        return SCRIPT in self.request.headers

    def words(self, language: str | None = None) -> Wording:
        """Of the page's own sentences."""
        return wording(language or self.language, self.site.rubric.id, Medium.PAGE)

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
        }
        response = HTMLResponse(render(template, **shell, **values), status)
        self.remember(response)
        return response

    def remember(self, response: Response) -> None:
        """A browser that came without a cookie gets one; nothing is stored of it."""
        if not self.visitor.known:
            self.set_cookie(response, self.cookie, self.visitor.secret, COOKIE_SECONDS)

    def set_cookie(self, response: Response, name: str, value: str, seconds: int) -> None:
        """A cookie that scripts do not see."""
        response.set_cookie(name, value, seconds, path="/", secure=self.secure, httponly=True, samesite="lax")

    def go(self, place: str) -> Response:
        """Elsewhere, by a fresh look."""
        response = Response(status_code=204, headers={GO: place}) if self.scripted else RedirectResponse(place, 303)
        self.remember(response)
        return response


def application(site: Site) -> Starlette:
    """The page as an ASGI application."""
    environment()

    def at(path: str, handler: Handler, *methods: str) -> Route:
        async def answer(request: Request) -> Response:
            return await handler(Visit(site, request))

        return Route(path, answer, methods=list(methods or ("GET",)))

    app = Starlette(
        routes=[
            at("/", _present),
            at("/say", _say, "POST"),
            at("/d/{detail}", _detail),
            at("/a/{token}", _link),
            at("/a/{token}", _follow, "POST"),
            Route("/static/{name}", asset),
            Route("/robots.txt", _robots),
        ],
        middleware=[Middleware(Guard), Middleware(GZipMiddleware, minimum_size=400)],
        exception_handlers={StorageError: _unsaved, TooLargeError: _too_large, 404: _missing, 405: _missing},
    )
    app.state.site = site
    return app


# the conversation


async def _present(visit: Visit) -> Response:
    """The card as it is, and what was just said."""
    said = visit.request.cookies.get(FLASH)
    replies = tuple(map(read, visit.visitor.said(said))) if said else ()
    response = await _card(visit, replies)
    if said:
        response.delete_cookie(FLASH)
    return response


async def _card(visit: Visit, said: tuple[Reply, ...]) -> Response:
    site = visit.site
    now = await talk.present(site, visit.visitor, visit.language, said)
    if not isinstance(now.card, CardPage):
        return visit.page("text.html", page=now.card, rows=(), title="")
    page = now.card
    return visit.page(
        "card.html",
        words=page.words,
        card=card_view(page),
        turns=turns(now.recent, page.words),
        texts=[(text, ways_of(text, page.words.rubric)) for text in now.texts if isinstance(text, TextPage)],
        known=now.state.session is not None,
    )


async def _say(visit: Visit) -> Response:
    """A tap or a text: applied once, and then seen by a fresh look."""
    form = await form_of(visit.request)
    if not visit.visitor.known or not visit.visitor.is_own(form.own):
        return _lost(visit)
    message = form.said
    if message is None:
        return visit.go(CARD)
    update = talk.update_of(form.own, form.fields.get("do", ""), form.fields.get("text", ""))
    return await _said(visit, message, update)


async def _said(visit: Visit, message: Message, update: int) -> Response:
    answer = await talk.give(visit.site, visit.visitor, visit.language, message, update)
    if answer.place:
        return visit.go(answer.place)
    if visit.scripted:
        return await _card(visit, answer.said)
    telling = [reply for reply in answer.said if not isinstance(reply, Card) or reply.notices or reply.paused]
    flash = visit.visitor.flash([written(reply) for reply in telling])
    if flash is None:
        return await _card(visit, answer.said)
    response = visit.go(CARD)
    if telling:
        visit.set_cookie(response, FLASH, flash, FLASH_SECONDS)
    return response


async def _detail(visit: Visit) -> Response:
    """A longer look, with a way back."""
    reply = reply_at(visit.request.path_params["detail"], visit.request.query_params.get("about", "")[:64])
    if reply is None:
        return visit.page("missing.html", 404)
    state, page = await talk.looked(visit.site, visit.visitor, visit.language, reply)
    if not isinstance(page, TextPage):
        return visit.go(CARD)
    language = state.session.language if state.session else visit.language
    words = visit.words(language)
    return visit.page("text.html", words=words, page=page, rows=ways_of(page, words.rubric))


# links


async def _link(visit: Visit) -> Response:
    """The link to keep opens its window in a browser that has none; any other is asked first."""
    token = visit.request.path_params["token"]
    if not TOKEN.fullmatch(token):
        return visit.page("missing.html", 404)
    if token == visit.visitor.secret:
        return visit.go(CARD)
    own = await visit.site.store.state(visit.visitor.window)
    if own.session is None:
        theirs = await visit.site.store.state(window_of(token))
        if theirs.session is not None:
            visit.visitor = Visitor(window_of(token), token, known=False)
            return visit.go(CARD)
    return visit.page("open.html", token=token, firm=own.session.firm.name if own.session else None, own=own)


async def _follow(visit: Visit) -> Response:
    """This window gets sight of the dossier of a link."""
    form = await form_of(visit.request)
    if not visit.visitor.known or not visit.visitor.is_own(form.own):
        return _lost(visit)
    token = visit.request.path_params["token"]
    return await _said(visit, Followed(token), talk.update_of(form.own, token))


# what goes wrong


def _lost(visit: Visit) -> Response:
    """A form that is none of ours, or of a browser that has forgotten us."""
    return visit.page("lost.html", 403)


async def _unsaved(request: Request, error: Exception) -> Response:
    """Nothing was stored; the same once more does no harm."""
    LOG.error("a message could not be stored: %s", error.trouble.value if isinstance(error, StorageError) else "?")
    visit = Visit(request.app.state.site, request)
    return visit.page("unsaved.html", 503)


async def _too_large(request: Request, _: Exception) -> Response:
    return Visit(request.app.state.site, request).page("too_large.html", 413)


async def _missing(request: Request, _: Exception) -> Response:
    return Visit(request.app.state.site, request).page("missing.html", 404)


async def _robots(_: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")
