"""What is known of a product before a sale: by the catalogue's columns, else by the feed."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar

from commissions.models import OrderLine, Product, Programme

CATALOGUE, FEED = "catalogue", "feed"
Value = TypeVar("Value")


@dataclass(frozen=True)
class Known(Generic[Value]):
    """A fact and where it is known from; a value None is not known, and from nowhere."""

    value: Value | None = None
    origin: str = ""

    def or_else(self, value: Value | None, origin: str) -> "Known[Value]":
        """This fact, or where it is not known, what another origin says."""
        if self.value is not None or value is None:
            return self
        return Known(value, origin)


@dataclass(frozen=True)
class ProductFacts:
    """What a line of the product would say of it.

    Rates in hundredths of a percent. feed_row_at: when the latest order of the product was placed;
    None where the feed knows none or was not asked.
    """

    title: str = ""
    in_catalogue: bool = False
    feed_row_at: datetime | None = None
    affiliate: Known[bool] = field(default_factory=Known)
    hot: Known[bool] = field(default_factory=Known)
    category: Known[str] = field(default_factory=Known)
    seller_rate: Known[int] = field(default_factory=Known)
    hot_rate: Known[int] = field(default_factory=Known)


def by_catalogue(programme: Programme, product_id: str) -> ProductFacts:
    """What the catalogue says. A product with a hot-sale rate is on hot sale."""
    row = Product.objects.filter(programme=programme, product_id=product_id).first()
    if row is None:
        return ProductFacts()

    def said(value: Value | None) -> Known[Value]:
        return Known[Value]().or_else(value, CATALOGUE)

    return ProductFacts(
        title=row.title,
        in_catalogue=True,
        affiliate=said(row.affiliate),
        hot=said(None if row.hot_rate_bp is None else True),
        category=said(row.category_id or None),
        seller_rate=said(row.seller_rate_bp),
        hot_rate=said(row.hot_rate_bp),
    )


def with_latest_row(facts: ProductFacts, programme: Programme, product_id: str) -> ProductFacts:
    """The facts, and where they leave something open, what the latest order of the product says.

    No index leads from a product to its lines: this reads them all, so ask only where it matters.
    """
    lines = OrderLine.objects.filter(programme=programme, product_id=product_id)
    row = lines.order_by("-created_at", "-id").first()
    if row is None:
        return facts
    return replace(
        facts,
        title=facts.title or row.title,
        feed_row_at=row.created_at,
        affiliate=facts.affiliate.or_else(row.is_affiliate, FEED),
        hot=facts.hot.or_else(row.is_hot, FEED),
        category=facts.category.or_else(row.category_id or None, FEED),
        # The feed has one rate: of whichever kind the rule asks for.
        seller_rate=facts.seller_rate.or_else(row.feed_rate_bp, FEED),
        hot_rate=facts.hot_rate.or_else(row.feed_rate_bp, FEED),
    )
