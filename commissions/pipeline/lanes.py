"""Two batches of an import on their way at once, each on a connection of its own, booked in turn.

A batch is looked up, folded, and its lines are written while the batch before it still is under
way; transfers, totals and the commit wait until that one is committed. Readers see what they would
see were the batches booked one by one, and a kill at any moment leaves whole batches.
"""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

import polars as pl
from django.db import connection, connections, transaction
from psycopg.errors import UniqueViolation

from commissions.feed import FeedBatch, ParkedRow
from commissions.ledger.posting import Posting
from commissions.models import FeedImport
from commissions.pipeline.batches import fold, is_under_another_order, look_up
from commissions.pipeline.booking import post_stored, store_lines
from commissions.pipeline.locks import (
    hold_books_on,
    let_books_go,
    lock_books,
    somebody_waits,
    write_for_holder,
)
from commissions.pipeline.reference import HeldReference
from commissions.pipeline.taking import note_batch, take_batch

# With two, program and server keep two cores busy; a third only adds the memory of its batch.
LANES = 2


class _Abandoned(Exception):
    """This batch's turn does not come: what was written for it is taken back."""


@dataclass
class _Turn:
    """Whether a batch may be booked: not known yet, yes, or never."""

    _known: Event = field(default_factory=Event)
    _given: bool = False

    def give(self) -> None:
        self._given = True
        self._known.set()

    def refuse(self) -> None:
        self._known.set()

    def wait(self) -> None:
        """Raises _Abandoned."""
        self._known.wait()
        if not self._given:
            raise _Abandoned


@dataclass
class _Flight:
    """A batch on its way. result: the rows that wait for a person, once it is committed."""

    batch: FeedBatch
    lane: ThreadPoolExecutor
    turn: _Turn = field(default_factory=_Turn)
    folded: Event = field(default_factory=Event)
    result: Future[Sequence[ParkedRow]] = field(default_factory=Future)

    def meets(self, rows: pl.DataFrame) -> bool:
        """Whether other rows are of an order or a sub-order of these.

        What becomes of an order hangs together; and two connections that add one sub-order would
        wait for each other, one of them for its turn.
        """
        mine = self.batch.rows
        return any(
            bool(mine[name].is_in(rows[name].implode()).any())
            for name in ("order_id", "sub_order_id")
        )


class Lanes:
    """The batches of an import that are under way.

    What is looked up stays true, because the books are held on the connection of the caller from
    the first look-up until the last of these batches is booked. They are let go where somebody
    waits for them. Each lane's transaction outlives that hold if need be (`write_for_holder`).
    """

    def __init__(self, feed_import: FeedImport, posting: Posting) -> None:
        self._import, self._programme = feed_import, feed_import.programme
        self._posting = posting
        self._threads = [ThreadPoolExecutor(max_workers=1) for _lane in range(LANES)]
        self._free = deque(self._threads)
        self._flights: deque[_Flight] = deque()
        self._reference: HeldReference | None = None
        # Another connection sees nothing of a transaction that is open around all this.
        self._alone = connection.in_atomic_block

    @property
    def busy(self) -> bool:
        """Whether a batch is under way."""
        return bool(self._flights)

    def begin(self, batch: FeedBatch) -> bool:
        """Begin with a batch beside those under way; False: it must wait, or go alone."""
        if self._alone or not self._free or batch.rows.is_empty():
            return False
        if not self._flights:
            if batch.bytes_done >= self._import.bytes_total:
                return False  # the last one has nothing to go beside
            self._hold()
        elif self._meets(batch) or somebody_waits(self._programme.pk):
            return False
        self._start(_Flight(batch, self._free.popleft()))
        return True

    def book_first(self) -> Sequence[ParkedRow]:
        """Book the batch that is first in turn; returns its rows that wait for a person."""
        flight = self._flights[0]
        flight.turn.give()
        try:
            waiting = flight.result.result()
        except UniqueViolation as error:
            if not is_under_another_order(error):
                raise
            waiting = self._book_alone()
        else:
            self._land(self._flights.popleft())
        if not self._flights:
            self._let_go()
        return waiting

    def close(self) -> None:
        """Take back what is not committed, end the connections, and let go of the books."""
        self._abandon()
        for thread in self._threads:
            thread.submit(connections.close_all).result()
            thread.shutdown()
        self._let_go()

    def _meets(self, batch: FeedBatch) -> bool:
        return any(flight.meets(batch.rows) for flight in self._flights)

    def _start(self, flight: _Flight) -> None:
        before = self._flights[-1].folded if self._flights else None
        self._flights.append(flight)
        flight.result = flight.lane.submit(self._take, flight, before)

    def _take(self, flight: _Flight, before: Event | None) -> Sequence[ParkedRow]:
        """The way of one batch, on the thread and the connection of its lane.

        before: that the batch before it is folded. Lines get their numbers as they are folded, in
        the order in which they came.
        """
        try:
            if before:
                before.wait()
            with transaction.atomic():
                write_for_holder(self._programme.pk)
                known = look_up(self._programme, flight.batch.rows, held=self._reference)
                folded = fold(self._programme, known, posting=self._posting)
                del known  # not held in memory until the turn comes
                flight.folded.set()
                store_lines(folded.ready)
                flight.turn.wait()
                booked = post_stored(self._programme, folded.ready, posting=self._posting)
                return note_batch(self._import, flight.batch, folded.latest, booked)
        finally:
            flight.folded.set()

    def _book_alone(self) -> Sequence[ParkedRow]:
        """Book the first batch by itself, and begin again with those that were beside it.

        A sub-order of it is known under another order. The batches after it may speak of that
        order, and must see what becomes of it.
        """
        batches = [flight.batch for flight in self._flights]
        self._abandon()
        waiting = take_batch(self._import, batches[0], posting=self._posting)
        for batch in batches[1:]:
            self._start(_Flight(batch, self._free.popleft()))
        return waiting

    def _abandon(self) -> None:
        """Take back what is under way."""
        for flight in self._flights:
            flight.turn.refuse()
        while self._flights:
            flight = self._flights.popleft()
            flight.result.exception()
            self._land(flight)

    def _land(self, flight: _Flight) -> None:
        self._free.append(flight.lane)

    def _hold(self) -> None:
        """Hold the books on this connection across the transactions of the lanes."""
        with transaction.atomic():
            lock_books(self._programme.pk)
            self._programme.refresh_from_db()
            hold_books_on(self._programme.pk)
        self._reference = HeldReference(self._programme)  # the hold is a new one

    def _let_go(self) -> None:
        if self._reference is not None:
            self._reference = None
            let_books_go(self._programme.pk)
