"""The filter of work queues by how long their rows have waited."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OpenFor(admin.SimpleListFilter):
    """Rows that have been open for so long; a queue says in `longer` which those are."""

    title = _("open for")
    parameter_name = "since"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("1", _("more than a day")),
            ("7", _("more than a week")),
            ("30", _("more than 30 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in {"1", "7", "30"}:
            before = timezone.now() - timedelta(days=int(self.value() or 0))
            return self.longer(queryset, before)
        return queryset

    def longer(self, queryset: QuerySet, before: datetime) -> QuerySet:
        """The rows that were open at that instant already."""
        raise NotImplementedError
