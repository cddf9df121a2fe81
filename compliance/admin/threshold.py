from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from compliance.detectors.thresholds import THRESHOLDS
from compliance.models import Threshold
from compliance.watching.settings import ThresholdHistory
from compliance.watching.words import with_unit
from publishers.admin.backoffice import KeptAdmin
from publishers.figures import period


def threshold_rows(limits: Mapping[str, int]) -> list[dict[str, Any]]:
    """Thresholds with their values, in the detectors' order; those no longer known are left out."""
    return [
        {
            "name": name,
            "sentence": gettext(spec.sentence),
            "value": with_unit(limits[name], spec.unit),
            "default": with_unit(spec.default, spec.unit),
            "is_own": limits[name] != spec.default,
        }
        for name, spec in THRESHOLDS.items()
        if name in limits
    ]


@admin.register(Threshold)
class ThresholdAdmin(KeptAdmin):
    """From what on the detectors speak; every value that staff ever gave, with its period."""

    list_display = ("name", "meaning", "shown_value", "in_force", "note")
    list_filter = ("name",)
    search_fields = ("name", "note")
    list_before_template = "admin/compliance/threshold/in_force.html"
    empty_hint = _("Staff have set none: the defaults hold.")

    def get_readonly_fields(self, request: HttpRequest, obj: Threshold | None = None) -> Any:
        """A row stays what it was; its end and its note may be written."""
        return ("name", "value", "valid_from") if obj else ()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        limits = ThresholdHistory().at(timezone.now())
        extra = {**(extra_context or {}), "thresholds": threshold_rows(limits)}
        return super().changelist_view(request, extra)

    @admin.display(description=_("meaning"))
    def meaning(self, row: Threshold) -> str:
        spec = THRESHOLDS.get(row.name)
        return gettext(spec.sentence) if spec else row.name

    @admin.display(description=_("value"), ordering="value")
    def shown_value(self, row: Threshold) -> str:
        spec = THRESHOLDS.get(row.name)
        return with_unit(row.value, spec.unit) if spec else str(row.value)

    @admin.display(description=_("period"), ordering="valid_from")
    def in_force(self, row: Threshold) -> str:
        return period(row.valid_from, row.valid_to)
