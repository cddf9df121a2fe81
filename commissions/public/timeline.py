"""Every published rulebook of a programme, and how it stands at an instant."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from commissions.models import Programme, Rulebook
from commissions.rulebooks import calendar

Instant = datetime | None


class Standing(StrEnum):
    """How a published rulebook stands."""

    PAST = "past"
    IN_FORCE = "in_force"
    TO_COME = "to_come"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Entry:
    """A rulebook of the calendar and the period `[start, ends_at)` that it rules.

    superseded_by: the version of the same start that took its place, and rules instead;
    supersedes: the version of the same start whose place it took.
    """

    rulebook: Rulebook
    standing: Standing
    ends_at: Instant
    superseded_by: Rulebook | None = None
    supersedes: Rulebook | None = None

    @property
    def is_retroactive(self) -> bool:
        """Whether staff published it for days that had been, and said why."""
        book = self.rulebook
        published = book.published_at
        return bool(book.reason) and published is not None and book.starts_at < published


def timeline(programme: Programme, at: datetime) -> list[Entry]:
    """Published rulebooks by start and version, in one query."""
    books = list(calendar.published(programme))
    by_start: dict[datetime, list[Rulebook]] = {}
    for book in books:
        book.programme = programme
        by_start.setdefault(book.starts_at, []).append(book)
    starts = sorted(by_start)
    ends: dict[datetime, Instant] = dict(zip(starts, [*starts[1:], None], strict=False))
    entries = []
    for start, versions in by_start.items():
        ruling = versions[-1]
        for place, book in enumerate(versions):
            entries.append(
                Entry(
                    rulebook=book,
                    standing=_standing(start, ends[start], at)
                    if book is ruling
                    else Standing.SUPERSEDED,
                    ends_at=ends[start],
                    superseded_by=None if book is ruling else ruling,
                    supersedes=versions[place - 1] if place else None,
                )
            )
    return entries


def _standing(start: datetime, end: Instant, at: datetime) -> Standing:
    if at < start:
        return Standing.TO_COME
    return Standing.IN_FORCE if end is None or at < end else Standing.PAST
