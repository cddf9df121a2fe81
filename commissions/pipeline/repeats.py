"""A file that comes again before anything else did: known by its digest, and not read again."""

import hashlib
from pathlib import Path

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from commissions.enums import ImportState
from commissions.feed import FeedRules
from commissions.feed_words import SAME_FILE_AGAIN
from commissions.models import FeedImport, Programme
from commissions.pipeline.locks import lock_books

INTERRUPTED = -1  # the revision of an import between whose batches another's were booked


def digest_of(path: Path, rules: FeedRules) -> str:
    """Of a file's bytes and of how they are to be read."""
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    read_as = f"{rules.currency}/{rules.amount_unit}/{rules.wall_zone}/{content}"
    return hashlib.sha256(read_as.encode()).hexdigest()


def count_revision(programme: Programme) -> int:
    """Count that rows of the feed were booked; the caller holds the programme's books."""
    Programme.objects.filter(pk=programme.pk).update(feed_revision=F("feed_revision") + 1)
    programme.feed_revision += 1
    return programme.feed_revision


def note_revision(feed_import: FeedImport, revision: int) -> None:
    """Note on an import that one of its batches was booked as this revision.

    Where another's rows were booked between two of its batches it is no run any more, for good.
    """
    before = feed_import.feed_revision
    in_a_run = before is None or before == revision - 1
    feed_import.feed_revision = revision if in_a_run else INTERRUPTED


@transaction.atomic
def said_before(feed_import: FeedImport) -> bool:
    """Whether the file says nothing new; then the import is done.

    That is so where the same file was the last thing that was booked, whole and row by row: no
    row was parked or stale, and none spoke of a sub-order that another row spoke of too. Facts
    that came since have left their touches, which the re-rating follows.
    """
    if _same_file_was_last(feed_import) is None:
        return False  # as nearly always; the books are not asked for
    lock_books(feed_import.programme.pk)
    earlier = _same_file_was_last(feed_import)
    if earlier is None:
        return False
    feed_import.rows_read = feed_import.rows_same = earlier.rows_read
    feed_import.bytes_done = feed_import.bytes_total
    feed_import.feed_revision = earlier.feed_revision
    feed_import.notices = [
        *earlier.notices,
        SAME_FILE_AGAIN % {"number": earlier.pk},
    ]
    feed_import.state = ImportState.DONE
    feed_import.beat_at = feed_import.finished_at = timezone.now()
    feed_import.save()
    return True


def _same_file_was_last(feed_import: FeedImport) -> FeedImport | None:
    """The import of this very file after which nothing was booked, if that is so at this moment."""
    return FeedImport.objects.filter(
        Q(lines_new=F("rows_read")) | Q(rows_same=F("rows_read")),
        programme=feed_import.programme,
        digest=feed_import.digest,
        state=ImportState.DONE,
        feed_revision=F("programme__feed_revision"),
        rows_parked=0,
        rows_stale=0,
    ).first()
