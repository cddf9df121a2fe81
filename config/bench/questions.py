"""What portal and staff ask of the statistics, as the SQL that Django makes of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from commissions.models import DailyTotal, Programme
from publishers.models import Publisher

Question = tuple[str, Sequence[Any]]


def month_of_publisher(programme: Programme, publisher: Publisher, month: date) -> Question:
    """P6: a publisher's month by day and status. month: its first day."""
    totals = _of_month(programme, month).filter(publisher=publisher)
    return _by_day_and_status(totals)


def month_of_network(programme: Programme, month: date) -> Question:
    """P7: the staff's month by day and status, over all publishers. month: its first day."""
    return _by_day_and_status(_of_month(programme, month))


def _of_month(programme: Programme, month: date) -> QuerySet[DailyTotal]:
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return DailyTotal.objects.filter(programme=programme, day__gte=month, day__lt=after)


def _by_day_and_status(totals: QuerySet[DailyTotal]) -> Question:
    summed = totals.values("day", "status").annotate(
        all_lines=Sum("lines"), base=Sum("base_cents"), commission=Sum("commission_cents")
    )
    return summed.order_by("day", "status").query.sql_with_params()
