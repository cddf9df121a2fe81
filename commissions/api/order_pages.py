"""A publisher's lines as values, read by one prepared statement: the API's busiest page."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from commissions.cuts.enums import SUBS
from publishers.api.pages import Place
from publishers.prepared import prepared_cursor

# What a caller may ask for, beside their own account; `source` is a source's number.
FILTERS = {
    "status": "l.status = %(status)s",
    "order_id": "l.order_id = %(order_id)s",
    # With every programme, for that is how the key of sub-orders begins.
    "sub_order_id": "l.sub_order_id = %(sub_order_id)s"
    " AND l.programme_id IN (SELECT id FROM commissions_programme)",
    "from": "l.created_at >= %(from)s",
    "to": "l.created_at < %(to)s",
    "reason": "l.reason = %(reason)s",
    "country": "l.country = %(country)s",
    "rule": "r.code = %(rule)s",
    **{sub.value: f"k.{sub.value} = %({sub.value})s" for sub in SUBS},
}
OLDER, NEWER = "older", "newer"
PUBLISHER = "publisher"
_CONDITIONS = {
    **FILTERS,
    PUBLISHER: "l.publisher_id = %(publisher)s",
    "source": "l.source_id = %(source)s",
    "id": "l.id = %(id)s",
    # The first half alone is what the index serves.
    OLDER: "l.created_at <= %(at)s AND (l.created_at, l.id) < (%(at)s, %(than)s)",
    NEWER: "l.created_at >= %(at)s AND (l.created_at, l.id) > (%(at)s, %(than)s)",
}
_TABLES = {"programme": "p", "source": "s", "click": "k"}
# Of these a page asks only where it has to.
_SELDOM = {
    "k.": " LEFT JOIN publishers_click k ON k.id = l.click_id",
    "r.": " LEFT JOIN commissions_rule r ON r.id = l.rule_id",
}


def read_lines(
    columns: Mapping[str, str], wanted: Mapping[str, Any], place: Place | None = None, most: int = 1
) -> list[dict[str, Any]]:
    """At most so many lines, by the time at which they were placed: the newest first.

    columns: each name in the answer with its field, `programme.code` for one of another table;
    wanted: `publisher`, and FILTERS, `source` or `id` with their values; place: lines beyond it,
    the oldest first where it looks backwards.
    """
    values = {**wanted, "most": most}
    conditions = [*wanted]
    if place is not None:
        conditions.append(NEWER if place.backwards else OLDER)
        values |= {"at": place.at, "than": place.id}
    with prepared_cursor() as cursor:
        cursor.execute(_statement((*columns.values(),), (*conditions,)), values)
        return [dict(zip(columns, row, strict=False)) for row in cursor.fetchall()]


@cache
def _statement(columns: tuple[str, ...], conditions: tuple[str, ...]) -> str:
    chosen = ", ".join(_column(name) for name in columns)
    where = " AND ".join(_CONDITIONS[name] for name in conditions)
    seldom = "".join(
        join for table, join in _SELDOM.items() if any(table in part for part in (chosen, where))
    )
    order = "l.created_at, l.id" if NEWER in conditions else "l.created_at DESC, l.id DESC"
    statement = (
        f"SELECT {chosen} FROM commissions_orderline l"  # noqa: S608 - our own words alone
        " JOIN commissions_programme p ON p.id = l.programme_id"
        f" LEFT JOIN publishers_source s ON s.id = l.source_id{seldom}"
        f" WHERE {where} ORDER BY {order} LIMIT %(most)s"
    )
    return _planned_once(statement) if conditions == (PUBLISHER,) else statement


def _planned_once(statement: str) -> str:
    """The statement so that the server keeps its plan, whoever asks and for how many lines.

    While the planner sees the values it finds a plan made for them cheaper than one for all, and
    makes it anew each time: twice the work of reading the page. Here there is but one good way,
    the publisher's index backwards; a filter's value may call for another one, and stays in sight.
    """
    return re.sub(r"%\(\w+\)s", r"(SELECT \g<0>)", statement)


def _column(name: str) -> str:
    table, dot, column = name.partition(".")
    return f"{_TABLES[table]}.{column}" if dot else f"l.{name}"
