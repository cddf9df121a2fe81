from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from publishers.admin.backoffice import ReadOnlyAdmin, page_of
from publishers.figures import instant
from publishers.models import SourceSuspension


@admin.register(SourceSuspension)
class SourceSuspensionAdmin(ReadOnlyAdmin):
    """Suspensions of sources. They come and go by the decisions of cases."""

    list_display = ("of_source", "ground", "suspended", "undone")
    list_select_related = ("source",)
    search_fields = ("=source__code", "=source__publisher__code", "=ground")
    search_help_text = _("Code of the source or of its publisher, or the ground")
    empty_hint = _("No source has been suspended. A case's decision suspends one.")

    @admin.display(description=_("source"), ordering="source__code")
    def of_source(self, suspension: SourceSuspension) -> str:
        return page_of(suspension.source)

    @admin.display(description=_("suspended"), ordering="suspended_at")
    def suspended(self, suspension: SourceSuspension) -> str:
        return instant(suspension.suspended_at)

    @admin.display(description=_("undone"), ordering="undone_at")
    def undone(self, suspension: SourceSuspension) -> str:
        return instant(suspension.undone_at)
