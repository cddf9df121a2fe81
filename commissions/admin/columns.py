"""Columns that several lists share: a status as a label, a row's programme, publisher, period."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from commissions.enums import LineStatus
from publishers.admin.backoffice import page_of
from publishers.figures import period

STATUS_LABELS = {
    LineStatus.WAITING: "info",
    LineStatus.HOLD: "warning",
    LineStatus.CONFIRMED: "success",
    LineStatus.PAID: "success",
    LineStatus.REJECTED: "danger",
    LineStatus.UNTRACKED: "default",
    LineStatus.UNATTRIBUTED: "default",
    LineStatus.HELD: "primary",
}


class LineStatusFilter(admin.SimpleListFilter):
    """Lines of one status."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return list(LineStatus.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(status=self.value()) if self.value() else queryset


class StatusColumn:
    """`shown_status`: the status of a line in words."""

    @display(description=_("status"), label=STATUS_LABELS)
    def shown_status(self, row: Any) -> tuple[str, Any]:
        known = row.status in LineStatus.values
        return row.status, LineStatus(row.status).label if known else row.status


class PeriodColumn:
    """`in_force`: the half-open period of a dated row."""

    @admin.display(description=_("period"), ordering="valid_from")
    def in_force(self, row: Any) -> str:
        return period(row.valid_from, row.valid_to)


class ProgrammeColumn:
    """`of_programme`: the programme of a row."""

    @admin.display(description=_("programme"))
    def of_programme(self, row: Any) -> str:
        return str(row.programme)


class PublisherColumn:
    """`of_publisher`: the publisher, linked to its page."""

    @admin.display(description=_("publisher"))
    def of_publisher(self, row: Any) -> str:
        return page_of(row.publisher, row.publisher.code if row.publisher else "")
