"""Feed files and their clicks: made from numbers, the same bytes each time."""

from pathlib import Path

import polars as pl

from config.bench.world import (
    DAYS_OF_A_FILE,
    World,
    category_code,
    category_of,
    draw,
    one_in,
    product_code,
    source_code,
    starts_at,
)
from publishers.clicks import COLUMNS as CLICK_COLUMNS

# The columns that decide a line.
COLUMNS = (
    *("order_id", "sub_order_id", "order_status", "effect_detail_status", "tracking_id"),
    *("custom_parameters", "created_time", "paid_amount", "finished_amount", "commission_rate"),
    *("is_hot_product", "is_affiliate_product", "settled_currency", "ship_to_country"),
    *("category_id", "product_id"),
)
STATUSES = {
    1: "Payment Completed", 2: "Buyer Confirmed Receipt", 3: "Completed Settlement", 4: "Invalid",
}  # fmt: skip
ELEVEN = ("RU", "RU", "RU", "RU", "RU", "RU", "BY", "KZ", "KZ", "UZ", "AM", "GE", "MD", "KG")
OTHERS = ("US", "UA", "DE", "FR", "ES", "PL", "IL", "BR", "IT", "NL", "CZ", "GB", "LV", "LT")
FIRST_ORDER = 8_150_000_000_000_000  # the merchant's have sixteen digits too
ORDERS_OF_A_FILE = 10**10  # more than any file has: numbers of two files never meet
WALL = "America/Los_Angeles"


def first_word(world: World, part: int) -> pl.DataFrame:
    """The lines of a file, as numbers and words that are not yet those of the feed."""
    orders = _orders(world, part)
    lines = orders.select(pl.exclude("size"), line=pl.int_ranges(1, pl.col("size") + 1)).explode(
        "line"
    )
    return lines.head(world.rows).with_columns(_of_line(world)).with_columns(_amounts())


def _orders(world: World, part: int) -> pl.DataFrame:
    count = world.rows * 2 // 3 + 100  # an order has 1.6 lines in the mean
    first = FIRST_ORDER + part * ORDERS_OF_A_FILE
    key = pl.col("order").cast(pl.UInt64)
    begin = int(starts_at(part).timestamp())
    seconds = DAYS_OF_A_FILE * 86_400
    size = draw(key, 1, 100)
    place = draw(key, 2, 1_000)
    publisher = (
        pl.when(one_in(key, 3, 10)).then(0)
        .otherwise(1 + place * place * (world.publishers - 1) // 1_000_000)
    )  # fmt: skip
    return (
        pl.select(order=pl.int_range(first, first + count))
        .with_columns(
            size=1 + (size >= 60).cast(pl.Int64) + (size >= 85) + (size >= 95),
            publisher=publisher,
            created=begin + (pl.col("order") - first) * seconds // count + draw(key, 4, 3_600),
            country=pl.when(draw(key, 5, 100) < 35).then(_one_of(ELEVEN, key, 6))
            .otherwise(_one_of(OTHERS, key, 7)),
            by_click=one_in(key, 8, 3),
            over_cap=draw(key, 9, 1_000) < 35,
            says=draw(key, 10, 100),
        )
        .with_columns(source=_source(world, key))
    )  # fmt: skip


def _one_of(values: tuple[str, ...], key: pl.Expr, salt: int) -> pl.Expr:
    numbers = dict(enumerate(values))
    return draw(key, salt, len(values)).replace_strict(numbers, return_dtype=pl.String)


def _source(world: World, key: pl.Expr) -> pl.Expr:
    """One of the sources of the order's publisher: the first half of them have two."""
    has_two = pl.col("publisher") < world.sources - world.publishers
    second = world.publishers + pl.col("publisher")
    return pl.when(has_two & one_in(key, 11, 2)).then(second).otherwise("publisher")


def _of_line(world: World) -> list[pl.Expr]:
    key = (pl.col("order") * 10 + pl.col("line")).cast(pl.UInt64)
    chance = draw(key, 22, 100)
    status = 1 + (chance >= 40).cast(pl.Int64) + (chance >= 65) + (chance >= 95)
    return [
        key.alias("key"),
        draw(key, 21, world.products).alias("product"),
        status.alias("status"),
        pl.when(chance >= 98).then(pl.lit("FullRefund")).otherwise(pl.lit("")).alias("effect"),
        (300 + draw(key, 23, 900)).alias("rate_bp"),
        one_in(key, 24, 100).alias("no_rate"),
        one_in(key, 25, 20).alias("hot"),
        (draw(key, 26, 100) < 88).alias("affiliate"),
    ]


def _amounts() -> list[pl.Expr]:
    key = pl.col("key")
    small = 99 + draw(key, 31, 4_000)
    paid = pl.when("over_cap").then(200_000 + draw(key, 32, 100_000)).otherwise(small)
    finished = pl.when(one_in(key, 33, 10)).then(paid - paid // 4).otherwise(paid)
    received = pl.col("status").is_in([2, 3])
    return [paid.alias("paid"), pl.when(received).then(finished).alias("finished")]


def month_later(lines: pl.DataFrame) -> pl.DataFrame:
    """What the merchant says of the same lines a month later: two of five have changed.

    Most have moved on; of those settled before, some are refunded and the others worth less.
    """
    key, status, paid = pl.col("key"), pl.col("status"), pl.col("paid")
    changed = (status < 4) & (draw(key, 41, 1_000) < 421)
    step = draw(key, 42, 20)
    then = (
        pl.when((status == 1) & (step < 14)).then(2)
        .when((status < 3) & (step < 19)).then(3)
        .when((status == 3) & (step < 18)).then(3)
        .otherwise(4)
    )  # fmt: skip
    return lines.with_columns(changed=changed, then=then).with_columns(
        status=pl.when("changed").then("then").otherwise("status"),
        effect=pl.when(pl.col("changed") & (pl.col("then") == 4)).then(pl.lit("FullRefund"))
        .otherwise("effect"),
        finished=pl.when(pl.col("changed") & (pl.col("then") < 4)).then(
            pl.when(status == 3).then(pl.col("finished") - pl.col("finished") // 5 - 1)
            .otherwise(paid)
        )
        .otherwise("finished"),
    )  # fmt: skip


def write_feed(lines: pl.DataFrame, path: Path) -> None:
    """Write the lines as the merchant's CSV."""
    order = pl.col("order").cast(pl.String)
    bp = pl.col("rate_bp")
    rate = pl.concat_str(
        bp // 100, pl.lit("."), (bp % 100).cast(pl.String).str.zfill(2), pl.lit("%")
    )
    created = pl.from_epoch("created", time_unit="s").dt.replace_time_zone("UTC")
    lines.select(
        order_id=order,
        sub_order_id=pl.concat_str(order, "line"),
        order_status=pl.col("status").replace_strict(STATUSES, return_dtype=pl.String),
        effect_detail_status=pl.col("effect"),
        tracking_id=pl.when(pl.col("says") == 99).then(pl.lit(""))
        .otherwise(source_code(pl.col("source"))),
        custom_parameters=_parameters(),
        created_time=created.dt.convert_time_zone(WALL).dt.strftime("%Y-%m-%d %H:%M:%S"),
        paid_amount="paid",
        finished_amount="finished",
        commission_rate=pl.when("no_rate").then(pl.lit("")).otherwise(rate),
        is_hot_product=_yes("hot"),
        is_affiliate_product=_yes("affiliate"),
        settled_currency=pl.lit("USD"),
        ship_to_country=pl.col("country"),
        category_id=category_code(category_of(pl.col("product"))),
        product_id=product_code(pl.col("product")),
    ).select(_given(COLUMNS)).write_csv(path)  # fmt: skip


def _given(columns: tuple[str, ...]) -> list[pl.Expr]:
    """The columns in their order; an empty cell is written without quotes, as others write it."""
    return [pl.col(name).cast(pl.String).replace("", None) for name in columns]


def _yes(name: str) -> pl.Expr:
    return pl.when(name).then(pl.lit("Y")).otherwise(pl.lit("N"))


def _parameters() -> pl.Expr:
    """`af` in nine of ten orders, `dp` in a third of them; one of a hundred names nobody."""
    says = pl.col("says")
    code = pl.when(says == 99).then(pl.lit("nobody")).otherwise(source_code(pl.col("source")))
    source = pl.concat_str(pl.lit('{"af": "'), code, pl.lit('"}'))
    both = pl.concat_str(pl.lit('{"af": "'), code, pl.lit('", "dp": "'), _click_id(), pl.lit('"}'))
    return (
        pl.when(pl.col("by_click") & (says != 99)).then(both)
        .when((says < 90) | (says == 99)).then(source)
        .otherwise(pl.lit(""))
    )  # fmt: skip


def _click_id() -> pl.Expr:
    return pl.lit("c") + pl.col("order").cast(pl.String)


def write_clicks(lines: pl.DataFrame, path: Path) -> None:
    """Write clicks.csv: the click of each order that names one.

    Most lie within the cookie's life, and six of ten led to the product of the order's first line.
    """
    key = pl.col("order").cast(pl.UInt64)
    soon, late = 1 + draw(key, 51, 216_000), 300_000 + draw(key, 52, 600_000)
    at = pl.col("created") - pl.when(one_in(key, 53, 20)).then(late).otherwise(soon)
    direct = draw(key, 54, 10) < 6
    lines.filter((pl.col("line") == 1) & pl.col("by_click") & (pl.col("says") != 99)).select(
        click_id=_click_id(),
        source=source_code(pl.col("source")),
        clicked_at=pl.from_epoch(at, time_unit="s").dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        landing_product_id=pl.when(direct).then(product_code(pl.col("product")))
        .otherwise(pl.lit("")),
        fetch_dest=pl.lit("document"),
        **{name: pl.lit("") for name in CLICK_COLUMNS[5:]},
    ).select(_given(CLICK_COLUMNS)).write_csv(path)  # fmt: skip
