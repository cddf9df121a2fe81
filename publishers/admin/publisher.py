from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from publishers.admin.backoffice import KeptAdmin
from publishers.figures import instant
from publishers.models import AccountBlock, Publisher


class BlockedFilter(admin.SimpleListFilter):
    """Accounts that are blocked now, or are not."""

    title = pgettext_lazy("publisher", "account")
    parameter_name = "blocked"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("yes", _("blocked")), ("no", _("open"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in ("yes", "no"):
            return queryset.filter(is_blocked=self.value() == "yes")
        return queryset


class PublisherAdmin(KeptAdmin):
    """The publishers. Their page mixes four apps, so `config` composes it from this one."""

    list_display = ("code", "name", "email", "country", "language", "registered", "account")
    list_filter = (BlockedFilter, "language")
    search_fields = ("=code", "name", "email")
    search_help_text = _("Code, name or e-mail")
    empty_hint = _("Publishers come with a world, or one by one: load a world, or add one here.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        open_block = AccountBlock.objects.filter(publisher=OuterRef("pk"), valid_to__isnull=True)
        return super().get_queryset(request).annotate(is_blocked=Exists(open_block))

    @admin.display(description=_("registered"), ordering="registered_at")
    def registered(self, publisher: Publisher) -> str:
        return instant(publisher.registered_at)

    @display(
        description=pgettext_lazy("publisher", "account"),
        label={"blocked": "danger", "open": "success"},
    )
    def account(self, publisher: Publisher) -> tuple[str, Any]:
        blocked = getattr(publisher, "is_blocked", False)
        return ("blocked", _("blocked")) if blocked else ("open", _("open"))
