from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from publishers.admin.backoffice import ReadOnlyAdmin
from publishers.enums import Permission
from publishers.figures import in_own_language, period
from publishers.models import TrafficPermission


@admin.register(TrafficPermission)
class TrafficPermissionAdmin(ReadOnlyAdmin):
    """What a programme says of each type of traffic, and when; rulebooks change it."""

    list_display = ("of_type", "programme_code", "allowed", "in_force", "condition")
    list_filter = ("permission", "programme_code")
    list_select_related = ("traffic_type",)
    search_fields = ("traffic_type__code", "traffic_type__name_en", "traffic_type__name_ru")
    search_help_text = _("Type of traffic")
    list_before_template = "admin/publishers/trafficpermission/hint.html"
    hint = _(
        "Permissions change with the rules, from a rulebook's start on: make a draft of a "
        "rulebook, change its types of traffic, and have it published."
    )

    @admin.display(description=_("traffic type"), ordering="traffic_type__code")
    def of_type(self, row: TrafficPermission) -> str:
        return in_own_language(row.traffic_type, "name")

    @display(
        description=_("permission"),
        ordering="permission",
        label={
            Permission.PERMITTED: "success",
            Permission.FORBIDDEN: "danger",
            Permission.BY_AGREEMENT: "warning",
        },
    )
    def allowed(self, row: TrafficPermission) -> tuple[str, Any]:
        return row.permission, Permission(row.permission).label

    @admin.display(description=_("period"), ordering="valid_from")
    def in_force(self, row: TrafficPermission) -> str:
        return period(row.valid_from, row.valid_to)

    @admin.display(description=_("condition"))
    def condition(self, row: TrafficPermission) -> str:
        return in_own_language(row, "note")
