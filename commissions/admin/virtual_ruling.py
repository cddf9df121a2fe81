from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from commissions.admin.columns import ProgrammeColumn
from commissions.admin.tables import ProgrammeTableAdmin
from commissions.models import VirtualRuling
from commissions.resources import VirtualRulingResource
from publishers.figures import instant


@admin.register(VirtualRuling)
class VirtualRulingAdmin(ProgrammeColumn, ProgrammeTableAdmin):
    """Products that staff ruled virtual: not tracked from then on."""

    resource_classes = (VirtualRulingResource,)

    list_display = ("product_id", "ruled", "note", "of_programme")
    list_select_related = ("programme",)
    search_fields = ("=product_id", "note")
    search_help_text = _("Product id, or a part of the note")
    empty_hint = _("No product is ruled virtual. Add one to stop tracking it from an instant on.")

    @admin.display(description=_("ruled"), ordering="ruled_at")
    def ruled(self, ruling: VirtualRuling) -> str:
        return instant(ruling.ruled_at, ruling.programme.time_zone)
