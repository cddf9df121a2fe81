from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from publishers.admin.backoffice import BigListAdmin, page_of
from publishers.figures import instant
from publishers.models import Click


@admin.register(Click)
class ClickAdmin(BigListAdmin):
    """Visitors that followed a source's link."""

    list_display = ("click_id", "of_source", "clicked", "landing_product_id", "fetch_dest")
    list_select_related = ("source",)
    exact_search = ("click_id",)
    search_help_text = _("The whole click id")
    empty_hint = _("No click is known. They come as visitors follow links, or with a world.")

    @admin.display(description=_("source"))
    def of_source(self, click: Click) -> str:
        return page_of(click.source)

    @admin.display(description=_("clicked"))
    def clicked(self, click: Click) -> str:
        return instant(click.clicked_at, seconds=True)
