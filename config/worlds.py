"""A world: a folder of CSV files with all the facts beside the feed (see load_world)."""

from collections.abc import Callable
from pathlib import Path

import tablib

from commissions.models import Programme
from commissions.resources import (
    BrandStoreResource,
    CategoryResource,
    ProductResource,
    ProgrammeResource,
    StoreResource,
    VirtualRulingResource,
)
from publishers.clicks import load_clicks
from publishers.csv_files import Loaded, read_table
from publishers.fact_files import FactResource, load_table
from publishers.resources import AgreementResource, SourceResource
from referrals.resources import PublisherWithReferrerResource

# In this order: each file names rows of those before it.
FILES: dict[str, type[FactResource] | Callable[[Path], Loaded]] = {
    "publishers.csv": PublisherWithReferrerResource,
    "sources.csv": SourceResource,
    "agreements.csv": AgreementResource,
    "stores.csv": StoreResource,
    "brand_stores.csv": BrandStoreResource,
    "categories.csv": CategoryResource,
    "products.csv": ProductResource,
    "virtual_products.csv": VirtualRulingResource,
    "clicks.csv": load_clicks,
}


def load_file(path: Path, *, programme: Programme) -> Loaded:
    """Load one file of a world, known by its name. Raises FileRefused."""
    kind = FILES[path.name]
    if not isinstance(kind, type):
        return kind(path)
    columns, rows, lines = read_table(path)
    whose = {"programme": programme} if issubclass(kind, ProgrammeResource) else {}
    resource = kind(lines=lines, preview=False, **whose)
    return load_table(resource, tablib.Dataset(*rows, headers=columns))
