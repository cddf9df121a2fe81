"""Published rulebooks as announcements."""

from collections.abc import Iterable
from dataclasses import dataclass

from commissions.public.timeline import Entry


@dataclass(frozen=True)
class Announcement:
    """A published rulebook as news. changes: what it changes, a sentence each."""

    entry: Entry
    changes: list[str]


def newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """By publication; of those published at once the one that starts last comes first."""
    return sorted(
        entries,
        key=lambda entry: (
            entry.rulebook.published_at,
            entry.rulebook.starts_at,
            entry.rulebook.version,
        ),
        reverse=True,
    )


def announcement(entry: Entry) -> Announcement:
    """One rulebook as news."""
    return Announcement(entry, changes=[])
