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
from commissions.pipeline.booking import Booked, Prepared, book, changes, prepared
from commissions.pipeline.latest import Latest, beside_stored, latest_words
from commissions.pipeline.lines import lines_of_orders, orders_of_sub_orders
from commissions.pipeline.locks import hold_books_on, let_books_go, somebody_waits
from commissions.pipeline.reference import ASKED, HeldReference

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
    """The last words of a batch, and what is to be written."""

    known: Known
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
    return Known(rows, orders, stored, held.of(asked))


def fold(programme: Programme, known: Known, *, posting: Posting) -> Folded:
    """The last words of the rows, and what they change in the books.

    Of the database only numbers for new lines are asked; they are lost where nothing comes of it.
    """
    latest = latest_words(known.rows, known.stored)
    lines = beside_stored(latest.rows, known.stored)
    written = changes(lines, known.reference)
    return Folded(known, latest, prepared(programme, written, posting=posting))


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
            return folded.latest, book(programme, folded.ready, posting=posting)
    except UniqueViolation as error:
        if error.diag.constraint_name != _LINE_ONCE:
            raise
    if ahead is not None:
        ahead.forget()
    known = look_up(programme, folded.known.rows, thoroughly=True)
    again = fold(programme, known, posting=posting)
    return again.latest, book(programme, again.ready, posting=posting)


def book_rows(
    programme: Programme, rows: pl.DataFrame, *, posting: Posting
) -> tuple[Latest, Booked]:
    """Fold feed rows into what is known and book what that changes.

    rows: as `commissions.feed` gives them, in order of arrival. The books are held by the caller.
    """
    folded = fold(programme, look_up(programme, rows), posting=posting)
    return book_folded(programme, folded, posting=posting)


class FoldingAhead:
    """Looks up and folds the next batch while this one is written, on a connection of its own.

    What was looked up stays true because the books are held, across the commit between the two
    batches, until the second one is booked. They are let go where somebody waits for them.
    """

    def __init__(self, programme: Programme, posting: Posting) -> None:
        self._programme, self._posting = programme, posting
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._coming: Future[Folded] | None = None
        self._reference: HeldReference | None = None
        self._held = False
        # Another connection sees nothing of a transaction that is open around all this.
        self._alone = connection.in_atomic_block

    def folded(self, rows: pl.DataFrame) -> Folded:
        """What the rows change: as folded ahead, or looked up and folded now."""
        coming, self._coming = self._coming, None
        if coming:
            return coming.result()
        self._reference = HeldReference(self._programme)  # the hold is a new one
        return self._fold(rows, self._reference)

    def _fold(self, rows: pl.DataFrame, held: HeldReference | None) -> Folded:
        known = look_up(self._programme, rows, held=held)
        return fold(self._programme, known, posting=self._posting)

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
        self._coming = self._thread.submit(self._fold, rows, self._reference)

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
