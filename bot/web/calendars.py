"""A reminder for the phone's own calendar, at a time that the owner chooses."""

from datetime import datetime, time, timedelta
from hashlib import sha256

from starlette.responses import Response

from bot.dialogue.reader import as_read
from bot.web.calendar import MEDIA_TYPE, event
from bot.web.places import KEEP
from bot.web.visit import Visit

MORNING = time(9)
LONGEST_AHEAD = timedelta(days=400)


def proposed(now: datetime) -> str:
    """Tomorrow morning, as a field for a time takes it."""
    return datetime.combine(now.date() + timedelta(days=1), MORNING).isoformat(timespec="minutes")


async def remind(visit: Visit) -> Response:
    """The calendar's file; for a time that is none, or is over, the page again with a word on it."""
    form = await visit.form()
    state = as_read(await visit.site.store.state(visit.visitor.window))
    zone = visit.site.rules.zone_of(state.window)
    now = visit.site.outside.now().astimezone(zone)
    at = _time(form.get("at"))
    if state.session is None or at is None or not now < at.replace(tzinfo=zone) < now + LONGEST_AHEAD:
        return visit.go(f"{KEEP}?when=wrong")
    words = visit.words(state.session.language)
    address = f"{visit.base}/a/{visit.visitor.secret}" if visit.visitor.keeps else visit.base
    uid = f"{sha256(visit.visitor.window.encode()).hexdigest()[:16]}@shuping"
    title, text = words.text("web.calendar.title"), words.text("web.calendar.text")
    content = event(at, zone, title, text, address, uid, now)
    headers = {"content-disposition": 'attachment; filename="shuping.ics"'}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


def _time(text: str) -> datetime | None:
    """ "2025-03-01T09:00", as a field for a time says it."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.replace(tzinfo=None)
