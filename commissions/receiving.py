"""A feed file that comes over the web: kept, its import queued, and rung for once both are safe."""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from commissions.models import FeedImport, Programme
from commissions.operations.feed import receive_feed
from commissions.tasks import run_import
from publishers.models import User


@transaction.atomic
def take_feed(
    *,
    programme: Programme,
    upload: UploadedFile,
    amount_unit: str,
    by: User | None,
    at: datetime,
) -> FeedImport:
    """Keep the file, queue its import, and ring for it once both are safe."""
    feed_import = receive_feed(
        programme=programme, name=upload.name or "", amount_unit=amount_unit, by=by, at=at
    )
    feed_import.bytes_total = upload.size or 0
    feed_import.stored_as.save(upload.name or "feed", upload, save=True)
    run_import.delay_on_commit(feed_import.pk)
    return feed_import
