"""What stretches of time are judged together: days, weeks and four weeks, each of them once."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

ORIGIN = datetime(1970, 1, 5, tzinfo=UTC)  # a Monday; every window starts whole spans from it
DAY = timedelta(days=1)
# Shorter first. What comes in great numbers is found within a day; a trickle needs longer.
SPANS = (DAY, 7 * DAY, 28 * DAY)
# The feed of a day comes the day after.
SETTLING = DAY
# The time of day at which the watch is due.
DUE = timedelta(hours=3)


def start_of(instant: datetime, span: timedelta) -> datetime:
    """The start of the window that holds an instant."""
    return ORIGIN + (instant - ORIGIN) // span * span


def due_at(instant: datetime) -> datetime:
    """The first due time of the watch at or after an instant."""
    return start_of(instant - DUE - timedelta(microseconds=1), DAY) + DAY + DUE


def judged_at(window_end: datetime) -> datetime:
    """When a window is judged: its facts have had time to come."""
    return due_at(window_end + SETTLING)


def late_starts(days: Iterable[datetime], span: timedelta, judged_to: datetime) -> list[datetime]:
    """The windows judged already that hold one of these days."""
    starts = {start_of(day, span) for day in days}
    return sorted(start for start in starts if start + span <= judged_to)
