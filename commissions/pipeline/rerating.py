"""Decide again what late facts touch, and post only differences."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
from django.db import connection, transaction
from django.db.models import Max

from commissions.enums import Cause, TouchScope
from commissions.ledger.posting import Posting
from commissions.models import OrderLine, Programme, Touch
from commissions.pipeline.booking import Booked, decide_and_book
from commissions.pipeline.columns import FEED
from commissions.pipeline.latest import beside_stored
from commissions.pipeline.lines import Params, lines_of_selection
from commissions.pipeline.locks import lock_books, one_rerating
from commissions.sql import sql

ID_SPAN = 100_000  # line numbers looked at by one question
# Orders found by then are decided, and the books let go; so they are after so many questions.
BATCH_ORDERS, BATCH_SPANS = 50_000, 10


@dataclass
class Rerated:
    """What re-rating did: lines changed, transfers posted."""

    changed: int = 0
    transfers: int = 0

    def add(self, booked: Booked) -> None:
        self.changed += booked.changed
        self.transfers += booked.transfers


def rerate_selection(
    programme: Programme, selection: str, params: Params, *, posting: Posting
) -> Booked:
    """Decide every line of the orders a query selects, in the current transaction.

    selection: SQL giving order ids. The books are held by the caller.
    """
    stored = lines_of_selection(programme.pk, selection, params)
    nothing_said = pl.DataFrame(schema=FEED)
    return decide_and_book(programme, beside_stored(nothing_said, stored), posting=posting)


def pending_touches() -> bool:
    """Whether any fact waits for its lines to be decided again, late clicks included."""
    if Touch.objects.exists():
        return True
    with connection.cursor() as cursor:
        cursor.execute(sql("late_clicks"))
        return bool(cursor.fetchone()[0])


def rerate_pending(*, at: datetime) -> Rerated:
    """Decide again the lines of every fact that came or changed, and forget the touches.

    at: when the differences are said to have happened. One re-rating runs at a time; one cut
    short leaves its touches, and the next takes them again.
    """
    done = Rerated()
    posting = Posting(at=at, cause=Cause.RERATING)
    with one_rerating():
        Touch.objects.filter(taken=False).update(taken=True)
        for programme in Programme.objects.order_by("id"):
            first, end = 0, _last_line(programme) + 1
            while first < end:
                with transaction.atomic():
                    lock_books(programme.pk)
                    programme.refresh_from_db()
                    first = _find_orders(programme, first, end)
                    done.add(_rerate_found(programme, posting))
        Touch.objects.filter(taken=True).delete()
    return done


def _last_line(programme: Programme) -> int:
    """The highest line number, read when no batch of the programme is under way.

    Lines that come later are decided with the facts that have come by now.
    """
    with transaction.atomic():
        lock_books(programme.pk)
        return OrderLine.objects.aggregate(last=Max("id"))["last"] or 0


def _find_orders(programme: Programme, first: int, end: int) -> int:
    """Note the orders that touches concern, from the line number `first` on, up to a batch full.

    They stand in a temporary table of this transaction. Returns where to go on.
    """
    found, spans = 0, 0
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS touched_order")
        cursor.execute("CREATE TEMPORARY TABLE touched_order (order_id text) ON COMMIT DROP")
        while first < end and found < BATCH_ORDERS and spans < BATCH_SPANS:
            params = {"programme": programme.pk, "first": first, "end": first + ID_SPAN}
            cursor.execute(f"INSERT INTO touched_order {sql('touched_orders')}", params)
            found, spans, first = found + cursor.rowcount, spans + 1, first + ID_SPAN
    return first


def _rerate_found(programme: Programme, posting: Posting) -> Booked:
    found = "SELECT DISTINCT order_id FROM touched_order"
    return rerate_selection(programme, found, [], posting=posting)


def reckon_age(programme_id: int, *, at: datetime) -> Booked:
    """The daily confirmation of settled lines that have reached the minimum age by `at`."""
    with transaction.atomic():
        lock_books(programme_id)
        programme = Programme.objects.get(pk=programme_id)
        if programme.aged_at is not None and programme.aged_at >= at:
            return Booked(0, 0, 0)
        programme.aged_at = at
        programme.save(update_fields=["aged_at"])
        if not programme.minimum_age_days:
            return Booked(0, 0, 0)
        old_enough = at - timedelta(days=programme.minimum_age_days)
        return rerate_selection(
            programme,
            "SELECT DISTINCT order_id FROM commissions_orderline WHERE programme_id = %s"
            " AND feed_status = 3 AND status = 'hold' AND created_at <= %s",
            [programme.pk, old_enough],
            posting=Posting(at=at, cause=Cause.AGEING),
        )


def rerate_publisher(publisher_id: int, *, posting: Posting) -> Booked:
    """Decide again every line of a publisher, in the current transaction (a block, its undoing)."""
    total = Booked(0, 0, 0)
    for programme in Programme.objects.order_by("id"):
        lock_books(programme.pk)
        programme.refresh_from_db()
        booked = rerate_selection(
            programme,
            "SELECT DISTINCT order_id FROM commissions_orderline"
            " WHERE programme_id = %s AND publisher_id = %s",
            [programme.pk, publisher_id],
            posting=posting,
        )
        total = Booked(0, total.changed + booked.changed, total.transfers + booked.transfers)
    return total


def touches_of_publisher(publisher_id: int) -> list[int]:
    """The touches of a publisher that are known by now.

    Asked before its lines are decided again: these are accounted for by that and may then go.
    One that comes later may be of a fact that was not seen.
    """
    found = Touch.objects.filter(scope=TouchScope.PUBLISHER, value=str(publisher_id))
    return list(found.values_list("id", flat=True))


def forget_touches(touch_ids: list[int]) -> None:
    """Drop touches whose lines were decided again in this transaction."""
    Touch.objects.filter(id__in=touch_ids).delete()
