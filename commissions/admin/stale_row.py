from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from commissions.enums import FeedStatus
from commissions.models import StaleRow
from publishers.admin.backoffice import BigListAdmin, page_of


@admin.register(StaleRow)
class StaleRowAdmin(BigListAdmin):
    """Rows whose status was already overtaken: reported, and without effect."""

    list_display = ("sub_order_id", "row", "given", "known", "of_import")
    list_select_related = ("feed_import",)
    exact_search = ("sub_order_id",)
    search_help_text = _("The whole sub-order number")
    empty_hint = _("No row came late.")

    @admin.display(description=_("status given"))
    def given(self, row: StaleRow) -> str:
        return str(FeedStatus(row.status_given).label)

    @admin.display(description=_("status known"))
    def known(self, row: StaleRow) -> str:
        return str(FeedStatus(row.status_known).label)

    @admin.display(description=_("import"))
    def of_import(self, row: StaleRow) -> str:
        return page_of(row.feed_import)
