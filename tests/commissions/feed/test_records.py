"""Mended rows: the same rules, from the fields that were kept."""

import json

import pytest

from commissions.feed import read_records
from tests.commissions.feed.feeds import (
    CENTS,
    GOOD,
    NOW,
    UNITS,
    csv_file,
    csv_line,
    ndjson,
    read_bytes,
    row,
)  # fmt: skip


def test_a_mended_row_gives_what_a_good_row_gives(tmp_path):
    (parked,) = read_bytes(tmp_path, ndjson([row(1, paid_amount="1e3")])).parked
    fields = json.loads(parked.raw) | {"paid_amount": "1000"}
    mended = read_records([fields], CENTS, now=NOW)
    usual = read_bytes(tmp_path, ndjson([row(1, paid_amount="1000")]))
    assert mended.parked == []
    assert mended.rows.equals(usual.rows, null_equal=True)


def test_a_row_that_was_not_mended_is_parked_for_the_same_reason(tmp_path):
    bad = [
        row(1, order_id="8E+15"), row(2, custom_parameters="[]"), row(3, dispute="x"),
        row(4, created_time="2020-03-08 02:30:00"), row(5, paid_amount={"a": 1}),
    ]  # fmt: skip
    before = read_bytes(tmp_path, ndjson(bad)).parked
    again = read_records([json.loads(one.raw) for one in before], CENTS, now=NOW).parked
    assert [(one.row, one.field) for one in again] == [(one.row, one.field) for one in before]
    assert [one.reason for one in again[:4]] == [one.reason for one in before[:4]]


def test_a_line_is_taken_once_it_is_mended_into_json(tmp_path):
    (parked,) = read_bytes(tmp_path, ndjson([row(1)])[:-3]).parked
    line = json.loads(parked.raw)["_line"]
    assert read_records([{"_line": line}], CENTS, now=NOW).parked[0].reason == parked.reason
    assert read_records([{"_line": line + '"}'}], CENTS, now=NOW).rows.height == 1


def test_a_line_of_csv_stays_parked_until_its_fields_are_given(tmp_path):
    data = csv_file([row(1)]) + csv_line(["1", "2"])
    (parked,) = read_bytes(tmp_path, data).parked
    batch = read_records([json.loads(parked.raw)], CENTS, now=NOW)
    assert batch.rows.height == 0
    assert batch.parked[0].field == "_line"


def test_the_rows_are_numbered_from_one_and_all_are_counted():
    fields = [dict(GOOD), dict(GOOD) | {"paid_amount": ""}, dict(GOOD)]
    batch = read_records(fields, CENTS, now=NOW)
    assert batch.rows["row"].to_list() == [1, 3]
    assert [one.row for one in batch.parked] == [2]
    assert (batch.rows_read, batch.bytes_done) == (3, 0)


def test_no_records_are_an_empty_batch():
    batch = read_records([], UNITS, now=NOW)
    assert (batch.rows.height, batch.parked, batch.rows_read) == (0, [], 0)


@pytest.mark.parametrize("text", ["\x00", "a\ud800", "\udcff"])
def test_texts_that_cannot_be_stored_are_parked_here_too(text):
    (one,) = read_records([{**GOOD, "cancel_reason": text}], CENTS, now=NOW).parked
    assert one.field == "cancel_reason"


def test_a_clock_without_a_time_zone_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="no time zone"):
        read_records([], CENTS, now=NOW.replace(tzinfo=None))
