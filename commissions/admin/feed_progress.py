"""How far an import is, in the words and figures that its page shows."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commissions.enums import ImportState
from commissions.feed_words import told
from commissions.import_progress import progress_of
from commissions.models import FeedImport
from publishers.figures import NOTHING, instant, number


def progress(feed_import: FeedImport, now: datetime) -> dict[str, Any]:
    """What the page of an import shows of its progress; texts are ready to be put in place."""
    how_far = progress_of(feed_import, now)
    over = how_far.over
    return {
        "over": over,
        "state": feed_import.state,
        "stopping": not over and feed_import.stop_asked_at is not None,
        "percent": int(how_far.share * 100),
        "texts": {
            "state": str(ImportState(feed_import.state).label),
            "bytes": _("%(done)s of %(total)s bytes")
            % {"done": number(feed_import.bytes_done), "total": number(feed_import.bytes_total)},
            "rows_read": number(feed_import.rows_read),
            "lines_new": number(feed_import.lines_new),
            "lines_changed": number(feed_import.lines_changed),
            "rows_same": number(feed_import.rows_same),
            "rows_stale": number(feed_import.rows_stale),
            "rows_parked": number(feed_import.rows_parked),
            "per_second": number(how_far.per_second),
            "left": time_left(how_far.seconds_left),
            "started": instant(feed_import.started_at, seconds=True),
            "finished": instant(feed_import.finished_at, seconds=True),
            "error": told(feed_import.error),
        },
    }


def time_left(left: int | None) -> str:
    """How long the rest takes, in words. left: seconds; None: that is not known."""
    if left is None:
        return NOTHING
    if left < 90:
        return ngettext("%(count)d second", "%(count)d seconds", left) % {"count": left}
    minutes = round(left / 60)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
