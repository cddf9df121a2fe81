"""What must always be true of the books, each as one named question that finds what breaks it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.db import connection, transaction
from django.db.models import Max

from commissions.engine.bulk import settle_frame
from commissions.models import OrderLine, Programme
from commissions.pipeline.columns import DECISION, FEED, was
from commissions.pipeline.latest import beside_stored
from commissions.pipeline.lines import lines_of_selection
from commissions.pipeline.locks import lock_books
from commissions.pipeline.reference import load_reference
from commissions.pipeline.rerating import ID_SPAN, pending_touches

SHOWN = 10  # faults named per check; the rest are counted


@dataclass(frozen=True)
class Finding:
    """One broken invariant: its name, how many rows break it, and sentences about some."""

    check: str
    count: int
    sentences: tuple[str, ...]


def run_checks(folder: Path) -> Iterator[tuple[str, Finding | None]]:
    """Every named question of a folder, with what it found (None: nothing is wrong)."""
    for path in sorted(folder.glob("*.sql")):
        yield path.stem, _ask(path)


def _ask(path: Path) -> Finding | None:
    question = path.read_text(encoding="utf-8")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) OVER (), fault FROM ({question}) AS faults (fault) LIMIT {SHOWN}"
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    return Finding(path.stem, rows[0][0], tuple(row[1] for row in rows))


def decisions_follow_from_facts() -> Finding | None:
    """Decide every stored line again from the facts: what comes out is what is stored.

    Only asked when no re-rating waits: until it has run, lines may lag behind their facts. The
    books are held for a span of lines at a time: lines and facts are of one moment.
    """
    wrong: list[str] = []
    last = OrderLine.objects.aggregate(last=Max("id"))["last"] or 0
    for programme in Programme.objects.order_by("id"):
        for first in range(0, last + 1, ID_SPAN):
            wrong += _undue_decisions(programme, first)
    if not wrong:
        return None
    return Finding("decisions_follow_from_facts", len(wrong), tuple(wrong[:SHOWN]))


def _undue_decisions(programme: Programme, first: int) -> list[str]:
    with transaction.atomic():
        lock_books(programme.pk)
        programme.refresh_from_db()
        stored = lines_of_selection(
            programme.pk,
            "SELECT DISTINCT order_id FROM commissions_orderline"
            " WHERE programme_id = %s AND id >= %s AND id < %s",
            [programme.pk, first, first + ID_SPAN],
        )
        if stored.is_empty():
            return []
        lines = beside_stored(pl.DataFrame(schema=FEED), stored)
        reference = load_reference(programme, lines)
        if pending_touches():  # a fact has come since the caller asked
            return []
    decided = settle_frame(lines, reference)
    differing = [name for name in DECISION if name != "commission_cents"] + ["commission_cents"]
    columns = [pl.col(name).ne_missing(pl.col(was(name))).alias(name) for name in differing]
    faults = decided.select("sub_order_id", *columns).filter(pl.any_horizontal(differing))
    return [
        f"Line {row['sub_order_id']} is stored with another "
        f"{', '.join(name for name in differing if row[name])} than its facts give."
        for row in faults.iter_rows(named=True)
    ]
