"""Feed files and parked rows: received, imported, mended and replayed."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from commissions.enums import Cause, ImportState, ParkedState
from commissions.feed import FeedBatch, read_records
from commissions.ledger.posting import Posting
from commissions.models import FeedImport, ParkedRow, Programme
from commissions.pipeline.batches import book_rows
from commissions.pipeline.ingest import OnBatch, feed_rules, ignore_progress, run_file
from commissions.pipeline.locks import lock_books
from commissions.pipeline.repeats import count_revision
from commissions.pipeline.taking import note_stale
from publishers.models import User

# A run that gave no sign of life for so long was killed; a batch takes seconds.
SILENCE = timedelta(minutes=1)


class ImportRefused(Exception):
    """An import may not go that way now; the message is a sentence for whoever asked."""


class StillUnreadable(Exception):
    """A mended row that cannot be read yet: `field`, and the sentence as the message."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def receive_feed(
    *, programme: Programme, name: str, amount_unit: str, by: User | None, at: datetime
) -> FeedImport:
    """Note that a feed file came. The row is the work; whoever runs it claims it."""
    return FeedImport.objects.create(
        programme=programme, file_name=name, amount_unit=amount_unit, by=by, received_at=at
    )


def import_file(
    *, feed_import_id: int, path: Path, at: datetime, on_batch: OnBatch = ignore_progress
) -> FeedImport:
    """Run an import over a file that lies at `path`, telling `on_batch` after each batch."""
    feed_import = FeedImport.objects.select_related("programme").get(pk=feed_import_id)
    try:
        return run_file(feed_import, path, now=at, on_batch=on_batch)
    except (OperationalError, InterfaceError):
        # The database went away, or ended a deadlock: the row stays, and the sweep rings again.
        raise
    except Exception as error:
        FeedImport.objects.filter(pk=feed_import_id).update(
            state=ImportState.FAILED, error=f"{type(error).__name__}: {error}"[:2_000]
        )
        raise


@transaction.atomic
def stop_import(*, feed_import_id: int, by: User | None, at: datetime) -> FeedImport:
    """Ask that an import be stopped: its run begins no further batch; what is booked stays.

    One that is queued, or whose run gives no sign of life, is over at once. Raises ImportRefused,
    changing nothing, where it is over already.
    """
    row = FeedImport.objects.select_for_update(no_key=True).get(pk=feed_import_id)
    if row.state not in {ImportState.QUEUED, ImportState.RUNNING}:
        raise ImportRefused(
            _("Import %(number)s is over already, it is “%(state)s”: there is nothing to stop.")
            % {"number": row.pk, "state": ImportState(row.state).label}
        )
    row.stop_asked_at = row.stop_asked_at or at
    sign_of_life = row.beat_at or row.started_at or row.received_at
    if row.state == ImportState.QUEUED or sign_of_life < at - SILENCE:
        row.state, row.finished_at = ImportState.CANCELLED, at
    row.save(update_fields=["stop_asked_at", "state", "finished_at"])
    return row


@transaction.atomic
def abandon_import(*, feed_import_id: int, at: datetime) -> FeedImport:
    """Note that an import's run was broken off by whoever ran it; one that is over stays so."""
    row = FeedImport.objects.select_for_update(no_key=True).get(pk=feed_import_id)
    if row.state in {ImportState.QUEUED, ImportState.RUNNING}:
        row.state = ImportState.CANCELLED
        row.stop_asked_at = row.finished_at = at
        row.save(update_fields=["stop_asked_at", "state", "finished_at"])
    return row


@transaction.atomic
def run_import_again(*, feed_import_id: int, by: User | None, at: datetime) -> FeedImport:
    """Queue an import that was stopped or failed; its file is read again from its beginning.

    What it booked is not booked twice. The caller rings. Raises ImportRefused, changing nothing.
    """
    row = FeedImport.objects.select_for_update(no_key=True).get(pk=feed_import_id)
    if row.state not in {ImportState.CANCELLED, ImportState.FAILED}:
        raise ImportRefused(
            _("Import %(number)s is “%(state)s”: only one that was stopped or failed is run again.")
            % {"number": row.pk, "state": ImportState(row.state).label}
        )
    if not row.stored_as:
        raise ImportRefused(
            _("The file of import %(number)s was not kept here: give it again.")
            % {"number": row.pk}
        )
    row.state, row.error = ImportState.QUEUED, ""
    row.stop_asked_at = row.beat_at = row.finished_at = None
    row.save(update_fields=["state", "error", "stop_asked_at", "beat_at", "finished_at"])
    return row


@transaction.atomic
def replay_parked_row(
    *, parked_id: int, fields: Mapping[str, str], by: User | None, at: datetime
) -> ParkedRow:
    """Take a parked row as mended into the books.

    fields: the feed's field names and texts. Raises StillUnreadable, changing nothing.
    """
    parked = (
        ParkedRow.objects.select_for_update(of=("self",))
        .select_related("programme")
        .get(pk=parked_id)
    )
    if parked.state == ParkedState.REPLAYED:
        return parked
    batch = _read_mended(parked, fields, at)
    lock_books(parked.programme.pk)
    parked.programme.refresh_from_db()
    posting = Posting(at=at, cause=Cause.IMPORT, cause_id=parked.feed_import_id)
    latest, _booked = book_rows(parked.programme, batch.rows, posting=posting)
    count_revision(parked.programme)
    note_stale(parked.feed_import, latest)
    parked.feed_import.save(update_fields=["rows_stale"])
    parked.state = ParkedState.REPLAYED
    parked.mended = dict(fields)
    parked.replayed_at = at
    parked.replayed_by = by
    parked.save()
    return parked


def _read_mended(parked: ParkedRow, fields: Mapping[str, str], at: datetime) -> FeedBatch:
    rules = feed_rules(parked.programme, parked.amount_unit)
    batch = read_records([fields], rules, now=at)
    for unread in batch.parked:
        raise StillUnreadable(unread.field, unread.reason)
    return batch


def fields_of_parked(parked: ParkedRow) -> dict[str, str]:
    """A parked row's fields as they came, for a form to mend."""
    return {name: str(value) for name, value in json.loads(parked.raw).items()}
