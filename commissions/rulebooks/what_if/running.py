"""A rulebook tried on stored lines: the engine and the facts are the books' own, only the calendar
and what the rulebook says of traffic are others. Nothing of the books is written.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from commissions.engine import rulebook as engine
from commissions.engine.bulk import settle_frame
from commissions.engine.reference import ApprovalRow, PermissionRow, Reference
from commissions.enums import WhatIfState
from commissions.models import Programme, Rule, WhatIf
from commissions.pipeline.columns import FEED
from commissions.pipeline.latest import beside_stored
from commissions.pipeline.lines import lines_of_selection
from commissions.pipeline.reference import load_reference
from commissions.rulebooks.document import digest, document_of
from commissions.rulebooks.reading import engine_rulebook
from commissions.rulebooks.traffic import statements_of
from commissions.rulebooks.what_if.figures import Figures
from commissions.sql import sql
from publishers.enums import Permission
from publishers.permissions import Saying, sayings_of, stated
from publishers.suspensions import changes, known_sayings

BATCH_ORDERS = 50_000
TRIED = 0  # the number of a rulebook that is tried
# Told after each batch: the row, with its progress.
OnBatch = Callable[[WhatIf], None]


class _Stopped(Exception):
    """Somebody asked that the what-if be stopped."""


def ignore_progress(_what_if: WhatIf) -> None:
    """For those who read the row instead."""


@dataclass(frozen=True)
class Trial:
    """What is supposed: this rulebook ruled `[from_at, to_at)`.

    changed: what is then said of the types of traffic of which it says something else;
    ends: the end that an approval then has, by source and beginning, where it is another one.
    """

    rulebook: engine.Rulebook
    from_at: datetime
    to_at: datetime | None
    changed: dict[str, list[Saying]]
    ends: dict[tuple[int, datetime | None], datetime | None]


def trial_of(what_if: WhatIf) -> Trial:
    """What a what-if supposes, by what the rulebook says now."""
    programme = what_if.rulebook.programme
    sayings = sayings_of(programme.code)
    statements = statements_of(what_if.rulebook)
    changed = stated(sayings, statements, what_if.from_at, what_if.to_at)
    supposed = {**known_sayings(), programme.code: {**sayings, **changed}}
    ends: dict[tuple[int, datetime | None], datetime | None] = {
        (one.approval.source_id, one.approval.valid_from): one.ends
        for one in changes(supposed, None)
    }
    # The calendar may hold another version of its edition: it is tried under no number of theirs.
    book = replace(engine_rulebook(what_if.rulebook), id=TRIED, starts_at=what_if.from_at)
    return Trial(book, what_if.from_at, what_if.to_at, changed, ends)


def supposing(ref: Reference, trial: Trial) -> Reference:
    """The reference as it would be: the trial's rulebook in its period, all else as it is."""
    end = trial.to_at
    outside = [
        book
        for book in ref.calendar
        if book.starts_at < trial.from_at or (end is not None and book.starts_at >= end)
    ]
    resumed = ref.rulebook_at(end) if end is not None else None
    if resumed is not None and end is not None and resumed.starts_at < end:
        outside.append(replace(resumed, starts_at=end))
    kept = [row for row in ref.permissions if row.traffic_type not in trial.changed]
    said = [
        PermissionRow(code, one.permission == Permission.PERMITTED, one.valid_from, one.valid_to)
        for code, sayings in trial.changed.items()
        for one in sayings
    ]
    approvals = [
        ApprovalRow(
            row.source_id,
            row.valid_from,
            trial.ends.get((row.source_id, row.valid_from), row.valid_to),
        )
        for row in ref.approvals
    ]
    return replace(
        ref,
        rulebooks=[*outside, trial.rulebook],
        permissions=[*kept, *said],
        approvals=approvals,
    )


def run_what_if(
    *,
    what_if_id: int,
    on_batch: OnBatch = ignore_progress,
    batch_orders: int = BATCH_ORDERS,
) -> WhatIf:
    """Run a what-if to its end, from its beginning. Figures are written once, with the end.

    One that fails says so in its row, and nothing else has changed. Asked to stop, it begins no
    further batch, ends as cancelled, and keeps no figures.
    """
    what_if = WhatIf.objects.select_related("rulebook__programme").get(pk=what_if_id)
    what_if.state, what_if.error = WhatIfState.RUNNING, ""
    what_if.started_at = what_if.beat_at = timezone.now()
    what_if.digest = digest(document_of(what_if.rulebook))
    what_if.save(update_fields=["state", "error", "started_at", "beat_at", "digest"])
    try:
        trial = trial_of(what_if)
        figures = Figures(what_if.rulebook.programme, _rule_codes(what_if))
        for orders, decided in _batches(what_if, trial, batch_orders):
            figures.add(*decided)
            what_if.orders_done += orders
            what_if.beat_at = timezone.now()
            what_if.save(update_fields=["orders_done", "orders_total", "beat_at"])
            on_batch(what_if)
        _finish(what_if, figures)
    except _Stopped:
        what_if.state, what_if.finished_at = WhatIfState.CANCELLED, timezone.now()
        what_if.save(update_fields=["state", "finished_at"])
    except Exception as error:
        WhatIf.objects.filter(pk=what_if.pk).exclude(state=WhatIfState.DONE).update(
            state=WhatIfState.FAILED, error=f"{type(error).__name__}: {error}"[:2_000]
        )
        raise
    return what_if


@transaction.atomic
def _finish(what_if: WhatIf, figures: Figures) -> None:
    """Write the figures, unless another run of the same what-if was faster."""
    stored = WhatIf.objects.select_for_update().get(pk=what_if.pk)
    if stored.state == WhatIfState.DONE:
        what_if.refresh_from_db()
        return
    figures.write(what_if)
    what_if.state, what_if.finished_at = WhatIfState.DONE, timezone.now()
    what_if.save(update_fields=["state", "finished_at"])


def _rule_codes(what_if: WhatIf) -> dict[int, str]:
    rules = Rule.objects.filter(rulebook__programme_id=what_if.rulebook.programme_id)
    return dict(rules.values_list("id", "code"))


def _batches(
    what_if: WhatIf, trial: Trial, batch_orders: int
) -> Iterator[tuple[int, tuple[pl.DataFrame, Reference]]]:
    """The orders concerned, batch by batch: how many, and their lines as decided then.

    Raises _Stopped between two batches.
    """
    programme = what_if.rulebook.programme
    with _orders_concerned(programme, trial, batch_orders) as sizes:
        what_if.orders_total, what_if.orders_done = sum(sizes), 0
        what_if.beat_at = timezone.now()
        what_if.save(update_fields=["orders_total", "orders_done", "beat_at"])
        for number, size in enumerate(sizes):
            if WhatIf.objects.filter(pk=what_if.pk, stop_asked_at__isnull=False).exists():
                raise _Stopped
            yield size, _decided(programme, trial, number)


def _decided(programme: Programme, trial: Trial, number: int) -> tuple[pl.DataFrame, Reference]:
    with transaction.atomic():
        stored = lines_of_selection(
            programme.pk, "SELECT order_id FROM what_if_order WHERE batch = %s", [number]
        )
        lines = beside_stored(pl.DataFrame(schema=FEED), stored)
        ref = supposing(load_reference(programme, lines), trial)
    return settle_frame(lines, ref), ref


@contextmanager
def _orders_concerned(
    programme: Programme, trial: Trial, batch_orders: int
) -> Iterator[Sequence[int]]:
    """A temporary table of the orders concerned; the sizes of its batches."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS what_if_order")
        cursor.execute(
            sql("what_if_orders"),
            {
                "programme": programme.pk,
                "from_at": trial.from_at,
                "to_at": trial.to_at,
                "traffic_types": sorted(trial.changed),
                "batch": batch_orders,
            },
        )
        cursor.execute("SELECT count(*) FROM what_if_order GROUP BY batch ORDER BY batch")
        sizes = [row[0] for row in cursor.fetchall()]
    try:
        yield sizes
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS what_if_order")
