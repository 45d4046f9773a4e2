"""When to remind somebody of an unfinished assessment: rarely, by day, and never in bursts."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class Schedule:
    """Reminders after these times of idleness, within this window of the person's day (end excluded)."""

    after: tuple[timedelta, ...]
    opens: time
    closes: time


def next_reminder(schedule: Schedule, zone: tzinfo, idle_since: datetime, now: datetime) -> datetime | None:
    """The next time to remind, in UTC; None once all have had their turn.

    What fell due while nobody could send it is not made up for: only times still to come count, so that a long
    silence of ours ends in one reminder, not three.
    """
    since = idle_since.astimezone(UTC)  # else a day would have 23 hours when clocks change
    coming = (since + wait for wait in sorted(schedule.after))
    due = next((moment for moment in coming if moment > now), None)
    return None if due is None else into_window(schedule, zone, due)


def into_window(schedule: Schedule, zone: tzinfo, moment: datetime) -> datetime:
    """The moment itself, or the next opening of the window, in UTC."""
    local = moment.astimezone(zone)
    if schedule.opens <= local.time() < schedule.closes:
        return moment.astimezone(UTC)
    day = local.date() if local.time() < schedule.opens else local.date() + timedelta(days=1)
    return datetime.combine(day, schedule.opens, zone).astimezone(UTC)
