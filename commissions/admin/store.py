from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from commissions.admin.columns import PeriodColumn
from commissions.admin.tables import ProgrammeTableAdmin
from commissions.models import Store
from commissions.resources import StoreResource


@admin.register(Store)
class StoreAdmin(PeriodColumn, ProgrammeTableAdmin):
    """Sellers' stores. A store that is not listed is an ordinary one."""

    resource_classes = (StoreResource,)

    list_display = ("store_id", "name", "seller_country", "in_programme", "section", "in_force")
    list_filter = ("in_programme", "section")
    search_fields = ("=store_id", "name")
    search_help_text = _("Store id, or a part of the name")
    empty_hint = _("No store is listed: all count as ordinary ones. Load a world, or add one.")
