"""What a programme says of types of traffic over time, laid over what it said before.

The same two functions write a publication and foretell it in a what-if.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db import transaction

from publishers.enums import Permission
from publishers.models import TrafficPermission, TrafficType

Instant = datetime | None


@dataclass(frozen=True)
class Saying:
    """A permission of one type of traffic in a half-open period."""

    permission: str
    note_en: str
    note_ru: str
    valid_from: Instant
    valid_to: Instant

    def says(self) -> tuple[str, str, str]:
        return self.permission, self.note_en, self.note_ru


# Sorts before every start that is given.
_FIRST = datetime.min.replace(tzinfo=UTC)
# What holds where nothing was ever said.
UNSAID = (Permission.PERMITTED.value, "", "")


def laid_over(
    sayings: Sequence[Saying], said: tuple[str, str, str], start: datetime, end: Instant
) -> list[Saying]:
    """The sayings of one type when `[start, end)` says this; what lies outside it stays.

    sayings: sorted and apart. A statement that changes nothing gives the very rows that were
    there, and neighbours that say the same become one.
    """
    if _said_between(sayings, start, end) == {said}:
        return list(sayings)
    before = [_clipped(one, None, start) for one in sayings if _begins_before(one, start)]
    after = [
        _clipped(one, end, None) for one in sayings if end is not None and _ends_after(one, end)
    ]
    joined: list[Saying] = []
    for one in [*before, Saying(*said, start, end), *after]:
        last = joined[-1] if joined else None
        if last is not None and last.valid_to == one.valid_from and last.says() == one.says():
            joined[-1] = replace(last, valid_to=one.valid_to)
        else:
            joined.append(one)
    return joined


def _said_between(
    sayings: Sequence[Saying], start: datetime, end: Instant
) -> set[tuple[str, str, str]]:
    """All that is said in a period, `UNSAID` among it where nothing is said for a while."""
    said = set()
    covered_to: Instant = start
    for one in sayings:
        if not _ends_after(one, start) or (end is not None and not _begins_before(one, end)):
            continue
        if covered_to is not None and one.valid_from is not None and one.valid_from > covered_to:
            said.add(UNSAID)
        said.add(one.says())
        covered_to = one.valid_to
    if covered_to is not None and (end is None or covered_to < end):
        said.add(UNSAID)
    return said


def _begins_before(one: Saying, at: datetime) -> bool:
    return one.valid_from is None or one.valid_from < at


def _ends_after(one: Saying, at: datetime) -> bool:
    return one.valid_to is None or one.valid_to > at


def _clipped(one: Saying, start: Instant, end: Instant) -> Saying:
    valid_from, valid_to = one.valid_from, one.valid_to
    if start is not None and (valid_from is None or valid_from < start):
        valid_from = start
    if end is not None and (valid_to is None or valid_to > end):
        valid_to = end
    return replace(one, valid_from=valid_from, valid_to=valid_to)


def sayings_of(programme_code: str) -> dict[str, list[Saying]]:
    """What a programme says of each type of traffic, by the type's code, in order of time."""
    found: dict[str, list[Saying]] = {}
    rows = TrafficPermission.objects.filter(programme_code=programme_code)
    for code, permission, note_en, note_ru, start, end in rows.values_list(
        "traffic_type__code", "permission", "note_en", "note_ru", "valid_from", "valid_to"
    ):
        found.setdefault(code, []).append(Saying(permission, note_en, note_ru, start, end))
    for sayings in found.values():
        sayings.sort(key=lambda one: one.valid_from or _FIRST)
    return found


def stated(
    sayings: Mapping[str, Sequence[Saying]],
    statements: Iterable[tuple[str, str, str, str]],
    start: datetime,
    end: Instant,
) -> dict[str, list[Saying]]:
    """The types that statements change, and what is said of each then.

    statements: (traffic type, permission, condition in English, in Russian) for `[start, end)`.
    """
    changed = {}
    for code, *said in statements:
        there = list(sayings.get(code, ()))
        then = laid_over(there, (said[0], said[1], said[2]), start, end)
        if then != there:
            changed[code] = then
    return changed


@transaction.atomic
def state_permissions(
    *,
    programme_code: str,
    statements: Iterable[tuple[str, str, str, str]],
    start: datetime,
    end: Instant,
) -> list[str]:
    """Write what a rulebook says of traffic in `[start, end)`; the codes of the types it changes.

    Rows of other types are not touched, so that no line is decided again for nothing.
    """
    changed = stated(sayings_of(programme_code), statements, start, end)
    type_ids = dict(TrafficType.objects.filter(code__in=changed).values_list("code", "id"))
    TrafficPermission.objects.filter(
        programme_code=programme_code, traffic_type__code__in=changed
    ).delete()
    TrafficPermission.objects.bulk_create(
        TrafficPermission(
            programme_code=programme_code,
            traffic_type_id=type_ids[code],
            permission=one.permission,
            note_en=one.note_en,
            note_ru=one.note_ru,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
        )
        for code, then in changed.items()
        for one in then
    )
    return sorted(changed)
