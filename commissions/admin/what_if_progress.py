"""How far a what-if is, in the words and figures that its page shows."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from commissions.admin.feed_progress import time_left
from commissions.enums import WhatIfState
from commissions.import_progress import seconds_left
from commissions.models import WhatIf
from publishers.figures import NOTHING, instant, number

OVER = frozenset({WhatIfState.DONE, WhatIfState.FAILED, WhatIfState.CANCELLED})


def progress(what_if: WhatIf, now: datetime) -> dict[str, Any]:
    """What the page of a what-if shows of its progress; texts are ready to be put in place."""
    over = what_if.state in OVER
    # Figures are as of the last batch: between two batches nothing is known.
    told_at = what_if.finished_at or what_if.beat_at or now
    seconds = (told_at - what_if.started_at).total_seconds() if what_if.started_at else 0
    done, of = what_if.orders_done, what_if.orders_total
    per_second = int(done / seconds) if seconds > 0 else None
    share = min(1, done / of) if of else 0
    return {
        "over": over,
        "state": what_if.state,
        "stopping": not over and what_if.stop_asked_at is not None,
        "percent": int(share * 100),
        "texts": {
            "state": str(WhatIfState(what_if.state).label),
            "orders": _orders(done, of),
            "per_second": number(per_second),
            "left": time_left(None if over else seconds_left(share, seconds, now - told_at)),
            "started": instant(what_if.started_at, seconds=True),
        },
    }


def _orders(done: int, of: int | None) -> str:
    """Until they are counted, nothing is said of them."""
    if of is None:
        return NOTHING
    return _("%(done)s of %(total)s") % {"done": number(done), "total": number(of)}
