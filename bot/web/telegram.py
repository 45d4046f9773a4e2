"""The door for Telegram: the same page inside its app, looking through the window of the person's own chat."""

from starlette.responses import Response

from bot.web.forms import form_of
from bot.web.mini_app import LARGEST, SESSION_LASTS, issue, session_key, verify
from bot.web.places import CARD
from bot.web.visit import Visit
from bot.web.visitor import inside_telegram


async def door(visit: Visit) -> Response:
    """What Telegram opens: who it is stands in the part of the address that only the browser knows, so our script
    sends it on."""
    response = visit.page("mini_app.html", refused=False)
    response.headers["referrer-policy"] = "same-origin"  # or its form would come from "null"
    return response


async def enter(visit: Visit) -> Response:
    """Who it is, signed by Telegram: from now on, this browser looks through the window of their chat."""
    form = await form_of(visit.request, LARGEST * 2)
    token, now = visit.site.bot_token, visit.site.outside.now()
    user = verify(form.get("init"), token, now) if token and _is_ours(visit) else None
    if token is None or user is None:
        return visit.page("mini_app.html", 403, refused=True)
    sign = issue(user.id, now, session_key(token))
    visit.visitor = inside_telegram(user.id, sign)
    response = visit.go(CARD)
    visit.set_cookie(response, visit.cookie, sign, int(SESSION_LASTS.total_seconds()))
    return response


def _is_ours(visit: Visit) -> bool:
    """The form stood on our page: nobody else's may make a browser look through the window of their chat."""
    here = visit.request.url
    return visit.request.headers.get("origin") == f"{here.scheme}://{here.netloc}"
