"""Whose clock the back office shows: the programme's."""

from commissions.models import Programme


def first_programme_zone() -> str:
    """The time zone of the oldest programme; an empty text where there is none yet."""
    return Programme.objects.order_by("pk").values_list("time_zone", flat=True).first() or ""
