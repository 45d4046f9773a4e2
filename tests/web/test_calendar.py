"""The reminder for the phone's calendar, read back by the library and line by line."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Component

from bot.web.calendar import event

NOW = datetime(2025, 3, 1, 8, 0, tzinfo=UTC)
AT = datetime(2025, 3, 4, 9, 30)  # noqa: DTZ001  # as the clock on the wall shows it
SHANGHAI = ZoneInfo("Asia/Shanghai")
URL = f"https://shuping.example/a/{'0123456789abcdef' * 2}"
TITLE, TEXT = (
    "继续做数字化水平评测",
    "还剩 12 项，大约 6 分钟。\n打开下面的链接，从上次的地方接着做；逗号, 分号; 反斜线 \\ 都不丢。",
)


def made(**changed: object) -> bytes:
    given_ = {"at": AT, "zone": SHANGHAI, "title": TITLE, "text": TEXT, "url": URL, "uid": "u@shuping", "now": NOW}
    return event(**{**given_, **changed})  # type: ignore[arg-type]


def the(file: bytes, name: str) -> Component:
    (found,) = Calendar.from_ical(file.decode()).walk(name)
    return found


def test_what_is_written_is_read_back() -> None:
    entry = the(made(), "VEVENT")
    assert entry.decoded("dtstart") == datetime(2025, 3, 4, 1, 30, tzinfo=UTC)
    assert entry.decoded("dtend") - entry.decoded("dtstart") == timedelta(minutes=30)
    assert entry.decoded("dtstamp") == NOW
    assert (str(entry["summary"]), str(entry["url"]), str(entry["uid"])) == (TITLE, URL, "u@shuping")
    assert str(entry["description"]) == f"{TEXT}\n{URL}"


def test_it_rings_when_it_begins() -> None:
    alarm = the(made(), "VALARM")
    assert (str(alarm["action"]), alarm.decoded("trigger"), str(alarm["description"])) == (
        "DISPLAY",
        timedelta(0),
        TITLE,
    )


def test_the_file_is_as_calendars_want_it() -> None:
    file = made(title="评" * 200)
    lines = file.decode().split("\r\n")
    assert "\n" not in "".join(lines)
    assert max(len(line.encode()) for line in lines) <= 75
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert {"VERSION:2.0", "METHOD:PUBLISH"} <= set(lines)


def test_the_same_reminder_is_the_same_file() -> None:
    assert made() == made()


@pytest.mark.parametrize(
    ("zone", "hour"), [("Asia/Shanghai", 1), ("Asia/Urumqi", 3), ("Europe/Berlin", 8), ("America/New_York", 14)]
)
def test_the_time_is_that_of_the_wall(zone: str, hour: int) -> None:
    assert the(made(zone=ZoneInfo(zone)), "VEVENT").decoded("dtstart").hour == hour


def test_an_hour_that_the_clock_leaves_out_is_no_fault() -> None:
    skipped = datetime(2025, 3, 30, 2, 30)  # noqa: DTZ001
    begins = the(made(at=skipped, zone=ZoneInfo("Europe/Berlin")), "VEVENT").decoded("dtstart")
    assert begins == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), min_size=1, max_size=200))
def test_no_title_breaks_out_of_its_line(title: str) -> None:
    file = made(title=title)
    assert max(len(line) for line in file.split(b"\r\n")) <= 75
    assert str(the(file, "VEVENT")["summary"]).split() == title.split()


def test_a_line_break_in_a_title_begins_no_property() -> None:
    entry = the(made(title="a\r\nATTENDEE:mailto:x@example.com\nRRULE:FREQ=DAILY"), "VEVENT")
    assert "attendee" not in entry
    assert "rrule" not in entry
