"""Which pages of approved sources are due to be looked at again, and when the next look is."""

import hashlib
from datetime import UTC, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from compliance.detectors.thresholds import Limits
from compliance.models import Moderation, PageWatch
from compliance.watching.settings import ThresholdHistory
from publishers.models import AccountBlock
from publishers.queries import approved_at

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def page_limits(at: datetime) -> Limits:
    """The thresholds in force: `page_days` between looks, `page_failures` on end."""
    return ThresholdHistory().at(at)


def interval(limits: Limits) -> timedelta:
    """The time from one look to the next."""
    return timedelta(days=limits["page_days"])


def next_look(source_id: int, *, after: datetime, every: timedelta) -> datetime:
    """The source's own moment of the interval that comes half an interval after `after`, or later.

    Moments are spread over the interval, so that sources approved together are looked at one by
    one. Looks are half an interval apart at least and one and a half at most; as a rule, one.
    """
    number = int(hashlib.sha256(str(source_id).encode()).hexdigest()[:15], 16)
    moment = EPOCH + timedelta(seconds=number % int(every.total_seconds()))
    return moment + ((after + every / 2 - moment) // every + 1) * every


def watch_page(moderation: Moderation, *, at: datetime) -> None:
    """Have the page of a source that a round has just approved looked at from now on.

    What it says has no address: there is no page to look at any more.
    """
    source_id, statement = moderation.source_id, moderation.statement
    if statement is None or not statement.url:
        PageWatch.objects.filter(source_id=source_id).delete()
        return
    due = next_look(source_id, after=at, every=interval(page_limits(at)))
    PageWatch.objects.update_or_create(
        source_id=source_id,
        defaults={
            "approved": moderation,
            "counted_from": at,
            "due_at": due,
            "failures": 0,
            "failing_since": None,
        },
    )


def due_pages(at: datetime) -> QuerySet[PageWatch]:
    """The pages to be looked at by `at`, those that wait longest first.

    Only of sources whose approval stands and whose account is not blocked. An interval that was
    made shorter holds for looks that were planned before, too.
    """
    overdue = Q(counted_from__lte=at - interval(page_limits(at)) * 3 // 2)
    blocked = AccountBlock.objects.filter(
        publisher=OuterRef("source__publisher"), valid_to__isnull=True
    )
    return PageWatch.objects.filter(
        Q(due_at__lte=at) | overdue,
        Exists(approved_at(at).filter(source=OuterRef("source"))),
        ~Exists(blocked),
    ).order_by("due_at", "id")
