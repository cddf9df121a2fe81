"""Stored order lines as frames."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
from django.db import connection, transaction

from commissions.pipeline.columns import STORED, select_list
from commissions.pipeline.copying import read_frame
from publishers.arrays import text_array

Params = list[Any] | dict[str, Any]


def lines_of_orders(programme_id: int, order_ids: pl.Series) -> pl.DataFrame:
    """Every stored line of these orders. order_ids: digits, each once."""
    # OFFSET 0 has the orders looked up one by one: a look costs the same however many lines are
    # stored, where a merge reads the whole index.
    query = f"""
        SELECT {select_list()} FROM unnest(%s::text[]) AS c (order_id), LATERAL (
            SELECT * FROM commissions_orderline o
             WHERE o.order_id = c.order_id AND o.programme_id = {programme_id:d} OFFSET 0
        ) AS l
    """
    with _by_index():
        if not _any_between(order_ids):
            return pl.DataFrame(schema=STORED)
        return read_frame(query, STORED, [text_array(order_ids)])


def _any_between(order_ids: pl.Series) -> bool:
    """Whether an order is stored from the least of these to the greatest.

    Merchants count their orders up: new ones mostly lie beyond all that is stored, or in a gap that
    no file has filled yet. One look says so for all of them.
    """
    if order_ids.is_empty():
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM commissions_orderline WHERE order_id BETWEEN %s AND %s)",
            [str(order_ids.min()), str(order_ids.max())],
        )
        return bool(cursor.fetchone()[0])


def orders_of_sub_orders(programme_id: int, sub_order_ids: pl.Series) -> pl.Series:
    """The order numbers under which these sub-orders are stored. sub_order_ids: digits."""
    query = f"""
        SELECT DISTINCT l.order_id FROM unnest(%s::text[]) AS b (sub_order_id), LATERAL (
            SELECT o.order_id FROM commissions_orderline o
             WHERE o.sub_order_id = b.sub_order_id AND o.programme_id = {programme_id:d} OFFSET 0
        ) AS l
    """
    with _by_index():
        found = read_frame(query, {"order_id": pl.String}, [text_array(sub_order_ids)])
    return found["order_id"]


@contextmanager
def _by_index() -> Iterator[None]:
    """Have single lines looked up by an index, whatever the planner thinks of the table.

    A table that is empty as a look-up is planned, and filled by another connection while it runs,
    would be read from end to end for each order.
    """
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        cursor.execute("SET LOCAL enable_seqscan = on")


def lines_of_selection(programme_id: int, selection: str, params: Params) -> pl.DataFrame:
    """Every line of the orders that a query selects.

    selection: SQL that gives each order_id once, such as `SELECT DISTINCT order_id FROM ...`.
    """
    with connection.cursor() as cursor:
        # Counted before it is joined: a table that grew a moment ago has no statistics yet, and
        # the planner would take a large selection for a small one.
        cursor.execute("DROP TABLE IF EXISTS selected_order")
        cursor.execute(
            f"CREATE TEMPORARY TABLE selected_order ON COMMIT DROP AS {selection}", params
        )
        cursor.execute("ANALYZE selected_order")
    query = f"""
        SELECT {select_list()} FROM selected_order c
          JOIN commissions_orderline l
            ON l.order_id = c.order_id AND l.programme_id = {programme_id:d}
    """
    return read_frame(query, STORED)
