from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from commissions.admin.columns import ProgrammeColumn
from commissions.models import ConfirmationTime
from publishers.admin.backoffice import ReadOnlyAdmin
from publishers.figures import instant


@admin.register(ConfirmationTime)
class ConfirmationTimeAdmin(ProgrammeColumn, ReadOnlyAdmin):
    """How long orders took to be settled, as the daily job last measured it (F22)."""

    list_display = ("of_programme", "median_days", "slow_days", "lines", "measured")
    list_select_related = ("programme",)
    search_fields = ("programme__code",)
    empty_hint = _("Nothing was measured yet: the daily job does once orders are settled.")

    @admin.display(description=_("measured"), ordering="measured_at")
    def measured(self, row: ConfirmationTime) -> str:
        return instant(row.measured_at, row.programme.time_zone)
