"""Review texts: kept, and scanned by the job for links that name a publisher (F37)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from commissions.pipeline.locks import lock_all_books
from compliance.enums import ViolationKind
from compliance.models import Case, ReviewText
from compliance.operations.opening import open_case
from compliance.queries import unscanned
from compliance.review_evidence import accusations

SCAN_BATCH = 2_000


def keep_reviews(*, reviews: Iterable[Mapping[str, Any]]) -> int:
    """Keep review texts for the job that scans them; a text kept already is left as it is.

    reviews: mappings of review_id, product_id, author, posted_at (aware), text.
    Returns how many were new.
    """
    before = ReviewText.objects.count()
    ReviewText.objects.bulk_create(
        (ReviewText(**review) for review in reviews), ignore_conflicts=True, batch_size=2_000
    )
    return ReviewText.objects.count() - before


def scan_reviews(*, at: datetime) -> list[Case]:
    """The scheduled scan: open one case per text and publisher, and do what the policy says."""
    opened: list[Case] = []
    while True:
        with transaction.atomic():
            texts = list(
                unscanned(at).select_for_update(skip_locked=True)
                .order_by("posted_at", "review_id")[:SCAN_BATCH]
            )  # fmt: skip
            if not texts:
                return opened
            accused = accusations(texts)
            if accused:
                lock_all_books()
            for accusation in accused:
                case, new = open_case(
                    kind=ViolationKind.REVIEW_LINK, publisher_id=accusation.publisher_id,
                    evidence=accusation.evidence, frozen=accusation.frozen, at=at,
                )  # fmt: skip
                opened += [case] if new else []
            seen = ReviewText.objects.filter(pk__in=[text.pk for text in texts])
            seen.update(scanned_at=at, unknown_codes=[])
            ReviewText.objects.bulk_update(
                [text for text in texts if text.unknown_codes], ["unknown_codes"]
            )
