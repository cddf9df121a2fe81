"""Files of order lines, made in the background: asked for, followed, fetched."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commissions import filing
from commissions.api.cuts import clock
from commissions.api.line_filters import chosen
from commissions.api.orders import OrderFilters, own_source, require_known
from commissions.cuts.enums import ExportState, FileFormat
from commissions.export_progress import export_figures
from commissions.models import LineExport
from commissions.operations.line_exports import KEPT, ExportRefused, TooManyLines
from commissions.portal.asking import OrdersForm
from publishers.api.files import FileView
from publishers.api.pages import Listed, PageParameters
from publishers.api.refusals import Conflict, Unprocessable
from publishers.api.schema import described, paged
from publishers.api.views import ApiView, nothing_there
from publishers.api.writes import Written
from publishers.downloads import CSV, CSV_SENT
from publishers.enums import Role, Scope
from publishers.models import Publisher
from publishers.spreadsheets import XLSX

EXPORTS = Listed("exports", time="asked_at")
FORMATS = tuple(FileFormat.values)
KINDS = {FileFormat.CSV: CSV, FileFormat.XLSX: XLSX}
SENT_AS = {FileFormat.CSV: CSV_SENT, FileFormat.XLSX: XLSX}
# What the page of orders calls what the API calls otherwise.
ON_THE_PAGE = {"from": "since", "to": "until", "date_kind": "dates", "time_zone": "zone"}


class ExportParameters(OrderFilters):
    """Which lines, and as what."""

    format = chosen(FORMATS, "Of the file.", required=True)
    time_zone = clock("The clock of the file's instants; yours without, else the programme's.")


class ExportShape(serializers.Serializer):
    """A file of order lines, and how far it is."""

    id = serializers.IntegerField()
    format = serializers.ChoiceField(choices=[(one, one) for one in FORMATS])
    asked = serializers.DictField(
        child=serializers.CharField(),
        help_text="Which lines, as an address of the page of orders says it.",
    )
    state = serializers.ChoiceField(choices=[(one, one) for one in ExportState.values])
    asked_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    lines_total = serializers.IntegerField(allow_null=True, help_text="Null: not counted yet.")
    lines_done = serializers.IntegerField()
    percent = serializers.IntegerField(help_text="Of the lines, 0 to 100.")
    lines_per_second = serializers.IntegerField(allow_null=True)
    seconds_left = serializers.IntegerField(
        allow_null=True, help_text="At the rate so far; null: not known, or over."
    )
    file = serializers.URLField(allow_null=True, help_text="Null: it is not there.")
    kept_until = serializers.DateTimeField(help_text="Then file and row are deleted.")


EXPORT = {
    "id": 31, "format": "csv", "asked": {"status": "confirmed", "zone": "Europe/Moscow"},
    "state": "running", "asked_at": "2020-09-10T07:00:00Z", "started_at": "2020-09-10T07:00:01Z",
    "finished_at": None, "lines_total": 2000000, "lines_done": 500000, "percent": 25,
    "lines_per_second": 100000, "seconds_left": 15, "file": None,
    "kept_until": "2020-09-17T07:00:00Z",
}  # fmt: skip
QUEUED = {
    **EXPORT, "state": "queued", "started_at": None, "lines_total": None, "lines_done": 0,
    "percent": 0, "lines_per_second": None, "seconds_left": None,
}  # fmt: skip


class _OfExports(ApiView):
    tag = "Orders"

    def exports(self) -> QuerySet[LineExport]:
        """The caller's own."""
        return LineExport.objects.filter(publisher_id=self.own())

    def export(self, export_id: int) -> LineExport:
        """One of them. Raises NotFound."""
        found = self.exports().filter(pk=export_id).first()
        if found is None:
            raise nothing_there()
        return found


class ExportsView(_OfExports):
    """Your files of orders."""

    # Who may read the lines may have them as a file, as in the portal: a reader, and a blocked
    # account too. A scope of its own, because it is a write that leaves work to be done and a file
    # behind; a key that only reads cannot fill the queue.
    scopes = {"GET": Scope.READ_ORDERS, "POST": Scope.WRITE_EXPORTS}
    roles = {"POST": Role.READER}
    while_blocked = True

    @extend_schema(
        operation_id="list_exports",
        summary="Files of your orders",
        description="Those asked for by the API and in the portal, the newest first.",
        parameters=described(PageParameters),
        responses=paged("Export", ExportShape),
        examples=[
            OpenApiExample("A page", value={"items": [EXPORT], "next": None, "previous": None})
        ],
    )
    def get(self, request: Request) -> HttpResponse:
        asked = self.asked(request, PageParameters)
        now = timezone.now()
        return EXPORTS.page(
            request, asked, self.exports(), lambda row: export_record(row, request, now)
        )

    @extend_schema(
        operation_id="make_export",
        summary="Have a file of your orders made",
        description=(
            "The same lines as the list of orders gives for these parameters. It is made in the "
            "background; `Location` says where to look how far it is."
        ),
        parameters=described(ExportParameters),
        request=None,
        responses={202: ExportShape},
        examples=[OpenApiExample("Queued", value=QUEUED, status_codes=["202"])],
    )
    def post(self, request: Request) -> Response:
        asked = self.asked(request, ExportParameters)
        require_known(asked)
        publisher = Publisher.objects.get(pk=self.own())
        if "source" in asked:
            own_source(publisher.pk, asked["source"])

        def work(at: datetime) -> Written:
            form = OrdersForm(_params(asked), publisher, at)
            if not form.is_valid():
                raise Unprocessable(" ".join(map(str, form.errors.values())))
            try:
                row = filing.ask_file(
                    form=form,
                    file_format=asked["format"],
                    language=get_language() or "en",
                    by=self.caller.user,
                    at=at,
                )
            except TooManyLines as refused:
                raise Unprocessable(str(refused)) from refused
            except ExportRefused as refused:
                raise Conflict(str(refused)) from refused
            address = request.build_absolute_uri(reverse("api:export", args=[row.pk]))
            return Written(export_record(row, request, at), 202, {"Location": address})

        return self.write(request, work, content=b"")


class ExportView(_OfExports):
    """One file of orders."""

    scopes = {"GET": Scope.READ_ORDERS}

    @extend_schema(
        operation_id="get_export",
        summary="How far a file of orders is",
        responses=ExportShape,
        examples=[OpenApiExample("A file", value=EXPORT)],
    )
    def get(self, request: Request, export_id: int) -> Response:
        self.asked(request)
        return Response(export_record(self.export(export_id), request, timezone.now()))


class ExportFileView(_OfExports, FileView):
    """The file itself."""

    scopes = {"GET": Scope.READ_ORDERS}

    @extend_schema(
        operation_id="get_export_file",
        summary="A file of orders, once it is made",
        responses={(200, kind): OpenApiTypes.BINARY for kind in KINDS.values()},
        extensions={"x-problems": ["409"]},
    )
    def get(self, request: Request, export_id: int) -> FileResponse:
        self.asked(request)
        row = self.export(export_id)
        if row.state == ExportState.FAILED:
            raise Conflict(_("It could not be made: ask for it again."))
        if row.state != ExportState.DONE:
            raise Conflict(_("It is not made yet: look how far it is, and come again."))
        return FileResponse(
            row.stored_as.open("rb"),
            as_attachment=True,
            filename=f"orders-{row.pk}.{row.file_format}",
            content_type=SENT_AS[FileFormat(row.file_format)],
        )


def _params(asked: Mapping[str, Any]) -> dict[str, str]:
    """The same question as an address of the page of orders asks it."""
    return {
        ON_THE_PAGE.get(name, name): _on_the_page(value)
        for name, value in asked.items()
        if name != "format"
    }


def _on_the_page(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return ",".join(value) if isinstance(value, tuple) else str(value)


def export_record(row: LineExport, request: Request, now: datetime) -> dict[str, Any]:
    """A file as the API gives it."""
    how_far = export_figures(row, now)
    address = reverse("api:export_file", args=[row.pk])
    told = {
        **{name: getattr(row, name) for name in ("id", "state", "asked_at", "started_at")},
        **{name: getattr(row, name) for name in ("finished_at", "lines_total", "lines_done")},
        "format": row.file_format,
        "asked": row.params,
        "percent": int(how_far.share * 100),
        "lines_per_second": how_far.per_second,
        "seconds_left": how_far.seconds_left,
        "file": request.build_absolute_uri(address) if row.state == ExportState.DONE else None,
        "kept_until": row.asked_at + KEPT,
    }
    return dict(ExportShape(told).data)
