"""Lines asked for, newest first: page by page without counting, and by the merchant's numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from commissions.cuts.asked import Asked, lines_of
from commissions.models import OrderLine, Programme

PAGE_LINES = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Place:
    """Where a line stands among the others: its instant of placing, and its number."""

    created_at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.created_at - _EPOCH) // _MICROSECOND}-{self.pk}"


def place_of(line: OrderLine) -> Place:
    """Where a line stands."""
    return Place(line.created_at, line.pk)


def place_from(text: str) -> Place | None:
    """A place as its text says it; None where it says none."""
    instant, _, pk = text.partition("-")
    if not (instant.isascii() and instant.isdigit() and pk.isascii() and pk.isdigit()):
        return None
    if len(instant) > 16 or len(pk) > 18:
        return None
    return Place(_EPOCH + int(instant) * _MICROSECOND, int(pk))


@dataclass(frozen=True)
class Page:
    """Lines, the newest first, and where to go on from; None: there is nothing further."""

    lines: Sequence[OrderLine]
    newer: Place | None
    older: Place | None


def in_order(asked: Asked) -> QuerySet[OrderLine]:
    """The lines asked for, the newest first, as pages and files have them."""
    return lines_of(asked).order_by("-created_at", "-pk")


def page_of_lines(
    asked: Asked,
    *,
    after: Place | None = None,
    before: Place | None = None,
    size: int = PAGE_LINES,
) -> Page:
    """A page of the lines asked for: older than `after`, else newer than `before`, else the first.

    Read from the index on, to one line more than the page has: nothing is counted.
    """
    lines = in_order(asked).select_related("programme", "source")
    if before is not None and after is None:
        newer = lines.filter(created_at__gte=before.created_at).exclude(
            created_at=before.created_at, pk__lte=before.pk
        )
        found = list(newer.order_by("created_at", "pk")[: size + 1])
        more, shown = len(found) > size, found[:size][::-1]
        return Page(
            shown, place_of(shown[0]) if more else None, place_of(shown[-1]) if shown else None
        )
    if after is not None:
        lines = lines.filter(created_at__lte=after.created_at).exclude(
            created_at=after.created_at, pk__gte=after.pk
        )
    found = list(lines[: size + 1])
    shown = found[:size]
    return Page(
        shown,
        place_of(shown[0]) if shown and after is not None else None,
        place_of(shown[-1]) if len(found) > size else None,
    )


def with_number(publisher_id: int, number: str) -> QuerySet[OrderLine]:
    """A publisher's lines whose order or sub-order has this number of the merchant's.

    Each is asked by its own index, whatever publisher it is of.
    """
    lines = OrderLine.objects.order_by()
    found = {*lines.filter(order_id=number).values_list("pk", flat=True)[:1_000]}
    # The index of sub-orders begins with the programme.
    programmes = list(Programme.objects.values_list("pk", flat=True))
    subs = lines.filter(programme_id__in=programmes, sub_order_id=number)
    found |= {*subs.values_list("pk", flat=True)[:1_000]}
    owned = OrderLine.objects.filter(Q(pk__in=found), publisher_id=publisher_id)
    return owned.select_related("programme", "source").order_by("-created_at", "-pk")
