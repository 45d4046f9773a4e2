"""When to remind, with a clock that is moved: windows, time zones, daylight saving, long downtimes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reminders import Schedule, into_window, next_reminder

SHANGHAI, NEW_YORK, BERLIN = (ZoneInfo(name) for name in ("Asia/Shanghai", "America/New_York", "Europe/Berlin"))
DAY = timedelta(days=1)
USUAL = Schedule((DAY, 3 * DAY, 7 * DAY), time(9), time(20))
NIGHT = Schedule((DAY,), time(2, 30), time(3, 30))
ZONES = ("Asia/Shanghai", "Asia/Kathmandu", "America/New_York", "Europe/Berlin", "Pacific/Apia", "Australia/Lord_Howe")


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_three_reminders_and_then_none() -> None:
    idle = now = at("2024-09-02T10:00")
    due = []
    while (following := next_reminder(USUAL, SHANGHAI, idle, now)) is not None:
        due.append(now := following)
    assert due == [at("2024-09-03T10:00"), at("2024-09-05T10:00"), at("2024-09-09T10:00")]


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2024-09-02T08:59:59", "2024-09-02T09:00"),
        ("2024-09-02T09:00:00", "2024-09-02T09:00"),
        ("2024-09-02T19:59:59", "2024-09-02T19:59:59"),
        ("2024-09-02T20:00:00", "2024-09-03T09:00"),
        ("2024-12-31T23:30:00", "2025-01-01T09:00"),
        ("2024-02-29T21:00:00", "2024-03-01T09:00"),
    ],
)
def test_the_window_of_the_day(moment: str, opens: str) -> None:
    for zone in (SHANGHAI, NEW_YORK, BERLIN):
        due = into_window(USUAL, zone, at(moment, zone))
        assert due == at(opens, zone)
        assert due.tzinfo is UTC


def test_it_is_the_persons_day_that_counts() -> None:
    """Three in the morning in Shanghai is the afternoon before in New York."""
    moment = at("2024-09-03T03:00")
    assert into_window(USUAL, SHANGHAI, moment) == at("2024-09-03T09:00")
    assert into_window(USUAL, NEW_YORK, moment) == moment


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2025-03-30T00:00", "2025-03-30T03:30"),  # 2:30 does not exist that night
        ("2025-10-26T00:00", "2025-10-26T02:30"),  # 2:30 comes twice: the first
        ("2025-03-29T22:00", "2025-03-30T03:30"),
    ],
)
def test_the_nights_when_clocks_change(moment: str, opens: str) -> None:
    due = into_window(NIGHT, BERLIN, at(moment, BERLIN)).astimezone(BERLIN)
    assert due.replace(tzinfo=None) == datetime.fromisoformat(opens)
    assert due.utcoffset() == timedelta(hours=2)


def test_a_day_of_idleness_is_twenty_four_hours_also_when_clocks_change() -> None:
    idle = at("2025-03-29T12:00", BERLIN)
    due = next_reminder(USUAL, BERLIN, idle, idle)
    assert due is not None
    assert due.astimezone(BERLIN).hour == 13


def test_what_fell_due_in_a_downtime_is_not_made_up_for() -> None:
    idle = at("2024-09-02T10:00")
    assert next_reminder(USUAL, SHANGHAI, idle, idle + 4 * DAY) == at("2024-09-09T10:00")
    assert next_reminder(USUAL, SHANGHAI, idle, idle + 8 * DAY) is None


def test_a_clock_that_is_set_back_brings_no_burst() -> None:
    """Reminded, and then the clock shows yesterday: the next one is still to come, and still the last but one."""
    idle = at("2024-09-02T10:00")
    assert next_reminder(USUAL, SHANGHAI, idle, idle - DAY) == at("2024-09-03T10:00")


def test_no_times_are_no_reminders() -> None:
    assert (
        next_reminder(Schedule((), time(9), time(20)), SHANGHAI, at("2024-09-02T10:00"), at("2024-09-02T10:00")) is None
    )


moments = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, st.sampled_from(ZONES), st.times(), st.times())
def test_any_moment_comes_into_the_window_and_within_two_days(
    moment: datetime, zone: str, one: time, other: time
) -> None:
    opens, closes = sorted((one.replace(fold=0), other.replace(fold=0)))
    if opens == closes:
        return
    due = into_window(Schedule((), opens, closes), ZoneInfo(zone), moment)
    assert moment <= due <= moment + 2 * DAY + timedelta(hours=1)
    local = due.astimezone(ZoneInfo(zone))
    in_gap = local.astimezone(UTC).astimezone(ZoneInfo(zone)).time() != opens and due != moment
    assert opens <= local.time() < closes or in_gap


@given(moments, st.timedeltas(timedelta(0), timedelta(days=30)), st.sampled_from(ZONES))
def test_the_next_reminder_lies_ahead(idle: datetime, passed: timedelta, zone: str) -> None:
    due = next_reminder(USUAL, ZoneInfo(zone), idle, idle + passed)
    assert due is None if passed >= 7 * DAY else due is not None and due > idle + passed
