from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from publishers.admin.backoffice import ReadOnlyAdmin, page_of
from publishers.figures import period
from publishers.models import PayoutDetails


@admin.register(PayoutDetails)
class PayoutDetailsAdmin(ReadOnlyAdmin):
    """Where publishers are paid to, from when to when; numbers are shown masked alone."""

    list_display = ("of_publisher", "kind", "masked", "in_force")
    list_filter = ("kind",)
    list_select_related = ("publisher",)
    fields = ("publisher", "kind", "masked", "valid_from", "valid_to")
    search_fields = ("=publisher__code",)
    search_help_text = _("Code of the publisher")
    empty_hint = _("No publisher has said yet where it is paid to.")

    @admin.display(description=_("publisher"), ordering="publisher__code")
    def of_publisher(self, details: PayoutDetails) -> str:
        return page_of(details.publisher)

    @admin.display(description=_("period"), ordering="valid_from")
    def in_force(self, details: PayoutDetails) -> str:
        return period(details.valid_from, details.valid_to)
