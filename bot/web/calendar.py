"""A reminder for the phone's own calendar: one event with an alarm, as a file."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

LASTS = timedelta(minutes=30)
MEDIA_TYPE = "text/calendar; charset=utf-8"


def event(at: datetime, zone: ZoneInfo, title: str, text: str, url: str, uid: str, now: datetime) -> bytes:
    """An event that begins when the clock on the wall in `zone` shows `at`, and rings then.

    Time is written in UTC, which needs no table of the zone: every calendar shows it in the reader's own. The same
    arguments give the same bytes; the same `uid` replaces the event in calendars that have it.
    """
    begins = at.replace(tzinfo=zone).astimezone(UTC)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", timedelta(0))
    entry = Event()
    entry.add("uid", uid)
    entry.add("dtstamp", now.astimezone(UTC))
    entry.add("dtstart", begins)
    entry.add("dtend", begins + LASTS)
    entry.add("summary", title)
    entry.add("description", f"{text}\n{url}")
    entry.add("url", url)
    entry.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//shuping//page//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    return bytes(calendar.to_ical())
