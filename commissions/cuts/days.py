"""Whole days on somebody's clock: presets, the period before, and where days, weeks, months begin.

Days are reckoned here alone, and the database is given the instants: so a page, its table and the
orders behind a row cannot differ by an hour, whatever either knows of a zone's summer time.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from commissions.cuts.enums import CutBy, Preset

DAY = timedelta(days=1)
LONGEST_PERIOD = 3_660  # days
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


@cache
def known_zones() -> frozenset[str]:
    """Every clock by its name, such as Europe/Moscow."""
    return frozenset(name for name in available_timezones() if name[0].isupper())


@dataclass(frozen=True)
class Span:
    """The whole days `[first, end)` on the clock of `zone`."""

    first: date
    end: date
    zone: str

    @property
    def last(self) -> date:
        """The last day that is in it."""
        return self.end - DAY

    @property
    def days(self) -> int:
        """How many days there are in it."""
        return (self.end - self.first).days

    @property
    def starts_at(self) -> datetime:
        """The instant at which it begins."""
        return midnight(self.first, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The instant before which it ends."""
        return midnight(self.end, self.zone)


def midnight(day: date, zone: str) -> datetime:
    """The instant at which a day begins; where clocks jump over midnight, that of the jump."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def today(at: datetime, zone: str) -> date:
    """The day of an instant on the clock of `zone`."""
    return at.astimezone(ZoneInfo(zone)).date()


def month_of(day: date, by: int = 0) -> date:
    """The first day of the month so many months after that of `day` (before, where below 0)."""
    years, rest = divmod(day.month - 1 + by, 12)
    return date(day.year + years, rest + 1, 1)


def preset(name: str, on: date, zone: str) -> tuple[Span, Span]:
    """A period by its name, as of a day, and the one before it.

    A month or year that runs is held against as many days of the one before.
    """
    month, year, tomorrow = month_of(on), date(on.year, 1, 1), on + DAY
    if name == Preset.LAST_MONTH:
        former = month_of(on, -1)
        return Span(former, month, zone), Span(month_of(on, -2), former, zone)
    if name == Preset.THIS_YEAR:
        before = date(year.year - 1, 1, 1)
        return Span(year, tomorrow, zone), Span(before, _year_before(on) + DAY, zone)
    if name == Preset.THIS_MONTH:
        before, so_far = month_of(on, -1), tomorrow - month
        return Span(month, tomorrow, zone), Span(before, min(before + so_far, month), zone)
    first, end = {
        Preset.TODAY: (on, tomorrow),
        Preset.YESTERDAY: (on - DAY, on),
        Preset.SEVEN_DAYS: (on - 6 * DAY, tomorrow),
    }[Preset(name)]
    return Span(first, end, zone), Span(first - (end - first), first, zone)


def own_period(first: date, last: date, zone: str) -> tuple[Span, Span]:
    """The days from `first` to `last`, both in it, and the period before.

    As many days before; whole months are held against as many whole months.
    """
    end = last + DAY
    before = first - (end - first)
    if first.day == 1 and end.day == 1:
        months = (end.year - first.year) * 12 + end.month - first.month
        before = month_of(first, -months)
    return Span(first, end, zone), Span(before, first, zone)


def _year_before(day: date) -> date:
    return date(day.year - 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def buckets(span: Span, by: CutBy) -> list[Span]:
    """The days, weeks (from Monday) or months of a period, those at its ends cut off by it."""
    starts = [span.first]
    while (following := _next(starts[-1], by)) < span.end:
        starts.append(following)
    ends = [*starts[1:], span.end]
    return [Span(first, end, span.zone) for first, end in zip(starts, ends, strict=True)]


def _next(day: date, by: CutBy) -> date:
    if by == CutBy.DAY:
        return day + DAY
    return month_of(day, 1) if by == CutBy.MONTH else day + (7 - day.weekday()) * DAY
