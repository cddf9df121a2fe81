"""How far a file of lines is: the figures, for its page and for the API."""

from datetime import datetime

from commissions.cuts.enums import ExportState
from commissions.import_progress import Progress, seconds_left
from commissions.models import LineExport

OVER = frozenset({ExportState.DONE, ExportState.FAILED})


def export_figures(export: LineExport, now: datetime) -> Progress:
    """The figures of a file at an instant: as of the last lines that were noted."""
    told_at = export.finished_at or export.beat_at or now
    seconds = (told_at - export.started_at).total_seconds() if export.started_at else 0.0
    share = _share(export)
    over = export.state in OVER
    return Progress(
        over=over,
        share=share,
        per_second=int(export.lines_done / seconds) if seconds > 0 and export.lines_done else None,
        seconds_left=None if over else seconds_left(share, seconds, now - told_at),
    )


def _share(export: LineExport) -> float:
    if export.state == ExportState.DONE:
        return 1.0
    return min(1.0, export.lines_done / export.lines_total) if export.lines_total else 0.0
