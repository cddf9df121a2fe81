"""Take one batch of an import: into the books, and onto the import's row, in one transaction."""

from collections.abc import Sequence

import polars as pl
from django.db import transaction
from django.utils import timezone

from commissions.feed import FeedBatch, ParkedRow
from commissions.ledger.posting import Posting
from commissions.models import FeedImport
from commissions.pipeline.batches import book_rows
from commissions.pipeline.booking import Booked
from commissions.pipeline.copying import write_frame
from commissions.pipeline.latest import Latest
from commissions.pipeline.locks import lock_books
from commissions.pipeline.parking import park
from commissions.pipeline.repeats import count_revision, note_revision

# What a run may write of its row: not whether somebody asks it to stop meanwhile.
OWN_FIELDS = [
    field.name
    for field in FeedImport._meta.concrete_fields  # noqa: SLF001 - Django's own way to ask
    if field.name not in {"id", "stop_asked_at"}
]


@transaction.atomic
def take_batch(
    feed_import: FeedImport, batch: FeedBatch, *, posting: Posting
) -> Sequence[ParkedRow]:
    """Book one batch and count it on the import's row; returns its rows that wait for a person.

    A batch that was counted before the import was cut short is booked again, which changes
    nothing, but not counted again.
    """
    programme = feed_import.programme
    lock_books(programme.pk)
    programme.refresh_from_db()
    latest, booked = book_rows(programme, batch.rows, posting=posting)
    return note_batch(feed_import, batch, latest, booked)


def note_batch(
    feed_import: FeedImport, batch: FeedBatch, latest: Latest, booked: Booked
) -> Sequence[ParkedRow]:
    """Note on the import's row what became of a batch, in the transaction that booked it.

    Returns the batch's rows that wait for a person.
    """
    note_revision(feed_import, count_revision(feed_import.programme))
    waiting = park(feed_import, batch.parked)
    if batch.rows_read > feed_import.rows_read:
        _count(feed_import, batch, latest, booked, parked=len(waiting))
    feed_import.beat_at = timezone.now()
    feed_import.save(update_fields=OWN_FIELDS)
    return waiting


def _count(
    feed_import: FeedImport, batch: FeedBatch, latest: Latest, booked: Booked, *, parked: int
) -> None:
    note_stale(feed_import, latest)
    feed_import.rows_parked += parked
    feed_import.rows_read = batch.rows_read
    feed_import.lines_new += booked.new
    feed_import.lines_changed += booked.changed
    counted = sum(
        (
            feed_import.lines_new,
            feed_import.lines_changed,
            feed_import.rows_stale,
            feed_import.rows_parked,
        )
    )
    # A row may change other lines of its order too: the cap is over all of them.
    feed_import.rows_same = max(feed_import.rows_read - counted, 0)
    feed_import.bytes_done = batch.bytes_done
    feed_import.notices = sorted({*feed_import.notices, *batch.notices})


def note_stale(feed_import: FeedImport, latest: Latest) -> None:
    """Keep rows whose status was overtaken in the import's report."""
    feed_import.rows_stale += latest.stale.height
    if not latest.stale.is_empty():
        write_frame(
            "commissions_stalerow",
            latest.stale.with_columns(feed_import_id=pl.lit(feed_import.pk)),
        )
