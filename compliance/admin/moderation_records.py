"""Rows that a round leaves behind, each kind by itself, and the setting for clear sources."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from compliance.models import (
    AutoApproval,
    ModerationEvent,
    ModerationGround,
    PreflightRun,
    SourceOwnership,
)
from compliance.moderation.enums import Severity
from publishers.admin.backoffice import KeptAdmin, ReadOnlyAdmin, page_of
from publishers.figures import in_own_language, instant, period

SEVERITY_LABELS = {
    Severity.CLEAR: "success",
    Severity.REVIEW: "warning",
    Severity.BRAND: "danger",
    Severity.VIOLATION: "danger",
}


@admin.register(AutoApproval)
class AutoApprovalAdmin(KeptAdmin):
    """From when to when a clear source of a type needs no person."""

    list_display = ("of_type", "in_force", "needs_page", "needs_ownership", "note")
    list_select_related = ("traffic_type",)
    list_filter = ("traffic_type",)
    empty_hint = _(
        "Every source is decided by a person. Add a type whose sources are approved at once where "
        "the checks find nothing and the site is shown to be the publisher's."
    )

    def get_readonly_fields(self, request: HttpRequest, obj: AutoApproval | None = None) -> Any:
        """A row stays what it was; its end and its note may be written."""
        return ("traffic_type", "needs_page", "needs_ownership", "valid_from") if obj else ()

    @admin.display(description=_("traffic type"), ordering="traffic_type__code")
    def of_type(self, row: AutoApproval) -> str:
        return in_own_language(row.traffic_type, "name")

    @admin.display(description=_("period"), ordering="valid_from")
    def in_force(self, row: AutoApproval) -> str:
        return period(row.valid_from, row.valid_to)


class OfRound(ReadOnlyAdmin):
    """Rows of one round, newest first."""

    list_select_related = ("moderation__source",)
    search_fields = ("=moderation__source__code", "=moderation__source__publisher__code")
    search_help_text = _("Code of the source or of its publisher")
    ordering = ("-id",)
    empty_hint = _("No source was looked at yet.")

    @admin.display(description=_("moderation"))
    def of_round(self, row: Any) -> str:
        return page_of(row.moderation)

    @admin.display(description=_("when"), ordering="at")
    def happened(self, row: Any) -> str:
        return instant(row.at)


@admin.register(ModerationGround)
class ModerationGroundAdmin(OfRound):
    """Why rounds were opened."""

    list_display = ("of_round", "cause", "happened", "sentence")
    list_filter = ("cause",)

    @admin.display(description=_("why"))
    def sentence(self, row: ModerationGround) -> str:
        return in_own_language(row, "sentence")


@admin.register(ModerationEvent)
class ModerationEventAdmin(OfRound):
    """What happened in rounds."""

    list_display = ("of_round", "move", "happened", "by", "words")
    list_filter = ("move",)


@admin.register(PreflightRun)
class PreflightRunAdmin(OfRound):
    """What the checks found, and when."""

    list_display = ("of_round", "part", "happened", "shown_verdict")
    list_filter = ("part", "verdict")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("page_body")

    @display(description=_("verdict"), ordering="verdict", label=SEVERITY_LABELS)
    def shown_verdict(self, run: PreflightRun) -> tuple[str, Any]:
        return run.verdict, Severity(run.verdict).label


@admin.register(SourceOwnership)
class SourceOwnershipAdmin(ReadOnlyAdmin):
    """Tokens of sources, and how they were shown."""

    list_display = ("of_source", "host", "method", "proven")
    list_filter = ("method",)
    list_select_related = ("source",)
    search_fields = ("=source__code", "=source__publisher__code", "host")
    search_help_text = _("Code of the source or of its publisher, or the host")
    empty_hint = _("No source has a token yet: one is made when a publisher adds a site.")

    @admin.display(description=_("source"), ordering="source__code")
    def of_source(self, owned: SourceOwnership) -> str:
        return page_of(owned.source)

    @admin.display(description=_("proven"), ordering="proven_at")
    def proven(self, owned: SourceOwnership) -> str:
        return instant(owned.proven_at)
