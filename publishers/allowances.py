"""Whether a publisher may use a type of traffic at an instant: permitted, or agreed (F30, F31)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from publishers.enums import Permission
from publishers.models import Agreement, TrafficPermission, TrafficType


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


@dataclass(frozen=True)
class Offer:
    """A type of traffic as a publisher finds it at an instant.

    permission: the kindest of all programmes'. sayings: what each programme says, with its
    conditions. agreements: of this publisher, in force or to come, the first first.
    """

    of_type: TrafficType
    permission: Permission
    sayings: Sequence[TrafficPermission]
    agreements: Sequence[Agreement]
    agreed: bool

    @property
    def may_use(self) -> bool:
        """Whether its sources may be approved now; the same as `may_use`."""
        return self.agreed or self.permission == Permission.PERMITTED

    @property
    def may_be_added(self) -> bool:
        """Whether a source of it may be added, if only to wait for an agreement."""
        return self.may_use or self.permission == Permission.BY_AGREEMENT


def offers(publisher_id: int, at: datetime) -> list[Offer]:
    """Every type of traffic for one publisher, by its code; four queries."""
    programmes = set(
        TrafficPermission.objects.order_by().values_list("programme_code", flat=True).distinct()
    )
    sayings: dict[int, list[TrafficPermission]] = defaultdict(list)
    for saying in TrafficPermission.objects.in_force(at):
        sayings[saying.traffic_type_id].append(saying)
    agreements: dict[int, list[Agreement]] = defaultdict(list)
    not_over = Q(valid_to__isnull=True) | Q(valid_to__gt=at)
    for agreement in Agreement.objects.filter(not_over, publisher_id=publisher_id).order_by(
        "valid_from"
    ):
        agreements[agreement.traffic_type_id].append(agreement)
    return [
        Offer(
            of_type=one,
            permission=_kindest(sayings[one.pk], programmes),
            sayings=sayings[one.pk],
            agreements=agreements[one.pk],
            agreed=any(
                row.valid_from is None or row.valid_from <= at for row in agreements[one.pk]
            ),
        )
        for one in TrafficType.objects.order_by("code")
    ]


def _kindest(sayings: Sequence[TrafficPermission], programmes: set[str]) -> Permission:
    """A programme that says nothing of a type permits it; without programmes all is permitted."""
    said = {one.programme_code: Permission(one.permission) for one in sayings}
    every = {said.get(code, Permission.PERMITTED) for code in programmes}
    kindest = (Permission.PERMITTED, Permission.BY_AGREEMENT)
    return next((one for one in kindest if one in every or not every), Permission.FORBIDDEN)
