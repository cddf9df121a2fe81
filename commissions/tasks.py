"""Celery rings; the work is in rows."""

from pathlib import Path

from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from commissions.cuts.enums import ExportState
from commissions.enums import ImportState, WhatIfState
from commissions.models import FeedImport, LineExport, WhatIf
from commissions.operations.feed import SILENCE, import_file
from commissions.operations.line_exports import forget_exports
from commissions.portal.asking import run_export
from commissions.rulebooks.what_if import running as trials


@shared_task
def run_import(feed_import_id: int) -> str:
    """Run one queued import, unless somebody has it already."""
    now = timezone.now()
    with transaction.atomic():
        claimed = (
            FeedImport.objects.select_for_update(skip_locked=True)
            .filter(_waiting(ImportState), pk=feed_import_id)
            .exclude(stored_as="")
            .first()
        )
        if claimed is None:
            return "not waiting"
        claimed.state = ImportState.RUNNING
        claimed.beat_at = now
        claimed.save(update_fields=["state", "beat_at"])
    path = Path(claimed.stored_as.path)
    done = import_file(feed_import_id=feed_import_id, path=path, at=now)
    return str(done.state)


@shared_task
def sweep_imports() -> int:
    """Ring again for imports whose ring was lost or whose worker died."""
    waiting = FeedImport.objects.filter(_waiting(ImportState)).exclude(stored_as="")
    ids = list(waiting.values_list("pk", flat=True))
    for pk in ids:
        run_import.delay(pk)
    return len(ids)


@shared_task
def run_what_if(what_if_id: int) -> str:
    """Run one queued what-if, unless somebody has it already."""
    with transaction.atomic():
        claimed = (
            WhatIf.objects.select_for_update(skip_locked=True)
            .filter(_waiting(WhatIfState), pk=what_if_id)
            .first()
        )
        if claimed is None:
            return "not waiting"
        claimed.state = WhatIfState.RUNNING
        claimed.beat_at = timezone.now()
        claimed.save(update_fields=["state", "beat_at"])
    return str(trials.run_what_if(what_if_id=what_if_id).state)


@shared_task
def sweep_what_ifs() -> int:
    """Ring again for what-ifs whose ring was lost or whose worker died."""
    ids = list(WhatIf.objects.filter(_waiting(WhatIfState)).values_list("pk", flat=True))
    for pk in ids:
        run_what_if.delay(pk)
    return len(ids)


@shared_task
def run_line_export(line_export_id: int) -> str:
    """Write one queued file of lines, unless somebody has it already."""
    with transaction.atomic():
        claimed = (
            LineExport.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("publisher")
            .filter(_waiting(ExportState), pk=line_export_id)
            .first()
        )
        if claimed is None:
            return "not waiting"
        claimed.state = ExportState.RUNNING
        claimed.beat_at = timezone.now()
        claimed.save(update_fields=["state", "beat_at"])
    return str(run_export(claimed).state)


@shared_task
def sweep_line_exports() -> int:
    """Ring again for files whose ring was lost or whose worker died, and forget the old ones."""
    forget_exports(at=timezone.now())
    ids = list(LineExport.objects.filter(_waiting(ExportState)).values_list("pk", flat=True))
    for pk in ids:
        run_line_export.delay(pk)
    return len(ids)


def _waiting(states: type[ImportState] | type[WhatIfState] | type[ExportState]) -> Q:
    silent = Q(state=states.RUNNING, beat_at__lt=timezone.now() - SILENCE)
    return Q(state=states.QUEUED) | silent
