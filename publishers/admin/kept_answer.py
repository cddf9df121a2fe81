from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from publishers.admin.backoffice import ReadOnlyAdmin
from publishers.models import KeptAnswer


@admin.register(KeptAnswer)
class KeptAnswerAdmin(ReadOnlyAdmin):
    """What writes of the API were answered, for two days: the same write again gets it."""

    list_display = ("caller", "key", "status", "at")
    fields = ("caller", "key", "status", "headers", "at")
    search_fields = ("=caller", "=key")
    search_help_text = _("Caller, such as key:7, or the idempotency key")
    empty_hint = _("Nothing was written through the API in the last two days.")
