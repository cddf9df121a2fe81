"""What a set of lines may ask beside the feed, read in a fixed number of queries."""

from datetime import datetime
from typing import Any

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
MOST_KEYS = 200_000  # remembered: more, and a held reference begins anew, for the memory's sake

# Of these there may be as many as lines: they are read as columns.
_CLICKS: dict[str, Any] = {
    "id": pl.Int64, "click_id": pl.String, "source_id": pl.Int64, "clicked_at": INSTANT,
    "landing_product_id": pl.String,
}  # fmt: skip
_SOURCES: dict[str, Any] = {
    "id": pl.Int64,
    "code": pl.String,
    "publisher_id": pl.Int64,
    "traffic_type": pl.String,
}
_PRODUCTS: dict[str, Any] = {"product_id": pl.String, "store_id": pl.String}
_RULINGS: dict[str, Any] = {"product_id": pl.String, "ruled_at": INSTANT}
_STORES: dict[str, Any] = {
    "store_id": pl.String, "seller_country": pl.String, "in_programme": pl.Boolean,
    "section": pl.String, "valid_from": INSTANT, "valid_to": INSTANT,
}  # fmt: skip


def load_reference(programme: Programme, lines: pl.DataFrame) -> Reference:
    """The reference for these lines.

    lines: at least the columns of ASKED.
    """
    return HeldReference(programme).of(lines)


class HeldReference:
    """The reference of one set of lines after another, each fact asked for once.

    Good for as long as the books are held without a break: who decides lines reads facts under the
    hold, and one that is committed meanwhile finds the lines through its touch.
    """

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._by_source = _BySource()
        self._by_product = _ByProduct(programme)
        self._rulebooks = published_rulebooks(programme.pk)
        self._permissions = [PermissionRow(*row) for row in publishers.permissions(programme.code)]
        self._members = [MemberRow(*row) for row in _members(programme)]

    def of(self, lines: pl.DataFrame) -> Reference:
        """The reference for these lines and, but for clicks, for those before them.

        lines: at least the columns of ASKED.
        """
        clicks = read_rows(publishers.clicks_by_id(_given(lines["dp"])), _CLICKS)
        if len(self._by_source.codes_asked_for) > MOST_KEYS:
            self._by_source = _BySource()
        if len(self._by_product.asked_for) > MOST_KEYS:
            self._by_product = _ByProduct(self._programme)
        sources, products = self._by_source, self._by_product
        sources.ask(_given(pl.concat([lines["af"], lines["tracking_id"]])), clicks["source_id"])
        products.ask(_given(lines["product_id"]))
        return Reference(
            rulebooks=self._rulebooks,
            sources=RowsOfFrame(SourceRow._make, sources.sources),
            approvals=list(sources.approvals),
            agreements=list(sources.agreements),
            permissions=self._permissions,
            clicks=RowsOfFrame(ClickRow._make, clicks),
            products=RowsOfFrame(tuple[str, str], products.products),
            stores=RowsOfFrame(StoreRow._make, products.stores),
            rulings=RowsOfFrame(tuple[str, datetime], products.rulings),
            members=[*self._members, *products.members],
            blocked=frozenset(sources.blocked),
            minimum_age_days=self._programme.minimum_age_days,
            aged_at=self._programme.aged_at,
        )


class _BySource:
    """Sources, and what is known by source or by its publisher."""

    def __init__(self) -> None:
        self.sources = pl.DataFrame(schema=_SOURCES)
        self.approvals: list[ApprovalRow] = []
        self.agreements: list[AgreementRow] = []
        self.blocked: set[int] = set()
        self.codes_asked_for = pl.Series(dtype=pl.String)

    def ask(self, codes: pl.Series, ids: pl.Series) -> None:
        """Ask for the sources of these codes and ids that were not asked for yet."""
        codes = _beyond(codes, self.codes_asked_for)
        ids = _beyond(ids.unique(), self.sources["id"])
        if codes.is_empty() and ids.is_empty():
            return
        self.codes_asked_for = pl.concat([self.codes_asked_for, codes])
        found = read_rows(publishers.sources_by(codes=codes, ids=ids.to_list()), _SOURCES)
        found = found.join(self.sources, on="id", how="anti")
        owners = _beyond(found["publisher_id"].unique(), self.sources["publisher_id"]).to_list()
        self.sources = pl.concat([self.sources, found])
        self.approvals += map(ApprovalRow._make, publishers.approvals(found["id"].to_list()))
        self.agreements += map(AgreementRow._make, publishers.agreements(owners))
        self.blocked |= publishers.blocked_ids(owners)


class _ByProduct:
    """Stores of products and rulings over them, and what is known by store."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self.asked_for = pl.Series(dtype=pl.String)
        self.products = pl.DataFrame(schema=_PRODUCTS)
        self.rulings = pl.DataFrame(schema=_RULINGS)
        self.stores = pl.DataFrame(schema=_STORES)
        self.members: list[MemberRow] = []

    def ask(self, product_ids: pl.Series) -> None:
        """Ask for these products as far as they were not asked for yet."""
        new = _beyond(product_ids, self.asked_for)
        if new.is_empty():
            return
        self.asked_for = pl.concat([self.asked_for, new])
        asked = publishers.among(new)
        rulings = read_rows(_rulings(self._programme, asked), _RULINGS)
        products = read_rows(_products(self._programme, asked), _PRODUCTS)
        stores = _beyond(products["store_id"].unique(), self.products["store_id"])
        self.rulings = pl.concat([self.rulings, rulings])
        self.products = pl.concat([self.products, products])
        if stores.is_empty():
            return
        asked = publishers.among(stores)
        found = read_rows(_stores(self._programme, asked), _STORES)
        self.stores = pl.concat([self.stores, found])
        self.members += map(MemberRow._make, _members_among_stores(self._programme, asked))


def _beyond(keys: pl.Series, known: pl.Series) -> pl.Series:
    """Those of the keys that are not known yet."""
    return keys.filter(~keys.is_in(known.implode()))


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


def _members(programme: Programme) -> QuerySet:
    """Members of the named sets but for those of stores, which may be long."""
    return _rows_of_members(programme, ~Q(named_set__kind="store"))


def _members_among_stores(programme: Programme, asked: RawSQL) -> QuerySet:
    return _rows_of_members(programme, Q(named_set__kind="store", value__in=asked))


def _rows_of_members(programme: Programme, asked: Q) -> QuerySet:
    return (
        SetMember.objects.filter(asked, named_set__programme=programme)
        .annotate(set_code=F("named_set__code"))
        .values_list("set_code", "value", "valid_from", "valid_to")
    )
