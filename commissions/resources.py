"""Files of a programme: stores, brand_stores, categories, products and virtual_products.csv.

The programme is given, or chosen in the import's form; where there is only one, it is meant.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from commissions.enums import SetKind
from commissions.models import NamedSet, Product, Programme, SetMember, Store, VirtualRuling
from publishers.columns import (
    CodeOf,
    Column,
    Instant,
    OneOf,
    Percent,
    Text,
    YesNo,
    country,
    identifier,
)
from publishers.csv_files import FileRefused
from publishers.fact_files import FactResource

BRAND_STORES = "brand_stores"
# Sections of the merchant's site that rules speak of (F15).
SECTIONS = ("mall_ru",)


def period_columns() -> tuple[Column, Column]:
    """The columns from and to; an empty cell is an open end."""
    return (
        Column("valid_from", "from", Instant(empty=None)),
        Column("valid_to", "to", Instant(empty=None)),
    )


class ProgrammeResource(FactResource):
    """Rows that belong to one programme."""

    class Meta:
        abstract = True

    def __init__(
        self, *, programme: Programme | None = None, form: Any = None, **kwargs: Any
    ) -> None:
        """programme: whose rows these are; form: the import's form, which may ask for it."""
        super().__init__(**kwargs)
        chosen = getattr(form, "cleaned_data", {}).get("programme")
        self.programme: Programme | None = programme or chosen

    def begin(self) -> None:
        """Settle which programme is meant."""
        if self.programme is None:
            programmes = list(Programme.objects.all()[:2])
            if len(programmes) != 1:
                raise FileRefused([_("Choose the programme that these rows belong to.")])
            self.programme = programmes[0]

    def get_queryset(self) -> models.QuerySet:
        """Rows of the programme; for an export without one, of all programmes."""
        found = super().get_queryset()
        return found.filter(programme=self.programme) if self.programme else found

    def init_instance(self, row: Mapping[str, Any] | None = None) -> models.Model:
        return self._meta.model(programme=self.programme)


class StoreResource(ProgrammeResource):
    """stores.csv; a store may have several rows, each for a period."""

    key = ("store_id", "valid_from")
    optional = frozenset({"from", "to"})
    rivals = ("store_id",)
    store_id = Column("store_id", "store_id", identifier())
    name = Column("name", "name", Text(200, empty=""))
    seller_country = Column("seller_country", "seller_country", country())
    in_programme = Column("in_programme", "in_programme", YesNo())
    section = Column("section", "section", OneOf(SECTIONS, empty=""))
    valid_from, valid_to = period_columns()

    class Meta:
        model = Store
        fields = (
            *("store_id", "name", "seller_country", "in_programme", "section"),
            *("valid_from", "valid_to"),
        )


class ProductResource(ProgrammeResource):
    """products.csv; the last three columns serve quotes."""

    key = ("product_id",)
    optional = frozenset({"affiliate", "seller_rate", "hot_rate"})
    product_id = Column("product_id", "product_id", identifier())
    store_id = Column("store_id", "store_id", identifier(empty=""))
    category_id = Column("category_id", "category_id", identifier(empty=""))
    title = Column("title", "title", Text(500, empty=""))
    affiliate = Column("affiliate", "affiliate", YesNo(empty=None))
    seller_rate_bp = Column("seller_rate_bp", "seller_rate", Percent(empty=None))
    hot_rate_bp = Column("hot_rate_bp", "hot_rate", Percent(empty=None))

    class Meta:
        model = Product
        fields = (
            *("product_id", "store_id", "category_id", "title"),
            *("affiliate", "seller_rate_bp", "hot_rate_bp"),
        )


class VirtualRulingResource(ProgrammeResource):
    """virtual_products.csv."""

    key = ("product_id",)
    product_id = Column("product_id", "product_id", identifier())
    ruled_at = Column("ruled_at", "ruled_at", Instant())
    note = Column("note", "note", Text(empty=""))

    class Meta:
        model = VirtualRuling
        fields = ("product_id", "ruled_at", "note")


class BrandStoreResource(ProgrammeResource):
    """brand_stores.csv: the members of one set of stores."""

    key = ("value", "valid_from")
    rivals = ("value",)
    value = Column("value", "store_id", identifier())
    name = Column("name", "name", Text(200, empty=""))
    valid_from, valid_to = period_columns()
    brand_stores: NamedSet

    class Meta:
        model = SetMember
        fields = ("value", "name", "valid_from", "valid_to")

    def begin(self) -> None:
        super().begin()
        found = NamedSet.objects.filter(programme=self.programme, kind=SetKind.STORE)
        brand_stores = found.filter(code=BRAND_STORES).first()
        if brand_stores is None:
            sentence = _("The programme has no set of stores {code}: load the programme first.")
            raise FileRefused([sentence.format(code=BRAND_STORES)])
        self.brand_stores = brand_stores

    def get_queryset(self) -> models.QuerySet:
        chosen = {"named_set__programme": self.programme} if self.programme else {}
        return SetMember.objects.filter(
            named_set__code=BRAND_STORES, named_set__kind=SetKind.STORE, **chosen
        )

    def init_instance(self, row: Mapping[str, Any] | None = None) -> SetMember:
        return SetMember(named_set=self.brand_stores)


class CategoryResource(ProgrammeResource):
    """categories.csv: a category is a member of one group, and another group moves it there.

    Where staff have dated a category's membership, the file speaks of the latest.
    """

    key = ("value",)
    rivals = ("named_set_id", "value")
    value = Column("value", "category_id", identifier())
    name = Column("name", "name", Text(200, empty=""))
    group = Column(
        "named_set_id",
        "group",
        CodeOf(
            lambda: NamedSet.objects.filter(kind=SetKind.CATEGORY).values_list("code", "id"),
            gettext_noop(
                "Write the code of a set of categories, such as special, electronics, "
                "home_and_apparel or other."
            ),
        ),
    )

    class Meta:
        model = SetMember
        fields = ("value", "name", "group")

    def begin(self) -> None:
        super().begin()
        groups = NamedSet.objects.filter(programme=self.programme, kind=SetKind.CATEGORY)
        self.fields["group"].widget.know(groups.values_list("code", "id"))

    def get_queryset(self) -> models.QuerySet:
        chosen = {"named_set__programme": self.programme} if self.programme else {}
        return SetMember.objects.filter(named_set__kind=SetKind.CATEGORY, **chosen)

    def known_rows(self, values: set[Any]) -> models.QuerySet:
        # The last row of a key stands for it: the latest membership.
        found = self.get_queryset().filter(value__in=values)
        return found.order_by(models.F("valid_from").asc(nulls_first=True))

    def init_instance(self, row: Mapping[str, Any] | None = None) -> SetMember:
        return SetMember()
