"""What waits for staff."""

from django.db.models import QuerySet
from django.http import HttpRequest

from compliance.models import Moderation
from compliance.moderation.enums import ModerationState


def waiting_rounds() -> QuerySet[Moderation]:
    """Rounds in which it is staff's turn, the oldest first."""
    return Moderation.objects.filter(state=ModerationState.WAITING).order_by("opened_at", "id")


def waiting_for_staff(request: HttpRequest) -> str:
    """For the sidebar: how many, nothing where none does."""
    count = waiting_rounds()[:1_000].count()
    return str(count) if count else ""
