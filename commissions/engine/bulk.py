"""The same decisions for a million lines at a time: rulebooks compiled to Polars expressions.

`settle_frame` gives for a frame of lines what `engine.order.settle_orders` gives for them one by
one, to the cent; a property test holds the two together. Neither is a fallback for the other.
"""

import polars as pl

from commissions.engine.bulk_context import with_context
from commissions.engine.bulk_table import with_rule
from commissions.engine.facts import (
    BUYER_CONFIRMED_RECEIPT,
    COMPLETED_SETTLEMENT,
    INVALID,
    PAYMENT_COMPLETED,
)
from commissions.engine.order import EARNING
from commissions.engine.reference import Reference

DECISION_COLUMNS = (
    "source_id", "publisher_id", "click_id", "rulebook_id", "rule_id",
    "status", "reason", "rate_bp", "base_cents", "rated_cents", "commission_cents",
)  # fmt: skip
# What the cap asks of a line.
_PART = (
    "order_id", "sub_order_id", "publisher_id", "rated_cents", "created_at", "rulebook_id",
)  # fmt: skip
_DAY = pl.duration(days=1)


def settle_frame(lines: pl.DataFrame, ref: Reference) -> pl.DataFrame:
    """Decide lines with their caps and blocks.

    lines: FACT_COLUMNS of `engine.facts`, every line of each order concerned, sub_order_id unique.
    Returns the lines with DECISION_COLUMNS beside them, in the same order.
    """
    columns = lines.columns
    work = with_context(lines, ref)
    work = work.with_columns(_refusal(), base_cents=_base())
    work = with_rule(work, ref)
    work = work.with_columns(_table_verdict())
    work = work.with_columns(_verdict(ref)).with_columns(rated_cents=_rated())
    work = with_cap(work, ref)
    return work.with_columns(_block(ref)).select(*columns, *DECISION_COLUMNS)


def _base() -> pl.Expr:
    received = pl.col("feed_status").is_in([BUYER_CONFIRMED_RECEIPT, COMPLETED_SETTLEMENT])
    return (
        pl.when(received & pl.col("finished_cents").is_not_null())
        .then("finished_cents")
        .otherwise("paid_cents")
        .cast(pl.Int64)
    )


def _refusal() -> pl.Expr:
    """Steps 1 to 5: the first reason that stops a line before the table, or null."""
    click = pl.col("clicked_at")
    late = (
        click.is_not_null()
        & pl.col("cookie_days").is_not_null()
        & (pl.col("created_at") - click > pl.col("cookie_days") * _DAY)
    )
    invalid = pl.col("feed_status") == INVALID
    return (
        pl.when(pl.col("source_id").is_null()).then(pl.lit("unknown_source"))
        .when(pl.col("rulebook_id").is_null()).then(pl.lit("no_rulebook"))
        .when("dispute").then(pl.lit("dispute_open"))
        .when(invalid & (pl.col("cancel_reason") != "")).then(pl.lit("cancelled_by_merchant"))
        .when(invalid & (pl.col("effect") == "FullRefund")).then(pl.lit("refunded"))
        .when(invalid & (pl.col("effect") == "Antispam")).then(pl.lit("antispam"))
        .when(invalid).then(pl.lit("invalid"))
        .when("assistant_plugin").then(pl.lit("assistant_plugin"))
        .when(~pl.col("approved")).then(pl.lit("source_not_approved"))
        .when(pl.col("forbidden") & ~pl.col("agreed")).then(pl.lit("forbidden_traffic"))
        .when(pl.col("created_at") < click).then(pl.lit("click_after_order"))
        .when(late).then(pl.lit("cookie_expired"))
        .otherwise(None).alias("refusal")
    )  # fmt: skip


def _table_verdict() -> list[pl.Expr]:
    """Step 6: what the matching rule gives: a reason where the line does not earn, and the rate."""
    kind, feed_rate = pl.col("outcome"), pl.col("feed_rate_bp")
    by_feed = kind == "feed_rate"
    outside = (feed_rate < pl.col("min_bp")) | (feed_rate > pl.col("max_bp"))
    stopped = (
        pl.when(pl.col("rule_id").is_null()).then(pl.lit("no_rule"))
        .when(kind == "nothing").then(pl.col("rule_code"))
        .when(kind == "untracked").then(pl.lit("untracked"))
        .when(by_feed & feed_rate.is_null()).then(pl.lit("rate_missing"))
        .when(by_feed & outside).then(pl.lit("rate_out_of_range"))
        .otherwise(None)
    )  # fmt: skip
    rate = pl.when(by_feed).then(feed_rate.cast(pl.Int64)).otherwise("fixed_bp")
    return [
        stopped.alias("stopped"),
        pl.when(stopped.is_null()).then(rate).otherwise(0).alias("table_rate_bp"),
    ]


def _earning_status(ref: Reference) -> pl.Expr:
    """Step 8, with the programme's minimum age."""
    settled = pl.lit("confirmed")
    if ref.minimum_age_days:
        due = pl.col("created_at") + pl.duration(days=ref.minimum_age_days)
        reached = pl.lit(False) if ref.aged_at is None else due <= pl.lit(ref.aged_at)
        settled = pl.when(reached).then(pl.lit("confirmed")).otherwise(pl.lit("hold"))
    return (
        pl.when(pl.col("feed_status") == PAYMENT_COMPLETED).then(pl.lit("waiting"))
        .when(pl.col("feed_status") == BUYER_CONFIRMED_RECEIPT).then(pl.lit("hold"))
        .otherwise(settled)
    )  # fmt: skip


def _verdict(ref: Reference) -> list[pl.Expr]:
    """Status, reason, rule and rate of every line before cap and block."""
    refusal, stopped, kind = pl.col("refusal"), pl.col("stopped"), pl.col("outcome")
    reached = refusal.is_null()
    status = (
        pl.when(refusal == "unknown_source").then(pl.lit("unattributed"))
        .when(refusal == "no_rulebook").then(pl.lit("held"))
        .when(refusal.is_not_null()).then(pl.lit("rejected"))
        .when(kind == "untracked").then(pl.lit("untracked"))
        .when(kind == "nothing").then(pl.lit("rejected"))
        .when(stopped.is_not_null()).then(pl.lit("held"))
        .otherwise(_earning_status(ref))
    )  # fmt: skip
    by_table = pl.when(kind == "untracked").then(pl.lit("")).otherwise(stopped.fill_null(""))
    return [
        status.alias("status"),
        pl.when(reached).then(by_table).otherwise(refusal).alias("reason"),
        pl.when(reached).then("rule_id").alias("rule_id"),
        pl.when(reached).then("table_rate_bp").otherwise(0).cast(pl.Int32).alias("rate_bp"),
    ]


def _rated() -> pl.Expr:
    """Step 7: base x rate, cut down to the cent. 10^12 cents x 10,000 fits an Int64."""
    return pl.col("base_cents") * pl.col("rate_bp").cast(pl.Int64) // 10_000


def with_cap(work: pl.DataFrame, ref: Reference) -> pl.DataFrame:
    """Commission after the cap; only orders beyond the lowest cap are looked at closely."""
    earning = pl.col("status").is_in(sorted(EARNING))
    work = work.with_columns(commission_cents=pl.when(earning).then("rated_cents").otherwise(0))
    caps = [book.cap_cents for book in ref.calendar if book.cap_cents is not None]
    if not caps:
        return work
    parts = _of_large_orders(work.select(*_PART, earning=earning), min(caps))
    if parts.is_empty():
        return work
    shares = _shares(parts, {book.id: book.cap_cents for book in ref.calendar})
    commission = work["commission_cents"].scatter(shares["place"], shares["share_cents"])
    return work.with_columns(commission)


def _of_large_orders(lines: pl.DataFrame, cap_cents: int) -> pl.DataFrame:
    """Earning lines, with their place, of the orders of one publisher that are worth more."""
    cents = pl.col("rated_cents")
    earning = lines.with_row_index("place").filter("earning")
    # Whatever publishers and orders fall together under a hash, none that is worth more is missed.
    near = earning.with_columns(hash=pl.col("order_id").hash())
    sums = near.filter(cents > 0).group_by("hash").agg(cents.sum()).filter(cents > cap_cents)
    near = near.filter(pl.col("hash").is_in(sums["hash"].implode()))
    order_cents = cents.filter(cents > 0).sum().over("order_id", "publisher_id")
    return near.with_columns(order_cents=order_cents).filter(pl.col("order_cents") > cap_cents)


def _shares(parts: pl.DataFrame, caps: dict[int, int | None]) -> pl.DataFrame:
    """Each line's share of its order's cap; orders at or under their own cap fall away."""
    order = ["order_id", "publisher_id"]
    earliest = pl.col("rulebook_id").sort_by("created_at").first().over(order)
    capped = parts.with_columns(
        cap_cents=earliest.replace_strict(caps, return_dtype=pl.Int64)
    ).filter(pl.col("order_cents") > pl.col("cap_cents"))
    product = pl.col("cap_cents") * pl.col("rated_cents")
    cut = capped.with_columns(
        floor_cents=product // pl.col("order_cents"), fraction=product % pl.col("order_cents")
    ).sort([*order, "fraction", "sub_order_id"], descending=[False, False, True, False])
    left = pl.col("cap_cents") - pl.col("floor_cents").sum().over(order)
    place = pl.int_range(pl.len()).over(order)
    return cut.select(
        "place",
        share_cents=pl.col("floor_cents") + (place < left).cast(pl.Int64),
    )


def _block(ref: Reference) -> list[pl.Expr]:
    """Step 9: a blocked publisher's earning lines; the rule and rate stay readable."""
    hit = pl.col("publisher_id").is_in(sorted(ref.blocked)) & pl.col("status").is_in(
        sorted(EARNING - {"paid"})
    )
    hit = hit.fill_null(False)
    return [
        pl.when(hit).then(pl.lit("rejected")).otherwise("status").alias("status"),
        pl.when(hit).then(pl.lit("account_blocked")).otherwise("reason").alias("reason"),
        pl.when(hit).then(0).otherwise("commission_cents").alias("commission_cents"),
    ]
