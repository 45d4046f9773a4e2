"""The addresses of the page."""

import logging
from collections.abc import Awaitable, Callable
from math import ceil

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.http.health import HEALTHZ, READYZ
from bot.web import calendars, conversation, downloads, links, mails, telegram, verify
from bot.web.assets import asset
from bot.web.forms import TooLargeError
from bot.web.guard import Guard
from bot.web.painter import environment
from bot.web.places import CARD, RENEWED, VERIFY
from bot.web.site import Site
from bot.web.visit import CrowdedError, Handler, LostError, Visit
from scoring.errors import MissingEditionError
from storage.errors import DamagedRowError, StorageError, is_newer

LOG = logging.getLogger("shuping.web")

MOMENT = 2
"""Seconds until a browser tries again what a newer process can do."""
Tell = Callable[[Request, Exception], Awaitable[Response]]


def application(site: Site) -> ASGIApp:
    """The page as an ASGI application. The guard is before all of it, so that it sees what goes wrong, too."""
    environment()

    def at(path: str, handler: Handler, method: str = "GET") -> Route:
        async def answer(request: Request) -> Response:
            visit = Visit(site, request)
            visit.limited(site.limits.request(visit.client, visit.visitor.window if visit.visitor.known else None))
            return await handler(visit)

        return Route(path, answer, methods=[method])

    app = Starlette(
        routes=[
            at("/", conversation.present),
            at("/say", conversation.say, "POST"),
            at("/d/{detail}", conversation.detail),
            at("/file/{format}", downloads.download),
            at("/keep", links.keep),
            at("/keep/code", links.offer, "POST"),
            at("/keep/renew", links.renew, "POST"),
            at(RENEWED, links.renewed),
            at("/keep/calendar", calendars.remind, "POST"),
            at("/a/{token}", links.arrive),
            at("/open", links.ask),
            at("/open", links.follow, "POST"),
            at("/keep/mail", mails.ask, "POST"),
            at("/keep/mail/end", mails.end, "POST"),
            at("/m/{key}", mails.look_at_confirming),
            at("/m/{key}", mails.confirmed, "POST"),
            at("/u/{key}", mails.look_at_stopping),
            at("/u/{key}", mails.stopped, "POST"),
            at("/code", links.ask_code),
            at("/code", links.take_code, "POST"),
            at("/tg", telegram.door),
            at("/tg", telegram.enter, "POST"),
            at(VERIFY, verify.ask),
            at(VERIFY, verify.typed, "POST"),
            at(f"{VERIFY}/{{code:path}}", verify.scanned),
            Route("/static/{name}", asset),
            Route("/robots.txt", _robots),
            *(Route(path, site.health) for path in (HEALTHZ, READYZ) if site.health),
        ],
        middleware=[Middleware(GZipMiddleware, minimum_size=400)],
        exception_handlers={
            StorageError: _unsaved,
            DamagedRowError: _told("damaged", 500),
            MissingEditionError: _told("edition", 503),
            Exception: _told("broken", 500),
            TooLargeError: _told("too_large", 413),
            ClientDisconnect: _unheard,
            LostError: _told("lost", 403),
            CrowdedError: _crowded,
            404: _missing,
            405: _missing,
        },
    )
    app.state.site = site
    return Guard(app, framed=site.bot_token is not None)


def _told(name: str, status: int) -> Tell:
    async def tell(request: Request, _: Exception) -> Response:
        return Visit(request.app.state.site, request).page(f"{name}.html", status)

    return tell


async def _missing(request: Request, error: Exception) -> Response:
    """There is no such address; to ask for it is a request like any other."""
    visit = Visit(request.app.state.site, request)
    if wait := visit.site.limits.request(visit.client):
        return await _crowded(request, CrowdedError(wait))
    return visit.page("missing.html", error.status_code if isinstance(error, HTTPException) else 404)


async def _unsaved(request: Request, error: Exception) -> Response:
    """Nothing was stored; the same once more does no harm. Where newer processes are, one of them will do it."""
    if is_newer(error):
        return _elsewhere(request)
    LOG.error("a message could not be stored: %s", error.trouble.value if isinstance(error, StorageError) else "?")
    return Visit(request.app.state.site, request).page("unsaved.html", 503)


def _elsewhere(request: Request) -> Response:
    """The browser tries again by itself, as our script does."""
    response = Visit(request.app.state.site, request).page("moment.html", 503)
    response.headers["retry-after"] = str(MOMENT)
    response.headers["refresh"] = f"{MOMENT}" if request.method == "GET" else f"{MOMENT}; url={CARD}"
    return response


async def _crowded(request: Request, error: Exception) -> Response:
    """Too much at once; when it may be tried again."""
    seconds = ceil(error.seconds) if isinstance(error, CrowdedError) else 1
    visit = Visit(request.app.state.site, request)
    response = visit.page("crowded.html", 429, minutes=max(1, ceil(seconds / 60)))
    response.headers["retry-after"] = str(seconds)
    return response


async def _unheard(_: Request, __: Exception) -> Response:
    """Whoever hung up hears no answer, and it is no news for the log."""
    return Response(status_code=400)


async def _robots(_: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")
