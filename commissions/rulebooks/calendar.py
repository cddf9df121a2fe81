"""Which rulebook is in force when: of two with the same start the later version."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from commissions.enums import RulebookStatus
from commissions.models import Programme, Rulebook

Instant = datetime | None


@dataclass(frozen=True)
class Applied:
    """A rulebook that ruled an instant as far as was known, and since when that was known."""

    rulebook: Rulebook
    known_at: datetime


@dataclass(frozen=True)
class Place:
    """A rulebook of the calendar and the half-open period that it rules; an open end is None."""

    rulebook: Rulebook
    starts_at: datetime
    ends_at: Instant


def published(programme: Programme) -> QuerySet[Rulebook]:
    """Every published rulebook, superseded ones included, by start and version."""
    return Rulebook.objects.filter(programme=programme, status=RulebookStatus.PUBLISHED).order_by(
        "starts_at", "version"
    )


def places(programme: Programme) -> list[Place]:
    """The calendar: each rulebook that rules some time, with its period."""
    by_start = {book.starts_at: book for book in published(programme)}
    starts = sorted(by_start)
    ends: list[Instant] = [*starts[1:], None]
    return [
        Place(by_start[start], start, end)
        for start, end in zip(starts, ends[: len(starts)], strict=True)
    ]


def in_force(programme: Programme, at: datetime) -> Rulebook | None:
    """The rulebook that rules an instant, if any does."""
    ruling = published(programme).filter(starts_at__lte=at)
    return ruling.order_by("-starts_at", "-version").first()


def before(rulebook: Rulebook) -> Rulebook | None:
    """What rules, or would rule, at the rulebook's start were it not there."""
    others = published(rulebook.programme).exclude(pk=rulebook.pk)
    if rulebook.status == RulebookStatus.PUBLISHED:
        # A version published later is not what this one replaced.
        others = others.exclude(starts_at=rulebook.starts_at, version__gt=rulebook.version)
    ruling = others.filter(starts_at__lte=rulebook.starts_at)
    return ruling.order_by("-starts_at", "-version").first()


def superseded_by(rulebook: Rulebook) -> Rulebook | None:
    """The published version of the same start that took this one's place."""
    later = published(rulebook.programme).filter(
        starts_at=rulebook.starts_at, version__gt=rulebook.version
    )
    return later.order_by("-version").first()


def ends_at(rulebook: Rulebook) -> Instant:
    """When the next published rulebook takes over from this one, draft or not."""
    later = published(rulebook.programme).filter(starts_at__gt=rulebook.starts_at)
    return later.values_list("starts_at", flat=True).first()


def history(programme: Programme, placed_at: datetime, since: datetime) -> list[Applied]:
    """Which rulebook applied to what was placed at an instant, and from when on it did.

    since: when that was first decided; what had been superseded before is left out. The last is
    in force now. Two publications of one moment count as one.
    """
    ruling = published(programme).filter(starts_at__lte=placed_at)
    applied: list[Applied] = []
    for book in sorted(ruling, key=_published_at):
        known_at = _published_at(book)
        if applied and _rank(book) < _rank(applied[-1].rulebook):
            continue
        if applied and known_at <= max(applied[-1].known_at, since):
            applied.pop()
        applied.append(Applied(book, known_at))
    return applied


def _rank(book: Rulebook) -> tuple[datetime, int]:
    return book.starts_at, book.version


def _published_at(book: Rulebook) -> datetime:
    return book.published_at or book.starts_at
