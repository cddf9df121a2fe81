"""The filter of work queues by how long their rows have waited."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OpenFor(admin.SimpleListFilter):
    """Rows that have been open for so long.

    opened: the field with the instant at which they were opened; waiting: what rows that are still
    open have, where a queue keeps closed ones too.
    """

    title = _("open for")
    parameter_name = "since"
    opened: ClassVar[str]
    waiting: ClassVar[Mapping[str, Any]] = {}

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("1", _("more than a day")),
            ("7", _("more than a week")),
            ("30", _("more than 30 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in {"1", "7", "30"}:
            before = timezone.now() - timedelta(days=int(self.value() or 0))
            return queryset.filter(**self.waiting, **{f"{self.opened}__lte": before})
        return queryset
