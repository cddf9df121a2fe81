from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from publishers.admin.backoffice import KeptAdmin, ReadOnlyAdmin, page_of
from publishers.admin.tables import TableAdmin
from publishers.figures import in_own_language, period
from publishers.models import Source, SourceApproval
from publishers.queries import approved_at
from publishers.resources import SourceResource


class ApprovalInline(TabularInline):
    """When the source was approved; a suspension ends a period."""

    model = SourceApproval
    extra = 0
    fields = ("valid_from", "valid_to", "automatic")
    readonly_fields = ("automatic",)


class SourceAdmin(TableAdmin, KeptAdmin):
    """Where buyers come from; an app above adds what it knows of them, and registers it."""

    resource_classes = (SourceResource,)

    list_display = ("code", "title", "of_publisher", "of_type", "approval")
    list_filter = ("traffic_type",)
    list_select_related = ("publisher", "traffic_type")
    autocomplete_fields = ("publisher",)
    search_fields = ("=code", "=publisher__code", "title", "url")
    search_help_text = _("Code, code of the publisher, title or address")
    inlines = (ApprovalInline,)
    empty_hint = _("Sources come with a world, or one by one: load a world, or add one here.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        approved = Exists(approved_at(timezone.now()).filter(source=OuterRef("pk")))
        return super().get_queryset(request).annotate(is_approved=approved)

    @admin.display(description=_("publisher"), ordering="publisher__code")
    def of_publisher(self, source: Source) -> str:
        return page_of(source.publisher)

    @admin.display(description=_("traffic type"), ordering="traffic_type__code")
    def of_type(self, source: Source) -> str:
        return in_own_language(source.traffic_type, "name")

    @display(description=_("today"), label={"yes": "success", "no": "warning"})
    def approval(self, source: Source) -> tuple[str, Any]:
        approved = getattr(source, "is_approved", False)
        return ("yes", _("approved")) if approved else ("no", _("not approved"))


@admin.register(SourceApproval)
class SourceApprovalAdmin(ReadOnlyAdmin):
    """Every period of approval; they are changed on the page of their source."""

    list_display = ("of_source", "in_force", "automatic")
    list_filter = ("automatic",)
    list_select_related = ("source",)
    search_fields = ("=source__code", "=source__publisher__code")
    search_help_text = _("Code of the source or of its publisher")
    empty_hint = _("No source has been approved. Approve one on its own page.")

    @admin.display(description=_("source"), ordering="source__code")
    def of_source(self, approval: SourceApproval) -> str:
        return page_of(approval.source)

    @admin.display(description=_("period"), ordering="valid_from")
    def in_force(self, approval: SourceApproval) -> str:
        return period(approval.valid_from, approval.valid_to)
