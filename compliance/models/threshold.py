import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from compliance.detectors.thresholds import THRESHOLDS
from publishers.periods import DatedModel, period_constraints


def threshold_names() -> list[tuple[str, str]]:
    """The thresholds that the detectors know."""
    return [(name, name) for name in THRESHOLDS]


class Threshold(DatedModel):
    """From what on a detector speaks, from when to when. Without a row: the detector's default.

    A row stays what it was, so that its history can be read; another value is another row.
    """

    name = models.CharField(_("threshold"), max_length=40, choices=threshold_names)
    value = models.PositiveIntegerField(_("value"))
    note = models.TextField(_("why"), blank=True)

    class Meta:
        ordering = ["name", "valid_from"]
        verbose_name = _("threshold")
        verbose_name_plural = _("thresholds")
        constraints = period_constraints("compliance_threshold", "name")
        triggers = [
            pgtrigger.ReadOnly(name="threshold_stays", fields=["name", "value", "valid_from"]),
            pgtrigger.Protect(name="threshold_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"

    def clean(self) -> None:
        spec = THRESHOLDS.get(self.name)
        if spec is None or self.value is None:
            return  # the fields say what is wrong with them
        if not spec.least <= self.value <= spec.most:
            raise ValidationError(
                {"value": _now("Give a value from %(least)s to %(most)s; this one is %(value)s.")
                 % {"least": spec.least, "most": spec.most, "value": self.value}}
            )  # fmt: skip
