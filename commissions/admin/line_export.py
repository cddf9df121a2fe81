from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from commissions.cuts.enums import ExportState
from commissions.models import LineExport
from publishers.admin.backoffice import BigListAdmin, page_of
from publishers.figures import instant, number


@admin.register(LineExport)
class LineExportAdmin(BigListAdmin):
    """Files of lines that publishers had made, and why one could not be. They are kept for days."""

    list_display = ("__str__", "of_publisher", "asked", "shown_state", "lines")
    list_filter = ("state",)
    list_select_related = ("publisher",)
    exact_search = ("publisher__code", "id")
    search_help_text = _("Code of the publisher, or the number of the file")

    @admin.display(description=_("publisher"))
    def of_publisher(self, export: LineExport) -> str:
        return page_of(export.publisher)

    @admin.display(description=_("asked for"))
    def asked(self, export: LineExport) -> str:
        return instant(export.asked_at)

    @admin.display(description=_("state"))
    def shown_state(self, export: LineExport) -> str:
        return str(ExportState(export.state).label)

    @admin.display(description=_("lines"))
    def lines(self, export: LineExport) -> str:
        return number(export.lines_total)
