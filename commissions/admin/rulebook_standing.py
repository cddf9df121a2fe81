"""Where a rulebook stands: on its way to publication, or in the calendar."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from commissions.enums import RulebookStatus
from commissions.models import Rulebook


class Standing(StrEnum):
    """A rulebook's status, a published one's told apart by the clock."""

    DRAFT = "draft"
    ASKED = "asked"
    TO_COME = "to_come"
    IN_FORCE = "in_force"
    PAST = "past"
    SUPERSEDED = "superseded"


STANDING_WORDS = {
    Standing.DRAFT: RulebookStatus.DRAFT.label,
    Standing.ASKED: RulebookStatus.ASKED.label,
    Standing.TO_COME: _("published, to come"),
    Standing.IN_FORCE: _("in force now"),
    Standing.PAST: _("was in force"),
    Standing.SUPERSEDED: _("superseded"),
}
STANDING_LABELS = {
    Standing.DRAFT: "warning",
    Standing.ASKED: "primary",
    Standing.TO_COME: "info",
    Standing.IN_FORCE: "success",
    Standing.PAST: "default",
    Standing.SUPERSEDED: "danger",
}


def with_calendar(books: QuerySet[Rulebook]) -> QuerySet[Rulebook]:
    """Rulebooks with `superseded` and `next_start`, from which `standing` is told."""
    others = Rulebook.objects.filter(
        programme=OuterRef("programme"), status=RulebookStatus.PUBLISHED
    )
    later = others.filter(starts_at__gt=OuterRef("starts_at")).order_by("starts_at")
    same = others.filter(starts_at=OuterRef("starts_at"), version__gt=OuterRef("version"))
    return books.annotate(
        superseded=Exists(same), next_start=Subquery(later.values("starts_at")[:1])
    )


def standing(book: Any, at: datetime) -> Standing:
    """Where a rulebook of `with_calendar` stands at an instant."""
    if book.status != RulebookStatus.PUBLISHED:
        return Standing(book.status)
    if book.superseded:
        return Standing.SUPERSEDED
    if book.starts_at > at:
        return Standing.TO_COME
    over = book.next_start is not None and book.next_start <= at
    return Standing.PAST if over else Standing.IN_FORCE
