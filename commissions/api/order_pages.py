"""A publisher's lines as values, read by one prepared statement: the API's busiest page."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from commissions.cuts.enums import SUBS, DateKind, Lacking
from publishers.api.pages import Place
from publishers.prepared import prepared_cursor

# The instant of each kind of date; of clicks and settling no index knows, as `lines_of` says.
_INSTANTS = {
    DateKind.PLACED: "l.created_at",
    DateKind.CLICKED: "k.clicked_at",
    DateKind.SETTLED: "l.settled_at",
}
# What a caller may ask for, beside their own account and the names that functions here give;
# `source` is a source's number.
FILTERS = {
    "status": "l.status = %(status)s",
    "order_id": "l.order_id = %(order_id)s",
    # With every programme, for that is how the key of sub-orders begins.
    "sub_order_id": "l.sub_order_id = %(sub_order_id)s"
    " AND l.programme_id IN (SELECT id FROM commissions_programme)",
    "programme": "p.code = %(programme)s",
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
    **{f"{kind}_from": f"{at} >= %({kind}_from)s" for kind, at in _INSTANTS.items()},
    **{f"{kind}_to": f"{at} < %({kind}_to)s" for kind, at in _INSTANTS.items()},
    "without_click": "l.click_id IS NULL",
    "without_rule": "l.rule_id IS NULL",
    # Of a click that is not known, nobody knows what it said.
    **{f"without_{sub.value}": f"k.{sub.value} = ''" for sub in SUBS},
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


def within(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What `read_lines` is given for `from` and `to`, of the instant of `date_kind`."""
    kind = DateKind(asked.get("date_kind", DateKind.PLACED))
    return {f"{kind}_{end}": asked[end] for end in ("from", "to") if end in asked}


def without(lacking: tuple[Lacking, ...]) -> dict[str, Any]:
    """What `read_lines` is given for what the lines must not have."""
    return {f"without_{what}": True for what in lacking}


def read_lines(
    columns: Mapping[str, str], wanted: Mapping[str, Any], place: Place | None = None, most: int = 1
) -> list[dict[str, Any]]:
    """At most so many lines, by the time at which they were placed: the newest first.

    columns: each name in the answer with its field, `programme.code` for one of another table;
    wanted: `publisher`, and FILTERS, `source` or `id` with their values, and what `within` and
    `without` give; place: lines beyond it, the oldest first where it looks backwards.
    """
    values = {**wanted, "most": most}
    conditions = [*wanted]
    if place is not None:
        conditions.append(NEWER if place.backwards else OLDER)
        values |= {"at": place.at, "than": place.id}
    with prepared_cursor() as cursor:
        cursor.execute(_statement((*columns.values(),), (*conditions,)), values)
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


# Of what can be asked together there is no end.
@lru_cache(maxsize=500)
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
