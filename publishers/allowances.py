"""Whether a publisher may use a type of traffic at an instant: permitted, or agreed (F30, F31)."""

from datetime import datetime

from publishers.enums import Permission
from publishers.models import Agreement, TrafficPermission


def is_permitted(traffic_type: str, at: datetime) -> bool:
    """Whether some programme permits the type without an agreement; where none is known, it is."""
    programmes = set(
        TrafficPermission.objects.order_by().values_list("programme_code", flat=True).distinct()
    )
    against = (
        TrafficPermission.objects.in_force(at)
        .filter(traffic_type__code=traffic_type)
        .exclude(permission=Permission.PERMITTED)
        .values_list("programme_code", flat=True)
    )
    return not programmes or bool(programmes - set(against))


def is_agreed(publisher_id: int, traffic_type: str, at: datetime) -> bool:
    """Whether an agreement of that publisher for that type is in force."""
    agreements = Agreement.objects.in_force(at)
    return agreements.filter(publisher_id=publisher_id, traffic_type__code=traffic_type).exists()


def may_use(publisher_id: int, traffic_type: str, at: datetime) -> bool:
    """Whether a source of this type, of this publisher, may be approved."""
    return is_permitted(traffic_type, at) or is_agreed(publisher_id, traffic_type, at)
