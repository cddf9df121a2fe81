"""A rulebook in the calendar: what it replaces, what follows it, and lists that run out in it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from commissions.engine.reference import Instant
from commissions.enums import RulebookStatus
from commissions.models import Rulebook
from commissions.rulebooks.checks.finding import Finding, note, warning
from commissions.rulebooks.checks.subject import Subject
from publishers.figures import in_own_language, instant, period

Period = tuple[datetime, Instant]


def period_findings(subject: Subject) -> Iterator[Finding]:
    """What the rulebook's start and its period bring with them."""
    yield from _start(subject)
    yield from _neighbours(subject)
    yield from _set_gaps(subject)


def _start(subject: Subject) -> Iterator[Finding]:
    zone = subject.programme.time_zone
    start = subject.rulebook.starts_at
    words = {"start": instant(start, zone)}
    if start.astimezone(ZoneInfo(zone)).time() != time():
        yield warning(
            "not_midnight",
            _(
                "It starts at %(start)s, which is not midnight on the programme's clock "
                "(%(zone)s): see that this is meant."
            )
            % {**words, "zone": zone},
        )
    if start < (subject.rulebook.published_at or subject.at):
        yield note(
            "retroactive",
            _("It starts at %(start)s, in the past: the lines placed since then are rated again.")
            % words,
        )


def _neighbours(subject: Subject) -> Iterator[Finding]:
    book, earlier, follower = subject.rulebook, subject.earlier, subject.follower
    if subject.superseded_by:
        yield warning(
            "superseded",
            _(
                "Version %(version)s, “%(title)s”, has the same start and a higher number: as long "
                "as that is so this one decides nothing. Copy it into a new draft."
            )
            % _named(subject.superseded_by),
        )
    elif earlier and earlier.starts_at == book.starts_at:
        yield note(
            "superseding",
            _("It takes the place of version %(version)s, “%(title)s”, which has the same start.")
            % _named(earlier),
        )
    unpublished = book.status != RulebookStatus.PUBLISHED
    if follower and (unpublished or follower.rulebook.version < book.version):
        yield warning(
            "followed",
            _(
                "On %(end)s version %(version)s, “%(title)s”, takes over. It was published before, "
                "and does not say what this one changes: make a new version of it too if the "
                "change is to last."
            )
            % {
                **_named(follower.rulebook),
                "end": instant(follower.starts_at, subject.programme.time_zone),
            },
        )


def _named(rulebook: Rulebook) -> dict[str, object]:
    return {"version": rulebook.version, "title": in_own_language(rulebook, "title")}


def _set_gaps(subject: Subject) -> Iterator[Finding]:
    """Sets that have members for a part of the rulebook's time, and none for another."""
    periods: dict[str, list[Period]] = defaultdict(list)
    for row in subject.members:
        part = subject.window.clipped(row)
        if part and row.set_code in subject.codes_asked:
            periods[row.set_code].append(part)
    for code in sorted(periods):
        for gap in _gaps(periods[code], (subject.window.starts_at, subject.window.ends_at)):
            yield warning(
                "set_gap",
                _(
                    "Nothing is in “%(set)s” in this part of the rulebook's time: %(period)s. See "
                    "that its members have the right dates."
                )
                % {
                    "set": subject.set_name(code),
                    "period": period(*gap, subject.programme.time_zone),
                },
            )


def _gaps(periods: Sequence[Period], whole: Period) -> Iterator[Period]:
    """The parts of `whole` that no period covers; all periods lie in it."""
    reached: Instant = whole[0]
    for start, end in sorted(periods, key=lambda one: one[0]):
        if reached is None:
            return
        if start > reached:
            yield reached, start
        reached = None if end is None else max(reached, end)
    if reached is not None and reached != whole[1]:
        yield reached, whole[1]
