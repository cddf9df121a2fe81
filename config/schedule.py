"""The scheduled jobs: what each does, how often, and when it next has work.

A job is a function of the domain taking `at`, its due time. Beat and `manage.py tick` both call
`config.clock.tick`, which runs what has fallen due in the order of due times.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F, Max, Min

from commissions.confirmation import measure_confirmation
from commissions.enums import RulebookStatus
from commissions.models import Programme, Rulebook
from commissions.operations.rulebooks import take_effect
from commissions.pipeline.rerating import pending_touches, reckon_age, rerate_pending
from commissions.queries import earliest_fact as earliest_order
from commissions.queries import unsettled
from compliance.models import ReviewText
from compliance.moderation.operations import check_pages, recheck_pages, reopen_for_rules
from compliance.moderation.page_watch import due_pages
from compliance.moderation.pages import page_waits
from compliance.moderation.reviews import review_waits
from compliance.operations import block_unanswered, scan_reviews
from compliance.queries import may_carry_link, unanswered, unscanned
from compliance.watching.running import watch
from compliance.watching.windows import DUE as WATCH_DUE
from config.data_export import make_exports
from publishers.api.writes import first_kept, forget_answers
from publishers.data_exports import export_waits
from publishers.letters import letter_waits, send_letters
from publishers.models import Publisher
from publishers.suspensions import suspend_sources, suspension_waits
from publishers.unconfirmed import first_unconfirmed, remove_unconfirmed
from referrals.operations import credit_referrals
from referrals.queries import credits_due

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE, HOUR, DAY, NO_OFFSET = (
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(),
)


@dataclass(frozen=True)
class Job:
    """A scheduled job.

    name: key of its runs; every, offset: its due times are EPOCH + offset + n x every;
    run: does the work as of a due time, and says what it did;
    since: the instant of the earliest fact that waits for it, None: nothing waits up to `until`;
    pending: for jobs whose result is the same at every due time, so that the last one serves for
    all: whether anything waits. A job has one of the two;
    late: whether facts may come after their due time had passed, and are then for this job.
    """

    name: str
    every: timedelta
    offset: timedelta
    run: Callable[[datetime], dict[str, Any]]
    since: Callable[[datetime], datetime | None] | None = None
    pending: Callable[[], bool] | None = None
    late: bool = True

    def last_due(self, until: datetime) -> datetime:
        """The last due time at or before an instant."""
        past = until - EPOCH - self.offset
        return EPOCH + self.offset + past // self.every * self.every

    def next_due(self, after: datetime) -> datetime:
        """The first due time after an instant."""
        return self.last_due(after) + self.every


def _take_effect(at: datetime) -> dict[str, Any]:
    return {"rulebooks": [str(rulebook) for rulebook in take_effect(at=at)]}


def _rulebook_waits(until: datetime) -> datetime | None:
    waiting = Rulebook.objects.filter(
        status=RulebookStatus.PUBLISHED, took_effect_at__isnull=True
    ).order_by("starts_at")
    return waiting.values_list("starts_at", flat=True).first()


def _suspend(at: datetime) -> dict[str, Any]:
    zone = Programme.objects.order_by("id").values_list("time_zone", flat=True).first()
    return dict(suspend_sources(at=at, zone=zone or "UTC"))


def _review(at: datetime) -> dict[str, Any]:
    return {"rounds": [str(moderation) for moderation in reopen_for_rules(at=at)]}


def _look_at_pages(at: datetime) -> dict[str, Any]:
    return dict(check_pages(at=at))


def _recheck(at: datetime) -> dict[str, Any]:
    return dict(recheck_pages(at=at))


def _page_waits_again(until: datetime) -> datetime | None:
    """The last due time, where a page is due by then: looks that were missed are one look."""
    last_ring = until - (until - EPOCH) % MINUTE
    return last_ring if due_pages(last_ring).exists() else None


def _rerate(at: datetime) -> dict[str, Any]:
    done = rerate_pending(at=at)
    return {"lines_changed": done.changed, "transfers": done.transfers}


def _confirm_by_age(at: datetime) -> dict[str, Any]:
    changed = listed = 0
    for programme in Programme.objects.order_by("id"):
        changed += reckon_age(programme.pk, at=at).changed
        programme.refresh_from_db()
        listed += unsettled(programme).count()
    return {"lines_confirmed": changed, "unsettled_listed": listed}


def _scan(at: datetime) -> dict[str, Any]:
    return {"cases_opened": len(scan_reviews(at=at))}


def _text_waits(until: datetime) -> datetime | None:
    """When the first text was posted that may carry a link; texts that cannot wait for the last."""
    unread = unscanned(until)
    suspect = unread.filter(may_carry_link()).aggregate(first=Min("posted_at"))["first"]
    return suspect or unread.aggregate(last=Max("posted_at"))["last"]


def _block(at: datetime) -> dict[str, Any]:
    return {"accounts_blocked": block_unanswered(at=at)}


def _answer_waits(until: datetime) -> datetime | None:
    return unanswered().aggregate(first=Min(F("answer_until")))["first"]


def _credit(at: datetime) -> dict[str, Any]:
    return {"cents_moved": credit_referrals(at=at)}


def _measure(at: datetime) -> dict[str, Any]:
    return {"programmes_measured": measure_confirmation(at=at)}


def _watch(at: datetime) -> dict[str, Any]:
    return dict(watch(at=at))


def _send(at: datetime) -> dict[str, Any]:
    return dict(send_letters(at=at))


def _export(at: datetime) -> dict[str, Any]:
    return dict(make_exports(at=at))


def _forget(at: datetime) -> dict[str, Any]:
    return {"answers_forgotten": forget_answers(at=at)}


def _remove_unconfirmed(at: datetime) -> dict[str, Any]:
    return {"accounts_removed": remove_unconfirmed(at=at)}


# In this order where due at the same instant: facts first, then what follows from them.
JOBS: tuple[Job, ...] = (
    Job("rulebooks_take_effect", MINUTE, NO_OFFSET, _take_effect, since=_rulebook_waits),
    Job("suspend_sources", MINUTE, NO_OFFSET, _suspend, since=suspension_waits),
    Job("review_sources", MINUTE, NO_OFFSET, _review, since=review_waits),
    Job("rerate", MINUTE, NO_OFFSET, _rerate, pending=pending_touches),
    # Lines that come late find the age reckoned already: the import confirms them itself.
    Job(
        "confirm_by_age",
        DAY,
        timedelta(minutes=30),
        _confirm_by_age,
        late=False,
        pending=Programme.objects.exists,
    ),
    Job("scan_reviews", MINUTE, NO_OFFSET, _scan, since=_text_waits),
    Job("block_unanswered", MINUTE, NO_OFFSET, _block, since=_answer_waits),
    Job("credit_referrals", DAY, timedelta(hours=1), _credit, pending=lambda: bool(credits_due())),
    # What is measured is a year: lines that come late are in it a day later.
    Job(
        "measure_confirmation",
        DAY,
        timedelta(hours=2),
        _measure,
        late=False,
        pending=Programme.objects.exists,
    ),
    Job("check_pages", MINUTE, NO_OFFSET, _look_at_pages, since=page_waits),
    Job("recheck_pages", MINUTE, NO_OFFSET, _recheck, since=_page_waits_again),
    # A day is judged once; what comes late for it is taken up a day later.
    Job("watch", DAY, WATCH_DUE, _watch, late=False, pending=Publisher.objects.exists),
    Job("export_data", MINUTE, NO_OFFSET, _export, since=export_waits),
    Job("forget_answers", HOUR, NO_OFFSET, _forget, since=lambda _until: first_kept()),
    Job(
        "remove_unconfirmed",
        DAY,
        timedelta(hours=3),
        _remove_unconfirmed,
        since=lambda _until: first_unconfirmed(),
    ),
    # Last: what the jobs before it write is sent in the same tick.
    Job("send_letters", MINUTE, NO_OFFSET, _send, since=letter_waits),
)


def earliest_fact() -> datetime | None:
    """When the first thing known happened: where the first tick starts."""
    known = [
        earliest_order(),
        Publisher.objects.aggregate(first=Min("registered_at"))["first"],
        ReviewText.objects.aggregate(first=Min("posted_at"))["first"],
    ]
    return min((instant for instant in known if instant is not None), default=None)
