"""What portal and staff ask of the statistics, as the SQL that Django makes of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from commissions.models import Programme
from commissions.statistics import by_day_and_status
from publishers.models import Publisher

Question = tuple[str, Sequence[Any]]


def month_of_publisher(programme: Programme, publisher: Publisher, month: date) -> Question:
    """P6: a publisher's month by day and status. month: its first day."""
    rows = by_day_and_status(programme, month, _next(month), publisher)
    return rows.query.sql_with_params()


def month_of_network(programme: Programme, month: date) -> Question:
    """P7: the staff's month by day and status, over all publishers. month: its first day."""
    return by_day_and_status(programme, month, _next(month)).query.sql_with_params()


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
