"""Writes of this app that the apps above call by name."""

from datetime import datetime

from django.db import transaction

from publishers.keys import end_keys
from publishers.models import (
    AccountBlock,
    Publisher,
    Source,
    SourceSuspension,
    User,
)


@transaction.atomic
def open_block(*, publisher_id: int, ground: str, at: datetime) -> AccountBlock:
    """Block an account on one ground; the same ground twice is the same block."""
    Publisher.objects.select_for_update().get(pk=publisher_id)
    standing = AccountBlock.objects.filter(
        publisher_id=publisher_id, ground=ground, valid_to__isnull=True
    ).first()
    return standing or AccountBlock.objects.create(
        publisher_id=publisher_id, ground=ground, valid_from=at
    )


@transaction.atomic
def end_block(*, publisher_id: int, ground: str, at: datetime) -> None:
    """End the block that rests on this ground; blocks on other grounds stand.

    A block that began at or after `at` never held, and is taken away whole.
    """
    Publisher.objects.select_for_update().get(pk=publisher_id)
    open_ones = AccountBlock.objects.filter(
        publisher_id=publisher_id, ground=ground, valid_to__isnull=True
    )
    open_ones.filter(valid_from__gte=at).delete()
    open_ones.update(valid_to=at)


@transaction.atomic
def suspend_source(*, source_id: int, ground: str, at: datetime) -> SourceSuspension:
    """Suspend a source on one ground; the same ground twice is the same suspension.

    Orders by clicks from `at` on earn nothing; its lines are touched.
    """
    Source.objects.select_for_update().get(pk=source_id)
    standing = SourceSuspension.objects.filter(
        source_id=source_id, ground=ground, undone_at__isnull=True
    ).first()
    return standing or SourceSuspension.objects.create(
        source_id=source_id, ground=ground, suspended_at=at
    )


@transaction.atomic
def undo_suspension(*, source_id: int, ground: str, at: datetime) -> SourceSuspension | None:
    """Undo the suspension that rests on this ground, as if it had never been; others stand.

    Returns it; None: there was none. Its lines are touched.
    """
    Source.objects.select_for_update().get(pk=source_id)
    standing = SourceSuspension.objects.filter(
        source_id=source_id, ground=ground, undone_at__isnull=True
    ).first()
    if standing is not None:
        standing.undone_at = at
        standing.save(update_fields=["undone_at"])
    return standing


def end_access(*, publisher_id: int, at: datetime) -> int:
    """End every session of a publisher's people, and its keys; returns how many people there are.

    They may sign in again: whoever is blocked has to be able to read why, and to appeal. Keys are
    over for good: machines neither read nor appeal.
    """
    end_keys(publisher_id=publisher_id, at=at)
    return User.objects.filter(publisher_id=publisher_id).update(access_ended_at=at)
