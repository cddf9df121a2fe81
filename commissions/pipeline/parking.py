"""Rows that could not be read: kept once each, whatever number of times they are delivered."""

import hashlib
import json
from collections.abc import Sequence

from commissions.enums import ParkedState
from commissions.feed import ParkedRow as Unread
from commissions.models import FeedImport, ParkedRow


def raw_hash(raw: str) -> str:
    """What makes two deliveries of an unreadable row the same row, whichever form it came in.

    An empty field is the same as none, and the order of columns says nothing.
    """
    fields = {name: text for name, text in json.loads(raw).items() if text}
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def park(feed_import: FeedImport, unread: Sequence[Unread]) -> Sequence[Unread]:
    """Keep unreadable rows; returns those that still wait for a person.

    A row that was mended and replayed before stays so when it is delivered again.
    """
    if not unread:
        return []
    hashes = [raw_hash(row.raw) for row in unread]
    by_hash = dict(zip(hashes, unread, strict=True))
    ParkedRow.objects.bulk_create(
        (
            ParkedRow(
                programme=feed_import.programme, feed_import=feed_import, row=row.row, raw=row.raw,
                raw_hash=key, amount_unit=feed_import.amount_unit, field=row.field,
                value=row.value, reason=row.reason,
            )
            for key, row in by_hash.items()
        ),
        ignore_conflicts=True, batch_size=5_000,
    )  # fmt: skip
    mended = set(
        ParkedRow.objects.filter(
            programme=feed_import.programme, amount_unit=feed_import.amount_unit,
            raw_hash__in=by_hash, state=ParkedState.REPLAYED,
        ).values_list("raw_hash", flat=True)
    )  # fmt: skip
    return [row for key, row in zip(hashes, unread, strict=True) if key not in mended]
