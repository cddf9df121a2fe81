"""The statistics: what every page, the API and the benchmark ask of the totals.

The totals are right at every moment: they are kept in the transaction that changes the lines.
Amounts are cents; days are whole days on the programme's clock.
"""

from datetime import date
from typing import Any

from django.db.models import Max, Min, QuerySet, Sum

from commissions.models import DailyTotal, NetworkTotal, Programme
from publishers.models import Publisher

_FIGURES = ("lines", "base_cents", "commission_cents")


def by_day_and_status(
    programme: Programme, first_day: date, end_day: date, publisher: Publisher | None = None
) -> QuerySet[Any, Any]:
    """Rows of day, status, lines, base_cents, commission_cents, in the order of day and status.

    From `first_day` to before `end_day`; of one publisher, or of the whole network with the lines
    that are nobody's. Each row is stored as it is given: the key makes adding up unnecessary.
    """
    totals: QuerySet[Any] = (
        NetworkTotal.objects.all()
        if publisher is None
        else DailyTotal.objects.filter(publisher=publisher)
    )
    found = totals.filter(programme=programme, day__gte=first_day, day__lt=end_day, lines__gt=0)
    return found.order_by("day", "status").values_list("day", "status", *_FIGURES, named=True)


def by_status(publisher: Publisher) -> QuerySet[DailyTotal, Any]:
    """All lines of a publisher: rows of status, programme__currency and the sums `..._sum`."""
    found = DailyTotal.objects.filter(publisher=publisher).values("status", "programme__currency")
    return (
        found.annotate(
            lines_sum=Sum("lines"),
            base_cents_sum=Sum("base_cents"),
            commission_cents_sum=Sum("commission_cents"),
        )
        .filter(lines_sum__gt=0)
        .order_by("status", "programme__currency")
    )


def by_status_of_network() -> QuerySet[NetworkTotal, Any]:
    """All lines there are, of every programme: rows of status and the sums `..._sum`."""
    found = NetworkTotal.objects.values("status").annotate(
        lines_sum=Sum("lines"),
        base_cents_sum=Sum("base_cents"),
        commission_cents_sum=Sum("commission_cents"),
    )
    return found.filter(lines_sum__gt=0).order_by("status")


def first_and_last_day(programme: Programme) -> tuple[date, date] | None:
    """The days of the first and of the latest order of a programme; None where there is none."""
    found = NetworkTotal.objects.filter(programme=programme, lines__gt=0)
    days = found.aggregate(first=Min("day"), last=Max("day"))
    return (days["first"], days["last"]) if days["first"] else None


def last_day_of(
    publisher: Publisher, programme: Programme, *, earning: bool = False
) -> date | None:
    """The day of a publisher's latest order in a programme; None where it has none.

    earning: of the latest that earns.
    """
    found = DailyTotal.objects.filter(publisher=publisher, programme=programme, lines__gt=0)
    if earning:
        found = found.filter(commission_cents__gt=0)
    day: date | None = found.aggregate(last=Max("day"))["last"]
    return day
