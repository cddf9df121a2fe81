"""A batch of feed rows on its way into the books: looked up, folded, booked.

The steps are apart so that one batch is written while the next is looked up and folded
(`ingest.take_batches`).
"""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import polars as pl
from django.db import connection, connections, transaction
from psycopg.errors import UniqueViolation

from commissions.engine.reference import Reference
from commissions.ledger.posting import Posting
from commissions.models import Programme
from commissions.pipeline.booking import Booked, book, changes
from commissions.pipeline.latest import Latest, beside_stored, latest_words
from commissions.pipeline.lines import lines_of_orders, orders_of_sub_orders
from commissions.pipeline.locks import hold_books_on, let_books_go, somebody_waits
from commissions.pipeline.reference import ASKED, load_reference

_LINE_ONCE = "commissions_line_once"


@dataclass(frozen=True)
class Known:
    """What the database says of the orders of some feed rows, at one hold of the books."""

    rows: pl.DataFrame
    orders: pl.Series
    stored: pl.DataFrame
    reference: Reference

    def speaks_of(self, rows: pl.DataFrame) -> bool:
        """Whether other rows are of an order of these: what becomes of them hangs together."""
        return bool(self.orders.is_in(rows["order_id"].implode()).any())


@dataclass(frozen=True)
class Folded:
    """The last words of a batch, and the lines to be written."""

    known: Known
    latest: Latest
    written: pl.DataFrame


def look_up(programme: Programme, rows: pl.DataFrame, *, thoroughly: bool = False) -> Known:
    """Ask for the stored lines of the rows' orders and for their reference.

    thoroughly: also the orders under which the rows' sub-orders are stored. A sub-order hardly
    ever changes its order; that it has shows when it cannot be added a second time.
    """
    orders = rows["order_id"].unique()
    if thoroughly:
        elsewhere = orders_of_sub_orders(programme.pk, rows["sub_order_id"].unique())
        orders = pl.concat([orders, elsewhere]).unique()
    stored = lines_of_orders(programme.pk, orders)
    asked = pl.concat([rows.select(ASKED), stored.select(ASKED)])
    return Known(rows, orders, stored, load_reference(programme, asked))


def fold(known: Known) -> Folded:
    """The last words of the rows, and what they change in the books; asks no database."""
    latest = latest_words(known.rows, known.stored)
    lines = beside_stored(latest.rows, known.stored)
    return Folded(known, latest, changes(lines, known.reference))


def book_folded(
    programme: Programme,
    folded: Folded,
    *,
    posting: Posting,
    ahead: "FoldingAhead | None" = None,
) -> tuple[Latest, Booked]:
    """Write a folded batch, all of it or nothing, under the hold of the books it was looked up in.

    Where one of its sub-orders is known under another order, the batch is folded again with the
    lines of that order beside it. The batch folded ahead may speak of that order too, and is
    forgotten.
    """
    try:
        with transaction.atomic():
            return folded.latest, book(programme, folded.written, posting=posting)
    except UniqueViolation as error:
        if error.diag.constraint_name != _LINE_ONCE:
            raise
    if ahead is not None:
        ahead.forget()
    again = fold(look_up(programme, folded.known.rows, thoroughly=True))
    return again.latest, book(programme, again.written, posting=posting)


def book_rows(
    programme: Programme, rows: pl.DataFrame, *, posting: Posting
) -> tuple[Latest, Booked]:
    """Fold feed rows into what is known and book what that changes.

    rows: as `commissions.feed` gives them, in order of arrival. The books are held by the caller.
    """
    folded = fold(look_up(programme, rows))
    return book_folded(programme, folded, posting=posting)


class FoldingAhead:
    """Looks up and folds the next batch while this one is written, on a connection of its own.

    What was looked up stays true because the books are held, across the commit between the two
    batches, until the second one is booked. They are let go where somebody waits for them.
    """

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._coming: Future[Folded] | None = None
        self._held = False
        # Another connection sees nothing of a transaction that is open around all this.
        self._alone = connection.in_atomic_block

    def folded(self, rows: pl.DataFrame) -> Folded:
        """What the rows change: as folded ahead, or looked up and folded now."""
        coming, self._coming = self._coming, None
        return coming.result() if coming else fold(look_up(self._programme, rows))

    def begin(self, rows: pl.DataFrame, *, beside: Folded) -> None:
        """Begin with the rows that come next, before `beside` is written.

        Rows that speak of an order of `beside` must see it booked: nothing is begun.
        """
        if self._alone or rows.is_empty() or beside.known.speaks_of(rows):
            return
        if somebody_waits(self._programme.pk):
            return
        hold_books_on(self._programme.pk)
        self._held = True
        self._coming = self._thread.submit(lambda: fold(look_up(self._programme, rows)))

    def forget(self) -> None:
        """What is being folded is not what will be stored: its turn begins with a look-up anew."""
        self._coming = None

    def let_go(self) -> None:
        """End the hold across a commit: the transaction that follows it holds the books by now."""
        if self._held:
            self._held = False
            let_books_go(self._programme.pk)

    def close(self) -> None:
        """Wait for what is being folded, end its connection, and let go of the books."""
        self._thread.submit(connections.close_all).result()
        self._thread.shutdown()
        self.let_go()
