"""Writes of this app that the apps above call by name."""

from datetime import datetime

from django.db import transaction

from publishers.models import AccountBlock, Publisher


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
