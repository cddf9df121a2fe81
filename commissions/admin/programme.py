from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from commissions.models import Programme
from publishers.admin.backoffice import KeptAdmin
from publishers.figures import instant


@admin.register(Programme)
class ProgrammeAdmin(KeptAdmin):
    """Programmes: calendar, currency and habits of a merchant."""

    list_display = ("code", "name", "time_zone", "feed_time_zone", "currency", "aged")
    search_fields = ("code", "name")
    readonly_fields = ("aged_at",)
    empty_hint = _("There is no programme: run the command load_programme.")

    @admin.display(description=_("age reckoned at"))
    def aged(self, programme: Programme) -> str:
        return instant(programme.aged_at, programme.time_zone)
