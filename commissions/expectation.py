"""When a line's money comes: what it waits for, and by which day, from what was measured (F22)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from commissions.enums import FeedStatus, LineStatus
from commissions.models import ConfirmationTime, OrderLine


class Waits(StrEnum):
    """What a line waits for."""

    NOTHING = "nothing"
    RECEIPT = "receipt"
    SETTLEMENT = "settlement"
    AGE = "age"


@dataclass(frozen=True)
class Expectation:
    """What a line waits for, and the days on the programme's clock by which it is likely over.

    likely: half of the orders were settled by then; late: nine in ten. None: nothing was measured.
    For age both are the day on which it is reached. overdue: the later day is past.
    """

    waits: Waits
    likely: date | None = None
    late: date | None = None
    overdue: bool = False


def expectation(line: OrderLine, at: datetime) -> Expectation:
    """What to expect of a line, its programme and that's confirmation time read, as of `at`."""
    if line.status not in (LineStatus.WAITING, LineStatus.HOLD):
        return Expectation(Waits.NOTHING)
    programme = line.programme
    of_age = line.created_at + timedelta(days=programme.minimum_age_days)
    zone = ZoneInfo(programme.time_zone)
    if line.feed_status == FeedStatus.COMPLETED_SETTLEMENT:
        day = of_age.astimezone(zone).date()
        return Expectation(Waits.AGE, day, day, of_age < at)
    waits = Waits.RECEIPT if line.feed_status == FeedStatus.PAYMENT_COMPLETED else Waits.SETTLEMENT
    measured: ConfirmationTime | None = getattr(programme, "confirmation_time", None)
    if measured is None:
        return Expectation(waits)
    likely, late = (
        max(line.created_at + timedelta(days=taken), of_age)
        for taken in (measured.median_days, measured.slow_days)
    )
    return Expectation(
        waits, likely.astimezone(zone).date(), late.astimezone(zone).date(), late < at
    )
