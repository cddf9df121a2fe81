"""Each feed field as a column expression: its value, and whether the row may keep it.

A value is null where the text is empty or cannot be read; `fine` says which of the two
is allowed. Everything here is text in, typed column out; sentences are made elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from commissions.feed.model import (
    EFFECTS,
    MAX_ID_DIGITS,
    MAX_RATE_BP,
    STATUSES,
    FeedRules,
)

# A 60th second is never written. The first and the last year are left out because their edges
# are instants that Python cannot name in UTC; nobody ordered then.
TIME = (
    r"^(?:000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])"
    r"-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-5][0-9]:[0-5][0-9]$"
)
ID = rf"^[0-9]{{1,{MAX_ID_DIGITS}}}$"
CENTS = r"^[0-9]+$"
UNITS = r"^[0-9]+(?:\.[0-9]{1,2})?$"
# The same, and not over MAX_CENTS: said in the pattern, so that no column is worked out twice.
CENTS_IN_RANGE = r"^0*(?:[0-9]{1,12}|1000000000000)$"
UNITS_IN_RANGE = r"^0*(?:[0-9]{1,10}(?:\.[0-9]{1,2})?|10000000000(?:\.00?)?)$"
RATE = r"^[0-9]+(?:\.[0-9]{1,2})?%$"
AHEAD = timedelta(hours=24)


TextOf = Callable[[str], pl.Expr]

# A field may share its name with its column, so typed values stand under a prefix.
VALUE = "= "


@dataclass(frozen=True)
class Column:
    """One column of the rows: its name, its feed field, its value, and whether that is fine.

    `fine` may look at the field's text and, through `value_of`, at the finished value, so that
    nothing is read twice; None: the field never parks a row.
    """

    name: str
    field: str
    value: pl.Expr
    fine: pl.Expr | None = None


def value_of(name: str) -> pl.Expr:
    """The typed value of the column `name`, once it stands in the frame."""
    return pl.col(VALUE + name)


def feed_columns(rules: FeedRules, now: datetime, text: TextOf) -> list[Column]:
    """The columns of a feed row, `af` and `dp` excepted; `text` gives a field's text."""
    return [
        *_ids_and_words(text, rules),
        *_times(text, rules.wall_zone, now),
        *_amounts(text, rules),
        *_flags(text),
        *_texts(text),
    ]


def _ids_and_words(text: TextOf, rules: FeedRules) -> list[Column]:
    status, effect, country = (
        text(field) for field in ("order_status", "effect_detail_status", "ship_to_country")
    )
    countries = pl.Series(sorted(rules.countries), dtype=pl.String).implode()
    number = status.replace_strict(STATUSES, default=None, return_dtype=pl.Int8)
    return [
        *(
            Column(name, name, text(name), text(name).str.contains(ID))
            for name in ("order_id", "sub_order_id")
        ),
        Column("feed_status", "order_status", number, value_of("feed_status").is_not_null()),
        Column("effect", "effect_detail_status", effect, effect.is_in(list(EFFECTS))),
        Column("country", "ship_to_country", country, country.is_in(countries)),
    ]


def _times(text: TextOf, zone: str, now: datetime) -> list[Column]:
    by = (now + AHEAD).astimezone(UTC)
    created = Column(
        "created_at",
        "created_time",
        instant(text("created_time"), zone),
        (value_of("created_at") <= by).fill_null(False),
    )
    return [
        created,
        *(
            Column(name, field, instant(text(field), zone), _read_or_empty(name, text(field)))
            for name, field in (
                ("paid_at", "paid_time"),
                ("finished_at", "finished_time"),
                ("settled_at", "completed_settlement_time"),
            )
        ),
    ]


def _read_or_empty(name: str, text: pl.Expr) -> pl.Expr:
    return value_of(name).is_not_null() | (text == "")


def instant(text: pl.Expr, zone: str) -> pl.Expr:
    """Wall time of `zone` as an instant: null in the spring gap, the first of two in the fold.

    From 2100 on polars knows no summer time; only times that no order has can lie there.
    """
    written = pl.when(text.str.contains(TIME)).then(text)
    wall = written.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
    here = wall.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return here.dt.convert_time_zone("UTC")


def _amounts(text: TextOf, rules: FeedRules) -> list[Column]:
    def cents(name: str, field: str, fine: pl.Expr | None = None) -> Column:
        return Column(name, field, amount(text(field), rules.amount_unit), fine)

    rate = text("commission_rate")
    return [
        cents("paid_cents", "paid_amount", value_of("paid_cents").is_not_null()),
        cents(
            "finished_cents",
            "finished_amount",
            _read_or_empty("finished_cents", text("finished_amount")),
        ),
        Column(
            "feed_rate_bp", "commission_rate", rate_bp(rate), _read_or_empty("feed_rate_bp", rate)
        ),
        cents("estimated_paid_cents", "estimated_paid_commission"),
        cents("estimated_finished_cents", "estimated_finished_commission"),
        cents("new_buyer_bonus_cents", "new_buyer_bonus_commission"),
        Column("product_count", "product_count", _count(text("product_count"))),
    ]


def amount(text: pl.Expr, unit: str) -> pl.Expr:
    """An amount as whole cents (Int64), null where it is none or over MAX_CENTS."""
    if unit == "cents":
        whole = text.cast(pl.Int64, strict=False)
        return pl.when(text.str.contains(CENTS_IN_RANGE)).then(whole)
    return pl.when(text.str.contains(UNITS_IN_RANGE)).then(hundredths(text))


def hundredths(text: pl.Expr) -> pl.Expr:
    """`12`, `12.3` or `12.34` as 1200, 1230, 1234 (Int64); null where that is past 10^14.

    A decimal of scale 2 is stored as just that integer, so nothing is rounded on the way;
    what has more decimals must have been sorted out before.
    """
    return text.cast(pl.Decimal(16, 2), strict=False).to_physical().cast(pl.Int64)


def rate_bp(text: pl.Expr) -> pl.Expr:
    """`7.00%` as 700 (Int32), null where there is none; see MAX_RATE_BP for the clamp."""
    read = hundredths(text.str.strip_suffix("%")).fill_null(MAX_RATE_BP)
    return pl.when(text.str.contains(RATE)).then(read.clip(upper_bound=MAX_RATE_BP)).cast(pl.Int32)


def _count(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(CENTS)).then(text).cast(pl.Int32, strict=False)


def _flags(text: TextOf) -> list[Column]:
    columns = [
        Column(name, field, text(field) == "Y", text(field).is_in(["Y", "N"]))
        for name, field in (("is_hot", "is_hot_product"), ("is_affiliate", "is_affiliate_product"))
    ]
    columns += [
        Column(name, name, text(name) == "Y", text(name).is_in(["Y", "N", ""]))
        for name in ("dispute", "assistant_plugin")
    ]
    buyer = text("is_new_buyer")
    known = pl.when(buyer.is_in(["Y", "N"])).then(buyer == "Y")
    return [*columns, Column("is_new_buyer", "is_new_buyer", known)]


def _texts(text: TextOf) -> list[Column]:
    return [
        Column(name, field, text(field))
        for name, field in (
            ("tracking_id", "tracking_id"),
            ("cancel_reason", "cancel_reason"),
            ("category_id", "category_id"),
            ("product_id", "product_id"),
            ("title", "product_title"),
            ("detail_url", "product_detail_url"),
            ("image_url", "product_main_image_url"),
            ("order_type", "order_type"),
            ("platform", "order_platform"),
        )
    ]
