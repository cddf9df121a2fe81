"""How many clicks a publisher had in two periods, by time, source or sub id: one question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from publishers.sql import sql

# Groups of time, by their places.
BY_PLACE = "time"
SUBS = ("sub1", "sub2", "sub3", "sub4", "sub5")
# Rows read at most, beside those of known keys: an address may give each visitor a sub id of its
# own. More than there are days in the longest two periods that pages show.
MOST_GROUPS = 10_000
Period = tuple[datetime, datetime]


@dataclass
class Counted:
    """Clicks of a period, by group; `total` has those too that are in no group shown.

    Keys: the place of a period of time among `starts`, as a text; a source's code; a sub id.
    """

    by_key: dict[str, int] = field(default_factory=dict)
    total: int = 0


def click_counts(
    publisher_id: int,
    by: str,
    periods: Sequence[Period],
    *,
    starts: Sequence[datetime],
    only: Mapping[str, str] | None = None,
    known: Sequence[str] = (),
    most: int = MOST_GROUPS,
) -> list[Counted]:
    """The clicks of each period `[start, end)`; periods have no instant in common.

    by: BY_PLACE, `source`, or one of SUBS. starts: of the groups by time, in order; not for others.
    only: what clicks must have, by `source` or one of SUBS. known: keys that are groups whatever
    number of clicks they have; of the others, the most clicked, so that there are `most` at most.
    """
    asked = only or {}
    values = {
        "publisher": publisher_id,
        "by": by,
        "from_at": [start for start, _end in periods],
        "to_at": [end for _start, end in periods],
        "starts": list(starts),
        "known": list(known),
        "most": most + len(periods) * len(known),
        **{name: asked.get(name) for name in ("source", *SUBS)},
    }
    found = [Counted() for _period in periods]
    with connection.cursor() as cursor:
        cursor.execute(sql("click_counts"), values)
        for place, bucket, key, clicks, total in cursor.fetchall():
            found[place].by_key[str(bucket) if by == BY_PLACE else key] = clicks
            found[place].total = total
    return found
