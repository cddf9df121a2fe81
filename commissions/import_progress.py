"""How far an import is: the figures, for its page and for the API."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from commissions.enums import ImportState
from commissions.models import FeedImport

OVER = frozenset({ImportState.DONE, ImportState.REFUSED, ImportState.FAILED, ImportState.CANCELLED})


@dataclass(frozen=True)
class Progress:
    """How far an import is, as of its last batch: between two batches nothing is known.

    share: done, of 1; per_second: rows, None before the first batch; seconds_left: at the rate so
    far, None where that is not known or it is over.
    """

    over: bool
    share: float
    per_second: int | None
    seconds_left: int | None


def progress_of(feed_import: FeedImport, now: datetime) -> Progress:
    """The figures of an import at an instant."""
    over = feed_import.state in OVER
    told_at = feed_import.finished_at or feed_import.beat_at or now
    seconds = _seconds_run(feed_import, told_at)
    share = _share_done(feed_import)
    return Progress(
        over=over,
        share=share,
        per_second=int(feed_import.rows_read / seconds) if seconds > 0 else None,
        seconds_left=None if over else seconds_left(share, seconds, now - told_at),
    )


def seconds_left(share: float, seconds: float, since: timedelta) -> int | None:
    """How long the rest takes at the rate so far; None: not known yet.

    share: done of 1; seconds: it took; since: what has passed since then.
    """
    if not share or seconds <= 0:
        return None
    return max(0, round(seconds * (1 - share) / share - since.total_seconds()))


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
