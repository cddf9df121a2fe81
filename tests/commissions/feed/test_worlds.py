"""The feeds given: the same orders in three formats, and a larger one."""

import polars as pl
import pytest

from commissions.feed import ROW_SCHEMA
from tests.commissions.feed.feeds import read_path
from tests.worlds import world


def test_golden_has_no_row_that_is_parked():
    reading = read_path(world("golden") / "orders.ndjson")
    assert reading.parked == []
    assert reading.rows.height == reading.rows_read == 113


def test_golden_as_csv_gives_the_rows_that_it_gives_as_ndjson():
    lines = read_path(world("golden") / "orders.ndjson")
    table = read_path(world("golden") / "orders.csv")
    assert table.rows.equals(lines.rows, null_equal=True)


def test_golden_as_pages_gives_the_rows_that_it_gives_as_ndjson():
    lines = read_path(world("golden") / "orders.ndjson")
    pages = [read_path(world("golden") / f"orders.page{n}.json") for n in (1, 2, 3)]
    together = pl.concat([page.rows for page in pages])
    assert together.drop("row").equals(lines.rows.drop("row"), null_equal=True)
    assert pages[1].rows["row"].to_list() == list(range(1, 51))


@pytest.mark.parametrize("name", ["golden", "medium"])
def test_the_rows_have_exactly_the_columns_and_types_that_were_agreed(name):
    reading = read_path(world(name) / "orders.ndjson")
    assert dict(reading.rows.schema) == ROW_SCHEMA
    assert list(reading.rows.columns) == list(ROW_SCHEMA)


def test_medium_is_read_whole():
    reading = read_path(world("medium") / "orders.ndjson")
    assert reading.rows_read == 3602
    assert reading.parked == []
    assert reading.rows["row"].to_list() == list(range(1, 3603))
    required = ["created_at", "paid_cents", "feed_status", "order_id", "sub_order_id"]
    assert reading.rows.select(required).null_count().sum_horizontal().item() == 0
