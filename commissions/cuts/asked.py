"""Which lines are asked for: the one selection behind pages, files and their sums."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q, QuerySet

from commissions.cuts.days import Span
from commissions.cuts.enums import SUBS, DateKind, Lacking
from commissions.models import OrderLine, Programme

# The instant that each kind of date means.
INSTANTS = {
    DateKind.PLACED: "created_at",
    DateKind.CLICKED: "click__clicked_at",
    DateKind.SETTLED: "settled_at",
}
# What a line must be, by the name under which it is asked.
FILTERS = {
    "status": "status",
    "reason": "reason",
    "source": "source__code",
    "country": "country",
    "order_id": "order_id",
    "rule": "rule__code",
    **{sub.value: f"click__{sub.value}" for sub in SUBS},
}


@dataclass(frozen=True)
class Asked:
    """A publisher's lines: of a programme (None: of every one), of a period (None: of all time).

    dates: which of a line's instants has to lie in the period, and in `[since, until)` beside it; a
    line without that instant is in neither. filters: (name of FILTERS, value), each to be met.
    lacking: what the lines must not have.
    """

    publisher_id: int
    programme: Programme | None = None
    span: Span | None = None
    dates: DateKind = DateKind.PLACED
    filters: tuple[tuple[str, str], ...] = ()
    lacking: tuple[Lacking, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def of(self, span: Span) -> "Asked":
        """The same of another period."""
        return replace(self, span=span)


def lines_of(asked: Asked) -> QuerySet[OrderLine]:
    """The lines asked for, in no order.

    By the time of placing, an index of the publisher's lines is read from the period's start to
    its end. Other instants have no index of their own: all lines of the publisher are read, and
    with the click's, their clicks by key.
    """
    found = OrderLine.objects.filter(publisher_id=asked.publisher_id)
    if asked.programme is not None:
        found = found.filter(programme_id=asked.programme.pk)
    instant = INSTANTS[asked.dates]
    if asked.span is not None:
        found = found.filter(
            **{f"{instant}__gte": asked.span.starts_at, f"{instant}__lt": asked.span.ends_at}
        )
    if asked.since is not None:
        found = found.filter(**{f"{instant}__gte": asked.since})
    if asked.until is not None:
        found = found.filter(**{f"{instant}__lt": asked.until})
    for name, value in asked.filters:
        found = found.filter(**{FILTERS[name]: value})
    for what in asked.lacking:
        found = found.filter(_lacks(what))
    return found


def _lacks(what: Lacking) -> Q:
    if what == Lacking.RULE:
        return Q(rule__isnull=True)
    if what == Lacking.CLICK:
        return Q(click__isnull=True)
    return Q(click__isnull=False, **{f"click__{what.value}": ""})
