"""The last word of each sub-order: what a batch of feed rows changes in what is known."""

from dataclasses import dataclass

import polars as pl

from commissions.pipeline.columns import DECISION, FEED, was


@dataclass(frozen=True)
class Latest:
    """rows: one row a sub-order, the word that stands; stale: rows whose status was overtaken."""

    rows: pl.DataFrame
    stale: pl.DataFrame


def latest_words(rows: pl.DataFrame, known: pl.DataFrame) -> Latest:
    """Fold a batch into the last words.

    rows: feed rows in order of arrival; known: sub_order_id and feed_status of stored lines.
    What is known only moves forward; among rows of the same status the later one stands.
    """
    before = known.select("sub_order_id", known_status=pl.col("feed_status").cast(pl.Int8))
    said_once = rows["sub_order_id"].n_unique() == rows.height
    so_far = pl.col("feed_status")
    if not said_once:
        so_far = so_far.cum_max().over("sub_order_id")
    ranked = rows.join(before, on="sub_order_id", how="left", maintain_order="left").with_columns(
        highest=pl.max_horizontal(so_far, pl.col("known_status").fill_null(0))
    )
    overtaken = pl.col("feed_status") < pl.col("highest")
    stale = ranked.filter(overtaken).select(
        "row", "sub_order_id", status_given="feed_status", status_known="highest"
    )
    last = ranked.filter(~overtaken)
    if not said_once:
        last = last.unique("sub_order_id", keep="last", maintain_order=True)
    return Latest(last.select(FEED.keys()), stale)


def beside_stored(words: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Every line of the orders concerned with its facts, and what was stored before beside them.

    words: one row a sub-order, columns of FEED; stored: columns of STORED.
    Returns FEED, id and revision (null for a new line), and `was_...` of FEED and DECISION.
    """
    earlier = stored.rename({name: was(name) for name in (*FEED, *DECISION)})
    spoken = words.join(
        earlier, left_on="sub_order_id", right_on=was("sub_order_id"), how="left",
        maintain_order="left", coalesce=False,
    )  # fmt: skip
    silent = earlier.join(
        words.select("sub_order_id"),
        left_on=was("sub_order_id"), right_on="sub_order_id", how="anti",
    ).with_columns(pl.col(was(name)).alias(name) for name in FEED)  # fmt: skip
    return pl.concat([spoken, silent.select(spoken.columns)])
