"""Each field of a row: what is taken, what is parked, and the sentence that says why."""

from datetime import UTC, datetime

import pytest

from tests.commissions.feed.feeds import CENTS, UNITS, csv_file, ndjson, read_bytes, row


def parked(folder, rules=CENTS, **changes):
    """The one parked row of a feed whose second row has the changes; its neighbours survive."""
    reading = read_bytes(folder, ndjson([row(1), row(2, **changes), row(3)]), rules)
    assert reading.rows["row"].to_list() == [1, 3], [one.reason for one in reading.parked]
    (one,) = reading.parked
    assert one.row == 2
    return one


def taken(folder, rules=CENTS, **changes):
    """The good row that the changes give."""
    reading = read_bytes(folder, ndjson([row(**changes)]), rules)
    assert reading.parked == []
    return reading.rows.to_dicts()[0]


# --- ids ---------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["order_id", "sub_order_id"])
@pytest.mark.parametrize(
    "value",
    [
        "",
        ...,
        None,
        "8.19E+15",
        "12a",
        " 12",
        "12 ",
        "-5",
        "+5",
        "1_000",
        "１２",
        "٣",
        "1.0",
        "0x10",
    ],
)
def test_a_number_that_is_not_ascii_digits_is_parked(tmp_path, field, value):
    one = parked(tmp_path, **{field: value})
    assert one.field == field
    assert one.reason.startswith(f"{field} ")
    assert "digits 0 to 9" in one.reason


@pytest.mark.parametrize("value", [900000000000400, 10**39, 12345678901234567890, "007", 2**63])
def test_a_number_stays_the_digits_that_it_came_as(tmp_path, value):
    assert taken(tmp_path, order_id=value)["order_id"] == str(value)


def test_a_number_that_came_as_a_json_float_is_parked_with_its_token(tmp_path):
    data = ndjson([row()]).replace(b'"900000000000400"', b"9000000000004.0e2")
    one = read_bytes(tmp_path, data).parked[0]
    assert (one.field, one.value) == ("order_id", "9000000000004.0e2")


@pytest.mark.parametrize("digits", [41, 5000])
def test_a_number_of_more_than_forty_digits_is_parked(tmp_path, digits):
    data = ndjson([row()]).replace(b'"900000000000400"', b"7" * digits)
    assert f"has {digits} digits" in read_bytes(tmp_path, data).reason


# --- words -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("Payment Completed", 1),
        ("Buyer Confirmed Receipt", 2),
        ("Completed Settlement", 3),
        ("Invalid", 4),
    ],
)
def test_the_four_statuses_have_their_codes(tmp_path, status, code):
    assert taken(tmp_path, order_status=status)["feed_status"] == code


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("order_status", "payment completed"),
        ("order_status", ""),
        ("order_status", "Invalid "),
        ("effect_detail_status", "Refund"),
        ("effect_detail_status", "fullrefund"),
        ("ship_to_country", "us"),
        ("ship_to_country", "USA"),
        ("ship_to_country", ""),
        ("ship_to_country", "XX"),
        ("settled_currency", "EUR"),
        ("settled_currency", ""),
        ("settled_currency", "usd"),
        ("is_hot_product", ""),
        ("is_hot_product", "y"),
        ("is_hot_product", True),
        ("is_affiliate_product", "yes"),
        ("is_affiliate_product", ...),
        ("dispute", "maybe"),
        ("dispute", "y"),
        ("assistant_plugin", "1"),
    ],
)
def test_a_word_that_is_not_known_is_parked(tmp_path, field, value):
    one = parked(tmp_path, **{field: value})
    assert one.field == field
    assert one.reason.startswith(f"{field} ")
    assert one.reason.endswith(".")


def test_the_words_that_may_be_empty_are_taken_empty(tmp_path):
    made = taken(tmp_path, effect_detail_status="", dispute="", assistant_plugin=None)
    assert (made["effect"], made["dispute"], made["assistant_plugin"]) == ("", False, False)


def test_yes_and_no_become_booleans(tmp_path):
    made = taken(
        tmp_path, is_hot_product="Y", is_affiliate_product="N", dispute="Y", is_new_buyer="N"
    )
    assert made["is_hot"] is True
    assert made["is_affiliate"] is False
    assert made["dispute"] is True
    assert made["is_new_buyer"] is False


# --- amounts -----------------------------------------------------------------------------

NOT_CENTS = [
    "NaN", "1e999", "1e3", "1,234.56", "1.234,56", "1_000", "１０", "١٠", "10\u00a0", "-0", "-5",
    "+5", "0.00005", "10.50", "1050.0", "0x10", "true", " 5", "5 ", "5\n", "Infinity", "=1+1", "$5",
]  # fmt: skip


@pytest.mark.parametrize("value", [*NOT_CENTS, "", None, ..., True])
def test_paid_amount_in_cents_is_digits_and_nothing_else(tmp_path, value):
    one = parked(tmp_path, paid_amount=value)
    assert one.field == "paid_amount"
    assert "whole cents: write digits only, such as 1050 for 10.50." in one.reason


@pytest.mark.parametrize("value", NOT_CENTS)
def test_finished_amount_is_held_to_the_same(tmp_path, value):
    assert parked(tmp_path, finished_amount=value).field == "finished_amount"


def test_finished_amount_may_be_empty(tmp_path):
    assert taken(tmp_path, finished_amount="")["finished_cents"] is None


@pytest.mark.parametrize("token", ["1e3", "10000.0", "NaN", "-Infinity", "true", "1E2", "-0"])
def test_a_json_token_that_is_no_digits_is_parked_as_it_was_written(tmp_path, token):
    data = ndjson([row()]).replace(b'"9999"', token.encode())
    one = read_bytes(tmp_path, data).parked[0]
    assert (one.field, one.value) == ("paid_amount", token)


def test_the_sentence_shows_the_value_and_the_way_out(tmp_path):
    assert parked(tmp_path, paid_amount="1e3").reason == (
        'paid_amount "1e3" is not an amount in whole cents: write digits only, '
        "such as 1050 for 10.50."
    )


@pytest.mark.parametrize(
    ("value", "cents"),
    [("0", 0), (1050, 1050), ("0001050", 1050), ("0" * 5000 + "7", 7), (10**12, 10**12)],
)
def test_amounts_in_cents_are_taken_exactly(tmp_path, value, cents):
    assert taken(tmp_path, paid_amount=value)["paid_cents"] == cents


@pytest.mark.parametrize("value", ["1000000000001", str(2**63), str(2**64), "9" * 5000])
def test_over_a_million_million_cents_is_parked(tmp_path, value):
    assert "over 10^12 cents" in parked(tmp_path, paid_amount=value).reason


@pytest.mark.parametrize(
    ("value", "cents"),
    [
        ("10.50", 1050),
        ("10.5", 1050),
        ("10", 1000),
        ("0", 0),
        ("0.07", 7),
        ("00.70", 70),
        ("10000000000.00", 10**12),
        ("4503599627.37", 450359962737),
    ],
)
def test_amounts_in_units_are_taken_exactly(tmp_path, value, cents):
    assert taken(tmp_path, UNITS, paid_amount=value)["paid_cents"] == cents


def test_a_json_number_in_units_is_read_from_its_token(tmp_path):
    data = ndjson([row()]).replace(b'"9999"', b"1.10")
    assert read_bytes(tmp_path, data, UNITS).rows["paid_cents"].to_list() == [110]


@pytest.mark.parametrize(
    "value", ["10.505", "10.", ".5", "1e3", "10,50", "-1.00", "10 .50", "", "1.10.1", "１.5"]
)
def test_amounts_in_units_have_at_most_two_decimals(tmp_path, value):
    one = parked(tmp_path, UNITS, paid_amount=value)
    assert "at most two decimals" in one.reason


@pytest.mark.parametrize("value", ["10000000000.01", "99999999999", "9" * 5000 + ".99"])
def test_over_the_largest_amount_in_units_is_parked(tmp_path, value):
    assert "over 10^12 cents" in parked(tmp_path, UNITS, paid_amount=value).reason


# --- rates -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "rate"),
    [
        ("7.00%", 700),
        ("7.5%", 750),
        ("7%", 700),
        ("0%", 0),
        ("170.01%", 17001),
        ("", None),
        ("20000000%", 2_000_000_000),
        ("99999999.99%", 2_000_000_000),
        ("9" * 5000 + "%", 2_000_000_000),
    ],
)
def test_rates_are_hundredths_of_a_percent(tmp_path, value, rate):
    assert taken(tmp_path, commission_rate=value)["feed_rate_bp"] == rate


@pytest.mark.parametrize(
    "value", ["7", "7.000%", "7.%", ".5%", "-7%", "7,5%", "7 %", " 7%", "%", "NaN%", "７%", "7%%"]
)
def test_another_rate_is_parked(tmp_path, value):
    assert parked(tmp_path, commission_rate=value).field == "commission_rate"


# --- times -------------------------------------------------------------------------------

NOT_TIMES = [
    "2019-03-01", "2019-03-01T10:00:00", "2019-03-01 10:00", "2019-03-01 10:00:00Z",
    "2019-03-01 10:00:00+25:00", "2019-03-01 10:00:00.5", "2019-3-1 10:00:00",
    "02/03/2019 10:00:00",
    "2019-02-31 10:00:00", "2019-13-01 10:00:00", "2019-02-29 00:00:00", "2016-12-31 23:59:60",
    "2019-03-01 24:00:00", "0000-01-01 00:00:00", "10000-01-01 00:00:00", "9999-12-31 23:59:59",
    "infinity", "now", "1551434400", " 2019-03-01 10:00:00", "2019-03-01 10:00:00 ",
    "２０１９-03-01 10:00:00", "2019-03-01  9:00:00", "0001-01-01 00:00:00",
]  # fmt: skip


@pytest.mark.parametrize("value", NOT_TIMES)
@pytest.mark.parametrize(
    "field", ["created_time", "paid_time", "finished_time", "completed_settlement_time"]
)
def test_what_is_no_time_is_parked(tmp_path, field, value):
    one = parked(tmp_path, **{field: value})
    assert one.field == field
    assert one.reason.startswith(f"{field} ")


@pytest.mark.parametrize("value", ["", None, ...])
def test_created_time_is_required(tmp_path, value):
    assert parked(tmp_path, created_time=value).reason.startswith("created_time is empty")


def test_the_other_times_may_be_empty(tmp_path):
    made = taken(tmp_path, paid_time="", finished_time=None, completed_settlement_time=...)
    assert made["paid_at"] is made["finished_at"] is made["settled_at"] is None


@pytest.mark.parametrize(
    ("wall", "instant"),
    [
        ("2019-03-01 10:00:00", datetime(2019, 3, 1, 18, tzinfo=UTC)),
        ("2019-07-01 10:00:00", datetime(2019, 7, 1, 17, tzinfo=UTC)),
        ("2020-03-08 01:59:59", datetime(2020, 3, 8, 9, 59, 59, tzinfo=UTC)),
        ("2020-03-08 03:00:00", datetime(2020, 3, 8, 10, tzinfo=UTC)),
        ("2019-11-03 01:30:00", datetime(2019, 11, 3, 8, 30, tzinfo=UTC)),
        ("2019-11-03 02:00:00", datetime(2019, 11, 3, 10, tzinfo=UTC)),
        ("2020-02-29 23:59:59", datetime(2020, 3, 1, 7, 59, 59, tzinfo=UTC)),
    ],
)
def test_wall_time_becomes_the_instant_and_the_fold_is_the_first(tmp_path, wall, instant):
    assert taken(tmp_path, created_time=wall, paid_time=wall)["created_at"] == instant


@pytest.mark.parametrize("wall", ["2020-03-08 02:00:00", "2020-03-08 02:59:59"])
@pytest.mark.parametrize("field", ["created_time", "paid_time"])
def test_the_spring_gap_is_parked(tmp_path, field, wall):
    reason = parked(tmp_path, **{field: wall}).reason
    assert "did not exist in America/Los_Angeles" in reason


def test_created_time_may_be_a_day_ahead_of_the_clock_and_no_more(tmp_path):
    assert taken(tmp_path, created_time="2021-06-01 17:00:00")["created_at"].day == 2
    assert "24 hours ahead" in parked(tmp_path, created_time="2021-06-01 17:00:01").reason


def test_the_other_times_may_lie_ahead(tmp_path):
    assert taken(tmp_path, finished_time="2031-01-01 00:00:00")["finished_at"].year == 2031


# --- what is never parked ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("estimated_paid_commission", "estimated_paid_cents"),
        ("estimated_finished_commission", "estimated_finished_cents"),
        ("new_buyer_bonus_commission", "new_buyer_bonus_cents"),
        ("product_count", "product_count"),
        ("is_new_buyer", "is_new_buyer"),
    ],
)
@pytest.mark.parametrize("value", ["x", "-1", "1e3", "9" * 30, True, {"a": 1}, [1], "", None])
def test_what_serves_reconciliation_is_left_empty_when_unreadable(tmp_path, field, column, value):
    assert taken(tmp_path, **{field: value})[column] is None


def test_what_serves_reconciliation_is_read_in_the_files_unit(tmp_path):
    made = taken(tmp_path, UNITS, paid_amount="1", estimated_paid_commission="0.5", product_count=3)
    assert (made["estimated_paid_cents"], made["product_count"]) == (50, 3)


def test_texts_are_kept_as_they_came(tmp_path):
    title = "  =cmd|' /C calc'!A0 \u202e ali\u200bexpress Кириллица 🎁 \t"
    made = taken(tmp_path, product_title=title, tracking_id=" x ", category_id=200)
    assert (made["title"], made["tracking_id"], made["category_id"]) == (title, " x ", "200")


# --- which field is named ----------------------------------------------------------------


def test_the_first_field_at_fault_gives_the_sentence(tmp_path):
    changes = {"paid_amount": "x", "order_status": "y", "ship_to_country": "z", "dispute": "q"}
    assert parked(tmp_path, **changes).field == "order_status"


def test_parameters_take_their_place_in_that_order(tmp_path):
    assert parked(tmp_path, custom_parameters="[]", paid_amount="x").field == "custom_parameters"
    assert parked(tmp_path, custom_parameters="[]", order_id="x").field == "order_id"


def test_a_long_value_is_shown_by_its_first_eighty_characters(tmp_path):
    one = parked(tmp_path, order_status="x" * 500)
    assert len(one.value) == 80
    assert '"' + "x" * 79 + '…"' in one.reason


def test_invisible_characters_are_written_out_in_the_sentence(tmp_path):
    assert '"10\\u00a0"' in parked(tmp_path, paid_amount="10\u00a0").reason


def test_a_field_that_the_csv_lacks_counts_as_empty(tmp_path):
    names = [
        "order_id", "sub_order_id", "order_status", "created_time", "paid_amount",
        "settled_currency", "ship_to_country", "is_hot_product", "is_affiliate_product",
    ]  # fmt: skip
    reading = read_bytes(tmp_path, csv_file([row(1), row(2, paid_amount="x"), row(3)], names))
    assert reading.rows["row"].to_list() == [1, 3]
    assert reading.rows["af"].to_list() == reading.rows["title"].to_list() == ["", ""]
    assert reading.rows["feed_rate_bp"].to_list() == [None, None]
