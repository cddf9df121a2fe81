"""The words of the feed: its fields, the rules it is read by, and what a reading gives.

Amounts are whole cents, rates hundredths of a percent, instants UTC with microseconds.
"""

from dataclasses import dataclass, field
from typing import Literal

import polars as pl

# In the order of the merchant's documentation: the first field of this list that fails
# gives a parked row its sentence, so that the same row always gets the same one.
FIELDS: tuple[str, ...] = (
    "order_id",
    "sub_order_id",
    "order_status",
    "effect_detail_status",
    "tracking_id",
    "custom_parameters",
    "customer_parameters",
    "created_time",
    "paid_time",
    "finished_time",
    "completed_settlement_time",
    "paid_amount",
    "finished_amount",
    "commission_rate",
    "estimated_paid_commission",
    "estimated_finished_commission",
    "new_buyer_bonus_commission",
    "is_new_buyer",
    "is_hot_product",
    "is_affiliate_product",
    "settled_currency",
    "ship_to_country",
    "category_id",
    "product_id",
    "product_title",
    "product_count",
    "product_detail_url",
    "product_main_image_url",
    "order_type",
    "order_platform",
    "dispute",
    "cancel_reason",
    "assistant_plugin",
)
KNOWN = frozenset(FIELDS)

# A CSV without one of these could not give a single row, so the file is refused.
REQUIRED: tuple[str, ...] = (
    "order_id",
    "sub_order_id",
    "order_status",
    "created_time",
    "paid_amount",
    "settled_currency",
    "ship_to_country",
    "is_hot_product",
    "is_affiliate_product",
)

# The merchant's own figures, which serve reconciliation only: unreadable, they are left empty.
LENIENT = frozenset(
    {
        "estimated_paid_commission",
        "estimated_finished_commission",
        "new_buyer_bonus_commission",
        "is_new_buyer",
        "product_count",
    }
)
PARAMETER_FIELDS: tuple[str, str] = ("custom_parameters", "customer_parameters")

# The name under which a row is kept that could not be split into fields.
LINE = "_line"

STATUSES: dict[str, int] = {
    "Payment Completed": 1,
    "Buyer Confirmed Receipt": 2,
    "Completed Settlement": 3,
    "Invalid": 4,
}
EFFECTS: tuple[str, ...] = ("", "FullRefund", "Antispam")

MAX_CENTS = 10**12
MAX_ID_DIGITS = 40
# A rate beyond Int32 is still a rate that was read (the table holds it as out of range);
# it is clamped, because one absurd figure must not widen the column for every line.
MAX_RATE_BP = 2_000_000_000

INSTANT = pl.Datetime("us", "UTC")

ROW_SCHEMA: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "order_id": pl.String(),
    "sub_order_id": pl.String(),
    "feed_status": pl.Int8(),
    "effect": pl.String(),
    "tracking_id": pl.String(),
    "af": pl.String(),
    "dp": pl.String(),
    "created_at": INSTANT,
    "paid_at": INSTANT,
    "finished_at": INSTANT,
    "settled_at": INSTANT,
    "paid_cents": pl.Int64(),
    "finished_cents": pl.Int64(),
    "feed_rate_bp": pl.Int32(),
    "is_new_buyer": pl.Boolean(),
    "is_hot": pl.Boolean(),
    "is_affiliate": pl.Boolean(),
    "dispute": pl.Boolean(),
    "cancel_reason": pl.String(),
    "assistant_plugin": pl.Boolean(),
    "country": pl.String(),
    "category_id": pl.String(),
    "product_id": pl.String(),
    "title": pl.String(),
    "product_count": pl.Int32(),
    "detail_url": pl.String(),
    "image_url": pl.String(),
    "order_type": pl.String(),
    "platform": pl.String(),
    "estimated_paid_cents": pl.Int64(),
    "estimated_finished_cents": pl.Int64(),
    "new_buyer_bonus_cents": pl.Int64(),
}


class FeedRefused(Exception):
    """A whole file that cannot be read; the message is a sentence for the person who sent it."""


@dataclass(frozen=True)
class FeedRules:
    """What one programme expects of its feed.

    `countries` are ISO 3166 alpha-2 codes in capitals; `amount_unit` says whether the file
    writes amounts in whole cents ("1050") or in units ("10.50"); times are wall time of
    `wall_zone`.
    """

    currency: str
    countries: frozenset[str]
    amount_unit: Literal["cents", "units"]
    wall_zone: str = "America/Los_Angeles"


@dataclass(frozen=True)
class ParkedRow:
    """A row that could not be read, with what is needed to show, mend and replay it.

    `row` is the 1-based number of the record: the header and blank lines are not counted.
    `raw` is a JSON object of field -> text, or {"_line": text} where the row could not be split.
    """

    row: int
    raw: str
    field: str
    value: str
    reason: str


@dataclass
class FeedBatch:
    """Good rows (ROW_SCHEMA) and parked rows of one stretch of the file, both in file order.

    `bytes_done` and `rows_read` are running totals from the start of the file: bytes whose rows
    have all been delivered, and records (good and parked) delivered so far.
    `notices` are sentences that park nothing, such as unknown columns; each is said once a file.
    """

    rows: pl.DataFrame
    parked: list[ParkedRow]
    bytes_done: int
    rows_read: int
    notices: list[str] = field(default_factory=list)


@dataclass
class RawBlock:
    """Rows as text, before any rule: String columns named as in FIELDS (null: not given), and
    `row`; beside them the rows that could not even be brought into columns."""

    frame: pl.DataFrame
    parked: list[ParkedRow]
    bytes_done: int
    rows_read: int
    notices: list[str] = field(default_factory=list)
