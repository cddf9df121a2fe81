from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from commissions.models import Touch
from publishers.admin.backoffice import BigListAdmin
from publishers.figures import instant, period


@admin.register(Touch)
class TouchAdmin(BigListAdmin):
    """Facts that came late, whose lines wait to be decided again."""

    list_display = ("scope", "value", "span", "recorded")
    list_filter = ("scope",)
    exact_search = ("value",)
    search_help_text = _("The whole key")
    empty_hint = _("Nothing waits: every line is decided by the facts as they stand.")

    @admin.display(description=_("period"))
    def span(self, touch: Touch) -> str:
        return period(touch.from_at, touch.to_at)

    @admin.display(description=_("recorded"))
    def recorded(self, touch: Touch) -> str:
        return instant(touch.touched_at, seconds=True)
