"""The columns of an order line, once: what the feed says, and what became of it."""

from typing import Any

import polars as pl

from commissions.pipeline.copying import INSTANT, epoch_seconds

# The last word of the feed, as `commissions.feed` gives it.
FEED: dict[str, Any] = {
    "order_id": pl.String, "sub_order_id": pl.String, "feed_status": pl.Int8, "effect": pl.String,
    "tracking_id": pl.String, "af": pl.String, "dp": pl.String, "created_at": INSTANT,
    "paid_at": INSTANT, "finished_at": INSTANT, "settled_at": INSTANT, "paid_cents": pl.Int64,
    "finished_cents": pl.Int64, "feed_rate_bp": pl.Int32, "is_new_buyer": pl.Boolean,
    "is_hot": pl.Boolean, "is_affiliate": pl.Boolean, "dispute": pl.Boolean,
    "cancel_reason": pl.String, "assistant_plugin": pl.Boolean, "country": pl.String,
    "category_id": pl.String, "product_id": pl.String, "title": pl.String,
    "product_count": pl.Int32, "detail_url": pl.String, "image_url": pl.String,
    "order_type": pl.String, "platform": pl.String, "estimated_paid_cents": pl.Int64,
    "estimated_finished_cents": pl.Int64, "new_buyer_bonus_cents": pl.Int64,
}  # fmt: skip
# What the engine decides, and `commission_cents` after cap and block.
DECISION: dict[str, Any] = {
    "source_id": pl.Int64, "publisher_id": pl.Int64, "click_id": pl.Int64, "rulebook_id": pl.Int64,
    "rule_id": pl.Int64, "status": pl.String, "reason": pl.String, "rate_bp": pl.Int32,
    "base_cents": pl.Int64, "rated_cents": pl.Int64, "commission_cents": pl.Int64,
}  # fmt: skip
STORED: dict[str, Any] = {"id": pl.Int64, "revision": pl.Int32, **FEED, **DECISION}


def select_list(alias: str = "l") -> str:
    """SQL for the columns of STORED in their order, as `copying.read_frame` expects them."""

    def one(name: str, dtype: object) -> str:
        column = f"{alias}.{name}"
        if dtype == INSTANT:
            return epoch_seconds(column)
        return f"{column}::int" if dtype == pl.Boolean else column

    return ", ".join(one(name, dtype) for name, dtype in STORED.items())


def was(name: str) -> str:
    """Name of the column that holds what was stored before."""
    return f"was_{name}"
