from django.db import models
from django.utils.translation import gettext_lazy as _

from publishers.enums import Permission
from publishers.figures import in_own_language
from publishers.models.publisher import Publisher
from publishers.periods import DatedModel, period_constraints


class TrafficType(models.Model):
    """A way of bringing buyers (F26-F31)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=120)
    name_ru = models.CharField(_("name in Russian"), max_length=120)

    class Meta:
        ordering = ["code"]
        verbose_name = _("traffic type")
        verbose_name_plural = _("traffic types")

    def __str__(self) -> str:
        return in_own_language(self, "name")


class TrafficPermission(DatedModel):
    """Whether a programme permits a type of traffic, and from when to when.

    The programme is named by its code: programmes live above this app.
    """

    programme_code = models.SlugField(_("programme"), max_length=40)
    traffic_type = models.ForeignKey(
        TrafficType,
        verbose_name=_("traffic type"),
        on_delete=models.PROTECT,
        related_name="permissions",
    )
    permission = models.CharField(_("permission"), max_length=16, choices=Permission)
    note_en = models.TextField(_("condition in English"), blank=True)
    note_ru = models.TextField(_("condition in Russian"), blank=True)

    class Meta:
        ordering = ["programme_code", "traffic_type__code", "valid_from"]
        verbose_name = _("traffic permission")
        verbose_name_plural = _("traffic permissions")
        constraints = period_constraints("publishers_permission", "programme_code", "traffic_type")

    def __str__(self) -> str:
        return f"{self.traffic_type}: {self.get_permission_display()}"


class Agreement(DatedModel):
    """A written agreement that lets one publisher use a type otherwise forbidden (F31)."""

    publisher = models.ForeignKey(
        Publisher, verbose_name=_("publisher"), on_delete=models.PROTECT, related_name="agreements"
    )
    traffic_type = models.ForeignKey(
        TrafficType, verbose_name=_("traffic type"), on_delete=models.PROTECT
    )
    note = models.TextField(_("what was agreed"), blank=True)

    class Meta:
        ordering = ["publisher__code", "traffic_type__code", "valid_from"]
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = period_constraints("publishers_agreement", "publisher", "traffic_type")

    def __str__(self) -> str:
        return f"{self.publisher.code}: {self.traffic_type.code}"
