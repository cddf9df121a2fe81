from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from publishers.admin.backoffice import page_of
from publishers.admin.tables import TableAdmin
from publishers.figures import in_own_language, period
from publishers.models import Agreement
from publishers.resources import AgreementResource


@admin.register(Agreement)
class AgreementAdmin(TableAdmin):
    """Written agreements that let a publisher use a type otherwise forbidden."""

    resource_classes = (AgreementResource,)

    list_display = ("of_publisher", "of_type", "in_force", "note")
    list_filter = ("traffic_type",)
    list_select_related = ("publisher", "traffic_type")
    autocomplete_fields = ("publisher",)
    search_fields = ("=publisher__code", "publisher__name", "note")
    search_help_text = _("Code or name of the publisher, or what was agreed")
    empty_hint = _("There is no agreement. Add one where a publisher may use a forbidden type.")

    @admin.display(description=_("publisher"), ordering="publisher__code")
    def of_publisher(self, row: Agreement) -> str:
        return page_of(row.publisher)

    @admin.display(description=_("traffic type"), ordering="traffic_type__code")
    def of_type(self, row: Agreement) -> str:
        return in_own_language(row.traffic_type, "name")

    @admin.display(description=_("period"), ordering="valid_from")
    def in_force(self, row: Agreement) -> str:
        return period(row.valid_from, row.valid_to)
