"""Pages of approved sources looked at again on a schedule, and why a source goes back to staff.

The row is the work: a PageWatch whose time has come. Fetching happens outside any transaction. In
one transaction the look is kept, the next one set, and the source reopened where there is a reason;
a run that is cut short has done nothing, and the page is looked at by the next.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from compliance.models import Moderation, PageLook, PageWatch, PreflightRun
from compliance.moderation import pages
from compliance.moderation.enums import LookOutcome, ModerationState, PreflightPart
from compliance.moderation.ownership import host_of
from compliance.moderation.page_news import (
    News,
    elsewhere,
    found,
    is_read,
    new_among,
    why_not_read,
)
from compliance.moderation.page_watch import due_pages, interval, next_look, page_limits
from compliance.moderation.pages import Seen
from compliance.moderation.refusals import Refused
from compliance.moderation.reviews import reopen_for_page
from compliance.moderation.rounds import locked_source, open_round_of, standing_approval
from compliance.moderation.staff_side import ask_page_again
from compliance.two_languages import Told, told
from publishers.models import Source
from publishers.queries import is_blocked

# A run holds the clock; what is left is taken up by the next ring.
LOOKS_IN_A_RUN = 2
# A page that was not read is looked at sooner than in its turn, until staff are told of it.
TRY_AGAIN = timedelta(days=1)
TOLD_AT_MOST = 5  # findings in one reason; the round shows all
_CLAIM = 0x9A6E  # the advisory lock of the source whose page is being fetched
_KEYS = 2**31

FOUND = gettext_noop(
    "Found on the page, and not known when it was approved on %(day)s: %(findings)s"
)
NOT_READ = gettext_noop(
    "The page, approved on %(day)s, was not read %(times)s times on end since %(since)s. %(why)s"
)


@dataclass(frozen=True)
class Known:
    """What was known of the page when it was approved. `host`: where its address led to."""

    findings: Sequence[News]
    host: str
    was_read: bool


def recheck_pages(*, at: datetime) -> dict[str, int]:
    """Look at the pages that are due, at most LOOKS_IN_A_RUN; how many, and how many had a reason.

    Late is once: looks that were missed are one look. Twice is the same as once.
    """
    ids = list(due_pages(at).values_list("source_id", flat=True)[:LOOKS_IN_A_RUN])
    looks = [look for source_id in ids if (look := recheck_page(source_id, at=at)) is not None]
    reopened = sum(look.reopened_id is not None for look in looks)
    return {"looked_at": len(looks), "reopened": reopened}


def recheck_page(source_id: int, *, at: datetime) -> PageLook | None:
    """Look at one page; None: somebody else does, or the source was decided on meanwhile."""
    with _claimed(source_id) as is_ours:
        watch = PageWatch.objects.select_related("approved__statement").get(source_id=source_id)
        statement = watch.approved.statement
        if not is_ours or statement is None:
            return None
        seen = pages.look_at(statement.url, "", pages.client(), at=at)
        with transaction.atomic():
            source = locked_source(source_id)
            now = PageWatch.objects.get(source_id=source_id)
            changed = (now.approved_id, now.counted_from) != (watch.approved_id, watch.counted_from)
            if changed or not is_watched(source, at):
                return None
            return _note(watch, statement.url, seen, at=at)


@contextmanager
def _claimed(source_id: int) -> Iterator[bool]:
    """Whether the source is ours to look at; the database gives it back where the process dies."""
    key = [_CLAIM, source_id % _KEYS]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        [is_ours] = cursor.fetchone() or [False]
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def _note(watch: PageWatch, url: str, seen: Seen, *, at: datetime) -> PageLook:
    """Keep the look, set the next one, and reopen the source where there is a reason."""
    known = known_of(watch.approved, url)
    limits = page_limits(at)
    due = next_look(watch.source_id, after=at, every=interval(limits))
    news: list[News] = []
    if not is_read(seen.reports):
        outcome = LookOutcome.FAILED
        watch.failures += 1
        watch.failing_since = watch.failing_since or at
        if known.was_read and watch.failures < limits["page_failures"]:
            due = min(due, at + TRY_AGAIN)
        enough = known.was_read and watch.failures >= limits["page_failures"]
        reopened = _tell_not_read(watch, seen, at) if enough else None
    else:
        watch.failures, watch.failing_since = 0, None
        seen.reports += elsewhere(seen.evidence["final_url"], known.host)
        news = new_among(found(seen.reports), known.findings)
        outcome = LookOutcome.NEWS if news else LookOutcome.SAME
        reopened = _tell_news(watch, news, seen, at)
    watch.counted_from, watch.due_at = at, due
    watch.save()
    return PageLook.objects.create(
        source_id=watch.source_id,
        approved=watch.approved,
        at=at,
        outcome=outcome,
        sha256=seen.page.sha256 if seen.page else "",
        evidence=seen.evidence,
        reports=seen.reports,
        news=news,
        reopened=reopened,
    )


def known_of(approved: Moderation, url: str) -> Known:
    """What was seen at the address by the time of the approval, in rounds that ended in one.

    A page that was not looked at in the last of them is known from the one before.
    """
    runs: list[tuple[int, list[dict[str, Any]], dict[str, Any]]] = list(
        PreflightRun.objects.filter(
            moderation__source=approved.source_id,
            moderation__state=ModerationState.APPROVED,
            moderation__lte=approved,
            part=PreflightPart.PAGE,
            evidence__url=url,
        )
        .order_by("-id")
        .values_list("moderation_id", "reports", "evidence")[:10]
    )
    was_read = not runs or runs[0][0] != approved.pk or is_read(runs[0][1])
    for _round, reports, evidence in runs:
        if is_read(reports):
            return Known(found(reports), host_of(evidence["final_url"]), was_read)
    return Known([], host_of(url), was_read)


def _tell_news(watch: PageWatch, news: list[News], seen: Seen, at: datetime) -> Moderation | None:
    """Reopen for what is new and was not told by the look before; what went and came is new."""
    looks = PageLook.objects.filter(source=watch.source_id, approved=watch.approved)
    before = looks.exclude(outcome=LookOutcome.FAILED).order_by("-id").first()
    fresh = new_among(news, before.news if before else [])
    if not fresh:
        return None
    sentences = [one["sentence"] for one in fresh[:TOLD_AT_MOST]]
    findings = Told(*(" ".join(one[language] for one in sentences) for language in ("en", "ru")))
    why = told(FOUND, day=_day(watch.approved), findings=findings)
    key = f"found:{watch.approved_id}:{at.isoformat()}"
    return reopen_for_page(approved=watch.approved, key=key, why=why, seen=seen, at=at)


def _tell_not_read(watch: PageWatch, seen: Seen, at: datetime) -> Moderation | None:
    """Reopen for a page that is not read any more, once; not where no page of anybody is."""
    since = watch.failing_since
    if since is None or not _others_are_read(watch.source_id, since):
        return None
    key = f"failing:{watch.approved_id}:{since.isoformat()}"
    sentence = why_not_read(seen.reports)
    why = told(
        NOT_READ,
        day=_day(watch.approved),
        times=watch.failures,
        since=since.date().isoformat(),
        why=Told(sentence["en"], sentence["ru"]),
    )
    return reopen_for_page(approved=watch.approved, key=key, why=why, seen=seen, at=at)


def _others_are_read(source_id: int, since: datetime) -> bool:
    """Whether a page of another source was read since, or none was asked for.

    Where all fail it is more likely that we are cut off than that all sites are gone.
    """
    others = PageLook.objects.filter(at__gte=since).exclude(source=source_id)
    counted = others.aggregate(
        all=Count("id"), read=Count("id", filter=~Q(outcome=LookOutcome.FAILED))
    )
    return bool(counted["read"]) or not counted["all"]


def is_watched(source: Source, at: datetime) -> bool:
    """Whether its page may be looked at again: its approval stands, and its account is open."""
    return standing_approval(source, at) is not None and not is_blocked(source.publisher_id)


def _day(approved: Moderation) -> str:
    return approved.decided_at.date().isoformat() if approved.decided_at else ""


@transaction.atomic
def look_now(*, source_id: int, at: datetime) -> None:
    """Let the page of a source be looked at by the next run: in its round, where one is under way.

    Raises NotFound and Refused.
    """
    source = locked_source(source_id)
    under_way = open_round_of(source)
    if under_way is not None:
        ask_page_again(moderation_id=under_way.pk, at=at)
        return
    if not is_watched(source, at):
        raise Refused(_("Only pages of approved sources of open accounts are looked at again."))
    if not PageWatch.objects.filter(source=source).update(due_at=at):
        raise Refused(_("No round has approved a page of this source: open one to look at it."))
