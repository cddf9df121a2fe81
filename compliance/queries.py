"""What jobs and screens ask of compliance."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from compliance.enums import PolicyMode
from compliance.models import ReviewText, ViolationPolicy
from publishers import queries as publishers


def unscanned(at: datetime) -> QuerySet[ReviewText]:
    """Texts posted by `at` that the job has to look at.

    Those it never saw, and those with a code that belonged to nobody then and does now.
    """
    unread = Q(scanned_at__isnull=True)
    return ReviewText.objects.filter(unread | Q(pk__in=named_since()), posted_at__lte=at)


def named_since() -> list[int]:
    """Texts with a code in a link that has been registered since they were scanned."""
    waiting = dict(ReviewText.objects.exclude(unknown_codes=[]).values_list("pk", "unknown_codes"))
    if not waiting:
        return []
    codes = [code.partition(":")[2] for unknown in waiting.values() for code in unknown]
    known = {f"source:{code}" for code in publishers.publisher_by_source(codes)}
    known |= {f"publisher:{code}" for code in publishers.publisher_by_code(codes)}
    return [pk for pk, unknown in waiting.items() if not known.isdisjoint(unknown)]


def may_carry_link() -> Q:
    """Texts that name one of the hosts whose links are looked for: the others cannot carry one.

    Serves only to find out when the job next has something to judge; every text is scanned.
    """
    hosts = (
        *settings.PERMILLE_TRACKING_HOSTS,
        *settings.PERMILLE_SITE_HOSTS,
        *settings.PERMILLE_MERCHANT_DOMAINS,
    )
    named = Q()
    for host in hosts:
        named |= Q(text__icontains=host)
    return named


def policy_at(kind: str, at: datetime) -> tuple[str, int | None]:
    """What the job does with a case found at an instant: the mode, and days to answer."""
    row = ViolationPolicy.objects.in_force(at).filter(kind=kind).first()
    return (row.mode, row.answer_days) if row else (PolicyMode.AT_ONCE, None)
