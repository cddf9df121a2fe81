"""Posting keys: what was posted, which revision of it, which leg - in one whole number.

Layout, high to low: 3 bits of subject kind, 40 bits of subject id, 19 bits of revision, 1 bit of
leg. The key is the transfer's primary key, so posting the same thing twice cannot succeed, and
the transfers of one subject are a range of the primary key (docs/decisions/0003).
"""

from enum import IntEnum

import polars as pl
from django.db.models import QuerySet

from commissions.models import Transfer

REVISION_BITS, LEG_BITS, ID_BITS = 19, 1, 40
_SUBJECT_SHIFT = REVISION_BITS + LEG_BITS
_KIND_SHIFT = ID_BITS + _SUBJECT_SHIFT
MAX_REVISION = (1 << REVISION_BITS) - 1


class Subject(IntEnum):
    """What a transfer is about."""

    LINE = 0
    REFERRAL_CREDIT = 1


def posting_key(subject: Subject, subject_id: int, revision: int, leg: int) -> int:
    """The key of one transfer. Raises ValueError where a part does not fit its bits."""
    if not 0 <= subject_id < 1 << ID_BITS or not 0 <= revision <= MAX_REVISION or leg not in (0, 1):
        raise ValueError(
            f"No posting key for {subject.name} {subject_id}, revision {revision}, leg {leg}: "
            "a part is out of its range."
        )
    return subject << _KIND_SHIFT | subject_id << _SUBJECT_SHIFT | revision << LEG_BITS | leg


def posting_keys(subject: Subject, subject_id: str, revision: str, leg: int) -> pl.Expr:
    """The same for columns of a frame, named by `subject_id` and `revision`."""
    return (
        pl.col(subject_id).cast(pl.Int64) * (1 << _SUBJECT_SHIFT)
        + pl.col(revision).cast(pl.Int64) * (1 << LEG_BITS)
        + (leg + (int(subject) << _KIND_SHIFT))
    )


def transfers_of(subject: Subject, subject_id: int) -> QuerySet[Transfer]:
    """Every transfer about one subject, in the order of its revisions."""
    first = posting_key(subject, subject_id, 0, 0)
    return Transfer.objects.filter(id__range=(first, first + (1 << _SUBJECT_SHIFT) - 1)).order_by(
        "id"
    )


def transfers_of_line(line_id: int) -> QuerySet[Transfer]:
    """Every transfer about one order line."""
    return transfers_of(Subject.LINE, line_id)
