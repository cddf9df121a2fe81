"""Take a feed file into the books: the one path of command, upload page, task and replay."""

from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.utils import timezone
from django_countries import countries

from commissions.enums import Cause, ImportState
from commissions.feed import FeedBatch, FeedRefused, FeedRules, ParkedRow, read_feed
from commissions.ledger.posting import Posting
from commissions.models import FeedImport, Programme
from commissions.pipeline.lanes import Lanes
from commissions.pipeline.repeats import digest_of, said_before
from commissions.pipeline.taking import OWN_FIELDS, take_batch

# Two or three are in memory at a time, beside the one that is read; see P13 of the benchmark.
BATCH_ROWS = 40_000
# Of an order line: what is searched, filtered and joined by.
ASKED_BY = (
    *("id", "programme_id", "order_id", "sub_order_id", "feed_status", "dp", "created_at"),
    *("paid_at", "country", "source_id", "publisher_id", "click_id", "rulebook_id", "rule_id"),
    *("status", "reason"),
)
# Told after each commit: the import's row, and the rows of the batch that wait for a person.
OnBatch = Callable[[FeedImport, Sequence[ParkedRow]], None]


def ignore_progress(_feed_import: FeedImport, _waiting: Sequence[ParkedRow]) -> None:
    """For those who read the import's row instead."""


def feed_rules(programme: Programme, amount_unit: str) -> FeedRules:
    """What the programme's feed may say."""
    return FeedRules(
        currency=programme.currency,
        countries=frozenset(code for code, _ in countries),
        amount_unit="units" if amount_unit == "units" else "cents",
        wall_zone=programme.feed_time_zone,
    )


def run_file(
    feed_import: FeedImport,
    path: Path,
    *,
    now: datetime,
    on_batch: OnBatch = ignore_progress,
    batch_rows: int = BATCH_ROWS,
) -> FeedImport:
    """Read a whole file into the books, a batch a transaction, from its beginning.

    now: the clock of the import: orders may lie at most a day ahead of it. What was booked stays
    booked when the run is cut short; running the file again changes nothing that stands. Asked to
    stop, it begins no further batch and ends as cancelled. A file that cannot be read at all ends
    as refused, with its sentence in `error`.
    """
    feed_import.state = ImportState.RUNNING
    feed_import.started_at = timezone.now()  # how long it took, whatever clock it was told
    feed_import.bytes_total = path.stat().st_size
    feed_import.save(update_fields=OWN_FIELDS)
    rules = feed_rules(feed_import.programme, feed_import.amount_unit)
    feed_import.digest = digest_of(path, rules)
    try:
        if said_before(feed_import):
            return feed_import
        whole = take_batches(
            feed_import,
            read_feed(path, rules, now=now, batch_rows=batch_rows),
            now=now,
            on_batch=on_batch,
        )
        feed_import.state = ImportState.DONE if whole else ImportState.CANCELLED
        if feed_import.lines_new > BATCH_ROWS:
            take_statistics()
    except FeedRefused as refusal:
        feed_import.state = ImportState.REFUSED
        feed_import.error = str(refusal)
    feed_import.finished_at = timezone.now()
    feed_import.save(update_fields=OWN_FIELDS)
    return feed_import


def take_statistics() -> None:
    """Let the planner know at once what a large import added, in the columns that are asked by."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"ANALYZE commissions_orderline ({', '.join(ASKED_BY)}), commissions_transfer,"
            " commissions_dailytotal, commissions_networktotal, commissions_confirmedtotal"
        )


def take_batches(
    feed_import: FeedImport,
    batches: Iterable[FeedBatch],
    *,
    now: datetime,
    on_batch: OnBatch,
) -> bool:
    """Book batches one after another, telling `on_batch` after each commit.

    Returns whether all were booked: none is booked once a stop is asked for. Two are under way at
    once where they share no order (`pipeline.lanes`). The books are held from the look-up of a
    batch to its commit, and let go in between sometimes.
    """
    posting = Posting(at=now, cause=Cause.IMPORT, cause_id=feed_import.pk)
    under_way = Lanes(feed_import, posting)
    with closing(ahead(batches)) as coming, closing(under_way) as lanes:
        batch = next(coming, None)
        while batch is not None or lanes.busy:
            while batch is not None and lanes.begin(batch):
                batch = next(coming, None)
            if _stop_asked(feed_import):
                return False
            if batch is not None and not lanes.busy:
                waiting = take_batch(feed_import, batch, posting=posting)
                batch = next(coming, None)
            else:
                waiting = lanes.book_first()
            on_batch(feed_import, waiting)
    return True


def _stop_asked(feed_import: FeedImport) -> bool:
    return FeedImport.objects.filter(pk=feed_import.pk, stop_asked_at__isnull=False).exists()


def ahead(batches: Iterable[FeedBatch]) -> Generator[FeedBatch]:
    """The same batches, each read while the one before is booked; reading asks no database.

    Closed early, it waits for the one batch that is being read, and reads no other.
    """
    reading = iter(batches)
    with ThreadPoolExecutor(max_workers=1) as reader:
        coming = reader.submit(next, reading, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, reading, None)
            yield batch
