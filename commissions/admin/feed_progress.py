"""How far an import is, in the words and figures that its page shows."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commissions.enums import ImportState
from commissions.feed_words import told
from commissions.models import FeedImport
from publishers.figures import NOTHING, instant, number

OVER = frozenset({ImportState.DONE, ImportState.REFUSED, ImportState.FAILED, ImportState.CANCELLED})


def progress(feed_import: FeedImport, now: datetime) -> dict[str, Any]:
    """What the page of an import shows of its progress; texts are ready to be put in place."""
    over = feed_import.state in OVER
    # Figures are as of the last batch: between two batches nothing is known.
    told_at = feed_import.finished_at or feed_import.beat_at or now
    seconds = _seconds_run(feed_import, told_at)
    share = _share_done(feed_import)
    per_second = int(feed_import.rows_read / seconds) if seconds > 0 else None
    return {
        "over": over,
        "state": feed_import.state,
        "stopping": not over and feed_import.stop_asked_at is not None,
        "percent": int(share * 100),
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
            "per_second": number(per_second),
            "left": NOTHING if over else time_left(share, seconds, now - told_at),
            "started": instant(feed_import.started_at, seconds=True),
            "finished": instant(feed_import.finished_at, seconds=True),
            "error": told(feed_import.error),
        },
    }


def _seconds_run(feed_import: FeedImport, until: datetime) -> float:
    if feed_import.started_at is None:
        return 0.0
    return (until - feed_import.started_at).total_seconds()


def _share_done(feed_import: FeedImport) -> float:
    if feed_import.state == ImportState.DONE:
        return 1.0
    if not feed_import.bytes_total:
        return 0.0
    return min(1.0, feed_import.bytes_done / feed_import.bytes_total)


def time_left(share: float, seconds: float, since: timedelta) -> str:
    """How long the rest takes, at the rate so far, in words.

    share: done of 1; seconds: it took; since: what has passed since then.
    """
    if not share or seconds <= 0:
        return NOTHING
    left = max(0, round(seconds * (1 - share) / share - since.total_seconds()))
    if left < 90:
        return ngettext("%(count)d second", "%(count)d seconds", left) % {"count": left}
    minutes = round(left / 60)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
