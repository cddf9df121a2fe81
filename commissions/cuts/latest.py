"""When a publisher last had something, on any clock."""

from datetime import date

from commissions import statistics
from commissions.cuts.days import DAY, Span, today
from commissions.models import OrderLine, Programme
from publishers.models import Publisher


def last_day_of(
    publisher: Publisher, programme: Programme, zone: str, *, earning: bool = False
) -> date | None:
    """The day on the clock of `zone` of a publisher's latest order; None where it has none.

    earning: of the latest that earns. The totals tell the programme's day; only on another clock
    are the lines of that one day asked.
    """
    day = statistics.last_day_of(publisher, programme, earning=earning)
    if day is None or zone == programme.time_zone:
        return day
    span = Span(day, day + DAY, programme.time_zone)
    lines = OrderLine.objects.filter(
        publisher=publisher,
        programme=programme,
        created_at__gte=span.starts_at,
        created_at__lt=span.ends_at,
    )
    if earning:
        lines = lines.filter(commission_cents__gt=0)
    last = lines.order_by("-created_at").values_list("created_at", flat=True).first()
    return day if last is None else today(last, zone)
