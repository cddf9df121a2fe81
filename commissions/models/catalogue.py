from django.db import models
from django.utils.translation import gettext_lazy as _

from commissions.models.programme import Programme
from publishers.periods import DatedModel, period_constraints


class Store(DatedModel):
    """A seller's store as it was in a period. A store not listed is an ordinary one."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="stores")
    store_id = models.CharField(_("store id"), max_length=64, db_collation="C")
    name = models.CharField(_("name"), max_length=200, blank=True)
    seller_country = models.CharField(_("seller's country"), max_length=2)
    in_programme = models.BooleanField(_("takes part"), default=True)
    section = models.CharField(_("section"), max_length=32, blank=True)

    class Meta:
        ordering = ["store_id", "valid_from"]
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        constraints = period_constraints("commissions_store", "programme", "store_id")

    def __str__(self) -> str:
        return f"{self.store_id} {self.name}"


class Product(models.Model):
    """A product of the merchant's catalogue; the optional columns serve quotes (F24)."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="products")
    product_id = models.CharField(_("product id"), max_length=64, db_collation="C")
    store_id = models.CharField(_("store id"), max_length=64, blank=True, db_collation="C")
    category_id = models.CharField(_("category id"), max_length=64, blank=True, db_collation="C")
    title = models.CharField(_("title"), max_length=500, blank=True)
    affiliate = models.BooleanField(_("affiliate"), null=True, blank=True)
    seller_rate_bp = models.PositiveIntegerField(
        _("seller's rate, hundredths of a percent"), null=True, blank=True
    )
    hot_rate_bp = models.PositiveIntegerField(
        _("hot-sale rate, hundredths of a percent"), null=True, blank=True
    )

    class Meta:
        ordering = ["product_id"]
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "product_id"],
                name="commissions_product_once",
                violation_error_message=_("The catalogue has this product already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.title}"


class VirtualRuling(models.Model):
    """Staff ruled a product virtual: lines placed from then on are not tracked (F6)."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="rulings")
    product_id = models.CharField(_("product id"), max_length=64, db_collation="C")
    ruled_at = models.DateTimeField(_("ruled"))
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering = ["product_id"]
        verbose_name = _("virtual product")
        verbose_name_plural = _("virtual products")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "product_id"],
                name="commissions_ruling_once",
                violation_error_message=_("This product is ruled virtual already."),
            )
        ]

    def __str__(self) -> str:
        return self.product_id
