"""The daily watch: what has been over long enough is judged once, what came late again."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.db import connection, transaction
from django.db.models import Max

from commissions.models import OrderLine
from commissions.pipeline.locks import lock_all_books
from compliance.detectors import cookie_stuffing, merchant_referrers
from compliance.detectors.suspicion import Suspicion
from compliance.detectors.thresholds import Limits
from compliance.detectors.traffic import Traffic
from compliance.enums import Severity
from compliance.models.observation import Observation, WatchMark
from compliance.sql import sql
from compliance.watching.accounts import as_observation, shared_accounts
from compliance.watching.enums import ObservationKind
from compliance.watching.evidence import Struck, samples, traffic_evidence
from compliance.watching.operations import open_case_from
from compliance.watching.settings import ThresholdHistory, opens_case
from compliance.watching.traffic import Windows, watched
from compliance.watching.windows import (
    DAY,
    ORIGIN,
    SETTLING,
    SPANS,
    due_at,
    judged_at,
    late_starts,
    start_of,
)
from publishers.models import Click

WRITTEN = 200  # findings that are looked into and written at a time
DETECTORS = {
    ObservationKind.MERCHANT_REFERRER: merchant_referrers.judge,
    ObservationKind.COOKIE_STUFFING: cookie_stuffing.judge,
}


def watch(*, at: datetime) -> dict[str, int]:
    """The scheduled watch: judge every window that is due by `at`, and what came late for others.

    Run for many days together it finds what it would have found day by day; run again, nothing.
    An observation blocks nobody; where a policy says so, a case is opened that waits.
    """
    newest_click, newest_line = _newest_facts()
    with transaction.atomic():
        mark, _new = WatchMark.objects.select_for_update().get_or_create(pk=1)
        latest = OrderLine.objects.filter(id__gt=mark.line_id).aggregate(at=Max("created_at"))["at"]
        mark.orders_to = max(filter(None, [mark.orders_to, latest]), default=None)
        thresholds = ThresholdHistory()
        found = [
            *_judge_traffic(mark, at, thresholds),
            *_judge_accounts(mark, at, thresholds),
        ]
        mark.judged_to = max(filter(None, [mark.judged_to, start_of(at - SETTLING, DAY)]))
        mark.click_id, mark.line_id, mark.run_at = newest_click, newest_line, at
        mark.save()
        opened = [open_case_from(one, by=None, at=at) for one in found if opens_case(one)]
    return {"observations": len(found), "cases_opened": len(opened)}


def _newest_facts() -> tuple[int, int]:
    """The newest click and order line, at a moment when nobody is about to write older ones.

    Numbers are given before they are committed: without the locks, a load under way would be
    passed over.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE publishers_click IN SHARE MODE")
        newest_click = Click.objects.aggregate(newest=Max("id"))["newest"] or 0
    with transaction.atomic():
        lock_all_books()
        newest_line = OrderLine.objects.aggregate(newest=Max("id"))["newest"] or 0
    return newest_click, newest_line


def _judge_traffic(
    mark: WatchMark, at: datetime, thresholds: ThresholdHistory
) -> list[Observation]:
    """Shorter windows first: what they find is not found once more in the longer ones."""
    late = _late_days(mark)
    found: list[Observation] = []
    for span in SPANS:
        for windows in _to_judge(span, mark.judged_to, at - SETTLING, late):
            struck = _struck(windows, mark.orders_to, thresholds)
            while some := list(islice(struck, WRITTEN)):
                found += _write(some, found_at=None if windows.only is None else at)
    return found


def _late_days(mark: WatchMark) -> list[datetime]:
    if mark.judged_to is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql("watched_late_days"), {
            "origin": ORIGIN, "click": mark.click_id, "line": mark.line_id,
            "judged_to": mark.judged_to,
        })  # fmt: skip
        return [day for (day,) in cursor.fetchall()]


def _to_judge(
    span: timedelta, judged_to: datetime | None, limit: datetime, late: Iterable[datetime]
) -> Iterator[Windows]:
    """The windows judged already for which facts came, then those that have become due."""
    if judged_to is not None:
        again = late_starts(late, span, judged_to)
        if again:
            yield Windows(span, again[0], again[-1] + span, again)
    start = ORIGIN if judged_to is None else start_of(judged_to, span)
    stop = start_of(limit, span)
    if start < stop:
        yield Windows(span, start, stop)


def _struck(
    windows: Windows, orders_to: datetime | None, thresholds: ThresholdHistory
) -> Iterator[Struck]:
    """What the detectors are struck by, as the counts come; thresholds as of each window."""
    current: tuple[datetime, Limits] | None = None
    for one in watched(windows, orders_to=orders_to):
        if current is None or current[0] != one.starts_at:
            current = (one.starts_at, thresholds.at(judged_at(one.starts_at + windows.span)))
        for kind, suspicion in _suspicions(one.traffic, current[1]):
            yield Struck(
                kind, one.publisher_id, one.source_id, one.starts_at, windows.span,
                one.traffic, suspicion, current[1],
            )  # fmt: skip


def _suspicions(traffic: Traffic, limits: Limits) -> Iterator[tuple[ObservationKind, Suspicion]]:
    for kind, judge in DETECTORS.items():
        suspicion = judge(traffic, limits)
        if suspicion is not None:
            yield kind, suspicion


def _write(struck: Sequence[Struck], found_at: datetime | None) -> list[Observation]:
    """Write observations of what no observation has told yet, with samples.

    found_at: when windows judged before were judged again; None: as of each window's own time.
    """
    new = _untold(struck)
    if not new:
        return []
    clicks, orders = samples(new)
    rows = [
        Observation(
            kind=one.kind, publisher_id=one.publisher_id, source_id=one.source_id,
            window_start=one.starts_at, window_end=one.ends_at,
            severity=Severity(one.suspicion.gravity),
            found_at=found_at or judged_at(one.ends_at),
            evidence=traffic_evidence(one, clicks[place], orders[place]),
        )
        for place, one in enumerate(new)
    ]  # fmt: skip
    return Observation.objects.bulk_create(rows)


def _untold(struck: Sequence[Struck]) -> list[Struck]:
    """Those without an observation of their kind and source within their own window."""
    told = Observation.objects.filter(
        source_id__in={one.source_id for one in struck},
        window_start__gte=min(one.starts_at for one in struck),
        window_end__lte=max(one.ends_at for one in struck),
    ).values_list("kind", "source_id", "window_start", "window_end")
    windows: dict[tuple[str, int], list[tuple[datetime, datetime]]] = {}
    for kind, source_id, start, end in told:
        if source_id is not None and end is not None:
            windows.setdefault((kind, source_id), []).append((start, end))
    return [
        one
        for one in struck
        if not any(
            one.starts_at <= start and end <= one.ends_at
            for start, end in windows.get((one.kind, one.source_id), ())
        )
    ]


def _judge_accounts(
    mark: WatchMark, at: datetime, thresholds: ThresholdHistory
) -> list[Observation]:
    told = set(
        Observation.objects.filter(kind=ObservationKind.SHARED_PAYOUT_DETAILS).values_list(
            "publisher_id", "window_start"
        )
    )
    shared = shared_accounts(at, lambda since: thresholds.at(due_at(since)))
    rows = [
        as_observation(one, limits, _found_at(one.holding.since, mark.run_at, at))
        for one, limits in shared
        if (one.holding.publisher_id, one.holding.since) not in told
    ]
    return Observation.objects.bulk_create(rows)


def _found_at(since: datetime, last_run: datetime | None, at: datetime) -> datetime:
    """The due time of what began since the last run; what came late for it is found now."""
    due = due_at(since)
    return due if last_run is None or due > last_run else at
