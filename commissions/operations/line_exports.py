"""Files of lines made in the background: asked for, written, forgotten."""

import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.files import File
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from commissions.cuts.asked import Asked, lines_of
from commissions.cuts.enums import ExportState, FileFormat
from commissions.cuts.line_files import MOST_SHEET_LINES, lines_csv, write_xlsx
from commissions.models import LineExport
from publishers.models import Publisher, User

# Fewer lines are sent at once; more are written by a task.
MOST_AT_ONCE = 50_000
MOST_WAITING = 3
KEPT = timedelta(days=7)


class ExportRefused(Exception):
    """A file that is not made; the message is a sentence for whoever asked."""


def is_big(asked: Asked) -> bool:
    """Whether these lines are more than are sent at once; no more than that are counted."""
    return _more_than(MOST_AT_ONCE, asked)


def _more_than(lines: int, asked: Asked) -> bool:
    return lines_of(asked).order_by()[: lines + 1].count() > lines


class TooManyLines(ExportRefused):
    """More lines than the format has room for."""


@transaction.atomic
def ask_export(
    *,
    publisher: Publisher,
    asked: Asked,
    params: Mapping[str, str],
    file_format: str,
    language: str,
    by: User | None,
    at: datetime,
) -> LineExport:
    """Note that a file of lines is wanted; the caller rings. Raises ExportRefused.

    asked: the lines; params: what the page's address says of them, read again as of `at` when the
    file is written.
    """
    if file_format == FileFormat.XLSX and _more_than(MOST_SHEET_LINES, asked):
        raise TooManyLines(_("A sheet has room for a million lines: take CSV, or fewer days."))
    Publisher.objects.select_for_update(no_key=True).get(pk=publisher.pk)
    waiting = LineExport.objects.filter(
        publisher=publisher, state__in=[ExportState.QUEUED, ExportState.RUNNING]
    )
    if waiting.count() >= MOST_WAITING:
        raise ExportRefused(
            _("%(count)s files are being made already: wait until one of them is there.")
            % {"count": MOST_WAITING}
        )
    return LineExport.objects.create(
        publisher=publisher,
        params=dict(params),
        file_format=FileFormat(file_format),
        language=language,
        asked_by=by,
        asked_at=at,
    )


def write_export(*, export: LineExport, asked: Asked, zone: str) -> LineExport:
    """Write a file from its beginning to its end, noting how far it is. It appears when complete.

    One that fails says so in its row; where the database went away, the sweep rings again.
    """
    export.state, export.error = ExportState.RUNNING, ""
    export.started_at = export.beat_at = timezone.now()
    export.lines_done, export.lines_total = 0, lines_of(asked).order_by().count()
    export.save()
    try:
        _write(export, asked, zone)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        LineExport.objects.filter(pk=export.pk).update(
            state=ExportState.FAILED, error=f"{type(error).__name__}: {error}"[:2_000]
        )
        raise
    return export


def _write(export: LineExport, asked: Asked, zone: str) -> None:
    def noted(lines: int) -> None:
        export.lines_done, export.beat_at = lines, timezone.now()
        export.save(update_fields=["lines_done", "beat_at"])

    name = f"orders-{export.pk}.{export.file_format}"
    with tempfile.TemporaryFile() as file, translation.override(export.language):
        if export.file_format == FileFormat.XLSX:
            write_xlsx(file, asked, zone, noted)
        else:
            for piece in lines_csv(asked, zone, noted):
                file.write(piece.encode())
        file.seek(0)
        export.stored_as.save(name, File(file), save=False)
    export.lines_done = export.lines_total or 0
    export.state, export.finished_at = ExportState.DONE, timezone.now()
    export.save()


def forget_exports(*, at: datetime) -> int:
    """Delete files asked for longer than `KEPT` ago, and their rows; returns how many."""
    old = list(LineExport.objects.filter(asked_at__lt=at - KEPT))
    for export in old:
        if export.stored_as:
            export.stored_as.delete(save=False)
        export.delete()
    return len(old)
