"""Stored order lines as frames."""

from typing import Any

import polars as pl
from django.db import connection

from commissions.pipeline.columns import STORED, select_list
from commissions.pipeline.copying import fill_temporary, read_frame

Params = list[Any] | dict[str, Any]


def lines_of_orders(programme_id: int, rows: pl.DataFrame) -> pl.DataFrame:
    """The stored lines of a batch: those of its sub-orders, and every line of all orders concerned.

    rows: at least sub_order_id and order_id. A sub-order may come under another order number than
    before: the lines of both orders are concerned, for the cap is over an order.
    """
    keys = rows.select("sub_order_id", "order_id").unique()
    fill_temporary("batch_row", "sub_order_id text, order_id text", keys)
    query = f"""
        WITH concerned AS (
            SELECT l.order_id FROM batch_row b
              JOIN commissions_orderline l
                ON l.sub_order_id = b.sub_order_id AND l.programme_id = {programme_id:d}
            UNION SELECT order_id FROM batch_row
        )
        SELECT {select_list()} FROM concerned c
          JOIN commissions_orderline l
            ON l.order_id = c.order_id AND l.programme_id = {programme_id:d}
    """
    return read_frame(query, STORED)


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
