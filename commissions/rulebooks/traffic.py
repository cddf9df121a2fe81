"""What rulebooks say of traffic, written into the dated permissions that decide lines."""

from commissions.models import Rulebook
from commissions.rulebooks import calendar
from publishers.permissions import state_permissions

Statement = tuple[str, str, str, str]


def statements_of(rulebook: Rulebook) -> list[Statement]:
    """(traffic type, permission, condition in English, in Russian) as the rulebook has them."""
    rows = rulebook.traffic.order_by("traffic_type__code")
    return list(rows.values_list("traffic_type__code", "permission", "note_en", "note_ru"))


def write_permissions(rulebook: Rulebook) -> list[str]:
    """Let a published rulebook's statements hold for the period it rules; the types it changes.

    Each rulebook of the calendar speaks for its own period alone, so that the permissions are the
    same in whatever order rulebooks were published. One that was superseded before says nothing.
    """
    if calendar.superseded_by(rulebook):
        return []
    return state_permissions(
        programme_code=rulebook.programme.code,
        statements=statements_of(rulebook),
        start=rulebook.starts_at,
        end=calendar.ends_at(rulebook),
    )
