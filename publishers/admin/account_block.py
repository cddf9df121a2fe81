from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from publishers.admin.backoffice import ReadOnlyAdmin, page_of
from publishers.figures import period
from publishers.models import AccountBlock


@admin.register(AccountBlock)
class AccountBlockAdmin(ReadOnlyAdmin):
    """Blocks of accounts. They come and go by the decisions of cases."""

    list_display = ("of_publisher", "ground", "in_force")
    list_select_related = ("publisher",)
    search_fields = ("=publisher__code", "=ground")
    search_help_text = _("Code of the publisher, or the ground")
    empty_hint = _("No account has been blocked. A case's decision blocks one.")

    @admin.display(description=_("publisher"), ordering="publisher__code")
    def of_publisher(self, block: AccountBlock) -> str:
        return page_of(block.publisher)

    @admin.display(description=_("period"), ordering="valid_from")
    def in_force(self, block: AccountBlock) -> str:
        return period(block.valid_from, block.valid_to)
