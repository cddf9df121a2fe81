"""Published rulebooks as announcements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from commissions.models import Rulebook
from commissions.public.timeline import Entry, Standing
from commissions.rulebooks.differences import differences_of
from commissions.rulebooks.differences.difference import Difference, Kind, Subject

# A change of rules is news for so long after it was published, and until it is in force.
NEWS_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Announcement:
    """A published rulebook as news. changes: what it changes, a sentence each."""

    entry: Entry
    changes: list[str]


def is_recent(entry: Entry, at: datetime) -> bool:
    """Whether it is still to come, or in force and not long known."""
    if entry.standing != Standing.IN_FORCE:
        return entry.standing == Standing.TO_COME
    published = entry.rulebook.published_at or entry.rulebook.starts_at
    return max(published, entry.rulebook.starts_at) > at - NEWS_FOR


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


def announcements(entries: Sequence[Entry], calendar: Sequence[Entry]) -> list[Announcement]:
    """Rulebooks as news, in the reader's language.

    calendar: every entry of the programme, by start and version; each is compared with what ruled
    its start before it came.
    """
    former = {one.rulebook.pk: _before(one, calendar) for one in entries}
    pairs = [(old, one.rulebook) for one in entries if (old := former[one.rulebook.pk])]
    found = {new.pk: that for (_old, new), that in zip(pairs, differences_of(pairs), strict=True)}
    return [
        Announcement(one, [told(that) for that in found[one.rulebook.pk].entries if _is_news(that)])
        if one.rulebook.pk in found
        else Announcement(one, [])
        for one in entries
    ]


def _before(entry: Entry, calendar: Sequence[Entry]) -> Rulebook | None:
    place = calendar.index(entry)
    return calendar[place - 1].rulebook if place else None


def _is_news(one: Difference) -> bool:
    """Whether a publisher is to read it here; start and title head the announcement anyway."""
    language = (get_language() or "en")[:2]
    return one.subject not in (Subject.START, Subject.TITLE) and one.language in ("", language)


def told(one: Difference) -> str:
    """A difference in one sentence."""
    values = {"what": one.what, "old": one.old, "new": one.new}
    if one.kind == Kind.ADDED:
        return _("%(what)s: added – %(new)s") % values
    if one.kind == Kind.REMOVED:
        return _("%(what)s: removed – %(old)s") % values
    if one.kind == Kind.MOVED:
        return _("%(what)s: moved from %(old)s to %(new)s") % values
    return _("%(what)s: %(old)s → %(new)s") % values
