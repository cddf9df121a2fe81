"""What the apps above ask of this one. Keys in, plain tuples out, one query each.

Where there may be tens of thousands, keys come as a column, and rows go out unread: whoever asks
reads them as tuples or, without making any, as columns.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import polars as pl
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from publishers.arrays import text_array
from publishers.enums import Permission
from publishers.models import (
    AccountBlock,
    Agreement,
    Click,
    Publisher,
    Source,
    SourceApproval,
    SourceSuspension,
    TrafficPermission,
    TrafficType,
)

Instant = datetime | None


def among(keys: pl.Series) -> RawSQL:
    """Texts for an `__in` as one parameter: thousands of placeholders cost more than the asking."""
    return RawSQL("SELECT unnest(%s::text[])", (text_array(keys),))


def among_ids(ids: Iterable[int]) -> RawSQL:
    """The same for numbers."""
    return RawSQL("SELECT unnest(%s::bigint[])", (list(ids),))


def clicks_by_id(click_ids: pl.Series) -> QuerySet[Click, tuple[Any, ...]]:
    """(id, click id, source id, clicked at, landing product) of the clicks known."""
    return Click.objects.filter(click_id__in=among(click_ids)).values_list(
        "id", "click_id", "source_id", "clicked_at", "landing_product_id"
    )


def sources_by(*, codes: pl.Series, ids: Iterable[int]) -> QuerySet[Source, tuple[Any, ...]]:
    """(id, code, publisher id, traffic type) of sources by their codes or ids."""
    by_code = Source.objects.filter(code__in=among(codes))
    found = by_code | Source.objects.filter(id__in=among_ids(ids))
    return found.values_list("id", "code", "publisher_id", "traffic_type__code")


def approvals(source_ids: Sequence[int]) -> list[tuple[int, Instant, Instant]]:
    """(source id, from, to) of every period of approval, ended where a suspension ends it."""
    standing = SourceSuspension.objects.filter(
        source_id__in=among_ids(source_ids), undone_at__isnull=True
    )
    suspended: dict[int, list[datetime]] = defaultdict(list)
    for source_id, at in standing.order_by("suspended_at").values_list("source_id", "suspended_at"):
        suspended[source_id].append(at)
    found = SourceApproval.objects.filter(source_id__in=among_ids(source_ids))
    return [
        (source_id, start, _ended(start, end, suspended[source_id]))
        for source_id, start, end in found.values_list("source_id", "valid_from", "valid_to")
    ]


def _ended(start: datetime, end: Instant, suspended: Sequence[datetime]) -> Instant:
    """Where a period of approval ends that suspensions cut: at the first after its start."""
    within = (at for at in suspended if start < at and (end is None or at < end))
    return next(within, end)


def approved_at(at: datetime) -> QuerySet[SourceApproval]:
    """The approvals in force at an instant, without those that a suspension has ended."""
    ended = SourceSuspension.objects.filter(
        source=OuterRef("source"),
        undone_at__isnull=True,
        suspended_at__gt=OuterRef("valid_from"),
        suspended_at__lte=at,
    )
    return SourceApproval.objects.in_force(at).exclude(Exists(ended))


def agreements(publisher_ids: Sequence[int]) -> list[tuple[int, str, Instant, Instant]]:
    """(publisher id, traffic type, from, to) of every agreement."""
    found = Agreement.objects.filter(publisher_id__in=among_ids(publisher_ids))
    return list(found.values_list("publisher_id", "traffic_type__code", "valid_from", "valid_to"))


def permissions(programme_code: str) -> list[tuple[str, bool, Instant, Instant]]:
    """(traffic type, permitted without an agreement, from, to) of a programme."""
    found = TrafficPermission.objects.filter(programme_code=programme_code)
    return [
        (code, permission == Permission.PERMITTED, start, end)
        for code, permission, start, end in found.values_list(
            "traffic_type__code", "permission", "valid_from", "valid_to"
        )
    ]


def permissions_at(programme_code: str, at: datetime) -> list[tuple[str, str, str, str]]:
    """(traffic type, permission, condition in English, in Russian) of every type at an instant.

    A type that nothing was said of is permitted.
    """
    rows = TrafficPermission.objects.filter(programme_code=programme_code).in_force(at)
    said = {
        row[0]: row
        for row in rows.values_list("traffic_type__code", "permission", "note_en", "note_ru")
    }
    codes = TrafficType.objects.order_by("code").values_list("code", flat=True)
    return [said.get(code, (code, Permission.PERMITTED.value, "", "")) for code in codes]


def blocked_ids(publisher_ids: Sequence[int]) -> frozenset[int]:
    """Those of the publishers whose account is blocked."""
    found = AccountBlock.objects.filter(
        publisher_id__in=among_ids(publisher_ids), valid_to__isnull=True
    )
    return frozenset(found.values_list("publisher_id", flat=True))


def is_blocked(publisher_id: int) -> bool:
    """Whether the account is blocked as things stand."""
    return publisher_id in blocked_ids([publisher_id])


def payable(publisher_ids: Sequence[int]) -> frozenset[int]:
    """Those of the publishers who may be paid as things stand: whose account is not blocked."""
    return frozenset(publisher_ids) - blocked_ids(publisher_ids)


def is_payable(publisher_id: int) -> bool:
    """Whether the publisher may be paid as things stand."""
    return publisher_id in payable([publisher_id])


def publisher_by_source(codes: Sequence[str]) -> dict[str, int]:
    """Publisher id by source code, for the codes registered."""
    return dict(Source.objects.filter(code__in=codes).values_list("code", "publisher_id"))


def publisher_by_code(codes: Sequence[str]) -> dict[str, int]:
    """Publisher id by publisher code, for the codes registered."""
    return dict(Publisher.objects.filter(code__in=codes).values_list("code", "id"))


class SourceState(NamedTuple):
    """A source of a publisher, and whether it is approved at the moment that was asked for."""

    id: int
    code: str
    title: str
    approved: bool


def source_states(publisher_id: int, at: datetime) -> list[SourceState]:
    """A publisher's sources: approved ones first, then by title."""
    found = (
        Source.objects.filter(publisher_id=publisher_id)
        .annotate(approved=Exists(approved_at(at).filter(source=OuterRef("pk"))))
        .order_by("-approved", "title", "code")
    )
    return [SourceState(*row) for row in found.values_list("id", "code", "title", "approved")]


def sources_of(publisher_id: int) -> list[tuple[str, str]]:
    """(code, title) of a publisher's sources, by title."""
    found = Source.objects.filter(publisher_id=publisher_id).order_by("title", "code")
    return list(found.values_list("code", "title"))
