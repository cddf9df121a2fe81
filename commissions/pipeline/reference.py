"""What a set of lines may ask beside the feed, read in a fixed number of queries."""

import polars as pl
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL

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
from commissions.rulebooks.reading import published_rulebooks
from publishers import queries as publishers

ASKED = ("af", "dp", "tracking_id", "product_id")  # what a line may ask the reference for


def load_reference(programme: Programme, lines: pl.DataFrame) -> Reference:
    """The reference for these lines.

    lines: at least the columns of ASKED.
    """
    codes = pl.concat([lines["af"], lines["tracking_id"]]).unique().to_list()
    clicks = publishers.clicks_by_id(lines["dp"].unique().to_list())
    sources = publishers.sources_by(codes=codes, ids=[row[2] for row in clicks])
    owners = list({row[2] for row in sources})
    product_ids = lines["product_id"].unique().to_list()
    products = list(
        Product.objects.filter(programme=programme, product_id__in=_among(product_ids))
        .exclude(store_id="")
        .values_list("product_id", "store_id")
    )
    stores = list({store_id for _, store_id in products})
    dated = ("valid_from", "valid_to")
    return Reference(
        rulebooks=published_rulebooks(programme.pk),
        sources=[SourceRow(*row) for row in sources],
        approvals=[ApprovalRow(*row) for row in publishers.approvals([row[0] for row in sources])],
        agreements=[AgreementRow(*row) for row in publishers.agreements(owners)],
        permissions=[PermissionRow(*row) for row in publishers.permissions(programme.code)],
        clicks=[ClickRow(*row) for row in clicks],
        products=products,
        stores=[
            StoreRow(*row)
            for row in Store.objects.filter(programme=programme, store_id__in=_among(stores))
            .values_list("store_id", "seller_country", "in_programme", "section", *dated)
        ],
        rulings=list(
            VirtualRuling.objects.filter(programme=programme, product_id__in=_among(product_ids))
            .values_list("product_id", "ruled_at")
        ),
        members=[MemberRow(*row) for row in _members(programme, stores)],
        blocked=publishers.blocked_ids(owners),
        minimum_age_days=programme.minimum_age_days,
        aged_at=programme.aged_at,
    )  # fmt: skip


def _among(values: list[str]) -> RawSQL:
    return publishers.among([value for value in values if value])


def _members(programme: Programme, stores: list[str]) -> QuerySet:
    """Members of the named sets; of sets of stores, which may be long, only those asked for."""
    asked = ~Q(named_set__kind="store") | Q(value__in=_among(stores))
    return (
        SetMember.objects.filter(asked, named_set__programme=programme)
        .annotate(set_code=F("named_set__code"))
        .values_list("set_code", "value", "valid_from", "valid_to")
    )
