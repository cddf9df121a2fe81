"""Sources whose type of traffic ceases to be permitted: suspended by the rules, and freed by them.

A suspension is a function of facts: what the rules say of traffic and when, agreements, and the
period that staff granted. So it does not matter in which order those came, and a correction of
the rules takes back exactly what the rules had done.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from publishers.enums import LetterKind, Permission
from publishers.figures import in_own_language, instant
from publishers.letters import Owed, Words, worded, write_letters
from publishers.models import Agreement, SourceApproval, TrafficPermission
from publishers.permissions import Saying, sayings_of

Instant = datetime | None
Period = tuple[Instant, Instant]
# What each programme says of each type of traffic: by programme, then by the type's code.
Sayings = Mapping[str, Mapping[str, Sequence[Saying]]]


@dataclass(frozen=True)
class Change:
    """An approval that the rules end otherwise than is stored.

    since: the instant from which they suspend it, None: they leave it as it was granted;
    ends: its end then.
    """

    approval: SourceApproval
    since: Instant
    ends: Instant


def known_sayings() -> dict[str, dict[str, list[Saying]]]:
    """What every programme says of traffic."""
    codes = TrafficPermission.objects.values_list("programme_code", flat=True).distinct()
    return {code: sayings_of(code) for code in codes.order_by("programme_code")}


def ceases(traffic_type: str, sayings: Sayings, until: Instant) -> list[datetime]:
    """When a type of traffic comes to be permitted by no programme, up to `until` (None: ever)."""
    of_type = [by_type.get(traffic_type, ()) for by_type in sayings.values()]
    starts = {
        one.valid_from
        for said in of_type
        for before, one in zip((None, *said), said, strict=False)
        if one.permission != Permission.PERMITTED and _was_permitted(before, one)
    }
    return sorted(
        at
        for at in starts
        if at is not None
        and (until is None or at <= until)
        and not any(_permits(said, at) for said in of_type)
    )


def _was_permitted(before: Saying | None, one: Saying) -> bool:
    """Whether the type was permitted just before a saying that does not permit it."""
    adjacent = before is not None and before.valid_to == one.valid_from
    return not adjacent or (before is not None and before.permission == Permission.PERMITTED)


def _permits(said: Sequence[Saying], at: datetime) -> bool:
    there = [one for one in said if _holds((one.valid_from, one.valid_to), at)]
    return all(one.permission == Permission.PERMITTED for one in there)


def suspended_since(
    granted: Period, ends: Iterable[datetime], agreements: Iterable[Period]
) -> Instant:
    """When an approval granted for a period is ended by the rules, if it is.

    ends: from `ceases`; agreements: the publisher's for that type. An approval given from that
    instant on was given knowing it, and stands.
    """
    start, end = granted
    agreed = list(agreements)
    for at in ends:
        within = (start is None or start < at) and (end is None or at < end)
        if within and not any(_holds(period, at) for period in agreed):
            return at
    return None


def _holds(period: Period, at: datetime) -> bool:
    start, end = period
    return (start is None or start <= at) and (end is None or at < end)


def changes(sayings: Sayings, until: Instant) -> list[Change]:
    """The approvals whose end is to become another one under what is said, up to `until`."""
    types = {code for by_type in sayings.values() for code in by_type}
    ends = {code: there for code in types if (there := ceases(code, sayings, until))}
    # Whole sources: an approval that is freed ends where a later one of its source begins.
    suspended = SourceApproval.objects.filter(suspended_at__isnull=False).values("source_id")
    approvals = list(
        SourceApproval.objects.filter(
            Q(source__traffic_type__code__in=ends) | Q(source_id__in=suspended)
        )
        .select_related("source__traffic_type", "source__publisher")
        .order_by("source_id", "valid_from")
    )
    agreements: dict[tuple[int, str], list[Period]] = defaultdict(list)
    for publisher_id, code, *period in Agreement.objects.filter(
        traffic_type__code__in=ends
    ).values_list("publisher_id", "traffic_type__code", "valid_from", "valid_to"):
        agreements[publisher_id, code].append((period[0], period[1]))
    found: list[Change] = []
    for place, approval in enumerate(approvals):
        source = approval.source
        code = source.traffic_type.code
        granted = (approval.valid_from, _granted_to(approval))
        since = suspended_since(granted, ends.get(code, ()), agreements[source.publisher_id, code])
        if since != approval.suspended_at:
            end = since or _free_until(granted[1], approvals[place + 1 : place + 2], source.pk)
            found.append(Change(approval, since, end))
    return found


def _granted_to(approval: SourceApproval) -> Instant:
    return approval.valid_to if approval.suspended_at is None else approval.granted_to


def _free_until(granted_to: Instant, following: list[SourceApproval], source_id: int) -> Instant:
    """The end of an approval that is free again: not beyond one given since."""
    for later in following:
        if later.source_id == source_id and (granted_to is None or later.valid_from < granted_to):
            return later.valid_from
    return granted_to


def suspension_waits(until: datetime) -> Instant:
    """When the rules began to end, or to leave alone, an approval that is stored otherwise."""
    waiting = (one.since or one.approval.suspended_at for one in changes(known_sayings(), until))
    return min((at for at in waiting if at is not None), default=None)


@transaction.atomic
def suspend_sources(*, at: datetime, zone: str) -> dict[str, list[str]]:
    """End and free approvals as the rules in force by `at` have it, and tell the owners why.

    zone: the clock on which owners read instants. Returns the codes of the sources `suspended`
    and `freed`. Their lines are touched.
    """
    done: dict[str, list[str]] = {"suspended": [], "freed": []}
    found = changes(known_sayings(), at)
    write_letters((_owed(change, at, zone) for change in found), at=at)
    for change in found:
        approval = change.approval
        approval.granted_to = _granted_to(approval) if change.since else None
        approval.valid_to, approval.suspended_at = change.ends, change.since
        done["suspended" if change.since else "freed"].append(approval.source.code)
    SourceApproval.objects.bulk_update(
        [change.approval for change in found], ["granted_to", "valid_to", "suspended_at"]
    )
    return done


def _owed(change: Change, at: datetime, zone: str) -> Owed:
    """The letter to the owner of a source; what it says is taken down before anything changes."""
    source = change.approval.source
    name = "source_suspended" if change.since else "source_freed"
    since = change.since or change.approval.suspended_at

    def words() -> Words:
        return worded(
            name,
            {
                "source": source,
                "traffic_type": in_own_language(source.traffic_type, "name"),
                "since": instant(since, zone),
            },
        )

    return Owed(
        key=f"{name}:{change.approval.pk}:{at.isoformat()}",
        publisher=source.publisher,
        words=words,
        kind=LetterKind.SOURCES,
    )
