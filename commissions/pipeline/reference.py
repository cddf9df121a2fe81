"""What a set of lines may ask beside the feed, read in a fixed number of queries."""

from datetime import datetime

import polars as pl
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL

from commissions.engine.frames import RowsOfFrame
from commissions.engine.reference import (
    AgreementRow,
    ApprovalRow,
    ClickRow,
    MemberRow,
    PermissionRow,
    Reference,
    SourceRow,
    StoreRow,
)
from commissions.models import Product, Programme, SetMember, Store, VirtualRuling
from commissions.pipeline.copying import INSTANT, read_rows
from commissions.rulebooks.reading import published_rulebooks
from publishers import queries as publishers

ASKED = ("af", "dp", "tracking_id", "product_id")  # what a line may ask the reference for

# Of these there may be as many as lines: they are read as columns.
_CLICKS = {"id": pl.Int64, "click_id": pl.String, "source_id": pl.Int64, "clicked_at": INSTANT,
           "landing_product_id": pl.String}  # fmt: skip
_SOURCES = {"id": pl.Int64, "code": pl.String, "publisher_id": pl.Int64, "traffic_type": pl.String}
_PRODUCTS = {"product_id": pl.String, "store_id": pl.String}
_RULINGS = {"product_id": pl.String, "ruled_at": INSTANT}
_STORES = {"store_id": pl.String, "seller_country": pl.String, "in_programme": pl.Boolean,
           "section": pl.String, "valid_from": INSTANT, "valid_to": INSTANT}  # fmt: skip


def load_reference(programme: Programme, lines: pl.DataFrame) -> Reference:
    """The reference for these lines.

    lines: at least the columns of ASKED.
    """
    clicks = read_rows(publishers.clicks_by_id(_given(lines["dp"])), _CLICKS)
    sources = read_rows(
        publishers.sources_by(
            codes=_given(pl.concat([lines["af"], lines["tracking_id"]])),
            ids=clicks["source_id"].unique().to_list(),
        ),
        _SOURCES,
    )
    owners = sources["publisher_id"].unique().to_list()
    asked = publishers.among(_given(lines["product_id"]))
    products = read_rows(_products(programme, asked), _PRODUCTS)
    stores = publishers.among(products["store_id"].unique())
    return Reference(
        rulebooks=published_rulebooks(programme.pk),
        sources=RowsOfFrame(SourceRow._make, sources),
        approvals=[ApprovalRow(*row) for row in publishers.approvals(sources["id"].to_list())],
        agreements=[AgreementRow(*row) for row in publishers.agreements(owners)],
        permissions=[PermissionRow(*row) for row in publishers.permissions(programme.code)],
        clicks=RowsOfFrame(ClickRow._make, clicks),
        products=RowsOfFrame(tuple[str, str], products),
        stores=RowsOfFrame(StoreRow._make, read_rows(_stores(programme, stores), _STORES)),
        rulings=RowsOfFrame(tuple[str, datetime], read_rows(_rulings(programme, asked), _RULINGS)),
        members=[MemberRow(*row) for row in _members(programme, stores)],
        blocked=publishers.blocked_ids(owners),
        minimum_age_days=programme.minimum_age_days,
        aged_at=programme.aged_at,
    )


def _given(texts: pl.Series) -> pl.Series:
    """Each text once, without the empty one."""
    return texts.filter(texts != "").unique()


def _products(programme: Programme, asked: RawSQL) -> QuerySet:
    found = Product.objects.filter(programme=programme, product_id__in=asked)
    return found.exclude(store_id="").values_list("product_id", "store_id")


def _rulings(programme: Programme, asked: RawSQL) -> QuerySet:
    found = VirtualRuling.objects.filter(programme=programme, product_id__in=asked)
    return found.values_list("product_id", "ruled_at")


def _stores(programme: Programme, asked: RawSQL) -> QuerySet:
    found = Store.objects.filter(programme=programme, store_id__in=asked)
    return found.values_list(*_STORES)


def _members(programme: Programme, stores: RawSQL) -> QuerySet:
    """Members of the named sets; of sets of stores, which may be long, only those asked for."""
    asked = ~Q(named_set__kind="store") | Q(value__in=stores)
    return (
        SetMember.objects.filter(asked, named_set__programme=programme)
        .annotate(set_code=F("named_set__code"))
        .values_list("set_code", "value", "valid_from", "valid_to")
    )
