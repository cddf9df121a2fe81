"""The column checks against a plain Python reading of the contract, on random rows."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from commissions.feed import read_records
from commissions.feed.columns import amount, instant, rate_bp
from tests.commissions.feed.feeds import CENTS, COUNTRIES, GOOD, NOW, UNITS

ZONE = ZoneInfo("America/Los_Angeles")
digits = st.text(st.sampled_from("0123456789"), max_size=22)
numberish = st.one_of(
    digits,
    st.builds(lambda a, b: f"{a}.{b}", digits, st.text(st.sampled_from("0123456789"), max_size=3)),
    st.text(st.sampled_from("0159.,+-eE %_٣５\u00a0"), max_size=6),
    st.integers(-(10**14), 10**14).map(str),
    st.integers(10**14 - 300, 10**14 + 300).map(lambda n: f"{n // 100}.{n % 100:02d}"),
    st.integers(10**12 - 3, 10**12 + 3).map(str),
)


def column(values, expression):
    """The values through a column expression."""
    return pl.DataFrame({"x": pl.Series(values, dtype=pl.String)}).select(expression)["x"].to_list()


def cents_of(text, unit):
    """The contract's amounts, with Decimal."""
    pattern = r"[0-9]+" if unit == "cents" else r"[0-9]+(\.[0-9]{1,2})?"
    if not re.fullmatch(pattern, text):
        return None
    cents = Decimal(text) if unit == "cents" else Decimal(text) * 100
    return int(cents) if cents <= 10**12 else None


def instant_of(text):
    """The contract's times, with zoneinfo."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", text):
        return None
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return None
    if wall.year in (1, 9999):
        return None
    at = wall.replace(tzinfo=ZONE, fold=0).astimezone(UTC)
    return at if at.astimezone(ZONE).replace(tzinfo=None) == wall else None


@settings(max_examples=300, deadline=None)
@given(st.lists(numberish, min_size=1), st.sampled_from(["cents", "units"]))
def test_amounts(values, unit):
    wanted = [cents_of(value, unit) for value in values]
    assert column(values, amount(pl.col("x"), unit)) == wanted


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(numberish, numberish.map(lambda text: text + "%")), min_size=1))
def test_rates(values):
    wanted = [
        min(int(Decimal(value[:-1]) * 100), 2_000_000_000)
        if re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?%", value)
        else None
        for value in values
    ]
    assert column(values, rate_bp(pl.col("x"))) == wanted


walls = st.datetimes(datetime(1, 1, 1), datetime(2099, 12, 31)).map(  # noqa: DTZ001
    lambda wall: f"{wall:%Y-%m-%d %H:%M:%S}".zfill(19)
)
near_a_change = st.builds(
    lambda year, month, day, after: (
        f"{year}-{month:02d}-{day:02d} {timedelta(seconds=after)!s:0>8}"
    ),
    st.integers(1967, 2099),
    st.sampled_from([3, 4, 10, 11]),
    st.integers(1, 31),
    st.integers(0, 4 * 3600),
)
timeish = st.one_of(
    walls,
    near_a_change,
    st.from_regex(r"[01][0-9]{3}-[01][0-9]-[0-3][0-9] [0-2][0-9](:[0-6][0-9]){2}", fullmatch=True),
    st.text(st.sampled_from("0129-: T.Z+"), max_size=20),
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.lists(timeish, min_size=1))
def test_times(values):
    wanted = [instant_of(value) for value in values]
    assert column(values, instant(pl.col("x"), "America/Los_Angeles")) == wanted


words = {
    "order_id": st.one_of(digits, numberish),
    "sub_order_id": st.one_of(digits, numberish),
    "order_status": st.sampled_from(["Payment Completed", "Invalid", "invalid", ""]),
    "effect_detail_status": st.sampled_from(["", "FullRefund", "Antispam", "x"]),
    "created_time": st.one_of(
        timeish, st.sampled_from(["2021-06-01 17:00:00", "2021-06-01 17:00:01"])
    ),
    "paid_time": st.one_of(st.just(""), timeish),
    "paid_amount": numberish,
    "finished_amount": st.one_of(st.just(""), numberish),
    "commission_rate": st.one_of(st.just(""), numberish.map(lambda text: text + "%")),
    "is_hot_product": st.sampled_from(["Y", "N", "", "y"]),
    "is_affiliate_product": st.sampled_from(["Y", "N", "", "n"]),
    "settled_currency": st.sampled_from(["USD", "EUR", ""]),
    "ship_to_country": st.sampled_from(["US", "RU", "us", "XX", ""]),
    "dispute": st.sampled_from(["Y", "N", "", "?"]),
    "assistant_plugin": st.sampled_from(["Y", "N", "", "?"]),
}


def first_fault(fields, unit):
    """The first field at fault by the contract, in the order of the merchant's list; or None."""
    created = instant_of(fields["created_time"])
    rate = fields["commission_rate"]
    fine = {
        "order_id": re.fullmatch("[0-9]{1,40}", fields["order_id"]),
        "sub_order_id": re.fullmatch("[0-9]{1,40}", fields["sub_order_id"]),
        "order_status": fields["order_status"] in ("Payment Completed", "Invalid"),
        "effect_detail_status": fields["effect_detail_status"] in ("", "FullRefund", "Antispam"),
        "created_time": created is not None and created <= NOW + timedelta(hours=24),
        "paid_time": not fields["paid_time"] or instant_of(fields["paid_time"]),
        "paid_amount": cents_of(fields["paid_amount"], unit) is not None,
        "finished_amount": not fields["finished_amount"]
        or cents_of(fields["finished_amount"], unit) is not None,
        "commission_rate": not rate or re.fullmatch(r"[0-9]+(\.[0-9]{1,2})?%", rate),
        "is_hot_product": fields["is_hot_product"] in ("Y", "N"),
        "is_affiliate_product": fields["is_affiliate_product"] in ("Y", "N"),
        "settled_currency": fields["settled_currency"] == "USD",
        "ship_to_country": fields["ship_to_country"] in COUNTRIES,
        "dispute": fields["dispute"] in ("Y", "N", ""),
        "assistant_plugin": fields["assistant_plugin"] in ("Y", "N", ""),
    }
    return next((name for name, ok in fine.items() if not ok), None)


@st.composite
def changed_rows(draw):
    """A good row with up to three fields drawn anew."""
    names = draw(st.lists(st.sampled_from(sorted(words)), max_size=3, unique=True))
    blank = {"paid_time": "", "dispute": "", "assistant_plugin": ""}
    return {**GOOD, **blank, **{name: draw(words[name]) for name in names}}


@settings(max_examples=400, deadline=None)
@given(st.lists(changed_rows(), min_size=1, max_size=20), st.sampled_from([CENTS, UNITS]))
def test_a_row_is_parked_exactly_when_the_contract_says_so_and_by_that_field(rows, rules):
    faults = {
        number: fault
        for number, fields in enumerate(rows, 1)
        if (fault := first_fault(fields, rules.amount_unit))
    }
    batch = read_records(rows, rules, now=NOW)
    assert {one.row: one.field for one in batch.parked} == faults
    good = [fields for number, fields in enumerate(rows, 1) if number not in faults]
    assert batch.rows["order_id"].to_list() == [fields["order_id"] for fields in good]
    assert batch.rows["paid_cents"].to_list() == [
        cents_of(fields["paid_amount"], rules.amount_unit) for fields in good
    ]
    assert all(one.reason.startswith(f"{one.field} ") for one in batch.parked)
    assert all(one.reason.endswith(".") for one in batch.parked)
