"""A batch of feed rows on its way into the books: looked up, folded, booked.

The steps are apart so that two batches are on their way at once (`pipeline.lanes`).
"""

from dataclasses import dataclass

import polars as pl
from django.db import transaction
from psycopg.errors import UniqueViolation

from commissions.engine.reference import Reference
from commissions.ledger.posting import Posting
from commissions.models import Programme
from commissions.pipeline.booking import Booked, Prepared, book, changes, prepared
from commissions.pipeline.latest import Latest, beside_stored, latest_words
from commissions.pipeline.lines import lines_of_orders, orders_of_sub_orders
from commissions.pipeline.reference import ASKED, HeldReference

_LINE_ONCE = "commissions_line_once"


@dataclass(frozen=True)
class Known:
    """What the database says of the orders of some feed rows, at one hold of the books."""

    rows: pl.DataFrame
    stored: pl.DataFrame
    reference: Reference


@dataclass(frozen=True)
class Folded:
    """The last words of a batch, and what is to be written."""

    latest: Latest
    ready: Prepared | None


def look_up(
    programme: Programme,
    rows: pl.DataFrame,
    *,
    held: HeldReference | None = None,
    thoroughly: bool = False,
) -> Known:
    """Ask for the stored lines of the rows' orders and for their reference.

    held: of the batches before under the same hold of the books.
    thoroughly: also the orders under which the rows' sub-orders are stored. A sub-order hardly
    ever changes its order; that it has shows when it cannot be added a second time.
    """
    orders = rows["order_id"].unique()
    if thoroughly:
        elsewhere = orders_of_sub_orders(programme.pk, rows["sub_order_id"].unique())
        orders = pl.concat([orders, elsewhere]).unique()
    stored = lines_of_orders(programme.pk, orders)
    asked = pl.concat([rows.select(ASKED), stored.select(ASKED)])
    held = held or HeldReference(programme)
    return Known(rows, stored, held.of(asked))


def fold(programme: Programme, known: Known, *, posting: Posting) -> Folded:
    """The last words of the rows, and what they change in the books.

    Of the database only numbers for new lines are asked; they are lost where nothing comes of it.
    """
    latest = latest_words(known.rows, known.stored)
    lines = beside_stored(latest.rows, known.stored)
    written = changes(lines, known.reference)
    return Folded(latest, prepared(programme, written, posting=posting))


def is_under_another_order(error: UniqueViolation) -> bool:
    """Whether lines could not be added because a sub-order is known under another order."""
    return error.diag.constraint_name == _LINE_ONCE


def book_rows(
    programme: Programme, rows: pl.DataFrame, *, posting: Posting
) -> tuple[Latest, Booked]:
    """Fold feed rows into what is known and book what that changes, all of it or nothing.

    rows: as `commissions.feed` gives them, in order of arrival. The books are held by the caller.
    Where a sub-order is known under another order, they are folded again with the lines of that
    order beside them.
    """
    folded = fold(programme, look_up(programme, rows), posting=posting)
    try:
        with transaction.atomic():
            return folded.latest, book(programme, folded.ready, posting=posting)
    except UniqueViolation as error:
        if not is_under_another_order(error):
            raise
    again = fold(programme, look_up(programme, rows, thoroughly=True), posting=posting)
    return again.latest, book(programme, again.ready, posting=posting)
