"""The facts that the feed's lines refer to: publishers, sources, stores, the catalogue."""

from datetime import UTC, datetime

import polars as pl

from commissions.models import NamedSet, Product, Programme, SetMember, Store, VirtualRuling
from config.bench.world import (
    CATEGORIES,
    World,
    category_code,
    category_of,
    group_of,
    product_code,
    source_code,
)
from publishers.models import Publisher, Source, SourceApproval, TrafficType, User

REGISTERED = datetime(2018, 9, 1, tzinfo=UTC)
BRANDS_FROM = datetime(2019, 9, 11, tzinfo=UTC)
STORES_MOVED = datetime(2021, 1, 20, tzinfo=UTC)
# Of twenty sources; the first is the largest publisher's.
TRAFFIC = (
    *("content_site", "cashback", "coupons", "social_communities", "cashback", "youtube"),
    *("price_comparison", "content_site", "dropshipping", "mobile", "teaser", "banner"),
    *("instant_messengers", "content_site", "cashback", "targeted", "coupons", "doorway"),
    *("price_comparison", "motivated"),
)
BATCH = 5_000
STAFF = ("bench-author", "bench-approver")


def write_facts(programme: Programme, world: World) -> None:
    """Write the facts of a world into a database that has the programme and nothing else."""
    User.objects.bulk_create(User(username=name, is_staff=True) for name in STAFF)
    _publishers(world)
    _sources(world)
    _stores(programme, world)
    _catalogue(programme, world)


def _publishers(world: World) -> None:
    Publisher.objects.bulk_create(
        (
            Publisher(
                code=f"P{number:05}",
                email=f"p{number:05}@example.net",
                name=f"Publisher {number}",
                country="RU",
                registered_at=REGISTERED,
            )
            for number in range(world.publishers)
        ),
        batch_size=BATCH,
    )


def _sources(world: World) -> None:
    owners = list(Publisher.objects.order_by("code").values_list("id", flat=True))
    types = dict(TrafficType.objects.values_list("code", "id"))
    codes = pl.select(source_code(pl.int_range(world.sources))).to_series().to_list()
    made = Source.objects.bulk_create(
        (
            Source(
                code=code,
                publisher_id=owners[number % world.publishers],
                traffic_type_id=types[TRAFFIC[number % len(TRAFFIC)]],
                title=f"Source {number}",
                url=f"https://site{number}.example.org/",
            )
            for number, code in enumerate(codes)
        ),
        batch_size=BATCH,
    )
    SourceApproval.objects.bulk_create(
        (
            SourceApproval(source=source, valid_from=REGISTERED)
            for number, source in enumerate(made)
            if number % 97 != 5
        ),
        batch_size=BATCH,
    )


def _stores(programme: Programme, world: World) -> None:
    Store.objects.bulk_create(
        (store for number in range(world.stores) for store in _of_number(programme, number)),
        batch_size=BATCH,
    )
    brands = NamedSet.objects.get(programme=programme, code="brand_stores")
    SetMember.objects.bulk_create(
        SetMember(named_set=brands, value=_store_id(number), valid_from=BRANDS_FROM)
        for number in range(3, world.stores, 20)
    )


def _of_number(programme: Programme, number: int) -> list[Store]:
    """A store's periods: one in three had another name before."""
    periods: list[tuple[datetime | None, datetime | None]] = [(None, None)]
    if number % 3 == 0:
        periods = [(None, STORES_MOVED), (STORES_MOVED, None)]
    return [
        Store(
            programme=programme,
            store_id=_store_id(number),
            name=f"Store {number}",
            seller_country="RU" if number % 40 == 7 else "CN",
            in_programme=number % 60 != 11,
            section="mall_ru" if number % 50 == 9 else "",
            valid_from=start,
            valid_to=end,
        )
        for start, end in periods
    ]


def _store_id(number: int) -> str:
    return f"T{number:04}"


def _catalogue(programme: Programme, world: World) -> None:
    sets = {one.code: one for one in NamedSet.objects.filter(programme=programme)}
    numbers = pl.select(number=pl.int_range(CATEGORIES)).select(
        "number", code=category_code(pl.col("number"))
    )
    SetMember.objects.bulk_create(
        SetMember(named_set=sets[group_of(number)], value=code) for number, code in numbers.rows()
    )
    products = pl.select(number=pl.int_range(world.products)).select(
        "number",
        code=product_code(pl.col("number")),
        category=category_code(category_of(pl.col("number"))),
    )
    Product.objects.bulk_create(
        (
            Product(
                programme=programme,
                product_id=code,
                store_id=_store_id(number % world.stores),
                category_id=category,
                title=f"Product {number}",
            )
            for number, code, category in products.rows()
        ),
        batch_size=BATCH,
    )
    VirtualRuling.objects.bulk_create(
        VirtualRuling(programme=programme, product_id=code, ruled_at=REGISTERED)
        for number, code, _category in products.rows()
        if number % 500 == 17
    )
