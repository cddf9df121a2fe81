"""What buyers did: clicks, and orders of one or several products."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from config.sample_world import FOLDER
from config.sample_world.seasons import days, orders_on

# Whose parcels a publisher's visitors order, the nearest first.
AUDIENCES = {
    "RU": ("RU", "RU", "RU", "BY", "KZ"),
    "UA": ("UA", "UA", "UA", "MD"),
    "KZ": ("KZ", "KZ", "KZ", "KG", "UZ"),
    "DE": ("DE", "DE", "AT", "CH"),
    "PL": ("PL", "PL", "PL", "GB"),
    "BR": ("BR", "BR", "BR", "PT"),
    "EE": ("EE", "LV", "RU", "FI", "DE"),
    "LT": ("LT", "LT", "PL", "GB"),
    "HR": ("HR", "RS", "SI"),
    "CZ": ("CZ", "CZ", "SK"),
    "ES": ("ES", "ES", "MX"),
    "US": ("US", "US", "CA", "IL"),
    "FR": ("FR", "FR", "BE"),
}
FIRST_ORDER = 5004110000000000


@dataclass(frozen=True)
class Source:
    """Where visitors come from."""

    code: str
    country: str
    opened_at: datetime
    share: int


@dataclass(frozen=True)
class Product:
    """What they can buy; rates as the seller gives them, "" where there is none."""

    product_id: str
    category_id: str
    title: str
    affiliate: bool
    seller_rate: str
    hot_rate: str
    price_cents: int


@dataclass(frozen=True)
class Click:
    """A visitor followed a source's link; landing: a product, or "" for another page."""

    click_id: str
    source: str
    clicked_at: datetime
    landing: str


@dataclass(frozen=True)
class Order:
    """A basket paid for; click: None where the visitor's was lost."""

    order_id: int
    placed_at: datetime
    source: Source
    country: str
    click: Click | None
    basket: tuple[tuple[Product, int], ...]


def all_orders(chance: Random) -> Iterator[Order]:
    """Every order of the sample world, as time goes by."""
    sources, products = read_sources(FOLDER), read_products(FOLDER)
    number = 0
    for day in days():
        for placed_at in sorted(_moment(day, chance) for _ in range(orders_on(day, chance))):
            number += 1
            yield _order(number, placed_at, _at_work(sources, placed_at), products, chance)


def visits_without_orders(orders: list[Order], chance: Random) -> Iterator[Click]:
    """Most visitors only look: one such click for every order."""
    for number, order in enumerate(orders):
        earlier = order.placed_at - timedelta(minutes=chance.randint(5, 2_000))
        landing = order.basket[0][0].product_id if chance.random() < 0.4 else ""
        yield Click(f"look{number:08d}", order.source.code, earlier, landing)


def read_sources(folder: Path) -> list[Source]:
    """The sources, with the country of their publisher."""
    country = {row["code"]: row["country"] for row in _rows(folder / "publishers.csv")}
    return [
        Source(
            row["code"],
            country[row["publisher"]],
            # One that was never approved sends visitors all the same.
            datetime.fromisoformat(row["approved_at"] or "2020-09-20T08:00:00Z"),
            int(row["share"]),
        )
        for row in _rows(folder / "sources.csv")
    ]


def read_products(folder: Path) -> list[Product]:
    """The products."""
    return [
        Product(
            row["product_id"], row["category_id"], row["title"], row["affiliate"] == "Y",
            row["seller_rate"], row["hot_rate"], int(Decimal(row["price"]) * 100),
        )
        for row in _rows(folder / "products.csv")
    ]  # fmt: skip


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _moment(day: date, chance: Random) -> datetime:
    """A moment of a day; people order in the evening more than at breakfast."""
    second = int(chance.triangular(5, 23, 18) * 3600) + chance.randint(0, 59)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)


def _at_work(sources: list[Source], at: datetime) -> list[Source]:
    return [source for source in sources if source.opened_at <= at]


def _order(
    number: int, placed_at: datetime, sources: list[Source], products: list[Product], chance: Random
) -> Order:
    (source,) = chance.choices(sources, [source.share for source in sources])
    basket = _basket(products, chance)
    return Order(
        order_id=FIRST_ORDER + number * 10_000,
        placed_at=placed_at,
        source=source,
        country=chance.choice(AUDIENCES[source.country]),
        click=_click(number, source, placed_at, basket[0][0], chance),
        basket=basket,
    )


def _basket(products: list[Product], chance: Random) -> tuple[tuple[Product, int], ...]:
    (kinds,) = chance.choices((1, 2, 3, 4), (62, 23, 10, 5))
    if chance.random() < 0.008:  # A small shop orders for its shelves.
        return tuple((one, chance.randint(8, 20)) for one in chance.sample(products, kinds))
    # Cheap things are bought more often.
    likely = [10_000 / (2_000 + one.price_cents) for one in products]
    chosen: dict[str, Product] = {}
    while len(chosen) < kinds:
        (one,) = chance.choices(products, likely)
        chosen[one.product_id] = one
    return tuple((one, 2 if chance.random() < 0.06 else 1) for one in chosen.values())


def _click(
    number: int, source: Source, placed_at: datetime, product: Product, chance: Random
) -> Click | None:
    """The click before an order: minutes before it, days before it, or lost."""
    draw = chance.random()
    if draw < 0.06:
        return None
    if draw < 0.10:  # Too long ago for a cookie of three days, not for one of fourteen.
        before = timedelta(hours=chance.randint(80, 150))
    elif draw < 0.104:  # Somebody's clock, or somebody's trick.
        before = -timedelta(minutes=chance.randint(1, 9))
    else:
        before = timedelta(minutes=min(4_000, 2 + chance.expovariate(1 / 300)))
    landing = product.product_id if chance.random() < 0.55 else ""
    moment = (placed_at - before).replace(microsecond=0)
    return Click(f"visit{number:08d}", source.code, moment, landing)
