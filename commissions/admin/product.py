from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from commissions.admin.tables import ProgrammeTableAdmin
from commissions.models import Product
from commissions.resources import ProductResource
from publishers.figures import rate


@admin.register(Product)
class ProductAdmin(ProgrammeTableAdmin):
    """The merchant's catalogue."""

    resource_classes = (ProductResource,)

    list_display = ("product_id", "title", "store_id", "category_id", "affiliate", "own", "hot")
    list_filter = ("affiliate",)
    search_fields = ("=product_id", "=store_id", "title")
    search_help_text = _("Product id, store id, or a part of the title")
    empty_hint = _("The catalogue is empty. Load a world, or add a product.")

    @admin.display(description=_("seller's rate"))
    def own(self, product: Product) -> str:
        return rate(product.seller_rate_bp)

    @admin.display(description=_("hot-sale rate"))
    def hot(self, product: Product) -> str:
        return rate(product.hot_rate_bp)
